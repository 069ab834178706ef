"""When the commission of a department sits and sat."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from jalon.access import Actor, Role
from jalon.commissions import access
from jalon.commissions.models import Meeting
from jalon.commissions.states import VOID, ItemState, MeetingState
from jalon.config import clock
from jalon.law import commission

SAT = (MeetingState.OPEN, MeetingState.HELD, MeetingState.SIGNED)
LIVE = (ItemState.SCHEDULED, ItemState.OPINED, ItemState.POSTPONED)


def next_meeting(department: str, after: date | None = None) -> Meeting | None:
    """The next meeting of the department, planned or convened."""
    to_come = (MeetingState.PLANNED, MeetingState.CONVENED)
    rows = upcoming(department).filter(on__gte=after or clock.today(), state__in=to_come)
    return rows.order_by("on").first()


def upcoming(department: str) -> QuerySet[Meeting]:
    return Meeting.objects.filter(department=department).exclude(state__in=VOID)


def meeting_dates(department: str) -> list[date]:
    """Every day on which the commission sits or sat: what the law needs for REN-2."""
    return list(upcoming(department).order_by("on").values_list("on", flat=True))


def meetings(actor: Actor) -> QuerySet[Meeting]:
    """The meetings, the latest first, with the number of files of each (the State's side only)."""
    rows = access.meetings_visible_to(actor)
    if actor.role in access.STATE_SIDE:
        counted = Q(items__application__isnull=False, items__state__in=LIVE)
        if actor.role == Role.PRE:
            counted &= Q(convened_on__isnull=False)
        rows = rows.annotate(files=Count("items", filter=counted))
    return rows.annotate(signed_at=F("minutes__signed_at")).order_by("-on", "pk")


class Month(NamedTuple):
    """One month of the year's calendar, by its first day."""

    on: date
    meetings: list[Meeting]


def year(listed: Iterable[Meeting], number: int) -> list[Month]:
    """The twelve months of a year with their meetings, the cancelled ones left out."""
    shown = sorted((row for row in listed if row.state != MeetingState.CANCELLED), key=lambda row: row.on)
    return [
        Month(date(number, month, 1), [row for row in shown if (row.on.year, row.on.month) == (number, month)])
        for month in range(1, 13)
    ]


def held(department: str) -> list[date]:
    """The days on which the commission of a department has sat."""
    return list(Meeting.objects.filter(department=department, state__in=SAT).values_list("on", flat=True))


def meet_again_by(days: Iterable[date]) -> date | None:
    """The last day for the next meeting after those days (COM-15); None when the commission has never sat."""
    last = max(days, default=None)
    return commission.meet_again_by(last) if last else None
