"""The verbs of the request: what each writes, what each refuses."""

import pytest

from jalon.dossiers import actions, reads
from jalon.people.tests.factories import make_team

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make.make_team() if hasattr(make, "make_team") else make_team()


def test_the_whole_path_of_a_first_request(team):
    application = make.make_convened(team)
    assert application.state == "convened"
    assert application.dossier.stage == "S3"
    assert application.receipt_number.startswith(f"R-{team.department}-")
    assert reads.session_copy_for(application)["number"] == application.dossier.number
    actions.advance(application, "give_opinion")
    actions.advance(application, "decide")
    assert application.decided_on
    assert application.dossier.stage == "S4"
