"""What the verbs share: lock, keys, refusals at a field."""

from django.db.models import QuerySet

from jalon.access import Actor
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Meeting, Seat
from jalon.commissions.states import ITEM, MEETING, ItemState
from jalon.dossiers.models import SessionCopy
from jalon.dossiers.states import ApplicationState
from jalon.people.models import Dossier
from jalon.vault import keys


def locked(actor: Actor, meeting: Meeting, verb: str) -> Meeting:
    """The meeting, locked for an act of its secretariat, in a state that allows the verb."""
    access.require_secretariat(actor, meeting)
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    MEETING.target(row.state, verb)
    drop_withdrawn(row)
    return row


def locked_item(item: AgendaItem, verb: str) -> AgendaItem:
    """The point with its meeting and application, locked, in a state that allows the verb."""
    rows = AgendaItem.objects.select_for_update(of=("self",))
    row = rows.select_related("meeting", "application__dossier").get(pk=item.pk)
    MEETING.target(row.meeting.state, verb)
    ITEM.target(row.state, verb)
    return row


def hold_seats(seats: QuerySet[Seat]) -> None:
    """Who sits for these seats does not change until this act ends: nobody reads for one while its deputy is called.

    Taken before a point, and after a meeting.
    """
    list(seats.select_for_update().order_by("pk").values_list("pk"))


def drop_withdrawn(meeting: Meeting) -> int:
    """A request that the person has withdrawn leaves the agenda."""
    gone = meeting.items.filter(state=ItemState.SCHEDULED, application__state=ApplicationState.WITHDRAWN)
    return AgendaItem.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).update(state=ItemState.REMOVED)


def office(actor: Actor) -> dict[str, str]:
    """To whom the deadlines of the commission itself belong: its secretariat."""
    return {"organisation_id": actor.organisation_id, "department": actor.department}


def save_meeting(meeting: Meeting, verb: str) -> None:
    meeting.state = MEETING.target(meeting.state, verb)
    meeting.revision += 1
    meeting.save()


def state_key(owner: str) -> bytes:
    """The key of the State's side (G6) for a dossier or a meeting, made at its first writing."""
    return keys.ensure(owner, "G6")["G6"]


def live_copies(*dossiers: Dossier | str) -> list[SessionCopy]:
    """The session's copies of these dossiers that are not destroyed: for the trail, which tells each one."""
    return list(SessionCopy.objects.filter(dossier__in=dossiers, destroyed_on__isnull=True))
