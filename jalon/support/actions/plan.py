"""The joint plan, in two layers: what she aims at, and the actions that lead there."""

from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.law.landmarks import LANDMARKS
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict
from jalon.vault.ids import new_id

from .. import access, families
from ..models import Layered, Objective, PlanStep
from ..states import MOST_OBJECTIVES, OBJECTIVE, PLAN_STEP, Holder, ObjectiveState, PlanStepState
from .common import made, seal, trail, written

Row = TypeVar("Row", bound=Layered)


# --- what she aims at -------------------------------------------------------------------------------------------
@transaction.atomic
def add_objective(
    actor: Actor, dossier: Dossier, *, aim: str, words: str = "", shared: bool = True, pk: str = ""
) -> Objective:
    """One aim, by its family (``families``: « 26.0 »), with her own words for it. Four at most are open in a layer."""
    access.require_layer(actor, dossier, shared, "create")
    found = families.aim(aim)
    if found is None:
        raise ValidationError({"aim": _("Choisissez une réponse de la liste.")})
    family, said = found
    if shared and not family.shared:
        raise ValidationError({"shared": _("Cette famille reste dans l'association : elle ne se partage pas.")})
    if (known := made(Objective, dossier, pk)) is not None:
        return known
    _room_for_one(dossier, shared)
    who = {"dossier_id": dossier.pk, "author_id": actor.user_id}
    objective = Objective(id=pk or new_id(), **who, shared=shared, created_on=clock.today())
    seal(objective, dossier, {"family": family.code, "aim": said, "words": words.strip(), "result": ""})
    objective.save(force_insert=True)
    trail(actor, "add_objective", dossier, objective)
    return objective


def _room_for_one(dossier: Dossier, shared: bool) -> None:
    """Two colleagues at once do not make five: the file is held while its aims are counted."""
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    rows = Objective.objects.filter(dossier=dossier, shared=shared, state=ObjectiveState.OPEN)
    if rows.count() >= MOST_OBJECTIVES:
        raise ValidationError({"aim": _("Quatre objectifs sont déjà en cours : terminez-en un d'abord.")})


@transaction.atomic
def reach_objective(actor: Actor, objective: Objective, *, result: str = "") -> Objective:
    """She is there."""
    return _move_objective(actor, objective, "reach", clock.today(), result)


@transaction.atomic
def drop_objective(actor: Actor, objective: Objective, *, result: str = "") -> Objective:
    """She aims at something else: it stays in the history, without a judgment."""
    return _move_objective(actor, objective, "drop", clock.today(), result)


@transaction.atomic
def reopen_objective(actor: Actor, objective: Objective) -> Objective:
    """She takes it up again."""
    return _move_objective(actor, objective, "reopen", None, "")


def _move_objective(actor: Actor, objective: Objective, verb: str, closed_on: date | None, result: str) -> Objective:
    dossier = objective.dossier
    access.require_layer(actor, dossier, objective.shared, "edit")
    row = _held(objective)
    target = OBJECTIVE.target(row.state, verb)
    if verb == "reopen":
        _room_for_one(dossier, row.shared)
    row.state, row.closed_on = ObjectiveState(target), closed_on
    seal(row, dossier, {**row.unseal(), "result": result.strip()})
    row.save()
    trail(actor, f"{verb}_objective", dossier, row)
    return row


def _held(row: Row) -> Row:
    """The row as it is now, held until the end of the act, with the dossier of the actor's scope."""
    dossier = row.dossier  # type: ignore[attr-defined]
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(of=("self",)))
    row.dossier = dossier  # type: ignore[attr-defined]
    return row


# --- the actions ------------------------------------------------------------------------------------------------
@transaction.atomic
def add_plan_step(
    actor: Actor,
    dossier: Dossier,
    *,
    text: str,
    holder: str,
    due_on: date | None = None,
    objective: Objective | None = None,
    pk: str = "",
) -> PlanStep:
    """One action: what, who, by when; for an open objective, in its layer; without one, in the shared layer."""
    shared = objective is None or objective.shared
    access.require_layer(actor, dossier, shared, "create")
    _known(holder)
    if objective is not None and (objective.dossier_id != dossier.pk or objective.state != ObjectiveState.OPEN):
        raise ValidationError({"objective": _("Cet objectif n'est pas en cours.")})
    if (known := made(PlanStep, dossier, pk)) is not None:
        return known
    plan_step = PlanStep(
        id=pk or new_id(),
        dossier_id=dossier.pk,
        objective=objective,
        author_id=actor.user_id,
        shared=shared,
        holder=holder,
        created_on=clock.today(),
        due_on=due_on,
    )
    seal(plan_step, dossier, {"text": written(text), "result": ""})
    plan_step.save(force_insert=True)
    trail(actor, "add_plan_step", dossier, plan_step)
    _plan_step_due(actor, dossier, plan_step)
    return plan_step


