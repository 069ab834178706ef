"""One person's matching: what may be shown to her and why, what is set aside, and what becomes of a proposal (C10)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Actor, Hidden, Role, screen
from jalon.config import clock
from jalon.law import work
from jalon.law.errors import LawError
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.support.reads import joint
from jalon.ui import paging
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from .. import access, actions, reads, words
from ..forms.matching import (
    GROUPS,
    PROPOSAL_STEPS,
    AsideFilters,
    CriteriaForm,
    LiftForm,
    WishesForm,
    as_typed,
)
from ..models import Proposal
from ..reads import matches as matching
from ..reads import proposals as proposed
from ..reads import subjects
from ..states import PROPOSAL, OfferKind
from ..wishes import LINES, unknown
from .catalogue import actor_of

BOTH = (Role.REF, Role.EMP)


def subject(request: HttpRequest, dossier_id: str, action: str = "read") -> Dossier:
    """Her file, for who reads her project; an adviser needs that she shares it."""
    actor = actor_of(request)
    dossier = people.get(request, dossier_id, "C10", action, rows=joint.subject(actor))
    access.require_project(actor, dossier)
    return dossier


def about(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    """What every page about her shows."""
    actor = actor_of(request)
    label = joint.label(actor, dossier, subjects.shared_items(actor, dossier) or [])
    return {"dossier": dossier, "label": label, "employment": actor.role == Role.EMP}


@screen("C10", "read", roles=BOTH)
@require_GET
def matches(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The offers and trainings for one person, and what would open the way to others."""
    actor, dossier = actor_of(request), subject(request, dossier_id)
    found = matching.matches(actor, dossier)
    shown = [*found.jobs, *found.trainings]
    journal.reading(request, "match", dossier, compartment="C10", purpose=found.model, count=len(shown))
    if "droit_travail" in found.subject.profile:
        journal.reading(request, "read", dossier, compartment="C7")
    context = {
        "found": found,
        "missing": [LINES[name][0] for name in unknown(found.subject.lines)],
        "proposals": proposed.proposals(actor, dossier),
        "can_propose": access.can_together(actor, dossier),
        "can_edit": access.can_edit_project(actor, dossier),
    }
    return page(request, "offers/matches.html", {**about(request, dossier), **context})


