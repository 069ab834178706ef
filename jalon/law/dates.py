"""Days, months and durations. Every end is inclusive."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from jalon.law import loader

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
DAYS_IN_MONTH: Final = 30  # In sums of durations, 30 days carry one month (DUR-6).
ONE_DAY: Final = timedelta(days=1)


class Month(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month that holds this day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> "Month":
        """Return the month so many months later (earlier when below 0)."""
        years, index = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, index + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """Whole months, then days."""

    months: int
    days: int

    @classmethod
    def of_days(cls, days: int) -> "Duration":
        """Return a sum of days with 30 days carried as one month (DUR-6)."""
        return cls(*divmod(days, DAYS_IN_MONTH))

    @property
    def in_days(self) -> int:
        """Its weight in sums, in days, a month counting for 30 (DUR-6)."""
        return self.months * DAYS_IN_MONTH + self.days

    def __bool__(self) -> bool:
        return bool(self.months or self.days)


def add_months(d: date, n: int) -> date:
    """Return the same day number `n` months after `d` (before when `n` < 0), else the last day of that month.

    Rule DUR-1.
    """
    years, index = divmod(d.month - 1 + n, 12)
    year, month = d.year + years, index + 1
    if d.day <= 28:
        return date(year, month, d.day)
    return date(year, month, min(d.day, monthrange(year, month)[1]))


def is_clamped(start: date, n: int) -> bool:
    """Say whether the day number of `start` is missing in the month `n` months later (rule DUR-1)."""
    return add_months(start, n).day != start.day


def period_end(start: date, n: int) -> date:
    """Return the last day, inclusive, of `n` months that begin on `start`.

    It is the day before `add_months(start, n)`, or that very day when it is clamped. Rule DUR-1.
    """
    day = add_months(start, n)
    return day if day.day != start.day else day - ONE_DAY


def used(start: date, end: date) -> Duration:
    """Return the time from `start` to `end`, both included: the most whole months, then the days left.

    Rule DUR-6. Nothing is used when `end` comes before `start`.
    """
    if end < start:
        return Duration(0, 0)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    while (whole := period_end(start, months)) > end:
        months -= 1
    return Duration(months, (end - whole).days)


def days_between(start: date, end: date) -> int:
    """Return the number of days from `start` to `end`, both included."""
    return (end - start).days + 1


@lru_cache(maxsize=512)
def easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year."""
    golden = year % 19
    century, rest = divmod(year, 100)
    # The age of the moon, corrected for the leap days dropped and for the drift of the lunar cycle.
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=2048)
def holidays(territory: str, year: int) -> frozenset[date]:
    """Return the public holidays of a territory (a key of `holidays/`) in one year, by the list in force last."""
    return frozenset(_holiday(mark, year) for mark in loader.texts(f"holidays.{territory}"))


def _holiday(mark: str, year: int) -> date:
    """Read `MM-DD`, or `easter+N`: so many days after Easter Sunday."""
    if mark.startswith("easter"):
        return easter(year) + timedelta(days=int(mark.removeprefix("easter")))
    month, day = mark.split("-")
    return date(year, int(month), int(day))


def is_working_day(day: date, territory: str = "metropole") -> bool:
    """Say whether a day is neither a Saturday, nor a Sunday, nor a public holiday there."""
    return day.weekday() < 5 and day not in holidays(territory, day.year)


def next_working_day(day: date, territory: str = "metropole") -> date:
    """Return the first working day on or after `day` (rule APP-1)."""
    while not is_working_day(day, territory):
        day += ONE_DAY
    return day
