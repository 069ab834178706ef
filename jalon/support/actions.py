"""The verbs of the joint support. Bad data raises ValidationError (the form shows it), a forbidden verb Refused."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.journeys import actions as journeys
from jalon.law import immersion, work
from jalon.law.errors import LawError
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.access import facts
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.ui.errors import Conflict
from jalon.vault.classification import GROUP_OF
from jalon.vault.ids import new_id
from jalon.vault.models import Sealed

from . import access
from .models import Appointment, LiaisonMessage, LiaisonThread, Note, Placement, PlanStep, ProgressScale
from .states import (
    HIGHEST,
    LOWEST,
    NOT_NEUTRAL,
    PLAN_STEP,
    Domain,
    Holder,
    NoteKind,
    PlacementKind,
    PlanStepState,
    Visibility,
)

MEETING_KINDS = (NoteKind.INTERVIEW, NoteKind.PHONE)


def _seal(row: Sealed, dossier: Dossier, data: dict[str, Any]) -> None:
    """Seal with the key that the dossier's own query brought, else with the slot fetched now."""
    row.seal(data, getattr(dossier, f"key_{GROUP_OF[row.compartment]}", None))


def _trail(actor: Actor, verb: str, dossier: Dossier, row: Sealed, compartment: str = "") -> None:
    relation = facts(actor, dossier).relation if hasattr(dossier, "assignment_kind") else ""
    journal.record(
        actor,
        verb,
        dossier,
        compartment=compartment or row.compartment,
        relation=relation,
        sealed=[row],
        objects=[row.pk],
    )


def _made(model: type[Any], dossier: Dossier, pk: str) -> Any:
    """What the same page, sent a moment before, has already made."""
    return model.objects.filter(dossier=dossier, pk=pk).first() if pk else None


def _written(text: str, field: str = "text") -> str:
    if not text.strip():
        raise ValidationError({field: _("Ce champ est obligatoire : écrivez votre réponse.")})
    return text.strip()


# --- notes ----------------------------------------------------------------------------------------------------
@transaction.atomic
def write_note(
    actor: Actor,
    dossier: Dossier,
    *,
    text: str,
    kind: str = NoteKind.INTERVIEW,
    visibility: str = Visibility.TEAM,
    pk: str = "",
) -> Note:
    """What happened and what comes next. The circle of readers is chosen before writing and never widened after.

    ``pk``: here and below, the identifier that the page promised; a second sending gets the note that has it.
    """
    if kind not in NoteKind.values or visibility not in Visibility.values:
        raise ValidationError(_("Choisissez une réponse de la liste."))
    people.require(actor, dossier, *access.note_cell(actor, visibility))
    if visibility == Visibility.EMPLOYMENT:
        access.require_shared(actor, dossier)
        access.require_project(actor, dossier)
    if (made := _made(Note, dossier, pk)) is not None:
        return made
    today = clock.today()
    note = Note(
        id=pk or new_id(),
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        written_on=today,
        written_at=clock.now(),
        kind=kind,
        visibility=visibility,
    )
    _seal(note, dossier, {"text": _written(text)})
    note.save(force_insert=True)
    if kind in MEETING_KINDS and actor.role in access.ASSOCIATION:
        people_actions.contacted(dossier, today, actor=actor)
    _trail(actor, "write_note", dossier, note)
    return note


# --- the liaison thread -----------------------------------------------------------------------------------------
@transaction.atomic
def open_thread(actor: Actor, dossier: Dossier) -> LiaisonThread:
    """The one thread of this person, opened when she agrees to share with the employment side."""
    people.require(actor, dossier, "C10", access.joint_action(actor))
    access.require_shared(actor, dossier)
    thread = LiaisonThread.objects.filter(dossier=dossier).first()
    if thread is None:
        thread = LiaisonThread.objects.create(dossier_id=dossier.pk, opened_on=clock.today())
        journal.record(actor, "open_thread", dossier, compartment="C10", objects=[thread.pk])
    return thread


