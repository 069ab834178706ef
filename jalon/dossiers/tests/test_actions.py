"""The verbs of the request: what each writes, what each refuses."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import actor_of
from jalon.dossiers import actions, package, reads, redlist, seals, versions
from jalon.dossiers import parts as form
from jalon.dossiers.models import ComplementRequest, Package, Part, Piece, SessionCopy
from jalon.journal.models import Entry
from jalon.notices.models import Deadline, Outbox
from jalon.people import access as people
from jalon.people.actions import assign, close_dossier, update_identity, withdraw_agreement
from jalon.people.models import Dossier, Identity
from jalon.people.tests.factories import make_dossier, make_prepared, make_team
from jalon.ui.errors import Conflict
from jalon.ui.files import Clean
from jalon.vault import ids
from jalon.vault.errors import KeyMissing

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def actor(team):
    return team.actor("REF")


COMMON = versions.of(form.VERSION)
FIFTEEN = {
    "identite", "contact_sur", "situation_administrative", "situation_familiale", "hebergement",
    "sante_acces_droits", "ressources", "parcours_de_vie", "resume_commission", "projet", "engagements",
    "pieces", "demandes_associees", "avis_association", "relecture",
}  # fmt: skip


# --- open and fill ------------------------------------------------------------------------------------------------


def test_the_fifteen_parts_of_the_demonstration_and_two_optional():
    french = [part.french for part in COMMON.counted("engagement")]
    assert set(french) == FIFTEEN
    assert len(french) == 15
    assert [part.code for part in COMMON.parts_of("engagement") if part.optional] == ["legal", "needs"]
    assert form.BY_CODE["legal"].compartment == "C6"
    assert "report" in {part.code for part in COMMON.parts_of("renewal")}


def test_health_asks_needs_and_never_a_diagnosis():
    labels = " ".join(str(q.label) for q in form.BY_CODE["health_rights"].questions).lower()
    assert all(q.kind != "long" and q.kind != "text" for q in form.BY_CODE["health_rights"].questions)
    assert "diagnostic" not in labels
    assert "maladie" not in labels.replace("assurance maladie", "")


def test_opening_needs_her_agreement(team, actor):
    with pytest.raises(Refused):
        actions.open_application(actor, make_dossier(team))
    dossier = make_prepared(team, alias="Sauge")
    application = actions.open_application(actor, dossier)
    assert application.parts.count() == 17  # fifteen, and two that are optional
    assert {piece.code for piece in application.pieces.all()} == {
        "identity_document",
        "signed_request",
        "sworn_statement",
        "accreditation_order",
    }
    with pytest.raises(Conflict):
        actions.open_application(actor, dossier)
    with pytest.raises(Hidden):
        actions.open_application(team.actor("SEC"), dossier)


def test_a_part_is_sealed_in_its_own_compartment_and_group(team, actor):
    application = make.make_filled(team)
    groups = {row.code: row.key_group for row in application.parts.all()}
    assert groups["housing"] == "G3"
    assert groups["life_path"] == groups["health_rights"] == groups["family"] == "G2"
    assert groups["project"] == groups["residence"] == "G1"
    assert groups["summary"] == groups["opinion"] == "G5a"


def test_finishing_names_the_gaps_and_a_refusal_to_answer_fills_them(team, actor):
    application = make.make_application(team)
    with pytest.raises(Refused) as refused:
        actions.save_part(actor, application, "residence", data={}, state="done")
    assert "Titre de séjour" in refused.value.why
    row = actions.save_part(actor, application, "residence", data={"declined": ["permit_type"]}, state="done")
    assert (row.state, row.missing) == ("done", "")


def test_unknown_answers_are_refused(team, actor):
    application = make.make_application(team)
    for data in ({"diagnosis": "x"}, {"has_gp": "oui"}, {"needs": ["virus"]}, {"declined": ["inconnu"]}):
        with pytest.raises(ValueError, match="health_rights"):
            actions.save_part(actor, application, "health_rights", data=data, state="in_progress")


def test_identity_is_asked_once(team, actor):
    application = make.make_application(team)
    actions.save_part(actor, application, "identity", data={"usual_name": "Lina"}, state="done")
    record = Identity.objects.get().unseal()
    assert record["usual_name"] == "Lina"
    assert record["family_name"] == "Zelenkova"
    assert Part.objects.get(application=application, code="identity").unseal() == {}
    with pytest.raises(Refused, match="refused"):
        actions.save_part(actor, application, "identity", data={"family_name": ""}, state="done")


def test_a_stale_revision_is_a_conflict_with_the_saved_answers(team, actor):
    application = make.make_application(team)
    row = actions.save_part(actor, application, "project", data={"goal": "Cuisine"}, state="in_progress")
    with pytest.raises(Conflict) as conflict:
        actions.save_part(actor, application, "project", data={"goal": "Couture"}, state="in_progress", revision=0)
    assert conflict.value.theirs["goal"] == "Cuisine"
    assert conflict.value.revision == row.revision


def test_not_applicable_only_where_it_makes_sense(team, actor):
    application = make.make_application(team)
    row = actions.save_part(actor, application, "related_requests", data={}, state="not_applicable")
    assert row.missing == ""
    with pytest.raises(Refused):
        actions.save_part(actor, application, "opinion", data={}, state="not_applicable")


@pytest.mark.parametrize("code", ["housing", "life_path", "health_rights", "legal"])
def test_sensitive_parts_need_a_proof_of_identity(team, code):
    application = make.make_application(team)
    with pytest.raises(Refused) as refused:
        actions.save_part(team.actor("REF", stepped_up=False), application, code, data={}, state="in_progress")
    assert refused.value.missing == {"stepup"}


# --- papers -------------------------------------------------------------------------------------------------------


def test_files_are_sealed_on_disk(team, actor):
    application = make.make_application(team)
    secret = make.PNG + b"CANARI-SUR-DISQUE"
    piece = actions.add_piece(
        actor, application, code="identity_document", file=Clean(secret, "image/png"), label="Passeport"
    )
    blobs = b"".join(p.read_bytes() for p in Path(settings.MEDIA_DIR).rglob("*") if p.is_file())
    assert b"CANARI-SUR-DISQUE" not in blobs
    assert piece.file.group == "G1"
    with pytest.raises(Refused):
        actions.add_piece(actor, application, code="identity_document", received_on=clock.today() + timedelta(days=1))


def test_a_waived_paper_needs_a_reason_and_can_still_arrive(team, actor):
    application = make.make_application(team)
    piece = application.pieces.get(code="sworn_statement")
    with pytest.raises(Refused):
        actions.waive_piece(actor, piece, reason="  ")
    actions.waive_piece(actor, piece, reason="Elle attend l'interprète")
    with pytest.raises(Conflict):
        actions.waive_piece(actor, piece, reason="Encore")
    again = actions.add_piece(actor, application, code="sworn_statement")
    assert again.pk == piece.pk
    assert again.state == "received"


# --- package ------------------------------------------------------------------------------------------------------


def test_package_is_written_in_sentences_without_names_or_places(team, actor):
    application = make.make_filled(team)
    content = make.draft(actor, application).unseal()
    everything = json.dumps(content, ensure_ascii=False)
    for word in ("Boyan", "Radka", "Zelenkova", "Micocoulier", "Colomiers", "Vallès", "Capucine", "Miroslava"):
        assert word not in everything
    assert "housing" not in content["sentences"], "where she lives never leaves, whatever the wording"
    assert "bergement" not in json.dumps(content["sentences"], ensure_ascii=False)
    assert content["person"]["age"] == 30
    assert content["person"]["children"] == 1
    assert content["requests"] == make.REQUESTS
    assert content["opinion"] == {"sense": "favourable", "reasons": "Projet réaliste, présence régulière."}
    assert "Parle : bulgare." in content["sentences"]["identity"]
    assert "life_path" not in content["sentences"]


def test_names_are_replaced_by_roles(team, actor):
    changes = {
        "project": {**make.ANSWERS["project"], "goal": "Ouvrir un atelier avec Radka Zelenkova"},
        "legal": {"persons": [{"name": "Stoyan Petrov", "role": "procurer"}]},
        "commitments": {"commitments": [{"text": "Ne plus voir Petrov, ni chercher Boyan seule"}]},
    }
    application = make.fill(actor, make.make_application(team), **changes)
    content = make.draft(actor, application).unseal()
    assert content["project"]["goal"] == "Ouvrir un atelier avec un parent"
    assert content["commitments"] == ["Ne plus voir une personne mise en cause, ni chercher son enfant seule"]


BLOCKED = [
    ("Vit au Micocoulier.", [3]),
    ("Vit à COLOMIERS près de l'ecole Vallès", [3, 8]),
    ("Boyan va bien, zelenkova aussi", [1, 4]),
]


@pytest.mark.parametrize(("summary", "places"), BLOCKED)
def test_the_red_list_blocks_and_says_where_never_what(team, actor, summary, places):
    application = make.make_filled(team)
    before = Entry.objects.count()
    with pytest.raises(redlist.Blocked) as blocked:
        make.draft(actor, application, summary=summary)
    assert blocked.value.places == {"summary": places}
    for word in ("Micocoulier", "COLOMIERS", "Boyan", "zelenkova"):
        assert word not in blocked.value.why
        assert word not in str(blocked.value)
    assert not Package.objects.exists()
    assert Entry.objects.count() == before


def test_the_summary_that_leaves_has_120_words_at_most(team, actor):
    application = make.make_filled(team)
    make.draft(actor, application, summary=" ".join(["mot"] * 120))
    with pytest.raises(package.TooLong) as refused:
        make.draft(actor, application, summary=" ".join(["mot"] * 121))
    assert "121" in refused.value.why


def test_chosen_sentences_only(team, actor):
    application = make.make_filled(team)
    content = make.draft(actor, application, sentences={"residence": ["En France depuis 2017."]}).unseal()
    assert content["sentences"] == {"residence": ["En France depuis 2017."]}


def test_signed_content_is_frozen_under_its_digest(team, actor):
    application = make.make_signed(team)
    row = application.packages.get()
    assert row.digest == package.digest(row.unseal())
    assert package.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(Refused):
        make.draft(actor, application)
    with pytest.raises((Refused, Conflict)):
        actions.record_read_back(actor, row, language="fr")
    row.seal({**row.unseal(), "summary": "Autre chose"})
    row.save()
    make.accredit(team)
    with pytest.raises(Refused) as refused:
        actions.submit_application(actor, application)
    assert "altéré" in refused.value.why


def test_signing_needs_a_package_read_back_without_gap(team, actor):
    application = make.make_filled(team)
    manager = team.actor("MGR")
    with pytest.raises(Refused):
        actions.sign_package(manager, application)
    row = make.draft(actor, application)
    with pytest.raises(Refused) as refused:
        actions.sign_package(manager, application)
    assert "relu" in refused.value.why
    actions.record_read_back(actor, row, language="bg")
    actions.save_part(actor, application, "opinion", data={}, state="in_progress")
    with pytest.raises(Refused) as refused:
        actions.sign_package(manager, application)
    assert "Avis de l'association (Avis, Motifs)" in refused.value.why
    actions.save_part(actor, application, "opinion", data=make.ANSWERS["opinion"], state="done")
    with pytest.raises(Refused):
        actions.sign_package(team.actor("MGR", stepped_up=False), application)
    with pytest.raises(Refused):
        actions.sign_package(actor, application)
    actions.sign_package(manager, application)


def test_a_new_draft_must_be_read_back_again(team, actor):
    application = make.make_filled(team)
    actions.record_read_back(actor, make.draft(actor, application), language="bg")
    row = make.draft(actor, application, summary="Autre résumé.")
    assert row.version == 1
    assert row.read_back_on is None


def test_nobody_says_read_signs_or_sends_what_her_page_did_not_show(team, actor):
    """Between the page and the button the referent took the package up again: each gesture names what it was about."""
    application, manager = make.make_filled(team), team.actor("MGR")
    make.accredit(team)
    row = make.draft(actor, application)
    before = row.seen_as
    row = make.draft(actor, application, summary="Autre résumé.")
    with pytest.raises(Conflict):
        actions.record_read_back(actor, row, language="bg", seen=before)
    actions.record_read_back(actor, row, language="bg", seen=row.seen_as)
    read = row.seen_as
    with pytest.raises(Conflict):
        actions.sign_package(manager, application, seen=before)
    signed = actions.sign_package(manager, application, seen=read)
    with pytest.raises(Conflict):
        actions.submit_application(actor, application, seen=before)
    actions.submit_application(actor, application, seen=signed.seen_as)


def test_a_name_noted_after_the_draft_stops_the_signature_and_the_sending(team, actor):
    """The draft was clean when it was written; a relative and a town were noted since."""
    application = make.make_filled(team)
    make.draft(actor, application, opinion="Projet mûri avec Nadejda, à Blagnac.")
    actions.record_read_back(actor, application.packages.get(), language="bg", presence=["interpreter"])
    assert application.packages.get().unseal()["read_back"]["presence"] == ["interpreter"]
    family = {**make.ANSWERS["family"], "relatives": [{"name": "Nadejda", "role": "sibling"}]}
    actions.save_part(actor, application, "family", data=family, state="done")
    with pytest.raises(redlist.Blocked) as blocked:
        actions.sign_package(team.actor("MGR"), application)
    assert blocked.value.places == {"opinion": [4]}
    assert "Nadejda" not in blocked.value.why
    # Signed, and then her own name changes in her file: it does not leave.
    make.sign(team, application)
    make.accredit(team)
    update_identity(actor, application.dossier, data={"birth_name": "Régulière"})
    with pytest.raises(redlist.Blocked):
        actions.submit_application(actor, application)
    application.refresh_from_db()
    assert application.state == "signed"


def test_a_signature_holds_the_content_the_signer_and_the_instant(team, actor):
    application = make.make_signed(team)
    row = application.packages.get()
    assert seals.intact(row, row.unseal())
    assert not seals.intact(row, {**row.unseal(), "summary": "Autre"})
    for name, value in {"signed_by_id": actor.user_id, "signed_at": clock.now(), "version": 2, "signature": ""}.items():
        changed = application.packages.get()
        setattr(changed, name, value)
        assert not seals.intact(changed, changed.unseal()), name
    # A content replaced with its own new fingerprint does not pass for what was signed.
    row.seal({**row.unseal(), "summary": "Autre"})
    row.digest = package.digest(row.unseal())
    row.save()
    make.accredit(team)
    with pytest.raises(Refused, match="refused"):
        actions.submit_application(actor, application)


def test_a_part_changed_since_the_draft_is_told(team, actor):
    application = make.make_filled(team)
    content = make.draft(actor, application).unseal()
    assert not package.outdated(content, reads.answers_of(application)[0])
    opinion = {"sense": "reserved", "reasons": "À revoir."}
    actions.save_part(actor, application, "opinion", data=opinion, state="done")
    assert package.outdated(content, reads.answers_of(application)[0])


def test_reopening_makes_a_new_version(team, actor):
    application = make.make_signed(team)
    actions.reopen_application(actor, application)
    make.sign(team, application)
    assert list(application.packages.order_by("version").values_list("version", "state")) == [
        (1, "superseded"),
        (2, "signed"),
    ]


# --- submission -----------------------------------------------------------------------------------------------------


def test_submission_needs_an_accreditation_in_force(team, actor):
    application = make.make_signed(team)
    with pytest.raises(Refused) as refused:
        actions.submit_application(actor, application)
    assert "agrément" in refused.value.why
    make.accredit(team, date(2020, 1, 6), date(2020, 2, 3))  # ended in 2023
    with pytest.raises(Refused):
        actions.submit_application(actor, application)
    make.accredit(team)
    actions.submit_application(actor, application)
    assert application.dossier.stage == "S2"


def test_receipt_alert_and_message(team):
    holder = team.sec
    application = make.make_submitted(team)
    year = clock.today().year
    assert re.fullmatch(rf"R-31-{year}-[1-9]\d{{3}}", application.receipt_number), "drawn: none tells how many came"
    alert = Deadline.objects.get(kind="silence_2m", key=application.pk)
    assert (alert.role, alert.rule) == ("SEC", "DEC-3")
    assert alert.on == reads.pages.silence_on(application)
    assert Outbox.objects.filter(recipient=holder.user, reason=f"received:{application.pk}").count() == 1
    assert application.dossier.next_due_on is not None


def test_papers_leave_in_copy_under_the_key_of_the_package(team):
    application = make.make_submitted(team)
    sent = Piece.objects.filter(application=application, sent__isnull=False)
    assert {piece.sent.group for piece in sent} == {"G5a"}
    assert sent.count() == 4


def test_agreement_withdrawn_stops_everything_but_the_withdrawal(team, actor):
    application = make.make_signed(team)
    make.accredit(team)
    withdraw_agreement(actor, application.dossier)
    with pytest.raises(Refused) as refused:
        actions.submit_application(actor, application)
    assert "agreement" in refused.value.missing
    actions.withdraw_application(actor, application)
    assert application.state == "withdrawn"


def test_withdrawing_a_submitted_request_brings_the_file_back(team, actor):
    application = make.make_convened(team)
    actions.withdraw_application(actor, application)
    assert application.dossier.stage == "S1"
    assert reads.session_copy_for(application) == {}
    assert not Deadline.objects.filter(kind="silence_2m", cancelled_on=None).exists()
    actions.open_application(actor, application.dossier)


# --- instruction ----------------------------------------------------------------------------------------------------


def test_complement_asked_answered_and_accepted(team, actor):
    application = make.make_submitted(team)
    secretary = team.actor("SEC")
    with pytest.raises(Refused):
        actions.ask_for_complement(secretary, application, text=" ", due_on=make.in_days(5))
    with pytest.raises(Refused):
        actions.ask_for_complement(secretary, application, text="Un papier", due_on=make.in_days(-1))
    row = actions.ask_for_complement(secretary, application, text="Un papier", due_on=make.in_days(5))
    assert Deadline.objects.get(kind="complement").role == "REF"
    assert Outbox.objects.filter(recipient=team.ref.user, reason=f"complement:{row.pk}").exists()
    actions.add_piece(actor, application, code="resources_proof", file=Clean(make.PNG, "image/png"))
    actions.answer_complement(actor, application, text="Le voici")
    row.refresh_from_db()
    assert row.unseal() == {"text": "Un papier", "answer": "Le voici"}
    assert Piece.objects.get(code="resources_proof").sent
    assert Deadline.objects.get(kind="complement").done_on
    actions.declare_complete(secretary, application)
    assert application.complete_on == clock.today()


def test_secretariat_of_another_department_does_not_know_the_request(team):
    application = make.make_submitted(team)
    other = make_team("13").actor("SEC")
    with pytest.raises(Hidden):
        actions.declare_complete(other, application)
    with pytest.raises(Hidden):
        actions.ask_for_complement(other, application, text="x", due_on=make.in_days(3))
    assert not ComplementRequest.objects.exists()


# --- the commission's copy --------------------------------------------------------------------------------------------


def test_session_copy_has_a_key_of_its_own_that_can_be_destroyed(team):
    application = make.make_convened(team)
    copy = SessionCopy.objects.get()
    assert copy.key_group == "G5s"
    stale = SessionCopy.objects.get()
    assert reads.session_copy_for(application)["digest"] == application.packages.get().digest
    assert actions.make_session_copy(application).pk == copy.pk
    assert actions.destroy_session_copies([application.dossier_id], on=clock.today()) == 1
    with pytest.raises(KeyMissing):
        stale.unseal()
    assert reads.session_copy_for(application) == {}
    assert reads.package_for(application)["number"] == application.dossier.number
    actions.make_session_copy(application)
    assert reads.session_copy_for(application)["number"] == application.dossier.number


def test_postponing_closes_the_copy_and_convening_makes_it_again(team):
    application = make.make_convened(team)
    actions.advance(application, "postpone")
    assert application.dossier.stage == "S2"
    assert reads.session_copy_for(application) == {}
    actions.advance(application, "schedule")
    actions.advance(application, "convene")
    assert reads.session_copy_for(application)
    with pytest.raises(ValueError, match="verb"):
        actions.advance(application, "edit")


# --- renewal --------------------------------------------------------------------------------------------------------


def share_prefilled(application):
    """Answered questions over all the questions of the renewal form, its report included."""
    answers, identity = reads.answers_of(application)
    answers = {**answers, "identity": identity, "safe_contact": {"language": "bg"}}
    asked = [part for part in COMMON.counted("renewal") if part.questions]
    known = [{q.name: q for q in part.questions} for part in asked]
    fields = {
        part.code: {name: v for name, v in answers.get(part.code, {}).items() if name in names or name == "declined"}
        for part, names in zip(asked, known, strict=True)
    }
    filled = sum(form.filled(part, fields[part.code]) for part in asked)
    return filled, sum(len(part.questions) for part in asked)


def test_renewal_brings_back_seventy_percent_and_an_empty_report(team, actor):
    dossier, previous = make.make_in_pathway(team)
    answered_before, _all = share_prefilled(previous)
    renewal = actions.open_renewal(actor, dossier, previous)
    assert (renewal.kind, renewal.rank, renewal.previous_id) == ("renewal", 2, previous.pk)
    answered, _all = share_prefilled(renewal)
    assert answered / answered_before >= 0.70, (answered, answered_before)
    answers, _identity = reads.answers_of(renewal)
    assert answers["project"] == reads.answers_of(previous)[0]["project"]
    assert [row["text"] for row in answers["report"]["commitments"]] == [
        "Suivre le cours de français",
        "Venir aux rendez-vous",
    ]
    assert not any(row.get("outcome") for row in answers["report"]["commitments"])
    assert "difficulties" not in answers["report"]
    assert "summary" not in answers
    states = dict(renewal.parts.values_list("code", "state"))
    assert states["project"] == "done"
    assert states["report"] == "todo"
    # Field by field, what was brought back is at least seventy percent of what the finished renewal holds.
    finished, _all = share_prefilled(make.fill(actor, renewal))
    assert answered / finished >= 0.70, (answered, finished)


def test_a_commitment_that_was_not_kept_says_why():
    report = COMMON.part("report")
    rows = [{"text": "Venir", "outcome": "kept"}, {"text": "Suivre le cours", "outcome": "not"}]
    said = {"commitments": rows, "difficulties": "La garde."}
    assert form.gaps(report, said) == ["commitments"]
    rows[1]["reasons"] = "Cours complet."
    assert form.gaps(report, said) == []
    assert form.gaps(report, {"declined": ["commitments", "difficulties"]}) == []


def test_a_renewal_runs_beside_the_pathway(team, actor):
    dossier, previous = make.make_in_pathway(team)
    renewal = make.fill(actor, actions.open_renewal(actor, dossier, previous))
    make.sign(team, renewal)
    content = renewal.packages.get().unseal()
    assert content["report"]["difficulties"] == "La garde du matin."
    actions.submit_application(actor, renewal)
    assert dossier.stage == "S5"
    actions.declare_complete(team.actor("SEC"), renewal)
    for verb in ("schedule", "convene", "give_opinion", "decide"):
        actions.advance(renewal, verb)
    dossier.refresh_from_db()
    assert dossier.stage == "S5"


def test_a_refused_person_may_ask_again(team, actor):
    application = make.make_decided(team)
    again = actions.open_application(actor, application.dossier)
    assert application.dossier.stage == "S1"
    assert again.rank == 2


# --- whole ----------------------------------------------------------------------------------------------------------


def test_every_write_is_journaled_with_its_records(team):
    application = make.make_submitted(team)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert verbs >= {
        "open_dossier", "record_agreement", "open_application", "save_part", "add_piece", "draft_package",
        "record_read_back", "sign_package", "submit_application",
    }  # fmt: skip
    entry = Entry.objects.filter(verb="submit_application").get()
    assert entry.records != "[]"
    assert application.dossier.number not in entry.records + entry.objects_seen


CANARIES = {
    "C1": ("identity", {"family_name": "CanariIdentite"}),
    "C2": ("safe_contact", {"code_word": "CanariContact"}),
    "C3": ("housing", {"housing_status": "hosted", "address": "CanariAdresse"}),
    "C4": ("life_path", {"story": "CanariRecit"}),
    "C5": ("health_rights", {"health_cover": "css"}),
    "C6": ("legal", {"persons": [{"name": "CanariJustice", "role": "procurer"}]}),
    "C7": ("residence", {"permit_type": "eu", "other_procedures": "CanariSejour"}),
    "C8": ("resources", {"resources_last_month": "86420.97"}),
    "C9": ("family", {"children_situation": "none", "relatives": [{"name": "CanariFamille", "role": "parent"}]}),
    "C10": ("project", {"goal": "CanariProjet"}),
    "C12": ("commitments", {"commitments": [{"text": "CanariEngagement"}]}),
}


@pytest.mark.django_db(transaction=True)
def test_no_canary_in_the_database_its_log_or_the_files(team, actor):
    application = make.make_application(team, alias="CanariAlias")
    for code, data in CANARIES.values():
        actions.save_part(actor, application, code, data=data, state="in_progress")
    actions.add_piece(
        actor,
        application,
        code="identity_document",
        file=Clean(make.PNG + b"CanariFichier", "image/png"),
        label="CanariPiece",
    )
    package_row = make.draft(actor, application, summary="CanariResume")
    actions.record_read_back(actor, package_row, language="bg", interpreter="CanariInterprete")
    dumped = b"".join(database_bytes())
    dumped += b"".join(p.read_bytes() for p in Path(settings.MEDIA_DIR).rglob("*") if p.is_file())
    assert application.dossier.number.encode() in dumped
    for needle in (b"Canari", b"CANARI", b"86420.97", b"Q2FuYXJp", b"43616e617269"):
        assert needle not in dumped


def database_bytes():
    """The file and its log on SQLite; every column of our tables on both engines."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and "memory" not in name:
        for suffix in ("", "-wal", "-shm"):
            path = Path(name + suffix)
            if path.exists():
                yield path.read_bytes()


