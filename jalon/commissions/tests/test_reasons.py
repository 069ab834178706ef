"""Convocation, quorum, votes and ends of period say their rules."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.config import clock
from jalon.dossiers.tests.factories import make_complete
from jalon.notices import actions as notices
from jalon.people.tests.factories import make_team
from jalon.ui.tests.folded import block_of, leads_to_an_article, rule_ids

from .factories import make_commission, make_open, make_scheduled, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def page_of(team, address):
    response = team.browser("SEC").get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_day_to_convene_and_the_quorum(team):
    make_commission(team)
    meeting, _items = make_scheduled(team)
    page = page_of(team, reverse("commissions:meeting", args=[meeting.pk]))
    block = block_of(page, "COM-1")
    assert f"{meeting.on:%d/%m/%Y}" in block
    assert "5 jours, depuis le 01/01/2016" in block
    assert "CRPA, art. R. 133-8" in block
    assert {"COM-1", "COM-2", "COM-6"} <= rule_ids(page)
    assert "Membres" in block_of(page, "COM-2")
    for rule_id in rule_ids(page):
        assert leads_to_an_article(page, rule_id)


def test_the_session_room_explains_quorum_and_votes(team):
    meeting, items = make_open(team, make_complete(team))
    with on(meeting.on):
        page = page_of(team, reverse("commissions:item", args=[items[0].pk]))
        assert {"COM-2", "COM-4", "COM-5", "COM-10", "COM-11"} <= rule_ids(page)
        assert "Présents ou représentés" in block_of(page, "COM-2")
        assert "Déports" in block_of(page, "COM-4")
        assert "à confirmer par un juriste" in block_of(page, "COM-11")
        room = page_of(team, reverse("commissions:meeting", args=[meeting.pk]))
    assert "0,5" in block_of(room, "COM-2")


def test_an_end_without_a_meeting_in_time(team):
    application = make_complete(team)
    notices.plan_renewal(application.dossier, clock.today() + timedelta(days=40), key="1")
    page = page_of(team, "/")
    assert {"REN-2", "DUR-3", "DUR-4"} <= rule_ids(page)
