"""Every (state, verb) pair of the two tables: the allowed ones lead where the table says, the others refuse."""

import pytest

from jalon.access import Hidden, Refused
from jalon.dossiers import actions
from jalon.dossiers.models import Application
from jalon.dossiers.states import APPLICATION, OPEN_STATES, STAGE_OF, ApplicationState
from jalon.people.tests.factories import make_team

from . import factories as make

# The table, written again by hand: state → verb → state.
EXPECTED = {
    "draft": {"edit": "draft", "sign_package": "signed", "withdraw": "withdrawn"},
    "signed": {"reopen": "draft", "submit_application": "submitted", "withdraw": "withdrawn"},
    "submitted": {
        "ask_for_complement": "incomplete",
        "declare_complete": "complete",
        "withdraw": "withdrawn",
    },
    "incomplete": {"answer_complement": "submitted", "declare_complete": "complete", "withdraw": "withdrawn"},
    "complete": {"ask_for_complement": "incomplete", "schedule": "scheduled", "withdraw": "withdrawn"},
    "scheduled": {
        "unschedule": "complete",
        "convene": "convened",
        "postpone": "complete",
        "give_opinion": "opined",
        "withdraw": "withdrawn",
    },
    "convened": {"postpone": "complete", "give_opinion": "opined", "withdraw": "withdrawn"},
    "opined": {"decide": "decided"},
    "decided": {},
    "withdrawn": {},
}
PAIRS = [(str(state), verb) for state in ApplicationState for verb in APPLICATION.transitions]


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_the_table(state, verb):
    if verb in EXPECTED[state]:
        assert APPLICATION.target(state, verb) == EXPECTED[state][verb]
    else:
        with pytest.raises(Refused):
            APPLICATION.target(state, verb)


def test_each_state_has_a_stage_and_only_two_are_closed():
    assert set(STAGE_OF) == set(ApplicationState)
    assert set(ApplicationState) - set(OPEN_STATES) == {ApplicationState.DECIDED, ApplicationState.WITHDRAWN}


def advancing(verb):
    return lambda team, application: actions.advance(application, verb)


# Each verb as it is really called, on a request put in each state: allowed works, anything else refuses.
CALLS = {
    "edit": lambda team, a: actions.save_part(
        team.actor("REF"), a, "resources", data={"resources_last_month": "0"}, state="done"
    ),
    "sign_package": lambda team, a: actions.sign_package(team.actor("MGR"), a),
    "reopen": lambda team, a: actions.reopen_application(team.actor("REF"), a),
    "submit_application": lambda team, a: actions.submit_application(team.actor("REF"), a),
    "ask_for_complement": lambda team, a: actions.ask_for_complement(
        team.actor("SEC"), a, text="Un justificatif", due_on=make.in_days(10)
    ),
    "answer_complement": lambda team, a: actions.answer_complement(team.actor("REF"), a),
    "declare_complete": lambda team, a: actions.declare_complete(team.actor("SEC"), a),
    "withdraw": lambda team, a: actions.withdraw_application(team.actor("REF"), a),
    **{verb: advancing(verb) for verb in ("schedule", "unschedule", "convene", "postpone", "give_opinion", "decide")},
}
# What must have happened before, for the state to be real.
DOSSIER_STAGE = {"draft": "S1", "signed": "S1", "convened": "S3", "opined": "S4", "decided": "S4", "withdrawn": "S1"}
PACKAGE_STATE = {"draft": "draft", "signed": "signed", "withdrawn": "signed"}


def put(application, state):
    """The request as it would stand in this state: its package and its file follow."""
    Application.objects.filter(pk=application.pk).update(state=state)
    application.packages.update(state=PACKAGE_STATE.get(state, "submitted"))
    dossier = application.dossier
    type(dossier).objects.filter(pk=dossier.pk).update(stage=DOSSIER_STAGE.get(state, "S2"))
    application.refresh_from_db()
    dossier.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", list(APPLICATION.transitions))
def test_the_verbs_follow_the_table(verb):
    team = make_team()
    application = make.make_submitted(team)
    from django.db import transaction

    for state in map(str, ApplicationState):
        put(application, state)
        allowed = verb in EXPECTED[state]
        with transaction.atomic():
            if allowed:
                CALLS[verb](team, application)
                application.refresh_from_db()
                assert application.state == EXPECTED[state][verb], (state, verb)
            else:
                # The secretariat does not even know a request that was not sent.
                with pytest.raises((Refused, Hidden)):
                    CALLS[verb](team, application)
                application.refresh_from_db()
                assert application.state == state, (state, verb)
            transaction.set_rollback(True)
        application.__dict__["_state"].fields_cache.clear()


@pytest.mark.django_db
def test_both_tables_name_only_verbs_that_exist():
    assert set(CALLS) == set(APPLICATION.transitions)
