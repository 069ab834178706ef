"""What a calculation accepts, declared once and checked in one walk, for JSON and for Python values alike.

A walk reads the whole input and keeps, of all its faults, the first one by the order of `errors.RANK`. So an unknown
field at the very end of an input is told before a missing one at its beginning.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from jalon.law import money
from jalon.law.dates import FIRST_YEAR, LAST_YEAR, Month
from jalon.law.errors import RANK, LawError

DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
AMOUNT: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")


class Walk:
    """One reading of one input: `native` when the values are Python's own (dates, decimals, dataclasses)."""

    __slots__ = ("first", "native")

    def __init__(self, *, native: bool) -> None:
        self.native = native
        self.first: LawError | None = None

    def fault(self, code: str, field: str, message: str | None = None) -> None:
        """Keep a fault if it is the first one so far, and go on."""
        if self.first is None or RANK[code] < RANK[self.first.code]:
            self.first = LawError(code, message, field)

    def finish(self) -> None:
        """Raise the first fault, if any."""
        if self.first:
            raise self.first


class Kind(ABC):
    """A type of value. `read` returns the Python value; what it returns after a fault is never used."""

    @abstractmethod
    def read(self, value: Any, path: str, walk: Walk) -> Any:
        """Read a value that is not null."""


@dataclass(frozen=True)
class Text(Kind):
    """Any string, or one that matches a pattern."""

    pattern: re.Pattern[str] | None = None
    message: str | None = None

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, str):
            walk.fault("wrong_type", path, "A text is asked.")
        elif self.pattern and not self.pattern.fullmatch(value):
            walk.fault("invalid_value", path, self.message)
        return value


@dataclass(frozen=True)
class Choice(Kind):
    """One word of a list."""

    values: frozenset[str]

    @classmethod
    def of(cls, *values: str) -> "Choice":
        """Return the choice between these words."""
        return cls(frozenset(values))

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, str):
            walk.fault("wrong_type", path, "A text is asked.")
        elif value not in self.values:
            walk.fault("invalid_value", path, f"One of these is asked: {', '.join(sorted(self.values))}.")
        return value


class Bool(Kind):
    """True or false."""

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if value is not True and value is not False:
            walk.fault("wrong_type", path, "True or false is asked.")
        return value


@dataclass(frozen=True)
class Count(Kind):
    """A whole number, 0 or more, within a range."""

    low: int = 0
    # Longer numbers than this limit could be neither read nor written again.
    high: int = 10**4000 - 1

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if type(value) is not int:
            walk.fault("wrong_type", path, "A whole number is asked.")
        elif value > self.high or value < self.low > 0:
            walk.fault("invalid_value", path, "The number is out of range.")
        elif value < 0:
            walk.fault("negative_amount", path)
        return value


class Money(Kind):
    """An amount in euro: a string in JSON, a Decimal in Python."""

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, Decimal if walk.native else str):
            return walk.fault("wrong_type", path, "An amount is asked.")
        if not (money.is_money(value) if isinstance(value, Decimal) else AMOUNT.fullmatch(value)):
            return walk.fault("invalid_amount", path)
        amount = money.plus(Decimal(value), money.ZERO)
        if amount < 0:
            walk.fault("negative_amount", path)
        return amount


class Day(Kind):
    """A day from 1900 to 2199: a string in JSON, a date in Python."""

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, date if walk.native else str) or isinstance(value, datetime):
            return walk.fault("wrong_type", path, "A date is asked.")
        day = value if isinstance(value, date) else read_day(value)
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            return walk.fault("invalid_date", path)
        return day


def read_day(text: str) -> date | None:
    """Read a day written YYYY-MM-DD, from 1900 to 2199; None when it is not one."""
    match = DAY.fullmatch(text)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


class MonthKind(Kind):
    """A month from 1900 to 2199: a string in JSON, a Month in Python."""

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, Month if walk.native else str):
            return walk.fault("wrong_type", path, "A month is asked.")
        month = value if isinstance(value, Month) else _month(value)
        if month is None or not FIRST_YEAR <= month.year <= LAST_YEAR or not 1 <= month.month <= 12:
            walk.fault("invalid_date", path)
        return month


def _month(value: str) -> Month | None:
    """Read a month written YYYY-MM, None when it is not one."""
    match = MONTH.fullmatch(value)
    return match and Month(*map(int, match.groups()))


@dataclass(frozen=True)
class Each(Kind):
    """A list of values of one kind; `disjoint` when they are periods that must have no day in common."""

    item: Kind
    non_empty: bool = False
    disjoint: bool = False

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        accepted = Iterable if walk.native else list
        if not isinstance(value, accepted) or isinstance(value, str | Mapping):
            return walk.fault("wrong_type", path, "A list is asked.")
        items = tuple(self._item(item, f"{path}[{index}]", walk) for index, item in enumerate(value))
        if self.non_empty and not items:
            walk.fault("invalid_value", path, "The list must not be empty.")
        if self.disjoint and not walk.first:
            _disjoint(items, path, walk)
        return items

    def _item(self, item: Any, path: str, walk: Walk) -> Any:
        if item is None:
            return walk.fault("wrong_type", path, "A list must not hold null.")
        return self.item.read(item, path, walk)


