"""Offers that no screen shows: signs of exploitation, and work that is no employment (self-employed, commission only).

The list (``data/signs.csv``) is dated and kept by the association: one strong sign (2) or two others (1) set an offer
aside, with the words that did it. What it does not know, the reading rules of the matching look for: the same offer is
never refused to a person there and shown to another here.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

from jalon.config import clock

from .francetravail.shape import text
from .rome import folded

SIGNS = Path(__file__).parent / "data" / "signs.csv"
ENOUGH = 2
# Liberal profession, franchise, taking over a business, commercial self-employment.
NO_CONTRACT = frozenset({"LIB", "FRA", "REP", "CCE"})
NOT_EMPLOYED = "Emploi non salarié"


@cache
def signs() -> tuple[tuple[str, str, int], ...]:
    """The words as they are matched, as they are said, and their weight."""
    with SIGNS.open(encoding="utf-8", newline="") as file:
        return tuple((" ".join(folded(row["words"])), row["words"], int(row["weight"])) for row in csv.DictReader(file))


def words(offer: dict[str, Any]) -> str:
    """What sets the offer aside for everyone, or nothing."""
    contract, nature = text(offer, "typeContrat"), text(offer, "natureContrat")
    if contract in NO_CONTRACT or nature == NOT_EMPLOYED:
        return nature or contract
    said = " ".join(folded(f"{text(offer, 'intitule')} {text(offer, 'description')}"))
    padded = f" {said} "
    found = [(name, weight) for sought, name, weight in signs() if f" {sought} " in padded or f" {sought}s " in padded]
    listed = " ; ".join(name for name, _ in found) if sum(weight for _, weight in found) >= ENOUGH else ""
    from .matching.jobs import level_zero  # only a command reads offers: a server starts without these rules

    return (listed or level_zero(offer, clock.today()))[:200]
