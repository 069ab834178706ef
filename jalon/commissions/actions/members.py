"""The members: their seats, and what a member does with a point before the meeting."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Reading, Recusal, Seat
from jalon.commissions.states import Outcome
from jalon.config import clock
from jalon.directory.models import Organisation
from jalon.law import commission
from jalon.notices import actions as notices
from jalon.ui.errors import at_field

from .common import locked_item, office, state_key


@transaction.atomic
def name_seat(
    actor: Actor,
    *,
    department: str,
    college: str,
    organisation: Organisation,
    starts_on: date,
    ends_on: date,
    user: Any = None,
    is_chair: bool = False,
) -> Seat:
    """Give a seat of the commission to an organisation, and to its representative when she has an account."""
    if actor.role not in access.STATE_SIDE or actor.department != department:
        raise Refused(_("Les membres sont nommés par la préfecture et le secrétariat de leur département."))
    if ends_on < starts_on:
        raise at_field("ends_on", _("La fin ne peut pas précéder le début."))
    if ends_on > commission.term_end(starts_on):
        raise at_field(
            "ends_on",
            _("Un mandat dure trois ans au plus : jusqu'au %(day)s.")
            % {"day": f"{commission.term_end(starts_on):%d/%m/%Y}"},
        )
    if not college.strip():
        raise at_field("college", _("Écrivez le collège ou la fonction."))
    seat = Seat(
        department=department,
        college=college.strip(),
        organisation=organisation,
        user=user,
        is_chair=is_chair,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    seat.save(force_insert=True)
    former = Seat.objects.filter(department=department, organisation=organisation, college__iexact=college.strip())
    if renewed := list(former.exclude(pk=seat.pk).values_list("pk", flat=True)):
        notices.complete(None, "mandate_end", key=renewed, actor=actor)
    notices.plan(None, "mandate_end", ends_on, rule="COM-14", key=seat.id, actor=actor, **office(actor))
    journal.record(actor, "name_seat", relation="same_dept", objects=[seat.id])
    return seat


def _own(actor: Actor, item: AgendaItem, action: str, verb: str) -> AgendaItem:
    """The member's own point, in a state that allows the verb, with the seat that she holds there."""
    if actor.role != Role.MEM:
        raise Refused(_("Seul un membre convoqué peut faire cela."))
    row = access.items_visible_to(actor).select_related("meeting", "application__dossier").filter(pk=item.pk).first()
    if row is None or row.application is None:
        raise Hidden
    access.require(actor, row, "C13", action)
    locked_item(row, verb)
    return row


@transaction.atomic
def declare_conflict(actor: Actor, item: AgendaItem) -> Recusal:
    """The member takes no part in this point; from now on it does not exist for her."""
    row = _own(actor, item, "comment", "declare_conflict")
    recusal = Recusal(item=row, seat_id=row.seat_id, declared_at=clock.now())  # type: ignore[attr-defined]
    recusal.save(force_insert=True)
    journal.record(
        actor,
        "declare_conflict",
        row.application.dossier,  # type: ignore[union-attr]
        compartment="C13",
        relation="assigned",
        conditions=["window"],
        objects=[row.id],
    )
    return recusal


@transaction.atomic
def mark_read(actor: Actor, item: AgendaItem, *, note: str | None = None) -> Reading:
    """The member has read this point; her private note is sealed and nobody else reads it. None keeps the note."""
    row = _own(actor, item, "comment", "read_item")
    reading = _reading(row)
    reading.read_at = clock.now()
    data = reading.unseal()
    if note is not None or not data:
        reading.seal({"wish": "", **data, "note": (note or "").strip()}, state_key(reading.dossier_id))
    reading.save()
    _trace(actor, "mark_read", row, reading)
    return reading


@transaction.atomic
def record_wish(actor: Actor, item: AgendaItem, *, wish: str) -> Reading:
    """What the member thinks of giving as an opinion; it binds nobody and is shown to her alone."""
    if wish and wish not in Outcome.values:
        raise at_field("wish", _("Choisissez une réponse de la liste."))
    row = _own(actor, item, "comment", "read_item")
    reading = _reading(row)
    reading.seal({"note": "", **reading.unseal(), "wish": wish}, state_key(reading.dossier_id))
    reading.read_at = clock.now()
    reading.save()
    _trace(actor, "record_wish", row, reading)
    return reading


def _reading(row: AgendaItem) -> Reading:
    found = Reading.objects.select_for_update().filter(item=row, seat_id=row.seat_id).first()  # type: ignore[attr-defined]
    if found is not None:
        return found
    return Reading(
        item=row,
        dossier=row.application.dossier,  # type: ignore[union-attr]
        seat_id=row.seat_id,  # type: ignore[attr-defined]
        read_at=clock.now(),
    )


def _trace(actor: Actor, verb: str, row: AgendaItem, reading: Reading) -> None:
    journal.record(
        actor,
        verb,
        row.application.dossier,  # type: ignore[union-attr]
        compartment="C13",
        relation="assigned",
        conditions=["window"],
        objects=[row.id],
        sealed=[reading],
    )
