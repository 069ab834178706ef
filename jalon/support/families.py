"""The families of the joint plan: France Travail's eight, in its order and words, then ours.

``freins.json`` holds the agency's labels. Ours are what its grid lacks: the project itself, which both carry, and five
that stay in the association and are never mapped to one of the agency's.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).parent / "freins.json"


class Family(NamedTuple):
    """``aims``: what may be aimed at, in its words. ``services``: categories of data·inclusion.

    ``shared``: may it be written in the layer that the agency reads? ``hint``: how much of it, when not all.
    """

    code: str
    label: str | Promise
    aims: tuple[str | Promise, ...]
    services: tuple[str, ...] = ()
    shared: bool = True
    hint: str | Promise = ""

    @property
    def of_the_agency(self) -> bool:
        return self.code.isdigit()


# What of each family of the agency may be told to it; "" is all of it.
HINTS: dict[str, str | Promise] = {
    "22": _("le niveau seulement"),
    "23": "",
    "24": _("les horaires seulement"),
    "25": _("ce qu'il faut éviter au travail seulement"),
    "26": "",
    "27": _("stable ou non, rien d'autre"),
    "29": _("la fin du droit au travail seulement"),
}
OURS = (
    Family(
        "project",
        _("Projet de formation et d'emploi"),
        (
            _("Choisir un métier"),
            _("Se former"),
            _("Préparer ses candidatures"),
            _("Découvrir un métier en immersion"),
            _("Trouver un emploi"),
            _("Garder son emploi"),
        ),
        ("choisir-un-metier", "se-former", "preparer-sa-candidature", "trouver-un-emploi"),
    ),
    Family(
        "residence",
        _("Droit au séjour"),
        (_("Tenir le calendrier du titre"), _("Préparer le titre suivant")),
        ("difficultes-administratives-ou-juridiques",),
        shared=False,
    ),
    Family(
        "safety",
        _("Sécurité"),
        (_("Lieux et personnes à éviter"), _("Préparer une mise à l'abri")),
        ("famille--surmonter-conflits-separation-violence",),
        shared=False,
    ),
    Family("care", _("Soins"), (_("Suivre des soins"), _("Suivre un soutien psychologique")), ("sante",), shared=False),
    Family(
        "justice",
        _("Démarches en justice"),
        (_("Déposer plainte"), _("Demander une indemnisation"), _("Préparer une audience")),
        ("difficultes-administratives-ou-juridiques",),
        shared=False,
    ),
    Family("interpreter", _("Interprète"), (_("Trouver un ou une interprète"),), (), shared=False),
)


@cache
def families() -> dict[str, Family]:
    """Code → family: the agency's in its order, then ours."""
    given: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["families"]
    theirs = (
        Family(
            one["code"],
            one["label"],
            tuple(one["objectives"]),
            tuple(one["services"]),
            shared=one["code"] in HINTS,
            hint=HINTS.get(one["code"], ""),
        )
        for one in given
    )
    return {one.code: one for one in (*theirs, *OURS)}


def aim(code: str) -> tuple[Family, str] | None:
    """The family and the words of « 26.0 », the first aim of the family 26; None when there is none."""
    family_code, _dot, rank = code.partition(".")
    family = families().get(family_code)
    if family is None or not rank.isdecimal() or int(rank) >= len(family.aims):
        return None
    return family, str(family.aims[int(rank)])


def _told(family: Family) -> str:
    """The family, and how much of it may be told to the agency."""
    if not family.shared:
        return f"{family.label} – {gettext('association seulement')}"
    return f"{family.label} – {family.hint}" if family.hint else str(family.label)


def choices(shared_only: bool = False) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The aims by family, for a drop-down list."""
    return [
        (_told(family), [(f"{family.code}.{rank}", words) for rank, words in enumerate(family.aims)])
        for family in families().values()
        if family.shared or not shared_only
    ]