def test_where_she_lives_is_never_among_the_sentences(team, actor):
    application = make.make_filled(team)
    with pytest.raises(ValueError, match="housing"):
        make.draft(actor, application, sentences={"housing": ["Hébergée chez un tiers."]})


def test_a_delegate_does_not_take_a_signature_back(team, actor):
    application = make.make_signed(team)
    colleague = team.member("REF")
    end = clock.today() + timedelta(days=5)
    assign(
        actor,
        application.dossier,
        user=colleague.user,
        organisation=team.organisation,
        kind="delegate",
        ends_on=end,
    )
    with pytest.raises(Refused):
        actions.reopen_application(actor_of(colleague, stepped_up=True), application)
    application.refresh_from_db()
    assert application.state == "signed"


def test_the_association_that_sent_it_is_kept(team, actor):
    application = make.make_signed(team)
    assert application.organisation_id is None
    assert application.prepared_by == team.organisation.pk
    make.accredit(team)
    actions.submit_application(actor, application)
    elsewhere = make_team("13", "Association du Sud").organisation
    Dossier.objects.filter(pk=application.dossier_id).update(organisation=elsewhere, department="13")
    application.refresh_from_db()
    assert application.organisation_id == application.prepared_by == team.organisation.pk


def test_two_requests_that_leave_together_take_two_numbers(team, actor, monkeypatch):
    first = make.make_submitted(team)
    second = make.make_signed(team, alias="Sauge")
    taken = int(first.receipt_number[-4:])
    drawn = iter([taken, taken, 2500])
    monkeypatch.setattr(ids, "rank", lambda: next(drawn))
    actions.submit_application(actor, second)
    assert second.state == "submitted"
    assert second.receipt_number == f"{first.receipt_number[:-4]}2500"


def fetched(actor, application):
    """As a page holds it: the request, its file with the facts of the scope."""
    row = type(application).objects.get(pk=application.pk)
    row.dossier = people.dossiers_visible_to(actor).get(pk=application.dossier_id)
    return row


def test_what_changed_since_the_page_was_fetched_counts(team, actor):
    application = make.make_filled(team)
    held = fetched(actor, application)
    withdraw_agreement(actor, application.dossier)
    with pytest.raises(Refused):
        actions.save_part(actor, held, "project", data=make.ANSWERS["project"], state="done")
    other = make.make_filled(team, alias="Sauge")
    held = fetched(actor, other)
    close_dossier(actor, other.dossier)
    with pytest.raises(Refused):
        actions.save_part(actor, held, "project", data=make.ANSWERS["project"], state="done")
    assert held.dossier.stage == "S6"
