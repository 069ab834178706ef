"""The verbs of her space: their effect, their trace, their refusals."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.accounts import actions as accounts
from jalon.accounts.models import Invitation, User, WebSession
from jalon.config import clock
from jalon.directory import access as keepers
from jalon.directory import reads as directory
from jalon.journal.models import Entry
from jalon.law.retention import answer_by
from jalon.notices.models import Deadline, Outbox
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import RightsRequest, SafeContact, Share
from jalon.people.tests.factories import make_dossier, make_prepared, make_team
from jalon.space import actions, reads
from jalon.space.models import PersonRequest, Space
from jalon.space.states import RIGHTS, RequestKind, SpaceState, state_of
from jalon.space.tests.factories import PHRASE, activated, make_hers
from jalon.ui.errors import Conflict

pytestmark = pytest.mark.django_db
S = SpaceState


@pytest.fixture
def team():
    return make_team()


def state(hers):
    return state_of(User.objects.get(pk=hers.user.pk))


def verbs():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def test_opened_with_her_and_nothing_is_sent(team):
    dossier = make_prepared(team)
    card = actions.open_space(team.actor("REF"), dossier)
    space = Space.objects.get(dossier=dossier)
    assert len(card.number) == 8
    assert state_of(space.user) == S.WAITING
    assert space.user.profile["email"] == ""
    assert card.number not in space.user.profile["name"]
    assert Outbox.objects.count() == 0
    assert "open_space" in verbs()
    with pytest.raises(Refused):
        actions.open_space(team.actor("REF"), dossier)


def test_even_at_first_contact(team):
    hers = activated(team, make_dossier(team))
    assert hers.file.stage == "S0"
    assert people.can(hers.actor(), hers.file, "C15", "read")
    assert not people.can(hers.actor(), hers.file, "C16", "read")


@pytest.mark.parametrize("role", ["MGR", "DPO", "EMP", "SEC", "PRE"])
def test_only_her_referent_opens_it(team, role):
    with pytest.raises((Hidden, Refused)):
        actions.open_space(team.actor(role), make_prepared(team))
    assert not Space.objects.exists()


def test_a_fresh_proof_of_identity_opens_and_none_is_asked_to_freeze(team):
    hers = make_hers(team)
    actions.freeze_space(team.actor("REF", stepped_up=False), hers.dossier)
    assert state(hers) == S.FROZEN
    for verb in (actions.thaw_space, actions.hand_new_code):
        with pytest.raises(Refused):
            verb(team.actor("REF", stepped_up=False), hers.dossier)
    assert state(hers) == S.FROZEN
    actions.thaw_space(team.actor("REF"), hers.dossier)
    assert state(hers) == S.OPEN


@pytest.mark.parametrize("verb", [actions.freeze_space, actions.close_space, actions.hand_new_code])
def test_what_she_had_open_ends_at_once(team, verb):
    hers = make_hers(team)
    hers.browser()
    assert WebSession.objects.filter(user_id=hers.user.pk).count() == 1
    verb(team.actor("REF"), hers.dossier)
    assert not WebSession.objects.filter(user_id=hers.user.pk).exists()


def test_the_card_serves_once_within_five_tries_and_a_day(team):
    card = actions.open_space(team.actor("REF"), make_prepared(team))
    wrong = {"number": card.number, "code": "aaaa-bbbb-cccc", "phrase": PHRASE}
    assert accounts.activate(**{**wrong, "number": "00000000"}) is None
    assert [accounts.activate(**wrong) for _ in range(4)] == [None] * 4
    made = accounts.activate(number=f" {card.number} ", code=card.code.upper().replace("-", " "), phrase=PHRASE)
    assert made is not None
    assert len(made.codes) == 10
    assert made.user.check_password(PHRASE)
    assert accounts.activate(number=card.number, code=card.code, phrase=PHRASE) is None
    new = actions.hand_new_code(team.actor("REF"), Space.objects.get().dossier)
    assert new.number == card.number
    assert not User.objects.get(pk=made.user.pk).has_usable_password()
    for _ in range(5):
        accounts.activate(**wrong)
    assert accounts.activate(number=new.number, code=new.code, phrase=PHRASE) is None
    again = actions.hand_new_code(team.actor("REF"), Space.objects.get().dossier)
    Invitation.objects.update(expires_at=clock.machine() - timedelta(minutes=1))
    assert accounts.activate(number=again.number, code=again.code, phrase=PHRASE) is None


def test_sixty_days_unused_it_closes_by_itself(team):
    hers = make_hers(team)
    with clock.at(clock.today() + timedelta(days=60)):
        assert state(hers) == S.OPEN
        actions.visit(hers.actor(), hers.user)
    with clock.at(clock.today() + timedelta(days=120)):
        assert state(hers) == S.OPEN
    with clock.at(clock.today() + timedelta(days=121)):
        assert state(hers) == S.LAPSED
        actions.hand_new_code(team.actor("REF"), hers.dossier)
        assert state(hers) == S.WAITING


def test_opened_again_after_it_was_closed_with_another_account(team):
    hers = make_hers(team)
    actions.close_space(team.actor("REF"), hers.dossier)
    assert state(hers) == S.CLOSED
    assert people.seen(hers.actor(), hers.dossier.pk) is None
    again = activated(team, hers.dossier)
    assert again.user.pk != hers.user.pk
    assert again.file.pk == hers.dossier.pk
    assert people.seen(hers.actor(), hers.dossier.pk) is None


def test_it_closes_when_the_file_moves_or_is_erased(team):
    hers = make_hers(team)
    there = make_team("34", "Association du Rivage")
    mine = people.dossiers_visible_to(team.actor("REF")).get()
    persons.move_dossier(
        team.actor("REF"), mine, organisation=there.organisation, department="34", referent=there.ref.user
    )
    assert state(hers) == S.CLOSED
    assert people.seen(hers.actor(), hers.dossier.pk) is None


def test_erased_nobody_enters(team):
    hers = make_hers(team)
    mine = people.dossiers_visible_to(team.actor("REF")).get()
    persons.close_dossier(team.actor("REF"), mine)
    assert state(hers) == S.OPEN, "she may read her answers as long as the file is kept"
    theirs = people.dossiers_visible_to(team.actor("MGR")).get()
    persons.consent_to_erasure(team.actor("MGR"), theirs)
    officers = people.dossiers_visible_to(team.actor("DPO")).get()
    persons.erase_dossier(team.actor("DPO"), officers, second_user=team.mgr.user, reason="request")
    assert state(hers) == S.CLOSED


def test_her_account_is_nobody_s_to_keep_or_to_list(team):
    hers = make_hers(team)
    for role in ("MGR", "ADM"):
        _page, rows = directory.memberships_to_review(team.actor(role))
        assert hers.user.pk not in {row.user_id for row in rows}
        assert not keepers.memberships_visible_to(team.actor(role)).filter(user=hers.user).exists(), "by its id either"
    from jalon.directory.actions import close_account

    with pytest.raises(Refused):
        close_account(team.actor("ADM"), hers.user)
    assert state(hers) == S.OPEN


def test_a_share_taken_back_is_over_for_who_had_it_and_her_referent_learns_it(team):
    hers = make_hers(team, shared=True)
    adviser = team.actor("EMP")
    assert people.seen(adviser, hers.dossier.pk) is not None
    actions.take_back_share(hers.actor(), Share.objects.select_related("dossier").get())
    assert people.seen(adviser, hers.dossier.pk) is None
    entry = Entry.objects.get(verb="revoke_share")
    assert (entry.actor, entry.role) == (hers.user.pk, "PER")
    told = PersonRequest.objects.get()
    assert told.kind == RequestKind.REVOKED
    assert Deadline.objects.filter(kind="person_request", key=told.pk, role="REF", on=clock.today()).exists()
    with pytest.raises(Conflict):
        actions.take_back_share(hers.actor(), Share.objects.select_related("dossier").get())


def test_her_agreement_taken_back_closes_what_needed_it(team):
    hers = make_hers(team)
    referent = team.actor("REF")
    assert people.can(referent, hers.dossier, "C8", "edit")
    actions.take_back_agreement(hers.actor(), hers.file)
    fresh = people.dossiers_visible_to(referent).get(pk=hers.dossier.pk)
    assert not people.can(referent, fresh, "C8", "edit")
    assert Entry.objects.get(verb="withdraw_agreement").role == "PER"
    assert PersonRequest.objects.get().kind == RequestKind.WITHDRAWN


def test_do_not_write_to_me_stops_every_channel_and_said_twice_is_once(team):
    hers = make_hers(team, contact={"phone": "0639980101", "sms_ok": True})
    for _ in range(2):
        actions.stop_writing(hers.actor(), hers.file)
    assert SafeContact.objects.get(dossier=hers.dossier).messages_stopped
    assert PersonRequest.objects.filter(kind=RequestKind.STOPPED).count() == 1


@pytest.mark.parametrize("kind", list(RequestKind))
def test_what_she_asks_is_sealed_traced_and_due(team, kind):
    hers = make_hers(team)
    row = actions.ask(hers.actor(), hers.file, kind=kind, text="Ma date est fausse.")
    assert row.unseal()["text"] == "Ma date est fausse."
    assert b"fausse" not in bytes(row.sealed)
    assert Entry.objects.filter(verb=f"ask_{kind}", role="PER").count() == 1
    assert row.answer_by == clock.today()
    due = Deadline.objects.filter(kind="person_request", dossier=hers.dossier.pk, done_on=None)
    assert set(due.values_list("role", flat=True)) == {"REF"}
    actions.answer_request(team.actor("REF"), row)
    assert not due.all().exists()
    with pytest.raises(Conflict):
        actions.answer_request(team.actor("REF"), row)


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_is_asked_as_at_the_desk_and_told_to_both(team, right):
    hers = make_hers(team)
    row = actions.ask(hers.actor(), hers.file, kind=right, text="Ma date est fausse.")
    assert row == RightsRequest.objects.get(dossier=hers.dossier, right=right, recorded_by=hers.user)
    assert row.due_on == answer_by(clock.today())
    assert Entry.objects.filter(verb="record_request", role="PER").count() == 1
    due = Deadline.objects.filter(kind="rights", dossier=hers.dossier.pk, done_on=None)
    assert set(due.values_list("role", "on")) == {("REF", row.due_on), ("DPO", row.due_on)}
    assert [one.waits for one in reads.own_requests(hers.dossier)] == [True]
    persons.answer_request(team.actor("REF"), row, outcome="granted")
    assert not due.all().exists()
    assert [one.waits for one in reads.own_requests(hers.dossier)] == [False]


@pytest.mark.parametrize("right", ["access", "readers"])
def test_a_right_asked_twice_is_one_request(team, right):
    hers = make_hers(team)
    first, second = (actions.ask(hers.actor(), hers.file, kind=right) for _ in range(2))
    assert first.pk == second.pk
    assert RightsRequest.objects.count() == 1


def test_words_are_needed_where_words_are_the_request(team):
    hers = make_hers(team)
    for kind in ("message", "rectification"):
        with pytest.raises(ValidationError):
            actions.ask(hers.actor(), hers.file, kind=kind, text="  ")
    assert not PersonRequest.objects.exists()


def test_the_officer_and_the_manager_read_and_do_not_answer(team):
    hers = make_hers(team)
    row = actions.ask(hers.actor(), hers.file, kind="message", text="Appelez-moi.")
    for role in ("DPO", "MGR"):
        with pytest.raises(Refused):
            actions.answer_request(team.actor(role), row)
