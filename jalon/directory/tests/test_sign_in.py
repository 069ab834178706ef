"""Signing in over HTTP, as a plain client does: login and password, code, home."""

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.accounts import actions, totp
from jalon.accounts.adapter import AccountAdapter
from jalon.accounts.models import User, WebSession
from jalon.accounts.tests.factories import PASSWORD, SECRET, make_user, sign_in
from jalon.config import clock
from jalon.directory.tests.factories import make_membership
from jalon.journal.models import Entry

pytestmark = pytest.mark.django_db

LOGIN = "ts-essai@demo.example"
SENTENCE = "Adresse ou code incorrect. Réessayez."


@pytest.fixture(autouse=True)
def _no_attempt_counted():
    cache.clear()


@pytest.fixture
def member():
    return make_membership("REF", user=make_user(login=LOGIN, name="Maïwenn Tardivel-Roc"))


def token(page) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode()).group(1)


def post(client: Client, url: str, **data):
    """Read the form, then send it with its token, as the contract of the demonstration says."""
    page = client.get(url)
    return client.post(url, {**data, "csrfmiddlewaretoken": token(page)})


def first_step(client: Client, login: str = LOGIN, password: str = PASSWORD):
    return post(client, reverse("account_login"), login=login, password=password)


def walk_in(client: Client, ahead: int = 0):
    first_step(client)
    return post(client, reverse("mfa_authenticate"), code=totp.current_code(SECRET, ahead=ahead))


def test_login_then_code_then_home(member):
    client = Client(enforce_csrf_checks=True)
    answer = first_step(client, login=f"  {LOGIN.upper()} ")
    assert answer.status_code == 302
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302  # one factor opens nothing
    answer = post(client, answer.url, code=totp.current_code(SECRET))
    assert answer.status_code == 302
    assert answer.url == "/"
    assert client.get("/comptes/").status_code == 200
    verbs = list(Entry.objects.order_by("seq").values_list("verb", flat=True))[-2:]
    assert verbs == ["second_factor", "signed_in"]


def test_nothing_typed_is_kept_in_clear(member):
    walk_in(Client())
    row = User.objects.get(pk=member.user_id)
    session = WebSession.objects.get(user_id=row.pk)
    kept = " ".join(str(value) for value in row.__dict__.values()) + session.session_data + session.session_key
    kept += str(list(Authenticator.objects.values_list("data", flat=True))) + str(list(Entry.objects.values()))
    for secret in (LOGIN, "ts-essai", "Tardivel", SECRET, PASSWORD):
        assert secret not in kept
    assert row.profile["login"] == LOGIN
    assert row.name == "Maïwenn Tardivel-Roc"
    assert row.initials == "MR"
    assert str(row) == f"user {row.pk}"


def test_session_payload_holds_no_login(member):
    client = Client()
    walk_in(client)
    assert LOGIN not in str(dict(client.session))


@pytest.mark.parametrize("wrong", ["unknown", "password", "inactive", "ended", "code"])
def test_every_failure_says_the_same(member, wrong):
    client = Client()
    user = member.user
    if wrong == "inactive":
        actions.close_account(SYSTEM, user)
    if wrong == "ended":
        User.objects.filter(pk=user.pk).update(ends_on=date(2020, 1, 1))
    login = "personne@demo.example" if wrong == "unknown" else LOGIN
    answer = first_step(client, login=login, password="mauvais mot de passe" if wrong == "password" else PASSWORD)
    if wrong == "code":
        answer = post(client, answer.url, code="000000")
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert Entry.objects.filter(decision="refused").count() == 1


def test_unknown_account_costs_a_hash_too(member, monkeypatch):
    calls = []
    monkeypatch.setattr("jalon.accounts.backends.make_password", calls.append)
    first_step(Client(), login="personne@demo.example")
    assert calls == [PASSWORD]


def test_a_code_opens_once(member):
    assert walk_in(Client()).status_code == 302
    answer = walk_in(Client())
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert walk_in(Client(), ahead=1).status_code == 302  # the next one does


