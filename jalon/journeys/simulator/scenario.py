"""What was typed: orders, children, benefits, documents, the readings of the law that were chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from jalon.journeys import lawful
from jalon.journeys.states import OPENING
from jalon.law import appeal, residence

# Nationality is typed by category, which is all that the rules ask: a member State stands for the Union, the EEA and
# Switzerland; XX is what the law room reads for anyone else, or when nothing is known.
NATIONALITIES = {"french": "FR", "european": "DE", "other": "XX"}


@dataclass(frozen=True)
class Order:
    """An order as typed; ``routes`` says whether the appeal routes are written in it."""

    kind: str
    signed_on: date
    effective_on: date | None = None
    ends_on: date | None = None
    notified_on: date | None = None
    routes: bool = True


@dataclass(frozen=True)
class Cover:
    """Something that covers some days: a benefit, or health cover. Without ``ends_on`` it goes on."""

    kind: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Child:
    """A child who is born or arrives (``more``), or who is no longer a dependant."""

    on: date
    more: bool = True


@dataclass(frozen=True)
class Settings:
    """The readings of the law that no text settles. The first values are those of the law room and of this room."""

    cap_mode: str = "cumulative"
    month_rule: str = lawful.MONTH_RULE
    change_effective: str = "first_of_next_month"
    total_cap: bool = False
    holidays: str = "metropole"


@dataclass(frozen=True)
class Scenario:
    """Everything that may be typed. The names are those of the fields of the form."""

    as_of: date
    orders: Sequence[Order] = ()
    projected: int = 0
    meetings: Sequence[date] = ()
    appeals: Sequence[appeal.AdministrativeAppeal] = ()
    aid: bool = True
    aid_requested_on: date | None = None
    aid_decided_on: date | None = None
    aid_ended_on: date | None = None
    territory: str = "metropole"
    children: int = 0
    births: Sequence[Child] = ()
    resources: Decimal | None = None
    benefits: Sequence[Cover] = ()
    could_claim: Sequence[str] = ()
    birth_date: date | None = None
    expecting: bool = False
    student: bool = False
    work_permit_since: date | None = None
    protected_status: str = "none"
    nationality: str = "other"
    documents: Sequence[residence.Document] = ()
    complaint_on: date | None = None
    links_broken: bool = False
    health: Sequence[Cover] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def country(self) -> str:
        return NATIONALITIES[self.nationality]

    @property
    def opening(self) -> Order | None:
        """The first order that opens a period: the decision from which the other rights follow."""
        return min((one for one in self.orders if one.kind in OPENING), key=lambda one: one.signed_on, default=None)

    @property
    def aid_decision_on(self) -> date | None:
        return self.aid_decided_on or (self.opening.signed_on if self.opening else None)

    def children_on(self, day: date) -> int:
        """The children counted from facts alone, without the month in which they begin to count."""
        return self.children + sum(1 if one.more else -1 for one in self.births if one.on <= day)
