"""The red list: words of where she lives (C3), names of third parties (C6, C9), her own civil name: they never leave.

What is found is told by its place in the text, never by the word. A role takes the place of a third party's name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jalon.access import Refused
from jalon.ui.text import fold

from . import parts as form

Answers = Mapping[str, Mapping[str, Any]]
WORD = re.compile(r"[^\W_]+")
Answers = Mapping[str, Mapping[str, Any]]

# Words of an address that name no place by themselves.
ORDINARY = frozenset((
    "rue", "avenue", "boulevard", "place", "chemin", "impasse", "allee", "allees", "route", "quai", "cours",
    "residence", "batiment", "appartement", "etage", "porte", "chez", "hotel", "foyer", "centre", "ville",
    "village", "ecole", "college", "lycee", "creche", "maternelle", "primaire", "elementaire", "saint",
    "sainte", "nord", "est", "ouest", "sud", "gare", "parc", "square", "quartier", "maison", "logement",
    "numero", "entree", "escalier", "cedex", "france", "lieu", "lieux", "autour", "pres", "dans", "avec",
    "pour", "leur", "leurs", "elle", "sans", "sous", "vers", "tous", "toute", "toutes",
))  # fmt: skip
PARTICLES = frozenset((
    "de", "la", "le", "les", "du", "des", "van", "von", "der", "den", "el", "al", "ben", "bin", "ould", "dos",
    "das", "da", "di",
))  # fmt: skip
ROLE_WORDS = {
    "child": gettext_lazy("son enfant"),
    "partner": gettext_lazy("son compagnon"),
    "parent": gettext_lazy("un parent"),
    "sibling": gettext_lazy("un frère ou une sœur"),
    "host": gettext_lazy("la personne qui l'héberge"),
    "perpetrator": gettext_lazy("l'auteur présumé"),
    "procurer": gettext_lazy("une personne mise en cause"),
    "witness": gettext_lazy("un témoin"),
    "lawyer": gettext_lazy("son avocat"),
    "police": gettext_lazy("le service enquêteur"),
    "other": gettext_lazy("une autre personne"),
}


class Blocked(Refused):
    """Something that must not leave is in the draft. ``places``: field → ranks of the words, never the words."""

    def __init__(self, places: Mapping[str, list[int]]) -> None:
        self.places = dict(places)
        super().__init__(" ".join(sentence(field, ranks) for field, ranks in self.places.items()))


def sentence(field: str, ranks: list[int], where: Any = "") -> str:
    """Where to look, in words that can be shown and kept."""
    where = (
        where
        or {
            "summary": _("Résumé"),
            "sentences": _("Phrases choisies"),
            "project": _("Projet"),
            "commitments": _("Engagements"),
            "opinion": _("Avis"),
            "report": _("Bilan"),
        }[field]
    )
    return ngettext(
        "%(where)s : un nom, une adresse ou un lieu est à retirer (mot %(ranks)s).",
        "%(where)s : des noms, adresses ou lieux sont à retirer (mots %(ranks)s).",
        len(ranks),
    ) % {"where": where, "ranks": ", ".join(map(str, ranks))}


def words(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFC", text))


def count_words(text: str) -> int:
    """Words as a reader counts them: « aujourd'hui » is one."""
    return len([word for word in text.split() if WORD.search(word)])


def _name_words(name: str) -> set[str]:
    return {fold(word) for word in words(name) if len(word) >= 3 and fold(word) not in PARTICLES}


def _place_words(text: str) -> set[str]:
    found = {fold(word) for word in words(text) if len(word) >= 4}
    return {word for word in found if word not in ORDINARY and not (word.isdigit() and len(word) < 5)}


def third_parties(answers: Answers) -> list[tuple[str, str]]:
    """(name, role) of everyone named in family and legal matters."""
    family, legal = answers.get("family", {}), answers.get("legal", {})
    named = [(row.get("name", ""), "child") for row in family.get("children", ())]
    named += [(row.get("name", ""), row.get("role", "other")) for row in family.get("relatives", ())]
    named += [(row.get("name", ""), row.get("role", "other")) for row in legal.get("persons", ())]
    return [(name, role) for name, role in named if name]


def red_list(answers: Answers, identity: Mapping[str, Any]) -> frozenset[str]:
    """The folded words that must not leave."""
    found = place_words(answers)
    for name, _role in third_parties(answers):
        found |= _name_words(name)
    return frozenset(found | own_words(identity))


def place_words(answers: Answers) -> set[str]:
    """Words of where she lives, and of where her children go."""
    housing = answers.get("housing", {})
    found: set[str] = set()
    for field in ("address", "town", "school", "places_to_avoid"):
        found |= _place_words(str(housing.get(field, "")))
    return found


def own_words(identity: Mapping[str, Any]) -> set[str]:
    """Words of her civil name."""
    found: set[str] = set()
    for field in ("given_name", "family_name", "birth_name", "civil_given_name"):
        found |= _name_words(str(identity.get(field, "")))
    return found


def ranks(text: str, red: frozenset[str]) -> list[int]:
    """Places, from 1, of the words of a text that are on the list."""
    return [rank for rank, word in enumerate(words(text), start=1) if fold(word) in red]


def soften(text: str, named: Iterable[tuple[str, str]]) -> str:
    """The names of third parties replaced by their role, whole names first."""
    for name, role in sorted(named, key=lambda pair: -len(pair[0])):
        said = str(ROLE_WORDS.get(role, ROLE_WORDS["other"]))
        for form_of_name in (name, *sorted(_name_words(name), key=len, reverse=True)):
            text = _replace(text, form_of_name, said)
    return text


def _replace(text: str, name: str, said: str) -> str:
    pieces = [fold(word) for word in words(name)]
    found = list(WORD.finditer(text))
    for start in range(len(found) - len(pieces), -1, -1):
        run = found[start : start + len(pieces)]
        if pieces and [fold(word[0]) for word in run] == pieces:
            text = text[: run[0].start()] + said + text[run[-1].end() :]
    return text


# The questions of each part whose words are sent; names of third parties stay where they are in the summary alone,
# elsewhere a role takes their place.
SENT = {
    "summary": ("summary",),
    "project": ("goal", "steps"),
    "commitments": ("commitments",),
    "report": ("commitments", "achieved", "difficulties"),
    "opinion": ("reasons",),
}


def red_places(
    part: form.Part, record: Mapping[str, Any], answers: Answers, identity: Mapping[str, Any]
) -> dict[str, list[int]]:
    """Where the answers being written in a part hold what must not leave: question → ranks of the words."""
    red = red_list(answers, identity) if part.code == "summary" else place_words(answers) | own_words(identity)
    asked = [part.question(name) for name in SENT.get(part.code, ())]
    found = {question.name: ranks(_typed(question, record.get(question.name)), frozenset(red)) for question in asked}
    return {name: places for name, places in found.items() if places}


def _typed(question: form.Question, value: Any) -> str:
    """The words of an answer as they were typed, those of rows one after the other; neither codes nor days."""
    if question.kind == "rows":
        columns = [column.name for column in question.rows if column.kind in ("text", "name", "long")]
        return " ".join(str(row.get(name) or "") for row in value or () for name in columns)
    return str(value or "")
