"""A meeting from its creation to its end: convocation, window, attendance, opening, closing, cancellation."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused, Role
from jalon.commissions import access, reads
from jalon.commissions.models import AgendaItem, Attendance, Meeting, Recusal, Seat
from jalon.commissions.states import ItemState, MeetingKind, MeetingState, Presence
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import SessionCopy
from jalon.law import commission
from jalon.notices import actions as notices
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field
from jalon.vault import keys

from .common import live_copies, locked, office, save_meeting
from .opinions import put_off

SITTING = (Presence.PRESENT, Presence.REMOTE)


@transaction.atomic
def create_meeting(
    actor: Actor,
    *,
    on: date,
    place: str = "",
    kind: str = MeetingKind.ORDINARY,
    files_due_on: date | None = None,
    second_convocation: bool = False,
) -> Meeting:
    """Plan a meeting of the department's commission. Its number of files and its window come later."""
    if actor.role != Role.SEC:
        raise Refused(_("Seul le secrétariat de la commission crée une séance."))
    if on < clock.today():
        raise at_field("on", _("Choisissez une date à venir."))
    if files_due_on is not None and files_due_on > on:
        raise at_field("files_due_on", _("Les dossiers sont attendus au plus tard le jour de la séance."))
    if kind not in MeetingKind.values:
        raise at_field("kind", _("Choisissez une réponse de la liste."))
    taken = Meeting.objects.filter(department=actor.department, on=on).exclude(state=MeetingState.CANCELLED)
    if taken.exists():
        raise at_field("on", _("Une séance est déjà prévue ce jour-là dans ce département."))
    meeting = Meeting(
        department=actor.department,
        on=on,
        place=place.strip(),
        kind=kind,
        files_due_on=files_due_on,
        second_convocation=second_convocation,
    )
    meeting.save(force_insert=True)
    journal.record(actor, "create_meeting", relation="same_dept", objects=[meeting.id])
    latest = commission.convocation(meeting_on=on).latest_receipt
    notices.plan(None, "convocation", latest, rule="COM-1", key=meeting.id, actor=actor, **office(actor))
    return meeting


