"""What the law makes of a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from jalon.law import afis, appeal, journey, money, residence, rsa
from jalon.law.dates import Month
from jalon.law.periods import Hole

from .scenario import Order, Scenario


class MonthDue(NamedTuple):
    """A month of the aid: what the scale gives, what is payable, and what makes it."""

    month: Month
    amount: Decimal
    children: int
    scale: afis.Amount
    projected: bool


class Challenge(NamedTuple):
    """A notified decision that may be challenged, and until when."""

    order: Order
    limits: appeal.Appeal


@dataclass(frozen=True)
class Simulation:
    """What the law makes of a scenario."""

    scenario: Scenario
    journey: journey.Journey
    openings: Mapping[int, Order]  # period → the order that opened it; none for a projected one
    schedules: Sequence[afis.Schedule]
    months: Sequence[MonthDue]
    aid_holes: Sequence[Hole]
    eligibility: afis.Eligibility | None
    residence: residence.Residence | None
    rsa: rsa.RsaCheck | None
    challenges: Sequence[Challenge]
    health_holes: Sequence[Hole]

    @property
    def total(self) -> Decimal:
        return money.total(one.amount for one in self.months)

    @property
    def real(self) -> list[journey.Period]:
        return [one for one in self.journey.periods if not one.projected]

    @property
    def overlaps(self) -> list[afis.Overlap]:
        """Months with another benefit, each once; the amount is what is payable here."""
        payable = {one.month: one.amount for one in self.months}
        found: dict[Month, afis.Overlap] = {}
        for one in (one for schedule in self.schedules for one in schedule.overlap_months):
            found.setdefault(one.month, afis.Overlap(one.month, one.benefits, payable[one.month]))
        return [found[month] for month in sorted(found)]

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that was applied, sorted."""
        parts: list[Any] = [self.journey, *self.schedules, *(one.limits for one in self.challenges)]
        parts += [one for one in (self.eligibility, self.residence, self.rsa) if one is not None]
        found = {rule for part in parts for rule in part.rules}
        return tuple(sorted(found | ({"CAP-1"} if self.scenario.settings.total_cap and self.months else set())))
