"""What is measured of a convention, from the work itself: each measure is registered by the room that knows it.

Nobody types a figure. A room above calls ``register`` in its ``AppConfig.ready``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from jalon.ui import html

from .models import Convention

SMALL = 5  # fewer persons than this: shown to the two parties, to nobody else


class Point(NamedTuple):
    """What was measured, on how many facts; no value when there was nothing to measure."""

    value: Decimal | None
    facts: int = 0


NOTHING = Point(None)


@dataclass(frozen=True)
class Measure:
    """``compute(convention, day)`` measures what was true at the end of that day, over the time the label says.

    ``axis``: 1 to 3, where a new convention puts it. ``unit``: "%" or nothing. ``lower``: the lower the better.
    ``persons``: it counts persons, hence is hidden under five to who is no party.
    """

    code: str
    label: Any
    axis: int
    target: Decimal
    compute: Callable[[Convention, date], Point]
    unit: str = ""
    lower: bool = False
    places: int = 0
    persons: bool = True

    def off_target(self, value: Decimal | None, target: Decimal | None) -> bool:
        if value is None or target is None:
            return False
        return value > target if self.lower else value < target

    def said(self, value: Decimal | None) -> str:
        """« 86 % », « 1,5 »."""
        shown = html.number(value, self.places)
        return f"{shown}\u202f%" if shown and self.unit == "%" else shown

    def hides(self, point: Point, party: bool) -> bool:
        """Is it told to the two parties alone: made of fewer than five persons, or counting fewer than five?"""
        if party or not self.persons or point.value is None:
            return False
        return point.facts < SMALL or (self.unit != "%" and 0 < point.value < SMALL)


_known: dict[str, Measure] = {}


def register(measure: Measure) -> None:
    """Make a measure known. The same code twice is an error, unless it is the same measure."""
    if _known.setdefault(measure.code, measure) != measure:
        raise ValueError(f"two measures have the code {measure.code}")


def get(code: str) -> Measure | None:
    return _known.get(code)


def all_of(axis: int | None = None) -> Iterator[Measure]:
    """Those of one axis, or all of them, by axis then code."""
    for measure in sorted(_known.values(), key=lambda one: (one.axis, one.code)):
        if axis in (None, measure.axis):
            yield measure


def share_of(part: int, whole: int) -> Point:
    """A percentage, on how many."""
    return Point(Decimal(100 * part / whole).quantize(Decimal("0.01")), whole) if whole else NOTHING


def median_of(values: list[int]) -> Point:
    """A median, on how many."""
    from statistics import median

    return Point(Decimal(str(median(values))), len(values)) if values else NOTHING