def _disjoint(periods: Sequence[Any], path: str, walk: Walk) -> None:
    """Note the first period, by start, that begins on or before the end of the one before it."""
    order = sorted(range(len(periods)), key=lambda index: periods[index].start)
    for before, index in zip(order, order[1:], strict=False):
        if periods[index].start <= periods[before].end:
            return walk.fault("overlapping_orders", f"{path}[{index}]")
    return None


Needed = Callable[[Mapping[str, Any]], bool]


class Field:
    """A field of an object: its name in JSON, its kind, whether it is required, its default, its name in Python."""

    __slots__ = ("default", "kind", "name", "python", "required")

    def __init__(
        self, name: str, kind: Kind, *, required: bool | Needed = False, default: Any = None, python: str | None = None
    ) -> None:
        self.name = name
        self.kind = kind
        self.required = required
        self.default = () if default is None and isinstance(kind, Each) else default
        self.python = python or name

    def missing(self, given: Mapping[str, Any]) -> bool:
        """Say whether the field, absent from `given`, is required there."""
        return self.required is True or (self.required is not False and self.required(given))


class Record(Kind):
    """An object with known fields; in Python, an instance of `make`.

    `follows` holds pairs of names: the day of the first must not come before the day of the second.
    """

    def __init__(self, make: type[Any], *fields: Field, follows: tuple[tuple[str, str], ...] = ()) -> None:
        self.make = make
        self.fields = fields
        self.names = frozenset(field.name for field in fields)
        self.follows = follows
        self._python = {field.name: field.python for field in fields}
        self._get = attrgetter(*self._python.values())

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        if not isinstance(value, self.make if walk.native else dict):
            return walk.fault("wrong_type", path, "An object is asked.")
        if not isinstance(value, dict):
            value = dict(zip(self._python, self._get(value), strict=True))
        prefix = f"{path}." if path else ""
        for name in value:
            if name not in self.names:
                walk.fault("unknown_field", f"{prefix}{name}")
        read = {}
        for field in self.fields:
            given = value.get(field.name)
            if given is not None:
                read[field.python] = field.kind.read(given, prefix + field.name, walk)
            else:
                read[field.python] = field.default
                if field.missing(value):
                    walk.fault("missing_field", prefix + field.name)
        for later, earlier in self.follows:
            self._follow(read[later], read[earlier], f"{prefix}{later}", walk)
        return self.make(**read)

    @staticmethod
    def _follow(later: Any, earlier: Any, path: str, walk: Walk) -> None:
        if isinstance(later, date) and isinstance(earlier, date) and later < earlier:
            walk.fault("end_before_start", path)


@dataclass(frozen=True)
class Setting(Kind):
    """A value of `settings`: whatever is wrong with it, it is an invalid value."""

    kind: Kind

    def read(self, value: Any, path: str, walk: Walk) -> Any:
        inner = Walk(native=walk.native)
        result = self.kind.read(value, path, inner)
        if inner.first:
            walk.fault("invalid_value", inner.first.field or path, inner.first.message)
        return result


NATIONALITY: Final = Text(re.compile(r"[A-Z]{2}"), "Two capital letters are asked (ISO 3166-1, XX when unknown).")
TERRITORIES: Final = (
    "metropole", "alsace_moselle", "guadeloupe", "guyane", "martinique", "mayotte", "reunion",
)  # fmt: skip
REMINDER_DAYS: Final = (120, 90, 60, 30, 15)

# The default of each setting is its first value.
SETTINGS: Final = {
    field.name: field
    for field in (
        Field("cap_mode", Setting(Choice.of("cumulative", "calendar")), default="cumulative"),
        Field("reminder_days", Setting(Each(Count(high=3650))), default=REMINDER_DAYS),
        Field(
            "change_effective",
            Setting(Choice.of("first_of_next_month", "first_of_same_month")),
            default="first_of_next_month",
        ),
        Field("month_rule", Setting(Choice.of("touched", "month_start", "month_end")), default="touched"),
        Field("total_cap", Setting(Bool()), default=False),
        Field("holidays", Setting(Choice.of(*TERRITORIES)), default="metropole"),
        Field("vote_base", Setting(Choice.of("cast", "taking_part")), default="cast"),
    )
}
SETTINGS_FIELD: Final = Field(
    "settings",
    Record(dict, *SETTINGS.values()),
    default={name: field.default for name, field in SETTINGS.items()},
)
