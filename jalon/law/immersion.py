"""Immersion agreements of one person in one structure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import days_between, period_end
from jalon.law.errors import LawError
from jalon.law.spec import Bool, Day, Each, Field, Record


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement; `renewal` when it has the same purpose as the one before."""

    start: date
    end: date
    renewal: bool = False


@dataclass(frozen=True, slots=True)
class AgreementCheck:
    """The length of one agreement."""

    start: date
    end: date
    max_end: date
    days: int
    within_month: bool


@dataclass(frozen=True, slots=True)
class Immersion:
    """Whether the agreements are allowed, and why not."""

    agreements: tuple[AgreementCheck, ...]
    max_days_12m: int
    allowed: bool
    reasons: tuple[str, ...]
    rules: tuple[str, ...]


@calculation(
    "immersion",
    Field(
        "agreements",
        Each(
            Record(
                Agreement,
                Field("start", Day(), required=True),
                Field("end", Day(), required=True),
                Field("renewal", Bool(), default=False),
                follows=(("end", "start"),),
            ),
            non_empty=True,
            disjoint=True,
        ),
        required=True,
    ),
)
def immersion(agreements: Sequence[Agreement]) -> Immersion:
    """Check the agreements of one person in one structure: length, renewals, days and number over twelve months.

    Errors: LawError `overlapping_orders`, `end_before_start`, `inconsistent_values` when the first one is a renewal,
    `out_of_parameter_range` on the first start. Rule EMP-3 (code du travail D.5135-3).
    """
    indexes = sorted(range(len(agreements)), key=lambda index: agreements[index].start)
    taken = [agreements[index] for index in indexes]
    path = f"agreements[{indexes[0]}]"
    if taken[0].renewal:
        raise LawError("inconsistent_values", "The first agreement renews nothing.", path)
    first = taken[0].start

    def limit(name: str) -> int:
        return loader.whole(f"immersion.{name}", first, f"{path}.start")

    checks = tuple(_check(one, limit("max_months")) for one in taken)
    window = limit("window_months")
    max_days = _most_days(checks, window)
    reasons = {
        "renewed_twice": any(one.renewal and other.renewal for one, other in zip(taken, taken[1:], strict=False)),
        "too_long": not all(check.within_month for check in checks),
        "too_many_agreements": _most_new(taken, window) > limit("max_agreements_12m"),
        "too_many_days": max_days > limit("max_days_12m"),
    }
    found = tuple(name for name, holds in reasons.items() if holds)
    return Immersion(checks, max_days, not found, found, ("EMP-3",))


def last_day(start: date) -> date:
    """Return the last day that one agreement may reach (rule EMP-3)."""
    return period_end(start, loader.whole("immersion.max_months", start, "start"))


def _check(one: Agreement, max_months: int) -> AgreementCheck:
    max_end = period_end(one.start, max_months)
    return AgreementCheck(one.start, one.end, max_end, days_between(one.start, one.end), one.end <= max_end)


def _most_days(checks: Sequence[AgreementCheck], window: int) -> int:
    """Return the most days of agreements inside a window of so many months opened by one of them."""
    starts = [check.start for check in checks]
    sums = [0, *accumulate(check.days for check in checks)]
    most = 0
    for index, check in enumerate(checks):
        end = period_end(check.start, window)
        after = bisect_right(starts, end)
        beyond = max((checks[after - 1].end - end).days, 0)  # Only the last one may go past the window.
        most = max(most, sums[after] - sums[index] - beyond)
    return most


def _most_new(taken: Sequence[Agreement], window: int) -> int:
    """Return the most agreements, renewals left out, that start in a window opened by one of them all."""
    starts = [one.start for one in taken if not one.renewal]
    return max(bisect_right(starts, period_end(one.start, window)) - bisect_left(starts, one.start) for one in taken)
