"""Who acts: one query brings the account, its membership and its organisation for the whole request."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from jalon.access import Actor, Role
from jalon.accounts import sessions, stepup
from jalon.accounts.trace import session_ref
from jalon.config import clock

from . import reads
from .models import Membership

# The membership chosen by somebody who holds several.
CHOSEN = "membership"
Answer = Callable[[HttpRequest], HttpResponse]


def demo_day(department: str) -> date | None:
    """In a demonstration, the day on which the accounts of a department live (``settings.DEMO_CLOCK``)."""
    source: Any = getattr(settings, "DEMO_CLOCK", None)
    if not settings.DEMO or not source:
        return None
    if isinstance(source, str):
        source = import_string(source)
    if callable(source):
        source = source()
    days: Mapping[str, str] = source
    day = days.get(department) or days.get("*")
    return date.fromisoformat(day) if day else None


def frozen(department: str) -> Any:
    """The clock of this actor: real, or the demonstration's."""
    day = demo_day(department)
    return clock.at(day) if day else nullcontext()


class ActorMiddleware:
    """Sets ``request.user``, ``request.membership`` and ``request.actor`` (None: nobody, or one factor only)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        user_id = request.session.get(SESSION_KEY)
        if not user_id:
            self._is(request, AnonymousUser())
            return self.get_response(request)
        membership = self._membership(request, user_id)
        if membership is None or sessions.outlived(request.session, [membership.role]):
            request.session.flush()
            request.session.ended_user = user_id if membership is not None else ""
            self._is(request, AnonymousUser())
            return self.get_response(request)
        self._is(request, membership.user)
        with frozen(membership.department):
            if stepup.has_two_factors(request, membership.role):
                if settings.DEMO:
                    membership.organisation.__dict__.pop("label", None)  # its name on the actor's day, not on ours
                request.membership = membership  # type: ignore[attr-defined]
                request.actor = actor_of(  # type: ignore[attr-defined]
                    membership,
                    session_ref=session_ref(request),
                    stepped_up=stepup.is_fresh(request, membership.role),
                )
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """One factor opens one page: the one that sets up the second (or, for some functions, the passkey)."""
        if request.user.is_authenticated and request.actor is None:  # type: ignore[attr-defined]
            policy = getattr(view, "policy", None)
            if policy is None or policy.kind != "public":
                return redirect(stepup.setup_url(request))
        return None

    def _membership(self, request: HttpRequest, user_id: str) -> Membership | None:
        """The chosen membership in force, of an open account whose session is still good; None ends the session."""
        if request.session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        held = reads.memberships_of(user_id)
        if not held or not _same_password(request, held[0].user):
            return None
        # Her own host opens for her alone, and no other host opens for her (``config.hosts``).
        hers = getattr(request, "space", False)
        usable = [held_ for held_ in held if is_usable(held_) and (held_.role == Role.PER) == hers]
        chosen = request.session.get(CHOSEN)
        request.memberships = usable  # type: ignore[attr-defined]
        return next((m for m in usable if m.pk == chosen), usable[0] if usable else None)

    def _is(self, request: HttpRequest, user: Any) -> None:
        request.user = request._cached_user = user  # type: ignore[attr-defined]


def limit_browsers(request: HttpRequest, user: Any, **_sent: Any) -> None:
    """After sign-in: the account's older browsers end, beyond what its strictest function allows at once."""
    roles = [str(held.role) for held in reads.memberships_of(user.pk) if is_usable(held)]
    sessions.keep_latest(user.pk, request.session.session_key, sessions.most_at_once(roles))


def _same_password(request: HttpRequest, user: Any) -> bool:
    """As django.contrib.auth does: a changed password ends the other sessions."""
    kept = request.session.get(HASH_SESSION_KEY, "")
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return bool(kept) and any(constant_time_compare(kept, known) for known in hashes)


def is_usable(membership: Membership) -> bool:
    """Is this function in force, and its account open, on the day that its department lives?"""
    with frozen(membership.department):
        return membership.in_force(clock.today()) and membership.user.is_open()


def actor_of(membership: Membership, *, session_ref: str = "", stepped_up: bool = False) -> Actor:
    return Actor(
        user_id=membership.user_id,
        role=str(membership.role),
        organisation_id=membership.organisation_id,
        department=membership.department,
        membership_id=membership.pk,
        session_ref=session_ref,
        stepped_up=stepped_up,
        language=membership.user.language,
    )
