"""The pages of the person's file: status, words, errors, neighbours, number of queries."""

import pytest
from django.urls import reverse

from jalon.people.models import Dossier, SafeContact
from jalon.people.tests.factories import make_dossier, make_prepared, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def client(team):
    return team.browser("REF", stepped_up=True)


def test_list_shows_aliases_to_the_referent_and_numbers_to_the_manager(team, client):
    dossier = make_dossier(team, alias="Ancolie")
    page = client.get("/dossiers/").content.decode()
    assert "Ancolie" in page
    assert dossier.number in page
    page = team.browser("MGR").get("/dossiers/").content.decode()
    assert "Ancolie" not in page
    assert dossier.number in page


def test_new_person_in_three_interactions(team, client):
    page = client.get(reverse("people:new"))
    assert page.status_code == 200
    assert "checked" not in page.content.decode()
    answer = client.post(reverse("people:new"), {"language": "bg", "alias": page.context["form"]["alias"].value()})
    assert answer.status_code == 303
    dossier = Dossier.objects.get()
    assert answer["Location"] == f"/dossiers/{dossier.pk}/application/"
    record = SafeContact.objects.get().unseal()
    assert not any(record[key] for key in ("sms_ok", "call_ok", "voicemail_ok", "email_ok", "phone_shared"))
    assert record["language"] == "bg"


PAGES = ["identity", "contact", "agreements", "agree", "share", "assignments"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_referent(team, client, name):
    dossier = make_prepared(team)
    answer = client.get(reverse(f"people:{name}", args=[dossier.pk]))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Zelenkova" not in page.split("</title>")[0]
