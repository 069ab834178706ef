"""Every (state, verb) pair of a convention, of a commitment, of a hand-over."""

import pytest

from jalon.access import Refused
from jalon.conventions.states import (
    COMMITMENT,
    CONVENTION,
    HAND_OVER,
    CommitmentState,
    ConventionState,
    HandOverState,
    verb_to,
)

CONVENTIONS = {
    ("draft", "edit"): "draft",
    ("draft", "sign"): "draft",
    ("draft", "complete_signatures"): "signed",
    ("draft", "update_commitment"): "draft",
    ("signed", "update_commitment"): "signed",
    ("signed", "hold_committee"): "signed",
    ("signed", "decide"): "signed",
    ("draft", "write"): "draft",
    ("signed", "write"): "signed",
    ("draft", "plan_committee"): "draft",
    ("signed", "plan_committee"): "signed",
    ("signed", "succeed"): "ended",
    ("ended", "succeed"): "ended",
}
COMMITMENTS = {
    ("todo", "start"): "doing",
    ("postponed", "start"): "doing",
    ("todo", "finish"): "done",
    ("doing", "finish"): "done",
    ("postponed", "finish"): "done",
    ("todo", "postpone"): "postponed",
    ("doing", "postpone"): "postponed",
    ("done", "reopen"): "doing",
}

HAND_OVERS = {
    ("running", "tick"): "running",
    ("running", "end_now"): "running",
    ("running", "finish"): "done",
}


def check(machine, allowed, state, verb):
    if (state, verb) in allowed:
        assert machine.target(state, verb) == allowed[state, verb]
    else:
        with pytest.raises(Refused):
            machine.target(state, verb)


@pytest.mark.parametrize("state", ConventionState.values)
@pytest.mark.parametrize("verb", list(CONVENTION.transitions))
def test_every_pair_of_a_convention(state, verb):
    check(CONVENTION, CONVENTIONS, state, verb)


@pytest.mark.parametrize("state", CommitmentState.values)
@pytest.mark.parametrize("verb", list(COMMITMENT.transitions))
def test_every_pair_of_a_commitment(state, verb):
    check(COMMITMENT, COMMITMENTS, state, verb)


@pytest.mark.parametrize("state", HandOverState.values)
@pytest.mark.parametrize("verb", list(HAND_OVER.transitions))
def test_every_pair_of_a_hand_over(state, verb):
    check(HAND_OVER, HAND_OVERS, state, verb)


@pytest.mark.parametrize("state", CommitmentState.values)
@pytest.mark.parametrize("target", CommitmentState.values)
def test_the_verb_that_leads_to_a_state(state, target):
    found = verb_to(state, target)
    ways = [verb for (source, verb), end in COMMITMENTS.items() if source == state and end == target]
    assert found == (ways[0] if ways else "")
