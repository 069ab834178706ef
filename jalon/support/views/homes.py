"""Home pages and search."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jalon import journal
from jalon.access import screen
from jalon.directory import reads as directory
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.states import OPEN, AssignmentKind, Stage
from jalon.ui import paging
from jalon.ui.errors import Conflict
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page

from .. import access
from ..forms import AnswerForm, NoteForm, ReassignForm, SearchForm
from ..reads import caseload as caseloads
from ..reads import homes
from .file import note

STAGES = frozenset(map(str, OPEN))
TEAM = ("alone", "late", "sign", "pairs", "team")  # the lists of the manager's home, each with its pages


@screen("C1", "read", roles=("REF",))
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """The caseload by due date; ``?stage=`` filters, ``?note=`` opens a note under its row without a script."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.htmx and "note" in request.GET:  # type: ignore[attr-defined]
        return note(request, request.GET["note"])
    stage = request.GET.get("stage", "")
    load = caseloads.caseload(actor, stage if stage in STAGES else "", paging.asked(request, last=caseloads.LAST_PAGE))
    journal.reading(request, "caseload", compartment="C1", count=len(load.rows), objects=load.subjects)
    context = {"load": load, "stages": stage_links(load.stage), **_opened_note(request, load)}
    context["may_open"] = people.can_open(actor)
    return page(request, "support/my_day.html", context, fragment="support/_caseload.html")


def stage_links(current: str) -> list[tuple[str, Any, bool]]:
    """The filter by stage: links that keep working without a script."""
    return [("", _("toutes"), not current), *((str(s), s.label, s == current) for s in OPEN)]


def _opened_note(request: HttpRequest, load: caseloads.Caseload) -> dict[str, Any]:
    asked = request.GET.get("note", "")
    row = next((row for row in load.rows if row["id"] == asked and row["note"]), None)
    if row is None:
        return {}
    circles = ["team", "private", *(["shared"] if access.shares_with_employment(asked).exists() else [])]
    return {"noted": asked, "label": row["alias"], "form": NoteForm(circles=circles), "cancel": reverse("home")}


@screen("C16", "read", roles=("REF",))
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Appointments of the day, threads to answer, files to finish: beside the caseload, or a page of its own."""
    found = homes.today(request.actor)  # type: ignore[attr-defined]
    told = found.subjects
    journal.reading(request, "today", compartment="C16", count=len(told), objects=told)
    return page(request, "support/today.html", {"today": found}, fragment="support/_today.html")


@screen("C16", "exist", roles=("REF", "EMP", "MGR"))
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """An alias or a number, in one's own scope only. What is typed travels in the body, never in a URL."""
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    context: dict[str, Any] = {"form": form}
    if not form.is_bound:
        return page(request, "support/search.html", context)
    if not form.is_valid():
        return invalid(request, "support/search.html", context, fragment="support/_caseload.html")
    return _results(request, form.cleaned_data["q"], context)


def _results(request: HttpRequest, words: str, context: dict[str, Any]) -> HttpResponse:
    """One result goes straight to the file, with a script or without; several are listed."""
    actor = request.actor  # type: ignore[attr-defined]
    compartment = "C16"
    if actor.role in access.ASSOCIATION:
        compartment = "C1"
        load = caseloads.search(actor, words)
        context |= {"load": load, "stages": stage_links(""), "searched": True}
        told: list[Any] = list(load.subjects)
    else:
        context["found"] = homes.found(actor, words)
        told = [row["subject"] for row in context["found"]]
    journal.reading(request, "search", compartment=compartment, count=len(told), objects=told)
    if len(told) == 1:
        return done(request, reverse("support:dossier", args=[told[0].id]))
    return page(request, "support/search.html", context, fragment="support/_caseload.html")


@screen("C10", "read", roles=("EMP",))
@require_GET
def adviser_home(request: HttpRequest) -> HttpResponse:
    """The persons who share with me; each waiting message has its box: an answer takes two gestures."""
    found = homes.adviser_home(request.actor, paging.asked(request))  # type: ignore[attr-defined]
    journal.reading(request, "adviser_home", compartment="C10", count=len(found.subjects), objects=found.subjects)
    for message in found.waiting:
        message["form"] = AnswerForm(prefix=None, initial={"answers": message["id"]}, auto_id=f"r-{message['id']}-%s")
    return page(request, "support/adviser_home.html", {"home": found})


@screen("C16", "read", roles=("MGR",))
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Load of each worker, overdue, unassigned, packages to sign."""
    actor = request.actor  # type: ignore[attr-defined]
    found = homes.team(actor, paging.all_asked(request, *TEAM))
    journal.reading(request, "team", compartment="C16", count=len(found.subjects), objects=found.subjects)
    context = {"team": found, "accreditation_tasks": directory.tasks(actor, paging.asked(request, "agrements"))}
    return page(request, "support/team.html", context)


@screen("C16", "edit", roles=("MGR",))
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Another referent for one file; refused politely when somebody else has just done it."""
    actor = request.actor  # type: ignore[attr-defined]
    dossier = people.get(request, dossier_id, "C16", "edit")
    before, workers = homes.to_reassign(actor, dossier)
    form = ReassignForm(posted(request), workers=workers, initial={"before": before})
    if form.is_bound and form.is_valid():
        if form.cleaned_data["before"] != before:
            raise Conflict(_("Ce dossier vient d'être réattribué."), back=reverse("home"))
        people_actions.assign(
            actor,
            dossier,
            user=homes.worker(actor, form.cleaned_data["user"]),
            organisation=dossier.organisation,
            kind=AssignmentKind.REFERENT,
        )
        return done(request, reverse("home"), _("Dossier réattribué"))
    context = {"dossier": dossier, "form": form, "stage": Stage(dossier.stage).label}
    return (invalid if form.is_bound else page)(request, "support/reassign.html", context)