@transaction.atomic
def send_message(
    actor: Actor,
    dossier: Dossier,
    *,
    text: str,
    answer_due_on: date | None = None,
    answers: LiaisonMessage | None = None,
    pk: str = "",
) -> LiaisonMessage:
    """Write to the other side. The message that it answers is closed by it; the other side learns that a task waits."""
    thread = open_thread(actor, dossier)
    if (made := _made(LiaisonMessage, dossier, pk)) is not None:
        return made
    from_agency = actor.role == Role.EMP
    if answer_due_on is not None and answer_due_on < clock.today():
        raise ValidationError({"answer_due_on": _("La réponse ne peut pas être attendue avant aujourd'hui.")})
    if answers is not None:
        answers = LiaisonMessage.objects.select_for_update(of=("self",)).filter(pk=answers.pk, thread=thread).first()
        if answers is None or answers.from_agency == from_agency:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
        if answers.answered_by_id is not None:
            raise Conflict(_("Ce message a déjà reçu une réponse."))
    message = LiaisonMessage(
        id=pk or new_id(),
        thread=thread,
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        from_agency=from_agency,
        sent_at=clock.now(),
        answer_due_on=answer_due_on,
    )
    _seal(message, dossier, {"text": _written(text)})
    message.save(force_insert=True)
    if answers is not None:
        answers.answered_by = message
        answers.seen_at = answers.seen_at or message.sent_at
        answers.save(update_fields=["answered_by", "seen_at"])
    _trail(actor, "send_message", dossier, message)
    if answers is not None and answers.from_agency:
        notices.complete(dossier, "answer", key=answers.pk, actor=actor)
    if answer_due_on is not None and from_agency:
        notices.plan(dossier, "answer", answer_due_on, role=Role.REF, key=message.pk, actor=actor)
    people_actions.refresh_next_due(dossier)
    for user_id in _other_side(dossier, from_agency):
        notices.queue(user_id, "task", f"liaison:{message.pk}", actor=actor)
    return message


def _other_side(dossier: Dossier, from_agency: bool) -> list[str]:
    """Who is told that a task waits: the referent, or the advisers."""
    kind = AssignmentKind.REFERENT if from_agency else AssignmentKind.ADVISER
    today = clock.today()
    running = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    rows = Assignment.objects.filter(running, dossier_id=dossier.pk, kind=kind)
    return list(rows.values_list("user_id", flat=True).distinct())


@transaction.atomic
def mark_seen(actor: Actor, dossier: Dossier) -> int:
    """The messages of the other side have been read. Reading them asks nothing more than reading C10."""
    people.require(actor, dossier, "C10", "read")
    others = LiaisonMessage.objects.filter(dossier=dossier, from_agency=actor.role != Role.EMP, seen_at=None)
    seen = others.update(seen_at=clock.now())
    if seen:
        journal.record(actor, "mark_seen", dossier, compartment="C10", count=seen)
    return seen


# --- the joint plan ---------------------------------------------------------------------------------------------
@transaction.atomic
def add_plan_step(
    actor: Actor, dossier: Dossier, *, text: str, holder: str, due_on: date | None = None, pk: str = ""
) -> PlanStep:
    """One step of the plan that both sides and the person carry: what, who, by when."""
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if holder not in Holder.values:
        raise ValidationError({"holder": _("Choisissez une réponse de la liste.")})
    if (made := _made(PlanStep, dossier, pk)) is not None:
        return made
    plan_step = PlanStep(
        id=pk or new_id(),
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        holder=holder,
        created_on=clock.today(),
        due_on=due_on,
    )
    _seal(plan_step, dossier, {"text": _written(text)})
    plan_step.save(force_insert=True)
    _trail(actor, "add_plan_step", dossier, plan_step)
    _plan_step_due(actor, dossier, plan_step)
    return plan_step


def _plan_step_due(actor: Actor, dossier: Dossier, step: PlanStep) -> None:
    """The referent is told of the steps that the association or the person carries."""
    if step.due_on is not None and step.holder != Holder.AGENCY:
        notices.plan(dossier, "plan_step", step.due_on, role=Role.REF, key=step.pk, actor=actor)
        people_actions.refresh_next_due(dossier)


@transaction.atomic
def finish_plan_step(actor: Actor, step: PlanStep, *, done_on: date | None = None) -> PlanStep:
    """The step is done, on a day that has come."""
    day = done_on or clock.today()
    if day > clock.today():
        raise ValidationError({"done_on": _("Cette date n'est pas encore passée.")})
    return _move_step(actor, step, "finish", day)


@transaction.atomic
def drop_plan_step(actor: Actor, step: PlanStep) -> PlanStep:
    """The step no longer makes sense: it stays in the history."""
    return _move_step(actor, step, "drop", None)


@transaction.atomic
def reopen_plan_step(actor: Actor, step: PlanStep, *, due_on: date | None = None) -> PlanStep:
    """The step is to be done after all, by another day or without one."""
    step.due_on = due_on
    return _move_step(actor, step, "reopen", None)