@transaction.atomic
def convene(actor: Actor, meeting: Meeting, *, urgent: bool = False) -> Meeting:
    """Send the convocations and open the window (COM-1).

    The association that prepared a file is recused on it by rule (COM-5). The package of each file is copied under the
    session's key, which is refused after the last day of the window and destroyed by ``close_windows``.
    """
    meeting = locked(actor, meeting, "convene")
    today = clock.today()
    law = commission.convocation(meeting_on=meeting.on, received_on=today, urgent=urgent)
    if not law.regular:
        raise at_field(
            "urgent",
            _("La convocation doit être reçue au plus tard le %(day)s. Cochez l'urgence, ou changez de date.")
            % {"day": f"{law.latest_receipt:%d/%m/%Y}"},
        )
    items = list(meeting.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier"))
    if not items:
        raise Refused(_("Mettez d'abord au moins un point à l'ordre du jour."))
    seats = list(seats_in_force(meeting))
    if not seats:
        raise Refused(_("Nommez d'abord les membres de la commission."))
    Attendance.objects.bulk_create([Attendance(meeting=meeting, seat=seat, convoked_on=today) for seat in seats])
    meeting.convened_on = today
    meeting.urgent = bool(law.late_days)
    save_meeting(meeting, "convene")
    dossiers_seen = []
    for item in items:
        if item.application is None:
            continue
        dossier, copies, former = _open_window(meeting, item)
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
    for user_id in sorted({seat.user_id for seat in seats if seat.user_id}):
        notices.queue(user_id, "task", f"convocation:{meeting.id}", actor=actor)
    for dossier in concerned:
        notices.complete(dossier, "renewal_session", actor=actor)
        notices.plan(dossier, "meeting", meeting.on, rule="COM-1", key=meeting.id, actor=actor)
    people.refresh_next_due(*concerned)


def seats_in_force(meeting: Meeting) -> list[Seat]:
    """The seats of the commission on the day of the meeting."""
    return list(
        Seat.objects.filter(department=meeting.department, starts_on__lte=meeting.on, ends_on__gte=meeting.on).order_by(
            "-is_chair", "college", "id"
        )
    )


def _open_window(meeting: Meeting, item: AgendaItem) -> tuple[Dossier, Sequence[SessionCopy], Sequence[SessionCopy]]:
    """Recuse who prepared the request, make the session's copy; return the copies that exist, and those gone."""
    application = item.application
    dossier = application.dossier  # type: ignore[union-attr]
    Recusal.objects.create(
        item=item,
        organisation_id=application.prepared_by,  # type: ignore[union-attr]
        by_rule=True,
        declared_at=clock.now(),
    )
    former = live_copies(dossier.pk)
    if not _windows_of([dossier.pk]).exclude(pk=meeting.pk).exists():
        dossiers.destroy_session_copies([dossier.pk], on=clock.today())  # the copy and the key of a former window
    dossiers.advance(application, "convene")  # makes the session's copy of the package
    keys.expire(dossier.pk, "G5s", window_closes_at(meeting))
    copies = live_copies(dossier.pk)
    living = {copy.pk for copy in copies}
    return dossier, copies, [copy for copy in former if copy.pk not in living]


def window_closes_at(meeting: Meeting) -> datetime:
    """The instant from which the session's key is refused: midnight in Paris after the last day."""
    after = meeting.window_ends_on + timedelta(days=1)
    return datetime.combine(after, time.min, clock.PARIS).astimezone(UTC)


def _windows_of(dossier_ids: list[str]):  # type: ignore[no-untyped-def]
    return Meeting.objects.filter(
        access.window_open(),
        items__application__dossier__in=dossier_ids,
        items__state__in=(ItemState.SCHEDULED, ItemState.OPINED),
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
    quorum = reads.quorum(meeting)
    written = meeting.kind == MeetingKind.WRITTEN
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


@transaction.atomic
def close_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """End the session: every application has an opinion or is postponed."""
    meeting = locked(actor, meeting, "close_meeting")
    waiting = meeting.items.filter(state=ItemState.SCHEDULED)
    left = waiting.filter(application__isnull=False).count()
    if left:
        raise Refused(
            ngettext(
                "Il reste %(count)d dossier sans avis : rendez un avis ou ajournez le point.",
                "Il reste %(count)d dossiers sans avis : rendez un avis ou ajournez le point.",
                left,
            )
            % {"count": left}
        )
    waiting.update(state=ItemState.OPINED)
    save_meeting(meeting, "close_meeting")
    _meet_again(actor, meeting.department)
    journal.record(actor, "close_meeting", compartment="C13", relation="same_dept", objects=[meeting.id])
    return meeting


def _meet_again(actor: Actor, department: str) -> None:
    """The commission meets once a year at least (COM-15): from the last meeting that was held."""
    by = reads.meet_again_by(reads.held(department))
    if by is not None:
        notices.complete(None, "yearly_meeting", key=department, actor=actor)
        notices.plan(None, "yearly_meeting", by, rule="COM-15", key=department, actor=actor, **office(actor))


@transaction.atomic
def cancel_meeting(actor: Actor, meeting: Meeting, *, replaced_by: Meeting | None = None) -> Meeting:
    """Cancel: the files wait again for an agenda, the window closes at once."""
    meeting = locked(actor, meeting, "cancel_meeting")
    if replaced_by is not None and (replaced_by.department != meeting.department or replaced_by.pk == meeting.pk):
        raise at_field("replaced_by", _("Choisissez une autre séance du même département."))
    items = list(meeting.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier", "meeting"))
    concerned = [item.application.dossier for item in items if item.application]
    copies = live_copies(*concerned)
    for item in items:
        put_off(actor, item, to=replaced_by.on if replaced_by else None)
    notices.cancel(None, "convocation", key=meeting.id, actor=actor)
    meeting.replaced_by = replaced_by
    save_meeting(meeting, "cancel_meeting")
    journal.record(
        actor,
        "cancel_meeting",
        compartment="C13",
        relation="same_dept",
        objects=[meeting.id, *concerned],
        count=len(items),
        gone=copies,
    )
    return meeting


@transaction.atomic
def convene_again(actor: Actor, meeting: Meeting, *, on: date, place: str = "") -> Meeting:
    """After a failed quorum: the same agenda on another day, the convocation saying that no quorum is required."""
    from .agenda import add_point, set_agenda

    first = locked(actor, meeting, "cancel_meeting")
    if first.state != MeetingState.CONVENED or reads.quorum(first).may_sit:
        raise Refused(_("Une deuxième convocation suppose une séance convoquée sans quorum."))
    again = create_meeting(
        actor, on=on, place=place or first.place, kind=first.kind, files_due_on=None, second_convocation=True
    )
    items = list(
        first.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier").order_by("position")
    )
    cancel_meeting(actor, first, replaced_by=again)
    applications = [item.application for item in items if item.application]
    for application in applications:
        application.refresh_from_db()
    minutes = {item.application_id: item.minutes_planned for item in items if item.application_id}
    set_agenda(actor, again, applications=applications, minutes=minutes)
    for item in items:
        if item.application is None:
            add_point(actor, again, title=item.title, minutes=item.minutes_planned)
    again.refresh_from_db()
    return again


@transaction.atomic
def close_windows(today: date | None = None) -> int:
    """Destroy the session's copies whose window is over; run every night. Return how many dossiers were closed.

    Reading is refused from the day after the window whether this has run or not: by the scope and by the key's end.
    """
    day = today or clock.today()
    open_copies = SessionCopy.objects.filter(destroyed_on__isnull=True)
    over = (
        Meeting.objects.filter(convened_on__isnull=False, window_ends_on__lt=day)
        | Meeting.objects.filter(convened_on__isnull=False, state=MeetingState.CANCELLED)
    ).values("pk")
    candidates = set(
        open_copies.filter(package__application__agenda_items__meeting__in=over).values_list("dossier_id", flat=True)
    )
    running = set(_windows_of(list(candidates)).values_list("items__application__dossier_id", flat=True))
    closed = sorted(candidates - running)
    for dossier in Dossier.objects.filter(pk__in=closed):
        copies = live_copies(dossier.pk)
        destroyed = dossiers.destroy_session_copies([dossier.pk], on=day)
        journal.record(SYSTEM, "close_window", dossier, compartment="C12", count=destroyed, gone=copies)
    return len(closed)
