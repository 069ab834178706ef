"""The seats of the commission: named, renewed, taken over, ended; who sits in a holder's stead."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused
from jalon.commissions import access, composition
from jalon.commissions.models import Attendance, Meeting, Reading, Seat, WrittenOpinion
from jalon.commissions.states import MeetingState
from jalon.config import clock
from jalon.directory.models import Organisation
from jalon.law import commission
from jalon.notices import actions as notices
from jalon.ui.errors import at_field

from .common import hold_seats, locked, office, save_meeting

ONE_DAY = timedelta(days=1)


def _term(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise at_field("ends_on", _("La fin ne peut pas précéder le début."))
    if ends_on > commission.term_end(starts_on):
        raise at_field(
            "ends_on",
            _("Un mandat dure trois ans au plus : jusqu'au %(day)s.")
            % {"day": f"{commission.term_end(starts_on):%d/%m/%Y}"},
        )


def _require_office(actor: Actor, department: str) -> None:
    if actor.role not in access.STATE_SIDE or actor.department != department:
        raise Refused(_("Les membres sont nommés par la préfecture et le secrétariat de leur département."))


def _watch(actor: Actor, seat: Seat, former: Collection[str] = ()) -> None:
    """The end of the mandate is watched (COM-14); that of the seats which this one follows is no more."""
    if former:
        notices.complete(None, "mandate_end", key=list(former), actor=actor)
    notices.plan(None, "mandate_end", seat.ends_on, rule="COM-14", key=seat.id, actor=actor, **office(actor))


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
    place: str = "",
) -> Seat:
    """Give a seat of the commission to an organisation, and to its representative when she has an account.

    The same naming sent again is the same seat.
    """
    _require_office(actor, department)
    _term(starts_on, ends_on)
    if not college.strip():
        raise at_field("college", _("Écrivez le collège ou la fonction."))
    if place and place not in composition.by_code(department, starts_on):
        raise at_field("place", _("Choisissez une réponse de la liste."))
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)  # one naming at a time
    told = {"department": department, "college": college.strip(), "organisation": organisation, "user": user}
    known = Seat.objects.filter(**told, starts_on=starts_on, ends_on=ends_on).first()
    if known is not None:
        return known
    seat = Seat(**told, place=place, is_chair=is_chair, starts_on=starts_on, ends_on=ends_on)
    seat.save(force_insert=True)
    former = Seat.objects.filter(department=department, organisation=organisation, college__iexact=college.strip())
    _watch(actor, seat, former.exclude(pk=seat.pk).values_list("pk", flat=True))
    journal.record(actor, "name_seat", relation="same_dept", objects=[seat.id])
    return seat


def _held(actor: Actor, seat: Seat) -> Seat:
    """The seat, locked; in another department it does not exist."""
    if seat.department != actor.department:
        raise Hidden
    _require_office(actor, seat.department)
    return Seat.objects.select_for_update().select_related("organisation").get(pk=seat.pk)


@transaction.atomic
def renew_seat(actor: Actor, seat: Seat, *, ends_on: date) -> Seat:
    """The same holder for another term, from the day after the present one (COM-14). A term is renewed once."""
    seat = _held(actor, seat)
    starts_on = seat.ends_on + ONE_DAY
    _term(starts_on, ends_on)
    if _follows(seat).exists():
        raise Refused(_("Ce mandat a déjà une suite."))
    return _next(actor, seat, "renew_seat", starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def take_over_seat(actor: Actor, seat: Seat, *, starts_on: date, user: Any = None) -> Seat:
    """Another holder of the same organisation, for what is left of the mandate (CRPA R.133-4).

    The former mandate ends the day before; meetings already convened on or after that day are the new holder's.
    """
    seat = _held(actor, seat)
    if not seat.starts_on < starts_on <= seat.ends_on:
        raise at_field("starts_on", _("Choisissez un jour du mandat en cours, après son début."))
    if user is not None and user.pk == seat.user_id:
        raise at_field("user", _("Cette personne occupe déjà ce siège."))
    ends_on = seat.ends_on
    seat.ends_on = starts_on - ONE_DAY
    seat.save(update_fields=["ends_on"])
    following = _next(actor, seat, "take_over_seat", starts_on=starts_on, ends_on=ends_on, user=user, deputy=None)
    later = Attendance.objects.filter(seat=seat, meeting__state=MeetingState.CONVENED, meeting__on__gte=starts_on)
    if later.update(seat=following, deputy=False, convoked_on=clock.today()) and user is not None:
        notices.queue(user.pk, "task", f"convocation:{following.pk}", actor=actor)
    return following


@transaction.atomic
def end_seat(actor: Actor, seat: Seat, *, ends_on: date) -> Seat:
    """The mandate ends early: the seat is vacant from the day after."""
    seat = _held(actor, seat)
    if not seat.starts_on <= ends_on < seat.ends_on:
        raise at_field("ends_on", _("Choisissez un jour du mandat, avant sa fin."))
    seat.ends_on = ends_on
    seat.save(update_fields=["ends_on"])
    _watch(actor, seat)
    journal.record(actor, "end_seat", relation="same_dept", objects=[seat.id])
    return seat


def _follows(seat: Seat):  # type: ignore[no-untyped-def]
    same = {"department": seat.department, "organisation": seat.organisation_id, "college__iexact": seat.college}
    return Seat.objects.filter(**same, starts_on__gt=seat.ends_on)


def _next(actor: Actor, seat: Seat, verb: str, **changed: Any) -> Seat:
    kept = ("department", "college", "organisation", "user", "deputy", "place", "is_chair")
    following = Seat(**{name: getattr(seat, name) for name in kept} | changed)
    following.save(force_insert=True)
    _watch(actor, following, [seat.pk])
    journal.record(actor, verb, relation="same_dept", objects=[seat.id, following.id])
    return following


@transaction.atomic
def place_seat(actor: Actor, seat: Seat, *, place: str) -> Seat:
    """Say which place of the composition a seat fills; empty: none."""
    seat = _held(actor, seat)
    if place and place not in composition.by_code(seat.department, max(seat.starts_on, clock.today())):
        raise at_field("place", _("Choisissez une réponse de la liste."))
    seat.place = place
    seat.save(update_fields=["place"])
    journal.record(actor, "place_seat", relation="same_dept", objects=[seat.id])
    return seat


def _already_read() -> str:
    return _("Un dossier a déjà été lu pour ce siège : la personne qui le tient à cette séance ne change plus.")


def _begun(meetings: QuerySet[Meeting]) -> set[str]:
    """The seats for which somebody has read a file of these meetings, or answered in writing."""
    rows = [kind.objects.filter(item__meeting__in=meetings) for kind in (Reading, WrittenOpinion)]
    return {seat for found in rows for seat in found.values_list("seat_id", flat=True)}


@transaction.atomic
def name_deputy(actor: Actor, seat: Seat, *, user: Any = None) -> Seat:
    """Who sits in the holder's stead (CRPA R.133-3), None: nobody. Who is named for herself has no deputy.

    A deputy who has begun to read for a session stays until its window closes.
    """
    seat = _held(actor, seat)
    place = composition.by_code(seat.department, seat.starts_on).get(seat.place)
    if user is not None and place is not None and not place.may_be_replaced:
        raise at_field(
            "user", _("Ce membre est nommé en personne : il ne se fait pas remplacer (CRPA, art. R. 133-3).")
        )
    if user is not None and user.pk == seat.user_id:
        raise at_field("user", _("Choisissez une autre personne que le membre lui-même."))
    called = seat.attendances.filter(access.window_open("meeting__"), deputy=True).values("meeting")
    if seat.deputy_id != (user and user.pk) and seat.pk in _begun(Meeting.objects.filter(pk__in=called)):
        raise at_field("user", _already_read())
    seat.deputy = user
    seat.save(update_fields=["deputy"])
    if user is None:
        Attendance.objects.filter(seat=seat, meeting__state=MeetingState.CONVENED).update(deputy=False)
    journal.record(actor, "name_deputy", relation="same_dept", objects=[seat.id])
    return seat


@transaction.atomic
def call_deputies(actor: Actor, meeting: Meeting, *, attendances: Collection[str]) -> Meeting:
    """Say which seats their deputies hold at this meeting. For one seat, one person reads: the one who sits.

    Once somebody has read or answered for a seat, who holds it there changes no more.
    """
    meeting = locked(actor, meeting, "call_deputies")
    hold_seats(Seat.objects.filter(pk__in=meeting.attendances.values("seat")))
    rows = {row.pk: row for row in meeting.attendances.select_related("seat")}
    if not set(attendances) <= {key for key, row in rows.items() if row.seat.deputy_id}:
        raise at_field("deputies", _("Ce membre n'a pas de suppléant."))
    changed = [row for key, row in rows.items() if row.deputy != (key in attendances)]
    if not changed:
        return meeting
    if _begun(Meeting.objects.filter(pk=meeting.pk)) & {row.seat_id for row in changed}:
        raise at_field("deputies", _already_read())
    for row in changed:
        row.deputy = not row.deputy
    Attendance.objects.bulk_update(changed, ["deputy"])
    for row in changed:
        if row.reader_id:
            notices.queue(row.reader_id, "task", f"convocation:{meeting.id}", actor=actor)
    save_meeting(meeting, "call_deputies")
    journal.record(
        actor, "call_deputies", compartment="C13", relation="same_dept", objects=[meeting.id], count=len(changed)
    )
    return meeting
