"""Decisions that wait: signed together, or drafted together for one session."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to, screen
from jalon.commissions import access as commissions
from jalon.commissions.reads import copies_held
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.journeys import access, actions, reads, wording
from jalon.journeys.forms import BatchForm, PointForm, RoutesForm, as_read, following
from jalon.ui import paging
from jalon.ui.errors import Conflict, Malformed
from jalon.ui.fields import PublicIdField
from jalon.ui.forms import attempt, posted
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page

from .common import signatory
from .decisions import drafted

PENDING = "the secretariat drafts and the préfet signs the decisions of their department"


def _batch(request: HttpRequest, form: BatchForm | None = None, status: int = 200) -> HttpResponse:
    at = paging.asked(request), paging.asked(request, "signed")
    home = reads.prefect_home(request.actor, *at)  # type: ignore[attr-defined]
    seen = [row.application.dossier for row in home.pending]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    form = form or BatchForm(_choices(home.ready), initial=signatory(request))
    boxes, changed = _boxes(form), form.changed
    rows = [reads.with_box(row, *_read(row, boxes, changed)) for row in home.pending]
    context = {"home": home, "rows": rows, "form": form, "today": clock.today()}
    context["held"] = copies_held(request.actor, number=paging.asked(request, "held"))  # type: ignore[attr-defined]
    context["signs"] = request.actor.role == "PRE"  # type: ignore[attr-defined]
    if context["signs"]:
        context["accreditation_tasks"] = directory.tasks(request.actor, paging.asked(request, "agrements"))  # type: ignore[attr-defined]
    return (invalid if status == 422 else page)(request, "journeys/decisions.html", context)


def _choices(rows: Iterable[reads.Pending]) -> list[tuple[str, str]]:
    return [(as_read(row.draft), row.application.dossier.number) for row in rows if row.draft and row.ready]


def _read(row: reads.Pending, boxes: dict[str, object], changed: set[str]) -> tuple[object, bool]:
    """The check box of a row, and whether it was ticked before its draft changed."""
    if row.draft is None:
        return None, False
    return boxes.get(as_read(row.draft)) if row.ready else None, row.draft.pk in changed


def _boxes(form: BatchForm) -> dict[str, object]:
    return {str(box.data["value"]): box for box in form["selection"]}


@open_to("PRE", why=PENDING)
def prefect_home(request: HttpRequest) -> HttpResponse:
    return _batch(request)


@open_to("PRE", "SEC", why=PENDING)
def decisions(request: HttpRequest) -> HttpResponse:
    return _batch(request)


@require_POST
@open_to("PRE", "SEC", why=PENDING)
def prepare_favourable(request: HttpRequest) -> HttpResponse:
    """Draft in one go the decisions that follow a favourable opinion; nothing is signed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    with transaction.atomic():
        for application in reads.to_follow(actor):
            routes = wording.default_routes(application.department)
            kind = following(application, favourable=True)
            with suppress(Conflict):  # somebody has just written it, and hers stays
                actions.draft_decision(actor, application, kind=kind, appeal_routes=routes, revision=0)
    return done(request, reverse("journeys:decisions"), _("Projets préparés : relisez-les avant de signer."))


