"""The day of silence says its rule: on the receipt, and where the secretariat reads the request."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.config import clock
from jalon.dossiers import actions
from jalon.people.tests.factories import make_team
from jalon.ui.tests.folded import block_of, leads_to_an_article, rule_ids

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "name"), [("REF", "receipt"), ("SEC", "received")])
def test_the_day_of_silence(role, name):
    team = make_team()
    application = make.make_submitted(team)
    page = team.browser(role).get(reverse(f"dossiers:{name}", args=[application.pk])).content.decode()
    block = block_of(page, "DEC-3")
    assert f"{application.submitted_on:%d/%m/%Y}" in block
    assert "2 mois, depuis le" in block
    assert "CRPA, art. L. 231-1" in block
    assert "à confirmer par un juriste (titre de séjour)" in block
    assert leads_to_an_article(page, "DEC-3")


def test_what_was_asked_moves_the_silence():
    team = make_team()
    application = make.make_submitted(team)
    actions.ask_for_complement(
        team.actor("SEC"), application, text="Un justificatif", due_on=clock.today() + timedelta(days=9)
    )
    page = team.browser("REF").get(reverse("dossiers:review", args=[application.pk])).content.decode()
    assert "SIL-1" in rule_ids(page)
