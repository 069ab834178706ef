"""The day on which a closed file is looked at again, and that of the safe contact, say their rules."""

import pytest
from django.urls import reverse

from jalon.people.tests.factories import make_closed, make_prepared, make_team
from jalon.ui.tests.folded import block_of, folded, leads_to_an_article, rule_ids

pytestmark = pytest.mark.django_db


def shown(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_officer_s_list():
    team = make_team()
    make_closed(team)
    page = shown(team.browser("DPO"), "/")
    assert "24 mois, depuis le" in block_of(page, "DAT-1")
    assert "CNIL, délibération n° 2021-028 du 11 mars 2021" in block_of(page, "DAT-1")
    assert leads_to_an_article(page, "DAT-1")


def test_before_and_at_the_erasure():
    team = make_team()
    dossier = make_closed(team)
    manager, officer = team.browser("MGR", stepped_up=True), team.browser("DPO", stepped_up=True)
    consent = reverse("people:consent", args=[dossier.pk])
    assert f"{dossier.last_contact_on:%d/%m/%Y}" in block_of(shown(manager, consent), "DAT-1")
    manager.post(consent)
    assert "DAT-1" in rule_ids(shown(officer, reverse("people:erase", args=[dossier.pk])))


def test_the_safe_contact_is_a_practice_not_a_law():
    team = make_team()
    dossier = make_prepared(team)
    page = shown(team.browser("REF"), reverse("people:contact", args=[dossier.pk]))
    (block,) = folded(page)
    assert "NNEDV, Safety Net" in block
    assert "Vérifié avec elle le" in block
    assert rule_ids(page) == set()


def test_the_list_leads_to_the_reasons():
    team = make_team()
    make_prepared(team)
    assert f'href="{reverse("notices:reasons")}"' in shown(team.browser("REF"), reverse("people:dossiers"))
