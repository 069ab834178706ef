"""The clock moves between two requests: an hour, two years, over midnight, in a night of 23 or of 25 hours.

Asked over HTTP, with the session of the browser that asked before. ``clock.at`` is the day of the rules; ``machine``
moves what measures real time too: sessions and proofs of identity.
"""

import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour

import pytest
from django.core.cache import cache
from django.urls import reverse

from jalon.accounts import totp
from jalon.accounts.models import KeptForm, WebSession
from jalon.accounts.tests.factories import PASSWORD, SECRET, sign_in
from jalon.commissions.models import Reading
from jalon.commissions.tests.factories import make_convened
from jalon.config import clock
from jalon.directory.tests.factories import browser as browser_of
from jalon.dossiers.models import Part
from jalon.dossiers.tests.factories import make_application
from jalon.journal.verify import verify
from jalon.notices import actions as notices
from jalon.people.actions import assign
from jalon.people.tests.factories import make_prepared, make_team
from jalon.support.models import Note

pytestmark = pytest.mark.django_db
NOTE = {"text": "Une longue note, CanariHeure, qui ne doit pas être perdue.", "visibility": "team", "kind": "interview"}
SIGN_IN = "/comptes/connexion/"


@pytest.fixture
def team():
    cache.clear()
    return make_team()


@contextmanager
def machine(**shift):
    """The machine itself is wrong, or was."""
    shift, real = timedelta(**shift), time.time
    with pytest.MonkeyPatch.context() as patch, clock.at(datetime.now(UTC) + shift):
        patch.setattr(clock, "machine", lambda: datetime.now(UTC) + shift)
        patch.setattr(time, "time", lambda: real() + shift.total_seconds())
        yield


def midnight(day):
    """(a second before, a second after) the end of this day in Paris."""
    after = datetime.combine(day + timedelta(days=1), hour(0, 0, 1), clock.PARIS)
    return datetime.combine(day, hour(23, 59, 59), clock.PARIS), after


def pages(team):
    application = make_application(team)
    sensitive = reverse("dossiers:part", args=[application.pk, "life_path"])
    return sensitive, reverse("support:note", args=[application.dossier_id])


def test_an_hour_on(team):
    """The proof of identity lapses, then the session ends: the text is sealed, and comes back with a new proof."""
    browser = team.browser("REF", stepped_up=True)
    sensitive, note = pages(team)
    assert browser.get(sensitive).status_code == 200
    with machine(minutes=6):
        assert browser.get(sensitive).status_code == 403
        assert browser.get(note).status_code == 200
    with machine(hours=1):
        assert browser.get(note).url.startswith(SIGN_IN)
        assert browser.post(note, NOTE).url == f"{SIGN_IN}?next={reverse('account_kept_form')}"
        assert not Note.objects.exists()
        assert KeptForm.objects.count() == 1
    shown = sign_in(browser, team.ref.user, stepped_up=True).get(reverse("account_kept_form"))
    assert "CanariHeure" in shown.content.decode()
    assert verify(records=True).status == 0


def test_an_hour_back(team):
    """A proof given later than now proves nothing; a session last seen an hour later than now is over."""
    browser = team.browser("REF", stepped_up=True)
    sensitive, note = pages(team)
    with machine(minutes=-5):
        assert browser.get(sensitive).status_code == 403
        assert browser.get(note).status_code == 200
    browser = team.browser("REF", stepped_up=True)
    with machine(hours=-1):
        assert browser.post(note, NOTE).url == f"{SIGN_IN}?next={reverse('account_kept_form')}"
        browser.post(reverse("account_login"), {"login": team.ref.user.profile["login"], "password": PASSWORD})
        assert browser.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)}).status_code == 302
        assert browser.get(note).status_code == 200  # whoever signs in by the wrong clock works on
        assert browser.get(sensitive).status_code == 403
    assert browser.get(note).url.startswith(SIGN_IN)  # and signs in again once it is put right
    # The absolute limit: going back does not lengthen a day of work beyond what was written at sign-in.
    ends = list(WebSession.objects.values_list("expire_date", "started_at"))
    assert all(end - start <= timedelta(hours=10) for end, start in ends)


def test_two_years_on(team):
    """Accounts and mandates have ended: nothing opens, nothing is kept for them; what was due is shown as late."""
    team.ref.user.ends_on = clock.today() + timedelta(days=30)
    team.ref.user.save(update_fields=["ends_on"])
    browser, dossier = team.browser("REF"), make_prepared(team)
    note = reverse("support:note", args=[dossier.pk])
    assert browser.get(note).status_code == 200
    with machine(days=731):
        assert browser.post(note, NOTE).url.startswith(SIGN_IN)
        browser.post(reverse("account_login"), {"login": team.ref.user.profile["login"], "password": PASSWORD})
        assert browser.get(note).url.startswith(SIGN_IN)
    assert not KeptForm.objects.exists()
    assert not Note.objects.exists()


NIGHTS = {
    "short": date(2026, 3, 28),
    "long": date(2026, 10, 24),
    "new year": date(2026, 12, 31),
    "leap": date(2028, 2, 29),
}


@pytest.mark.parametrize("name", list(NIGHTS))
def test_midnight_between_the_page_and_the_sending(team, name):
    """A delegation ends with its day, in Paris, whatever the length of the night."""
    before, after = midnight(NIGHTS[name])
    with clock.at(before - timedelta(days=20)):
        application = make_application(team)
        dossier, other = application.dossier, team.member("REF")
        given = {"kind": "delegate", "ends_on": NIGHTS[name]}
        assign(team.actor("REF"), dossier, user=other.user, organisation=team.organisation, **given)
        notices.plan(dossier, "situation_report", NIGHTS[name], actor=team.actor("REF"))
    browser, part = browser_of(other), reverse("dossiers:part", args=[application.pk, "project"])
    typed = {"goal": "Couture", "state": "in_progress", "revision": "0"}
    with clock.at(before):
        assert browser.get(part).status_code == 200
        assert browser.post(part, typed).status_code == 303
    with clock.at(after):
        assert browser.post(part, {**typed, "goal": "Trop tard", "revision": "1"}).status_code == 404
        assert browser.get(part).status_code == 404
    assert Part.objects.get(application=application, code="project").unseal()["goal"] == "Couture"
    worker, page = team.browser("REF"), reverse("support:dossier", args=[dossier.pk])
    with clock.at(before):
        assert "aujourd'hui" in said(worker.get(page))
    with clock.at(after):
        assert "depuis 1 jour" in said(worker.get(page))
    assert verify(records=True).status == 0


def said(page):
    return page.content.decode().replace("&#x27;", "'").replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize("name", ["short", "long"])
def test_the_window_of_a_meeting_ends_with_its_last_day(team, name):
    """Read at a second to midnight, not a second after: neither page, nor note, nor reading sheet."""
    before, after = midnight(NIGHTS[name])
    with clock.at(NIGHTS[name] - timedelta(days=40)):
        meeting, items = make_convened(team, days=25)
    assert meeting.window_ends_on == NIGHTS[name]
    member = team.browser("MEM")
    place, note = (reverse(f"commissions:{view}", args=[items[0].pk]) for view in ("item", "note"))
    with clock.at(before):
        assert member.get(place).status_code == 200
        assert member.post(note, {"note": "À relire", "wish": ""}).status_code == 303
    with clock.at(after):
        assert member.get(place).status_code == 404
        assert member.post(note, {"note": "Trop tard", "wish": ""}).status_code == 404
    assert Reading.objects.get().unseal()["note"] == "À relire"
