"""What the account pages show."""

import json
from datetime import timedelta
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.conf import settings

from jalon.config import clock
from jalon.vault.classification import GROUP_OF
from jalon.vault.errors import KeyMissing, Tampered

from . import recovery, seals
from .actions import KEPT
from .models import KEPT_FOR, Invitation, KeptForm, User, WebSession, token_hash

MOST_SESSIONS = 50


def factors(user: User) -> list[Authenticator]:
    """What the account can prove its identity with, besides the password."""
    return list(Authenticator.objects.filter(user=user))


def has_second_factor(user: User) -> bool:
    return any(kept.type != Authenticator.Type.RECOVERY_CODES for kept in factors(user))


def kept_form(user: User, browser: str) -> tuple[str, dict[str, Any]] | None:
    """What this account was typing in this browser (``kept.of_browser``): path, back, fields; or None.

    With the compartment of a dossier whose key seals it, if one does. None too when that key was destroyed: the
    dossier, or that part of it, is erased (a part may have a new key since, which opens nothing of before).
    """
    live = KeptForm.objects.filter(user=user, browser=browser, kept_at__gt=clock.machine() - KEPT_FOR)
    row = live.first() if browser else None
    if row is None:
        return None
    form = row.unseal()
    if "under" not in form:
        return "", form
    owner, compartment = form["under"]
    try:
        inside = seals.unseal(user.pk, KEPT, form["form"], owner, GROUP_OF[compartment])
    except (KeyMissing, Tampered):
        return None
    return compartment, json.loads(inside)


def invitation(secret: str) -> Invitation | None:
    """The invitation of this link, while it may be used."""
    kept = Invitation.objects.select_related("user").filter(token=token_hash(secret)).first()
    return kept if kept is not None and kept.usable() else None


def awaiting_passkey(code: str) -> User | None:
    """Whose device this code lets make a passkey, while it may be used."""
    token = token_hash(recovery.plain(code), passkey=True)
    kept = Invitation.objects.select_related("user").filter(token=token).first()
    return kept.user if kept is not None and kept.usable() else None


class Browser(NamedTuple):
    id: str
    started_at: object
    seen_at: object
    is_this_one: bool


def browsers(user: User, this_one: str) -> list[Browser]:
    """Where this account is signed in, the latest seen first."""
    now = clock.machine()
    seen = now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    rows = WebSession.objects.filter(user_id=user.pk, expire_date__gt=now, seen_at__gt=seen).order_by("-seen_at")
    return [Browser(row.pk, row.started_at, row.seen_at, row.pk == this_one) for row in rows[:MOST_SESSIONS]]
