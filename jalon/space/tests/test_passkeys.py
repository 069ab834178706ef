"""Her telephone as her way in: made at the desk, used without a number, ended at once, worth nothing elsewhere."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jalon.accounts import actions as accounts
from jalon.accounts.models import Invitation, User, WebSession
from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.journal.models import Entry
from jalon.people import actions as persons
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_prepared, make_team
from jalon.space import actions
from jalon.space.states import SpaceState, state_of
from jalon.space.tests.factories import COOKIE, HOST, PHRASE, Hers
from jalon.space.tests.test_door import follow, said
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
ORIGIN = f"https://{HOST}"


@pytest.fixture
def team():
    cache.clear()
    return make_team()


@pytest.fixture
def phone():
    return SoftPasskey(ORIGIN)


def outside() -> Client:
    client = Client(HTTP_HOST=HOST)
    client.get("/")
    return client


def make(client, key, code):
    """The first time: her code, then what her telephone answers."""
    given = {"screen_code": code}
    asked = client.post("/", {**given, "begin": "1"})
    answer = key.make(asked.json()) if asked.status_code == 200 else ""
    return client.post("/", {**given, "credential": answer})


def use(client, key):
    asked = client.post("/", {"begin": "1"})
    return client.post("/", {"credential": key.use(asked.json())})


@pytest.fixture
def hers(team, phone):
    """In her space by her own telephone."""
    dossier = make_prepared(team)
    card = actions.open_space(team.actor("REF"), dossier, passkey=True)
    assert make(outside(), phone, card.code).status_code == 303
    space = dossier.space
    return Hers(dossier, space.user, card.number, [])


def entered(phone) -> Client:
    client = outside()
    assert use(client, phone).status_code == 303
    assert "Mon agenda" in said(client.get("/"))
    return client


# --- made at the desk -------------------------------------------------------------------------------------------------
def test_made_with_the_code_of_the_desk_then_used_without_a_number(team, phone):
    dossier = make_prepared(team)
    desk = reverse("space:desk", args=[dossier.pk])
    referent = browser(team.ref, stepped_up=True)
    page = referent.post(reverse("space:act", args=[dossier.pk, "open-passkey"]))
    (code,) = re.findall(r"<code[^>]*>([^<]+)</code>", page.content.decode())
    assert dossier.space.user.profile["login"] not in page.content.decode()
    client = outside()
    assert "data-passkey" in follow(client, {"go": "first"}).content.decode()
    asked = client.post("/", {"screen_code": code.upper(), "begin": "1"}).json()["publicKey"]
    assert asked["rp"] == {"id": HOST, "name": "Agenda"}
    assert (asked["user"]["name"], asked["user"]["displayName"]) == ("Agenda", "Agenda")
    chosen = asked["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert chosen["authenticatorAttachment"] == "platform"
    made = client.post("/", {"screen_code": code, "credential": phone.make({"publicKey": asked})})
    assert (made.status_code, made["Location"]) == (303, "/")
    assert "C'est prêt" in said(client.get("/"))
    assert "téléphone" in said(referent.get(desk))
    opened = client.post("/", {"begin": "1"}).json()["publicKey"]
    assert (opened["rpId"], opened["userVerification"]) == (HOST, "required")
    assert opened.get("allowCredentials", []) == []
    answer = client.post("/", {"credential": phone.use({"publicKey": opened})})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    home = client.get("/")
    assert "Mon agenda" in said(home)
    assert home["Cache-Control"] == "no-store"
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"open_space", "hand_code", "activate", "add_passkey", "signed_in", "visit_space"} <= verbs
    assert WebSession.objects.filter(user_id=dossier.space.user_id).count() == 1


def test_a_code_serves_once_a_quarter_of_an_hour_and_for_one_way_only(team, phone):
    dossier = make_prepared(team)
    referent = team.actor("REF")
    card = actions.open_space(referent, dossier, passkey=True)
    user = dossier.space.user
    assert accounts.activate(number=card.number, code=card.code, phrase=PHRASE) is None
    assert make(outside(), phone, "aaaa-bbbb-cccc").status_code == 422
    assert make(outside(), SoftPasskey(ORIGIN, verified=False), card.code).status_code == 422
    assert make(outside(), phone, card.code).status_code == 303
    assert make(outside(), SoftPasskey(ORIGIN), card.code).status_code == 422
    assert Authenticator.objects.filter(user=user).count() == 1
    late = actions.hand_new_code(referent, dossier, passkey=True)
    kept = Invitation.objects.get(user=user)
    assert timedelta(minutes=14) < kept.expires_at - clock.machine() <= timedelta(minutes=15)
    Invitation.objects.update(expires_at=clock.machine() - timedelta(seconds=1))
    assert make(outside(), phone, late.code).status_code == 422
    phrase = actions.hand_new_code(referent, dossier)
    assert make(outside(), phone, phrase.code).status_code == 422
    assert not Authenticator.objects.filter(user=user).exists()
    assert Entry.objects.filter(verb="activate", decision="refused", conditions="passkey").count() >= 4


def test_codes_tried_at_random_shut_the_making(team, phone):
    card = actions.open_space(team.actor("REF"), make_prepared(team), passkey=True)
    client = outside()
    for _ in range(20):
        client.post("/", {"screen_code": "aaaa-bbbb-cccc", "begin": "1"})
    assert make(client, phone, card.code).status_code == 422


# --- used -----------------------------------------------------------------------------------------------------------
def test_what_proves_nothing_opens_nothing_and_is_in_the_trail(hers, phone):
    good = phone.use(outside().post("/", {"begin": "1"}).json())
    wrong = [good, "", "{", json.dumps({}), json.dumps({"response": {}}), "[" * 5000]  # « good » is of another browser
    for forged in (
        SoftPasskey(ORIGIN),  # another telephone under her name
        SoftPasskey("https://jalon.localhost"),  # hers, shown by a page of the professionals
        SoftPasskey(f"https://ailleurs.{HOST}"),  # by a page of a host below hers
        SoftPasskey(ORIGIN, verified=False),  # without her gesture
    ):
        forged.id, forged.handle, forged.counter = phone.id, phone.handle, 50
        if forged.origin != ORIGIN or not forged.verified:
            forged.key = phone.key
        wrong.append(forged)
    for one in wrong:
        client = outside()
        asked = client.post("/", {"begin": "1"}).json()
        answer = client.post("/", {"credential": one.use(asked) if isinstance(one, SoftPasskey) else one})
        assert answer.status_code == 422
        assert "Cela n'a pas marché" in said(answer)
        assert "Votre numéro" in said(client.get("/"))
    assert Entry.objects.filter(verb="sign_in", decision="refused", conditions="passkey").count() == len(wrong)
    entered(phone)


def test_an_answer_serves_once_and_a_copy_is_refused(hers, phone):
    client = outside()
    answer = phone.use(client.post("/", {"begin": "1"}).json())
    assert client.post("/", {"credential": answer}).status_code == 303
    again = outside()
    again.post("/", {"begin": "1"})
    assert again.post("/", {"credential": answer}).status_code == 422
    for counter in (phone.counter - 1, -1):  # gone back by one; back to zero
        phone.counter = counter
        assert use(outside(), phone).status_code == 422


def test_it_opens_nothing_at_the_professionals_host(hers, phone, settings):
    """Its private half in hand, a forger would still be told that nobody of that host has it."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    there = Client(SERVER_NAME="localhost")
    asked = there.post(reverse("account_passkey_login"), {"begin": "1"}).json()
    phone.origin = "http://localhost"
    answer = there.post(reverse("account_passkey_login"), {"credential": phone.use(asked)})
    assert answer.status_code == 422
    assert there.get("/").status_code == 302


