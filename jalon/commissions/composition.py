"""Who composes the commission of a department on a day: dated data, ``composition.csv`` (COM-2, CASF R.121-12-7).

``seats`` is how many of a place must be filled at least; the préfet may name more. A line with a department adds to the
lines of all. A new text is a new line with its dates, never an edit of an old one.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).with_name("composition.csv")
KINDS = ("function", "named", "elected", "association")


class Place(NamedTuple):
    """One line. ``valid_from`` and ``valid_to`` are inclusive; None: not bounded."""

    department: str
    code: str
    label: str
    kind: str
    seats: int
    valid_from: date | None
    valid_to: date | None
    source: str

    @property
    def may_be_replaced(self) -> bool:
        """A member who sits for a function, an assembly or a body; not one named for herself (CRPA R.133-3)."""
        return self.kind != "named"

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@cache
def places() -> tuple[Place, ...]:
    """Every line of the data, in the order of the text."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Place(
                row["department"],
                row["code"],
                row["label"],
                row["kind"],
                int(row["seats"]),
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def by_code(department: str, on: date) -> dict[str, Place]:
    """The places of the commission of a department on a day."""
    return {place.code: place for place in places() if place.department in ("", department) and place.in_force(on)}
