"""The calendar of a worker in another tool: a secret address, shown once, taken back in one gesture."""

import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock

from ..models import CalendarFeed


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def open_calendar(actor: Actor) -> str:
    """A new secret address, which replaces the one before. Return the secret: nobody can read it again."""
    if not actor.stepped_up:
        raise Refused(_("Confirmez votre identité avant d'ouvrir un calendrier."), frozenset({"stepup"}))
    secret = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(
        user_id=actor.user_id, defaults={"secret_hash": fingerprint(secret), "opened_on": clock.today()}
    )
    journal.record(actor, "open_calendar", objects=[feed.pk])
    return secret


@transaction.atomic
def close_calendar(actor: Actor) -> bool:
    """The address answers nothing any more. False when there was none."""
    feed = CalendarFeed.objects.filter(user_id=actor.user_id).first()
    if feed is None:
        return False
    journal.record(actor, "close_calendar", objects=[feed.pk])
    feed.delete()
    return True
