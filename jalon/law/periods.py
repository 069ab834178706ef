"""Spans of days, both ends included."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final

from jalon.law.dates import ONE_DAY, days_between
from jalon.law.spec import Day, Field, Record


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Its number of days."""
        return days_between(self.start, self.end)


SPAN: Final = Record(
    Span,
    Field("start", Day(), required=True),
    Field("end", Day(), required=True),
    follows=(("end", "start"),),
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A run of days that nothing covers."""

    start: date
    end: date
    days: int


def holding(spans: Sequence[Span], day: date) -> Span | None:
    """Return which of disjoint spans, sorted by start, holds a day."""
    index = bisect_right(spans, day, key=attrgetter("start"))
    return spans[index - 1] if index and day <= spans[index - 1].end else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same days in the fewest spans, by start: those that overlap or touch become one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and (span.start - result[-1].end).days <= 1:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def holes(spans: Iterable[Span], cover: Sequence[Span]) -> list[Hole]:
    """Return the longest runs of days of `spans` that no span of `cover` holds."""
    result: list[Hole] = []
    covers = merged(cover)
    first = 0
    for span in merged(spans):
        day = span.start
        while first < len(covers) and covers[first].end < day:
            first += 1
        index = first
        while index < len(covers) and covers[index].start <= span.end:
            if day < covers[index].start:
                result.append(_hole(day, covers[index].start - ONE_DAY))
            day = covers[index].end + ONE_DAY
            index += 1
        if day <= span.end:
            result.append(_hole(day, span.end))
    return result


def _hole(start: date, end: date) -> Hole:
    return Hole(start, end, days_between(start, end))
