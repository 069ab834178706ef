"""Who looked: the trail of a file, the exceptional accesses, the unusual readings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page

from jalon import journal
from jalon.access import Actor, Role
from jalon.access.breakglass import REVIEW_WITHIN
from jalon.access.models import BreakGlass, ReadingAlert
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Membership
from jalon.journal.models import Entry
from jalon.journal.trail import UNSHOWN
from jalon.people import wall
from jalon.people.access import dossiers_visible_to
from jalon.people.models import (
    Dossier,
)
from jalon.ui import paging
from jalon.vault import keys

from .persons import organisation_names


@dataclass(frozen=True)
class Seen:
    """One event of the trail, readable: who, in which role, what, when."""

    at: datetime
    who: str
    role: str
    organisation: str
    verb: str
    compartment: str
    refused: bool


def trail(actor: Actor, dossier: Dossier, page: int = 1) -> tuple[Page, list[Seen]]:
    """Who looked and who acted. Names inside the own organisation; elsewhere the function and the organisation.

    The quiet savings of a text being typed stay in the journal, out of this page: they would hide the rest.
    """
    rows = Entry.objects.filter(subject=journal.subject_ref(dossier)).exclude(verb="keep_draft").order_by("-seq")
    found = paging.page(rows, page)
    entries = found.object_list
    own = sorted({row.actor for row in entries if row.organisation == actor.organisation_id})
    users = directory.users_named(own)
    names = organisation_names({row.organisation for row in entries if row.organisation})
    return found, [
        Seen(
            row.at,
            users[row.actor].name if row.actor in users else "",
            row.role,
            names.get(row.organisation, ""),
            row.verb,
            row.compartment,
            row.decision == "refused",
        )
        for row in entries
    ]


@dataclass(frozen=True)
class Opening:
    """An exceptional access of the last months."""

    row: BreakGlass
    who: str
    number: str
    reason: str = ""

    @property
    def review_on(self) -> date:
        """The last day to review it."""
        return (self.row.opened_at + REVIEW_WITHIN).astimezone(clock.PARIS).date()


def openings(actor: Actor, number: int = 1) -> Page:
    """The exceptional accesses to the organisation's files, the latest first: a page."""
    own = Membership.objects.filter(organisation=actor.organisation_id).values("user")
    seen = dossiers_visible_to(actor)
    rows = BreakGlass.objects.filter(user__in=own, dossier_id__in=seen.values("pk")).order_by("-opened_at", "pk")
    found = paging.page(rows, number)
    listed = found.object_list
    numbers = dict(seen.filter(pk__in=[row.dossier_id for row in listed]).values_list("pk", "number"))
    users = directory.users_named(sorted({row.user for row in listed}))
    found.object_list = [
        Opening(row, users[row.user].name if row.user in users else "", numbers[row.dossier_id]) for row in listed
    ]
    return found


def openings_of(dossier: Dossier, *, review: bool = False) -> list[Opening]:
    """The exceptional accesses to one file, the latest first; with who and why for the officer's review."""
    rows = list(BreakGlass.objects.filter(dossier_id=dossier.pk).order_by("-opened_at")[:50])
    if not rows or not review:
        return [Opening(row, "", dossier.number) for row in rows]
    users, key = directory.users_named(sorted({row.user for row in rows})), keys.fetch(dossier.pk, "G1")
    return [Opening(row, users[row.user].name, dossier.number, row.unseal(key)["reason"]) for row in rows]


def files_opened() -> dict[tuple[str, str, str], int]:
    """How many different files each account opened, by (account, organisation, "hour" or "day"), from the trail."""
    now = clock.now()
    spans = {"hour": now - timedelta(hours=1), "day": now - timedelta(days=1)}
    seen: dict[tuple[str, str, str], set[str]] = {}
    rows = Entry.objects.order_by("-seq").values_list("at", "actor", "organisation", "subject", "verb", "decision")
    for at, user_id, organisation_id, subject, verb, decision in rows.iterator():
        if at < spans["day"]:
            break  # the trail goes back in time
        if subject and verb == "read" and decision == "allowed" and at <= now:
            for span, start in spans.items():
                if at >= start:
                    seen.setdefault((user_id, organisation_id, span), set()).add(subject)
    return {key: len(subjects) for key, subjects in seen.items()}


def reading_alerts(actor: Actor, number: int = 1) -> Page:
    """The unusual readings in the officer's organisation, the latest first, with the name of the account: a page."""
    told = ReadingAlert.objects.filter(organisation_id=actor.organisation_id, span__in=("hour", "day"))
    found = paging.page(told.order_by("-on", "pk"), number)
    listed = found.object_list
    users = directory.users_named(sorted({row.user for row in listed})) if listed else {}
    found.object_list = [(row, users[row.user].name if row.user in users else "") for row in listed]
    return found


def opened_by(user_id: str) -> set[str]:
    """The files that this account opened in the last twenty-four hours, as the trail calls them."""
    since = clock.now() - timedelta(days=1)
    rows = Entry.objects.filter(actor=user_id, at__gte=since, verb="read", decision="allowed").exclude(subject="")
    rows = rows.exclude(purpose=UNSHOWN)
    return set(rows.order_by().values_list("subject", flat=True).distinct())


def answering(actor: Actor) -> str:
    """The organisation that answers for this account: its own; for a member, the secretariat of her commission."""
    secretariat = directory.holders(Role.SEC, actor.department) if actor.role == Role.MEM else []
    return str(secretariat[0].organisation_id) if secretariat else actor.organisation_id


def lifted(actor: Actor) -> int:
    """How many files this account had opened when a stop of the last day was lifted; 0 when none was."""
    house, since = answering(actor), clock.now() - timedelta(days=1)
    with wall.beyond():  # a member's stop is kept by the secretariat
        rows = ReadingAlert.objects.filter(user=actor.user_id, organisation_id=house, span="stop", lifted_at__gte=since)
        return rows.order_by("-files").values_list("files", flat=True).first() or 0


@dataclass(frozen=True)
class Stopped:
    """A stop, whose, and whether this reader may lift it."""

    row: ReadingAlert
    who: str
    mine: bool


def stops(actor: Actor, number: int = 1) -> Page:
    """The stops, the latest first, a page: the organisation's for its manager and officer, one's own for the others."""
    rows = ReadingAlert.objects.filter(organisation_id=actor.organisation_id, span="stop")
    if actor.role not in (Role.MGR, Role.DPO, Role.SEC):
        rows = rows.filter(user=actor.user_id)
    found = paging.page(rows.order_by("-on", "pk"), number)
    listed = found.object_list
    users = directory.users_named(sorted({row.user for row in listed})) if listed else {}
    found.object_list = [
        Stopped(row, users[row.user].name if row.user in users else "", row.user == actor.user_id) for row in listed
    ]
    return found
