"""The order of what is shown: weighted terms of a versioned table, shown as words and bars, never as one figure."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from jalon.offers.matching.facts import Facts
from jalon.offers.matching.profile import Person
from jalon.offers.matching.rules import Answer
from jalon.offers.matching.text import fold

_FILE: Final = Path(__file__).parent / "tables" / "weights.json"


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    weight: float
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    model: str
    since: str
    terms: tuple[Term, ...]


@cache
def table() -> Table:
    """Return the table in force."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return Table(data["model"], data["since"], tuple(Term(**row) for row in data["weights"]))


def contributions(person: Person, offer: Facts, answer: Answer, today: date) -> dict[str, float]:
    """Return each term (0..1) of what is shown."""
    way = answer.reach
    if offer.distance:
        road = 1.0
    elif way is None or way.state != "ok":
        road = 0.3
    else:
        road = 1.0 - min(1.0, way.minutes / (person.longest or 90.0) if person.longest != 0 else 1.0)
    rhythm = 0.3 if answer.margin is None or offer.hours.partial else min(1.0, answer.margin / 120.0)
    if offer.distance:
        rhythm = 0.7
    french = (
        0.5
        if offer.french is None or person.oral is None
        else min(1.0, 0.7 + 0.1 * max(0, person.oral - (offer.french[0] or 0)))
    )
    if offer.lessons or any(fold(name) in person.languages for name, _ in offer.languages):
        french = 1.0
    age = (today - offer.fresh).days if offer.fresh else None
    values = {
        "projet": answer.fit,
        "rythme": rhythm,
        "trajet": road,
        "langue": french,
        "stabilite": offer.stability,
        "debutant": 1.0 if offer.beginner else 0.5,
        "fraicheur": 0.5 if age is None else max(0.0, min(1.0, 1.0 - age / 60.0)),
    }
    return {term.key: round(max(0.0, min(1.0, values[term.key])), 3) for term in table().terms}


def total(terms: dict[str, float]) -> float:
    """Return the weighted sum that orders a list; it is never shown."""
    return sum(term.weight * terms[term.key] for term in table().terms)
