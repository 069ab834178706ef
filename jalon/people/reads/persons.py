"""The persons of a scope: lists, search, contact, agreements, who works with them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Organisation
from jalon.notices import actions as notices
from jalon.notices import why
from jalon.people import agreement, languages, records
from jalon.people.access import can, dossiers_visible_to, oldest_first, running
from jalon.people.models import (
    Agreement,
    Assignment,
    Dossier,
    Identity,
    Information,
    SafeContact,
    Share,
)
from jalon.people.states import AssignmentKind, Stage
from jalon.ui import paging
from jalon.ui.html import Rule, day
from jalon.vault import keys

PAGE = 50
MOST_SEARCHED = 2_000
MOST_FOUND = 50
# These roles know the person by her alias; everybody else by the number of the file (the employment side too: where
# she shares her first name, the rooms of the joint support say it).
BY_ALIAS = (Role.REF, Role.COL)


def scope(actor: Actor) -> QuerySet[Dossier]:
    """The actor's dossiers, each with its sealed identity and the key that opens it: no query per row."""
    return keys.with_key(dossiers_visible_to(actor).select_related("identity"), "G1")


def name(actor: Actor, dossier: Dossier) -> str:
    """The word for this person on this actor's screen, for a dossier fetched through ``scope``: alias or number."""
    if actor.role in BY_ALIAS and can(actor, dossier, "C1", "read"):
        return str(dossier.identity.unseal(dossier.key_G1).get("alias") or dossier.number)
    return dossier.number


# --- list and search ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One row of the list of persons."""

    dossier: Dossier
    name: str
    by_alias: bool
    referent: str


