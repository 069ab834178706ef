"""What she sees: each screen declares its compartment and action, and reads her own file alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from jalon.access import Role, open_to, screen
from jalon.people import reads as persons

from .. import reads
from ..access import own_share
from ..forms import AskForm
from ..states import WITH_WORDS
from .common import ABOUT, HOME, Screen, hers, may, own, show, speech

HER = (Role.PER,)
# The pages of the menu, and what each one asks of the matrix.
MENU = (
    ("agreements", "C15", "read"),
    ("safety", "C2", "read"),
    ("readers", "C17", "read"),
    ("answers", "C14", "read"),
    ("requests", "C15", "create"),
)


@open_to(*HER, why="her first page: what the matrix opens at this stage, nothing more; each reading is journaled")
def home(request: HttpRequest) -> HttpResponse:
    """Her next appointments and, if she asked for them, her dates."""
    space, (words, contact) = own(request), speech(request)
    context = {"words": words, "contact": contact, "menu": [m for m, c, a in MENU if may(request, c, a)]}
    if may(request, "C16", "read"):
        dossier = hers(request, "C16", "read")
        context["coming"] = reads.appointments(dossier)
        context["dates"] = reads.dates(dossier) if space.shows_dates else []
        context["tells"] = may(request, "C15", "create")
    return show(request, "home", context)


@screen("C15", "read", roles=HER)
def agreements(request: HttpRequest) -> HttpResponse:
    """What she agreed to, with whom, since when, and a button to take each back."""
    known = persons.agreements(hers(request, "C15", "read"))
    context = {"words": speech(request)[0], "known": known, "shares": reads.shared(known)}
    context["takes"] = may(request, "C15", "withdraw")
    return show(request, "agreements", context)


@screen("C15", "withdraw", roles=HER)
def take_back(request: HttpRequest) -> HttpResponse:
    """Asked once more, with what it does: the share that she pointed at, or her agreement to the request."""
    dossier, about = hers(request, "C15", "withdraw"), request.session.get(ABOUT, "")
    share = own_share(request.actor, dossier, about) if about else None
    return show(request, "take_back", {"words": speech(request)[0], "share": share, "back": "agreements"})


@screen("C2", "read", roles=HER)
def safety(request: HttpRequest) -> HttpResponse:
    """How she is written to, how to stop it, what leaving this page does and does not do."""
    hers(request, "C2", "read")
    words, contact = speech(request)
    context = {"words": words, "contact": contact, "space": own(request)}
    context["chooses"] = may(request, "C15", "edit") and may(request, "C16", "read")
    return show(request, "safety", context)


@screen("C17", "read", roles=HER)
def readers(request: HttpRequest) -> HttpResponse:
    """Who read, counted by month and side; the names and the reasons are told at the desk."""
    months, exceptional = reads.readers(hers(request, "C17", "read"), request.actor.user_id)
    context = {"words": speech(request)[0], "months": months, "exceptional": exceptional}
    return show(request, "readers", {**context, "asks": may(request, "C15", "create")})


@screen("C14", "read", roles=HER)
def answers(request: HttpRequest) -> HttpResponse:
    """That an answer came, the steps done; the answer itself is read with her."""
    came, steps = reads.answers(hers(request, "C14", "read"))
    return show(request, "answers", {"words": speech(request)[0], "came": came, "steps": steps})


@screen("C15", "read", roles=HER)
def requests(request: HttpRequest, form: AskForm | None = None) -> HttpResponse:
    """What she asked, and a form for each thing that she may ask."""
    dossier = hers(request, "C15", "read")
    context = {"words": speech(request)[0], "asked": reads.own_requests(dossier)}
    context["written"] = [_written(kind, form) for kind in WITH_WORDS] if may(request, "C15", "create") else []
    return show(request, "requests", context, status=422 if form is not None else 200)


def _written(kind: str, form: AskForm | None) -> dict[str, Any]:
    """What one form of the page shows: its name, and when it was sent what was typed and what is wrong."""
    found: dict[str, Any] = {"value": str(kind), "word": f"ask_{kind}", "typed": "", "errors": ()}
    if form is not None and form.data.get("kind") == kind:
        found |= {"typed": form.data.get("text", ""), "errors": form.errors.get("text", ())}
    return found


SCREENS: dict[str, Screen] = {
    HOME: home,
    "agreements": agreements,
    "take_back": take_back,
    "safety": safety,
    "readers": readers,
    "answers": answers,
    "requests": requests,
}
