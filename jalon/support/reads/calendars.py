"""The feed of a worker's calendar (RFC 5545): hours of appointments, under one word that says nothing."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from jalon.access import Actor, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.middleware import actor_of, frozen, is_usable
from jalon.directory.models import Membership
from jalon.people import access, wall

from ..actions.calendars import fingerprint
from ..models import Appointment, CalendarFeed

TITLE = "Réunion"  # whatever the language: it tells nothing, to whoever looks at the screen
LENGTH = timedelta(minutes=45)
BACK, AHEAD, MOST = timedelta(days=7), timedelta(days=120), 500


def of(actor: Actor) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user_id=actor.user_id).first()


def feed(secret: str) -> str | None:
    """The calendar that this secret opens; None when it opens none, or when its owner's account or function is over."""
    row = (
        CalendarFeed.objects.select_related("user").filter(secret_hash=fingerprint(secret)).first() if secret else None
    )
    if row is None or not _functions(row.user):
        return None
    with wall.beyond():  # nobody is signed in: the secret says whose calendar it is
        return text(row.user)


def _functions(user: User) -> list[Membership]:
    """What this worker is today; nothing once her account or her functions are over."""
    return [held for held in directory.memberships_of(user.pk) if is_usable(held)]


def _expected(held: Membership) -> QuerySet[Appointment]:
    """Where this worker is expected, of the files of her scope now; an adviser, where he comes himself."""
    actor, now = actor_of(held), clock.now()
    if actor.role not in (Role.REF, Role.COL, Role.EMP):
        return Appointment.objects.none()
    rows = Appointment.objects.filter(
        dossier__in=access.dossiers_visible_to(actor).values("pk"),
        cancelled_at=None,
        at__gte=now - BACK,
        at__lte=now + AHEAD,
    )
    return rows.filter(with_adviser=True) if actor.role == Role.EMP else rows


def text(user: User) -> str:
    """The appointments of the persons with whom this worker works, under each of her functions."""
    found: dict[str, Appointment] = {}
    for one in _functions(user):
        with frozen(one.department):
            found |= {row.pk: row for row in _expected(one).order_by("at", "pk")[:MOST]}
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//agenda//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for row in sorted(found.values(), key=lambda row: (row.at, row.pk))[:MOST]:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(user, row)}",
            f"DTSTAMP:{_instant(row.at)}",
            f"DTSTART:{_instant(row.at)}",
            f"DTEND:{_instant(row.at + LENGTH)}",
            f"SUMMARY:{TITLE}",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _uid(user: User, row: Appointment) -> str:
    """The same at each reading, of no use elsewhere: neither the row's id nor the same for two workers."""
    return hashlib.sha256(f"{user.pk}:{row.pk}".encode()).hexdigest()[:32]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
