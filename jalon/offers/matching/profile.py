"""A person's project as the matcher may know it: availability, refusals, mobility, wishes. Nothing of who she is.

Only the keys read here exist for the matcher; nationality, origin, age, sex, pathway status, diagnosis or history may
be present: nothing reads them.
What is missing stays unknown (None): it never allows and never forbids, it asks.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jalon.offers.matching import trades
from jalon.offers.matching.facts import Places, place_name
from jalon.offers.matching.text import fold


class BadInput(ValueError):
    """The input is not of the form asked; the sentence names the field."""


@dataclass(slots=True)
class Person:
    """A profile, read once. Minutes from midnight; French levels 0 (none) to 6 (C2); None: not known."""

    id: str
    residence: str = ""
    oral: int | None = None
    written: int | None = None
    deadline: date | None = None
    leave: int | None = None
    back: int | None = None
    saturday: bool | None = None
    sunday: bool | None = None
    split: bool | None = None
    night: bool | None = None
    alone: bool | None = None
    home: bool | None = None
    public: bool | None = None
    exposure: bool | None = None
    zones: frozenset[str] | None = None
    car: bool | None = None
    licence: bool | None = None
    longest: float | None = None
    move: bool | None = None
    least: float | None = None
    most: float | None = None
    avoid: frozenset[str] | None = None
    avoid_unknown: tuple[str, ...] = ()
    diplomas: tuple[str, ...] | None = None
    school: float | None = None
    experience: frozenset[str] | None = None
    right: str = ""
    right_until: date | None = None
    iae: bool | None = None
    training: bool | None = None
    digital: float | None = None
    languages: frozenset[str] = frozenset()
    rome: frozenset[str] = frozenset()
    families: tuple[trades.Family, ...] = ()
    accepts: frozenset[str] = frozenset()  # families and codes that she said she accepts also
    open_project: bool = False
    memo: dict[Any, Any] = field(default_factory=dict)  # what was worked out once for this person


_AVOID: Final = {
    "charges": ("charge", "dos", "port", "lourd", "manutention", "poids", "effort"),
    "debout": ("debout", "station", "jambe", "pietine"),
    "bruit": ("bruit", "bruyant", "sonore"),
    "froid": ("froid",),
    "chaleur": ("chaleur", "chaud"),
    "produits": ("produit", "chimique", "allerg", "irritant"),
    "poussiere": ("poussiere",),
    "humidite": ("humid",),
    "exterieur": ("exterieur", "dehors", "intemperie"),
    "hauteur": ("hauteur", "vertige", "echelle"),
    "repetitif": ("repet", "cadence", "geste", "chaine"),
    "assis": ("assis",),
    "escaliers": ("escalier", "etage"),
    "ecran": ("ecran",),
    "odeurs": ("odeur",),
}


class _Reader:
    """Reads one profile; every complaint names the field."""

    def __init__(self, row: Mapping[str, Any], path: str) -> None:
        self.row, self.path = row, path

    def part(self, name: str) -> "_Reader":
        value = self.row.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise BadInput(f"{self.path}.{name} : un objet est attendu")
        return _Reader(value, f"{self.path}.{name}")

    def _of(self, name: str, kinds: tuple[type, ...], what: str) -> Any:
        value = self.row.get(name)
        if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise BadInput(f"{self.path}.{name} : {what} attendu")
        return value

    def text(self, name: str) -> str:
        return self._of(name, (str,), "un texte est") or ""

    def flag(self, name: str) -> bool | None:
        value: bool | None = self._of(name, (bool,), "vrai ou faux est")
        return value

    def number(self, name: str) -> float | None:
        value = self._of(name, (int, float), "un nombre est")
        try:
            number = None if value is None else float(value)
        except OverflowError:
            number = math.inf
        if number is not None and not math.isfinite(number):
            raise BadInput(f"{self.path}.{name} : un nombre fini est attendu")
        return number

    def texts(self, name: str) -> list[str]:
        value = self._of(name, (list,), "une liste est") or []
        for at, one in enumerate(value):
            if not isinstance(one, str):
                raise BadInput(f"{self.path}.{name}[{at}] : un texte est attendu")
        return value

    def known(self, name: str) -> bool:
        """Is the line filled in? An absent or null list is unknown; an empty one says "none"."""
        return self.row.get(name) is not None

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise BadInput(f"{self.path}.{name} : un jour AAAA-MM-JJ est attendu") from None

    def clock(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        found = re.fullmatch(r"([01]?\d|2[0-4])[:h]([0-5]\d)?", text.strip(), re.ASCII)
        if found is None:
            raise BadInput(f"{self.path}.{name} : une heure HH:MM est attendue")
        return int(found[1]) * 60 + int(found[2] or 0)

    def level(self, name: str) -> int | None:
        """A CEFR level; null means none at all, an absent key means that nothing is known."""
        if name not in self.row:
            return None
        text = fold(self.text(name)).upper().strip()
        if text in ("", "A0", "0", "AUCUN", "NON LECTRICE", "ALPHA"):
            return 0
        found = re.match(r"[ABC][12]", text)
        if found is None or found[0] not in trades.LEVELS:
            raise BadInput(f"{self.path}.{name} : un niveau A1 à C2 est attendu")
        return trades.LEVELS[found[0]]


def read(row: Any, path: str, places: Places) -> Person:
    """Read one profile; BadInput when a line is of the wrong kind."""
    if not isinstance(row, dict):
        raise BadInput(f"{path} : un objet est attendu")
    top = _Reader(row, path)
    identity = row.get("id")
    if not isinstance(identity, str) or not identity:
        raise BadInput(f"{path}.id : un texte est attendu")
    person = Person(identity)
    person.residence = top.text("residence").strip().upper()
    french = top.part("francais")
    person.written = french.level("ecrit")
    person.oral = french.level("oral") if french.known("oral") else None
    person.deadline = top.day("echeance_psp")
    free = top.part("disponibilite")
    person.leave, person.back = free.clock("depart_apres"), free.clock("retour_avant")
    if person.leave is not None and person.back is not None and person.back <= person.leave:
        person.back += 1440
    person.saturday, person.sunday = free.flag("samedi"), free.flag("dimanche")
    person.split, person.night = free.flag("coupures"), free.flag("nuit")
    refused = top.part("refus")
    person.alone, person.home = refused.flag("lieu_isole"), refused.flag("domicile_prive")
    person.public, person.exposure = refused.flag("contact_public"), refused.flag("exposition_publique")
    if refused.known("zones"):
        person.zones = frozenset(code for one in refused.texts("zones") for code in _zone(one, places))
    road = top.part("mobilite")
    person.car, person.licence = road.flag("voiture"), road.flag("permis_b")
    person.longest, person.move = road.number("trajet_max_min"), road.flag("demenagement_possible")
    weekly = top.part("heures")
    person.least, person.most = weekly.number("min"), weekly.number("max")
    if top.known("sante_contre_indications"):
        _health(person, top.texts("sante_contre_indications"))
    if top.known("diplomes"):
        person.diplomas = tuple(fold(one).replace("_", " ") for one in top.texts("diplomes"))
    person.school = top.number("niveau_scolaire")
    if top.known("experiences"):
        person.experience = frozenset(key for one in top.texts("experiences") for key in trades.experience(one))
    right = top.part("droit_travail")
    person.right, person.right_until = fold(right.text("statut")).strip(), right.day("jusqu_au")
    person.iae, person.training = top.flag("iae_eligible"), top.flag("formation_souhaitee")
    person.digital = top.number("numerique")
    person.languages = frozenset(fold(one).strip() for one in top.texts("langues"))
    _project(person, top.part("projet"))
    return person


def _zone(text: str, places: Places) -> tuple[str, ...]:
    """A commune to avoid: its INSEE code, else its name, else its postal code; what cannot be told stays as written."""
    code = text.strip().upper()
    if code in places.codes:
        return (code,)
    by_name = places.names.get(place_name(text))
    return (by_name,) if by_name else places.postal.get(code, (code,))


def _health(person: Person, words: list[str]) -> None:
    known, unknown = set(), []
    for word in words:
        folded = fold(word)
        keys = {key for key, stems in _AVOID.items() if any(stem in folded for stem in stems)}
        known |= keys
        if not keys:
            unknown.append(word)
    person.avoid, person.avoid_unknown = frozenset(known), tuple(unknown)


def _project(person: Person, project: _Reader) -> None:
    codes = [code.strip().upper() for code in project.texts("rome_cibles")]
    person.rome = frozenset(codes)
    families = {family.key: family for family in map(trades.of_rome, codes) if family is not None}
    if not families:
        named = trades.of_title(project.text("resume"))
        families = {named.key: named} if named else {}
    person.families = tuple(families[key] for key in sorted(families))
    # A project over two broad fields is set by its conditions (near home, daytime, in a team), not by one trade.
    person.open_project = len({code[:1] for code in codes if trades.of_rome(code)}) > 1
    also = {code.strip().upper() for code in project.texts("rome_acceptes")}
    person.accepts = frozenset(also | {family.key for family in map(trades.of_rome, also) if family is not None})
