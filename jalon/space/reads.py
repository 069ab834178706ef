"""What her screens and the desk's show: little, bounded, in neutral words. No name, no place, no number of a file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.paginator import Page

from jalon import journal
from jalon.access import Actor, Role
from jalon.access.models import BreakGlass
from jalon.config import clock
from jalon.directory.models import Organisation
from jalon.journal.models import Entry
from jalon.journeys.models import Decision, Period
from jalon.law.dates import Month
from jalon.notices.reads import of_dossier
from jalon.people import reads as persons
from jalon.people.access import READINGS
from jalon.people.models import Dossier, RightsRequest
from jalon.support.models import Appointment
from jalon.ui import paging

from .access import requests_visible_to
from .models import PersonRequest, Space
from .states import RIGHTS, RequestKind, SpaceState, state_of

MOST = 5
MONTHS = 6
LONGEST_TRAIL = 5000
LISTED = 50


def _day(at: datetime) -> date:
    return at.astimezone(clock.PARIS).date()


# --- hers ---------------------------------------------------------------------------------------------------------
# What a date of her file is called here: a paper, a step, a talk. Kinds that are not listed are not shown to her.
DATES = {
    "permit_end": "date_paper",
    "reflection_end": "date_paper",
    "aps_request": "date_paper_ask",
    "period_end": "date_step",
    "safe_contact_check": "date_contact",
    "share_end": "date_share",
    "complement": "date_bring",
}


class Contact(NamedTuple):
    """How she is written to, as far as her own screen says it: neither the number nor the code word."""

    language: str
    label: str
    checked_on: date
    due_on: date
    channels: frozenset[str]
    stopped: bool
    expired: bool


def contact(dossier: Dossier) -> Contact:
    known = persons.contact(dossier)
    record, row = known.record, known.row
    return Contact(
        str(record.get("language", "")),
        str(record.get("sender_label", "")),
        row.reviewed_on,
        known.due_on,
        known.channels,
        row.messages_stopped,
        known.expired,
    )


class Coming(NamedTuple):
    id: str
    at: datetime
    told: bool  # she said that she cannot come


def appointments(dossier: Dossier) -> list[Coming]:
    """The next ones: the day and the hour. The title and the place are not for a screen that others may see."""
    rows = Appointment.objects.filter(dossier=dossier, cancelled_at=None, at__gte=clock.now()).order_by("at")[:MOST]
    asked = PersonRequest.objects.filter(dossier=dossier, kind=RequestKind.NOT_COMING, answered_on=None)
    told = {row.unseal().get("about") for row in asked}
    return [Coming(row.pk, row.at, row.pk in told) for row in rows]


def dates(dossier: Dossier) -> list[tuple[str, date]]:
    """What comes, in her words: the first date of each sort, none that is past (she sees no lateness)."""
    found: dict[str, date] = {}
    for row in of_dossier(dossier.pk):
        word = DATES.get(row.kind)
        if word and row.on >= clock.today():
            found.setdefault(word, row.on)
    return sorted(found.items(), key=lambda pair: pair[1])


# Who an organisation is, in words that say nothing of the programme.
PLACES = {
    "employment_agency": "place_work",
    "prefecture": "place_papers",
    "housing": "place_housing",
    "training_body": "place_training",
    "childcare": "place_childcare",
}


# What she shares (``people.records.SHARED``); anything else that was written keeps its words for the desk.
ITEMS = {
    "prénom": "item_name",
    "niveau de français": "item_french",
    "disponibilités": "item_hours",
    "projet": "item_project",
    "contact": "item_contact",
    "séjour": "item_papers",
}


def _item(said: str) -> str:
    return next((code for word, code in ITEMS.items() if word in said.casefold()), "item_other")


@dataclass(frozen=True)
class Shared:
    id: str
    place: str
    items: list[str]
    given_on: date
    ends_on: date | None
    over_on: date | None
    in_force: bool


def shared(known: persons.Agreements) -> list[Shared]:
    """Her shares, those in force first: with whom, what."""
    ids = {line.share.organisation_id for line in known.shares}
    kinds = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "kind"))
    rows = [
        Shared(
            line.share.pk,
            PLACES.get(kinds.get(line.share.organisation_id, ""), "place_other"),
            sorted({_item(str(item)) for item in line.record.get("what", ())}),
            line.share.given_on,
            line.share.ends_on,
            _day(line.share.revoked_at) if line.share.revoked_at else line.share.ends_on,
            line.in_force,
        )
        for line in known.shares
    ]
    return sorted(rows, key=lambda row: not row.in_force)


# Who reads, in words that say nothing of the programme.
SIDES = {
    **dict.fromkeys((Role.REF, Role.COL, Role.MGR, Role.DPO), "side_team"),
    Role.EMP: "side_work",
}


class Readings(NamedTuple):
    """A month: how many times somebody of each side opened something of hers (one a person and day)."""

    first: date
    sides: list[tuple[str, int]]


def readers(dossier: Dossier, own: str) -> tuple[list[Readings], list[date]]:
    """Who read, month by month, and the days of the exceptional openings. Never who: that is said at the desk."""
    rows = Entry.objects.filter(subject=journal.subject_ref(dossier), decision="allowed", verb__in=READINGS)
    seen = set()
    for at, user, role in rows.exclude(actor=own).order_by("-seq").values_list("at", "actor", "role")[:LONGEST_TRAIL]:
        seen.add((_day(at), user, SIDES.get(role, "side_other")))
    months: dict[Month, Counter[str]] = {}
    for day, _user, side in seen:
        months.setdefault(Month.of(day), Counter())[side] += 1
    listed = sorted(months.items(), reverse=True)[:MONTHS]
    opened = BreakGlass.objects.filter(dossier_id=dossier.pk).order_by("-opened_at").values_list("opened_at", flat=True)
    return (
        [Readings(month.first, sorted(counted.items(), reverse=True)) for month, counted in listed],
        [_day(at) for at in opened[:LISTED]],
    )


class Step(NamedTuple):
    number: int
    ends_on: date
    done: bool


def answers(dossier: Dossier) -> tuple[list[date], list[Step]]:
    """That an answer came, and the steps. Never what the answer says: it is read with her, at the desk."""
    today = clock.today()
    told = Decision.objects.filter(dossier=dossier, corrects=None, notified_on__lte=today).order_by("-notified_on")
    periods = Period.objects.filter(journey__dossier=dossier, starts_on__lte=today).order_by("number")
    return (
        list(told.values_list("notified_on", flat=True)[:LISTED]),
        [Step(row.number, row.ends_on, row.ends_on < today) for row in periods],
    )


class Own(NamedTuple):
    """One of her requests, as her screen says it; ``waits``: an answer is owed to her by a day."""

    word: str
    asked_on: date
    answer_by: date
    answered_on: date | None
    waits: bool


def own_requests(dossier: Dossier) -> list[Own]:
    """What she asked, the latest first: from here, and of the rights also what was noted for her at the desk."""
    rows = [
        Own(f"kind_{row.kind}", _day(row.made_at), row.answer_by, row.answered_on, False)
        for row in PersonRequest.objects.filter(dossier=dossier)[:LISTED]
    ]
    rights = RightsRequest.objects.filter(dossier=dossier, right__in=RIGHTS).order_by("-asked_on", "-pk")[:LISTED]
    rows += [
        Own(f"kind_{row.right}", row.asked_on, row.due_on, row.answered_on, row.answered_on is None) for row in rights
    ]
    return sorted(rows, key=lambda row: row.asked_on, reverse=True)


# --- the desk -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """One request as her referent reads it."""

    row: PersonRequest
    name: str
    text: str


def desk(dossier: Dossier) -> tuple[SpaceState, Space | None, list[Asked]]:
    """The state of her space, and what she asked, what waits first."""
    space = Space.objects.select_related("user").filter(dossier=dossier).first()
    rows = list(PersonRequest.objects.filter(dossier=dossier)[:LISTED])
    asked = [Asked(row, "", str(row.unseal().get("text", ""))) for row in rows]
    return (
        state_of(space.user if space else None),
        space,
        sorted(asked, key=lambda one: one.row.answered_on is not None),
    )


def waiting(actor: Actor, number: int = 1) -> Page:
    """What waits for an answer in the actor's scope, the first due first. Her words stay on the page of her file."""
    open_ones = requests_visible_to(actor).filter(answered_on=None)
    found = paging.page(open_ones.order_by("answer_by", "pk"), number)
    rows = found.object_list
    files = {row.pk: row for row in persons.scope(actor).filter(pk__in={row.dossier_id for row in rows})}
    found.object_list = [
        Asked(row, persons.name(actor, files[row.dossier_id]), "") for row in rows if row.dossier_id in files
    ]
    return found


def subjects(asked: Iterable[Asked]) -> list[Any]:
    """The files named by a list, each once: what the trail keeps of it."""
    return sorted({one.row.dossier_id for one in asked})
