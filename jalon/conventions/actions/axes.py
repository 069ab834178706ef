"""What each axis holds: the commitments of the parties, the indicators that they chose."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import wall

from .. import measures
from ..models import Axis, Commitment, Convention, Indicator
from ..states import COMMITMENT, CommitmentState, verb_to
from .common import check_revision, decimal, locked, member, require, touch_draft


@transaction.atomic
def add_commitment(
    actor: Actor, axis: Axis, *, title: str, owner: Any = None, due_on: date | None = None
) -> Commitment:
    """One more commitment in a draft."""
    convention = locked(axis.convention)
    require(actor, convention, "edit")
    owner_id = member(convention, owner)
    commitment = Commitment.objects.create(axis=axis, title=title, owner_id=owner_id, due_on=due_on)
    touch_draft(convention)
    journal.record(actor, "add_commitment", objects=[convention.pk, commitment.pk])
    return commitment


@transaction.atomic
def add_indicator(actor: Actor, axis: Axis, *, measure: str, target: Any = None) -> Indicator:
    """One more indicator in a draft: one of the measures that the rooms know."""
    convention = locked(axis.convention)
    require(actor, convention, "edit")
    if measures.get(measure) is None:
        raise ValidationError({"measure": _("Choisissez une réponse de la liste.")})
    if Indicator.objects.filter(axis=axis, measure=measure).exists():
        raise ValidationError({"measure": _("Cet axe suit déjà cet indicateur.")})
    indicator = Indicator.objects.create(axis=axis, measure=measure, target=decimal(target))
    touch_draft(convention)
    journal.record(actor, "add_indicator", objects=[convention.pk, indicator.pk])
    return indicator


@transaction.atomic
def drop_indicator(actor: Actor, indicator: Indicator) -> Convention:
    """A draft no longer follows this."""
    convention = locked(indicator.axis.convention)
    require(actor, convention, "edit")
    journal.record(actor, "drop_indicator", objects=[convention.pk, indicator.pk])
    indicator.delete()
    touch_draft(convention)
    return convention


@transaction.atomic
def update_commitment(
    actor: Actor,
    commitment: Commitment,
    *,
    state: str,
    done_on: date | None = None,
    evidence: str = "",
    revision: int | None = None,
) -> Commitment:
    """Say where a commitment stands, with its evidence. Its day is never in the future."""
    convention = locked(commitment.axis.convention)
    require(actor, convention, "update_commitment")
    commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    check_revision(commitment, revision, {"state": commitment.get_state_display(), "evidence": commitment.evidence})
    if state not in CommitmentState.values:
        raise ValidationError({"state": _("Choisissez une réponse de la liste.")})
    verb = "mend_evidence" if state == commitment.state else verb_to(commitment.state, state)
    if not verb:
        labels = {"before": commitment.get_state_display(), "after": CommitmentState(state).label}
        raise ValidationError({"state": _("Un engagement « %(before)s » ne peut pas devenir « %(after)s ».") % labels})
    if verb != "mend_evidence":
        commitment.state = CommitmentState(COMMITMENT.target(commitment.state, verb))
    commitment.done_on = _done_day(commitment, done_on)
    commitment.evidence = evidence
    commitment.revision += 1
    commitment.save()
    journal.record(actor, "update_commitment", objects=[convention.pk, commitment.pk])
    if commitment.state == CommitmentState.DONE:
        place = {"organisation_id": convention.association_id}
        with wall.beyond():  # whichever house says it done, the association holds the date
            notices.complete(None, "commitment", key=commitment.pk, actor=actor, **place)
    return commitment


def _done_day(commitment: Commitment, done_on: date | None) -> date | None:
    if commitment.state != CommitmentState.DONE:
        return None
    day = done_on or commitment.done_on or clock.today()
    if day > clock.today():
        raise ValidationError({"done_on": _("Cette date n'est pas encore passée.")})
    return day
