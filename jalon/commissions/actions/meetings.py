"""A meeting from its creation to its opening: day, convocation, another day, roll call."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.commissions import access, reads
from jalon.commissions.models import Attendance, Meeting, Seat, WrittenOpinion
from jalon.commissions.states import ItemState, MeetingKind, MeetingState, Presence
from jalon.config import clock
from jalon.law import commission
from jalon.notices import actions as notices
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .common import locked, office, save_meeting
from .windows import end_key, open_window

SITTING = (Presence.PRESENT, Presence.REMOTE)


@transaction.atomic
def create_meeting(
    actor: Actor,
    *,
    on: date,
    starts_at: time | None = None,
    place: str = "",
    kind: str = MeetingKind.ORDINARY,
    files_due_on: date | None = None,
    second_convocation: bool = False,
) -> Meeting:
    """Plan a meeting of the department's commission. Its number of files and its window come later."""
    if actor.role != Role.SEC:
        raise Refused(_("Seul le secrétariat de la commission crée une séance."))
    _free_day(actor.department, on)
    if files_due_on is not None and files_due_on > on:
        raise at_field("files_due_on", _("Les dossiers sont attendus au plus tard le jour de la séance."))
    if kind not in MeetingKind.values:
        raise at_field("kind", _("Choisissez une réponse de la liste."))
    meeting = Meeting(
        department=actor.department,
        on=on,
        starts_at=starts_at,
        place=place.strip(),
        kind=kind,
        files_due_on=files_due_on,
        second_convocation=second_convocation,
    )
    with _alone():
        meeting.save(force_insert=True)
    journal.record(actor, "create_meeting", relation="same_dept", objects=[meeting.id])
    latest = commission.convocation(meeting_on=on).latest_receipt
    notices.plan(None, "convocation", latest, rule="COM-1", key=meeting.id, actor=actor, **office(actor))
    return meeting


def _free_day(department: str, on: date) -> None:
    if on < clock.today():
        raise at_field("on", _("Choisissez une date à venir."))
    if Meeting.objects.filter(department=department, on=on).exclude(state=MeetingState.CANCELLED).exists():
        raise _taken()


def _taken() -> ValidationError:
    return at_field("on", _("Une séance est déjà prévue ce jour-là dans ce département."))


@contextmanager
def _alone() -> Iterator[None]:
    """Two of them at the same instant: the table keeps one, the other is told as if it had come later."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise _taken() from None


def _in_time(meeting_on: date, urgent: bool) -> bool:
    """Is it urgent, when the convocation is received today? Refused when it comes late without an urgency (COM-1)."""
    law = commission.convocation(meeting_on=meeting_on, received_on=clock.today(), urgent=urgent)
    if not law.regular:
        raise at_field(
            "urgent",
            _("La convocation doit être reçue au plus tard le %(day)s. Cochez l'urgence, ou changez de date.")
            % {"day": f"{law.latest_receipt:%d/%m/%Y}"},
        )
    return bool(law.late_days)


@transaction.atomic
def convene(actor: Actor, meeting: Meeting, *, urgent: bool = False) -> Meeting:
    """Send the convocations and open the window (COM-1).

    The association that prepared a file is recused on it by rule (COM-5). The package of each file is copied under the
    session's key, which is refused after the last day of the window and destroyed by ``close_windows``.
    """
    meeting = locked(actor, meeting, "convene")
    today = clock.today()
    late = _in_time(meeting.on, urgent)
    items = list(meeting.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier"))
    if not items:
        raise Refused(_("Mettez d'abord au moins un point à l'ordre du jour."))
    seats = list(seats_in_force(meeting))
    if not seats:
        raise Refused(_("Nommez d'abord les membres de la commission."))
    Attendance.objects.bulk_create([Attendance(meeting=meeting, seat=seat, convoked_on=today) for seat in seats])
    meeting.convened_on, meeting.convened_by_id = today, actor.user_id
    meeting.urgent = late
    save_meeting(meeting, "convene")
    dossiers_seen = []
    for item in items:
        if item.application is None:
            continue
        dossier, copies, former = open_window(meeting, item)
        dossiers_seen.append(dossier)
        journal.record(
            actor,
            "convene",
            dossier,
            compartment="C13",
            relation="same_dept",
            objects=[meeting.id],
            count=len(seats),
            sealed=copies,
            gone=former,
        )
    if not dossiers_seen:
        journal.record(actor, "convene", compartment="C13", relation="same_dept", objects=[meeting.id])
    _tell(actor, meeting, seats, dossiers_seen)
    return meeting


def _tell(actor: Actor, meeting: Meeting, seats: Sequence[Seat], concerned: Sequence[Dossier]) -> None:
    """Content-free messages to the members, the date to the referents."""
    notices.complete(None, "convocation", key=meeting.id, actor=actor)
    _message(actor, {seat.user_id for seat in seats}, f"convocation:{meeting.id}")
    for dossier in concerned:
        notices.complete(dossier, "renewal_session", actor=actor)
        notices.plan(dossier, "meeting", meeting.on, rule="COM-1", key=meeting.id, actor=actor)
    people.refresh_next_due(*concerned)


def _message(actor: Actor, users: Collection[str | None], reason: str) -> None:
    for user_id in sorted(user for user in users if user):
        notices.queue(user_id, "task", reason, actor=actor)


@transaction.atomic
def move_meeting(
    actor: Actor, meeting: Meeting, *, on: date, starts_at: time | None = None, place: str = "", urgent: bool = False
) -> Meeting:
    """Another day for the same meeting. Once convened, its members are told again, in time or in urgency (COM-1), and
    the window follows: every key of the session has its new end."""
    meeting = locked(actor, meeting, "move_meeting")
    convened = meeting.state == MeetingState.CONVENED
    if on == meeting.on:
        raise at_field("on", _("Choisissez un autre jour que celui de la séance."))
    _free_day(meeting.department, on)
    if convened and not access.in_window(meeting):
        raise Refused(_("La période de lecture est close : annulez la séance, puis créez-en une autre."))
    if convened:  # a day that nobody was convoked for is forgotten
        meeting.urgent = _in_time(on, urgent)
        meeting.moved_from, meeting.moved_on = meeting.on, clock.today()
    meeting.on = on
    meeting.starts_at = starts_at or meeting.starts_at
    meeting.place = place.strip() or meeting.place
    if meeting.files_due_on and meeting.files_due_on > on:
        meeting.files_due_on = None
    with _alone():
        save_meeting(meeting, "move_meeting")
    latest = commission.convocation(meeting_on=on).latest_receipt
    concerned = _move_windows(actor, meeting) if convened else []
    if not convened:
        notices.plan(None, "convocation", latest, rule="COM-1", key=meeting.id, actor=actor, **office(actor))
    journal.record(actor, "move_meeting", compartment="C13", relation="same_dept", objects=[meeting.id, *concerned])
    return meeting


def _move_windows(actor: Actor, meeting: Meeting) -> list[Dossier]:
    """The members of the new day are told; each file's window and day follow."""
    seats = {seat.pk: seat for seat in seats_in_force(meeting)}
    meeting.attendances.exclude(seat__in=seats).delete()
    known = set(meeting.attendances.values_list("seat_id", flat=True))
    today = clock.today()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, seat=seat, convoked_on=today) for key, seat in seats.items() if key not in known
    )
    told = {row.reader_id for row in meeting.attendances.select_related("seat")}
    _message(actor, told, f"moved:{meeting.id}:{meeting.revision}")
    rows = meeting.items.filter(state=ItemState.SCHEDULED, application__isnull=False)
    concerned = [item.application.dossier for item in rows.select_related("application__dossier") if item.application]
    for dossier in concerned:
        end_key(dossier.pk, meeting.window_ends_on)
        notices.plan(dossier, "meeting", meeting.on, rule="COM-1", key=meeting.id, actor=actor)
    people.refresh_next_due(*concerned)
    return concerned


