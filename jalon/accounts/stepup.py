"""Has the person at the screen just proved again who she is? Sign-in alone does not count as step-up."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    return get_authentication_records(request, user) if user.is_authenticated else []


def _strong(record: dict[str, Any], role: str = "") -> bool:
    """A code or a passkey; a passkey only for the roles that must have one. Never the password."""
    return record["method"] == "mfa" and (record.get("type") == "webauthn" or role not in settings.PASSKEY_ROLES)


def has_two_factors(request: HttpRequest, role: str = "") -> bool:
    """Did this session pass a second factor good enough for this role? Nothing but its set-up is reachable before."""
    return any(_strong(record, role) for record in _records(request))


def by_recovery_code(request: HttpRequest) -> bool:
    """Did this session enter by a recovery code? Then a lost passkey may be replaced."""
    return any(record.get("type") == "recovery_codes" for record in _records(request))


def is_fresh(request: HttpRequest, role: str = "") -> bool:
    """Was a code or a passkey given again within the last five minutes?"""
    proofs = [record["at"] for record in _records(request) if record.get("reauthenticated") and _strong(record, role)]
    return bool(proofs) and 0 <= time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def just_proved(request: HttpRequest) -> bool:
    """Did this session give a second factor within five minutes, at sign-in or again? For one's own words only."""
    proofs = [record["at"] for record in _records(request) if _strong(record)]
    return bool(proofs) and 0 <= time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def has_just_enrolled(request: HttpRequest) -> bool:
    """Did this very session set up its application within the last five minutes? Then its first codes may follow."""
    made = [record["at"] for record in _records(request) if record.get("enrolled")]
    return bool(made) and 0 <= time.time() - max(made) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def setup_url(request: HttpRequest) -> str:
    """Where a session that is not yet anybody's actor must go: the second factor first, then the passkey."""
    return reverse("passkey_required" if has_two_factors(request) else "mfa_activate_totp")


def url(request: HttpRequest, back_to: str = "") -> str:
    """Where to confirm one's identity, coming back to a page of this host only (this page by default)."""
    target = back_to or request.get_full_path()
    if not url_has_allowed_host_and_scheme(target, None) or not target.startswith("/"):
        target = "/"
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': target})}"
