"""What she asks of her data: received, answered in a month, explained; what she froze; her own words."""

import itertools
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import actor_of
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.law.dates import add_months
from jalon.notices.models import Deadline
from jalon.people import access, actions, reads
from jalon.people.models import Dossier, Identity, RightsRequest, Statement
from jalon.people.states import REQUEST

from .factories import make_closed, make_dossier, make_prepared, make_team

pytestmark = pytest.mark.django_db
WORDS = "Je veux savoir ce que vous écrivez"


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    return reverse(f"people:{name}", args=args)


def ask(team, dossier, right="access", role="REF", **given):
    return actions.record_request(team.actor(role), dossier, right=right, words=WORDS, **given)


# --- requests -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("make", "role"), [(make_dossier, "REF"), (make_prepared, "MGR"), (make_closed, "MGR")])
def test_a_request_is_due_within_a_month_at_any_stage(team, make, role):
    dossier, today = make(team), clock.today()
    row = ask(team, dossier, role=role, asked_on=today - timedelta(days=3))
    assert row.due_on == add_months(today - timedelta(days=3), 1)
    assert WORDS.encode() not in bytes(row.sealed)
    due = Deadline.objects.get(kind="rights", role="DPO")
    assert (due.on, due.role, due.rule) == (row.due_on, "DPO", "DAT-3")
    entry = Entry.objects.get(verb="record_request")
    assert (entry.compartment, entry.purpose) == ("C15", "access")
    assert verify(records=True).status == 0


def test_who_receives_and_who_answers(team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    delegate = team.member("COL")
    actions.assign(
        team.actor("REF"), dossier, user=delegate.user, organisation=team.organisation, kind="delegate",
        ends_on=clock.today() + timedelta(days=9),
    )  # fmt: skip
    strangers = [
        neighbour.actor("REF"),
        neighbour.actor("DPO"),
        team.actor("SEC"),
        team.actor("EMP"),
        actor_of(delegate),
    ]
    for actor in strangers:
        with pytest.raises((Hidden, Refused)):
            actions.record_request(actor, dossier, right="access")
    row = ask(team, dossier, role="DPO")
    for actor in strangers:
        with pytest.raises((Hidden, Refused)):
            actions.answer_request(actor, row, outcome="granted")
    with pytest.raises(Refused, match="refused"):
        actions.answer_request(team.actor("REF"), row, outcome="refused", answer="Non")
    with pytest.raises(ValidationError):
        actions.answer_request(team.actor("DPO"), row, outcome="refused")
    assert RightsRequest.objects.get().state == "open"
    answered = actions.answer_request(team.actor("DPO"), row, outcome="refused", answer="Parce que")
    assert (answered.state, answered.answered_on) == ("refused", clock.today())
    assert not Deadline.objects.filter(kind="rights", done_on=None).exists()
    with pytest.raises(Refused):
        actions.answer_request(team.actor("DPO"), row, outcome="granted")


def test_two_months_more_once_with_a_reason_within_the_first(team):
    dossier = make_prepared(team)
    row = ask(team, dossier)
    with pytest.raises(ValidationError):
        actions.extend_request(team.actor("MGR"), row, reason=" ")
    with clock.at(row.due_on + timedelta(days=1)), pytest.raises(Refused):
        actions.extend_request(team.actor("MGR"), row, reason="Beaucoup de pièces")
    with clock.at(row.due_on):
        longer = actions.extend_request(team.actor("MGR"), row, reason="Beaucoup de pièces")
    assert longer.due_on == add_months(row.asked_on, 3) == Deadline.objects.get(kind="rights", role="REF").on
    with pytest.raises(Refused):
        actions.extend_request(team.actor("MGR"), row, reason="Encore")


# --- restriction --------------------------------------------------------------------------------------------
def test_the_verbs_of_a_request_follow_the_table(team):
    officer = team.actor("DPO")
    acts = {
        "extend_request": lambda row: actions.extend_request(officer, row, reason="Complexe"),
        "grant_request": lambda row: actions.answer_request(officer, row, outcome="granted"),
        "refuse_request": lambda row: actions.answer_request(officer, row, outcome="refused", answer="Non."),
    }
    assert set(acts) == set(REQUEST.transitions)
    dossier = make_prepared(team)
    for way, verb in itertools.product((None, "grant_request", "refuse_request"), acts):
        row = ask(team, dossier, "rectification")
        state = acts[way](row).state if way else "open"
        if REQUEST.allows(state, verb):
            assert acts[verb](row).state == REQUEST.target(state, verb)
        else:
            with pytest.raises(Refused):
                acts[verb](row)


def test_what_is_frozen_is_read_in_the_association_and_nothing_else(team):
    dossier = make_prepared(team)
    with pytest.raises(ValidationError):
        ask(team, dossier, "restriction")
    with pytest.raises(ValidationError):
        ask(team, dossier, "restriction", parts=["C15"])
    ask(team, dossier, "restriction", parts=["C1", "C10"])
    referent, fresh = team.actor("REF"), Dossier.objects.get(pk=dossier.pk)
    assert fresh.restricted == "C1 C10"
    assert access.can(referent, fresh, "C1", "read")
    assert access.can(referent, fresh, "C2", "edit")  # how to reach her safely is never frozen
    for compartment, action in (("C1", "edit"), ("C1", "export"), ("C10", "edit"), ("C12", "transmit")):
        answer = access.verdict(referent, fresh, compartment, action)
        assert (answer.allowed, answer.missing) == (False, {"restricted"})
    with pytest.raises(Refused) as refused:
        actions.update_identity(referent, fresh, data={"usual_name": "Autre"})
    assert "gelée" in refused.value.why
    assert access.verdict(team.actor("MGR"), fresh, "C12", "sign").missing == {"restricted"}


def test_every_cell_of_a_frozen_part_but_reading_in_the_house_is_refused():
    from jalon.access.policy import matrix

    allowed = {
        (role, action)
        for (role, _relation, _stage, compartment, action) in matrix()
        if compartment == "C10" and not access.frozen(["C10"], role, compartment, action)
    }
    assert allowed <= {(role, action) for role in ("REF", "COL", "MGR", "DPO") for action in ("read", "exist")}
    assert ("REF", "read") in allowed
    assert not access.frozen([], "REF", "C10", "edit")


def test_the_officer_alone_ends_a_freeze_once_she_is_told(team):
    dossier = make_prepared(team)
    ask(team, dossier, "restriction", parts=["C1"])
    for actor in (team.actor("REF"), team.actor("MGR")):
        with pytest.raises(Refused):
            actions.lift_restriction(actor, dossier, told=True)
    with pytest.raises(ValidationError):
        actions.lift_restriction(team.actor("DPO"), dossier, told=False)
    actions.lift_restriction(team.actor("DPO"), dossier, told=True)
    assert access.can(team.actor("REF"), Dossier.objects.get(pk=dossier.pk), "C1", "edit")
    assert Entry.objects.filter(verb="lift_restriction").count() == 1
    with pytest.raises(Refused):
        actions.lift_restriction(team.actor("DPO"), dossier, told=True)


def test_a_refused_freeze_ends_and_a_frozen_file_is_not_erased(team):
    dossier = make_prepared(team)
    row = ask(team, dossier, "restriction", parts=["C1"])
    actions.close_dossier(team.actor("REF"), dossier)
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    with pytest.raises(Refused) as refused:
        actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason="request")
    assert "gelée" in refused.value.why
    actions.answer_request(team.actor("DPO"), row, outcome="refused", answer="Rien à geler")
    assert actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason="request").stage == "S7"
    assert bytes(RightsRequest.objects.get().sealed) == b""


