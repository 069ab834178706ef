"""Every (state, verb) pair of the joint plan, and the words that an appointment's title refuses."""

import pytest

from jalon.access import Refused
from jalon.support.states import NOT_NEUTRAL, PLAN_STEP, PlanStepState

ALLOWED = {
    ("todo", "change"): "todo",
    ("todo", "finish"): "done",
    ("todo", "drop"): "dropped",
    ("done", "reopen"): "todo",
    ("dropped", "reopen"): "todo",
}


@pytest.mark.parametrize("state", PlanStepState.values)
@pytest.mark.parametrize("verb", list(PLAN_STEP.transitions))
def test_every_pair_of_state_and_verb(state, verb):
    if (state, verb) in ALLOWED:
        assert PLAN_STEP.target(state, verb) == ALLOWED[state, verb]
    else:
        with pytest.raises(Refused):
            PLAN_STEP.target(state, verb)


@pytest.mark.parametrize(
    "words", ["Rendez-vous PSP", "À la préfecture", "Police", "AFIS du mois", "Association Essai", "victime"]
)
def test_a_title_that_says_too_much(words):
    assert NOT_NEUTRAL.search(words)


@pytest.mark.parametrize("words", ["Rendez-vous avec Marie", "Atelier", "Rapsodie", "Nîmes centre", "Français"])
def test_a_title_that_says_nothing(words):
    assert not NOT_NEUTRAL.search(words)
