"""The pages of the conventions: a room rule by role, the scope for the rest."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, open_to, screen
from jalon.config import clock
from jalon.people import access as people
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from . import access, actions, reads
from .forms import (
    CLAUSES,
    CommitmentForm,
    CommitteeForm,
    DatesForm,
    DraftForm,
    NewCommitmentForm,
    NewIndicatorForm,
    PairForm,
    ValueForm,
)
from .models import Axis, Commitment, Convention, Indicator, Pair


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _shown(request: HttpRequest, form: Form, template: str, context: dict[str, Any]) -> HttpResponse:
    return (invalid if form.is_bound else page)(request, template, {**context, "form": form})


def _convention(request: HttpRequest, convention_id: str, rows: QuerySet[Convention] | None = None) -> Convention:
    scope = access.visible_to(_actor(request)) if rows is None else rows
    convention = scope.filter(pk=convention_id).first()
    if convention is None:
        raise Hidden
    return convention


def _home(convention: Convention) -> str:
    return reverse("conventions:convention", args=[convention.pk])


@open_to(*access.READERS, why=access.WHY)
@require_GET
def conventions(request: HttpRequest) -> HttpResponse:
    """The conventions of my structure, or of my department for its secretariat."""
    actor = _actor(request)
    context = {"conventions": reads.conventions(actor), "can_draft": access.can_draft(actor)}
    return page(request, "conventions/conventions.html", context)


@open_to(*access.READERS, why=access.WHY)
@require_GET
def convention(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Three axes side by side: indicators, commitments, and what comes next."""
    found = reads.page(_actor(request), convention_id)
    if found is None:
        raise Hidden
    return page(request, "conventions/convention.html", {"page": found, "today": clock.today()})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft a convention with a structure of the department."""
    actor = _actor(request)
    parties = {o.pk: o for o in reads.counterparts(actor)}
    before = {c.pk: c for c in reads.predecessors(actor)}
    form = DraftForm(
        posted(request),
        parties=[(pk, o.name) for pk, o in parties.items()],
        predecessors=[(pk, c.title) for pk, c in before.items()],
        initial=_continued(request, before),
    )
    if made := saved(form, lambda: _draft(actor, form, parties, before)):
        return done(request, _home(made), _("Convention préparée : elle attend les deux signatures"))
    return _shown(request, form, "conventions/new.html", {"nobody": not parties})


def _continued(request: HttpRequest, before: dict[str, Convention]) -> dict[str, Any]:
    """What a predecessor proposes: the same party."""
    former = before.get(request.GET.get("after", ""))
    if former is None:
        return {}
    own = _actor(request).organisation_id
    other = former.agency_id if former.association_id == own else former.association_id
    return {"predecessor": former.pk, "party": other}


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
    row = _convention(request, convention_id)
    names = ("title", "starts_on", "ends_on", "next_committee_on", *CLAUSES)
    form = DatesForm(posted(request), revision=row.revision, initial={name: getattr(row, name) for name in names})
    act = lambda: actions.edit_convention(_actor(request), row, revision=form.revision, **form.answers)  # noqa: E731
    if saved(form, act):
        return done(request, _home(row), _("Convention enregistrée"))
    return _shown(request, form, "conventions/edit.html", {"convention": row})


@open_to(*access.WRITERS, why=access.WHY)
@require_POST
def sign(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Sign for my structure, identity confirmed."""
    row = _convention(request, convention_id)
    form = Form(request.POST)
    if saved(form, lambda: actions.sign_convention(_actor(request), row)):
        return done(request, _home(row), _("Convention signée pour votre structure"))
    return _shown(request, form, "conventions/sign.html", {"convention": row})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def committee(request: HttpRequest, convention_id: str) -> HttpResponse:
    """The day of the next steering meeting."""
    row = _convention(request, convention_id)
    form = CommitteeForm(posted(request), initial={"on": row.next_committee_on})
    if saved(form, lambda: actions.plan_committee(_actor(request), row, **form.answers)):
        return done(request, _home(row), _("Comité noté"))
    return _shown(request, form, "conventions/committee.html", {"convention": row})


def _of(request: HttpRequest, rows: QuerySet[Any], pk: str, path: str) -> Any:
    """A row of a convention in the scope, or the uniform 404."""
    found = rows.filter(pk=pk, **{f"{path}__in": access.visible_to(_actor(request))}).first()
    if found is None:
        raise Hidden
    return found


