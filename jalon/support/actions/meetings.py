"""The meeting of three: adviser, worker, she. Its agenda comes from the plan, its decisions go back there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor, Refused, Role
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.vault.ids import new_id

from .. import access
from ..models import JointMeeting, Objective, PlanStep
from ..states import JOINT_MEETING, ObjectiveState, PlanStepState
from .appointments import make_appointment, record_attendance
from .common import seal, trail, written
from .plan import drop_plan_step, finish_plan_step

DONE, KEPT, DROPPED = "done", "kept", "dropped"
LONGEST = 40


class Outcome(NamedTuple):
    """What became of one action at the meeting: done, kept or dropped, and why when it is dropped."""

    what: str
    why: str = ""


@transaction.atomic
def plan_meeting(actor: Actor, dossier: Dossier, *, at: datetime, title: str, place: str = "") -> JointMeeting:
    """An appointment with the adviser under a neutral title, and an agenda drawn from the shared plan."""
    _require(actor, dossier, "edit")
    access.require_shared(actor, dossier)
    appointment = make_appointment(actor, dossier, at=at, title=title, place=place, with_adviser=True)
    meeting = JointMeeting(dossier_id=dossier.pk, appointment=appointment)
    seal(meeting, dossier, {"agenda": _agenda(dossier)})
    meeting.save(force_insert=True)
    notices.cancel(dossier, "missed_meeting", actor=actor)
    trail(actor, "plan_meeting", dossier, meeting)
    return meeting


def _require(actor: Actor, dossier: Dossier, action: str) -> None:
    people.require(actor, dossier, "C10", action)
    access.require_project(actor, dossier)


def _agenda(dossier: Dossier) -> list[dict[str, Any]]:
    """The open actions of the shared plan, the first due first, then the aims for which nothing is to be done yet."""
    steps = PlanStep.objects.filter(dossier=dossier, shared=True, state=PlanStepState.TODO)
    lines = [_line(step.unseal().get("text", ""), "plan") for step in steps.order_by("due_on", "pk")[:LONGEST]]
    aims = Objective.objects.filter(dossier=dossier, shared=True, state=ObjectiveState.OPEN)
    for aim in aims.exclude(steps__state=PlanStepState.TODO):
        lines.append(_line(_("À décider : %(aim)s") % {"aim": aim.unseal().get("aim", "")}, "plan"))
    return lines[:LONGEST]


def _line(text: str, by: str) -> dict[str, Any]:
    return {"id": new_id(), "text": text, "by": by, "struck": False}


def _held(meeting: JointMeeting, verb: str) -> tuple[JointMeeting, str]:
    """The meeting as it is now, held until the end of the act, and the state to which the verb leads."""
    row = JointMeeting.objects.select_for_update(of=("self",)).select_related("appointment").get(pk=meeting.pk)
    row.dossier = row.appointment.dossier = meeting.dossier
    return row, JOINT_MEETING.target(row.state, verb)


@transaction.atomic
def add_agenda_line(actor: Actor, meeting: JointMeeting, *, text: str) -> JointMeeting:
    """What one of the two sides brings."""
    _require(actor, meeting.dossier, access.joint_action(actor))
    row, _state = _held(meeting, "add_line")
    data = row.unseal()
    if len(data["agenda"]) >= LONGEST:
        raise ValidationError({"text": _("L'ordre du jour est déjà long.")})
    by = "agency" if actor.role == Role.EMP else "association"
    return _keep(actor, row, {**data, "agenda": [*data["agenda"], _line(written(text), by)]}, "add_agenda_line")


@transaction.atomic
def strike_agenda_line(actor: Actor, meeting: JointMeeting, *, line: str, struck: bool = True) -> JointMeeting:
    """She does not want to speak of it there: nobody asks why. She may change her mind."""
    _require(actor, meeting.dossier, "edit")
    row, _state = _held(meeting, "strike_line")
    data = row.unseal()
    if all(one["id"] != line for one in data["agenda"]):
        raise ValidationError({"line": _("Choisissez une réponse de la liste.")})
    agenda = [{**one, "struck": struck} if one["id"] == line else one for one in data["agenda"]]
    return _keep(actor, row, {**data, "agenda": agenda}, "strike_agenda_line")


def _keep(actor: Actor, row: JointMeeting, data: dict[str, Any], verb: str) -> JointMeeting:
    seal(row, row.dossier, data)
    row.save()
    trail(actor, verb, row.dossier, row)
    return row


@transaction.atomic
def hold_meeting(
    actor: Actor,
    meeting: JointMeeting,
    *,
    outcomes: Mapping[str, Outcome],
    decisions: str,
    interpreter: bool = False,
    read_back: bool = False,
    on_paper: bool = False,
    next_at: datetime | None = None,
) -> JointMeeting:
    """It was held: what became of each action, what was decided, what is next.

    ``outcomes``: by the id of a step of the shared plan. The next meeting is planned under the same title and place.
    """
    dossier = meeting.dossier
    _require(actor, dossier, "edit")
    row, _state = _held(meeting, "hold")
    day = row.appointment.at.astimezone(clock.PARIS).date()
    if day > clock.today():
        raise Refused(_("Cet entretien n'a pas encore eu lieu."))
    said = [_settle(actor, dossier, step, outcomes[step.pk]) for step in _open_steps(dossier) if step.pk in outcomes]
    record_attendance(actor, row.appointment, attended=True)
    row.held_on = day
    data = {
        **row.unseal(),
        "decisions": written(decisions, "decisions"),
        "outcomes": said,
        "interpreter": interpreter,
        "read_back": read_back,
        "on_paper": on_paper,
    }
    _keep(actor, row, data, "hold_meeting")
    notices.complete(dossier, "clock_day75", actor=actor)
    if next_at is not None:
        place = row.appointment.unseal()
        plan_meeting(actor, dossier, at=next_at, title=place["title"], place=place.get("place", ""))
    people_actions.refresh_next_due(dossier)
    return row


def _open_steps(dossier: Dossier) -> list[PlanStep]:
    steps = list(PlanStep.objects.filter(dossier=dossier, shared=True, state=PlanStepState.TODO))
    for step in steps:
        step.dossier = dossier
    return steps


def _settle(actor: Actor, dossier: Dossier, step: PlanStep, outcome: Outcome) -> dict[str, str]:
    text = step.unseal().get("text", "")
    if outcome.what == DONE:
        finish_plan_step(actor, step, result=outcome.why)
    elif outcome.what == DROPPED:
        drop_plan_step(actor, step, result=written(outcome.why, f"why_{step.pk}"))
    elif outcome.what != KEPT:
        raise ValidationError({f"step_{step.pk}": _("Choisissez une réponse de la liste.")})
    return {"text": text, "what": outcome.what, "why": outcome.why.strip()}


@transaction.atomic
def miss_meeting(actor: Actor, meeting: JointMeeting) -> JointMeeting:
    """She did not come: the association calls her. Nothing is reported to anybody."""
    dossier = meeting.dossier
    _require(actor, dossier, "edit")
    row, _state = _held(meeting, "miss")
    record_attendance(actor, row.appointment, attended=False)
    trail(actor, "miss_meeting", dossier, row)
    return row
