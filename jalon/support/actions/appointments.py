"""Appointments: made under a neutral title, attended or not, cancelled."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.law.landmarks import after_absence
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict
from jalon.vault.ids import new_id

from .. import access
from ..models import Appointment
from ..states import NOT_NEUTRAL
from .common import made, seal, trail, written


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
    if (known := made(Appointment, dossier, pk)) is not None:
        return known
    moment = at if at.tzinfo else at.replace(tzinfo=clock.PARIS)
    who = {"dossier_id": dossier.pk, "author_id": actor.user_id}
    appointment = Appointment(id=pk or new_id(), **who, at=moment, with_adviser=with_adviser)
    seal(appointment, dossier, {"title": written(title, "title"), "place": place.strip()})
    appointment.save(force_insert=True)
    trail(actor, "make_appointment", dossier, appointment)
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
    if not attended and appointment.with_adviser:
        notices.plan(dossier, "missed_meeting", after_absence(clock.today()), role=Role.REF, actor=actor)
    trail(actor, "record_attendance", dossier, appointment)
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
    trail(actor, "cancel_appointment", appointment.dossier, appointment)
    notices.cancel(appointment.dossier, "appointment", key=appointment.pk, actor=actor)
    people_actions.refresh_next_due(appointment.dossier)
    return appointment
