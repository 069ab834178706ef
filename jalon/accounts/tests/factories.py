"""Accounts for tests, and a browser already signed in with both factors."""

import time
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client

from jalon import journal
from jalon.access import SYSTEM
from jalon.accounts import totp
from jalon.accounts.logins import login_hash
from jalon.accounts.models import User
from jalon.config import clock
from jalon.journal.tests.replay import replayed
from jalon.vault import keys

PASSWORD = "une phrase assez longue"  # noqa: S105
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
_number = count(1)


@replayed
@transaction.atomic
def make_user(**given: Any) -> User:
    """An account, written with its trace but without the verb's checks: every room needs several."""
    number = next(_number)
    login = given.pop("login", f"compte-{number}@demo.example")
    name, email = given.pop("name", f"Prénom{number} Nom-Inventé"), given.pop("email", login)
    secret, phone = given.pop("totp_secret", SECRET), given.pop("phone", "")
    password = given.pop("password", PASSWORD)
    fields = {"ends_on": date(2099, 12, 31), "created_at": clock.now(), **given}
    user = User(login=login_hash(login), password=_hashed(password), **fields)
    keys.ensure(keys.STAFF, "GS")
    user.seal({"name": name, "email": email, "phone": phone, "login": login})
    user.save(force_insert=True)
    if secret:
        totp.enrol(user, secret)
    journal.record(SYSTEM, "create_account", objects=[user.pk], sealed=[user])
    return user


@cache
def _hashed(password: str | None) -> str:
    return make_password(password)


def sign_in(client: Client, user: User, *, stepped_up: bool = False, second_factor: bool = True) -> Client:
    """Sign this browser in without walking through the forms; ``stepped_up`` as if just confirmed."""
    client.force_login(user)
    session = client.session
    records: list[dict[str, Any]] = [{"method": "password", "at": time.time()}]
    if second_factor:
        records.append({"method": "mfa", "at": time.time(), "type": "totp"})
    if stepped_up:
        records.append({"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user.pk
    session.save()
    return client
