"""One table, one decision function: ``matrix.csv`` lists every allowed cell, what is absent is refused."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .roles import COMPARTMENTS, STAGES, Action, Condition, Relation, Role

MATRIX = Path(__file__).with_name("matrix.csv")

Cell = tuple[str, str, str, str, str]


class Verdict(NamedTuple):
    """``allowed``, the conditions still ``missing`` when the cell exists, the condition set ``used`` when allowed."""

    allowed: bool
    missing: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.allowed


REFUSED = Verdict(False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for one request or command. ``role`` is that of the membership; a dossier may give another one."""

    user_id: str
    role: str
    organisation_id: str
    department: str = ""
    membership_id: str = ""
    session_ref: str = ""
    stepped_up: bool = False
    language: str = "fr"


# Jobs of the program itself: they hold no right on any compartment, they only plan and count.
SYSTEM = Actor(user_id="system", role="OPS", organisation_id="")


@cache
def matrix() -> dict[Cell, tuple[frozenset[str], ...]]:
    """The allowed cells: (role, relation, stage, compartment, action) → alternative sets of conditions.

    Raises ValueError naming the line when the file holds an unknown code or the same cell twice.
    """
    known = tuple(frozenset(map(str, codes)) for codes in (Role, Relation, STAGES, COMPARTMENTS, Action))
    conditions = frozenset(map(str, Condition))
    cells: dict[Cell, tuple[frozenset[str], ...]] = {}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            cell: Cell = (row["role"], row["relation"], row["stage"], row["compartment"], row["action"])
            needed = row["conditions_all_required"]
            required: frozenset[str] = frozenset() if needed == "-" else frozenset(needed.split("+"))
            if any(code not in codes for code, codes in zip(cell, known, strict=True)) or required - conditions:
                raise ValueError(f"matrix.csv line {number}: unknown code")
            if required in cells.get(cell, ()):
                raise ValueError(f"matrix.csv line {number}: the cell is written twice")
            cells[cell] = (*cells.get(cell, ()), required)
    return cells


def decide(
    role: str, relation: str, stage: str, compartment: str, action: str, conditions: Collection[str] = frozenset()
) -> Verdict:
    """May this role, with this relation to a dossier at this stage, do this action on this compartment?

    ``conditions`` are the evaluated facts (codes of ``Condition``). Anything not written in the matrix is refused.
    """
    alternatives = matrix().get((role, relation, stage, compartment, action))
    if alternatives is None:
        return REFUSED
    held = frozenset(conditions)
    nearest: frozenset[str] | None = None
    for required in alternatives:
        missing = required - held
        if not missing:
            return Verdict(True, used=required)
        if nearest is None or len(missing) < len(nearest):
            nearest = missing
    return Verdict(False, missing=nearest or frozenset())
