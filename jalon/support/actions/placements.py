"""Placements: a job, a training, an immersion, a work-integration path, an orientation."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.journeys import actions as journeys
from jalon.law import immersion, work
from jalon.law.errors import LawError
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier

from .. import access
from ..models import Placement
from ..states import PlacementKind
from .common import seal, trail, written


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
) -> Placement:
    """A job, a training, an immersion that begins; a pass received; an orientation notified. What follows is due."""
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if kind not in PlacementKind.values:
        raise ValidationError({"kind": _("Choisissez une réponse de la liste.")})
    _check_placement(starts_on, ends_on)
    placement = Placement(dossier_id=dossier.pk, kind=kind, starts_on=starts_on, ends_on=ends_on)
    seal(placement, dossier, {"title": written(title, "title"), "organisation": organisation, "result": result})
    placement.save(force_insert=True)
    trail(actor, "record_placement", dossier, placement)
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
    seal(placement, placement.dossier, {**data, "result": result or data.get("result", "")})
    placement.save()
    trail(actor, "end_placement", placement.dossier, placement)
    _placement_due(actor, placement.dossier, placement)
    return placement


def _check_placement(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("La fin ne peut pas précéder le début.")})