def with_referent(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    held = Assignment.objects.filter(running(), dossier=OuterRef("pk"), kind=AssignmentKind.REFERENT)
    return rows.annotate(referent_id=Subquery(held.values("user")[:1]))


def lines(actor: Actor, rows: list[Dossier]) -> list[Line]:
    """Names of persons by the actor's right, names of referents in one query."""
    users = directory.users_named(sorted({row.referent_id for row in rows if row.referent_id}))
    made = []
    for row in rows:
        referent = users.get(row.referent_id or "")
        said = name(actor, row)
        made.append(Line(row, said, said != row.number, referent.name if referent else ""))
    return made


def dossiers(actor: Actor, *, stage: str = "", page: int = 1) -> tuple[Page, list[Line]]:
    """Fifty persons of the actor's scope, what falls due first."""
    rows = with_referent(scope(actor))
    rows = rows.filter(stage=stage) if stage else rows.exclude(stage=Stage.CLOSED)
    found = paging.page(oldest_first(rows), page)
    return found, lines(actor, found.object_list)


def search(actor: Actor, words: str) -> list[Line]:
    """Aliases (for who knows persons by them) and numbers that contain the words, inside the own scope only."""
    wanted = languages.plain(words)
    rows = with_referent(scope(actor)).order_by("-last_contact_on", "id")[:MOST_SEARCHED]
    kept = []
    for row in rows:
        if wanted in languages.plain(row.number) or wanted in languages.plain(name(actor, row)):
            kept.append(row)
            if len(kept) == MOST_FOUND:
                break
    return lines(actor, kept)


class Aliases(NamedTuple):
    """The aliases in use among the actor's own persons, and the files opened to know them."""

    used: set[str]
    opened: list[Dossier]


def aliases(actor: Actor) -> Aliases:
    """Those already in use among the actor's own persons."""
    rows = [row for row in scope(actor).order_by("-last_contact_on")[:MOST_SEARCHED] if row.identity.sealed]
    used = {languages.plain(str(row.identity.unseal(row.key_G1).get("alias", ""))) for row in rows}
    return Aliases(used, rows)


def free_alias(used: Collection[str]) -> str:
    """The first free plant; a second round adds a number."""
    start = len(used) * 7 % len(languages.ALIASES)
    ordered = languages.ALIASES[start:] + languages.ALIASES[:start]
    for turn in ("", " 2", " 3", " 4", " 5", " 6", " 7", " 8", " 9"):
        for plant in ordered:
            if languages.plain(plant + turn) not in used:
                return plant + turn
    return ""


# --- contact, agreements ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """The safe contact as it stands today."""

    row: SafeContact
    record: dict[str, Any]
    channels: frozenset[str]
    due_on: date
    days_since: int

    @property
    def expired(self) -> bool:
        return self.due_on < clock.today()

    @property
    def reasons(self) -> list[Rule]:
        return [why.reason("NNEDV-90", {_("Vérifié avec elle le"): day(self.row.reviewed_on)})]


def contact(dossier: Dossier) -> Contact:
    row = keys.with_key(SafeContact.objects.filter(dossier=dossier), "G1", owner="dossier_id").get()
    record = row.unseal(row.key_G1)
    days = (clock.today() - row.reviewed_on).days
    return Contact(row, record, records.channels(row, record), records.check_due_on(row), days)


def identity(dossier: Dossier) -> tuple[Identity, dict[str, Any]]:
    row = keys.with_key(Identity.objects.filter(dossier=dossier), "G1", owner="dossier_id").get()
    return row, row.unseal(row.key_G1)


@dataclass(frozen=True)
class ShareLine:
    share: Share
    organisation: str
    record: dict[str, Any]
    in_force: bool


@dataclass(frozen=True)
class Agreements:
    """What she has agreed to, with what has been taken back."""

    agreement: Agreement | None
    record: dict[str, Any]
    former: list[Agreement]
    information: Information | None
    told: dict[str, Any]
    shares: list[ShareLine]


def agreements(dossier: Dossier) -> Agreements:
    rows = keys.with_key(Agreement.objects.filter(dossier=dossier), "G1", owner="dossier_id")
    given = list(rows.order_by("-given_on", "-pk")[:PAGE])
    current = next((row for row in given if row.withdrawn_at is None), None)
    shares = keys.with_key(Share.objects.filter(dossier=dossier), "G1", owner="dossier_id").order_by("-given_on", "-pk")
    listed = list(shares[:PAGE])
    names = organisation_names({row.organisation_id for row in listed})
    today = clock.today()
    lines_ = [
        ShareLine(
            row,
            names.get(row.organisation_id, ""),
            row.unseal(row.key_G1),
            row.revoked_at is None and (row.ends_on is None or row.ends_on >= today),
        )
        for row in listed
    ]
    former = [row for row in given if row.withdrawn_at is not None]
    record = current.unseal(current.key_G1) if current else {}
    told = keys.with_key(Information.objects.filter(dossier=dossier), "G1", owner="dossier_id")
    last = told.order_by("-told_at", "-pk").first()
    return Agreements(current, record, former, last, last.unseal(last.key_G1) if last else {}, lines_)


def needs(known: Mapping[str, Any]) -> list[str]:
    """What her safe contact says of who must be there and how it is read to her, one sentence each."""
    return [str(asks) for code, _said, asks in records.NEEDS if code in (known.get("needs") or ())]


def agreement_page(code: str, language: str) -> dict[str, Any]:
    """What the page of this code shows: the step, her language beside the French, what comes before and after."""
    steps = [*agreement.BY_CODE, "answer"]
    rank = steps.index(code) if code in steps else 0
    step = steps[rank]
    return {
        "step": step,
        "rank": rank + 1,
        "steps": len(steps),
        "text": agreement.BY_CODE.get(step),
        "said": agreement.said(step, language),
        "translated": language == "fr" or language in agreement.translations(),
        "before": steps[rank - 1] if rank else "",
        "after": steps[rank + 1] if rank + 1 < len(steps) else "",
        "pages": agreement.PAGES,
    }


def shared_words(codes: Iterable[str]) -> list[str]:
    """What a share holds, in the words of the screen; a code that is not of the list is shown as it was kept."""
    words = dict((*records.SHARED, *records.NEVER_SHARED))
    return [str(words.get(code, code)) for code in codes]


def organisation_names(ids: set[str]) -> dict[str, str]:
    return {row.pk: row.name for row in Organisation.objects.named().filter(pk__in=ids)} if ids else {}


# --- who works with her -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worker:
    assignment: Assignment
    name: str
    organisation: str
    running: bool


def workers(dossier: Dossier) -> list[Worker]:
    named = Assignment.objects.filter(dossier=dossier).exclude(kind=AssignmentKind.PERSON)
    rows = list(named.order_by("-starts_on", "pk")[:PAGE])
    users = directory.users_named(sorted({row.user_id for row in rows}))
    names = organisation_names({row.organisation_id for row in rows})
    today = clock.today()
    return [
        Worker(
            row,
            users[row.user_id].name,
            names.get(row.organisation_id, ""),
            row.starts_on <= today and (row.ends_on is None or row.ends_on >= today),
        )
        for row in rows
    ]


def agencies(department: str) -> list[Organisation]:
    return directory.organisations("employment_agency", department=department)


# --- reminders ------------------------------------------------------------------------------------------------
def recipients() -> Callable[[Any], list[str]]:
    """``find(deadline)`` for the reminders: a file's own referent or adviser, not every worker of the house.

    A file without an adviser who still reads it is told to its referent; without a referent, to the manager, who names
    one.
    """
    holders = notices.holders()
    today = clock.today()
    working = Assignment.objects.filter(running())

    def find(deadline: Any) -> list[str]:
        if not deadline.dossier or deadline.role not in (Role.REF, Role.EMP):
            return list(holders(deadline))
        rows = working.filter(dossier=deadline.dossier)
        own: list[str] = []
        if deadline.role == Role.EMP:
            shares = Share.objects.filter(dossier=deadline.dossier, revoked_at=None).exclude(ends_on__lt=today)
            reading = rows.filter(kind=AssignmentKind.ADVISER, organisation__in=shares.values("organisation"))
            own = list(reading.values_list("user_id", flat=True))
        own = own or list(rows.filter(kind=AssignmentKind.REFERENT).values_list("user_id", flat=True))
        return own or [user.pk for user in directory.people_in(deadline.organisation_id, Role.MGR)]

    return find
