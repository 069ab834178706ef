"""What her pages share: the frame, her file, where she goes next."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from jalon.access import Hidden
from jalon.people import access as people
from jalon.people.models import Dossier

from ..access import own_space
from ..models import Space
from ..reads import Contact, contact
from ..words import Words

PAGE, ABOUT, SAID = "page", "about", "said"
HOME = "home"
Screen = Callable[[HttpRequest], HttpResponse]


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """One of her pages; what has just been done is said once."""
    said = request.session.pop(SAID, "") if SAID in request.session else ""
    inside = getattr(request, "actor", None) is not None
    given = {
        "words": Words(),
        "said": said,
        "back": HOME if inside and template != HOME else "",
        "exit": settings.SPACE_EXIT,
        "idle": settings.SESSION_IDLE_SENSITIVE_SECONDS if inside else 0,
        **(context or {}),
    }
    return HttpResponse(render_to_string(f"space/{template}.html", given, request), status=status)


def to(request: HttpRequest, page: str, *, said: str = "", about: str = "") -> HttpResponse:
    """Back to the one address, where this page is shown: the history of the phone holds one line."""
    request.session[PAGE], request.session[ABOUT] = page, about
    if said:
        request.session[SAID] = said
    return HttpResponse(status=303, headers={"Location": "/"})


def own(request: HttpRequest) -> Space:
    space: Space | None = getattr(request, "own_space", None) or own_space(request.actor)  # type: ignore[attr-defined]
    if space is None:
        raise Hidden
    request.own_space = space  # type: ignore[attr-defined]
    return space


def hers(request: HttpRequest, compartment: str, action: str) -> Dossier:
    """Her file, allowed by the matrix at its stage; the reading goes to the trail."""
    return people.get(request, own(request).dossier_id, compartment, action)


def may(request: HttpRequest, compartment: str, action: str) -> bool:
    """Would the page behind a button open, were she to prove again who she is?"""
    verdict = people.verdict(request.actor, own(request).dossier, compartment, action, also=("stepup",))  # type: ignore[attr-defined]
    return verdict.allowed


def speech(request: HttpRequest) -> tuple[Words, Contact | None]:
    """Her language, from her safe contact while the matrix lets her read it."""
    if not may(request, "C2", "read"):
        return Words(), None
    known = contact(hers(request, "C2", "read"))
    return Words.of(known.language), known