def test_it_proves_again_who_she_is(hers, phone):
    Dossier.objects.filter(pk=hers.dossier.pk).update(stage="S5")
    client = entered(phone)
    client.post("/", {"go": "readers"})
    asked = client.get("/")
    assert asked.status_code == 403
    assert "C'est bien vous ?" in said(asked)
    assert 'name="code"' not in asked.content.decode()
    other = SoftPasskey(ORIGIN)
    other.id, other.handle = phone.id, phone.handle
    assert use(client, other).status_code == 422
    before = client.cookies[COOKIE].value
    assert use(client, phone)["Location"] == "/"
    assert client.cookies[COOKIE].value != before
    assert client.get("/").status_code == 200
    assert Entry.objects.filter(verb="step_up", actor=hers.user.pk).values_list("decision", flat=True).count() == 2


# --- ended at once --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["freeze_space", "close_space", "hand_new_code"])
def test_the_desk_ends_it_at_once(team, hers, phone, verb):
    client = entered(phone)
    getattr(actions, verb)(team.actor("REF"), hers.dossier)
    assert "Votre numéro" in said(client.get("/"))
    assert use(outside(), phone).status_code == 422
    assert Authenticator.objects.filter(user=hers.user).exists() == (verb == "freeze_space")
    if verb == "freeze_space":
        actions.thaw_space(team.actor("REF"), hers.dossier)
        entered(phone)
        # In doubt, a new code in place of « Rouvrir »: what somebody may have taken never opens again.
        actions.freeze_space(team.actor("REF"), hers.dossier)
        card = actions.hand_new_code(team.actor("REF"), hers.dossier)
        assert state_of(User.objects.get(pk=hers.user.pk)) == SpaceState.WAITING
        assert use(outside(), phone).status_code == 422
        assert accounts.activate(number=card.number, code=card.code, phrase=PHRASE)


def test_frozen_it_opens_again_by_a_new_code_alone(team, hers, phone):
    """Somebody holds her telephone: it never enters again, not for the moment of a thaw."""
    actions.freeze_space(team.actor("REF"), hers.dossier)
    card = actions.hand_new_code(team.actor("REF"), hers.dossier)
    assert state_of(User.objects.get(pk=hers.user.pk)) == SpaceState.WAITING
    assert use(outside(), phone).status_code == 422
    assert accounts.activate(number=card.number, code=card.code, phrase=PHRASE)
    assert use(outside(), phone).status_code == 422


def test_sixty_days_unused_it_opens_nothing(hers, phone):
    with clock.at(clock.today() + timedelta(days=61)):
        assert state_of(User.objects.get(pk=hers.user.pk)) == SpaceState.LAPSED
        assert use(outside(), phone).status_code == 422


def test_the_end_of_her_own_reading_takes_it_away(team, hers, phone):
    """What a move or an erasure of her file does (``people.close_own_access``)."""
    persons.close_own_access(team.actor("REF"), hers.dossier)
    assert not Authenticator.objects.filter(user=hers.user).exists()
    assert use(outside(), phone).status_code == 422


def test_each_state_is_told_from_her_account(team, phone):
    dossier = make_prepared(team)
    card = actions.open_space(team.actor("REF"), dossier, passkey=True)
    assert state_of(dossier.space.user) == SpaceState.WAITING
    make(outside(), phone, card.code)
    assert state_of(User.objects.get(pk=dossier.space.user_id)) == SpaceState.OPEN
    refused = outside().post("/", {"login": card.number, "password": PHRASE})
    assert refused.status_code == 422
