"""The pages of a request: the whole story by clicks, errors kept, conflicts, neighbours, number of queries."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.dossiers import actions, reads
from jalon.dossiers import parts as form
from jalon.dossiers.models import Application, ComplementRequest, Package, Part, Piece
from jalon.journal.models import Entry
from jalon.people.actions import assign
from jalon.people.models import Dossier, Identity
from jalon.people.tests.factories import make_dossier, make_prepared, make_team
from jalon.ui.files import Clean

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def client(team):
    return team.browser("REF", stepped_up=True)


def text(answer):
    return answer.content.decode()


def then(client, answer):
    """The page that a saved form leads to."""
    assert answer.status_code == 303, answer.content
    return client.get(answer["Location"])


def url(name, application, *more):
    return reverse(f"dossiers:{name}", args=[application.pk, *more])


def test_from_home_to_the_task_list_in_four_interactions(team, client):
    """Nouvelle personne, la langue, Créer: the task list is open, every channel off."""
    page = client.get(reverse("people:new"))  # 1
    alias = page.context["form"]["alias"].value()
    answer = then(
        client, client.post(reverse("people:new"), {"language": "bg", "alias": alias})
    )  # 2 language, 3 create
    assert answer.status_code == 200
    assert "après son accord" in text(answer)
    dossier = Dossier.objects.get()
    assert answer.context["tasks"].counted == 15
    # Her agreement, then the request itself.
    agree = reverse("people:agree", args=[dossier.pk])
    start = reverse("dossiers:start", args=[dossier.pk])
    answer = client.post(f"{agree}?suite={start}", {"language": "bg", "read_back": "on"})
    assert answer["Location"] == start
    answer = then(client, client.post(start))
    assert answer.context["tasks"].counted == 15
    assert "Voir ce qui manque" in text(answer)


def test_what_is_missing_does_not_repeat_the_name_of_the_part(team, client):
    shown = text(client.get(url("application", make.make_application(team))))
    missing = shown[shown.index('id="manque"') :]
    assert missing.count("Engagements") == 1
    assert missing.count("Résumé") == 1
    assert "Couverture santé" in missing
    assert "Avis, Motifs" in missing


def test_finish_children_with_none_in_three_interactions(team, client):
    application = make.make_application(team)
    page = client.get(url("part", application, "family"))
    assert page.status_code == 200
    row = Part.objects.get(application=application, code="family")
    answer = client.post(
        url("part", application, "family"),
        {"children_situation": "none", "state": "done", "revision": str(row.revision)},
    )
    assert answer.status_code == 303
    row.refresh_from_db()
    assert row.state == "done"
    assert row.missing == ""
    assert "Terminé" in text(client.get(url("application", application)))


def test_finished_with_a_gap_is_refused_at_the_question_and_keeps_what_was_typed(team, client):
    application = make.make_application(team)
    data = {"entry_date_fr": "03/2017", "state": "done", "revision": "0"}
    answer = client.post(url("part", application, "residence"), data)
    assert answer.status_code == 422
    assert "Répondez" in text(answer)
    assert "03/2017" in text(answer)
    assert Part.objects.get(application=application, code="residence").revision == 0
    assert client.post(url("part", application, "residence"), {**data, "declined": "permit_type"}).status_code == 303
    assert Part.objects.get(application=application, code="residence").state == "done"


BAD = [
    ("residence", {"permit_valid_to": "31/02/2027"}, "31/02/2027"),
    ("residence", {"permit_type": "nimporte"}, None),
    ("family", {"children_0_birth_date": "demain", "children_0_name": "Petit"}, "demain"),
    ("resources", {"resources_last_month": "beaucoup"}, "beaucoup"),
    ("project", {"rome": "trop long"}, "trop long"),
    ("summary", {"summary": "a\u202eb"}, "a\u202eb"),
    ("related_requests", {"children": "-1"}, "-1"),
    ("commitments", {"commitments_0_text": "x" * 301}, "x" * 301),
    ("opinion", {"sense": "peut-être"}, None),
    ("health_rights", {"needs": "diagnostic"}, None),
    ("housing", {"siao_request_date": "2027-13-01"}, "2027-13-01"),
    ("legal", {"complaint_date": "hier"}, "hier"),
    ("life_path", {"story": "\x07"}, None),
]


@pytest.mark.parametrize(("code", "typed", "kept"), BAD, ids=[f"{code}-{next(iter(t))}" for code, t, _k in BAD])
def test_bad_input_on_every_part(team, client, code, typed, kept):
    application = make.make_application(team)
    answer = client.post(url("part", application, code), {**typed, "state": "in_progress", "revision": "0"})
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    if kept:
        assert kept in text(answer)
    assert Part.objects.get(application=application, code=code).revision == 0


def test_unknown_or_repeated_fields_are_malformed(team, client):
    application = make.make_application(team)
    assert client.post(url("part", application, "family"), {"diagnosis": "x", "state": "done"}).status_code == 400
    assert client.post(url("part", application, "opinion"), {"sense": ["reserved", "favourable"]}).status_code == 400


def test_two_workers_conflict_and_nothing_is_lost(team, client):
    application = make.make_application(team)
    actor = team.actor("REF")
    actions.save_part(actor, application, "project", data={"goal": "Cuisine"}, state="in_progress")
    answer = client.post(
        url("part", application, "project"), {"goal": "Couture", "state": "in_progress", "revision": "0"}
    )
    assert answer.status_code == 409
    assert "Cuisine" in text(answer)
    assert "Couture" in text(answer)
    row = Part.objects.get(application=application, code="project")
    assert row.unseal()["goal"] == "Cuisine"
    mine = {"goal": "Couture", "state": "in_progress", "revision": str(row.revision)}
    assert client.post(url("part", application, "project"), mine).status_code == 303
    row.refresh_from_db()
    assert row.unseal()["goal"] == "Couture"


def test_two_versions_are_told_in_words_never_in_codes(team, client):
    """What is ticked, chosen or said by yes and no: as the screen says it, on both sides."""
    application = make.make_application(team)
    saved = {"permit_type": "none", "identity_docs": ["passport", "birth"], "oqtf_status": True}
    actions.save_part(team.actor("REF"), application, "residence", data=saved, state="in_progress")
    typed = {
        "permit_type": "aps",
        "identity_docs": ["consular"],
        "oqtf_status": "non",
        "state": "done",
        "revision": "0",
    }
    answer = client.post(url("part", application, "residence"), typed)
    assert answer.status_code == 409
    said = text(answer)
    table = said[said.index("<tbody>") : said.index("</tbody>")]
    for words in ("aucun titre", "autorisation provisoire de séjour", "passeport", "acte de naissance",
                  "carte ou attestation consulaire", "Oui", "Non", "terminé", "en cours"):  # fmt: skip
        assert words in table
    for code in ("aps<", "none<", "passport", "consular<", "in_progress", "done<", "permit_type"):
        assert code not in table
    assert 'name="permit_type" value="aps"' in said  # sent again as it was


@pytest.mark.parametrize("code", ["housing", "health_rights", "legal", "life_path"])
def test_sensitive_parts_ask_for_a_proof_of_identity(team, code):
    application = make.make_application(team)
    plain = team.browser("REF", stepped_up=False)
    assert plain.get(url("part", application, code)).status_code == 403
    assert plain.get(url("part", application, "project")).status_code == 200
    assert team.browser("REF", stepped_up=True).get(url("part", application, code)).status_code == 200


MORE = {
    "report": make.REPORT,
    "legal": {"complaint_filed": False},
    "needs": {"housing": "urgent", "health": "none", "first": "Dormir.", "together": True},
}


@pytest.mark.parametrize("part", [p for p in form.PARTS if p.questions and not p.store], ids=lambda part: part.code)
def test_every_part_saves_what_its_page_shows(team, client, part):
    """Fill, save, open again: the page shows the saved answers, and saving them unchanged changes nothing."""
    application = make.make_application(team)
    data = {**make.ANSWERS, **MORE}[part.code]
    if part.code == "report":
        Application.objects.filter(pk=application.pk).update(kind="renewal")
        Part.objects.create(application=application, dossier=application.dossier, code="report", compartment="C12")
        application.refresh_from_db()
    actions.save_part(team.actor("REF"), application, part.code, data=data, state="in_progress")
    page = client.get(url("part", application, part.code))
    shown = page.context["form"]
    sent = {}
    for name in shown.fields:
        value = shown[name].value()
        if name in ("state", "chosen") or value in (None, "", []):
            continue
        sent[name] = {True: "oui", False: "non"}[value] if isinstance(value, bool) else value
    answer = client.post(url("part", application, part.code), {**sent, "state": "in_progress"})
    assert answer.status_code == 303, answer.context["form"].errors
    saved = Part.objects.get(application=application, code=part.code).unseal()
    assert saved == form.clean(part, data)


def test_summary_counts_words_and_adds_chosen_sentences(team, client):
    application = make.make_application(team)
    actor = team.actor("REF")
    actions.save_part(actor, application, "project", data=make.ANSWERS["project"], state="done")
    page = client.get(url("part", application, "summary"))
    assert "Vise : Employée d'étage en hôtel." in page.context["form"].sentences.values()
    long = "mot " * 130
    typed = {"summary": long, "chosen": "project:0", "state": "in_progress", "revision": "0"}
    answer = then(client, client.post(url("part", application, "summary"), typed))
    assert answer.status_code == 200
    saved = Part.objects.get(application=application, code="summary").unseal()["summary"]
    assert saved.endswith("Vise : Employée d'étage en hôtel.")
    assert answer.context["words"] > 120


def test_a_renewal_says_what_is_taken_up_and_what_has_changed(team, client):
    dossier, previous = make.make_in_pathway(team)
    renewal = actions.open_renewal(team.actor("REF"), dossier, previous)
    assert text(client.get(url("application", renewal))).count("repris de la demande précédente") == 9
    page = text(client.get(url("part", renewal, "project")))
    assert "Repris de la demande précédente" in page
    assert "Changé depuis" not in page
    changed = {**make.ANSWERS["project"], "goal": "Aide de cuisine", "ft_registered": True, "steps": []}
    actions.save_part(team.actor("REF"), renewal, "project", data=changed, state="done")
    page = text(client.get(url("part", renewal, "project")))
    panel = page[page.index("Changé depuis") :]
    assert "Employée d&#x27;étage en hôtel" in panel
    assert "Aide de cuisine" in panel
    assert "Français A2 · 30/06/2027" in panel
    assert panel.count("<dt>") == 3
    assert text(client.get(url("application", renewal))).count("repris de la demande précédente") == 8


# --- papers -------------------------------------------------------------------------------------------------------


def test_upload_download_and_neutral_name(team, client):
    application = make.make_application(team)
    upload = SimpleUploadedFile("Passeport Zelenkova.png", make.PNG, "image/png")
    answer = client.post(
        url("pieces", application),
        {"code": "identity_document", "file": upload, "label": "Carte", "received_on": "20/11/2026"},
    )
    assert answer.status_code == 303, text(answer)
    piece = Piece.objects.get(application=application, code="identity_document")
    assert piece.state == "received"
    answer = client.get(reverse("dossiers:piece_file", args=[piece.pk]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Content-Disposition"].startswith('attachment; filename="piece-')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Zelenkova" not in str(answer.headers)


def test_a_photo_from_a_phone(team, client):
    application = make.make_application(team)
    page = text(client.get(url("pieces", application)))
    assert 'capture="environment"' in page
    given = {"code": "resources_proof", "received_on": "20/11/2026"}
    both = {name: SimpleUploadedFile("p.png", make.PNG) for name in ("photo", "file")}
    answer = client.post(url("pieces", application), {**given, **both})
    assert answer.status_code == 422
    assert "pas les deux" in text(answer)
    photo = {"photo": SimpleUploadedFile("p.png", make.PNG)}
    assert client.post(url("pieces", application), {**given, **photo}).status_code == 303
    assert Piece.objects.get(application=application, code="resources_proof").file


def test_paper_seen_without_a_file_then_waived(team, client):
    application = make.make_application(team)
    data = {"code": "sworn_statement", "received_on": "20/11/2026"}
    assert client.post(url("pieces", application), data).status_code == 303
    piece = Piece.objects.get(application=application, code="accreditation_order")
    waive = reverse("dossiers:waive", args=[piece.pk])
    assert client.post(waive, {"reason": ""}).status_code == 422
    assert client.post(waive, {"reason": "Déjà à la préfecture"}).status_code == 303
    piece.refresh_from_db()
    assert piece.state == "waived"
    assert piece.unseal()["reason"] == "Déjà à la préfecture"


@pytest.mark.parametrize(
    ("name", "content"),
    [("virus.exe", b"MZ\x90"), ("vide.pdf", b""), ("faux.pdf", b"pas un pdf"), ("double.png", b"%PDF-1.4 rien")],
)
def test_bad_files_are_refused_in_plain_words(team, client, name, content):
    application = make.make_application(team)
    upload = SimpleUploadedFile(name, content)
    data = {"code": "sworn_statement", "file": upload, "received_on": "20/11/2026", "label": "Gardé"}
    answer = client.post(url("pieces", application), data)
    assert answer.status_code == 422
    assert "Gardé" in text(answer)
    assert Piece.objects.get(application=application, code="sworn_statement").state == "expected"


def test_bad_day_of_a_paper(team, client):
    application = make.make_application(team)
    day = (clock.today() + timedelta(days=2)).strftime("%d/%m/%Y")
    answer = client.post(url("pieces", application), {"code": "sworn_statement", "received_on": day})
    assert answer.status_code == 422
    assert "trop tard" in text(answer)


# --- read again, sign, send, complete -------------------------------------------------------------------------------


def test_from_draft_to_complete_by_the_pages(team, client):
    application = make.make_filled(team)
    make.accredit(team)
    page = client.get(url("review", application))
    assert page.status_code == 200
    shown = page.context["draft_form"]
    chosen = {name: shown[name].value() for name in shown.fields}
    assert client.post(url("review", application), chosen).status_code == 303
    assert client.post(url("read_back", application), {"language": "bg"}).status_code == 422
    assert client.post(url("read_back", application), {"language": "bg", "sure": "on"}).status_code == 303
    manager = team.browser("MGR", stepped_up=True)
    page = manager.get(url("review", application))
    assert "Signer" in text(page)
    assert f'name="seen" value="{application.packages.get().seen_as}"' in page.content.decode()
    assert team.browser("MGR", stepped_up=False).post(url("sign", application)).status_code == 403
    assert manager.post(url("sign", application)).status_code == 303
    package = Package.objects.get(application=application)
    assert len(package.digest) == 64
    assert client.get(url("review", application)).status_code == 200
    answer = then(client, client.post(url("submit", application)))
    assert answer.status_code == 200
    application.refresh_from_db()
    assert application.receipt_number in text(answer)
    secretary = team.browser("SEC")
    page = secretary.get(url("received", application))
    assert page.status_code == 200
    assert application.dossier.number in text(page)
    assert "Capucine" not in text(page)
    assert "Zelenkova" not in text(page)
    day = (clock.today() + timedelta(days=10)).strftime("%d/%m/%Y")
    assert secretary.post(url("received", application), {"text": "", "due_on": day}).status_code == 422
    answer = secretary.post(url("received", application), {"text": "Un justificatif récent", "due_on": day})
    assert answer.status_code == 303
    page = client.get(url("review", application))
    assert "Un justificatif récent" in text(page)
    upload = SimpleUploadedFile("j.png", make.PNG)
    client.post(url("pieces", application), {"code": "resources_proof", "file": upload, "received_on": "20/11/2026"})
    assert client.post(url("answer", application), {"text": "Ci-joint"}).status_code == 303
    page = secretary.get(url("received", application))
    assert "Ci-joint" in text(page)
    piece = Piece.objects.get(application=application, code="resources_proof")
    sent = secretary.get(reverse("dossiers:sent_file", args=[piece.pk]))
    assert sent.status_code == 200
    assert secretary.get(reverse("dossiers:piece_file", args=[piece.pk])).status_code == 404
    assert secretary.post(url("complete", application)).status_code == 303
    application.refresh_from_db()
    assert application.state == "complete"
    assert ComplementRequest.objects.get().answered_on


def test_a_red_word_in_the_package_is_shown_by_its_place(team, client):
    application = make.make_filled(team)
    actor = team.actor("REF")
    data = {"summary": "Vit rue du Micocoulier avec son fils."}
    actions.save_part(actor, application, "summary", data=data, state="done")
    shown = client.get(url("review", application)).context["draft_form"]
    chosen = {name: shown[name].value() for name in shown.fields}
    answer = client.post(url("review", application), chosen)
    assert answer.status_code == 422
    assert "Résumé : un nom, une adresse ou un lieu est à retirer (mot 4)." in text(answer).replace("\u202f", " ")
    assert not Package.objects.exists()


def test_withdraw_and_reopen(team, client):
    application = make.make_signed(team)
    assert client.post(url("reopen", application)).status_code == 303
    application.refresh_from_db()
    assert application.state == "draft"
    assert client.get(url("withdraw", application)).status_code == 200
    assert client.post(url("withdraw", application)).status_code == 303
    application.refresh_from_db()
    assert application.state == "withdrawn"


# --- neighbours -----------------------------------------------------------------------------------------------------


def neighbours(team):
    other_department = make_team(department="13", name="Association du Sud")
    elsewhere = make_team(name="Association voisine")
    return {
        "same organisation, other referent": team.member("REF"),
        "other organisation": elsewhere.ref,
        "other organisation's manager": elsewhere.mgr,
        "other department's secretariat": other_department.sec,
        "member of the commission": team.mem,
        "adviser without a share": team.emp,
    }


def test_neighbours_get_the_404_of_an_unknown_identifier(team):
    from jalon.directory.tests.factories import browser

    application = make.make_submitted(team)
    piece = Piece.objects.filter(application=application).first()
    gets = [url(n, application) for n in ("application", "pieces", "review", "receipt", "received")]
    gets += [url("part", application, "project"), reverse("dossiers:piece_file", args=[piece.pk])]
    gets += [reverse("dossiers:start", args=[application.dossier_id])]
    posts = [url(n, application) for n in ("sign", "submit", "reopen", "withdraw", "answer", "complete", "read_back")]
    unknown = "A" * 22
    for who, membership in neighbours(team).items():
        client = browser(membership, stepped_up=True)
        for method, paths in (("get", gets), ("post", posts)):
            for path in paths:
                own = path.split("/")[2]
                answer = getattr(client, method)(path)
                assert answer.status_code == 404, (who, path)
                stranger = getattr(client, method)(path.replace(own, unknown))
                assert stranger.status_code == 404
                assert _body(answer, path) == _body(stranger, path.replace(own, unknown)), (who, path)


def test_another_s_request_is_looked_for_as_long_as_one_that_does_not_exist(team):
    """The time of a 404 tells nothing."""
    theirs, stranger = make.make_application(team), make_team("31", "Association voisine").browser("REF")
    counts = []
    for pk in (theirs.pk, "A" * 22):
        with CaptureQueriesContext(connection) as asked:
            assert stranger.get(reverse("dossiers:application", args=[pk])).status_code == 404
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _body(answer, path):
    return answer.content.replace(path.encode(), b"")


def test_secretariat_sees_nothing_before_submission(team):
    application = make.make_signed(team)
    assert team.browser("SEC", stepped_up=True).get(url("received", application)).status_code == 404


# --- number of queries ------------------------------------------------------------------------------------------------


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("name", "most"), [("application", 14), ("pieces", 14), ("review", 26), ("receipt", 14)])
def test_number_of_queries(team, client, name, most):
    application = make.make_submitted(team)
    assert queries(client, url(name, application)) <= most


def test_number_of_queries_of_a_received_file_and_a_part(team, client):
    application = make.make_submitted(team)
    assert queries(client, url("part", application, "project")) <= 12
    assert queries(team.browser("SEC"), url("received", application)) <= 20


def test_task_list_does_not_grow_with_papers(team, client):
    application = make.make_filled(team)
    first = queries(client, url("pieces", application))
    actor = team.actor("REF")
    for _rank in range(10):
        actions.add_piece(actor, application, code="training_proof", label="Attestation")
    assert queries(client, url("pieces", application)) == first


def test_titles_hold_no_civil_name(team, client):
    application = make.make_submitted(team)
    names = {str(value) for value in Identity.objects.get().unseal().values() if isinstance(value, str) and value}
    for name in ("application", "pieces", "review", "receipt"):
        title = text(client.get(url(name, application))).split("<title>")[1].split("</title>")[0]
        assert "Capucine" in title
        assert not any(word in title for word in names - {"Capucine", "F"})


def test_start_page_of_a_prepared_file(team, client):
    dossier = make_prepared(team)
    page = client.get(reverse("dossiers:start", args=[dossier.pk]))
    assert "Commencer la demande" in text(page)
    dossier = make_dossier(team, alias="Sauge")
    page = client.get(reverse("dossiers:start", args=[dossier.pk]))
    assert "Recueillir son accord" in text(page)
    assert client.post(reverse("dossiers:start", args=[dossier.pk])).status_code == 403
    assert reads.pages.past(dossier.pk) == []


# --- what is opened is told ------------------------------------------------------------------------------------------


def compartments_read(client, path):
    before = Entry.objects.order_by("-seq").first().seq
    assert client.get(path).status_code == 200
    rows = Entry.objects.filter(seq__gt=before, verb="read", decision="allowed").order_by("compartment")
    return list(rows.values_list("compartment", flat=True))


def test_each_compartment_that_a_draft_opens_leaves_its_line(team, client):
    application = make.make_filled(team)
    opened = ["C1", "C10", "C12", "C5", "C6", "C7", "C8", "C9"]
    assert compartments_read(client, url("review", application)) == [c for c in opened if c != "C6"]
    assert compartments_read(client, url("part", application, "summary")) == [c for c in opened if c != "C6"]
    actions.save_part(team.actor("REF"), application, "legal", data={"persons": []}, state="in_progress")
    assert compartments_read(client, url("review", application)) == opened
    plain = team.browser("REF")
    assert compartments_read(plain, url("review", application)) == ["C1", "C10", "C12", "C7", "C8", "C9"]


def test_the_names_of_papers_leave_their_line(team, client):
    application = make.make_filled(team)
    actions.add_piece(
        team.actor("REF"), application, code="school_certificate", file=Clean(make.PNG, "image/png"), label="Collège"
    )
    read = compartments_read(client, url("pieces", application))
    assert "C9" in read
    assert read == sorted({"C12", *(p.compartment for p in application.pieces.all())})


# --- no link leads to a refusal ---------------------------------------------------------------------------------------

STAGES = {
    "draft": make.make_application,
    "signed": make.make_signed,
    "submitted": make.make_submitted,
    "convened": make.make_convened,
    "decided": make.make_decided,
}


def linked(page):
    """The pages of these rooms that a page offers, as links or as the actions of its forms."""
    found = re.findall(r'(?:href|action)="(/(?:applications|dossiers)/[^"#]*)', text(page))
    return {path for path in found if "/dossiers/?" not in path}


def delegate_browser(team, dossier):
    colleague = team.member("REF")
    assign(
        team.actor("REF"),
        dossier,
        user=colleague.user,
        organisation=team.organisation,
        kind="delegate",
        ends_on=clock.today() + timedelta(days=9),
    )
    return browser(colleague, stepped_up=True)


# Each state by day, and the two others once; every pair in the slow proofs.
BY_DAY = {*((state, "REF") for state in ("signed", "convened", "decided")), ("draft", "delegate"), ("submitted", "MGR")}


@pytest.mark.parametrize(
    ("state", "role"),
    [
        pytest.param(*pair, marks=() if pair in BY_DAY else pytest.mark.proof, id="-".join(pair))
        for pair in product(STAGES, ("REF", "MGR", "delegate"))
    ],
)
def test_no_link_leads_to_a_refusal(team, role, state):
    application = STAGES[state](team)
    dossier = application.dossier
    client = delegate_browser(team, dossier) if role == "delegate" else team.browser(role, stepped_up=True)
    pages, seen = [url("application", application), reverse("dossiers:start", args=[dossier.pk])], set()
    while pages:
        path = pages.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code in (200, 302, 405), (role, state, path, answer.status_code)
        if answer.status_code == 200 and path.startswith("/applications/"):
            pages += linked(answer)
    assert url("pieces", application) in seen or role == "delegate"


def test_a_delegate_works_on_her_parts(team):
    application = make.make_application(team)
    client = delegate_browser(team, application.dossier)
    page = text(client.get(url("application", application)))
    assert url("part", application, "project") in page
    for name in ("pieces", "review", "withdraw"):
        assert url(name, application) not in page
    sent = {"goal": "Employée d'étage", "goal_kind": "employment", "state": "in_progress", "revision": "0"}
    assert client.post(url("part", application, "project"), sent).status_code == 303
    start = reverse("dossiers:start", args=[make_prepared(team, alias="Sauge").pk])
    assert client.get(start).status_code == 404


def test_a_membership_of_colleague_opens_the_same_pages(team):
    application = make.make_application(team)
    assign(
        team.actor("REF"),
        application.dossier,
        user=team.col.user,
        organisation=team.organisation,
        kind="delegate",
        ends_on=clock.today() + timedelta(days=9),
    )
    client = team.browser("COL", stepped_up=True)
    for path in (url("application", application), url("part", application, "project")):
        assert client.get(path).status_code == 200
    start = reverse("dossiers:start", args=[application.dossier_id])
    actions.withdraw_application(team.actor("REF"), application)
    page = text(client.get(start))
    assert reverse("people:identity", args=[application.dossier_id]) in page
    assert "Commencer la demande" not in page


def test_only_papers_of_open_compartments_are_offered_while_the_secretariat_waits(team, client):
    application = make.make_submitted(team)
    due = clock.today() + timedelta(days=9)
    actions.ask_for_complement(team.actor("SEC"), application, text="Il manque une pièce.", due_on=due)
    offered = [code for code, _label in client.get(url("pieces", application)).context["form"].fields["code"].choices]
    assert "residence_document" in offered
    for code in filter(None, offered):
        sent = {"code": code, "received_on": clock.today().strftime("%d/%m/%Y")}
        assert client.post(url("pieces", application), sent).status_code == 303, code
