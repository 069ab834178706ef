"""Placements: a job, a training, an immersion, a work-integration path, an orientation."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor
from jalon.config import clock
from jalon.journeys import actions as journeys
from jalon.journeys.models import Journey
from jalon.law import immersion, work
from jalon.law.errors import LawError
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.text import fold
from jalon.vault.ids import new_id

from .. import access
from ..models import Placement
from ..states import PlacementKind, Purpose
from .common import made, seal, trail, written


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
    purpose: str = Purpose.DISCOVER,
    renewal: bool = False,
    rncp: str = "",
    late_reason: str = "",
    pk: str = "",
) -> Placement:
    """A job, a training, an immersion that begins; a pass received; an orientation notified. What follows is due.

    ``purpose``, ``renewal``: of an immersion, checked against the others in the same structure (EMP-3). ``rncp``: the
    number of the certificate to which a training leads; ``late_reason``: why it ends after the 24 months all the same.
    """
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if kind not in PlacementKind.values:
        raise ValidationError({"kind": _("Choisissez une réponse de la liste.")})
    _check_placement(starts_on, ends_on)
    if (known := made(Placement, dossier, pk)) is not None:
        return known
    data: dict[str, Any] = {"title": written(title, "title"), "organisation": organisation, "result": result}
    if kind == PlacementKind.IMMERSION:
        _check_immersion(dossier, organisation, starts_on, ends_on, purpose, renewal)
        data |= {"purpose": purpose, "renewal": renewal}
        notices.complete(dossier, "clock_day150", actor=actor)
    elif kind == PlacementKind.TRAINING:
        _check_training(dossier, starts_on, ends_on, rncp, late_reason)
        data |= {name: words for name, words in (("rncp", rncp), ("late_reason", late_reason.strip())) if words}
    placement = Placement(id=pk or new_id(), dossier_id=dossier.pk, kind=kind, starts_on=starts_on, ends_on=ends_on)
    seal(placement, dossier, data)
    placement.save(force_insert=True)
    trail(actor, "record_placement", dossier, placement)
    _placement_due(actor, dossier, placement)
    if kind in EARNING:
        journeys.plan_report(dossier, f"placement:{placement.pk}", actor=actor)
    return placement


RNCP = re.compile(r"[0-9]{3,6}")
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


REASONS = {
    "too_long": gettext_lazy("Une immersion dure un mois de date à date, au plus."),
    "renewed_twice": gettext_lazy("Une immersion se renouvelle une fois seulement."),
    "too_many_agreements": gettext_lazy("Deux immersions au plus sur douze mois dans une même structure."),
    "too_many_days": gettext_lazy("Soixante jours d'immersion au plus sur douze mois dans une même structure."),
}


def _check_immersion(
    dossier: Dossier, organisation: str, starts_on: date, ends_on: date | None, purpose: str, renewal: bool
) -> None:
    """EMP-3 over her immersions in this structure. Before the first value that is known, nothing is checked."""
    if purpose not in Purpose.values:
        raise ValidationError({"purpose": _("Choisissez une réponse de la liste.")})
    before = Placement.objects.filter(dossier=dossier, kind=PlacementKind.IMMERSION)
    try:
        known = [
            immersion.Agreement(row.starts_on, row.ends_on or immersion.last_day(row.starts_on), bool(data["renewal"]))
            for row in before.order_by("starts_on")
            if organisation and _same((data := row.unseal()).get("organisation", ""), organisation)
            if "renewal" in data
        ]
        end = ends_on or immersion.last_day(starts_on)
        found = immersion.immersion([*known, immersion.Agreement(starts_on, end, renewal)])
    except LawError as error:
        if error.code == "out_of_parameter_range":
            return
        why = {
            "overlapping_orders": _("Une autre immersion s'y déroule déjà ces jours-là."),
            "inconsistent_values": _("Il n'y a pas d'immersion à renouveler dans cette structure."),
        }
        raise ValidationError({"starts_on": why.get(error.code, error.message_fr)}) from None
    if found.reasons:
        raise ValidationError({"ends_on": [str(REASONS[reason]) for reason in found.reasons]})


def _same(structure: str, other: str) -> bool:
    return fold(structure).strip() == fold(other).strip()


def _check_training(dossier: Dossier, starts_on: date, ends_on: date | None, rncp: str, late_reason: str) -> None:
    """It ends before the 24 months do, a month earlier when it leads to a certificate; or somebody writes why."""
    if rncp and not RNCP.fullmatch(rncp):
        raise ValidationError({"rncp": _("Un numéro RNCP a trois à six chiffres.")})
    cap = Journey.objects.filter(dossier=dossier, exited_on=None).values_list("cap_on", flat=True).first()
    if cap is None or ends_on is None or late_reason.strip():
        return
    last = work.last_start(cap, starts_on, ends_on, certifying=bool(rncp))
    if starts_on > last:
        said = _("Elle finirait trop tard : elle devrait commencer le %(day)s au plus tard. Sinon, écrivez pourquoi.")
        raise ValidationError({"ends_on": said % {"day": html.day(last)}})


def _check_placement(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("La fin ne peut pas précéder le début.")})