def test_too_many_failures_close_the_door_for_known_and_unknown_alike(member):
    for login in (LOGIN, "personne@demo.example"):
        cache.clear()
        for _ in range(10):
            first_step(Client(), login=login, password="mauvais mot de passe")
        answer = first_step(Client(), login=login, password=PASSWORD)
        assert answer.status_code == 422
        assert "Trop d&#x27;essais" in answer.content.decode()
        first_step(Client(), login=login, password=PASSWORD)
    assert Entry.objects.filter(verb="sign_in", conditions="too_many").count() == 2


def test_each_failure_from_the_third_makes_wait_longer(member, monkeypatch):
    start, late = clock.machine(), [0.0]
    monkeypatch.setattr("jalon.accounts.delays.clock.machine", lambda: start + timedelta(seconds=late[0]))
    for _ in range(3):
        first_step(Client(), password="mauvais mot de passe")
    assert first_step(Client()).status_code == 422  # one second, right password or not
    assert first_step(Client(), login="personne@demo.example").status_code == 422
    late[0] = 1.1
    first_step(Client(), password="mauvais mot de passe")
    late[0] = 2.2
    assert first_step(Client()).status_code == 422  # now two
    late[0] = 3.3
    assert first_step(Client()).status_code == 302


def test_a_third_browser_ends_the_first_and_one_is_all_for_a_commission(member):
    first, second, third = Client(), Client(), Client()
    for ahead, client in ((-1, first), (0, second), (1, third)):
        walk_in(client, ahead)
    assert [c.get("/comptes/").status_code for c in (first, second, third)] == [302, 200, 200]
    make_membership("PRE", user=member.user)
    Authenticator.objects.update(data={**Authenticator.objects.get().data, "last_step": 0})
    walk_in(first)
    assert [c.get("/comptes/").status_code for c in (first, second, third)] == [200, 302, 302]


def test_another_application_takes_the_place_of_the_first(member):
    client = Client()
    walk_in(client)
    url = reverse("mfa_activate_totp")
    assert client.get(url).status_code == 403
    client = sign_in(client, member.user, stepped_up=True)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(url).content.decode()).group(1).replace(" ", "")
    assert client.post(url, {"code": totp.current_code(SECRET, ahead=1)}).status_code == 422
    assert client.post(url, {"code": totp.current_code(secret)}).status_code == 303
    assert Authenticator.objects.filter(user=member.user, type="totp").count() == 1
    other = Client()
    first_step(other)
    assert post(other, reverse("mfa_authenticate"), code=totp.current_code(SECRET, ahead=1)).status_code == 422
    assert post(other, reverse("mfa_authenticate"), code=totp.current_code(secret, ahead=1)).status_code == 302


def test_invented_logins_do_not_fill_the_trail(member):
    for number in range(40):
        first_step(Client(), login=f"personne-{number}@demo.example", password="mauvais mot de passe")
    assert Entry.objects.filter(verb="sign_in", conditions="password").count() == 30
    assert Entry.objects.filter(verb="sign_in", conditions="too_many").count() == 1


