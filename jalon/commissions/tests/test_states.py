"""Every (state, verb) pair of a meeting and of an agenda item, from the tables and in the real actions."""

from datetime import timedelta

import pytest

from jalon.access import Hidden, Refused
from jalon.commissions import actions
from jalon.commissions.models import AgendaItem, Meeting
from jalon.commissions.states import ITEM, MEETING, ItemState, MeetingState
from jalon.config import clock
from jalon.people.tests.factories import make_team

from .factories import make_convened, make_meeting, on, seat_all

MEETING_PAIRS = [(state.value, verb) for state in MeetingState for verb in MEETING.transitions]
ITEM_PAIRS = [(state.value, verb) for state in ItemState for verb in ITEM.transitions]

# What the tables say, written a second time by hand: a change of the table must be meant.
MEETING_ALLOWED = {
    "planned": {"edit_agenda", "convene", "postpone_item", "cancel_meeting"},
    "convened": {
        "declare_conflict", "record_attendance", "open_meeting", "read_item", "postpone_item", "cancel_meeting",
    },
    "open": {
        "declare_conflict", "record_attendance", "read_item", "record_opinion", "correct_opinion", "postpone_item",
        "close_meeting",
    },
    "held": {"correct_opinion", "generate_minutes", "edit_minutes", "sign_minutes"},
    "signed": set(),
    "cancelled": set(),
}  # fmt: skip
ITEM_ALLOWED = {
    "scheduled": {"record_opinion", "postpone_item", "read_item", "declare_conflict", "remove_item"},
    "opined": {"correct_opinion"},
    "postponed": set(),
    "removed": set(),
}


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
    sec, mem = team.actor("SEC"), team.actor("MEM")
    rows = {row.pk: "present" for row in meeting.attendances.all()}
    return {
        "edit_agenda": lambda: actions.set_agenda(sec, meeting, applications=[]),
        "convene": lambda: actions.convene(sec, meeting, urgent=True),
        "declare_conflict": lambda: actions.declare_conflict(mem, item),
        "record_attendance": lambda: actions.record_attendance(sec, meeting, presences=rows),
        "open_meeting": lambda: actions.open_meeting(sec, meeting),
        "read_item": lambda: actions.mark_read(mem, item, note="À voir"),
        "record_opinion": lambda: actions.record_opinion(sec, item, outcome="favourable"),
        "correct_opinion": lambda: actions.correct_opinion(sec, item, outcome="favourable", why="Erreur de saisie"),
        "postpone_item": lambda: actions.postpone_item(sec, item),
        "close_meeting": lambda: actions.close_meeting(sec, meeting),
        "generate_minutes": lambda: actions.generate_minutes(sec, meeting),
        "edit_minutes": lambda: actions.edit_minutes(sec, meeting, paragraphs={}),
        "sign_minutes": lambda: actions.sign_minutes(sec, meeting),
        "cancel_meeting": lambda: actions.cancel_meeting(sec, meeting),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.value for state in MeetingState])
def test_actions_refuse_where_the_table_refuses(state):
    """Whatever the object, an action called in a state that the table excludes writes nothing."""
    team = make_team()
    meeting, items = make_convened(team)
    with on(meeting.on):
        seat_all(team, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    meeting.refresh_from_db()
    with on(meeting.on):
        for verb, act in acts(team, meeting, items[0]).items():
            if verb in MEETING_ALLOWED[state]:
                continue
            with pytest.raises((Refused, Hidden)):
                act()
    assert Meeting.objects.get(pk=meeting.pk).state == state
    assert not AgendaItem.objects.exclude(state="scheduled").exists()


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
