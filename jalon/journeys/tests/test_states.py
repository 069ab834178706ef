"""Every (state, verb) pair of a decision, from the table and in the real actions."""

import pytest

from jalon.access import Refused
from jalon.journeys import actions
from jalon.journeys.models import Decision
from jalon.journeys.states import DECISION, DecisionState
from jalon.people.tests.factories import make_team

from .factories import REASONS, SIGNATORY, make_signed, on

CORRECTION = {"misprint": "words", "wrong": "a", "right": "b", "reason": "c", "appeal_routes": "d"}
PAIRS = [(state.value, verb) for state in DecisionState for verb in DECISION.transitions]
ALLOWED = {
    "draft": {"draft", "sign"},
    "signed": {"notify", "explain_decision", "correct"},
    "notified": {"explain_decision", "correct"},
}
NEXT = {"draft": "draft", "sign": "signed", "notify": "notified", "explain_decision": None, "correct": None}


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_pairs(state, verb):
    assert DECISION.allows(state, verb) == (verb in ALLOWED[state])
    if DECISION.allows(state, verb):
        assert DECISION.target(state, verb) == (NEXT[verb] or state)
    else:
        with pytest.raises(Refused):
            DECISION.target(state, verb)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.value for state in DecisionState])
def test_actions_refuse_where_the_table_refuses(state):
    team = make_team()
    decision = make_signed(team)
    day = decision.signed_on
    Decision.objects.filter(pk=decision.pk).update(state=state, notified_on=day if state == "notified" else None)
    decision.refresh_from_db()
    acts = {
        "draft": lambda: actions.draft_decision(team.actor("SEC"), decision.application, kind="authorise", **REASONS),
        "sign": lambda: actions.sign_decision(team.actor("PRE"), decision, **SIGNATORY),
        "notify": lambda: actions.notify_decision(team.actor("SEC"), decision),
        "correct": lambda: actions.correct_decision(
            team.actor("PRE"),
            decision,
            misprint="words",
            wrong="a",
            right="b",
            reason="c",
            appeal_routes="d",
            **SIGNATORY,
        ),
        "explain_decision": lambda: actions.explain_decision(team.actor("REF"), decision, language="bg"),
    }
    with on(day):
        for verb, act in acts.items():
            if verb not in ALLOWED[state]:
                with pytest.raises(Refused):
                    act()
    assert Decision.objects.get().state == state
