"""The steering meetings: their day, what was said of each point, and what was decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.papers import vocabulary
from jalon.people import wall
from jalon.ui.errors import Conflict, at_field

from .. import agenda
from ..models import Axis, Commitment, Convention, SteeringMeeting
from .common import locked, member, require


@transaction.atomic
def plan_committee(actor: Actor, convention: Convention, *, on: date | None) -> Convention:
    """The day of the next steering meeting, within the convention and not in the past."""
    convention = locked(convention)
    require(actor, convention, "plan_committee")
    convention.next_committee_on = _coming(convention, on)
    convention.revision += 1
    convention.save()
    journal.record(actor, "plan_committee", objects=[convention.pk])
    return convention


def _coming(convention: Convention, on: date | None, field: str = "on") -> date | None:
    if on is not None and not max(clock.today(), convention.starts_on) <= on <= convention.ends_on:
        raise ValidationError({field: _("Le comité se tient pendant la convention, à une date à venir.")})
    return on


@transaction.atomic
def hold_committee(
    actor: Actor,
    convention: Convention,
    *,
    present: str = "",
    said: Mapping[str, str] | None = None,
    next_on: date | None = None,
) -> SteeringMeeting:
    """The meeting of this day: the agenda as it stands, what was said of each point (by its kind), the next day."""
    convention = locked(convention)
    require(actor, convention, "hold_committee")
    today, said = clock.today(), said or {}
    if SteeringMeeting.objects.filter(convention=convention, held_on=today).exists():
        raise Conflict(_("Ce comité est déjà noté."))
    _neutral({"present": present, **said})
    points = [
        {
            "kind": entry.kind,
            "title": str(entry.title),
            "lines": entry.lines,
            "said": said.get(entry.kind, "").strip(),
        }
        for entry in agenda.of(convention, today)
    ]
    if other := said.get("other", "").strip():
        points.append({"kind": "other", "title": _("Autres points"), "lines": [], "said": other})
    meeting = SteeringMeeting.objects.create(
        convention=convention, held_on=today, present=present.strip(), points=points, recorded_by_id=actor.user_id
    )
    convention.next_committee_on = _coming(convention, next_on, "next_on")
    convention.revision += 1
    convention.save()
    journal.record(actor, "hold_committee", objects=[convention.pk, meeting.pk])
    return meeting


def _neutral(texts: Mapping[str, str]) -> None:
    """The minutes are passed on: they name no programme, and nobody writes about a person there."""
    for field, text in texts.items():
        if words := vocabulary.found([text]):
            raise at_field(field, _("Le compte rendu circule : retirez « %(word)s ».") % {"word": words[0]})


@transaction.atomic
def decide(
    actor: Actor, meeting: SteeringMeeting, axis: Axis, *, title: str, owner: Any = None, due_on: date | None = None
) -> Commitment:
    """A decision of the meeting is a commitment: somebody carries it, by a day."""
    convention = locked(meeting.convention)
    require(actor, convention, "decide")
    if axis.convention_id != convention.pk:
        raise ValidationError({"axis": _("Choisissez une réponse de la liste.")})
    _neutral({"title": title})
    owner_id = member(convention, owner)
    commitment = Commitment.objects.create(axis=axis, title=title, owner_id=owner_id, due_on=due_on, meeting=meeting)
    if due_on is not None:
        place = {"organisation_id": convention.association_id, "department": convention.department}
        with wall.beyond():  # whichever house decides, the association holds the date
            notices.plan(None, "commitment", due_on, role=Role.MGR, key=commitment.pk, actor=actor, **place)
    journal.record(actor, "decide", objects=[convention.pk, meeting.pk, commitment.pk])
    return commitment
