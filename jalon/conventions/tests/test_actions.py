"""Each verb of a convention: what it writes, its trace, and what refuses it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.conventions import actions
from jalon.conventions.models import Commitment, Convention, Indicator, Pair
from jalon.directory.tests.factories import actor_of, make_membership
from jalon.journal.models import Entry
from jalon.notices.models import Deadline
from jalon.people import actions as people_actions
from jalon.people.states import AssignmentKind
from jalon.ui.errors import Conflict

from .factories import ENDS, draft, make_parties, signed

pytestmark = pytest.mark.django_db
TODAY = date(2020, 2, 20)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def parties():
    return make_parties()


def trace(verb):
    return Entry.objects.filter(verb=verb, decision="allowed")


# --- draft and signature ------------------------------------------------------------------------------------------
def test_a_draft_with_three_axes(parties):
    convention = draft(parties)
    assert (convention.state, convention.signed_on) == ("draft", None)
    assert [axis.number for axis in convention.axes.all()] == [1, 2, 3]
    assert Commitment.objects.filter(axis__number=1).count() == 2
    assert Indicator.objects.get().target == Decimal(100)
    assert trace("draft_convention").count() == 1


def test_signed_when_both_have_signed(parties):
    convention = draft(parties)
    actions.sign_convention(parties.mgr, convention)
    convention.refresh_from_db()
    assert convention.state == "draft"
    with pytest.raises(Conflict):
        actions.sign_convention(parties.mgr, convention)
    actions.sign_convention(parties.head, convention)
    convention.refresh_from_db()
    assert (convention.state, convention.signed_on) == ("signed", TODAY)
    assert trace("sign_convention").count() == 2
    assert trace("complete_signatures").count() == 1
    with pytest.raises(Refused):
        actions.sign_convention(parties.head, convention)


def test_the_predecessor_ends_with_the_second_signature(parties):
    with clock.at(date(2018, 11, 22)):
        before = signed(parties, starts_on=date(2018, 11, 22), ends_on=date(2019, 12, 31), title="Prise de contact")
    after = draft(parties, predecessor=before)
    actions.sign_convention(parties.mgr, after)
    before.refresh_from_db()
    assert before.state == "signed"
    actions.sign_convention(parties.head, after)
    before.refresh_from_db()
    assert (before.state, after.predecessor_id) == ("ended", before.pk)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2021, 1, 1), date(2024, 1, 1)), (date(2019, 1, 1), TODAY), (ENDS, date(2025, 1, 1)), (TODAY, TODAY)],
)
def test_two_conventions_never_overlap(parties, start, end):
    draft(parties)
    with pytest.raises(ValidationError):
        draft(parties, starts_on=start, ends_on=end)
    assert Convention.objects.count() == 1


def test_they_may_follow_each_other(parties):
    draft(parties)
    draft(parties, starts_on=date(2023, 2, 20), ends_on=date(2026, 2, 19))
    assert Convention.objects.count() == 2


def test_a_draft_that_cannot_be(parties):
    other = make_parties("31", "Autre")
    before = signed(make_parties("30", "Tierce"), ends_on=date(2020, 2, 21))
    mine = draft(parties, starts_on=date(2024, 1, 1), ends_on=date(2024, 6, 1))
    for given in (
        {"ends_on": date(2019, 1, 1)},
        {"agency": other.association, "starts_on": date(2030, 1, 1), "ends_on": date(2031, 1, 1)},
        {"predecessor": before},
        {"axes": [{"title": "a", "commitments": [{"title": "b", "owner": other.manager.user}]}]},
    ):
        with pytest.raises(ValidationError):
            draft(parties, **given)
    with pytest.raises(Refused):
        draft(parties, predecessor=mine, starts_on=date(2025, 1, 1), ends_on=date(2025, 6, 1))
    for given in ({"department": "31"}, {"association": other.association, "agency": other.agency}):
        with pytest.raises(Refused):
            draft(parties, **given)
    assert Convention.objects.count() == 2


def test_the_workers_do_not_draft(parties):
    for actor in (parties.ref, parties.sec):
        with pytest.raises(Refused):
            actions.draft_convention(
                actor,
                department="30",
                title="x",
                association=parties.association,
                agency=parties.agency,
                starts_on=TODAY,
                ends_on=TODAY,
            )


def test_who_signs(parties):
    convention = draft(parties)
    for actor, refusal in ((parties.ref, Refused), (parties.sec, Hidden)):
        with pytest.raises(refusal):
            actions.sign_convention(actor, convention)
    with pytest.raises(Refused) as refused:
        actions.sign_convention(actor_of(parties.manager), convention)
    assert "stepup" in refused.value.missing
    with pytest.raises(Hidden):
        actions.sign_convention(make_parties("30", "Voisine").mgr, convention)
    assert not convention.signatures.exists()


def test_an_adviser_who_follows_persons_is_not_the_direction(parties):
    convention = draft(parties)
    _followed(parties)
    with pytest.raises(Refused):
        actions.sign_convention(actor_of(parties.adviser, stepped_up=True), convention)


def test_an_edited_draft_is_another_text(parties):
    convention = draft(parties)
    actions.sign_convention(parties.mgr, convention)
    convention.refresh_from_db()
    actions.edit_convention(
        parties.head, convention, title="Nouveau", starts_on=TODAY, ends_on=ENDS, revision=convention.revision
    )
    assert not convention.signatures.exists()
    with pytest.raises(Conflict):
        actions.edit_convention(parties.mgr, convention, title="x", starts_on=TODAY, ends_on=ENDS, revision=0)
    axis = convention.axes.get(number=2)
    actions.add_commitment(parties.mgr, axis, title="Immersion croisée", owner=parties.adviser.user)
    actions.add_indicator(parties.mgr, axis, measure="paired", target=90)
    for measure in ("paired", "typed by hand"):
        with pytest.raises(ValidationError):
            actions.add_indicator(parties.mgr, axis, measure=measure)
    assert axis.commitments.get().owner_id == parties.adviser.user_id
    actions.drop_indicator(parties.head, axis.indicators.get())
    assert not axis.indicators.exists()
    for verb in ("edit_convention", "add_commitment", "add_indicator", "drop_indicator"):
        assert trace(verb).exists()


def test_a_signed_text_does_not_change(parties):
    convention = signed(parties)
    axis = convention.axes.first()
    for act in (
        lambda: actions.edit_convention(parties.mgr, convention, title="x", starts_on=TODAY, ends_on=ENDS),
        lambda: actions.add_commitment(parties.mgr, axis, title="x"),
        lambda: actions.add_indicator(parties.mgr, axis, measure="paired"),
        lambda: actions.drop_indicator(parties.mgr, Indicator.objects.get()),
    ):
        with pytest.raises(Refused):
            act()


def test_the_next_committee(parties):
    convention = signed(parties)
    actions.plan_committee(parties.head, convention, on=date(2020, 9, 17))
    convention.refresh_from_db()
    assert convention.next_committee_on == date(2020, 9, 17)
    for day in (date(2020, 2, 19), date(2023, 2, 20)):
        with pytest.raises(ValidationError):
            actions.plan_committee(parties.mgr, convention, on=day)
    with pytest.raises(Refused):
        actions.plan_committee(parties.ref, convention, on=None)
    assert trace("plan_committee").exists()


# --- commitments and indicators -----------------------------------------------------------------------------------
def test_a_commitment_moves(parties):
    signed(parties)
    row = Commitment.objects.get(title="Nommer les référents")
    actions.update_commitment(parties.ref, row, state="doing", revision=0)
    done = actions.update_commitment(parties.emp, row, state="done", evidence="Compte rendu du 20/02", revision=1)
    assert (done.state, done.done_on, done.evidence) == ("done", TODAY, "Compte rendu du 20/02")
    assert actions.update_commitment(parties.mgr, row, state="done", done_on=date(2020, 2, 18)).done_on == date(
        2020, 2, 18
    )
    again = actions.update_commitment(parties.mgr, row, state="doing")
    assert (again.state, again.done_on) == ("doing", None)
    assert trace("update_commitment").count() == 4


def test_what_falls_due_once_it_is_signed(parties):
    convention = draft(parties)
    assert not Deadline.objects.exists()
    for actor in (parties.mgr, parties.head):
        actions.sign_convention(actor, convention)
    row = Commitment.objects.get(title="Nommer les référents")
    assert set(Deadline.objects.values_list("kind", "key", "on", "role")) == {
        ("convention_end", convention.pk, ENDS, "MGR"),
        ("commitment", row.pk, date(2020, 3, 6), "MGR"),
    }
    actions.update_commitment(parties.ref, row, state="done")
    assert Deadline.objects.get(kind="commitment").done_on == TODAY


def test_a_commitment_that_cannot_move(parties):
    convention = signed(parties)
    row = Commitment.objects.get(title="Nommer les référents")
    for given in ({"state": "?"}, {"state": "done", "done_on": date(2020, 2, 21)}):
        with pytest.raises(ValidationError):
            actions.update_commitment(parties.mgr, row, **given)
    actions.update_commitment(parties.mgr, row, state="done")
    with pytest.raises(ValidationError):
        actions.update_commitment(parties.mgr, row, state="postponed")
    with pytest.raises(Conflict):
        actions.update_commitment(parties.mgr, row, state="doing", revision=0)
    with pytest.raises(Refused):
        actions.update_commitment(parties.sec, row, state="doing")
    with pytest.raises(Hidden):
        actions.update_commitment(make_parties("31", "Voisine").mgr, row, state="doing")
    Convention.objects.filter(pk=convention.pk).update(state="ended")
    with pytest.raises(Refused):
        actions.update_commitment(parties.mgr, row, state="doing")


# --- the named pair ---------------------------------------------------------------------------------------------
def _followed(parties):
    dossier = people_actions.open_dossier(parties.ref, alias="Alizé", languages=["en"], contact={})
    people_actions.record_agreement(parties.ref, dossier, language="en")
    proved = replace(parties.ref, stepped_up=True)
    people_actions.grant_share(proved, dossier, organisation=parties.agency, what=["projet"], language="en")
    people_actions.assign(
        parties.ref, dossier, user=parties.adviser.user, organisation=parties.agency, kind=AssignmentKind.ADVISER
    )
    return dossier


def test_a_pair_is_named_and_ends(parties):
    convention, dossier = signed(parties), _followed(parties)
    pair = actions.name_pair(
        parties.ref,
        dossier,
        referent=parties.worker.user,
        adviser=parties.adviser.user,
        convention=convention,
        deputy=parties.director.user,
    )
    assert (pair.named_on, pair.ended_on, pair.deputy_id) == (TODAY, None, parties.director.user_id)
    with pytest.raises(Conflict):
        actions.name_pair(parties.mgr, dossier, referent=parties.worker.user, adviser=parties.adviser.user)
    actions.end_pair(parties.mgr, pair)
    with pytest.raises(Conflict):
        actions.end_pair(parties.mgr, pair)
    assert trace("name_pair").get().compartment == trace("end_pair").get().compartment == "C16"
    assert trace("name_pair").get().subject


def test_a_pair_that_cannot_be(parties):
    convention, dossier = signed(parties), _followed(parties)
    other = make_parties("30", "Voisine")
    theirs = signed(other)
    usual = {"referent": parties.worker.user, "adviser": parties.adviser.user}
    colleague = make_membership("REF", organisation=parties.association, department="30")
    for given in (
        {"referent": colleague.user},
        {"adviser": parties.director.user},
        {"convention": theirs},
        {"deputy": parties.worker.user},
        {"deputy": other.worker.user},
    ):
        with pytest.raises(ValidationError):
            actions.name_pair(parties.ref, dossier, **{**usual, **given})
    with clock.at(date(2023, 3, 1)), pytest.raises(ValidationError):
        actions.name_pair(parties.mgr, dossier, **usual, convention=convention)
    with pytest.raises(Refused):
        actions.name_pair(parties.emp, dossier, **usual)
    for actor in (other.ref, other.mgr, other.emp, actor_of(colleague)):
        with pytest.raises(Hidden):
            actions.name_pair(actor, dossier, **usual)
    people_actions.revoke_share(parties.ref, dossier.shares.get())
    with pytest.raises(Refused):
        actions.name_pair(parties.ref, dossier, **usual)
    assert not Pair.objects.exists()


def test_a_delegate_names_and_ends_no_pair(parties):
    _convention, dossier = signed(parties), _followed(parties)
    colleague = make_membership("REF", organisation=parties.association, department="30")
    end = clock.today() + timedelta(days=9)
    given = {"user": colleague.user, "organisation": parties.association, "kind": "delegate", "ends_on": end}
    people_actions.assign(parties.ref, dossier, **given)
    usual = {"referent": parties.worker.user, "adviser": parties.adviser.user}
    with pytest.raises(Refused):
        actions.name_pair(actor_of(colleague), dossier, **usual)
    pair = actions.name_pair(parties.ref, dossier, **usual)
    with pytest.raises(Refused):
        actions.end_pair(actor_of(colleague), pair)
    pair.refresh_from_db()
    assert pair.ended_on is None


# --- clauses and places -------------------------------------------------------------------------------------------
def test_clauses_are_written_in_a_draft_and_changing_them_drops_the_signatures(parties):
    convention = draft(parties, places=12, neutral_label="Accompagnement renforcé", data_annex=True)
    assert (convention.places, convention.neutral_label, convention.immersion_delegation) == (
        12,
        "Accompagnement renforcé",
        False,
    )
    actions.sign_convention(parties.mgr, convention)
    changed = actions.edit_convention(
        parties.mgr,
        convention,
        title=convention.title,
        starts_on=convention.starts_on,
        ends_on=convention.ends_on,
        places=8,
    )
    assert (changed.places, changed.neutral_label, changed.signatures.count()) == (8, "Accompagnement renforcé", 0)


@pytest.mark.parametrize(
    ("field", "value"), [("places", 0), ("neutral_label", "Parcours de sortie"), ("neutral_label", "Dossier PSP")]
)
def test_a_clause_that_may_not_be_written(parties, field, value):
    with pytest.raises(ValidationError) as refused:
        draft(parties, **{field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Convention.objects.exists()


def test_the_last_place_is_given_once_and_the_others_wait(parties):
    from jalon.conventions import reads
    from jalon.people.tests.factories import Team, make_prepared, share_with_agency

    team = Team(parties.association, "30")
    team.__dict__["ref"], team.__dict__["emp"] = parties.worker, parties.adviser
    convention = signed(parties, places=1)
    first, second = (make_prepared(team, alias=alias) for alias in ("Ancolie", "Bleuet"))
    for dossier in (first, second):
        share_with_agency(team, dossier)
    found = reads.page(parties.mgr, convention.pk)
    assert (found.pairs, found.waiting) == (0, 2)
    who = {"referent": parties.worker.user, "adviser": parties.adviser.user, "convention": convention}
    pair = actions.name_pair(parties.ref, first, **who)
    with pytest.raises(ValidationError) as refused:
        actions.name_pair(parties.ref, second, **who)
    assert "places" in refused.value.message_dict["convention"][0]
    found = reads.page(parties.mgr, convention.pk)
    assert (found.pairs, found.waiting) == (1, 1)
    actions.end_pair(parties.ref, pair)
    actions.name_pair(parties.ref, second, **who)
    assert reads.page(parties.sec, convention.pk).waiting == 1
