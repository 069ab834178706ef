"""An account opens by a link that serves once; a keeper helps, signs out or closes; nobody is named in the message."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jalon.access import Refused
from jalon.accounts import actions as accounts
from jalon.accounts.models import Invitation, User, WebSession
from jalon.accounts.tests.factories import PASSWORD
from jalon.config import clock
from jalon.directory import actions
from jalon.directory.models import Membership
from jalon.directory.tests.factories import actor_of, browser, make_membership, make_organisation
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db
INVITE = reverse("directory:invite_member")
LOGIN = "nouvelle@association.example"
GIVEN = {"name": "Ombeline Castagnède", "login": LOGIN, "role": "REF", "ends_on": "31/12/2098", "checked": "on"}


@pytest.fixture(autouse=True)
def _fresh(settings):
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def keeper():
    return make_membership("ADM")


def link(capture, act) -> str:
    """The address that leaves by mail after this act."""
    with capture(execute=True):
        act()
    message = mail.outbox[-1]
    assert message.to == [LOGIN]
    assert message.subject == "Une tâche vous attend"
    whole = message.message().as_string()
    for word in ("Castagn", "Ombeline", "PSP", "prostitution", "Organisme"):
        assert word not in whole.replace(f"To: {LOGIN}", "")
    return re.search(r"(/comptes/invitation/\S+)", message.body).group(1)


def test_from_the_invitation_to_the_first_page(keeper, django_capture_on_commit_callbacks):
    here = browser(keeper, stepped_up=True)
    address = link(django_capture_on_commit_callbacks, lambda: here.post(INVITE, GIVEN))
    user = User.objects.exclude(pk=keeper.user_id).get()
    held = Membership.objects.get(user=user)
    assert (held.role, held.organisation_id, str(held.ends_on)) == ("REF", keeper.organisation_id, "2098-12-31")
    assert str(user.ends_on) == "2098-12-31"
    assert not user.has_usable_password()
    secret = address.rsplit("/", 2)[1]
    assert len(secret) == 22
    assert secret not in str(list(Invitation.objects.values())) + str(list(Entry.objects.values()))
    client = Client()
    assert client.get(address).status_code == 200  # reading it does not use it
    for wrong in ({"new": "court"}, {"login": ""}, {"login": "autre@association.example"}):
        answer = client.post(address, {"login": LOGIN, "new": "une phrase toute neuve", **wrong})
        assert answer.status_code == 422
    assert client.post(address, {"login": LOGIN.upper(), "new": "une phrase toute neuve"}).status_code == 303
    assert client.get(address).status_code == 410
    assert client.post(address, {"login": LOGIN, "new": "encore une autre phrase"}).status_code == 410
    answer = client.post(reverse("account_login"), {"login": LOGIN, "password": "une phrase toute neuve"})
    assert answer.url == reverse("mfa_activate_totp")
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"invite", "accept_invitation", "create_account", "grant_membership"} <= verbs


def test_a_link_dies_of_age_of_tries_of_another_link_and_with_the_account(keeper, django_capture_on_commit_callbacks):
    here = browser(keeper, stepped_up=True)
    first = link(django_capture_on_commit_callbacks, lambda: here.post(INVITE, GIVEN))
    client = Client()
    unknown = client.get(reverse("account_invitation", args=["A" * 22]))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    over = client.get(first)
    assert over.status_code == unknown.status_code == 410
    assert over.context["request"].path != unknown.context["request"].path
    assert [t.name for t in over.templates] == [t.name for t in unknown.templates]
    user = User.objects.exclude(pk=keeper.user_id).get()
    account = reverse("directory:account", args=[user.memberships.get().pk])
    second = link(django_capture_on_commit_callbacks, lambda: here.post(account, {"verb": "invite"}))
    assert client.get(first).status_code == 410
    for _ in range(5):
        client.post(second, {"login": "autre@association.example", "new": "une phrase toute neuve"})
    assert client.post(second, {"login": LOGIN, "new": "une phrase toute neuve"}).status_code == 410
    third = link(django_capture_on_commit_callbacks, lambda: here.post(account, {"verb": "invite"}))
    assert here.post(account, {"verb": "close"}).status_code == 303
    assert client.get(third).status_code == 410
    assert not Invitation.objects.exists()
    with pytest.raises(Refused):
        accounts.invite(actor_of(keeper), User.objects.get(pk=user.pk))


def test_closing_stops_sessions_at_once(keeper):
    member = make_membership("REF", organisation=keeper.organisation)
    there, account = browser(member), reverse("directory:account", args=[member.pk])
    here = browser(keeper, stepped_up=True)
    assert here.post(account, {"verb": "sessions"}).status_code == 303
    assert there.get("/functions/").status_code == 302
    there = browser(member)
    assert here.post(account, {"verb": "close"}).status_code == 303
    assert there.get("/functions/").status_code == 302
    assert not WebSession.objects.filter(user_id=member.user_id).exists()
    closed = Entry.objects.get(verb="close_account")
    assert closed.count == 1


def test_a_new_link_voids_the_password_and_the_codes(keeper, django_capture_on_commit_callbacks):
    member = make_membership("REF", organisation=keeper.organisation)
    with django_capture_on_commit_callbacks(execute=True):
        browser(keeper, stepped_up=True).post(reverse("directory:account", args=[member.pk]), {"verb": "invite"})
    login = member.user.profile["login"]
    answer = Client().post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert answer.status_code == 422
    assert mail.outbox[-1].to == [login]
    assert not member.user.authenticator_set.exists()


def test_who_invites_what_and_whom(keeper, django_capture_on_commit_callbacks):
    assert browser(keeper).post(INVITE, GIVEN).status_code == 403  # step-up
    here = browser(keeper, stepped_up=True)
    page = here.get(INVITE).content.decode()
    assert "Secrétariat de la commission" not in page
    past = (clock.today() - timedelta(days=1)).strftime("%d/%m/%Y")
    wrongs = ({"role": "SEC"}, {"ends_on": ""}, {"ends_on": past}, {"checked": ""}, {"login": "pas une adresse"})
    for wrong in wrongs:
        answer = here.post(INVITE, {**GIVEN, **wrong})
        assert answer.status_code == 422, wrong
        assert "Castagn" in answer.content.decode()  # what was typed is kept
    for role in ("MGR", "DPO"):  # named by the operator only
        assert here.post(INVITE, {**GIVEN, "role": role}).status_code == 422
    own = {**GIVEN, "login": keeper.user.profile["login"].upper()}
    answer = here.post(INVITE, own)
    assert (answer.status_code, "votre propre adresse" in answer.content.decode()) == (422, True)
    assert not Entry.objects.filter(decision="refused", conditions__contains="taken").exists()
    manager = make_membership("MGR", organisation=keeper.organisation)
    officer = make_membership("DPO", organisation=keeper.organisation)
    account = browser(manager, stepped_up=True).get(reverse("directory:account", args=[officer.pk])).content.decode()
    assert "exploitant" in account
    assert 'name="verb"' not in account
    assert User.objects.count() == 3
    for role in ("REF", "EMP", "MEM", "PRE", "STA", "OPS"):
        stranger = browser(make_membership(role), stepped_up=True)
        assert stranger.post(INVITE, GIVEN).status_code == 404
    other = make_membership("REF")
    place = reverse("directory:account", args=[other.pk])
    for answer in (here.get(place), here.post(place, {"verb": "close"})):
        assert answer.status_code == 404
    own = reverse("directory:account", args=[keeper.pk])
    assert here.post(own, {"verb": "close"}).status_code == 403
    assert here.post(own, {"verb": "eat"}).status_code == 400
    assert actor_of(keeper).user_id == User.objects.get(pk=keeper.user_id, is_active=True).pk


def test_an_address_that_is_taken_says_nothing_to_the_keeper_and_a_list_of_them_is_not_tried(
    keeper, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invite": "2/h/user"}
    here, elsewhere = browser(keeper, stepped_up=True), make_membership("EMP")
    taken = {**GIVEN, "login": elsewhere.user.profile["login"]}
    with django_capture_on_commit_callbacks(execute=True):
        free = here.post(INVITE, GIVEN)
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post(INVITE, taken)
    where = reverse("directory:memberships")
    for one in (free, answer):
        assert (one.status_code, one.headers["Location"]) == (303, where)
    shown = here.get(where).content.decode()
    names = re.findall(rf'<th scope="row"[^>]*>.*?{GIVEN["name"]}', shown)
    assert len(names) == 2  # two accounts that wait, alike
    assert elsewhere.user.name not in shown
    assert here.post(INVITE, taken).status_code == 429
    assert Entry.objects.filter(verb="create_account", decision="refused", conditions__contains="taken").count() == 1
    link, notice = mailoutbox
    assert (notice.subject, notice.to) == (link.subject, [elsewhere.user.email])
    assert "/invitation/" not in notice.body
    said = browser(elsewhere).get(reverse("account") + "?deja=1").content.decode()
    assert "a déjà un compte" in said
    waiting = [held.user for held in Membership.objects.filter(role=GIVEN["role"], organisation=keeper.organisation)]
    assert [user.profile.get("twin") for user in waiting if "twin" in user.profile] == [elsewhere.user_id]
    assert not any(user.has_usable_password() for user in waiting)
    other = browser(make_membership("ADM"), stepped_up=True)
    assert other.post(INVITE, {**GIVEN, "ends_on": ""}).status_code == 422  # each keeper has her own count


def test_the_secretariat_invites_a_member_who_works_elsewhere(django_capture_on_commit_callbacks):
    secretary = make_membership("SEC", department="31")
    town = make_organisation("town", "Commune d'essai", "31")
    given = {**GIVEN, "role": "MEM", "organisation": town.pk, "college": "communes"}
    link(django_capture_on_commit_callbacks, lambda: browser(secretary, stepped_up=True).post(INVITE, given))
    held = Membership.objects.get(role="MEM")
    assert (held.organisation_id, held.department, held.college) == (town.pk, "31", "communes")
    elsewhere = make_organisation("town", "Commune d'ailleurs", "34")
    answer = browser(secretary, stepped_up=True).post(INVITE, {**given, "organisation": elsewhere.pk})
    assert answer.status_code == 422
    with pytest.raises(Refused):
        actions.end_sessions_of(actor_of(secretary, stepped_up=True), make_membership("REF").user)
