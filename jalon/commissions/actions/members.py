"""What a member does with a point before the meeting: reads it, notes, takes no part, answers in writing."""

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Reading, Recusal, WrittenOpinion
from jalon.commissions.states import MeetingKind, Outcome
from jalon.config import clock
from jalon.ui.errors import at_field
from jalon.vault.models import Sealed

from .common import hold_seats, locked_item, state_key

SENSES = ("for", "against", "abstain")


def _own(actor: Actor, item: AgendaItem, action: str, verb: str) -> AgendaItem:
    """The member's own point, in a state that allows the verb, with the seat that she holds there."""
    if actor.role != Role.MEM:
        raise Refused(_("Seul un membre convoqué peut faire cela."))
    hold_seats(access.seats_of(actor))
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
    recusal, made = _recuse(row, row.seat_id)  # type: ignore[attr-defined]
    if not made:  # the same form sent twice
        return recusal
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


def _recuse(item: AgendaItem, seat_id: str) -> tuple[Recusal, bool]:
    return Recusal.objects.get_or_create(
        item=item, seat_id=seat_id, lifted_at=None, defaults={"declared_at": clock.now()}
    )


@transaction.atomic
def note_conflict(actor: Actor, item: AgendaItem, *, seat: str) -> Recusal:
    """The secretariat writes down a conflict that a member told it: she has no account, or says so at the table."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "note_conflict")
    if row.application is None or not row.meeting.attendances.filter(seat=seat).exists():
        raise at_field("seat", _("Ce membre n'est pas convoqué à cette séance."))
    access.require(actor, row, "C13", "edit")
    recusal, made = _recuse(row, seat)
    if made:
        _recusal_told(actor, "note_conflict", row, recusal)
    return recusal


@transaction.atomic
def lift_conflict(actor: Actor, item: AgendaItem, recusal: Recusal) -> Recusal:
    """A conflict declared by mistake has no effect from now on; that it was declared stays. By rule, never."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "lift_conflict")
    access.require(actor, row, "C13", "edit")
    found = row.recusals.select_for_update().filter(pk=recusal.pk).first()
    if found is None:
        raise Hidden
    if found.by_rule:
        raise Refused(_("L'association qui a préparé le dossier n'y prend jamais part."))
    if found.lifted_at is None:
        found.lifted_at = clock.now()
        found.save(update_fields=["lifted_at"])
        _recusal_told(actor, "lift_conflict", row, found)
    return found


def _recusal_told(actor: Actor, verb: str, row: AgendaItem, recusal: Recusal) -> None:
    subject = row.application.dossier if row.application else None
    journal.record(actor, verb, subject, compartment="C13", relation="same_dept", objects=[row.id, recusal.pk])


@transaction.atomic
def give_written_opinion(actor: Actor, item: AgendaItem, *, sense: str, reasons: str = "") -> WrittenOpinion:
    """The member's answer in a written consultation; it may change until the evening of its last day."""
    if sense not in SENSES:
        raise at_field("sense", _("Choisissez une réponse de la liste."))
    row = _own(actor, item, "comment", "give_written_opinion")
    if row.meeting.kind != MeetingKind.WRITTEN:
        raise Refused(_("Cette séance n'est pas une consultation écrite : l'avis se donne en séance."))
    if clock.today() > row.meeting.on:
        raise Refused(_("La consultation écrite est close depuis le %(day)s.") % {"day": f"{row.meeting.on:%d/%m/%Y}"})
    seat = row.seat_id  # type: ignore[attr-defined]
    given = WrittenOpinion.objects.select_for_update().filter(item=row, seat_id=seat).first()
    if given is None:
        given = WrittenOpinion(item=row, dossier=row.application.dossier, seat_id=seat)  # type: ignore[union-attr]
    given.given_at, given.user_id = clock.now(), actor.user_id
    given.seal({"sense": sense, "reasons": reasons.strip()}, state_key(given.dossier_id))
    given.save()
    _trace(actor, "give_written_opinion", row, given)
    return given


@transaction.atomic
def mark_read(actor: Actor, item: AgendaItem, *, note: str | None = None) -> Reading:
    """The member has read this point; her private note is sealed and nobody else reads it. None keeps the note."""
    row = _own(actor, item, "comment", "read_item")
    reading = _reading(actor, row)
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
    reading = _reading(actor, row)
    reading.seal({"note": "", **reading.unseal(), "wish": wish}, state_key(reading.dossier_id))
    reading.read_at = clock.now()
    reading.save()
    _trace(actor, "record_wish", row, reading)
    return reading


def _reading(actor: Actor, row: AgendaItem) -> Reading:
    found = Reading.objects.select_for_update().filter(item=row, user_id=actor.user_id).first()
    return found or Reading(
        item=row,
        dossier=row.application.dossier,  # type: ignore[union-attr]
        seat_id=row.seat_id,  # type: ignore[attr-defined]
        user_id=actor.user_id,
        read_at=clock.now(),
    )


def _trace(actor: Actor, verb: str, row: AgendaItem, written: Sealed) -> None:
    journal.record(
        actor,
        verb,
        row.application.dossier,  # type: ignore[union-attr]
        compartment="C13",
        relation="assigned",
        conditions=["window"],
        objects=[row.id],
        sealed=[written],
    )
