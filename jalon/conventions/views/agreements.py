"""The conventions: list, page, draft, signature, what each axis holds. A room rule by role, the scope for the rest."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, open_to
from jalon.config import clock
from jalon.ui import paging
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, page

from .. import access, actions, reads
from ..forms import (
    CLAUSES,
    CommitmentForm,
    DatesForm,
    DraftForm,
    NewCommitmentForm,
    NewIndicatorForm,
)
from ..models import Axis, Commitment, Convention, Indicator
from .common import actor_of, home_of, in_scope, row_of, shown


@open_to(*access.READERS, why=access.WHY)
@require_GET
def conventions(request: HttpRequest) -> HttpResponse:
    """The conventions of my structure, or of my department for its secretariat."""
    actor = actor_of(request)
    context = {"conventions": reads.conventions(actor, paging.asked(request)), "can_draft": access.can_draft(actor)}
    return page(request, "conventions/conventions.html", context)


@open_to(*access.READERS, why=access.WHY)
@require_GET
def convention(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Three axes side by side: indicators, commitments, and what comes next."""
    found = reads.page(actor_of(request), convention_id)
    if found is None:
        raise Hidden
    return page(request, "conventions/convention.html", {"page": found, "today": clock.today()})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft a convention with a structure of the department."""
    actor = actor_of(request)
    parties = {o.pk: o for o in reads.counterparts(actor)}
    before = {c.pk: c for c in reads.predecessors(actor)}
    former = before.get(request.POST.get("predecessor") or request.GET.get("after", ""))
    left = reads.continued(former, actor.organisation_id) if former else None
    form = DraftForm(
        posted(request),
        parties=[(pk, o.name) for pk, o in parties.items()],
        predecessors=[(pk, c.title) for pk, c in before.items()],
        indicators=left.indicators if left else {},
        initial=left.initial if left else {},
    )
    if made := saved(form, lambda: _draft(actor, form, parties, before)):
        return done(request, home_of(made), _("Convention préparée : elle attend les deux signatures"))
    return shown(request, form, "conventions/new.html", {"nobody": not parties})


def _draft(actor: Actor, form: DraftForm, parties: dict[str, Any], before: dict[str, Convention]) -> Convention:
    data = form.cleaned_data
    other, own = parties[data["party"]], reads.own(actor)
    association, agency = (own, other) if actor.role == Role.MGR else (other, own)
    return actions.draft_convention(
        actor,
        department=actor.department,
        title=data["title"],
        association=association,
        agency=agency,
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        predecessor=before.get(data["predecessor"]),
        next_committee_on=data["next_committee_on"],
        axes=form.axes,
        **form.clauses,
    )


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Title, dates and committee of a draft."""
    row = in_scope(request, convention_id)
    names = ("title", "starts_on", "ends_on", "next_committee_on", *CLAUSES)
    form = DatesForm(posted(request), revision=row.revision, initial={name: getattr(row, name) for name in names})
    act = lambda: actions.edit_convention(actor_of(request), row, revision=form.revision, **form.answers)  # noqa: E731
    if saved(form, act):
        return done(request, home_of(row), _("Convention enregistrée"))
    return shown(request, form, "conventions/edit.html", {"convention": row})


@open_to(*access.WRITERS, why=access.WHY)
@require_POST
def sign(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Sign for my structure, identity confirmed."""
    row = in_scope(request, convention_id)
    form = Form(request.POST, revision=row.revision)
    if saved(form, lambda: actions.sign_convention(actor_of(request), row, revision=form.revision)):
        return done(request, home_of(row), _("Convention signée pour votre structure"))
    return shown(request, form, "conventions/sign.html", {"convention": row})


@open_to(*access.PARTIES, why=access.WHY)
@require_http_methods(["GET", "POST"])
def commitment(request: HttpRequest, commitment_id: str) -> HttpResponse:
    """Where one commitment stands."""
    rows = Commitment.objects.select_related("axis__convention", "owner")
    row = row_of(request, rows, commitment_id, "axis__convention")
    initial = {name: getattr(row, name) for name in ("state", "done_on", "evidence")}
    form = CommitmentForm(posted(request), present=row.state, revision=row.revision, initial=initial)
    act = lambda: actions.update_commitment(actor_of(request), row, revision=form.revision, **form.answers)  # noqa: E731
    if saved(form, act):
        return done(request, home_of(row.axis.convention), _("Engagement mis à jour"))
    return shown(request, form, "conventions/commitment.html", {"commitment": row, "convention": row.axis.convention})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def add_commitment(request: HttpRequest, axis_id: str) -> HttpResponse:
    """One more commitment in a draft."""
    axis = row_of(request, Axis.objects.select_related("convention"), axis_id, "convention")
    form = NewCommitmentForm(posted(request), members=reads.members(axis.convention))
    if saved(form, lambda: _added(request, axis, form)):
        return done(request, home_of(axis.convention), _("Engagement ajouté"))
    return shown(request, form, "conventions/add.html", {"axis": axis, "convention": axis.convention})


def _added(request: HttpRequest, axis: Axis, form: Form) -> Commitment:
    given = {**form.answers, "owner": form.cleaned_data["owner"] or None}
    return actions.add_commitment(actor_of(request), axis, **given)


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def add_indicator(request: HttpRequest, axis_id: str) -> HttpResponse:
    """One more indicator in a draft."""
    axis = row_of(request, Axis.objects.select_related("convention"), axis_id, "convention")
    form = NewIndicatorForm(posted(request), measures=reads.to_measure(axis))
    if saved(form, lambda: actions.add_indicator(actor_of(request), axis, **form.answers)):
        return done(request, home_of(axis.convention), _("Indicateur ajouté"))
    return shown(request, form, "conventions/add.html", {"axis": axis, "convention": axis.convention})


@open_to(*access.WRITERS, why=access.WHY)
@require_POST
def drop_indicator(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """A draft no longer follows this."""
    row = row_of(request, Indicator.objects.select_related("axis__convention"), indicator_id, "axis__convention")
    convention = actions.drop_indicator(actor_of(request), row)
    return done(request, home_of(convention), _("Indicateur retiré"))
