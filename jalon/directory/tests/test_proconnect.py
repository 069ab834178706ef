"""The contract with ProConnect, against a provider on this machine that signs, lies or breaks as each case asks."""

import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jalon.accounts import totp
from jalon.accounts.models import User
from jalon.accounts.tests.factories import SECRET
from jalon.directory.tests.factories import browser, make_membership
from jalon.journal.models import Entry
from tests.provider import CLIENT, Provider, new_key
from tests.provider import SECRET as CLIENT_SECRET

pytestmark = pytest.mark.django_db
START, BACK = reverse("account_proconnect"), reverse("account_proconnect_back")


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    cache.clear()
    running.claims, running.signing = {}, {}
    settings.PROCONNECT_ISSUER, settings.PROCONNECT_SCHEMES = running.issuer, {"http"}
    settings.PROCONNECT_CLIENT, settings.PROCONNECT_SECRET = CLIENT, CLIENT_SECRET
    return running


@pytest.fixture
def member(provider):
    member = make_membership("SEC")
    client = browser(member, stepped_up=True)
    assert client.post(BACK, provider.authorise(client.get(START).url))["Location"] == reverse("account")
    return member


def come_back(client: Client, provider: Provider, **changed):
    return client.post(BACK, {**provider.authorise(client.get(START).url), **changed})


def test_in_place_of_the_password_and_never_of_the_second_factor(provider, member):
    client = Client()
    started = client.get(START)
    assert started.url.startswith(f"{provider.issuer}/authorize?")
    cookie = client.cookies["proconnect"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)
    given = provider.authorise(started.url)
    page = client.get(BACK, given)  # from another site: only a page with one button
    assert (page.status_code, given["code"] in page.content.decode()) == (200, True)
    assert "_auth_user_id" not in client.session
    assert client.post(BACK, given).url == reverse("mfa_authenticate")
    assert client.get("/functions/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": totp.current_code(SECRET)}).url == "/"
    assert client.get("/functions/").wsgi_request.actor.user_id == member.user_id
    assert "agent-31" not in str(User.objects.filter(pk=member.user_id).values())
    assert {"link_proconnect", "signed_in"} <= set(Entry.objects.values_list("verb", flat=True))
    assert client.post(BACK, given).status_code == 422  # a code and its errand serve once


def test_what_does_not_prove_who_comes_opens_nothing(provider, member):
    now = int(time.time())
    lies = [
        {"iss": "https://ailleurs.example"},
        {"aud": "un autre"},
        {"exp": now - 120},
        {"nonce": "autre"},
        {"acr": "eidas0"},
        {"auth_time": now - 4000},
        {"auth_time": now + 4000},
        {"sub": "inconnu"},
        *({name: None} for name in ("exp", "iat", "nonce", "acr", "auth_time", "sub", "aud", "iss")),
    ]
    forged = [
        {"key": "x" * 32, "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
        {"kid": "inconnue"},
    ]
    for claims, signing in [*((lie, {}) for lie in lies), *(({}, how) for how in forged)]:
        provider.claims, provider.signing = claims, signing
        client = Client()
        answer = come_back(client, provider)
        assert answer.status_code == 422, (claims, signing)
        assert "_auth_user_id" not in client.session
        assert reverse("mfa_authenticate") not in answer.headers.get("Location", "")
    provider.claims, provider.signing = {}, {}
    for changed in ({"state": "autre"}, {"state": ""}, {"code": ""}, {"code": "inconnu"}):
        assert come_back(Client(), provider, **changed).status_code == 422, changed
    stolen = provider.authorise(Client().get(START).url)
    assert Client().post(BACK, stolen).status_code == 422  # another browser did not set out
    refused = Entry.objects.filter(verb="sign_in", decision="refused", conditions="proconnect").count()
    assert refused == len(lies) + len(forged) + 5


def test_another_key_signs_nothing(provider, member):
    provider.signing = {"key": new_key()}
    assert come_back(Client(), provider).status_code == 422


def test_a_provider_that_does_not_answer_is_one_calm_page(provider, settings):
    settings.PROCONNECT_ISSUER = "http://127.0.0.1:9"
    assert Client().get(START).status_code == 422
    settings.PROCONNECT_ISSUER = f"{provider.issuer}/ailleurs"
    assert Client().get(START).status_code == 422
    settings.PROCONNECT_SCHEMES = {"https"}
    settings.PROCONNECT_ISSUER = provider.issuer
    before = len(provider.asked)
    from jalon.accounts import proconnect

    proconnect._described.cache_clear()
    assert Client().get(START).status_code == 422
    assert len(provider.asked) == before  # never in clear, outside of tests


def test_linking_asks_for_a_proof_serves_one_account_and_can_end(provider, member):
    other = make_membership("SEC")
    assert browser(other).get(START).status_code == 403
    client = browser(other, stepped_up=True)
    assert come_back(client, provider).status_code == 403  # already somebody else's
    mine = browser(member)
    assert mine.post(reverse("account_proconnect_end")).status_code == 303
    assert come_back(Client(), provider).status_code == 422
    assert come_back(client, provider)["Location"] == reverse("account")


def test_off_unless_set(settings):
    settings.PROCONNECT_ISSUER = ""
    assert Client().get(START).status_code == 404
    assert Client().post(BACK, {"state": "a", "code": "b"}).status_code == 404
    assert "ProConnect" not in Client().get(reverse("account_login")).content.decode()
