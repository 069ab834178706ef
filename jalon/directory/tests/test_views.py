"""Pages of the directory: status, what they show, neighbours."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.directory import actions
from jalon.directory.models import Membership
from jalon.directory.tests.factories import browser, make_membership, make_organisation
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def association():
    return make_organisation(name="Association Calandre")


def test_the_card_of_an_organisation(association):
    actions.record_accreditation(
        SYSTEM,
        organisation=association,
        department="31",
        order_number="31-2020-001",
        received_on=date(2026, 1, 2),
        granted_on=date(2026, 2, 2),
    )
    client = browser(make_membership("EMP"))
    page = client.get(reverse("directory:organisation", args=[association.pk])).content.decode()
    assert "Association Calandre" in page
    assert "31-2020-001" in page
    assert "01/02/2029" in page
    assert client.get(reverse("directory:organisation", args=["inconnue"])).status_code == 404


def test_review_shows_one_s_own_people_only_and_leaves_a_trace(association):
    manager = make_membership("MGR", organisation=association)
    members = [make_membership("REF", organisation=association) for _ in range(4)]
    stranger = make_membership("REF")
    client = browser(manager)
    client.get(reverse("directory:memberships"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("directory:memberships")).content.decode()
    reading = [q for q in queries if q["sql"].startswith("SELECT")]
    assert len(reading) <= 5, [q["sql"] for q in queries]
    for member in members:
        assert member.user.name in page
    assert stranger.user.name not in page
    assert Entry.objects.filter(verb="review_memberships", count=5).count() == 2
    assert client.get(reverse("directory:memberships") + "?page=abc").status_code == 200


def test_the_secretariat_reviews_its_commission(association):
    member = make_membership("MEM", college="magistrat judiciaire")
    worker = make_membership("REF", organisation=association)
    page = browser(make_membership("SEC")).get(reverse("directory:memberships")).content.decode()
    assert member.user.name in page
    assert "magistrat judiciaire" in page
    assert worker.user.name not in page


def test_changing_an_end(association):
    member = make_membership("REF", organisation=association)
    client = browser(make_membership("MGR", organisation=association))
    url = reverse("directory:end", args=[member.pk])
    assert client.get(url).status_code == 200
    for bad in ("", "31/02/2027", "01/01/1999", "demain"):
        answer = client.post(url, {"ends_on": bad})
        assert answer.status_code == 422
        assert bad in answer.content.decode()
    assert client.post(url, {"ends_on": "31/12/2027"}).status_code == 303
    assert Membership.objects.get(pk=member.pk).ends_on == date(2027, 12, 31)
    neighbour = browser(make_membership("MGR"))
    assert neighbour.get(url).status_code == 404
    assert neighbour.post(url, {"ends_on": "31/12/2026"}).status_code == 404
    assert Membership.objects.get(pk=member.pk).ends_on == date(2027, 12, 31)
