"""What was typed is not lost when the session or the proof of identity lapses before the form is sent."""

import re
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.urls import ResolverMatch, resolve, reverse
from django.utils import timezone

from jalon.access import screen
from jalon.access.models import BreakGlass
from jalon.accounts import kept, totp
from jalon.accounts.actions import STAFF
from jalon.accounts.models import KeptForm, WebSession
from jalon.accounts.tests.factories import PASSWORD, SECRET
from jalon.journal.models import Entry
from jalon.people import actions
from jalon.people.tests.factories import make_prepared, make_team

pytestmark = pytest.mark.django_db
KEPT = reverse("account_kept_form")
REASON = "Elle ne répond plus depuis hier soir, CanariTexte."


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def place(team):
    cache.clear()
    return reverse("people:breakglass", args=[make_prepared(team).pk])


def resent(client: Client) -> dict[str, str]:
    page = client.get(KEPT).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(category|reason|revision)" value="([^"]*)">', page))


def sign_in_again(client: Client, team) -> str:
    login = team.mgr.user.profile["login"]
    client.post(reverse("account_login"), {"login": login, "password": PASSWORD, "next": KEPT})
    return client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)}).url


def test_a_session_that_ended_while_writing_keeps_the_text_for_its_owner_only(team, place):
    client = team.browser("MGR", stepped_up=True)
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=21))
    answer = client.post(place, {"category": "danger", "reason": REASON, "revision": "3"})
    assert answer.url == f"{reverse('account_login')}?next=/comptes/texte-garde/"
    assert b"CanariTexte" not in bytes(KeptForm.objects.get().sealed)
    assert client.cookies[kept.COOKIE]["httponly"]
    assert client.cookies[kept.COOKIE].value not in str(list(KeptForm.objects.values()))
    assert sign_in_again(client, team) == KEPT
    assert client.get(KEPT).status_code == 403  # it is about somebody: signing in is not enough
    # Neither another person, nor another browser of the same one, sees it or throws it away.
    elsewhere = team.browser("MGR", stepped_up=True)
    for other in (team.browser("DPO", stepped_up=True), elsewhere):
        assert resent(other) == {}
        assert other.post(KEPT).status_code == 303
    planted = Client()
    planted.cookies[kept.COOKIE] = "x" * 43
    planted.cookies["jalon"] = elsewhere.cookies["jalon"].value
    assert resent(planted) == {}
    where = f"{reverse('mfa_reauthenticate')}"
    assert client.post(where, {"code": totp.current_code(SECRET, ahead=1), "next": KEPT}).url == KEPT
    page = client.get(KEPT).content.decode()
    assert f"<code>{place}</code>" in page
    for name, value in (("category", "danger"), ("reason", REASON), ("revision", "3")):  # whole, before it is sent
        assert re.search(rf"<dt>{name}</dt>\s*<dd>(<p>)?{value}", page)
    assert Entry.objects.filter(verb="read_kept_form", compartment="C15", actor__gt="").count() == 1
    assert client.post(place, resent(client)).status_code == 303
    assert BreakGlass.objects.count() == 1
    assert not KeptForm.objects.exists()
    assert "Aucun texte" in client.get(KEPT).content.decode()


def test_a_lapsed_proof_of_identity_leads_back_to_the_text(team, place):
    client = team.browser("MGR")
    page = client.post(place, {"category": "danger", "reason": REASON})
    assert page.status_code == 403
    assert f"{reverse('mfa_reauthenticate')}?next={KEPT}" in page.content.decode()
    assert client.get(KEPT).status_code == 403
    client.post(reverse("mfa_reauthenticate"), {"code": totp.current_code(SECRET), "next": KEPT})
    assert resent(client)["reason"] == REASON
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 301
    session.save()
    assert client.get(KEPT).status_code == 403  # whoever finds the screen an hour later does not read it
    assert client.post(KEPT).status_code == 303  # thrown away
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        (reverse("dossiers:keep", args=["x", "health"]), False),
        (reverse("journeys:simulator"), False),
        (reverse("people:withdraw", args=["x"]), True),
        (reverse("account_login"), False),
    ],
)
def test_which_forms_wait_under_the_staff_key(team, url, is_kept):
    assert (kept.under(resolve(url), team.ref.user_id, QueryDict()) == STAFF) is is_kept


def test_no_view_of_a_sensitive_compartment_keeps_its_form_under_the_staff_key():
    """What these compartments hold goes with its own key: a view says whose, or keeps nothing."""
    for compartment in ("C3", "C4", "C5", "C6", "C9", "C11"):
        view = screen(compartment, "edit")(lambda request: None)
        assert kept.under(ResolverMatch(view, (), {}), "x", QueryDict()) is None


def test_an_address_shown_still_opens_to_this_function(team):
    manager, adviser = team.actor("MGR"), team.actor("EMP")
    path = reverse("people:breakglass", args=["x"])
    assert kept.shown_to(manager, {"path": f"{path}?a=b", "fields": []})[1] == ["x"]
    assert kept.shown_to(adviser, {"path": path, "fields": []}) is None
    assert kept.shown_to(manager, {"path": "/nowhere/", "fields": []}) is None


def test_what_is_not_kept(team, place):
    stranger = Client()
    stranger.cookies["jalon"] = "x" * 32
    stranger.post(place, {"reason": REASON})  # nobody's session
    client = team.browser("MGR")
    client.get(place)
    client.post(reverse("account_change_password"), {"current": PASSWORD, "new": "une autre longue phrase"})
    client.post(place, {"reason": "  "})
    client.post(place, {"reason": "a" * 400_001})
    assert not KeptForm.objects.exists()
    client.post(place, {"category": "danger", "reason": REASON})
    KeptForm.objects.update(kept_at=timezone.now() - timedelta(hours=25))
    assert resent(client) == {}
    team.browser("DPO").post(place, {"category": "danger", "reason": REASON})  # 404: not hers
    assert KeptForm.objects.count() == 1
    closed = team.browser("MGR")
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=21))
    KeptForm.objects.all().delete()
    team.mgr.user.is_active = False
    team.mgr.user.save(update_fields=["is_active"])
    closed.post(place, {"category": "danger", "reason": REASON})
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("name", ["people:identity", "people:contact", "people:assign"])
def test_no_text_of_any_screen_survives_the_withdrawal_of_her_agreement(team, name):
    cache.clear()
    dossier = make_prepared(team)
    args = [dossier.pk, "delegate"] if name == "people:assign" else [dossier.pk]
    client, manager, stranger = team.browser("REF"), team.browser("MGR"), make_team("31", "Voisine").browser("REF")
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=21))
    for browser in (client, manager, stranger):
        browser.post(reverse(name, args=args), {"alias": "CanariTexte"})
    assert KeptForm.objects.count() == 3
    actions.withdraw_agreement(team.actor("REF"), dossier)
    left = KeptForm.objects.get()  # the neighbour's is about nobody here
    assert left.user_id not in {team.ref.user_id, team.mgr.user_id}
    assert Entry.objects.filter(verb="drop_form", count=2).count() == 1
