"""A session's copy kept past its window, because the decision may be challenged: two persons, a reason, an end."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, CopyHold
from jalon.commissions.states import ItemState
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.dossiers.models import SessionCopy
from jalon.law.retention import copy_held_to
from jalon.notices import actions as notices
from jalon.people import wall
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict, at_field
from jalon.ui.html import day as written

from .common import state_key
from .windows import end_key


def _own(actor: Actor, item: AgendaItem) -> AgendaItem:
    """The point, locked, of the department whose side of the State acts, identity just confirmed."""
    rows = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting", "application__dossier")
    row = rows.filter(pk=item.pk, state=ItemState.OPINED, application__department=actor.department).first()
    if row is None or actor.role not in access.STATE_SIDE:
        raise Hidden
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    return row


def _copy(item: AgendaItem) -> SessionCopy | None:
    found = SessionCopy.objects.filter(package__application=item.application, destroyed_on=None)
    return found.order_by("-package__version").first()


def _live(item: AgendaItem) -> CopyHold | None:
    rows = CopyHold.objects.select_for_update().filter(copy__package__application=item.application, lifted_at=None)
    return rows.first()


@transaction.atomic
def hold_copy(actor: Actor, item: AgendaItem, *, ends_on: date, reason: str) -> CopyHold:
    """The secretariat asks that this copy be kept until ``ends_on``; it is, once somebody else has confirmed."""
    row = _own(actor, item)
    if actor.role != Role.SEC:
        raise Refused(_("Le secrétariat demande la retenue ; une seconde personne la confirme."))
    copy = _copy(row)
    if copy is None or not access.application_in_window(row.application):  # type: ignore[arg-type]
        raise Conflict(_("La période de lecture est close : le dossier de séance a été effacé."))
    if not reason.strip():
        raise at_field("reason", _("Écrivez pourquoi ce dossier de séance doit être gardé."))
    if ends_on <= row.meeting.window_ends_on:
        said = _("Le dossier de séance est déjà gardé jusqu'au %(day)s.") % {"day": written(row.meeting.window_ends_on)}
        raise at_field("ends_on", said)
    if ends_on > (latest := copy_held_to(clock.today())):
        raise at_field("ends_on", _("Au plus tard le %(day)s.") % {"day": written(latest)})
    if _live(row) is not None:
        raise Conflict(_("Ce dossier de séance est déjà retenu."))
    hold = CopyHold(copy=copy, dossier_id=copy.dossier_id, ends_on=ends_on, placed_at=clock.now())
    hold.placed_by_id = actor.user_id
    hold.seal({"reason": reason.strip()}, state_key(copy.dossier_id))
    hold.save(force_insert=True)
    _told(actor, "hold_copy", row, hold, sealed=[hold])
    for user_id in sorted(_others(actor)):
        notices.queue(user_id, "task", f"hold:{hold.pk}", actor=actor)
    return hold


@transaction.atomic
def confirm_hold(actor: Actor, item: AgendaItem) -> CopyHold:
    """A second person of the State's side, another than who asked: from now on the key lives as long as the hold."""
    row = _own(actor, item)
    hold = _live(row)
    if hold is None or hold.confirmed_at is not None or _copy(row) is None:
        raise Conflict(_("Aucune retenue n'attend de confirmation."))
    if hold.placed_by_id == actor.user_id:
        raise Refused(_("Une autre personne que celle qui a demandé la retenue la confirme."))
    with wall.beyond():  # a file that has left takes its key along; its copy stays with who holds it
        kept = end_key(hold.dossier_id, hold.ends_on)
    if not kept:
        raise Conflict(_("La période de lecture est close : le dossier de séance a été effacé."))
    hold.confirmed_at, hold.confirmed_by_id = clock.now(), actor.user_id
    hold.save(update_fields=["confirmed_at", "confirmed_by"])
    _told(actor, "confirm_hold", row, hold)
    return hold


@transaction.atomic
def lift_copy_hold(actor: Actor, item: AgendaItem) -> CopyHold:
    """It is over sooner: the copy goes with its window, or this very night when the window is closed."""
    row = _own(actor, item)
    hold = _live(row)
    if hold is None:
        raise Conflict(_("Cette retenue est déjà levée."))
    hold.lifted_at = clock.now()
    hold.save(update_fields=["lifted_at"])
    with wall.beyond():
        end_key(hold.dossier_id, row.meeting.window_ends_on)
    _told(actor, "lift_copy_hold", row, hold)
    return hold


@transaction.atomic
def read_held_copy(actor: Actor, item: AgendaItem) -> CopyHold:
    """Somebody reads what a hold keeps: in the trail, and both who asked for it and who confirmed it are told."""
    row = _own(actor, item)
    hold = access.holds_in_force().filter(copy__package__application=row.application).first()
    used = access.require_held(actor, row, hold)
    dossier: Dossier = row.application.dossier  # type: ignore[union-attr]
    journal.record(
        actor, "read_held_copy", dossier, compartment="C12", relation="same_dept", conditions=used.used,
        objects=[row.pk, hold.pk],  # type: ignore[union-attr]
    )  # fmt: skip
    keepers = {hold.placed_by_id, hold.confirmed_by_id} - {actor.user_id}  # type: ignore[union-attr]
    for user_id in sorted(filter(None, keepers)):
        notices.queue(user_id, "task", f"held:{hold.pk}:{journal.head()[0]}", actor=actor)  # type: ignore[union-attr]
    return hold  # type: ignore[return-value]


def _others(actor: Actor) -> set[str]:
    """Who may be the second person: the rest of the secretariat, the préfet."""
    held = [row for role in access.STATE_SIDE for row in directory.holders(role, actor.department)]
    return {row.user_id for row in held} - {actor.user_id}


def _told(actor: Actor, verb: str, row: AgendaItem, hold: CopyHold, **more: object) -> None:
    dossier = row.application.dossier  # type: ignore[union-attr]
    journal.record(
        actor, verb, dossier, compartment="C13", relation="same_dept", conditions=["stepup"], objects=[row.pk, hold.pk],
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
