"""What a careful reader notes of an offer or a session, each with the words that say so: the shape, and the communes.

Nothing here knows a person. Matching (`rules`) only compares these facts with a profile. `jobs` and `sessions` fill
them, `demands` reads what both ask for.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jalon.offers.matching import hours as clockwork
from jalon.offers.matching import trades
from jalon.offers.matching.text import fold, record, words

LEVELS: Final = trades.LEVELS


@dataclass(slots=True)
class Facts:
    """What is known of a job or of a training session. Empty words mean that nothing was said."""

    id: str
    kind: str  # job | training
    title: str = ""
    rome: tuple[str, ...] = ()
    families: tuple[trades.Family, ...] = ()
    trade: str = ""  # the words that tell the trade
    places: tuple[str, ...] = ()  # INSEE codes; several when the offer contradicts itself
    place: str = ""
    where: tuple[float, float] | None = None
    named: frozenset[str] = frozenset()  # every commune that the words name
    no_transport: str = ""
    shuttle: str = ""
    housed: str = ""
    hours: clockwork.Hours = field(default_factory=clockwork.Hours)
    weekly: tuple[tuple[float, float, str], ...] = ()
    french: tuple[int | None, int | None] | None = None  # least oral, least written; None: nothing is known
    french_quote: str = ""
    lessons: str = ""
    languages: tuple[tuple[str, bool], ...] = ()  # name, required
    diploma: tuple[tuple[str, str], ...] = ()  # folded demand, words
    experience: str = ""
    experience_wished: str = ""
    licence: str = ""
    heavy_licence: str = ""
    vehicle: str = ""
    alone: str = ""
    home: str = ""
    public: str = ""
    exposure: str = ""
    body: dict[str, str] = field(default_factory=dict)
    risk: str = ""
    not_employed: str = ""
    iae: str = ""
    check: str = ""
    starts: date | None = None
    ends: date | None = None
    starts_quote: str = ""
    beginner: bool = False
    stability: float = 0.4
    fresh: date | None = None
    # Trainings only
    full: str = ""
    cost: str = ""
    entry: int | None = None
    target: int | None = None  # the oral level that a French course leads to
    topic: str = ""  # french | digital | basics | ""
    distance: str = ""
    placement: "clockwork.Hours | None" = None
    placement_quote: str = ""
    step: str = ""
    unregistered: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The communes that the travel table knows."""

    names: dict[str, str]  # folded name -> code
    codes: dict[str, tuple[float, float] | None]
    postal: dict[str, tuple[str, ...]]
    pattern: "re.Pattern[str] | None"

    @classmethod
    def of(cls, communes: Mapping[str, Any]) -> "Places":
        names: dict[str, str] = {}
        codes: dict[str, tuple[float, float] | None] = {}
        postal: dict[str, list[str]] = {}
        for code, row in sorted(communes.items()):
            one = record(row)
            codes[code] = point(one)
            name = place_name(words(one.get("nom")))
            if len(name) > 2:
                names.setdefault(name, code)
            if isinstance(one.get("code_postal"), str):
                postal.setdefault(one["code_postal"], []).append(code)
        alternatives = "|".join(_written(name) for name in sorted(names, key=len, reverse=True))
        pattern = re.compile(rf"\b(?:{alternatives})\b") if names else None
        return cls(names, codes, {key: tuple(one) for key, one in postal.items()}, pattern)


_SAINTS: Final = {"st": "(?:saint|st)", "ste": "(?:sainte|ste)"}


def _written(name: str) -> str:
    """The ways in which a folded commune name is written in a text: saint or st, hyphens, apostrophes."""
    return r"[ '-]".join(_SAINTS.get(part, part) for part in name.split())


def place_name(text: str) -> str:
    """Return a commune's name as one writes it in any of the usual ways: folded, blanks, no article, saint in short."""
    name = re.sub(r"[^a-z ]+", " ", fold(text).replace("-", " ").replace("'", " "))
    name = re.sub(r"\bsaint(e?)\b", r"st\1", name)
    return re.sub(r"^(?:le|la|les|l) ", "", " ".join(name.split()))


def point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return (latitude, longitude) when both are finite numbers on the globe."""
    pair = row.get("latitude"), row.get("longitude")
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in pair):
        latitude, longitude = float(pair[0]), float(pair[1])  # type: ignore[arg-type]
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


def day(value: Any) -> date | None:
    """Return the day at the head of an ISO date or instant, or None."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
