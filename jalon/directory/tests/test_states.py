"""Every (state, verb) pair of an accreditation; what time does; the state that the dates and the law make."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from jalon.access import Refused
from jalon.directory import lawful
from jalon.directory.states import ACCREDITATION, TONES, AccreditationState, state_of

ALLOWED = {
    ("draft", "edit_accreditation_request"): "draft",
    ("draft", "add_accreditation_piece"): "draft",
    ("draft", "remove_accreditation_piece"): "draft",
    ("draft", "request_accreditation"): "requested",
    ("draft", "abandon_accreditation_request"): "abandoned",
    ("requested", "receive_accreditation"): "received",
    ("requested", "abandon_accreditation_request"): "abandoned",
    ("requested", "deem_complete"): "complete",
    ("requested", "approve_tacitly"): "in_force",
    ("received", "ask_for_accreditation_piece"): "incomplete",
    ("received", "declare_accreditation_complete"): "complete",
    ("received", "abandon_accreditation_request"): "abandoned",
    ("received", "deem_complete"): "complete",
    ("received", "approve_tacitly"): "in_force",
    ("incomplete", "ask_for_accreditation_piece"): "incomplete",
    ("incomplete", "answer_accreditation_piece"): "incomplete",
    ("incomplete", "finish_answers"): "received",
    ("incomplete", "declare_accreditation_complete"): "complete",
    ("incomplete", "draft_accreditation_decision"): "incomplete",
    ("incomplete", "refuse_accreditation"): "refused",
    ("incomplete", "abandon_accreditation_request"): "abandoned",
    ("complete", "draft_accreditation_decision"): "complete",
    ("complete", "grant_accreditation"): "in_force",
    ("complete", "refuse_accreditation"): "refused",
    ("complete", "abandon_accreditation_request"): "abandoned",
    ("complete", "approve_tacitly"): "in_force",
    ("in_force", "invite_observations"): "observations",
    ("in_force", "lapse"): "ended",
    ("observations", "present_observations"): "observations",
    ("observations", "draft_accreditation_decision"): "observations",
    ("observations", "keep_accreditation"): "in_force",
    ("observations", "withdraw_accreditation"): "withdrawn",
    ("observations", "lapse"): "ended",
    ("refused", "notify_accreditation_decision"): "refused",
    ("refused", "file_accreditation_appeal"): "refused",
    ("refused", "answer_accreditation_appeal"): "refused",
    ("withdrawn", "notify_accreditation_decision"): "withdrawn",
    ("withdrawn", "file_accreditation_appeal"): "withdrawn",
    ("withdrawn", "answer_accreditation_appeal"): "withdrawn",
}
TIME = {"deem_complete", "approve_tacitly", "lapse"}
WHO = {
    "MGR": {
        "edit_accreditation_request",
        "add_accreditation_piece",
        "remove_accreditation_piece",
        "request_accreditation",
        "answer_accreditation_piece",
        "finish_answers",
        "abandon_accreditation_request",
        "present_observations",
        "file_accreditation_appeal",
    },
    "SEC": {
        "notify_accreditation_decision",
        "file_accreditation_appeal",
        "answer_accreditation_appeal",
        "receive_accreditation",
        "ask_for_accreditation_piece",
        "declare_accreditation_complete",
        "draft_accreditation_decision",
        "invite_observations",
    },
    "PRE": {
        "draft_accreditation_decision",
        "grant_accreditation",
        "refuse_accreditation",
        "invite_observations",
        "keep_accreditation",
        "withdraw_accreditation",
    },
}


@pytest.mark.parametrize("state", AccreditationState.values)
@pytest.mark.parametrize("verb", list(ACCREDITATION.transitions))
def test_every_pair(state, verb):
    if (state, verb) in ALLOWED:
        assert ACCREDITATION.target(state, verb) == ALLOWED[state, verb]
        return
    with pytest.raises(Refused) as refused:
        ACCREDITATION.target(state, verb)
    assert "l'état est" in refused.value.why


def test_who_does_what():
    for role, verbs in WHO.items():
        assert {verb for verb, t in ACCREDITATION.transitions.items() if role in t.who} == verbs
    assert {verb for verb, t in ACCREDITATION.transitions.items() if not t.who} == TIME
    assert set(TONES) == set(AccreditationState)


D = date
EMPTY = dict.fromkeys(
    (
        "received_on",
        "receipt_on",
        "missing_asked_on",
        "completed_on",
        "declared_complete_on",
        "declared_on",
        "granted_on",
        "refused_on",
        "observations_asked_on",
        "withdrawn_on",
        "abandoned_on",
    )
)


def state(day, **given):
    dates = SimpleNamespace(**{**EMPTY, **given})
    return str(state_of(dates, lawful.compute(dates), day))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # X25: received on 15 September 2026, nothing asked, nothing decided.
        (D(2026, 9, 15), "requested"),
        (D(2026, 11, 14), "requested"),
        (D(2026, 11, 15), "complete"),
        (D(2027, 1, 14), "complete"),
        (D(2027, 1, 15), "in_force"),
        (D(2030, 1, 14), "in_force"),
        (D(2030, 1, 15), "ended"),
    ],
)
def test_silence_alone(day, expected):
    assert state(day, received_on=D(2026, 9, 15)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 10, 1), "incomplete"),
        (D(2027, 6, 1), "incomplete"),
    ],
)
def test_a_piece_asked_in_time_stops_the_clock(day, expected):
    given = {"received_on": D(2026, 9, 15), "receipt_on": D(2026, 9, 15), "missing_asked_on": D(2026, 10, 1)}
    assert state(day, **given) == expected


def test_the_clock_starts_again_when_all_is_given():
    given = {
        "received_on": D(2026, 9, 15),
        "receipt_on": D(2026, 9, 16),
        "missing_asked_on": D(2026, 10, 1),
        "completed_on": D(2026, 10, 20),
    }
    assert state(D(2026, 10, 20), **given) == "received"
    assert state(D(2026, 12, 1), **given) == "received"
    assert state(D(2026, 12, 1), **given, declared_complete_on=D(2026, 10, 21)) == "complete"
    assert state(D(2027, 2, 19), **given) == "received"
    assert state(D(2027, 2, 20), **given) == "in_force"


def test_an_order_and_its_end():
    given = {"received_on": D(2018, 1, 2), "receipt_on": D(2018, 1, 2), "granted_on": D(2018, 3, 12)}
    days = {
        D(2018, 3, 11): "complete",
        D(2018, 3, 12): "in_force",
        D(2021, 3, 11): "in_force",
        D(2021, 3, 12): "ended",
    }
    for day, expected in days.items():
        assert state(day, **given) == expected
    assert state(D(2019, 1, 1), **given, observations_asked_on=D(2018, 12, 1)) == "observations"
    gone = {**given, "observations_asked_on": D(2018, 12, 1), "withdrawn_on": D(2019, 1, 1)}
    assert state(D(2018, 12, 31), **gone) == "observations"
    assert state(D(2019, 1, 1), **gone) == "withdrawn"
    assert state(D(2022, 1, 1), **gone) == "withdrawn"


def test_what_ends_a_request():
    given = {"received_on": D(2026, 9, 15), "receipt_on": D(2026, 9, 15)}
    assert state(D(2030, 1, 1), **given, refused_on=D(2026, 12, 1)) == "refused"
    assert state(D(2030, 1, 1), **given, abandoned_on=D(2026, 12, 1)) == "abandoned"
    assert state(D(2030, 1, 1), abandoned_on=D(2026, 12, 1)) == "abandoned"
    assert state(D(2030, 1, 1)) == "draft"


def test_a_grant_after_silence_changes_nothing():
    """Once silence has approved, a later order does not start the three years again."""
    day = D(2026, 9, 15)
    assert state(D(2030, 1, 15), received_on=day, granted_on=day + timedelta(days=200)) == "ended"
