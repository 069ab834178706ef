"""From a service that is proposed to her, to what the structure answered, and what the next ones will know of it."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.notices.actions import Due
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier

from .. import access
from ..models import Orientation, Service, ServiceFact
from ..states import ORIENTATION, REFUSALS, STOPS, TELLABLE, Fact

REMIND, EXPIRE = timedelta(days=10), timedelta(days=30)
MOST_LETTERS = 400
# Who answered what, for the card of the service: no person, no word of hers.
OUTCOMES = {"accept": "accepted", "refuse": "refused", "wait": "waiting"}


@transaction.atomic
def prepare_orientation(actor: Actor, dossier: Dossier, service: Service, *, note: str = "") -> Orientation:
    """Think of a service with her. Nothing leaves: she has not said yes."""
    people.require(actor, dossier, "C11", "create")
    found = access.services_visible_to(actor).filter(pk=service.pk).first()
    if found is None:
        raise Hidden
    row = Orientation(dossier_id=dossier.pk, prepared_on=clock.today())
    row.seal({"service": found.pk, "name": found.name, "told": [], "note": _short(note, "note")})
    row.save(force_insert=True)
    _trail(actor, "prepare_orientation", row)
    return row


@transaction.atomic
def agree_orientation(actor: Actor, orientation: Orientation, *, told: list[str]) -> Orientation:
    """She says yes, and what the structure may know: that, and nothing else, is told."""
    row = _moved(actor, orientation, "agree")
    if set(told) - set(TELLABLE):
        raise ValidationError({"told": _("Choisissez une réponse de la liste.")})
    return _kept(actor, "agree_orientation", row, told=sorted(told))


@transaction.atomic
def send_orientation(actor: Actor, orientation: Orientation, *, on: date) -> Orientation:
    """The structure was asked, by the worker herself. To be asked again in ten days, given up in thirty."""
    row = _moved(actor, orientation, "send")
    _not_before(on, row.prepared_on, "on")
    row.sent_on = on
    dues = [Due("orientation", on + REMIND, key=row.pk), Due("orientation", on + EXPIRE, key=f"{row.pk}:30")]
    notices.plan_many(row.dossier, dues, actor=actor)
    return _kept(actor, "send_orientation", row)


@transaction.atomic
def answer_orientation(
    actor: Actor,
    orientation: Orientation,
    verb: str,
    *,
    on: date,
    next_on: date | None = None,
    reason: str = "",
    possible_if: str = "",
) -> Orientation:
    """The structure answered: accept, wait or refuse. A refusal says why, and what would make it possible."""
    if verb not in OUTCOMES:
        raise ValueError("not an answer")
    row = _moved(actor, orientation, verb)
    _not_before(on, row.sent_on or on, "on")
    if verb == "refuse" and reason not in REFUSALS:
        raise ValidationError({"reason": _("Choisissez une réponse de la liste.")})
    if verb == "refuse" and not possible_if.strip():
        raise ValidationError({"possible_if": _("Dites ce qui rendrait cela possible, même peu.")})
    row.answered_on, row.next_on = on, next_on
    _answered(actor, row)
    _tell_card(actor, row, OUTCOMES[verb], on)
    said = {"reason": reason, "possible_if": _short(possible_if, "possible_if")} if verb == "refuse" else {}
    return _kept(actor, f"{verb}_orientation", row, **said)


@transaction.atomic
def attend_orientation(actor: Actor, orientation: Orientation, *, on: date) -> Orientation:
    """She went."""
    row = _moved(actor, orientation, "attend")
    _not_before(on, row.answered_on or on, "on")
    row.next_on = on
    return _kept(actor, "attend_orientation", row)


@transaction.atomic
def drop_orientation(actor: Actor, orientation: Orientation, *, reason: str) -> Orientation:
    """It stops: at her wish, or because the structure stays silent."""
    if reason not in STOPS:
        raise ValidationError({"reason": _("Choisissez une réponse de la liste.")})
    row = _moved(actor, orientation, "drop")
    _answered(actor, row)
    if reason == "silence":
        if row.sent_on is None or row.answered_on is not None:
            raise ValidationError({"reason": _("Rien ne lui a été envoyé, ou elle a déjà répondu.")})
        _tell_card(actor, row, "silence", clock.today())
    return _kept(actor, "drop_orientation", row, reason=reason)


def _moved(actor: Actor, orientation: Orientation, verb: str) -> Orientation:
    """The row, locked, in its next state; or a refusal."""
    people.require(actor, orientation.dossier, "C11", "edit")
    row = Orientation.objects.select_for_update().select_related("dossier").get(pk=orientation.pk)
    row.state = ORIENTATION.target(row.state, verb)
    return row


def _kept(actor: Actor, verb: str, row: Orientation, **said: Any) -> Orientation:
    row.seal({**row.unseal(), **said})
    row.save()
    _trail(actor, verb, row)
    people_actions.refresh_next_due(row.dossier)
    return row


def _trail(actor: Actor, verb: str, row: Orientation) -> None:
    journal.record(actor, verb, row.dossier, compartment="C11", sealed=[row], objects=[row.pk])


def _answered(actor: Actor, row: Orientation) -> None:
    notices.complete(row.dossier, "orientation", key=[row.pk, f"{row.pk}:30"], actor=actor)


def _tell_card(actor: Actor, row: Orientation, outcome: str, on: date) -> None:
    """The card keeps the last answer and its day."""
    service = Service.objects.filter(pk=row.unseal()["service"]).first()
    if service is not None:
        given = {"value": outcome, "noted_on": on, "noted_by_id": actor.user_id}
        ServiceFact.objects.update_or_create(
            service=service, fact=Fact.OUTCOME, organisation_id=actor.organisation_id, defaults=given
        )


def _not_before(on: date, start: date, field: str) -> None:
    if on < start or on > clock.today():
        raise ValidationError({field: _("Ce jour ne va pas avec les autres dates de l'orientation.")})


def _short(text: str, field: str) -> str:
    if len(text) > MOST_LETTERS:
        raise ValidationError({field: _("Écrivez au plus %(most)d caractères.") % {"most": MOST_LETTERS}})
    return text.strip()