# --- her statement ------------------------------------------------------------------------------------------
def test_her_words_are_beside_what_she_contests_for_whoever_reads_it(team):
    dossier = make_prepared(team)
    about = Identity.objects.get(dossier=dossier)
    before = bytes(about.sealed)
    row = actions.attach_statement(team.actor("REF"), dossier, about=about, words="Ce n'est pas ma date")
    about.refresh_from_db()
    assert bytes(about.sealed) == before
    assert (row.compartment, row.about) == ("C1", about.pk)
    assert b"ma date" not in bytes(row.sealed)
    page = team.browser("REF").get(url("identity", dossier.pk)).content.decode()
    assert "Ce n&#x27;est pas ma date" in page
    assert reads.statements(Dossier.objects.get(pk=dossier.pk))[about.pk][0][1] == "Ce n'est pas ma date"
    with pytest.raises(Hidden):
        actions.attach_statement(
            team.actor("REF"), make_prepared(team, alias="Iris"), about=about, words="Sur un autre dossier"
        )
    with pytest.raises((Hidden, Refused)):
        actions.attach_statement(team.actor("SEC"), dossier, about=about, words="Non")
    assert Statement.objects.count() == 1
    assert verify(records=True).status == 0


# --- pages --------------------------------------------------------------------------------------------------
def test_from_the_request_to_the_answer_by_the_pages(team, django_assert_max_num_queries):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    referent, officer = team.browser("REF"), team.browser("DPO", stepped_up=True)
    place = url("requests", dossier.pk)
    assert place in referent.get(reverse("support:dossier", args=[dossier.pk])).content.decode()
    with django_assert_max_num_queries(14):
        assert referent.get(place).status_code == 200
    day = f"{clock.today():%d/%m/%Y}"
    bad = referent.post(place, {"right": "restriction", "asked_on": day, "words": WORDS})
    assert bad.status_code == 422
    assert WORDS in bad.content.decode()
    assert not RightsRequest.objects.exists()
    sent = {"right": "restriction", "parts": ["C10"], "asked_on": day, "words": WORDS}
    assert referent.post(place, sent).status_code == 303
    row = RightsRequest.objects.get()
    assert "Gelé à sa demande" in referent.get(place).content.decode()
    home = officer.get("/").content.decode()
    assert url("answer", row.pk) in home
    assert WORDS not in home
    page = officer.get(url("answer", row.pk)).content.decode()
    assert WORDS in page
    refusal = officer.post(url("answer", row.pk), {"outcome": "refused", "answer": ""})
    assert refusal.status_code == 422
    assert officer.post(url("answer", row.pk), {"reason": "Plusieurs services"}).status_code == 303
    assert officer.post(url("answer", row.pk), {"outcome": "granted", "answer": "C'est fait"}).status_code == 303
    assert officer.post(url("lift", dossier.pk), {}).status_code == 422
    assert officer.post(url("lift", dossier.pk), {"told": "on"}).status_code == 303
    assert Dossier.objects.get(pk=dossier.pk).restricted == ""
    for name, pk in (("requests", dossier.pk), ("answer", row.pk)):
        unknown = neighbour.browser("REF").get(url(name, "nowhere"))
        other = neighbour.browser("REF").get(url(name, pk))
        assert (other.status_code, other.content) == (404, unknown.content)