def _move_step(actor: Actor, step: PlanStep, verb: str, done_on: date | None) -> PlanStep:
    people.require(actor, step.dossier, "C10", "edit")
    access.require_project(actor, step.dossier)
    locked = PlanStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    step.state = PlanStepState(PLAN_STEP.target(locked.state, verb))
    step.done_on = done_on
    step.save(update_fields=["state", "due_on", "done_on"])
    _trail(actor, f"{verb}_plan_step", step.dossier, step)
    if verb == "reopen":
        _plan_step_due(actor, step.dossier, step)
    else:
        close = notices.complete if verb == "finish" else notices.cancel
        if close(step.dossier, "plan_step", key=step.pk, actor=actor):
            people_actions.refresh_next_due(step.dossier)
    return step


# --- appointments -----------------------------------------------------------------------------------------------
@transaction.atomic
def make_appointment(
    actor: Actor, dossier: Dossier, *, at: datetime, title: str, place: str, with_adviser: bool = False, pk: str = ""
) -> Appointment:
    """An appointment under a title that says nothing. With the adviser only while she shares."""
    people.require(actor, dossier, "C16", "create")
    with_adviser = with_adviser or actor.role == Role.EMP
    if with_adviser:
        access.require_shared(actor, dossier)
    for field, words in (("title", title), ("place", place)):
        found = NOT_NEUTRAL.search(words)
        if found:
            why = _("D'autres peuvent lire ces mots : retirez « %(word)s ».") % {"word": found[0]}
            raise ValidationError({field: why})
    if (made := _made(Appointment, dossier, pk)) is not None:
        return made
    moment = at if at.tzinfo else at.replace(tzinfo=clock.PARIS)
    who = {"dossier_id": dossier.pk, "author_id": actor.user_id}
    appointment = Appointment(id=pk or new_id(), **who, at=moment, with_adviser=with_adviser)
    _seal(appointment, dossier, {"title": _written(title, "title"), "place": place.strip()})
    appointment.save(force_insert=True)
    _trail(actor, "make_appointment", dossier, appointment)
    day = moment.astimezone(clock.PARIS).date()
    notices.plan(dossier, "appointment", day, role=Role.REF, key=appointment.pk, actor=actor)
    people_actions.refresh_next_due(dossier)
    return appointment


def _require_appointment(actor: Actor, appointment: Appointment) -> None:
    """The employment side knows only of the appointments to which it comes."""
    if actor.role == Role.EMP and not appointment.with_adviser:
        raise Hidden
    people.require(actor, appointment.dossier, "C16", "edit")


@transaction.atomic
def record_attendance(actor: Actor, appointment: Appointment, *, attended: bool) -> Appointment:
    """She came, or not. Never before the day; an absence calls for a call, never for a report."""
    dossier = appointment.dossier
    _require_appointment(actor, appointment)
    if appointment.cancelled_at is not None:
        raise Conflict(_("Ce rendez-vous a été annulé."))
    day = appointment.at.astimezone(clock.PARIS).date()
    if day > clock.today():
        raise Refused(_("Ce rendez-vous n'a pas encore eu lieu."))
    appointment.attended = attended
    appointment.save(update_fields=["attended"])
    if attended and actor.role in access.ASSOCIATION:
        people_actions.contacted(dossier, day, actor=actor)
    _trail(actor, "record_attendance", dossier, appointment)
    notices.complete(dossier, "appointment", key=appointment.pk, actor=actor)
    people_actions.refresh_next_due(dossier)
    return appointment


@transaction.atomic
def cancel_appointment(actor: Actor, appointment: Appointment) -> Appointment:
    """The appointment will not take place."""
    _require_appointment(actor, appointment)
    if appointment.cancelled_at is not None or appointment.attended is not None:
        raise Conflict(_("Ce rendez-vous est déjà passé ou annulé."))
    appointment.cancelled_at = clock.now()
    appointment.save(update_fields=["cancelled_at"])
    _trail(actor, "cancel_appointment", appointment.dossier, appointment)
    notices.cancel(appointment.dossier, "appointment", key=appointment.pk, actor=actor)
    people_actions.refresh_next_due(appointment.dossier)
    return appointment


