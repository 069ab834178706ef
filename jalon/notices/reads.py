"""What falls due: bounded queries for the home pages, the file and the calendar of a room above."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from jalon.access import Actor
from jalon.config import clock, prepared

from .kinds import HINTS, RENEWAL
from .models import Deadline

MOST = 200


class Dated(Protocol):
    """What tells one deadline of a series from another."""

    dossier: str
    kind: str
    key: str
    on: date


Row = TypeVar("Row", bound=Dated)


def current(rows: Iterable[Row], today: date | None = None) -> list[Row]:
    """Without the targets of a renewal that a later one, come too, has replaced: one line a series, not five in red."""
    today = today or clock.today()
    listed = list(rows)
    latest: dict[tuple[str, str], date] = {}
    for row in listed:
        if row.kind in RENEWAL and row.on <= today:
            series = (row.dossier, row.key)
            latest[series] = max(row.on, latest.get(series, row.on))
    return [row for row in listed if row.kind not in RENEWAL or row.on >= latest.get((row.dossier, row.key), row.on)]


def opened() -> QuerySet[Deadline]:
    """Neither done nor cancelled."""
    return Deadline.objects.filter(done_on=None, cancelled_on=None)


def of_dossier(dossier_id: str) -> list[Deadline]:
    """The open deadlines of a dossier, the first to come first (late ones before all)."""
    return current(opened().filter(dossier=dossier_id).order_by("on", "pk")[:MOST])


def next_due(dossier_id: str) -> Deadline | None:
    """What falls due first, hints apart."""
    return next(iter(prepared.run("notices.next_due", _first_due, dossier_id=dossier_id)), None)


def _first_due(dossier_id: str) -> QuerySet[Deadline]:
    return opened().filter(dossier=dossier_id).exclude(kind__in=HINTS).order_by("on", "pk")[:1]


def next_due_on() -> Subquery:
    """For a list of dossiers: ``.annotate(due_on=reads.next_due_on())``."""
    rows = opened().filter(dossier=OuterRef("pk")).exclude(kind__in=HINTS)
    return Subquery(rows.order_by("on").values("on")[:1])


def told_to(
    actor: Actor, *, within: int = 30, dossiers: Collection[str] | None = None, kinds: Collection[str] = ()
) -> list[Deadline]:
    """What the actor's role must do, late or due within so many days; limited to some dossiers, to kinds when given.

    The State's roles look at their department, the others at their organisation.
    """
    rows = opened().filter(role=actor.role, on__lte=clock.today() + timedelta(days=within))
    if actor.role in {"SEC", "PRE", "ETR", "MEM"}:
        rows = rows.filter(department=actor.department)
    else:
        rows = rows.filter(organisation_id=actor.organisation_id)
    if dossiers is not None:
        rows = rows.filter(dossier__in=list(dossiers))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return current(rows.order_by("on", "pk"))


def days_left(deadline: Deadline, day: date | None = None) -> int:
    """Days to the due date; negative when late."""
    return (deadline.on - (day or clock.today())).days
