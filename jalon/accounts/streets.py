"""The street of somebody of the staff, kept so that the opening of a neighbour's file is told: never the street itself.

What is kept is a keyed hash, as of the login, and it is bound to the account: it is compared, never read back, and two
colleagues of one street do not look alike. Limits, which the officer's page does not hide: the street is free text on
both sides. Missed: a street without its kind on one side and with it on the other, a name shortened or misspelt
(« av. Gal Leclerc » is read, « av. Leclerc » is another street), a file that says neither postcode nor town, a street
that crosses a boundary. Told wrongly: two streets of one name in a postcode or a town of several villages. It tells a
day to look at, and proves nothing. Who holds the database and its token key may try streets, as for every keyed hash.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.crypto import constant_time_compare

from jalon.ui.text import fold
from jalon.vault import keys

# Kinds of street, each with the ways in which it is shortened.
KINDS: Final = {
    "allee": "al all allees",
    "avenue": "av ave",
    "boulevard": "bd bld blvd boul bvd",
    "chemin": "ch che chem",
    "cite": "",
    "cour": "",
    "cours": "crs",
    "esplanade": "esp",
    "faubourg": "fg fbg",
    "hameau": "ham",
    "impasse": "imp",
    "lotissement": "lot",
    "montee": "mte",
    "passage": "pas pass",
    "place": "pl",
    "placette": "",
    "promenade": "prom",
    "quai": "qu",
    "quartier": "quart qua",
    "residence": "res",
    "rondpoint": "rpt",
    "route": "rte",
    "rue": "r",
    "ruelle": "",
    "sente": "",
    "sentier": "sen sent",
    "square": "sq",
    "traverse": "tra",
    "venelle": "ven",
    "villa": "",
    "voie": "",
}
KIND: Final = {word: kind for kind, short in KINDS.items() for word in (kind, *short.split())}
FULL: Final = frozenset(KINDS)
WORDS: Final = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "dr": "docteur", "gal": "general",
    "mal": "marechal", "cdt": "commandant", "cne": "capitaine", "pdt": "president", "prof": "professeur",
    "gd": "grand", "grd": "grand", "gde": "grande",
}  # fmt: skip
# Part of the name when they come before the kind: « Grande Rue ».
BEFORE: Final = frozenset("ancien ancienne grand grande haute basse petit petite vieille vieux".split())  # noqa: SIM905
LITTLE: Final = frozenset("a au aux d de des du en et l la le les lez".split())  # noqa: SIM905
# From there on a line no longer says the street; those of the second list, when a number or a letter follows.
INSIDE: Final = frozenset("appartement appart appt apt app bat batiment bp cedex chez cs esc etage etg imm rdc".split())  # noqa: SIM905
TAGGED: Final = frozenset("bloc boite chambre code entree escalier hall immeuble logement porte tour".split())  # noqa: SIM905
RANK: Final = re.compile(r"\d+(?:bis|ter|quater|[a-z])?|bis|ter|quater|[a-z]")
ORDINAL: Final = re.compile(r"1er|1ere|\d+(?:e|eme)")
POSTCODE: Final = re.compile(r"(?<![0-9A-Za-z])(?:\d{2}|2[ABab]) ?\d{3}(?![0-9A-Za-z])")
LINES: Final = re.compile(r"[\n\r,;()–—]| - ")


def words(text: str) -> list[str]:
    """Lower-case words without accents, apostrophes, hyphens or little words; shortened titles in full."""
    plain = fold(text).replace("œ", "oe").replace("æ", "ae")
    found = re.findall(r"[a-z0-9]+", re.sub(r"rond[- ]?point", "rondpoint", plain))
    return [WORDS.get(word, word) for word in found if word not in LITTLE]


def _name(found: list[str]) -> list[str]:
    """The words of a name, up to what says where inside the building."""
    name: list[str] = []
    for at, word in enumerate(found):
        tagged = word in TAGGED and at + 1 < len(found) and RANK.fullmatch(found[at + 1])
        if name and (word in INSIDE or tagged):
            break
        name.append(word)
    while len(name) > 1 and ORDINAL.fullmatch(name[-1]):
        name.pop()
    return name


def _streets(line: str, towns: Iterable[list[str]]) -> Iterator[str]:
    """The streets that a line may say: one for each kind that it names, or its words when it names none."""
    found = words(line)
    for town_ in towns:
        if town_ and found[-len(town_) :] == town_:
            found = found[: -len(town_)]
    kinds = [
        at
        for at, word in enumerate(found)
        if word in FULL or (word in KIND and (at == 0 or RANK.fullmatch(found[at - 1])))
    ]
    for at in kinds:
        before = [found[at - 1]] if at and found[at - 1] in BEFORE else []
        name = _name(found[at + 1 :])
        if before or name:
            yield " ".join([*before, KIND[found[at]], *name])
    if not kinds:
        while found and RANK.fullmatch(found[0]):
            found = found[1:]
        if found:
            yield " ".join(_name(found))


def streets(text: str, town_: str = "") -> list[str]:
    """What a free text may say of a street, line by line; a postcode ends a line, and so does the town."""
    towns = [words(town_)] if town_ else []
    return [one for line in LINES.split(POSTCODE.sub("\n", text)) for one in _streets(line, towns)]


def street(text: str) -> str:
    """« 12 bis, r. de l'Église, bât. B » → « rue eglise »: the first street of a text; empty when it says none."""
    return next(iter(streets(text)), "")


def town(text: str) -> str:
    """« 31000 Toulouse Cedex 6 » → « toulouse »."""
    kept = [word for word in words(text) if word not in ("cedex", "arrondissement") and not word[0].isdigit()]
    return " ".join(kept)


def postcodes(text: str) -> set[str]:
    return {found.replace(" ", "").upper() for found in POSTCODE.findall(text)}


def _mark(user_id: str, street_: str, place: str) -> str:
    return keys.mac("street", user_id, street_, place).hex()


def marks(user_id: str, street_: str, postcode: str, town_: str) -> str:
    """What ``User.street`` keeps: the street in its postcode, and in its town, since a file often says one of them."""
    return " ".join(_mark(user_id, street(street_), place) for place in (postcode, town(town_)))


def same(user_id: str, kept: str, address: str, town_: str = "") -> bool:
    """Does this address, as a file says it, lie in the street of this account?"""
    places = sorted({*postcodes(f"{address}\n{town_}"), town(town_)} - {""})
    known = kept.split()
    return any(
        constant_time_compare(_mark(user_id, one, place), mark)
        for one in set(streets(address, town_))
        for place in places
        for mark in known
    )
