"""Steering and the technical home page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon import journal
from jalon.access import Refused, open_to
from jalon.config import clock
from jalon.papers.views import answer
from jalon.ui import paging
from jalon.ui.views import invalid, page

from . import exports, memo, papers, reads
from .access import STEERING, scope_of
from .forms import FilterForm, YearForm, last_over
from .presentation import Shown, SurveyShown

OWN_FIGURES = "figures of one's own scope: aggregates, no person"
TEMPLATE = "reporting/steering.html"
TAKEN = gettext_lazy("Vous avez pris les fichiers du jour. Revenez demain : les chiffres restent à l'écran.")
FILE_NAME = "pilotage"  # the same in every language: files are kept and compared


def _filters(request: HttpRequest, data: Any) -> FilterForm:
    """Outside one's scope there is always a year: the list shows the one that is told."""
    exact = scope_of(request.actor).exact  # type: ignore[attr-defined]
    return FilterForm(data or ({} if exact else {"year": last_over()}), exact=exact)


def _shown(request: HttpRequest, form: FilterForm) -> Shown:
    year, kind = form.chosen_year, form.chosen_kind
    query = urlencode({k: v for k, v in (("year", year), ("kind", kind)) if v})
    link = reverse("reporting:csv") + (f"?{query}" if query else "")
    return Shown(scope_of(request.actor), year, kind, csv=link)  # type: ignore[attr-defined]


def _kept(shown: Shown, what: str, compute: Callable[[], Any]) -> Any:
    """Computed once, kept until somebody acts; each day counts anew."""
    key = (what, connection.settings_dict["NAME"], shown.scope, shown.year, shown.kind, clock.today(), get_language())
    return memo.figures.get(key, compute)


@open_to(*STEERING, why=OWN_FIGURES)
@require_GET
def steering(request: HttpRequest) -> HttpResponse:
    """Requests, decisions, delays and outcomes of one's own scope. Drawn once, kept until somebody acts."""
    form = _filters(request, request.GET)
    if not form.is_valid():
        return invalid(request, TEMPLATE, {"form": form})
    shown = _shown(request, form)
    body = _kept(shown, "page", lambda: render_to_string("reporting/_steering.html", {"form": form, "shown": shown}))
    xlsx = shown.csv.replace(reverse("reporting:csv"), reverse("reporting:xlsx"))
    return page(request, TEMPLATE, {"shown": shown, "body": body, "csv": shown.csv, "xlsx": xlsx, "form": form})


def _leaves(request: HttpRequest) -> None:
    """A file of figures leaves, unless the account has taken those of its day: Refused, which the trail keeps."""

    def may() -> bool:
        return reads.exported_today(request.actor) < settings.EXPORTS_A_DAY  # type: ignore[attr-defined]

    if not may():
        raise Refused(TAKEN)
    journal.guard(request, may, _too_many)


def _too_many(request: HttpRequest) -> HttpResponse:
    """Several were asked for at once: this one came after the last of the day."""
    queue = request.journal  # type: ignore[attr-defined]
    queue.refuse("limit", queue.events)
    return render(request, "ui/refused.html", {"why": TAKEN}, status=403)


def _export(request: HttpRequest, kind: str) -> HttpResponseBase:
    form = _filters(request, request.GET)
    if not form.is_valid():
        return invalid(request, TEMPLATE, {"form": form})
    _leaves(request)
    shown = _shown(request, form)
    heads, rows = _kept(shown, "export", shown.export)
    journal.reading(request, "export_figures", count=len(rows))
    name = f"{FILE_NAME}-{clock.today()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "xlsx":
        content = exports.as_xlsx(heads, rows, _("Pilotage"))
        return HttpResponse(content, content_type=exports.XLSX, headers=headers)
    return StreamingHttpResponse(exports.as_csv(heads, rows), content_type="text/csv; charset=utf-8", headers=headers)


@open_to(*STEERING, why=OWN_FIGURES)
@require_GET
def export_csv(request: HttpRequest) -> HttpResponseBase:
    return _export(request, "csv")


@open_to(*STEERING, why=OWN_FIGURES)
@require_GET
def export_xlsx(request: HttpRequest) -> HttpResponseBase:
    return _export(request, "xlsx")


@open_to(*STEERING, why=OWN_FIGURES)
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """The activity report, small cells hidden."""
    form = _filters(request, request.POST)
    if not form.is_valid():
        return invalid(request, TEMPLATE, {"form": form})
    made = papers.activity_report(request.actor, year=form.chosen_year)  # type: ignore[attr-defined]
    return answer(made)


def _survey(request: HttpRequest) -> tuple[YearForm, SurveyShown] | None:
    form = YearForm(request.GET or {"year": last_over()})  # the list shows the year that is told
    if not form.is_valid():
        return None
    return form, SurveyShown(scope_of(request.actor), form.chosen_year, request.actor)  # type: ignore[attr-defined]


@open_to(*STEERING, why=OWN_FIGURES)
@require_GET
def survey_page(request: HttpRequest) -> HttpResponse:
    """The yearly survey, filled from the files, and who waits since when."""
    found = _survey(request)
    if found is None:
        return invalid(request, "reporting/survey.html", {"form": YearForm(request.GET)})
    form, shown = found
    waiting = paging.page(shown.waiting, paging.asked(request))
    if listed := [one.dossier for one in waiting]:
        journal.reading(request, "list", compartment="C16", count=len(listed), objects=listed)
    return page(request, "reporting/survey.html", {"form": form, "shown": shown, "waiting": waiting})


@open_to(*STEERING, why=OWN_FIGURES)
@require_GET
def survey_csv(request: HttpRequest) -> HttpResponseBase:
    found = _survey(request)
    if found is None:
        return invalid(request, "reporting/survey.html", {"form": YearForm(request.GET)})
    _leaves(request)
    heads, rows = found[1].export()
    journal.reading(request, "export_figures", count=len(rows))
    headers = {"Content-Disposition": f'attachment; filename="enquete-{found[1].year}.csv"'}
    return StreamingHttpResponse(exports.as_csv(heads, rows), content_type="text/csv; charset=utf-8", headers=headers)


@open_to("OPS", why="the state of the service: sizes and queues, nothing about a person")
@require_GET
def technical_home(request: HttpRequest) -> HttpResponse:
    """What an operator watches."""
    return page(request, "reporting/technical.html", {"state": reads.technical()})
