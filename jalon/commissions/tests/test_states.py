"""Every (state, verb) pair of a meeting and of an agenda item, from the tables and in the real actions."""

from datetime import timedelta

import pytest
from django.db import transaction

from jalon.access import Hidden, Refused
from jalon.commissions import actions
from jalon.commissions.models import AgendaItem, Meeting, Recusal, Seat
from jalon.commissions.states import ITEM, MEETING, ItemState, MeetingState
from jalon.config import clock
from jalon.directory.tests.factories import make_membership
from jalon.dossiers.models import Application
from jalon.journal.models import Entry
from jalon.people.tests.factories import make_team

from .factories import make_convened, make_meeting, on, seat_all

MEETING_PAIRS = [(state.value, verb) for state in MeetingState for verb in MEETING.transitions]
ITEM_PAIRS = [(state.value, verb) for state in ItemState for verb in ITEM.transitions]

# What the tables say, written a second time by hand: a change of the table must be meant.
MEETING_ALLOWED = {
    "planned": {"edit_agenda", "convene", "move_meeting", "postpone_item", "cancel_meeting"},
    "convened": {
        "move_meeting", "call_deputies", "declare_conflict", "note_conflict", "lift_conflict", "give_written_opinion",
        "record_attendance", "open_meeting", "record_failure", "read_item", "postpone_item", "cancel_meeting",
    },
    "open": {
        "call_deputies", "declare_conflict", "note_conflict", "lift_conflict", "record_attendance", "read_item",
        "record_hearing", "record_opinion", "correct_opinion", "postpone_item", "close_meeting",
    },
    "held": {"correct_opinion", "generate_minutes", "edit_minutes", "sign_minutes"},
    "signed": set(),
    "failed": {"convene_again", "generate_minutes", "edit_minutes", "sign_failure"},
    "cancelled": set(),
}  # fmt: skip
ITEM_ALLOWED = {
    "scheduled": {
        "record_opinion", "postpone_item", "read_item", "declare_conflict", "note_conflict", "lift_conflict",
        "give_written_opinion", "record_hearing", "remove_item",
    },
    "opined": {"correct_opinion"},
    "postponed": set(),
    "removed": set(),
}  # fmt: skip


@pytest.mark.parametrize(("state", "verb"), MEETING_PAIRS)
def test_meeting_pairs(state, verb):
    assert MEETING.allows(state, verb) == (verb in MEETING_ALLOWED[state])
    if not MEETING.allows(state, verb):
        with pytest.raises(Refused):
            MEETING.target(state, verb)


@pytest.mark.parametrize(("state", "verb"), ITEM_PAIRS)
def test_item_pairs(state, verb):
    assert ITEM.allows(state, verb) == (verb in ITEM_ALLOWED[state])
    if not ITEM.allows(state, verb):
        with pytest.raises(Refused):
            ITEM.target(state, verb)


def acts(team, meeting, item):
    """Verb → the real action, as its screen calls it."""
    sec, mem = team.actor("SEC", stepped_up=True), team.actor("MEM")
    seats = list(meeting.attendances.select_related("seat"))
    rows = {row.pk: "present" for row in seats}
    deputy = next(row for row in seats if row.seat.deputy_id)
    declared = Recusal.objects.filter(by_rule=False).first()
    later = meeting.on + timedelta(days=20)
    return {
        "edit_agenda": lambda: actions.set_agenda(sec, meeting, applications=[]),
        "convene": lambda: actions.convene(sec, meeting, urgent=True),
        "move_meeting": lambda: actions.move_meeting(sec, meeting, on=later, urgent=True),
        "call_deputies": lambda: actions.call_deputies(sec, meeting, attendances={deputy.pk}),
        "declare_conflict": lambda: actions.declare_conflict(mem, item),
        "note_conflict": lambda: actions.note_conflict(sec, item, seat=deputy.seat_id),
        "lift_conflict": lambda: actions.lift_conflict(sec, item, declared),
        "give_written_opinion": lambda: actions.give_written_opinion(mem, item, sense="for"),
        "record_attendance": lambda: actions.record_attendance(sec, meeting, presences=rows),
        "open_meeting": lambda: actions.open_meeting(sec, meeting),
        "record_failure": lambda: actions.record_failure(sec, meeting),
        "convene_again": lambda: actions.convene_again(sec, meeting, on=later),
        "read_item": lambda: actions.mark_read(mem, item, note="À voir"),
        "record_hearing": lambda: actions.record_hearing(sec, item, association=True),
        "record_opinion": lambda: actions.record_opinion(sec, item, outcome="favourable"),
        "correct_opinion": lambda: actions.correct_opinion(sec, item, outcome="favourable", why="Erreur de saisie"),
        "postpone_item": lambda: actions.postpone_item(sec, item),
        "close_meeting": lambda: actions.close_meeting(sec, meeting),
        "generate_minutes": lambda: actions.generate_minutes(sec, meeting),
        "edit_minutes": lambda: actions.edit_minutes(sec, meeting, paragraphs={}),
        "sign_minutes": lambda: actions.sign_minutes(sec, meeting),
        "sign_failure": lambda: actions.sign_failure(sec, meeting),
        "cancel_meeting": lambda: actions.cancel_meeting(sec, meeting),
    }


