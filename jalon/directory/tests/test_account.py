"""Step-up, sessions, profile, password, the verbs of accounts."""

import time
from datetime import date, timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jalon.access import Actor, Refused
from jalon.accounts import actions, recovery, totp
from jalon.accounts.models import User, WebSession
from jalon.accounts.tests.factories import PASSWORD, SECRET, make_user, sign_in
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_membership("REF")


# --- step-up ------------------------------------------------------------------------------------------------
def test_step_up_comes_back_and_changes_the_session_key(member):
    client = browser(member)
    before = client.session.session_key
    url = reverse("mfa_reauthenticate")
    assert client.get(f"{url}?next=/functions/").status_code == 200
    answer = client.post(url, {"code": totp.current_code(SECRET), "next": "/functions/"})
    assert answer.status_code == 302
    assert answer.url == "/functions/"
    assert client.session.session_key != before
    assert client.get("/functions/").wsgi_request.actor.stepped_up
    assert Entry.objects.filter(verb="step_up", decision="allowed").count() == 1


def test_step_up_never_leaves_the_host(member):
    answer = browser(member).post(
        reverse("mfa_reauthenticate"), {"code": totp.current_code(SECRET), "next": "https://ailleurs.example/"}
    )
    assert answer.url == "/"


def test_a_password_alone_confirms_nothing(member):
    client = browser(member)
    for data in ({"password": PASSWORD}, {"password": PASSWORD, "code": ""}, {"code": PASSWORD}):
        assert client.post(reverse("mfa_reauthenticate"), {**data, "next": "/functions/"}).status_code == 422
    assert client.post("/comptes/confirmation/mot-de-passe/", {"password": PASSWORD}).status_code == 404
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] += [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    assert not client.get("/functions/").wsgi_request.actor.stepped_up


def test_a_wrong_step_up_says_so_and_is_journaled(member):
    client = browser(member)
    answer = client.post(reverse("mfa_reauthenticate"), {"code": "123456", "next": "/functions/"})
    assert answer.status_code == 422
    assert "/functions/" in answer.content.decode()
    assert not client.get("/functions/").wsgi_request.actor.stepped_up
    assert Entry.objects.filter(verb="step_up", decision="refused").count() == 1


def test_step_up_lasts_five_minutes_and_sign_in_is_not_one(member, monkeypatch):
    assert not browser(member).get("/functions/").wsgi_request.actor.stepped_up
    client = browser(member, stepped_up=True)
    assert client.get("/functions/").wsgi_request.actor.stepped_up
    real = time.time
    monkeypatch.setattr("jalon.accounts.stepup.time.time", lambda: real() + 301)
    assert not client.get("/functions/").wsgi_request.actor.stepped_up


# --- sessions -----------------------------------------------------------------------------------------------
def test_the_database_holds_no_cookie_value(member):
    client = browser(member)
    key = client.cookies["jalon"].value
    assert not WebSession.objects.filter(session_key=key).exists()
    assert WebSession.objects.filter(user_id=member.user_id).count() == 1


def test_list_and_end_another_browser(member):
    here, there = browser(member), browser(member)
    page = here.get(reverse("account")).content.decode()
    assert "Ce navigateur" in page
    other = WebSession.objects.exclude(session_data=WebSession.objects.order_by("started_at")[0].session_data)
    target = next(row.pk for row in WebSession.objects.all() if row.pk in page)
    assert other is not None
    assert here.post(reverse("account_end_session"), {"session": target}).status_code == 303
    assert there.get(reverse("account")).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert Entry.objects.filter(verb="end_session").count() == 1


def test_end_all_the_others_at_once(member):
    here, there, stranger = browser(member), browser(member), browser(make_membership("REF"))
    assert "Déconnecter tous les autres" in here.get(reverse("account")).content.decode()
    assert here.post(reverse("account_end_session")).status_code == 303
    assert [c.get(reverse("account")).status_code for c in (here, there, stranger)] == [200, 302, 200]
    assert Entry.objects.filter(verb="end_other_sessions").count() == 1


def test_nobody_ends_a_stranger_s_session(member):
    stranger = browser(make_membership("REF"))
    row = WebSession.objects.get()
    browser(member).post(reverse("account_end_session"), {"session": row.pk})
    assert stranger.get(reverse("account")).status_code == 200


def test_twenty_idle_minutes_end_a_session(member):
    client = browser(member)
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=21))
    assert client.get(reverse("account")).status_code == 302


def test_ten_idle_minutes_are_enough_while_a_sensitive_part_may_be_on_the_screen(member):
    for stepped_up, minutes, status in ((True, 11, 302), (True, 9, 200), (False, 11, 200)):
        client = browser(member, stepped_up=stepped_up)
        WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=minutes))
        assert client.get(reverse("account")).status_code == status
    # Once pages were asked for after the proof had lapsed, nothing sensitive is left open: twenty minutes again.
    client = browser(member, stepped_up=True)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= 3600
    session.save()
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=11))
    assert client.get(reverse("account")).status_code == 200


def test_a_commission_member_s_session_lasts_two_hours():
    for role, status in (("MEM", 302), ("REF", 200)):
        client = browser(make_membership(role))
        WebSession.objects.update(started_at=timezone.now() - timedelta(hours=2, minutes=1))
        assert client.get(reverse("account")).status_code == status


