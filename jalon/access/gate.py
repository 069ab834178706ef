"""What every view declares, and how a refusal travels.

A view about a person declares a compartment and an action (``screen``); a view about something else declares the
roles of its room rule (``open_to``); the few pages before sign-in are ``public``. A test walks the URLconf and fails on
a view that declares nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase

from .roles import COMPARTMENTS, Action, Role

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Policy(NamedTuple):
    """The declaration of one view."""

    kind: str  # "screen", "room" or "public"
    compartment: str = ""
    action: str = ""
    roles: tuple[str, ...] = ()
    why: str = ""


class Refused(Exception):
    """The object may be known, the verb is refused. ``why`` is a sentence for the person at the screen."""

    def __init__(self, why: str, missing: frozenset[str] = frozenset()) -> None:
        super().__init__("refused")
        self.why = why
        self.missing = missing


class Hidden(Http404):
    """Unknown and forbidden look the same."""


def opens(roles: tuple[str, ...], role: str) -> bool:
    """Does a declaration by roles let this one in? A colleague (COL) enters where a referent does.

    What she may do there is decided dossier by dossier, by her delegations.
    """
    return not roles or role in roles or (role == Role.COL and Role.REF in roles)


def screen(compartment: str, action: str, *, roles: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Declare a view about a person. The view itself fetches through ``people.access`` or its room's own scope."""
    if compartment not in COMPARTMENTS or action not in set(Action):
        raise ValueError(f"unknown compartment or action: {compartment} {action}")
    return _declare(Policy("screen", compartment, action, roles))


def open_to(*roles: str, why: str) -> Callable[[View], View]:
    """Declare a view that is not about a person: a room rule by role, with the reason in one line."""
    if not set(roles) <= set(Role):
        raise ValueError(f"unknown role in {roles}")
    return _declare(Policy("room", roles=roles, why=why))


def public(why: str) -> Callable[[View], View]:
    """Declare one of the few views that need no account."""

    def decorate(view: View) -> View:
        return login_not_required(_declare(Policy("public", why=why))(view))

    return decorate


def _declare(policy: Policy) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if policy.kind != "public":
                actor = getattr(request, "actor", None)
                if actor is None or not opens(policy.roles, actor.role):
                    raise Hidden
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate
