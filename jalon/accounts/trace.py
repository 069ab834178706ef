"""What the journal keeps of sign-in: which step, which account, never a name nor what was typed."""

from django.db import transaction
from django.http import HttpRequest

from jalon import journal
from jalon.access import Actor

from .models import User
from .sessions import hashed


def session_ref(request: HttpRequest) -> str:
    """A short keyed reference to the browser's session; it opens nothing."""
    key = request.session.session_key
    return hashed(key)[:22] if key else ""


def acting(request: HttpRequest, user: User | None = None) -> Actor:
    """The actor of a sign-in step: the real one when known, else the account alone, else nobody."""
    actor = getattr(request, "actor", None)
    if actor is not None:
        return actor
    return Actor(user_id=user.pk if user else "", role="PUB", organisation_id="", session_ref=session_ref(request))


@transaction.atomic
def step(request: HttpRequest, user: User, verb: str) -> None:
    journal.record(acting(request, user), verb, objects=[user.pk])


@transaction.atomic
def failure(request: HttpRequest, user_id: str, verb: str, why: str) -> None:
    """A refused step. ``user_id`` is empty when no account has this login."""
    journal.record(acting(request), verb, decision="refused", conditions=[why], objects=[user_id] if user_id else [])


def own(request: HttpRequest, user: User) -> Actor:
    """The account acting on itself before it has a second factor, hence before it is anyone's actor."""
    return Actor(user_id=user.pk, role="PUB", organisation_id="", session_ref=session_ref(request))
