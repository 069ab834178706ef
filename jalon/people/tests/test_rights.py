"""The table of rights in words: nothing of the matrix is lost, nothing is added."""

import pytest

from jalon.access.policy import matrix
from jalon.access.roles import STAGES, Action, Condition, Role
from jalon.people import rights
from jalon.people.states import Stage
from jalon.people.tests.factories import make_team

LABELS = {str(Stage(stage).label): number for number, stage in enumerate(STAGES)}
ACTS = {str(words): act for act, words in rights.ACTS.items()}
NEEDS = {str(words): code for code, words in rights.NEEDS.items()}


def test_every_act_and_condition_has_words():
    assert set(rights.ACTS) == set(Action)
    assert set(rights.NEEDS) == set(Condition)


@pytest.mark.parametrize("role", list(Role))
def test_the_lines_are_the_cells(role):
    told = {
        (STAGES[number], line.compartment, ACTS[str(act)], frozenset(NEEDS[str(need)] for need in line.needs))
        for line in rights.lines(role)
        for number in range(LABELS[line.first], LABELS[line.last] + 1)
        for act in line.acts
    }
    cells = {
        (stage, compartment, act, needed)
        for (one, _relation, stage, compartment, act), alternatives in matrix().items()
        if one == role
        for needed in alternatives
    }
    assert told == cells


def test_the_page_of_the_officer(db, django_assert_max_num_queries):
    team = make_team()
    client = team.browser("DPO")
    with django_assert_max_num_queries(4):
        page = client.get("/rights/?role=PRE").content.decode()
    assert "signer" in page
    assert "identité confirmée depuis moins de cinq minutes" in page
    assert "aucun droit" in client.get("/rights/?role=OPS").content.decode()
    assert client.get("/rights/?role=XXX").status_code == 404
    assert team.browser("REF").get("/rights/").status_code == 404
