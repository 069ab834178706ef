"""Door-to-door times by public transport, from a table computed beforehand; no routing service is ever asked."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jalon.offers.matching.facts import Facts, Places
from jalon.offers.matching.profile import BadInput, Person

_FASTEST: Final = 80.0  # km/h as the crow flies: nothing in the department goes faster from door to door
_CLOCK: Final = re.compile(r"([0-4]?\d)[:h]([0-5]\d)(?::[0-5]\d)?")  # a timetable's day runs past midnight: 25:10
_BY_CAR: Final = 45.0  # km/h as the crow flies


@dataclass(frozen=True, slots=True)
class Link:
    minutes: float
    first: int  # first arrival, minutes from midnight
    last: int  # last return
    sunday: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How one gets there: ok, no (with the words) or unknown. Minutes only when the way is possible."""

    state: str
    minutes: float = 0.0
    link: Link | None = None
    quote: str = ""


@dataclass(slots=True)
class Travel:
    places: Places
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    same: dict[str, Link] = field(default_factory=dict)

    def between(self, a: str, b: str) -> Link | None:
        if a == b:
            return self.same.get(a) or self.same.get("defaut")
        return self.links.get((a, b))


def read(value: Any) -> Travel:
    """Read the table in the shape of `trajets`: communes, meme_commune, liaisons; BadInput names a wrong field."""
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise BadInput("travel : un objet est attendu")
    communes = value.get("communes") or {}
    if not isinstance(communes, dict):
        raise BadInput("travel.communes : un objet est attendu")
    travel = Travel(Places.of(communes))
    same = value.get("meme_commune") or {}
    if not isinstance(same, dict):
        raise BadInput("travel.meme_commune : un objet est attendu")
    for code, row in same.items():
        travel.same[code] = _link(row, f"travel.meme_commune.{code}")
    links = value.get("liaisons") or []
    if not isinstance(links, list):
        raise BadInput("travel.liaisons : une liste est attendue")
    for at, row in enumerate(links):
        link = _link(row, f"travel.liaisons[{at}]")
        a, b = row.get("a"), row.get("b")
        if not isinstance(a, str) or not isinstance(b, str):
            raise BadInput(f"travel.liaisons[{at}] : a et b, deux codes de commune, sont attendus")
        for pair in ((a, b), (b, a)):
            known = travel.links.get(pair)
            if known is None or (link.minutes, -link.last, link.first) < (known.minutes, -known.last, known.first):
                travel.links[pair] = link
    return travel


def _link(row: Any, path: str) -> Link:
    if not isinstance(row, Mapping):
        raise BadInput(f"{path} : un objet est attendu")
    minutes = row.get("min")
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 <= minutes < 10_000:
        raise BadInput(f"{path}.min : un nombre de minutes est attendu")
    bounds = []
    for name, default in (("first_arrival", 0), ("last_return", 1439)):
        text = row.get(name)
        written = _CLOCK.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        found = int(written[1]) * 60 + int(written[2]) if written else default
        if text is not None and written is None:
            raise BadInput(f"{path}.{name} : une heure HH:MM est attendue")
        bounds.append(found)
    sunday = row.get("sunday")
    if sunday is not None and not isinstance(sunday, bool):
        raise BadInput(f"{path}.sunday : vrai ou faux est attendu")
    first, last = bounds
    if last <= first:
        last += 1440  # the last bus comes back after midnight
    return Link(float(minutes), first, last, sunday is not False)


def reach(person: Person, offer: Facts, travel: Travel) -> Reach:
    """Say how a person reaches an offer's commune; the best of several when the offer contradicts itself."""
    key = (
        "reach",
        offer.places,
        offer.where if not offer.places or offer.places[0] not in travel.places.codes else None,
        offer.place,
    )
    found: Reach | None = person.memo.get(key)
    if found is None:
        several = [_one(person, code, offer, travel) for code in offer.places] or [_nowhere(person, offer)]
        found = person.memo[key] = min(several, key=lambda one: (("ok", "unknown", "no").index(one.state), one.minutes))
    return found


def _nowhere(person: Person, offer: Facts) -> Reach:
    return Reach("unknown", quote=offer.place or "lieuTravail")


def _one(person: Person, code: str, offer: Facts, travel: Travel) -> Reach:
    home, known = person.residence, travel.places.codes
    name = offer.place or code
    link = travel.between(home, code) if home else None
    if link is None and home == code:
        return Reach("ok", 0.0, None, name)
    if link is None:
        distance = _distance(known.get(home), known.get(code) or offer.where)
        if person.car and distance is not None:
            minutes = float(round(distance / _BY_CAR * 60 + 5))
            if person.longest is not None and minutes > person.longest * 1.25:
                return Reach("no", quote=f"{name} : environ {minutes} min en voiture, {person.longest:g} acceptées")
            return Reach("ok", min(minutes, person.longest or minutes))
        if not person.car and home in known and code in known:
            return Reach("no", quote=f"{name} : aucune liaison depuis {home}")
        if distance is not None and person.longest is not None and distance / _FASTEST * 60 > person.longest:
            return Reach("no", quote=f"{name} : {distance:.0f} km, trop loin pour {person.longest:g} min")
        return Reach("unknown", quote=name)
    if person.longest is not None and link.minutes > person.longest:
        if person.car:
            distance = _distance(known.get(home), known.get(code) or offer.where)
            minutes = link.minutes if distance is None else min(link.minutes, distance / _BY_CAR * 60 + 5)
            if minutes <= person.longest:
                return Reach("ok", minutes)
        return Reach("no", quote=f"{name} : {link.minutes:g} min, {person.longest:g} acceptées")
    return Reach("ok", link.minutes, None if person.car else link, name)


def _distance(a: tuple[float, float] | None, b: tuple[float, float] | None) -> float | None:
    """Kilometres between two points."""
    if a is None or b is None:
        return None
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 6371.0 * math.hypot(x, math.radians(b[0] - a[0]))
