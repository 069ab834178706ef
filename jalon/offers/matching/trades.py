"""Families of trades: which work stands near which, and what such work usually asks."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jalon.offers.matching.text import fold

_FILE: Final = Path(__file__).parent / "tables" / "trades.json"
LEVELS: Final = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6}


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of trades, its neighbours (3 as good as hers, 2 close, 1 fallback) and its usual demands."""

    key: str
    label: str
    near: dict[str, int]
    oral: int | None = None
    written: int | None = None
    body: tuple[str, ...] = ()
    public: bool = False
    seven_days: bool = False  # such houses never close
    home: bool = False  # done in private homes, unless an offer names another place


@dataclass(frozen=True, slots=True)
class Trades:
    version: str
    families: dict[str, Family]
    prefixes: dict[str, str]
    titles: tuple[tuple[str, "re.Pattern[str]"], ...]
    experience: dict[str, frozenset[str]]


@cache
def table() -> Trades:
    """Return the versioned table."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    families: dict[str, Family] = {}
    prefixes: dict[str, str] = {}
    for key, row in data["families"].items():
        oral, written = row["french"]
        families[key] = Family(
            key,
            row["label"],
            row["near"],
            LEVELS.get(oral or ""),
            LEVELS.get(written or ""),
            tuple(row.get("body", ())),
            row.get("public", False),
            row.get("seven_days", False),
            row.get("home", False),
        )
        prefixes.update(dict.fromkeys(row["rome"], key))
    return Trades(
        data["version"],
        families,
        prefixes,
        tuple((key, re.compile(pattern)) for key, pattern in data["titles"]),
        {word: frozenset(keys) for word, keys in data["experience"].items()},
    )


@cache
def of_rome(code: str) -> Family | None:
    """Return the family of a ROME code: the longest prefix known, else its own domain (three signs)."""
    if not re.fullmatch(r"[A-N]\d{4}", code):
        return None
    known = table()
    for length in (5, 4, 3, 2, 1):
        key = known.prefixes.get(code[:length])
        if key is not None:
            return known.families[key]
    return Family(code[:3], f"domaine {code[:3]}", {})


def of_title(title: str) -> Family | None:
    """Return the family that a job title names, or None."""
    folded = fold(title)
    for key, pattern in table().titles:
        if pattern.search(folded):
            return table().families[key]
    return None


def near(wanted: Family, offered: Family) -> int:
    """Say how near an offered family is to a wanted one: 3 the same, 2 close, 1 fallback, 0 far."""
    if wanted.key == offered.key:
        return 3
    return wanted.near.get(offered.key, 0)


def experience(word: str) -> frozenset[str]:
    """Return the families in which an experience counts; a ROME code stands for its family."""
    family = of_rome(word.strip().upper())
    if family is not None:
        return frozenset({family.key})
    found: set[str] = set()
    known = table().experience
    folded = fold(word)
    for part in {folded, *re.split(r"[^a-z]+", folded)}:
        found |= known.get(part, frozenset())
    if folded in known:
        return known[folded]
    return frozenset(found)
