"""The calendar of a worker: hours under one word, a secret shown once, nothing once it is taken back."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from jalon.access import Refused
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership
from jalon.directory.tests.factories import browser
from jalon.journal.models import Entry
from jalon.people import actions as persons
from jalon.support import actions
from jalon.support.models import CalendarFeed

from .factories import in_pathway, make_world, share

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 12, 10, 0, tzinfo=clock.PARIS)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


def opened(actor):
    return actions.open_calendar(replace(actor, stepped_up=True))


def read(secret):
    """As a calendar tool reads it: without any account."""
    return Client().get(reverse("support:calendar_feed"), {"key": secret})


def test_a_feed_tells_hours_and_nothing_else(world):
    dossier = in_pathway(world, "Alizé")
    share(world, dossier)
    actions.make_appointment(world.ref, dossier, at=AT, title="Rendez-vous avec Marie", place="Bureau")
    actions.plan_meeting(world.ref, dossier, at=AT.replace(day=13), title="Point à trois", place="Agence")
    gone = actions.make_appointment(world.ref, dossier, at=AT.replace(day=14), title="Autre", place="")
    actions.cancel_appointment(world.ref, gone)
    answer = read(opened(world.ref))
    text = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert text.count("BEGIN:VEVENT") == text.count("SUMMARY:Réunion") == 2
    assert "DTSTART:20260312T090000Z" in text
    allowed = {"BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND"}
    assert {line.split(":")[0] for line in text.split("\r\n") if line} == {*allowed, "SUMMARY", "CLASS", "END"}
    for told in ("Alizé", "Marie", "Bureau", "Agence", "trois", dossier.pk, dossier.number, world.association.pk):
        assert told not in text
    theirs = read(opened(world.emp)).content.decode()
    assert theirs.count("BEGIN:VEVENT") == 1
    uids = [{line for line in feed.split("\r\n") if line.startswith("UID")} for feed in (text, theirs)]
    assert not uids[0] & uids[1]


def test_a_withdrawn_share_empties_the_adviser_s_calendar(world):
    dossier = in_pathway(world)
    share(world, dossier)
    actions.plan_meeting(world.ref, dossier, at=AT, title="Rendez-vous")
    secret = opened(world.emp)
    dossier.shares.update(revoked_at=clock.now())
    assert "VEVENT" not in read(secret).content.decode()


def test_a_withdrawn_agreement_empties_it_too(world):
    dossier = in_pathway(world)
    share(world, dossier)
    actions.plan_meeting(world.ref, dossier, at=AT, title="Rendez-vous")
    theirs, own = opened(world.emp), opened(world.ref)
    assert "VEVENT" in read(theirs).content.decode()
    persons.withdraw_agreement(world.ref, dossier)
    assert "VEVENT" not in read(theirs).content.decode()
    assert "VEVENT" in read(own).content.decode()


@pytest.mark.parametrize("stopped", [{"suspended_at": AT}, {"ends_on": date(2026, 3, 9)}, {"is_active": False}])
def test_an_account_that_stopped_has_no_calendar(world, stopped):
    secret = opened(world.ref)
    User.objects.filter(pk=world.worker.user_id).update(**stopped)
    assert read(secret).status_code == 404


def test_nothing_answers_but_the_last_secret_of_who_still_works_here(world):
    first = opened(world.ref)
    second = opened(world.ref)
    assert second not in str(CalendarFeed.objects.values_list("secret_hash", flat=True))
    assert [read(key).status_code for key in ("", "x", first, second)] == [404, 404, 404, 200]
    with clock.at(Membership.objects.get(pk=world.worker.pk).ends_on.replace(year=2100)):
        assert read(second).status_code == 404
    assert actions.close_calendar(world.ref) is True
    assert actions.close_calendar(world.ref) is False
    assert read(second).status_code == 404
    assert set(Entry.objects.filter(verb__endswith="_calendar").values_list("verb", flat=True)) == {
        "open_calendar",
        "close_calendar",
    }


def test_a_secret_is_not_made_without_a_step_up(world):
    with pytest.raises(Refused) as refusal:
        actions.open_calendar(replace(world.ref, stepped_up=False))
    assert refusal.value.missing == {"stepup"}
    assert not CalendarFeed.objects.exists()


def test_the_page_shows_the_address_once(world):
    client, page = browser(world.worker, stepped_up=True), reverse("support:calendar")
    made = client.post(page)
    address = made.content.decode().split('value="http')[1].split('"')[0]
    assert read(address.split("key=")[1]).status_code == 200
    assert "key=" not in client.get(page).content.decode()
    assert client.post(reverse("support:close_calendar")).status_code == 303
    assert not CalendarFeed.objects.exists()