@pytest.fixture
def whole():
    """A meeting convened, its roll called, with a deputy and a conflict declared: what every verb needs."""
    team = make_team()
    meeting, items = make_convened(team)
    seats = list(Seat.objects.exclude(user=team.mem.user).exclude(organisation=team.organisation).order_by("pk"))
    actions.name_deputy(team.actor("SEC"), seats[0], user=make_membership("MEM", department="31").user)
    actions.note_conflict(team.actor("SEC"), items[0], seat=seats[1].pk)
    with on(meeting.on):
        seat_all(team, meeting)
    meeting.refresh_from_db()
    return team, meeting, items[0]


@pytest.mark.django_db
def test_every_verb_has_its_act(whole):
    assert set(acts(*whole)) == set(MEETING.transitions)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.value for state in MeetingState])
def test_actions_refuse_where_the_table_refuses(whole, state):
    """Whatever the object, an action called in a state that the table excludes says so in French and writes nothing."""
    team, meeting, item = whole
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    meeting.refresh_from_db()
    before = Entry.objects.count()
    with on(meeting.on):
        for verb, act in acts(team, meeting, item).items():
            if verb in MEETING_ALLOWED[state]:
                continue
            with pytest.raises((Refused, Hidden)) as refusal:
                act()
            if isinstance(refusal.value, Refused):
                assert refusal.value.why.startswith(("Ce n'est pas possible maintenant", "Le point", "Ce point")), verb
    assert Meeting.objects.get(pk=meeting.pk).state == state
    assert not AgendaItem.objects.exclude(state="scheduled").exists()
    assert Entry.objects.count() == before


def ready(team, verb, meeting, item):
    """What the verb asks besides the state."""
    sec = team.actor("SEC")
    if verb in ("edit_agenda", "convene"):  # nothing was convened yet
        Recusal.objects.all().delete()
        meeting.attendances.all().delete()
        Application.objects.filter(pk=item.application_id).update(state="scheduled")
    elif verb == "record_failure":
        meeting.attendances.update(presence="absent")
    elif verb == "give_written_opinion":
        Meeting.objects.filter(pk=meeting.pk).update(kind="written")
    elif verb == "close_meeting":
        actions.postpone_item(sec, item)
    elif verb == "correct_opinion":
        Meeting.objects.filter(pk=meeting.pk).update(state="open")
        actions.record_opinion(sec, item, outcome="favourable")
        Meeting.objects.filter(pk=meeting.pk).update(state=meeting.state)
    elif verb == "edit_minutes":
        actions.generate_minutes(sec, meeting)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state, verbs in MEETING_ALLOWED.items() if verbs])
def test_actions_work_where_the_table_allows(whole, state):
    """Each from the same state, undone after: the state that the table says, and something told to the trail."""
    team, meeting, item = whole
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    meeting.refresh_from_db()
    with on(meeting.on):
        for verb in sorted(MEETING_ALLOWED[state]):
            with transaction.atomic():
                act = acts(team, meeting, item)[verb]
                ready(team, verb, meeting, AgendaItem.objects.select_related("meeting", "application").get(pk=item.pk))
                before = Entry.objects.count()
                act()
                assert Meeting.objects.get(pk=meeting.pk).state == MEETING.target(state, verb), verb
                assert Entry.objects.count() > before, verb
                transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["opined", "postponed", "removed"])
def test_points_refuse_where_their_table_refuses(whole, state):
    team, meeting, item = whole
    with on(meeting.on):
        actions.open_meeting(team.actor("SEC"), meeting)
        AgendaItem.objects.filter(pk=item.pk).update(state=state)
        before = Entry.objects.count()
        for verb, act in acts(team, meeting, item).items():
            if verb in ITEM.transitions and verb not in ITEM_ALLOWED[state]:
                with pytest.raises((Refused, Hidden)):
                    act()
        assert Entry.objects.count() == before


@pytest.mark.django_db
def test_a_whole_meeting_passes_through_its_states():
    team = make_team()
    meeting, items = make_convened(team)
    sec = team.actor("SEC")
    with on(meeting.on):
        seat_all(team, meeting)
        for verb, state in [
            (lambda: actions.open_meeting(sec, meeting), "open"),
            (lambda: actions.record_opinion(sec, items[0], outcome="favourable"), "open"),
            (lambda: actions.close_meeting(sec, meeting), "held"),
            (lambda: actions.generate_minutes(sec, meeting), "held"),
            (lambda: actions.sign_minutes(sec, meeting), "signed"),
        ]:
            verb()
            meeting.refresh_from_db()
            assert meeting.state == state


@pytest.mark.django_db
def test_the_window_follows_the_meeting():
    team = make_team()
    meeting = make_meeting(team, days=30)
    assert meeting.window_ends_on == clock.today() + timedelta(days=45)
