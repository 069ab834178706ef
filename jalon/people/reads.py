"""One function per screen or need: bounded queries, with exactly what the screen shows."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.access.breakglass import REVIEW_WITHIN
from jalon.access.models import BreakGlass, ReadingAlert
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.directory.models import Membership, Organisation
from jalon.journal.models import Entry
from jalon.notices import actions as notices
from jalon.notices import why
from jalon.ui.html import Rule, day
from jalon.vault import keys
from jalon.vault.models import KeySlot, SealedFile
from jalon.vault.reencryption import sealed_models

from . import agreement, languages, records
from .access import can, dossiers_visible_to, holds_in_force, oldest_first, running
from .models import (
    Agreement,
    Assignment,
    Dossier,
    Erasure,
    ErasureConsent,
    Identity,
    Information,
    LegalHold,
    SafeContact,
    Share,
)
from .states import AssignmentKind, Stage

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
    found = Paginator(oldest_first(rows), PAGE).get_page(page)
    return found, lines(actor, list(found.object_list))


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
    rows = list(Assignment.objects.filter(dossier=dossier).order_by("-starts_on", "pk")[:PAGE])
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


# --- trail, break-glass, erasure ----------------------------------------------------------------------------------


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
    found = Paginator(rows, PAGE).get_page(page)
    entries = list(found.object_list)
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
class Erasable:
    """A closed file, the day its keeping is looked at, and who agreed to erase it."""

    dossier: Dossier
    review_on: date
    consents: list[ErasureConsent] = field(default_factory=list)
    erasable_on: date | None = None
    held_until: date | None = None

    @property
    def due(self) -> bool:
        return self.review_on <= clock.today()


def erasable(actor: Actor) -> list[Erasable]:
    """Closed files of the organisation, oldest contact first, with the agreements to erase still valid."""
    held = holds_in_force().filter(dossier=OuterRef("pk")).order_by("-ends_on").values("ends_on")[:1]
    closed = dossiers_visible_to(actor).filter(stage=Stage.CLOSED).select_related("erasure")
    rows = list(closed.annotate(held_until=Subquery(held)).order_by("last_contact_on", "id")[:PAGE])
    consents: dict[str, list[ErasureConsent]] = {}
    for consent in valid_consents().filter(dossier__in=[row.pk for row in rows]).exclude(user=actor.user_id):
        consents.setdefault(consent.dossier_id, []).append(consent)
    return [
        Erasable(
            row,
            records.review_on(row),
            consents.get(row.pk, []),
            row.erasure.erasable_on if hasattr(row, "erasure") else None,
            row.held_until,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Preview:
    """What an erasure would destroy, counted before anything is."""

    keys: int
    records: int
    files: int


def preview(dossier: Dossier) -> Preview:
    slots = KeySlot.objects.filter(owner=dossier.pk).exclude(slot_type=KeySlot.SlotType.ERASED)
    written = [
        model._base_manager.filter(dossier_id=dossier.pk).exclude(sealed=b"").count()
        for model in sealed_models()
        if any(field.attname == "dossier_id" for field in model._meta.concrete_fields)
    ]
    return Preview(slots.count(), sum(written), SealedFile.objects.filter(owner=dossier.pk).count())


def eliminations(actor: Actor) -> list[Erasure]:
    """The erased files of the organisation, the latest first: numbers and dates, no name ever."""
    rows = Erasure.objects.filter(dossier__organisation=actor.organisation_id).exclude(erased_on=None)
    return list(rows.select_related("dossier").order_by("-erased_on", "dossier__number"))


def hold(dossier: Dossier) -> tuple[LegalHold, dict[str, Any]] | None:
    """The hold in force and what it is for."""
    row = holds_in_force().filter(dossier=dossier).first()
    return (row, row.unseal()) if row else None


def valid_consents() -> QuerySet[ErasureConsent]:
    return ErasureConsent.objects.filter(expires_on__gte=clock.today()).select_related("user").order_by("given_at")


def consents(dossier: Dossier) -> list[ErasureConsent]:
    return list(valid_consents().filter(dossier=dossier))


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


def openings(actor: Actor) -> list[Opening]:
    """The exceptional accesses to the organisation's files, the latest first."""
    own = Membership.objects.filter(organisation=actor.organisation_id).values("user")
    rows = list(BreakGlass.objects.filter(user__in=own).order_by("-opened_at")[:20])
    numbers = dict(
        dossiers_visible_to(actor).filter(pk__in=[row.dossier_id for row in rows]).values_list("pk", "number")
    )
    users = directory.users_named(sorted({row.user for row in rows}))
    return [
        Opening(row, users[row.user].name if row.user in users else "", numbers[row.dossier_id])
        for row in rows
        if row.dossier_id in numbers
    ]


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


def reading_alerts(actor: Actor) -> list[tuple[ReadingAlert, str]]:
    """The unusual readings in the officer's organisation, the latest first, with the name of the account."""
    rows = list(ReadingAlert.objects.filter(organisation_id=actor.organisation_id).order_by("-on", "pk")[:20])
    users = directory.users_named(sorted({row.user for row in rows})) if rows else {}
    return [(row, users[row.user].name if row.user in users else "") for row in rows]


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
