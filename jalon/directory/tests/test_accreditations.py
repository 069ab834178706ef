"""The procedure of accreditation: each verb's effect and trace, who may not, the neighbours, what the law computes."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from jalon.access import SYSTEM, Hidden, Refused
from jalon.config import clock
from jalon.directory import actions, due, pieces, reads
from jalon.directory.models import Accreditation, AccreditationPiece
from jalon.directory.states import ACCREDITATION, AccreditationState
from jalon.directory.tests import accreditation_cases as cases
from jalon.directory.tests.accreditation_cases import DAY, REASONS, SIGNATORY, WORDS, Parties
from jalon.directory.tests.factories import make_actor, make_membership, make_organisation
from jalon.journal.models import Entry
from jalon.law.dates import add_months, period_end
from jalon.ui.files import Clean
from jalon.vault.models import SealedFile

# the room of deadlines is above this one: its rows are only looked at
Deadline, Outbox = apps.get_model("notices", "Deadline"), apps.get_model("notices", "Outbox")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with clock.at(DAY):
        yield


@pytest.fixture
def parties():
    return Parties()


def later(days):
    return clock.at(DAY + timedelta(days=days))


def again(row):
    return Accreditation.objects.get(pk=row.pk)


def last_verbs(since):
    return [entry.verb for entry in Entry.objects.filter(seq__gt=since).order_by("seq")]


def journal_head():
    return Entry.objects.order_by("-seq").first().seq


def due_on(row, kind, key=""):
    found = Deadline.objects.filter(kind=kind, key=row.pk + key, done_on=None, cancelled_on=None).first()
    return (found.on, found.role) if found else None


# --- each verb --------------------------------------------------------------------------------------------------
def other_piece(row):
    return row.pieces.filter(received_on=None).first() or row.pieces.first() or AccreditationPiece(accreditation=row)


def sign(verb):
    return lambda actor, row: getattr(actions, verb)(actor, row, **SIGNATORY, **REASONS)


ACTS = {
    "edit_accreditation_request": lambda actor, row: actions.edit_accreditation_request(actor, row, means="Une équipe"),
    "add_accreditation_piece": lambda actor, row: actions.add_accreditation_piece(actor, row, code="accounts"),
    "remove_accreditation_piece": lambda actor, row: actions.remove_accreditation_piece(actor, other_piece(row)),
    "request_accreditation": lambda actor, row: actions.request_accreditation(actor, row),
    "answer_accreditation_piece": lambda actor, row: actions.answer_accreditation_piece(actor, other_piece(row)),
    "abandon_accreditation_request": lambda actor, row: actions.abandon_accreditation_request(actor, row),
    "receive_accreditation": lambda actor, row: actions.receive_accreditation(actor, row),
    "ask_for_accreditation_piece": lambda actor, row: actions.ask_for_accreditation_piece(
        actor, row, code="statutes", why="Signés.", due_on=clock.today() + timedelta(days=10)
    ),
    "declare_accreditation_complete": lambda actor, row: actions.declare_accreditation_complete(actor, row),
    "draft_accreditation_decision": lambda actor, row: actions.draft_accreditation_decision(
        actor, row, verdict="withdraw" if row.observations_asked_on else "refuse", **REASONS
    ),
    "grant_accreditation": sign("grant_accreditation"),
    "refuse_accreditation": sign("refuse_accreditation"),
    "invite_observations": lambda actor, row: actions.invite_observations(
        actor, row, reasons_of_law="Article.", reasons_of_fact="Fait.", due_on=clock.today() + timedelta(days=15)
    ),
    "present_observations": lambda actor, row: actions.present_observations(actor, row, text="Nous répondons."),
    "keep_accreditation": lambda actor, row: actions.keep_accreditation(actor, row),
    "withdraw_accreditation": sign("withdraw_accreditation"),
    "notify_accreditation_decision": lambda actor, row: actions.notify_accreditation_decision(
        actor, row, notified_on=clock.today()
    ),
    "file_accreditation_appeal": lambda actor, row: actions.file_accreditation_appeal(
        actor, row, kind="gracious", filed_on=clock.today()
    ),
    "answer_accreditation_appeal": lambda actor, row: actions.answer_accreditation_appeal(
        actor, row, appeal="", outcome="rejected", answered_on=clock.today()
    ),
}
# What the last answer makes of an incomplete file, and what needs a condition more than its state.
AFTER = {("incomplete", "answer_accreditation_piece"): "received"}
NOT_YET = {("incomplete", "refuse_accreditation"), ("observations", "withdraw_accreditation")} | {
    (state, verb)
    for state in ("refused", "withdrawn")
    for verb in ("file_accreditation_appeal", "answer_accreditation_appeal")
}


def test_every_verb_of_the_table_is_tried():
    assert set(ACTS) | {"finish_answers", "deem_complete", "approve_tacitly", "lapse"} == set(ACCREDITATION.transitions)


@pytest.mark.parametrize("state", AccreditationState.values)
def test_no_verb_out_of_its_state(parties, state):
    """Every other verb is refused with a sentence, and writes nothing."""
    row = cases.IN_STATE[state](parties)
    assert again(row).state_on(DAY) == state
    for verb, act in ACTS.items():
        role = ACCREDITATION.transitions[verb].who[-1]
        start = journal_head()
        if ACCREDITATION.allows(state, verb) and (state, verb) not in NOT_YET:
            continue
        unseen = state == "draft" and role != "MGR"  # a draft exists for its association alone
        with pytest.raises(Hidden if unseen else Refused) as refused:
            act(parties.of(role), again(row))
        assert unseen or refused.value.why.endswith(".")
        assert journal_head() == start, verb
    assert again(row).state_on(DAY) == state


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (state, verb)
        for verb, transition in ACCREDITATION.transitions.items()
        for state in sorted(transition.sources)
        if verb in ACTS and (state, verb) not in NOT_YET
    ],
)
def test_an_allowed_verb_leads_where_the_table_says(parties, state, verb):
    row = cases.IN_STATE[state](parties)
    start = journal_head()
    ACTS[verb](parties.of(ACCREDITATION.transitions[verb].who[-1]), again(row))
    expected = AFTER.get((state, verb), ACCREDITATION.target(state, verb))
    assert again(row).state_on(DAY) == expected
    assert verb in last_verbs(start)


@pytest.mark.parametrize("verb", list(ACTS))
def test_neither_another_role_nor_a_neighbour(parties, verb):
    """Who is not of the table is refused; another association, another department do not know the row."""
    transition = ACCREDITATION.transitions[verb]
    row = cases.IN_STATE[sorted(transition.sources)[0]](parties)
    start = journal_head()
    for role in {"MGR", "SEC", "PRE"} - set(transition.who):
        with pytest.raises((Refused, Hidden)):
            ACTS[verb](parties.of(role), again(row))
    other, elsewhere = Parties(name="Association Voisine"), Parties("13", "Association Lointaine")
    strangers = [other.manager, elsewhere.manager, elsewhere.secretariat, elsewhere.prefect]
    strangers += [make_actor(role, parties.association) for role in ("REF", "ADM")]
    before = journal_head()
    for stranger in strangers:
        with pytest.raises(Hidden):
            ACTS[verb](stranger, again(row))
    assert journal_head() == before
    assert start < before


# --- the request ------------------------------------------------------------------------------------------------
def test_one_request_at_a_time_in_a_department(parties):
    row = cases.draft(parties, whole=False)
    assert (row.department, row.state_on(DAY)) == ("31", "draft")
    with pytest.raises(ValidationError) as refused:
        actions.prepare_accreditation(parties.manager)
    assert "déjà en cours" in str(refused.value)
    assert actions.prepare_accreditation(parties.manager, department="82").department == "82"
    with pytest.raises(ValidationError):
        actions.prepare_accreditation(parties.manager, department="20")
    for actor in (parties.secretariat, make_actor("REF", parties.association)):
        with pytest.raises(Refused):
            actions.prepare_accreditation(actor)
    town = make_actor("MGR", make_organisation("town", "Ville"))
    with pytest.raises(Refused):
        actions.prepare_accreditation(town)


def test_a_renewal_takes_up_the_words_of_the_request_before(parties):
    first = cases.granted(parties)
    with later(900):
        second = actions.prepare_accreditation(parties.manager)
    assert second.renews_id == first.pk
    assert second.declared_on == first.declared_on
    assert second.unseal()["request"]["representative"] == WORDS["representative"]
    assert b"Rosa" not in bytes(second.sealed)


def test_what_is_missing_is_named_and_nothing_leaves(parties):
    row = cases.draft(parties, whole=False)
    with pytest.raises(Refused) as refused:
        actions.request_accreditation(parties.manager, row)
    for words in ("qui signe", "déclaration", "Délibération", "SIRET"):
        assert words in refused.value.why
    assert "Statuts" not in refused.value.why
    assert again(row).received_on is None


def test_sending_is_signing(parties):
    row = cases.draft(parties)
    with pytest.raises(Refused) as refused:
        actions.request_accreditation(make_actor("MGR", parties.association), row)
    assert refused.value.missing == {"stepup"}
    actions.request_accreditation(parties.manager, row)
    row = again(row)
    assert row.received_on == DAY
    assert row.unseal()["signed_by"] == parties.manager.user_id
    assert due_on(row, due.COMPLETE) == (add_months(DAY, 2), "SEC")
    assert due_on(row, due.TACIT) == (add_months(DAY, 4), "PRE")
    assert Outbox.objects.filter(recipient_id=parties.secretariat.user_id).count() == 1


def test_a_file_is_sealed_for_the_association(parties):
    row = cases.draft(parties, whole=False)
    piece = actions.add_accreditation_piece(
        parties.manager, row, code="leaders", file=Clean(b"%PDF-1.7 Rosa", "application/pdf"), label="Bureau de Rosa"
    )
    assert piece.file.owner == parties.association.pk
    assert piece.file.group == "GS"
    assert b"Rosa" not in bytes(piece.sealed)
    assert AccreditationPiece.objects.get(pk=piece.pk).unseal()["label"] == "Bureau de Rosa"
    with pytest.raises(ValidationError):
        actions.add_accreditation_piece(parties.manager, row, code="passport")
    actions.remove_accreditation_piece(parties.manager, piece)
    assert not AccreditationPiece.objects.filter(accreditation=row).exists()
    assert not SealedFile.objects.exists()


# --- pieces asked -----------------------------------------------------------------------------------------------
def test_a_piece_asked_stops_the_clock_until_the_last_answer(parties):
    row = cases.received(parties)
    with later(20):
        first = cases.ask(parties, row)
        second = cases.ask(parties, row, "statutes")
        row = again(row)
        assert row.missing_asked_on == clock.today()
        assert due_on(row, due.TACIT) is None
        assert due_on(row, due.COMPLETE) is None
        assert due_on(row, due.PIECE) == (clock.today() + timedelta(days=15), "MGR")
    with later(25):
        actions.answer_accreditation_piece(
            parties.manager, first, file=Clean(b"%PDF-1.7", "application/pdf"), label="Bilan"
        )
        assert again(row).state_on(clock.today()) == "incomplete"
    with later(30):
        actions.answer_accreditation_piece(parties.manager, second)
        row = again(row)
        assert row.state_on(clock.today()) == "received"
        assert row.completed_on == clock.today()
        assert due_on(row, due.PIECE) is None
        assert due_on(row, due.TACIT) == (add_months(clock.today(), 4), "PRE")
        with pytest.raises(Refused):
            actions.answer_accreditation_piece(parties.manager, second)
    words = AccreditationPiece.objects.get(pk=first.pk).unseal()
    assert (words["why"], words["label"]) == ("Le bilan signé.", "Bilan")


def test_asking_says_what_and_until_when(parties):
    row = cases.received(parties)
    given = {"code": "accounts", "why": "Le bilan.", "due_on": DAY + timedelta(days=10)}
    for wrong, field in (({"code": "x"}, "code"), ({"why": " "}, "why"), ({"due_on": DAY}, "due_on")):
        with pytest.raises(ValidationError) as refused:
            actions.ask_for_accreditation_piece(parties.secretariat, row, **{**given, **wrong})
        assert field in refused.value.message_dict
    assert not AccreditationPiece.objects.filter(asked_on__isnull=False).exists()


def test_after_two_months_the_file_is_complete_and_no_piece_can_be_asked(parties):
    row = cases.received(parties)
    with clock.at(add_months(DAY, 2)):
        assert again(row).state_on(clock.today()) == "complete"
        with pytest.raises(Refused) as refused:
            cases.ask(parties, row)
        assert "complète" in refused.value.why
        actions.grant_accreditation(parties.prefect, row, **SIGNATORY)
        assert again(row).state_on(clock.today()) == "in_force"


def test_the_secretariat_may_do_without_a_piece(parties):
    row = cases.incomplete(parties)
    with later(3):
        row = actions.declare_accreditation_complete(parties.secretariat, row)
        assert row.completed_on == clock.today()
        assert row.state_on(clock.today()) == "complete"


# --- decisions --------------------------------------------------------------------------------------------------
def test_four_months_of_silence_approve(parties):
    row = cases.requested(parties)
    tacit = add_months(DAY, 4)
    with clock.at(tacit - timedelta(days=1)):
        assert not reads.is_accredited(parties.association.pk, "31", clock.today())
    with clock.at(tacit):
        row = again(row)
        assert reads.is_accredited(parties.association.pk, "31", clock.today())
        assert row.granted_on is None
        assert row.approval(tacit) == (tacit, period_end(tacit, 36))
        for act in (actions.grant_accreditation, actions.refuse_accreditation):
            with pytest.raises(Refused):
                act(parties.prefect, row, **SIGNATORY, **REASONS)
        assert reads.accreditation_state(row, tacit).basis == "tacit"
    assert due_on(row, due.END) == (period_end(tacit, 36), "MGR")


def test_a_grant_lasts_three_years_and_plans_its_renewal(parties):
    row = again(cases.granted(parties))
    end = period_end(DAY, 36)
    assert (row.order_number, row.valid_from, row.valid_to) == ("31-2026-01", DAY, end)
    assert due_on(row, due.RENEWAL) == (add_months(end, -8), "MGR")
    assert due_on(row, due.END) == (end, "MGR")
    assert due_on(row, due.END, due.SECRETARIAT) == (end, "SEC")
    assert due_on(row, due.TACIT) is None
    words = row.unseal()["decision"]
    assert (words["verdict"], words["signed_by"], words["capacity"]) == ("grant", parties.prefect.user_id, "Préfète")
    with clock.at(add_months(end, -8)):
        assert reads.accreditation_state(row, clock.today()).to_renew
        renewal = cases.requested(parties)
        assert due_on(row, due.RENEWAL) is None
        assert due_on(row, due.END) == (end, "MGR")
        renewal = actions.receive_accreditation(parties.secretariat, renewal)
        renewal = actions.declare_accreditation_complete(parties.secretariat, renewal)
        actions.grant_accreditation(parties.prefect, renewal, **SIGNATORY)
        assert due_on(row, due.END) is None
        assert reads.cover(parties.association.pk, "31", clock.today()) == period_end(clock.today(), 36)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_a_refusal_has_its_reasons_and_routes(parties, name):
    row = cases.complete(parties)
    with pytest.raises(ValidationError) as refused:
        actions.refuse_accreditation(parties.prefect, row, **SIGNATORY, **{**REASONS, name: "  "})
    assert name in refused.value.message_dict
    with pytest.raises(ValidationError):
        actions.draft_accreditation_decision(parties.secretariat, row, verdict="refuse", **{**REASONS, name: ""})
    assert again(row).refused_on is None
    actions.draft_accreditation_decision(parties.secretariat, row, verdict="grant")


@pytest.mark.parametrize("name", sorted(SIGNATORY))
def test_an_order_says_who_signs(parties, name):
    row = cases.complete(parties)
    with pytest.raises(ValidationError) as refused:
        actions.grant_accreditation(parties.prefect, row, **{**SIGNATORY, name: ""})
    assert name in refused.value.message_dict


@pytest.mark.parametrize("verb", ["grant_accreditation", "refuse_accreditation", "withdraw_accreditation"])
def test_the_prefet_signs_after_confirming_who_she_is(parties, verb):
    row = cases.heard(parties) if verb == "withdraw_accreditation" else cases.complete(parties)
    with pytest.raises(Refused) as refused:
        ACTS[verb](make_actor("PRE"), row)
    assert refused.value.missing == {"stepup"}


def test_an_incomplete_file_is_refused_only_after_its_day(parties):
    row = cases.incomplete(parties)
    with later(15), pytest.raises(Refused) as refused:
        actions.refuse_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
    assert "27/01/2026" in refused.value.why
    with later(16):
        actions.refuse_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
        assert again(row).state_on(clock.today()) == "refused"
    assert due_on(row, due.PIECE) is None


def test_a_draft_offers_only_the_decisions_of_its_state(parties):
    row = cases.incomplete(parties)
    for verdict in ("grant", "withdraw", "autre"):
        with pytest.raises(ValidationError):
            actions.draft_accreditation_decision(parties.secretariat, row, verdict=verdict, **REASONS)


# --- withdrawal -------------------------------------------------------------------------------------------------
def test_no_withdrawal_before_the_association_was_heard(parties):
    row = again(cases.heard(parties))
    assert due_on(row, due.OBSERVATIONS) == (DAY + timedelta(days=15), "MGR")
    with later(15), pytest.raises(Refused) as refused:
        actions.withdraw_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
    assert "27/01/2026" in refused.value.why
    assert reads.is_accredited(parties.association.pk, "31", DAY)
    with later(16):
        actions.withdraw_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
        assert not reads.is_accredited(parties.association.pk, "31", clock.today())
    assert reads.is_accredited(parties.association.pk, "31", DAY + timedelta(days=15))
    assert due_on(row, due.END) is None
    assert "retiré ici le 28/01/2026" in reads.why_not_accredited(
        parties.association.pk, "31", DAY + timedelta(days=17)
    )


def test_observations_open_the_decision_and_stay_with_it(parties):
    row = cases.heard(parties)
    with later(2):
        with pytest.raises(ValidationError):
            actions.present_observations(parties.manager, row, text=" ")
        actions.present_observations(parties.manager, row, text="Première réponse.")
        row = actions.present_observations(parties.manager, row, text="Seconde réponse.")
        assert due_on(row, due.OBSERVATIONS) is None
        actions.withdraw_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)
    words = again(row).unseal()
    assert [one["text"] for one in words["withdrawal"]["observations"]] == ["Première réponse.", "Seconde réponse."]
    assert words["withdrawal_decision"]["reasons_of_fact"] == REASONS["reasons_of_fact"]
    assert words["decision"]["verdict"] == "grant"


def test_an_approval_that_is_kept_may_be_questioned_again(parties):
    row = cases.heard(parties)
    row = actions.present_observations(parties.manager, row, text="Nous répondons.")
    row = actions.keep_accreditation(parties.prefect, row)
    assert row.state_on(DAY) == "in_force"
    row = again(ACTS["invite_observations"](parties.prefect, row))
    assert row.state_on(DAY) == "observations"
    assert row.observations_given_on is None
    past = row.unseal()["past_withdrawals"]
    assert [one["observations"][0]["text"] for one in past] == ["Nous répondons."]


def test_the_letter_before_a_withdrawal_gives_grounds_and_time(parties):
    row = cases.granted(parties)
    given = {"reasons_of_law": "Article.", "reasons_of_fact": "Fait.", "due_on": DAY + timedelta(days=7)}
    wrongs = ({"reasons_of_law": ""}, {"reasons_of_fact": " "}, {"due_on": DAY + timedelta(days=6)})
    for wrong in wrongs:
        with pytest.raises(ValidationError) as refused:
            actions.invite_observations(parties.secretariat, row, **{**given, **wrong})
        assert set(refused.value.message_dict) == set(wrong)
    assert actions.invite_observations(parties.secretariat, row, **given)


def test_an_abandoned_request_leaves_the_approval_in_force(parties):
    row = cases.granted(parties)
    with later(900):
        renewal = cases.requested(parties)
        actions.abandon_accreditation_request(parties.manager, renewal)
        assert reads.is_accredited(parties.association.pk, "31", clock.today())
        assert due_on(renewal, due.TACIT) is None
        assert due_on(row, due.END) is not None
    assert Deadline.objects.filter(key=renewal.pk, cancelled_on=None).count() == 0


# --- past orders ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "state", "to_renew"),
    [
        (date(2018, 3, 11), "complete", False),
        (date(2018, 3, 12), "in_force", False),
        (date(2020, 7, 10), "in_force", False),
        (date(2020, 7, 11), "in_force", True),
        (date(2021, 3, 11), "in_force", True),
        (date(2021, 3, 12), "ended", False),
    ],
)
def test_the_state_of_a_past_order_is_computed(day, state, to_renew):
    association = make_organisation(department="30")
    row = actions.record_accreditation(
        SYSTEM, organisation=association, department="30", received_on=date(2018, 1, 2), granted_on=date(2018, 3, 12)
    )
    assert (row.valid_from, row.valid_to) == (date(2018, 3, 12), date(2021, 3, 11))
    line = reads.accreditation_state(row, day)
    assert (line.state, line.to_renew) == (state, to_renew)
    assert reads.is_accredited(association.pk, "30", day) is (state == "in_force")
    assert not reads.is_accredited(association.pk, "34", day)
    assert not Deadline.objects.exists()


def test_a_request_noted_from_elsewhere_follows_the_same_clock():
    association = make_organisation(department="30")
    given = {"organisation": association, "department": "30", "received_on": date(2026, 9, 15)}
    with pytest.raises(ValidationError):
        actions.record_accreditation(SYSTEM, **given)
    with clock.at(date(2026, 9, 20)):
        row = actions.record_accreditation(SYSTEM, **given)
        assert row.state_on(clock.today()) == "received"
        assert row.valid_from is None
    with clock.at(date(2027, 1, 15)):
        assert row.valid_from == date(2027, 1, 15)
        assert reads.accreditation_state(row, date(2027, 2, 1)).basis == "tacit"


def test_refusals_of_a_past_order():
    association, town = make_organisation(department="30"), make_organisation("town", "Ville", "30")
    given = {"department": "30", "received_on": date(2020, 1, 2)}
    with pytest.raises(ValidationError):
        actions.record_accreditation(SYSTEM, organisation=town, **given)
    with pytest.raises(ValidationError):
        actions.record_accreditation(SYSTEM, organisation=association, granted_on=date(2019, 1, 1), **given)
    with pytest.raises(Refused):
        actions.record_accreditation(make_actor("SEC", department="31"), organisation=association, **given)
    with pytest.raises(Refused):
        actions.record_accreditation(make_actor("MGR", department="30"), organisation=association, **given)
    assert actions.record_accreditation(make_actor("SEC", department="30"), organisation=association, **given)


# --- what is due, to whom ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "days", "turns"),
    [
        ("draft", 0, {"MGR"}),
        ("requested", 0, {"SEC"}),
        ("received", 0, {"SEC"}),
        ("incomplete", 0, {"MGR"}),
        ("complete", 0, {"SEC", "PRE"}),
        ("requested", 62, {"SEC", "PRE"}),
        ("requested", 130, set()),
        ("in_force", 0, set()),
        ("in_force", 900, {"MGR"}),
        ("in_force", 1200, {"MGR", "SEC"}),
        ("observations", 0, {"MGR"}),
        ("observations", 20, {"PRE"}),
        ("ended", 0, {"MGR", "SEC"}),
        ("withdrawn", 0, {"MGR", "SEC"}),
        ("refused", 0, set()),
        ("abandoned", 0, set()),
    ],
)
def test_whose_turn_it_is(parties, state, days, turns):
    cases.IN_STATE[state](parties)
    with later(days):
        assert {role for role in ("MGR", "SEC", "PRE") if reads.tasks(parties.of(role))} == turns
    for stranger in (Parties(name="Association Voisine").manager, Parties("13").secretariat):
        assert len(reads.tasks(stranger)) == 0


def test_a_renewal_under_way_is_not_asked_for_again(parties):
    cases.granted(parties)
    with later(900):
        assert "Demander le renouvellement" in str(reads.tasks(parties.manager)[0].hint)
        renewal = cases.requested(parties)
        assert len(reads.tasks(parties.manager)) == 0
        assert [task.label for task in reads.tasks(parties.secretariat)] == ["Association Essai"]
    with clock.at(renewal.received_on + timedelta(days=400)):
        assert len(reads.tasks(parties.manager)) == 0  # silence has approved the renewal; the former order ended


def test_why_nothing_can_be_submitted(parties):
    pk = parties.association.pk
    assert "n'a pas d'agrément" in reads.why_not_accredited(pk, "31", DAY)
    row = cases.ended(parties)
    assert f"a pris fin ici le {row.valid_to:%d/%m/%Y}" in reads.why_not_accredited(pk, "31", DAY)
    cases.granted(parties)
    assert reads.why_not_accredited(pk, "31", DAY, lock=True) == ""
    assert [one.label for one in reads.approved_on(DAY)] == ["Association Essai"]
    assert reads.approved_on(DAY, "13") == []


def test_the_file_says_why_each_date(parties):
    row = cases.received(parties)
    file = reads.accreditation_file(parties.secretariat, row)
    by_label = {str(one.label): one for one in file.dates}
    assert by_label["Réputée complète"].on == add_months(DAY, 2)
    assert by_label["Le silence vaut agrément"].on == add_months(DAY, 4)
    assert [rule.id for rule in by_label["Le silence vaut agrément"].rules] == ["AGR-2"]
    assert file.names == {parties.manager.user_id: reads.users_named([parties.manager.user_id]).popitem()[1].name}
    assert not file.too_young
    assert [line.label for line in file.pieces if line.piece is None] == [
        pieces.KIND[code].label for code in pieces.LISTED if code not in pieces.CERTAIN
    ]
    assert {"receive_accreditation", "grant_accreditation"} & file.verbs == set()
    assert "ask_for_accreditation_piece" in file.verbs


def test_a_young_association_is_told(parties):
    row = cases.draft(parties)
    actions.edit_accreditation_request(parties.manager, row, declared_on=DAY - timedelta(days=400))
    row = actions.request_accreditation(parties.manager, again(row))
    assert reads.accreditation_file(parties.secretariat, row).too_young


def test_the_draft_order_is_not_the_association_s(parties):
    row = cases.complete(parties)
    row = actions.draft_accreditation_decision(parties.secretariat, row, verdict="grant")
    assert reads.accreditation_file(parties.prefect, row).draft["verdict"] == "grant"
    assert reads.accreditation_file(parties.manager, row).draft == {}


def test_who_is_told(parties):
    colleague = make_membership("SEC")
    row = cases.received(parties)
    assert Outbox.objects.filter(recipient_id=colleague.user_id).count() == 1
    before = Outbox.objects.filter(recipient_id=parties.manager.user_id).count()
    cases.ask(parties, row)
    assert Outbox.objects.filter(recipient_id=parties.manager.user_id).count() == before + 1