def seats_in_force(meeting: Meeting) -> list[Seat]:
    """The seats of the commission on the day of the meeting."""
    return list(
        Seat.objects.filter(department=meeting.department, starts_on__lte=meeting.on, ends_on__gte=meeting.on).order_by(
            "-is_chair", "college", "id"
        )
    )


@transaction.atomic
def record_attendance(
    actor: Actor,
    meeting: Meeting,
    *,
    presences: Mapping[str, str],
    proxies: Mapping[str, str] | None = None,
) -> Meeting:
    """Who is there, who joins from afar, who gave a proxy to whom (COM-2, COM-6). ``proxies``: giver → holder."""
    meeting = locked(actor, meeting, "record_attendance")
    given = proxies or {}
    rows = {row.pk: row for row in meeting.attendances.all()}
    if not set(presences) <= set(rows) or not set(given) <= set(rows) or not set(given.values()) <= set(rows):
        raise at_field("presences", _("Ce membre n'est pas convoqué à cette séance."))
    if not set(presences.values()) <= set(Presence.values):
        raise at_field("presences", _("Choisissez une réponse de la liste."))
    for key, row in rows.items():
        row.presence = Presence.PROXY if key in given else presences.get(key, row.presence)
        row.proxy_to_id = given.get(key)
        if row.presence == Presence.PROXY and row.proxy_to_id is None:
            raise at_field("presences", _("Indiquez à qui ce membre a donné mandat."))
    for row in rows.values():
        holder = rows.get(row.proxy_to_id or "")
        if holder is not None and (holder.pk == row.pk or holder.presence not in SITTING):
            raise at_field("presences", _("Un mandat se donne à un membre qui siège."))
    most = commission.max_proxies()
    if any(count > most for count in Counter(given.values()).values()):
        raise at_field("presences", _("Un membre ne porte qu'un mandat (CRPA, art. R. 133-9)."))
    Attendance.objects.bulk_update(rows.values(), ["presence", "proxy_to"])
    save_meeting(meeting, "record_attendance")
    journal.record(
        actor, "record_attendance", compartment="C13", relation="same_dept", objects=[meeting.id], count=len(presences)
    )
    return meeting


@transaction.atomic
def open_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Open the session: the quorum is reached, or a second convocation said that none is required (COM-2, COM-3)."""
    meeting = locked(actor, meeting, "open_meeting")
    if clock.today() < meeting.on:
        raise Refused(_("La séance ne peut pas être ouverte avant son jour."))
    written = meeting.kind == MeetingKind.WRITTEN
    if written:
        _count_answers(meeting)
    quorum = reads.quorum(meeting)
    if not written and not quorum.may_sit:
        raise Refused(
            _("Le quorum n'est pas atteint : %(counted)d membres présents ou représentés pour %(required)d requis.")
            % {"counted": quorum.counted, "required": quorum.required}
        )
    meeting.quorum_reached = None if written else quorum.reached
    save_meeting(meeting, "open_meeting")
    journal.record(
        actor, "open_meeting", compartment="C13", relation="same_dept", objects=[meeting.id], count=quorum.counted
    )
    return meeting


def _count_answers(meeting: Meeting) -> None:
    """Those who answered take part; those who did not are absent, unless the roll call says otherwise."""
    waiting = meeting.attendances.filter(presence=Presence.EXPECTED)
    waiting.filter(seat__in=WrittenOpinion.objects.filter(item__meeting=meeting).values("seat")).update(
        presence=Presence.WRITTEN
    )
    waiting.update(presence=Presence.ABSENT)