def test_behind_a_proxy_the_limit_is_that_of_the_browser_s_address(member, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(31):
        Client(headers={"X-Forwarded-For": "203.0.113.9"}).post(
            reverse("account_login"), {"login": f"personne-{number}@demo.example", "password": "mauvais mot de passe"}
        )
    shut = Client(headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert shut.post(reverse("account_login"), {"login": LOGIN, "password": PASSWORD}).status_code == 422
    other = Client(headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
    assert other.post(reverse("account_login"), {"login": LOGIN, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(address, counted, rf):
    assert AccountAdapter().get_client_ip(rf.get("/", REMOTE_ADDR=address)) == counted


def test_many_accounts_sign_in_from_one_address(member):
    for _ in range(12):
        assert first_step(Client()).status_code == 302


def test_next_goes_only_to_this_host(member):
    url = reverse("account_login")
    for target, expected in (
        ("/functions/", "/functions/"),
        ("https://ailleurs.example/x", "/"),
        ("//ailleurs.example", "/"),
    ):
        cache.clear()
        Authenticator.objects.update(data={**Authenticator.objects.get().data, "last_step": 0})
        client = Client()
        client.post(f"{url}?next={target}", {"login": LOGIN, "password": PASSWORD})
        answer = client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)})
        assert answer.url == expected


def test_login_page_while_the_code_is_awaited_leads_to_the_code_and_can_be_left(member):
    client = Client()
    first_step(client)
    assert client.get(reverse("account_login")).url == reverse("mfa_authenticate")
    client.post(reverse("account_logout"))
    assert client.get(reverse("account_login")).status_code == 200


@pytest.mark.parametrize("what", ["password", "link", "stopped", "closed"])
def test_a_first_step_does_not_outlive_the_password_it_was_done_with(member, what):
    """Somebody has the password and waits for a code; meanwhile it is changed, taken back, or the account stopped."""
    client, user = Client(), member.user
    first_step(client)
    if what == "password":
        user.set_password("une autre phrase assez longue")
        user.save()
    else:
        acts = {"link": actions.invite, "stopped": actions.suspend, "closed": actions.close_account}
        acts[what](SYSTEM, user)
    answer = client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)})
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    assert client.get(reverse("account_login")).status_code == 200
    assert not WebSession.objects.filter(user_id=user.pk).exists()


def test_sign_out_is_a_post(member):
    client = Client()
    walk_in(client)
    assert client.get(reverse("account_logout")).status_code == 405
    answer = client.post(reverse("account_logout"))
    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert client.get("/comptes/").status_code == 302
    assert not WebSession.objects.filter(user_id=member.user_id).exists()
    assert Entry.objects.filter(verb="signed_out").count() == 1


def test_first_sign_in_sets_up_the_second_factor_before_anything_else():
    member = make_membership("REF", user=make_user(login=LOGIN, totp_secret=None))
    client = Client()
    answer = first_step(client)
    assert answer.url == reverse("mfa_activate_totp")
    for url in ("/comptes/", "/functions/", reverse("mfa_view_recovery_codes")):
        assert client.get(url).url == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert "data:image/svg+xml" in page
    assert secret not in WebSession.objects.get(user_id=member.user_id).session_data
    assert secret not in str(dict(client.session))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    answer = client.post(reverse("mfa_activate_totp"), {"code": totp.current_code(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", client.post(answer.url).content.decode())
    assert len(set(codes)) == 10
    assert codes[0] not in str(list(Authenticator.objects.values_list("data", flat=True)))
    # The code that set it up is used; a recovery code opens the next sign-in, once.
    other = Client()
    first_step(other)
    assert post(other, reverse("mfa_authenticate"), code=totp.current_code(secret)).status_code == 422
    assert post(other, reverse("mfa_authenticate"), code=codes[3].upper()).status_code == 302
    again = Client()
    first_step(again)
    assert post(again, reverse("mfa_authenticate"), code=codes[3]).status_code == 422


def test_a_browser_left_with_one_factor_starts_again_once_the_second_is_set_elsewhere(member):
    client = sign_in(Client(), member.user, second_factor=False)
    assert client.get("/comptes/").url == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).url == reverse("account_login")
    assert client.get(reverse("account_login")).status_code == 200
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).url == reverse("account_login")


def test_a_secret_moved_to_another_account_opens_nothing(member):
    other = make_membership("REF", user=make_user())
    data = Authenticator.objects.get(user=other.user).data
    Authenticator.objects.filter(user=member.user).update(data=data)
    client = Client(raise_request_exception=False)
    first_step(client)
    answer = client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)})
    assert answer.status_code != 302


def test_signup_mail_and_reset_have_no_address():
    for path in ("signup/", "email/", "password/reset/", "2fa/", "login/code/", "confirm-email/", "inactive/"):
        assert Client().get(f"/comptes/{path}").status_code in {302, 404}
        assert Client().post(f"/comptes/{path}").status_code in {302, 403, 404}


def test_a_member_already_signed_in_is_sent_home(member):
    client = sign_in(Client(), member.user)
    assert client.get(reverse("account_login")).url == "/"