@require_POST
@open_to("PRE", why="only the préfet signs")
def sign_selection(request: HttpRequest) -> HttpResponse:
    """Sign the selection: all of it, or nothing and the reasons why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ticked = {value.rpartition(".")[0] for value in request.POST.getlist("selection")}
    ticked = {draft for draft in ticked if PublicIdField.SHAPE.fullmatch(draft)}
    form = BatchForm(_choices(reads.chosen_of(actor, ticked)), request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["selection"]
        signed = attempt(form, lambda: _sign_all(actor, chosen, form))
        if signed is not None:
            return done(request, reverse("journeys:decisions"), _("Décisions signées : %(n)d.") % {"n": signed})
    return _batch(request, form, 422)


@transaction.atomic
def _sign_all(actor: Actor, chosen: dict[str, int], form: BatchForm) -> int:
    data = {name: form.cleaned_data[name] for name in ("capacity", "service")}
    rows = access.decisions_visible_to(actor).select_related("dossier").filter(pk__in=chosen)
    told: list[str] = []
    for row in rows:
        try:
            actions.sign_decision(actor, row, **data, revision=chosen[row.pk])
        except Conflict as conflict:
            told.append(f"{row.dossier.number} : {conflict.why}")
        except ValidationError as error:
            told += [f"{row.dossier.number} : {text}" for text in error.messages]
    if told:
        raise ValidationError({"selection": told})
    return len(rows)


@screen("C14", "edit", roles=("PRE", "SEC"))
def session(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """All the points opined at one session: each decision is saved on its own, what lacks stays on the page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    meeting = commissions.meetings_visible_to(actor).filter(pk=meeting_id).first()
    if meeting is None:
        raise Hidden
    if request.method == "POST":
        _refuse_strangers(request.POST)
        sent = {key.rpartition("-")[0] for key in request.POST}
        rows = reads.answered(actor, meeting.pk, sent)
    else:
        rows = reads.pending(actor, meeting.pk, paging.asked(request))
    for row in rows:
        access.require_draft(actor, row.application)
    seen = [row.application.dossier for row in rows]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    routes = RoutesForm(posted(request), prefix="session", initial=_routes(rows, meeting.department))
    points = [(row, _point(row, posted(request))) for row in rows]
    saved = _save(actor, points, routes) if request.method == "POST" else 0
    if request.method == "POST":
        if routes.is_valid() and not any(form.errors for _row, form in points):
            return done(request, reverse("journeys:decisions"), _("Projets enregistrés : %(n)d.") % {"n": saved})
        points = _again(actor, points)
    told = [(row, form, form.departs(row.opinion)) for row, form in points]
    context = {
        "meeting": meeting,
        "pager": rows,
        "points": told,
        "routes": routes,
        "saved": saved,
        "rules": why("DEC-1", "DEC-2"),
    }
    return (invalid if request.method == "POST" else page)(request, "journeys/session.html", context)


def _refuse_strangers(data: QueryDict) -> None:
    """Each form answers for its own prefix; a point decided in between is left aside, another key is not."""
    prefixes = {key.rpartition("-")[0] for key in data if key != "csrfmiddlewaretoken"}
    if not all(prefix == "session" or PublicIdField.SHAPE.fullmatch(prefix) for prefix in prefixes):
        raise Malformed("unknown field in the page of a session")


def _again(actor: Actor, points: list[tuple[reads.Pending, PointForm]]) -> list[tuple[reads.Pending, PointForm]]:
    """What was refused as it was typed; what was saved as it now stands."""
    pks = [row.application.pk for row, _form in points]
    fresh = {row.application.pk: row for row in reads.answered(actor, points[0][0].meeting, pks)} if points else {}
    now = [(fresh.get(row.application.pk, row), form) for row, form in points]
    return [(row, form if form.errors else _point(row, None)) for row, form in now]


def _routes(rows: Iterable[reads.Pending], department: str) -> dict[str, str]:
    """Those already written for this session, else the usual ones."""
    written = (row.words.get("appeal_routes") for row in rows)
    return {"appeal_routes": next((text for text in written if text), "") or wording.default_routes(department)}


def _point(row: reads.Pending, data: QueryDict | None) -> PointForm:
    known = row.draft
    initial = {"kind": following(row.application, row.opinion != "unfavourable"), **drafted(known, row.words)}
    revision = known.revision if known else 0
    return PointForm(row.application, data, prefix=row.application.pk, initial=initial, revision=revision)


@transaction.atomic
def _save(actor: Actor, points: list[tuple[reads.Pending, PointForm]], routes: RoutesForm) -> int:
    """What is refused is told on its form, the others are written; how many were.

    One transaction: of a page sent twice at once, one is saved whole, instead of each a part.
    """
    if not routes.is_valid():
        return 0
    return sum(form.is_valid() and _save_point(actor, row, form, routes.answers) for row, form in points)


def _save_point(actor: Actor, row: reads.Pending, form: PointForm, routes: dict[str, str]) -> bool:
    dates: dict[str, Any] = {"effective_on": row.draft.effective_on, "ends_on": row.draft.ends_on} if row.draft else {}
    given = {**dates, **form.answers, **routes, "revision": form.revision or 0}
    if row.draft and not form.has_changed() and row.words.get("appeal_routes") == routes["appeal_routes"]:
        return False  # sent again, nothing to write
    try:
        return attempt(form, lambda: actions.draft_decision(actor, row.application, **given)) is not None
    except Conflict:
        form.add_error(None, _("Quelqu'un a modifié ce projet entre-temps : ouvrez-le pour le relire."))
        return False
