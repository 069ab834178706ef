"""Accounts for tests, and a browser already signed in with both factors."""

import time
from datetime import date
from itertools import count
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client

from jalon.access import SYSTEM
from jalon.accounts.actions import create_account
from jalon.accounts.models import User

PASSWORD = "une phrase assez longue"  # noqa: S105
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
_number = count(1)


def make_user(**given: Any) -> User:
    number = next(_number)
    defaults: dict[str, Any] = {
        "login": f"compte-{number}@demo.example",
        "name": f"Prénom{number} Nom-Inventé",
        "ends_on": date(2099, 12, 31),
        "password": PASSWORD,
        "totp_secret": SECRET,
    }
    return create_account(SYSTEM, **{**defaults, **given})


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