def _known(holder: str) -> None:
    if holder not in Holder.values:
        raise ValidationError({"holder": _("Choisissez une réponse de la liste.")})


def _plan_step_due(actor: Actor, dossier: Dossier, step: PlanStep) -> None:
    """The referent is told of every step but the agency's."""
    if step.due_on is not None and step.holder != Holder.AGENCY:
        notices.plan(dossier, "plan_step", step.due_on, role=Role.REF, key=step.pk, actor=actor)
    else:
        notices.cancel(dossier, "plan_step", key=step.pk, actor=actor)
    people_actions.refresh_next_due(dossier)


@transaction.atomic
def change_plan_step(
    actor: Actor,
    step: PlanStep,
    *,
    text: str,
    holder: str,
    due_on: date | None = None,
    revision: int | None = None,
) -> PlanStep:
    """What is still to be done changes. A stale ``revision`` raises Conflict with the saved version."""
    dossier = step.dossier
    access.require_layer(actor, dossier, step.shared, "edit")
    _known(holder)
    row = _held(step)
    PLAN_STEP.target(row.state, "change")
    data = row.unseal()
    if revision is not None and revision != row.revision:
        theirs = {"text": data.get("text", ""), "holder": row.get_holder_display(), "due_on": row.due_on or ""}
        labels = {"text": _("Quoi"), "holder": _("Qui s'en charge"), "due_on": _("Pour le")}
        why = _("Quelqu'un d'autre a changé cette étape.")
        raise Conflict(why, theirs=theirs, labels=labels, revision=row.revision)
    row.holder, row.due_on = holder, due_on
    seal(row, dossier, {**data, "text": written(text)})
    row.save()
    trail(actor, "change_plan_step", dossier, row)
    _plan_step_due(actor, dossier, row)
    return row


@transaction.atomic
def finish_plan_step(actor: Actor, step: PlanStep, *, done_on: date | None = None, result: str = "") -> PlanStep:
    """The step is done, on a day that has come, with what came of it."""
    day = done_on or clock.today()
    if day > clock.today():
        raise ValidationError({"done_on": _("Cette date n'est pas encore passée.")})
    return _move_step(actor, step, "finish", day, result)


@transaction.atomic
def drop_plan_step(actor: Actor, step: PlanStep, *, result: str = "") -> PlanStep:
    """The step no longer makes sense: it stays in the history."""
    return _move_step(actor, step, "drop", None, result)


@transaction.atomic
def reopen_plan_step(actor: Actor, step: PlanStep, *, due_on: date | None = None) -> PlanStep:
    """The step is to be done after all, by another day or without one."""
    return _move_step(actor, step, "reopen", None, "", due_on)


def _move_step(
    actor: Actor, step: PlanStep, verb: str, done_on: date | None, result: str, due_on: date | None = None
) -> PlanStep:
    dossier = step.dossier
    access.require_layer(actor, dossier, step.shared, "edit")
    row = _held(step)
    row.state = PlanStepState(PLAN_STEP.target(row.state, verb))
    row.done_on = done_on
    if verb == "reopen":
        row.due_on = due_on
    seal(row, dossier, {**row.unseal(), "result": result.strip()})
    row.save()
    trail(actor, f"{verb}_plan_step", dossier, row)
    if verb == "reopen":
        _plan_step_due(actor, dossier, row)
    else:
        close = notices.complete if verb == "finish" else notices.cancel
        if close(dossier, "plan_step", key=row.pk, actor=actor):
            people_actions.refresh_next_due(dossier)
    return row


# --- the 24 months ----------------------------------------------------------------------------------------------
@transaction.atomic
def check_landmark(actor: Actor, dossier: Dossier, *, landmark: str) -> None:
    """What is expected at that point of the 24 months was looked at with her: nobody is told of it any more."""
    people.require(actor, dossier, "C16", "edit")
    if landmark not in LANDMARKS:
        raise ValidationError({"landmark": _("Choisissez une réponse de la liste.")})
    if not notices.complete(dossier, landmark, actor=actor):
        raise Conflict(_("Ce point a déjà été fait."))
    journal.record(actor, "check_landmark", dossier, compartment="C16")
