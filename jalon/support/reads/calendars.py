"""The feed of a worker's calendar (RFC 5545): hours of appointments, under one word that says nothing."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from jalon.access import Actor
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership
from jalon.people import access, wall
from jalon.people.models import Assignment, Share
from jalon.people.states import AssignmentKind

from ..actions.calendars import fingerprint
from ..models import Appointment, CalendarFeed

TITLE = "Réunion"  # whatever the language: it tells nothing, to whoever looks at the screen
LENGTH = timedelta(minutes=45)
BACK, AHEAD, MOST = timedelta(days=7), timedelta(days=120), 500


def of(actor: Actor) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user_id=actor.user_id).first()


def feed(secret: str) -> str | None:
    """The calendar that this secret opens; None when it opens none, or when its owner no longer works here."""
    row = (
        CalendarFeed.objects.select_related("user").filter(secret_hash=fingerprint(secret)).first() if secret else None
    )
    if row is None or not row.user.is_active or not _works(row.user):
        return None
    with wall.beyond():  # nobody is signed in: the secret says whose calendar it is
        return text(row.user)


def _running() -> Q:
    today = clock.today()
    return Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def _works(user: User) -> bool:
    return Membership.objects.filter(_running(), user=user).exists()


def text(user: User) -> str:
    """The appointments of the persons with whom this worker works; an adviser's, those to which he comes."""
    now = clock.now()
    running = Assignment.objects.filter(access.running(), user=user)
    own = running.exclude(kind=AssignmentKind.ADVISER).values("dossier")
    houses = running.values("organisation")
    shares = Share.objects.filter(organisation__in=houses, revoked_at=None, given_on__lte=clock.today())
    shares = shares.exclude(ends_on__lt=clock.today())
    advised = running.filter(kind=AssignmentKind.ADVISER, dossier__in=shares.values("dossier")).values("dossier")
    rows = Appointment.objects.filter(
        Q(dossier__in=own) | Q(dossier__in=advised, with_adviser=True),
        cancelled_at=None,
        at__gte=now - BACK,
        at__lte=now + AHEAD,
    ).order_by("at", "pk")[:MOST]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//agenda//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for row in rows:
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