# --- points of support and placements -----------------------------------------------------------------------------
@transaction.atomic
def fill_scale(
    actor: Actor, dossier: Dossier, *, values: Mapping[str, int | None], with_person: bool = True
) -> ProgressScale:
    """The eight domains, filled together; she may leave some out. Filled again the same day, the last answers stand."""
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if actor.role not in access.ASSOCIATION:
        raise Refused(_("Les points d'appui se remplissent avec l'association."))
    kept = {domain: int(value) for domain, value in values.items() if value is not None}
    if not kept:
        raise ValidationError(_("Remplissez au moins un domaine."))
    for domain, value in kept.items():
        if domain not in Domain.values or not LOWEST <= value <= HIGHEST:
            raise ValidationError(_("Chaque domaine se note de 1 à 5."))
    today = clock.today()
    scale = ProgressScale.objects.select_for_update(of=("self",)).filter(dossier=dossier, filled_on=today).first()
    scale = scale or ProgressScale(dossier_id=dossier.pk, filled_on=today)
    scale.with_person = with_person
    _seal(scale, dossier, {"values": kept})
    scale.save()
    _trail(actor, "fill_scale", dossier, scale)
    return scale


@transaction.atomic
def record_placement(
    actor: Actor,
    dossier: Dossier,
    *,
    title: str,
    kind: str = PlacementKind.TRAINING,
    organisation: str = "",
    starts_on: date,
    ends_on: date | None = None,
    result: str = "",
    pk: str = "",
) -> Placement:
    """A job, a training, an immersion that begins; a pass received; an orientation notified. What follows is due."""
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if kind not in PlacementKind.values:
        raise ValidationError({"kind": _("Choisissez une réponse de la liste.")})
    _check_placement(starts_on, ends_on)
    if (made := _made(Placement, dossier, pk)) is not None:
        return made
    placement = Placement(id=pk or new_id(), dossier_id=dossier.pk, kind=kind, starts_on=starts_on, ends_on=ends_on)
    _seal(placement, dossier, {"title": _written(title, "title"), "organisation": organisation, "result": result})
    placement.save(force_insert=True)
    _trail(actor, "record_placement", dossier, placement)
    _placement_due(actor, dossier, placement)
    if kind in EARNING:
        journeys.plan_report(dossier, f"placement:{placement.pk}", actor=actor)
    return placement


# A job brings resources: while the aid is paid, it is reported.
EARNING = (PlacementKind.JOB, PlacementKind.INTEGRATION)
END_KIND = {
    PlacementKind.ORIENTATION: ("contract_due", "EMP-1"),
    PlacementKind.INTEGRATION: ("pass_end", "EMP-4"),
    PlacementKind.IMMERSION: ("immersion_end", "EMP-3"),
}


def _lawful_end(placement: Placement) -> date | None:
    """The end that the law gives when none is written: a month to sign, a month of immersion, two years of pass.

    None before the first value that the law room knows: the fact is kept, nothing is made up.
    """
    try:
        if placement.kind == PlacementKind.INTEGRATION:
            return work.pass_end(placement.starts_on)
        if placement.kind == PlacementKind.IMMERSION:
            return immersion.last_day(placement.starts_on)
        return work.employment_contract(placement.starts_on).sign_by
    except LawError:
        return None


def _placement_due(actor: Actor, dossier: Dossier, placement: Placement) -> None:
    """What falls due: nothing for a job; nothing any more when it is over, or the contract signed."""
    if placement.kind not in END_KIND:
        return
    kind, rule = END_KIND[PlacementKind(placement.kind)]
    signed = placement.kind == PlacementKind.ORIENTATION and placement.ends_on is not None
    on = placement.ends_on or _lawful_end(placement)
    if signed or (placement.ends_on and placement.ends_on <= clock.today()):
        notices.complete(dossier, kind, key=placement.pk, actor=actor)
    elif on:
        notices.plan(dossier, kind, on, rule=rule, key=placement.pk, actor=actor)
    people_actions.refresh_next_due(dossier)


@transaction.atomic
def end_placement(actor: Actor, placement: Placement, *, ends_on: date, result: str = "") -> Placement:
    """It ended, on a day, with a result; of an orientation: the contract was signed."""
    people.require(actor, placement.dossier, "C10", "edit")
    access.require_project(actor, placement.dossier)
    _check_placement(placement.starts_on, ends_on)
    data = placement.unseal()
    placement.ends_on = ends_on
    _seal(placement, placement.dossier, {**data, "result": result or data.get("result", "")})
    placement.save()
    _trail(actor, "end_placement", placement.dossier, placement)
    _placement_due(actor, placement.dossier, placement)
    return placement


def _check_placement(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("La fin ne peut pas précéder le début.")})