@screen("C10", "read", roles=BOTH)
@require_GET
def aside(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What the rules set aside for her, with every reason and the words behind it."""
    actor, dossier = actor_of(request), subject(request, dossier_id)
    form = AsideFilters(request.GET, reasons=words.REASONS.items())
    context: dict[str, Any] = {**about(request, dossier), "form": form}
    if not form.is_valid():
        return invalid(request, "offers/aside.html", context)
    context |= {
        "rows": matching.set_aside(actor, dossier, **form.answers, number=paging.asked(request)),
        "can_edit": access.can_edit_project(actor, dossier),
        "filtered": any(form.answers.values()),
    }
    return page(request, "offers/aside.html", context)


@screen("C10", "read", roles=BOTH)
@require_http_methods(["GET", "POST"])
def propose_job(request: HttpRequest, dossier_id: str, offer_id: str) -> HttpResponse:
    """Propose a job to her."""
    return _propose(request, dossier_id, OfferKind.JOB, offer_id)


@screen("C10", "read", roles=BOTH)
@require_http_methods(["GET", "POST"])
def propose_training(request: HttpRequest, dossier_id: str, training_id: str) -> HttpResponse:
    """Propose a training to her."""
    return _propose(request, dossier_id, OfferKind.TRAINING, training_id)


def _propose(request: HttpRequest, dossier_id: str, kind: str, row_id: str) -> HttpResponse:
    """What is set aside asks a written reason for each filter; only the association lifts one."""
    actor, dossier = actor_of(request), subject(request, dossier_id)
    access.require_together(actor, dossier)
    match = matching.one_match(actor, dossier, kind, matching.number_of(actor, kind, row_id))
    if match is None or (match.reasons and not access.can_edit_project(actor, dossier)):
        raise Hidden
    form = LiftForm(posted(request), lines=match.reasons)
    if made := saved(form, lambda: actions.propose_offer(actor, dossier, kind, match.number, lifted=form.answers)):
        return done(request, reverse("offers:proposal", args=[made.pk]), _("Proposition notée"))
    context = {**about(request, dossier), "match": match, "form": form}
    return (invalid if form.is_bound else page)(request, "offers/propose.html", context)


# --- a proposal -------------------------------------------------------------------------------------------------------
def _proposal(request: HttpRequest, proposal_id: str) -> tuple[Proposal, Dossier]:
    row = access.proposals_visible_to(actor_of(request)).filter(pk=proposal_id).first()
    if row is None:
        raise Hidden
    dossier = subject(request, row.dossier_id)
    row.dossier = dossier
    return row, dossier


@screen("C10", "read", roles=BOTH)
@require_GET
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """One proposal, and the next steps."""
    row, dossier = _proposal(request, proposal_id)
    return _stepped(request, row, dossier)


def _stepped(
    request: HttpRequest, row: Proposal, dossier: Dossier, wrong: Form | None = None, verb: str = ""
) -> HttpResponse:
    """The page, with the form that was refused in its place."""
    found = proposed.proposal(actor_of(request), row, dossier)
    today = {"on": clock.today()}
    forms = {each: PROPOSAL_STEPS[each](prefix=each, initial=today) for each in found.verbs}
    if wrong is not None:
        forms[verb] = wrong
    steps = [{"verb": each, "form": form} for each, form in forms.items()]
    context = {**about(request, dossier), "found": found, "steps": steps, "invalid": wrong is not None}
    return page(request, "offers/proposal.html", context, status=422 if wrong else 200)


@screen("C10", "read", roles=BOTH)
@require_POST
def step(request: HttpRequest, proposal_id: str, verb: str) -> HttpResponse:
    """Her answer, the application, the employer's answer, the first day."""
    row, dossier = _proposal(request, proposal_id)
    access.require_together(actor_of(request), dossier)
    if verb not in PROPOSAL_STEPS:
        raise Hidden
    PROPOSAL.target(row.state, verb)
    form = PROPOSAL_STEPS[verb](request.POST, prefix=verb)
    if saved(form, lambda: _act(actor_of(request), row, verb, form)):
        return done(request, reverse("offers:proposal", args=[row.pk]), _("Enregistré"))
    return _stepped(request, row, dossier, form, verb)


def _act(actor: Actor, row: Proposal, verb: str, form: Form) -> Proposal:
    acts: dict[str, Callable[..., Proposal]] = {
        "agree": actions.agree_proposal,
        "decline": actions.decline_proposal,
        "apply": actions.apply_proposal,
        "start": actions.start_proposal,
        "drop": actions.drop_proposal,
    }
    if verb in acts:
        return acts[verb](actor, row, **form.answers)
    return actions.answer_proposal(actor, row, verb, **form.answers)


# --- what she looks for -----------------------------------------------------------------------------------------------
@screen("C10", "edit", roles=(Role.REF,))
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What she looks for, asked line by line; each may stay unasked."""
    actor = actor_of(request)
    dossier = subject(request, dossier_id, "edit")
    row = subjects.wishes_of(dossier)
    known = subjects.subject(actor, dossier).lines
    form = WishesForm(
        posted(request),
        initial=as_typed(known),
        places=reads.communes(actor.department),
        revision=row.revision if row else 0,
    )
    if saved(form, lambda: actions.note_wishes(actor, dossier, form.answers, revision=form.revision)):
        return done(request, reverse("offers:matches", args=[dossier.pk]), _("Enregistré"))
    groups = [(title, [form[name] for name in names]) for title, names in GROUPS]
    context = {**about(request, dossier), "form": form, "groups": groups, "row": row}
    return (invalid if form.is_bound else page)(request, "offers/wishes.html", context)


@screen("C10", "read", roles=BOTH)
@require_http_methods(["GET", "POST"])
def integration(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """May she enter a work-integration structure? Said by the law room; nothing is kept."""
    dossier = subject(request, dossier_id)
    form = CriteriaForm(posted(request))
    answer = None
    if form.is_bound and form.is_valid():
        try:
            answer = work.work_integration(**form.answers)
        except LawError:
            form.add_error("criteria", _("Deux de ces critères se contredisent."))
    context = {**about(request, dossier), "form": form, "answer": answer}
    return (invalid if form.errors else page)(request, "offers/integration.html", context)
