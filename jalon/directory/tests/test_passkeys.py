"""Passkeys: made, used to sign in, to confirm, demanded of some roles; every answer that proves nothing is refused."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jalon.accounts import recovery, totp
from jalon.accounts.tests.factories import PASSWORD, SECRET
from jalon.directory.tests.factories import browser, make_membership
from jalon.journal.models import Entry
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
UNKNOWN = "n&#x27;est pas reconnue"


@pytest.fixture(autouse=True)
def _localhost(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    cache.clear()


@pytest.fixture
def member():
    return make_membership("REF")


def local(client: Client) -> Client:
    client.defaults["SERVER_NAME"] = "localhost"
    return client


def add(client: Client, key: SoftPasskey, name: str = "account_passkeys"):
    options = client.post(reverse(name), {"begin": "1"}).json()
    return client.post(reverse(name), {"credential": key.make(options)})


def use(client: Client, key: SoftPasskey, name: str, **more):
    options = client.post(reverse(name), {"begin": "1"}).json()
    return client.post(reverse(name), {"credential": key.use(options), **more})


@pytest.fixture
def key(member):
    made = SoftPasskey()
    assert add(local(browser(member, stepped_up=True)), made).status_code == 303
    return made


def first_step(member, client: Client | None = None) -> Client:
    client = local(client or Client())
    login = member.user.profile["login"]
    client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    return client


def test_a_passkey_alone_signs_in_and_says_nothing_of_its_owner(member, key):
    client = local(Client())
    options = client.post(reverse("account_passkey_login"), {"begin": "1"}).json()
    assert options["publicKey"]["userVerification"] == "required"
    assert options["publicKey"].get("allowCredentials", []) == []
    answer = client.post(reverse("account_passkey_login"), {"credential": key.use(options), "next": "/functions/"})
    assert answer.url == "/functions/"
    actor = client.get("/functions/").wsgi_request.actor
    assert (actor.user_id, actor.stepped_up) == (member.user_id, False)
    assert key.handle.decode() == member.user_id
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert member.user.name not in kept
    assert member.user.profile["login"] not in kept
    assert Entry.objects.filter(verb="signed_in").count() == 1


def test_a_passkey_is_the_second_step_or_the_step_up(member, key):
    client = first_step(member)
    assert "data-passkey" in client.get(reverse("mfa_authenticate")).content.decode()
    assert use(client, key, "mfa_authenticate").url == "/"
    before = client.session.session_key
    assert use(client, key, "mfa_reauthenticate", next="/functions/").url == "/functions/"
    assert client.session.session_key != before
    assert client.get("/functions/").wsgi_request.actor.stepped_up


def test_what_proves_nothing_is_refused_and_journaled(member, key):
    url = reverse("account_passkey_login")

    def refused(wrong: str, client: Client) -> None:
        cache.clear()
        answer = client.post(url, {"credential": wrong})
        assert answer.status_code == 422, wrong[:80]
        assert UNKNOWN in answer.content.decode()
        assert "_auth_user_id" not in client.session

    client = local(Client())
    good = key.use(client.post(url, {"begin": "1"}).json())
    refused(good.replace('"userHandle"', '"nobody"'), client)
    refused(good, client)  # its challenge is spent
    elsewhere = (SoftPasskey("https://ailleurs.example"), SoftPasskey("http://ailleurs.localhost"))
    for forged in (SoftPasskey(), *elsewhere, SoftPasskey(verified=False)):
        forged.id, forged.handle, forged.counter = key.id, key.handle, 50
        if forged.origin != key.origin or not forged.verified:
            forged.key = key.key  # the true key, but on a false site, or without the person's gesture
        client = local(Client())
        refused(forged.use(client.post(url, {"begin": "1"}).json()), client)
    whole = json.loads(good)
    pieces = [
        {},
        [],
        1,
        "x",
        None,
        {"response": 1},
        {**whole, "response": {}},
        {**whole, "rawId": "é"},
        {"a": "b" * 20000},
    ]
    for wrong in (*map(json.dumps, pieces), "", "{", "[" * 5000, '{"id": "\\ud800"}'):
        client = local(Client())
        client.post(url, {"begin": "1"})
        refused(wrong, client)
    assert Entry.objects.filter(verb="sign_in", decision="refused", conditions="passkey").count() > 12


def test_a_copied_passkey_is_refused(member, key):
    client = local(Client())
    assert use(client, key, "account_passkey_login").status_code == 302
    for counter in (key.counter - 1, -1):  # gone back by one; to zero, as one that counts nothing
        key.counter = counter
        assert use(local(Client()), key, "account_passkey_login").status_code == 422


def test_a_passkey_opens_no_other_account_and_no_closed_one(member, key):
    other = make_membership("REF")
    mine = local(browser(other, stepped_up=True))
    assert use(mine, key, "mfa_reauthenticate").status_code == 422
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    assert use(local(Client()), key, "account_passkey_login").status_code == 422


def test_others_failures_do_not_shut_the_owner_of_a_passkey_out(member, key):
    for _ in range(12):
        Client().post(reverse("account_login"), {"login": member.user.profile["login"], "password": "faux"})
    assert use(local(Client()), key, "account_passkey_login").status_code == 302


def test_adding_and_removing_ask_for_step_up_and_leave_one_way(member, key):
    client = local(browser(member))
    url = reverse("account_passkeys")
    assert client.post(url, {"begin": "1"}).status_code == 403
    assert client.post(reverse("account_remove_passkey"), {"passkey": "1"}).status_code == 403
    client = local(browser(member, stepped_up=True))
    assert add(client, SoftPasskey(verified=False)).status_code == 422
    stranger = Authenticator.objects.filter(type="totp").exclude(user=member.user).values_list("pk", flat=True)
    for target in (*stranger, Authenticator.objects.get(user=member.user, type="totp").pk, "é"):
        client.post(reverse("account_remove_passkey"), {"passkey": target})
    assert Authenticator.objects.filter(user=member.user).count() == 2
    Authenticator.objects.filter(user=member.user, type="totp").delete()
    kept = Authenticator.objects.get(user=member.user)
    assert client.post(reverse("account_remove_passkey"), {"passkey": kept.pk}).status_code == 403
    assert add(client, SoftPasskey()).status_code == 303
    assert client.post(reverse("account_remove_passkey"), {"passkey": kept.pk}).status_code == 303
    assert not Authenticator.objects.filter(pk=kept.pk).exists()


def test_some_roles_enter_and_confirm_by_passkey_only(settings):
    settings.PASSKEY_ROLES = {"SEC"}
    member = make_membership("SEC")
    client = first_step(member)
    client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)})
    for url in ("/", "/comptes/", reverse("account_passkeys")):
        assert client.get(url).url == reverse("passkey_required")
    key = SoftPasskey()
    assert add(client, key, "passkey_required").url == reverse("mfa_view_recovery_codes")
    assert client.get("/functions/").wsgi_request.actor.role == "SEC"
    client.post(reverse("mfa_reauthenticate"), {"code": totp.current_code(SECRET, ahead=1)})
    assert not client.get("/functions/").wsgi_request.actor.stepped_up  # a code confirms nothing here
    for name in ("account_passkeys", "mfa_activate_totp", "account_change_password"):
        assert client.post(reverse(name), {"begin": "1"}).status_code == 403, name
    use(client, key, "mfa_reauthenticate")
    assert client.get("/functions/").wsgi_request.actor.stepped_up
    # Once there is one, a code does not make another; a recovery code does.
    Authenticator.objects.filter(user=member.user, type="totp").update(data=_unused(member))
    codes = recovery.generate(member.user)
    client = first_step(member)
    client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)})
    assert add_fails(client)
    assert use(client, key, "passkey_required").url == "/"
    elsewhere, client = client, first_step(member)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    stranger = Authenticator.objects.create(user=make_membership("REF").user, type="webauthn", data={})
    assert add(client, SoftPasskey(), "passkey_required").url == "/"
    # What was lost opens nothing any more: neither the former passkey nor the browsers that it had opened.
    assert Authenticator.objects.filter(user=member.user, type="webauthn").count() == 1
    assert Authenticator.objects.filter(pk=stranger.pk).exists()
    assert elsewhere.get("/functions/").status_code == 302
    assert client.get("/functions/").status_code == 200
    lost = local(Client())
    assert use(lost, key, "account_passkey_login").status_code == 422
    assert Entry.objects.filter(verb="replace_passkeys").count() == 2
    assert Entry.objects.filter(verb="add_passkey").count() == 2


def _unused(member):
    return {**Authenticator.objects.get(user=member.user, type="totp").data, "last_step": 0}


def add_fails(client: Client) -> bool:
    return "user" not in client.post(reverse("passkey_required"), {"begin": "1"}).json()["publicKey"]