def test_being_used_keeps_a_session_but_not_beyond_ten_hours(member):
    client = browser(member)
    WebSession.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert client.get(reverse("account")).status_code == 200
    assert WebSession.objects.get().seen_at > timezone.now() - timedelta(seconds=30)
    WebSession.objects.update(started_at=timezone.now() - timedelta(hours=10, minutes=1))
    session = client.session
    session["x"] = 1
    session.save()
    assert client.get(reverse("account")).status_code == 302


def test_step_up_does_not_prolong_a_session(member):
    client = browser(member)
    started = timezone.now() - timedelta(hours=9, minutes=59)
    WebSession.objects.update(started_at=started)
    client.post(reverse("mfa_reauthenticate"), {"code": totp.current_code(SECRET), "next": "/functions/"})
    row = WebSession.objects.get()
    assert row.started_at == started
    assert row.expire_date == started + timedelta(hours=10)


def test_a_closed_account_loses_its_sessions_at_once(member):
    client = browser(member)
    keeper = actor_of(make_membership("ADM", organisation=member.organisation))
    actions.close_account(keeper, member.user)
    assert not WebSession.objects.filter(user_id=member.user_id).exists()
    assert client.get(reverse("account")).status_code == 302


def test_garbage_and_giant_cookies_are_nobody():
    for value in ("x", "é" * 10, "a" * 8000, "../../etc"):
        client = Client()
        client.cookies["jalon"] = value
        assert client.get(reverse("account")).status_code == 302


# --- profile and password -----------------------------------------------------------------------------------
def test_profile_is_sealed_and_its_form_is_strict(member):
    client = browser(member)
    given = {"name": "Ève Lacroix", "phone": "", "language": "en", "density": "compact"}
    answer = client.post(reverse("account"), given)
    assert answer.status_code == 303
    assert answer.cookies["langue"].value == "en"
    user = User.objects.get(pk=member.user_id)
    assert (user.name, user.language, user.density) == ("Ève Lacroix", "en", "compact")
    bad = client.post(reverse("account"), {**given, "name": "", "phone": "un numéro"})
    assert bad.status_code == 422
    assert "un numéro" in bad.content.decode()
    assert User.objects.get(pk=member.user_id).name == "Ève Lacroix"


def test_changing_the_password_ends_the_other_browsers(member):
    here, there = browser(member, stepped_up=True), browser(member)
    url = reverse("account_change_password")
    for bad in ({"current": "faux"}, {"new": "court"}, {"new": "motdepassemotdepasse" * 60}):
        assert here.post(url, {"current": PASSWORD, "new": "une autre longue phrase", **bad}).status_code == 422
    assert here.post(url, {"current": PASSWORD, "new": "une autre longue phrase"}).status_code == 303
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302


def test_changing_the_password_asks_for_step_up(member):
    client = browser(member)
    url = reverse("account_change_password")
    assert client.get(url).status_code == 403
    assert client.post(url, {"current": PASSWORD, "new": "une autre longue phrase"}).status_code == 403
    assert User.objects.get(pk=member.user_id).check_password(PASSWORD)


def test_the_first_recovery_codes_are_no_way_around_step_up(member):
    """A stolen browser must not make codes and confirm its identity with one of them."""
    client = browser(member)
    assert recovery.left(member.user) == 0
    assert client.post(reverse("mfa_view_recovery_codes")).status_code == 403
    assert recovery.left(member.user) == 0


def test_new_recovery_codes_ask_for_step_up(member):
    recovery.generate(member.user)
    url = reverse("mfa_view_recovery_codes")
    assert browser(member).post(url).status_code == 403
    assert browser(member, stepped_up=True).post(url).status_code == 200
    assert "10" in browser(member).get(url).content.decode()


# --- verbs --------------------------------------------------------------------------------------------------
def test_who_opens_and_who_changes_accounts(member):
    actor = actor_of(member)
    with pytest.raises(Refused):
        actions.create_account(actor, login="a@b.example", name="A", ends_on=date(2099, 1, 1))
    other = make_user()
    for act in (
        lambda: actions.update_profile(actor, other, name="A", phone="", language="fr", density="confort"),
        lambda: actions.change_password(actor, other, new="une phrase assez longue"),
        lambda: actions.renew_recovery_codes(actor, other),
        lambda: actions.enrol_second_factor(actor, other, secret=SECRET, step=1),
        lambda: actions.end_session(actor, other, session="x"),
        lambda: actions.close_account(actor, other),
        lambda: actions.reset_second_factor(actor, other),
    ):
        with pytest.raises(Refused):
            act()


def test_reset_second_factor_leads_to_a_new_set_up(member):
    actions.reset_second_factor(Actor("x", "ADM", member.organisation_id), member.user)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": member.user.profile["login"], "password": PASSWORD})
    assert answer.url == reverse("mfa_activate_totp")


def test_ends_on_is_inclusive(member):
    user = make_user(ends_on=date(2099, 3, 31))
    with clock.at(date(2099, 3, 31)):
        assert user.is_open()
    with clock.at(date(2099, 4, 1)):
        assert not user.is_open()


def test_a_session_of_the_former_password_is_refused(member):
    client = sign_in(Client(), member.user)
    member.user.set_password("tout autre phrase longue")
    member.user.save(update_fields=["password"])
    assert client.get(reverse("account")).status_code == 302
