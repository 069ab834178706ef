"""How a meeting ends: closed, without quorum and convened again, cancelled."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon import journal
from jalon.access import Actor, Refused
from jalon.commissions import reads
from jalon.commissions.models import Meeting
from jalon.commissions.states import ItemState, MeetingKind, Presence
from jalon.config import clock
from jalon.dossiers.models import SessionCopy
from jalon.dossiers.states import ApplicationState
from jalon.notices import actions as notices
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .agenda import add_point, set_agenda
from .common import live_copies, locked, office, save_meeting
from .meetings import create_meeting
from .minutes import generate_minutes
from .opinions import put_off


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
def record_failure(actor: Actor, meeting: Meeting) -> Meeting:
    """The members came and the quorum was not reached (COM-2): the files wait again, and minutes say so at once."""
    meeting = locked(actor, meeting, "record_failure")
    if clock.today() < meeting.on:
        raise Refused(_("L'absence de quorum se constate le jour de la séance, pas avant."))
    if meeting.attendances.filter(presence=Presence.EXPECTED).exists():
        raise Refused(_("Faites d'abord l'appel."))
    quorum = reads.quorum(meeting)
    if meeting.kind == MeetingKind.WRITTEN or quorum.may_sit:
        raise Refused(_("Le quorum est atteint, ou n'est pas exigé : ouvrez la séance."))
    meeting.quorum_reached = False
    save_meeting(meeting, "record_failure")
    concerned, copies = _free_files(actor, meeting)
    journal.record(
        actor,
        "record_failure",
        compartment="C13",
        relation="same_dept",
        objects=[meeting.id, *concerned],
        count=quorum.counted,
        gone=copies,
    )
    generate_minutes(actor, meeting)
    return meeting


def _free_files(actor: Actor, meeting: Meeting, to: date | None = None) -> tuple[list[Dossier], list[SessionCopy]]:
    """Every file of the agenda waits for another; return them, with the copies that are destroyed."""
    items = list(meeting.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier", "meeting"))
    concerned = [item.application.dossier for item in items if item.application]
    copies = live_copies(*concerned)
    for item in items:
        put_off(actor, item, to=to)
    return concerned, copies


@transaction.atomic
def cancel_meeting(actor: Actor, meeting: Meeting, *, replaced_by: Meeting | None = None) -> Meeting:
    """Cancel: the files wait again for an agenda, the window closes at once."""
    meeting = locked(actor, meeting, "cancel_meeting")
    if replaced_by is not None and (replaced_by.department != meeting.department or replaced_by.pk == meeting.pk):
        raise at_field("replaced_by", _("Choisissez une autre séance du même département."))
    concerned, copies = _free_files(actor, meeting, replaced_by.on if replaced_by else None)
    notices.cancel(None, "convocation", key=meeting.id, actor=actor)
    meeting.replaced_by = replaced_by
    save_meeting(meeting, "cancel_meeting")
    journal.record(
        actor,
        "cancel_meeting",
        compartment="C13",
        relation="same_dept",
        objects=[meeting.id, *concerned],
        count=len(concerned),
        gone=copies,
    )
    return meeting


@transaction.atomic
def convene_again(actor: Actor, meeting: Meeting, *, on: date, place: str = "") -> Meeting:
    """After a failed quorum: the same agenda on another day, and no quorum is required, which is said (COM-3)."""
    first = locked(actor, meeting, "convene_again")
    if first.replaced_by_id:
        raise Refused(_("La deuxième réunion est déjà créée."))
    again = create_meeting(
        actor, on=on, starts_at=first.starts_at, place=place or first.place, kind=first.kind, second_convocation=True
    )
    first.replaced_by = again
    save_meeting(first, "convene_again")
    rows = first.items.exclude(state=ItemState.REMOVED).select_related("application__dossier").order_by("position")
    items = list(rows)
    waiting = [item.application for item in items if item.application]
    applications = [row for row in waiting if row.state == ApplicationState.COMPLETE]
    minutes = {item.application_id: item.minutes_planned for item in items if item.application_id}
    set_agenda(actor, again, applications=applications, minutes=minutes)
    for item in items:
        if item.application is None:
            add_point(actor, again, title=item.title, minutes=item.minutes_planned)
    first.items.filter(state=ItemState.POSTPONED).update(postponed_to=on)
    again.refresh_from_db()
    return again
