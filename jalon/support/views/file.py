"""One person's file: the page that gathers, its history, and the quick note."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jalon import journal
from jalon.access import Actor, Hidden, Role, screen
from jalon.people import access as people
from jalon.people import reads
from jalon.people.kept import waits
from jalon.people.models import Dossier
from jalon.people.states import Stage
from jalon.ui import paging
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page, part

from .. import access, actions
from ..forms import CIRCLES, FullNoteForm, NoteForm
from ..reads import file as files
from ..reads import joint
from ..reads.caseload import LAST_PAGE
from ..states import NoteKind, Visibility
from . import links


def _subject(request: HttpRequest, dossier_id: str, *compartments: str) -> Dossier:
    """As ``people.access.get``, by the compiled query: in the scope or 404, readable or 403, and in the trail.

    Of several compartments, the first that the actor may read.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    subject = files.fetch(actor, dossier_id)
    if subject is None:
        raise Hidden
    compartment = next((c for c in compartments if people.can(actor, subject, c, "read")), compartments[0])
    people.require(actor, subject, compartment, "read")
    journal.reading(request, "read", subject, compartment=compartment)
    return subject


@screen("C16", "read", roles=("REF", "EMP", "MGR"))
@require_GET
def dossier(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Clock, rights, next steps, history, plan, documents: of each, what this actor may read."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    subject = _subject(request, dossier_id, "C16")
    seen = files.readable(actor, subject)
    for compartment in sorted(seen - {"C16"}):
        journal.reading(request, "read", subject, compartment=compartment)
    shown = files.page(actor, subject, seen)
    notes, more = files.history(actor, subject) if seen & {"C10", "C11"} else ([], False)
    circles = access.visibilities(actor, subject, shown.share is not None)
    context = {
        "dossier": subject,
        "stage": Stage(subject.stage).label,
        "seen": seen,
        "page": shown,
        "notes": notes,
        "more": more,
        "empty": files.empty(shown, notes),
        "circles": [(circle, CIRCLES[Visibility(circle)][0]) for circle in circles],
        "kinds": NoteKind.choices,
        "links": links.of(actor, subject, shown),
        "employment": actor.role == Role.EMP,
        "shared_words": reads.shared_words(shown.shared),
        "manager": actor.role == Role.MGR,
    }
    return page(request, "support/dossier.html", context)


@screen("C11", "read", roles=("REF", "EMP", "MGR"))
@require_GET
def history(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Every note that the actor may read, by page, of one kind when asked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    compartments = ("C10",) if actor.role == Role.EMP else ("C11", "C10")  # a delegate reads the shared notes only
    subject = _subject(request, dossier_id, *compartments)
    kind = request.GET.get("kind", "")
    number = paging.asked(request, last=LAST_PAGE)
    notes, more = files.history(actor, subject, number, kind if kind in NoteKind.values else "")
    context = {
        "dossier": subject,
        "label": _label(actor, subject),
        "notes": notes,
        "number": number,
        "more": more,
        "kind": kind,
        "kinds": NoteKind.choices,
        "contests": people.leads(actor, subject) and people.can(actor, subject, "C16", "create"),
    }
    return page(request, "support/history.html", context, fragment="support/_notes.html")


def _label(actor: Actor, subject: Dossier) -> str:
    what = joint.banner(actor, subject).what if actor.role == Role.EMP else None
    return joint.label(actor, subject, what)


def _noted_of(actor: Actor, typed: QueryDict, dossier_id: str) -> tuple[str, str, str]:
    return dossier_id, *access.note_cell(actor, typed.get("visibility", ""))


@screen("C11", "create", roles=("REF", "EMP"))
@waits(_noted_of)
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The quick note: under a row of the home page with htmx, a page of its own without."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    subject = files.fetch(actor, dossier_id)
    if subject is None:
        raise Hidden
    visibility = request.POST.get("visibility", "")
    if request.method == "POST" and visibility != "shared":
        circles = access.visibilities(actor, subject, shared=False)
    else:
        circles = access.visibilities(actor, subject, access.is_shared(actor, subject))
    if not circles:
        people.require(actor, subject, *access.note_cell(actor, "shared" if actor.role == Role.EMP else "team"))
        raise Hidden
    home = request.POST.get("from") == "home" or bool(request.htmx)  # type: ignore[attr-defined]
    form = (NoteForm if home else FullNoteForm)(posted(request), circles=circles)
    if saved(form, lambda: actions.write_note(actor, subject, **form.answers, pk=form.promised(actor.user_id))):
        return _noted(request, dossier_id, home)
    journal.reading(request, "read", subject, compartment="C1")
    return _note_form(request, subject, form)


def _noted(request: HttpRequest, dossier_id: str, home: bool) -> HttpResponse:
    said = _("Note enregistrée")
    if request.htmx:  # type: ignore[attr-defined]
        return part(request, "support/_slot.html", announce=said)
    return done(request, reverse("home") if home else reverse("support:dossier", args=[dossier_id]), said)


def _note_form(request: HttpRequest, subject: Dossier, form: NoteForm) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = reverse("home") if request.POST.get("from") == "home" else reverse("support:dossier", args=[subject.pk])
    context: dict[str, Any] = {
        "dossier": subject,
        "noted": subject.pk,
        "label": _label(actor, subject),
        "form": form,
        "cancel": back,
        "home": request.POST.get("from") == "home",
    }
    answer = invalid if form.is_bound else page
    response = answer(request, "support/note.html", context, fragment="support/_note_row.html")
    response["HX-Push-Url"] = "false"  # a note that opens under its row is not another page
    return response
