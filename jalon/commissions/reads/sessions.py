"""A meeting prepared, then held: its agenda, its members, its room."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet

from jalon.access import Actor, Role
from jalon.commissions import access
from jalon.commissions.models import AgendaItem, Attendance, Meeting, Reading, Recusal, Seat
from jalon.commissions.states import Presence
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.dossiers.states import ApplicationState
from jalon.law import commission
from jalon.ui import paging
from jalon.ui.html import Rule

from .secretariat import Received, row, waiting
from .votes import quorum, quorum_rules


class Preparation(NamedTuple):
    """The page on which a meeting is prepared."""

    items: list[AgendaItem]
    available: Sequence[Received]
    seats: list[Seat]
    convocation: commission.Convocation
    required: int
    minutes_planned: int


def preparation(actor: Actor, meeting: Meeting, number: int = 1, sent: Collection[str] | None = None) -> Preparation:
    """``number``: the page of the requests that may be put on the agenda; ``sent``: those that the form answers for."""
    ready = waiting(actor, ApplicationState.COMPLETE)
    shown = paging.page(ready, number, row) if sent is None else [row(one) for one in ready.filter(pk__in=sent)]
    items = list(agenda_rows(meeting))
    seats = list(
        Seat.objects.filter(department=meeting.department, starts_on__lte=meeting.on, ends_on__gte=meeting.on)
        .annotate(organisation_label=name_subquery(OuterRef("organisation_id"), meeting.on))
        .order_by("-is_chair", "college", "pk")
    )
    return Preparation(
        items=items,
        available=shown,
        seats=seats,
        convocation=commission.convocation(meeting_on=meeting.on, received_on=clock.today()),
        required=commission.required_members(len(seats)) if seats else 0,
        minutes_planned=sum(item.minutes_planned for item in items),
    )


def agenda_rows(meeting: Meeting) -> QuerySet[AgendaItem]:
    return (
        access.on_agenda(meeting.items.all())
        .select_related("application__dossier", "opinion", "meeting")
        .order_by("position", "pk")
    )


def hours(meeting: Meeting, items: Iterable[AgendaItem]) -> dict[str, time]:
    """When each point is called, one after the other from the hour of the meeting; empty when it has no hour."""
    if meeting.starts_at is None:
        return {}
    at, found = datetime.combine(meeting.on, meeting.starts_at), {}
    for item in items:
        found[item.pk] = at.time()
        at += timedelta(minutes=item.minutes_planned)
    return found


class Line(NamedTuple):
    """One line of the agenda. A recused member sees neither number nor title: only that the point exists.

    ``opens``: the page of the point answers; else its number is plain text.
    """

    position: int
    item: AgendaItem | None
    read: bool = False
    opens: bool = False
    at: time | None = None

    @property
    def hidden(self) -> bool:
        return self.item is None


def agenda(actor: Actor, meeting: Meeting) -> list[Line]:
    """The agenda as this actor may see it. Before the convocation the préfet knows the date alone."""
    if actor.role == Role.PRE and meeting.convened_on is None:
        return []
    rows = list(agenda_rows(meeting))
    at = hours(meeting, rows)
    if actor.role in access.STATE_SIDE:
        opens = access.readable(actor, rows)
        return [Line(row.position, row, opens=row.pk in opens, at=at.get(row.pk)) for row in rows]
    visible = set(access.items_visible_to(actor).filter(meeting=meeting).values_list("pk", flat=True))
    if actor.role != Role.MEM:
        # Its own files, counted from one: the place of each on the agenda would tell how many others are heard before.
        own = [row for row in rows if row.pk in visible]
        return [Line(rank, row, at=at.get(row.pk)) for rank, row in enumerate(own, 1)]
    if not access.in_window(meeting) or not getattr(meeting, "sits", True):
        return []
    done = set(Reading.objects.filter(item__meeting=meeting, user_id=actor.user_id).values_list("item_id", flat=True))
    opens = access.readable(actor, [row for row in rows if row.pk in visible])
    return [
        Line(row.position, row if row.pk in visible else None, row.pk in done, row.pk in opens, at.get(row.pk))
        for row in rows
    ]


class Room(NamedTuple):
    """The session room."""

    lines: list[Line]
    attendances: list[Attendance]
    quorum: commission.Quorum
    minutes_planned: int
    rules: list[Rule]

    @property
    def called(self) -> bool:
        """Was the roll called?"""
        return bool(self.attendances) and all(row.presence != Presence.EXPECTED for row in self.attendances)

    @property
    def deputies(self) -> bool:
        """May a seat be held by its deputy?"""
        return any(row.seat.deputy_id for row in self.attendances)


def room(actor: Actor, meeting: Meeting) -> Room:
    lines = agenda(actor, meeting)
    rows = attendances(meeting)
    found = quorum(meeting, rows)
    minutes = sum(line.item.minutes_planned for line in lines if line.item)
    return Room(lines, rows, found, minutes, quorum_rules(meeting, len(rows), found.counted) if rows else [])


def attendances(meeting: Meeting) -> list[Attendance]:
    """The members convoked, the chair first, with the name of their organisation on the day of the meeting."""
    return list(
        meeting.attendances.select_related("seat", "proxy_to__seat")
        .annotate(organisation_label=name_subquery(OuterRef("seat__organisation_id"), meeting.on))
        .order_by("-seat__is_chair", "seat__college", "pk")
    )


class Aside(NamedTuple):
    """Who takes no part in a point: by rule, or by a conflict that was declared and may be lifted."""

    id: str
    name: str
    by_rule: bool


def recused(item: AgendaItem) -> list[Aside]:
    rows = access.in_force(Recusal.objects.filter(item=item)).annotate(
        own=name_subquery(OuterRef("organisation_id"), item.meeting.on),
        of_seat=name_subquery(OuterRef("seat__organisation_id"), item.meeting.on),
    )
    found = [Aside(row.pk, row.own or row.of_seat or "", row.by_rule) for row in rows.select_related("seat")]
    return sorted(found, key=lambda one: (not one.by_rule, one.name))


def taking_part(item: AgendaItem) -> list[tuple[str, str]]:
    """The seats convoked that take part in a point, the chair first: key, and how it is called."""
    if item.application is None:
        return []
    recusals = list(access.in_force(item.recusals.all()))
    return [
        (row.seat_id, f"{row.seat.college} · {row.organisation_label or ''}")  # type: ignore[attr-defined]
        for row in attendances(item.meeting)
        if not access.set_aside(item, row.seat, recusals)
    ]


def recused_names(item: AgendaItem) -> list[str]:
    """The organisations that take no part in a point."""
    return sorted({one.name for one in recused(item)} - {""})