@open_to(*access.PARTIES, why=access.WHY)
@require_http_methods(["GET", "POST"])
def commitment(request: HttpRequest, commitment_id: str) -> HttpResponse:
    """Where one commitment stands."""
    rows = Commitment.objects.select_related("axis__convention", "owner")
    row = _of(request, rows, commitment_id, "axis__convention")
    initial = {name: getattr(row, name) for name in ("state", "done_on", "evidence")}
    form = CommitmentForm(posted(request), present=row.state, revision=row.revision, initial=initial)
    act = lambda: actions.update_commitment(_actor(request), row, revision=form.revision, **form.answers)  # noqa: E731
    if saved(form, act):
        return done(request, _home(row.axis.convention), _("Engagement mis à jour"))
    return _shown(request, form, "conventions/commitment.html", {"commitment": row, "convention": row.axis.convention})


@open_to(*access.PARTIES, why=access.WHY)
@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The value of an indicator for a month."""
    row = _of(request, Indicator.objects.select_related("axis__convention"), indicator_id, "axis__convention")
    form = ValueForm(posted(request))
    if saved(form, lambda: actions.record_indicator(_actor(request), row, **form.answers)):
        return done(request, _home(row.axis.convention), _("Valeur notée"))
    return _shown(request, form, "conventions/indicator.html", {"indicator": row, "convention": row.axis.convention})


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def add_commitment(request: HttpRequest, axis_id: str) -> HttpResponse:
    """One more commitment in a draft."""
    axis = _of(request, Axis.objects.select_related("convention"), axis_id, "convention")
    form = NewCommitmentForm(posted(request), members=reads.members(axis.convention))
    if saved(form, lambda: _added(request, axis, form)):
        return done(request, _home(axis.convention), _("Engagement ajouté"))
    return _shown(request, form, "conventions/add.html", {"axis": axis, "convention": axis.convention})


def _added(request: HttpRequest, axis: Axis, form: Form) -> Commitment:
    given = {**form.answers, "owner": form.cleaned_data["owner"] or None}
    return actions.add_commitment(_actor(request), axis, **given)


@open_to(*access.WRITERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def add_indicator(request: HttpRequest, axis_id: str) -> HttpResponse:
    """One more indicator in a draft."""
    axis = _of(request, Axis.objects.select_related("convention"), axis_id, "convention")
    form = NewIndicatorForm(posted(request))
    if saved(form, lambda: actions.add_indicator(_actor(request), axis, **form.answers)):
        return done(request, _home(axis.convention), _("Indicateur ajouté"))
    return _shown(request, form, "conventions/add.html", {"axis": axis, "convention": axis.convention})


@screen("C16", "create", roles=(Role.REF, Role.MGR))
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who answers for one person on each side, and who stands in."""
    actor = _actor(request)
    dossier = people.get(request, dossier_id, "C16", "create")
    found = reads.pair(actor, dossier)
    form = PairForm(posted(request), conventions=[(c.pk, c.title) for c in found.conventions], deputies=found.deputies)
    if saved(form, lambda: _named(actor, dossier, found, form)):
        return done(request, reverse("conventions:pair", args=[dossier_id]), _("Binôme nommé"))
    context = {"dossier": dossier, "found": found, "rows": reads.pair_rows(found)}
    return _shown(request, form, "conventions/pair.html", context)


def _named(actor: Actor, dossier: Any, found: reads.PairPage, form: Form) -> Pair:
    chosen = next((c for c in found.conventions if c.pk == form.cleaned_data["convention"]), None)
    return actions.name_pair(
        actor,
        dossier,
        referent=found.referent,
        adviser=found.adviser,
        convention=chosen,
        deputy=form.cleaned_data["deputy"] or None,
    )


@screen("C16", "edit", roles=(Role.REF, Role.MGR))
@require_POST
def end_pair(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The pair no longer answers for her."""
    dossier = people.get(request, dossier_id, "C16", "edit")
    row = Pair.objects.filter(dossier=dossier, ended_on=None).first()
    if row is None:
        raise Hidden
    row.dossier = dossier
    actions.end_pair(_actor(request), row)
    return done(request, reverse("conventions:pair", args=[dossier_id]), _("Binôme terminé"))
