"""The verbs of accounts, the seals of second factors, the hash of passwords."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction

from jalon.access import SYSTEM, Actor
from jalon.accounts import actions, recovery, seals, totp
from jalon.accounts.hashers import Argon2idHasher
from jalon.accounts.logins import login_hash
from jalon.accounts.models import Invitation, KeptForm, User, WebSession
from jalon.accounts.passwords import ContextWordsValidator, guessable, known_words
from jalon.accounts.tests.factories import SECRET, make_user
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.vault.errors import Tampered

pytestmark = pytest.mark.django_db


def test_create_account_refuses_a_past_end_and_a_taken_login():
    user = make_user(login="Une@demo.example")
    assert user.login == login_hash("une@DEMO.example ")
    given = {"login": "deux@demo.example", "name": "Prénom", "ends_on": date(2099, 1, 1)}
    for wrong in ({"login": "une@demo.example"}, {"ends_on": date(2001, 1, 1)}, {"login": "   "}):
        with pytest.raises(ValidationError) as refusal:
            actions.create_account(SYSTEM, **{**given, **wrong})
        assert list(refusal.value.message_dict) == list(wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("une@demo.example", profile={"name": "x"}, ends_on=date(2099, 1, 1))


def test_every_verb_is_journaled():
    before = Entry.objects.count()
    user = actions.create_account(SYSTEM, login="une@demo.example", name="Prénom", ends_on=date(2099, 1, 1))
    assert Entry.objects.filter(verb="create_account").count() == 1
    own = Actor(user.pk, "REF", "org")
    actions.renew_recovery_codes(own, user)
    actions.change_password(own, user, new="encore une autre phrase")
    actions.update_profile(own, user, name="A", phone="", language="fr", density="confort")
    actions.reset_second_factor(SYSTEM, user)
    actions.enrol_second_factor(own, user, secret=SECRET, step=1)
    actions.close_account(SYSTEM, user)
    assert Entry.objects.count() == before + 7


def test_what_is_past_is_swept_and_nothing_else():
    user, other = make_user(), make_user()
    for one in (user, other):
        form = {"path": "/", "back": "/", "fields": [("a", "b")], "files": False}
        actions.keep_form(one.pk, browser="one", form=form)
        actions.invite(SYSTEM, one)
    past = clock.machine() - timedelta(days=1, seconds=1)
    KeptForm.objects.filter(user=user).update(kept_at=past)
    Invitation.objects.filter(user=user).update(expires_at=past)
    for key, ends in (("old", past), ("live", clock.machine() + timedelta(hours=1))):
        WebSession.objects.create(session_key=key, session_data="", expire_date=ends, started_at=past, seen_at=past)
    assert actions.sweep() == 3
    assert actions.sweep() == 0
    left = (KeptForm.objects.get().user, Invitation.objects.get().user, WebSession.objects.get().pk)
    assert left == (other, other, "live")


def test_a_browser_takes_its_own_place_only_and_a_few_wait():
    user = make_user()
    form = {"path": "/", "back": "/", "fields": [("a", "b")], "files": False}
    first = actions.keep_form(user.pk, browser="one", form=form)
    for browser in ("two", "three"):
        assert actions.keep_form(user.pk, browser=browser, form=form)
    assert actions.keep_form(user.pk, browser="four", form=form) is None
    assert actions.keep_form(user.pk, browser="one", form=form).pk != first.pk
    assert set(KeptForm.objects.values_list("browser", flat=True)) == {"one", "two", "three"}
    KeptForm.objects.filter(browser="two").update(kept_at=clock.machine() - timedelta(days=2))
    assert actions.keep_form(user.pk, browser="four", form=form)
    actions.drop_form(user.pk, browser="one")
    assert set(KeptForm.objects.values_list("browser", flat=True)) == {"three", "four"}
    actions.drop_form(user.pk)
    assert not KeptForm.objects.exists()
    assert verify(records=True).vanished == 0  # what went is told in the trail


def test_seals_are_bound_to_the_account_and_the_use():
    make_user()
    sealed = seals.seal("a", "totp", SECRET)
    assert seals.unseal("a", "totp", sealed) == SECRET
    for user, use, text in (("b", "totp", sealed), ("a", "mfa", sealed), ("a", "totp", "AAAA"), ("a", "totp", "é")):
        with pytest.raises(Tampered):
            seals.unseal(user, use, text)


def test_strong_hash_in_production_and_light_only_in_tests(settings):
    settings.PASSWORD_WORK = "strong"
    encoded = Argon2idHasher().encode("x" * 15, "seldetestseldetest")
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in encoded
    settings.PASSWORD_WORK, settings.CLOCK_OVERRIDE = "light", False
    with pytest.raises(ImproperlyConfigured):
        Argon2idHasher().encode("x" * 15, "seldetestseldetest")


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("Jalon-PSP-Jalon-2026", True),
        ("prostitution2026!!", True),
        ("Maïwenn Tardivel 30", True),
        ("ts.maiwenn@demo 1", True),
        ("le jalon du sentier est bleu clair", False),
        ("une phrase assez longue", False),
        ("🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊", False),
    ],
)
def test_words_that_anybody_would_try(password, refused):
    class Someone:
        profile = {"name": "Maïwenn Tardivel", "login": "ts.maiwenn@demo.example"}

    try:
        ContextWordsValidator().validate(password, Someone())
    except ValidationError:
        assert refused
    else:
        assert not refused


LEAKED = Path(__file__).with_name("leaked.txt").read_text(encoding="utf-8").split()


def test_fifty_leaked_passwords_are_refused_and_nothing_is_asked_outside(monkeypatch):
    assert len(LEAKED) >= 50
    assert len(known_words()) > 10_000
    monkeypatch.setattr("socket.socket", None)
    assert [word for word in LEAKED if not guessable(word)] == []


@pytest.mark.parametrize(
    "password",
    [
        "le jalon du sentier est bleu clair",
        "agrafe cheval torrent bougie",
        "Correct-horse-battery-staple",
        "vG7#kLw2!qPz9@xR",
        "une phrase assez longue",
        "ሰላም ለሁሉም ሰው ዛሬ",
        "🦊🐻 trois renards au bord du lac",
        "x" * 40 + "torrent bougie agrafe",
    ],
)
def test_a_phrase_of_one_s_own_passes(password):
    assert not guessable(password)


def test_recovery_codes_open_once_and_are_forgiving_about_case_and_hyphens():
    user = make_user()
    codes = recovery.generate(user)
    kept = user.authenticator_set.get(type="recovery_codes")
    assert recovery.use(kept, codes[0].upper().replace("-", " "))
    assert not recovery.use(kept, codes[0])
    assert not recovery.use(kept, "")
    assert recovery.left(user) == 9
    other = make_user()
    recovery.generate(other)
    assert not recovery.use(other.authenticator_set.get(type="recovery_codes"), codes[1])


def test_a_time_based_code_goes_up_only():
    user = make_user()
    kept = user.authenticator_set.get(type="totp")
    assert totp.use(kept, totp.current_code(SECRET))
    assert not totp.use(kept, totp.current_code(SECRET))
    assert not totp.use(kept, totp.current_code(SECRET, ahead=-1))
    assert totp.use(kept, totp.current_code(SECRET, ahead=1))
    assert not totp.use(kept, totp.current_code(SECRET, ahead=2))
    for nonsense in ("", "é" * 6, "1" * 500, "12 34"):
        assert not totp.use(kept, nonsense)
