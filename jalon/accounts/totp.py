"""Time-based codes: the secret sealed and bound to its account, each code accepted once.

A code of the step before or after is accepted (a phone's clock drifts), but never a step already used: the last step is
kept and only goes up, so a code read over a shoulder opens nothing.
"""

import base64
import time
from urllib.parse import quote, urlencode

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.utils.crypto import constant_time_compare

from . import seals
from .models import User

PERIOD = 30
DRIFT = 1


def steps_matching(secret: str, code: str) -> list[int]:
    """Steps around the present one for which this code is right."""
    now = int(time.time()) // PERIOD
    digits = "".join(code.split())
    return [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), digits)
    ]


def enrol(user: User, secret: str, *, last_step: int = 0) -> Authenticator:
    """Keep this secret as the account's second factor."""
    return Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.TOTP,
        data={"secret": seals.seal(user.pk, "totp", secret), "last_step": last_step},
    )


@transaction.atomic
def use(authenticator: Authenticator, code: str) -> bool:
    """Is this code right, and not used yet? If so it is used from now on."""
    kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    steps = steps_matching(seals.unseal(kept.user_id, "totp", kept.data["secret"]), code)
    fresh = [step for step in steps if step > kept.data.get("last_step", 0)]
    if not fresh:
        return False
    kept.data["last_step"] = max(fresh)
    kept.save(update_fields=["data"])
    return True


def enrolled(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def grouped(secret: str) -> str:
    """The secret as it is typed by hand, by groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def drawing(secret: str, issuer: str = "") -> str:
    """The QR code as an SVG document in a data URI: no image is written anywhere, no name is in it."""
    adapter = get_adapter()
    label = quote(issuer or adapter.get_totp_issuer())
    svg = adapter.build_totp_svg(f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': label})}")
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def current_code(secret: str, *, ahead: int = 0) -> str:
    """The code an application shows now; for the demonstration's printed accounts and the tests."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + ahead))
