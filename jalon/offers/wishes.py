"""What she looks for, from what was noted with her to the profile that the matcher reads (contract of ``jalon match``).

A line that nobody asked her, or that she does not share with the reader, is absent: the matcher then asks, it never
guesses. Neither her nationality, her age, her story nor her health is here: « to avoid: heavy loads » is all.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jalon.people.languages import LANGUAGES

PROJECT, FRENCH, HOURS, PERMIT = "projet", "niveau de français", "disponibilités", "séjour"
NONE = "none"

# Each line: its words, and under which item of a share the employment side reads it.
LINES: dict[str, tuple[Promise, str]] = {
    "rome": (_("Métiers visés"), PROJECT),
    "accepts": (_("Elle accepte aussi"), PROJECT),
    "training": (_("Formation souhaitée"), PROJECT),
    "diplomas": (_("Diplômes"), PROJECT),
    "school": (_("Niveau scolaire"), PROJECT),
    "experience": (_("Expériences"), PROJECT),
    "iae": (_("Contrat d'insertion possible"), PROJECT),
    "digital": (_("Numérique"), PROJECT),
    "oral": (_("Français parlé"), FRENCH),
    "written": (_("Français écrit"), FRENCH),
    "leave": (_("Elle peut partir à"), HOURS),
    "back": (_("Elle doit être rentrée à"), HOURS),
    "saturday": (_("Le samedi"), HOURS),
    "sunday": (_("Le dimanche"), HOURS),
    "split": (_("Journée coupée"), HOURS),
    "night": (_("Nuit"), HOURS),
    "least": (_("Heures par semaine, au moins"), HOURS),
    "most": (_("Heures par semaine, au plus"), HOURS),
    "start": (_("Commune de départ"), HOURS),
    "longest": (_("Trajet, en minutes au plus"), HOURS),
    "car": (_("Voiture"), HOURS),
    "licence": (_("Permis B"), HOURS),
    "move": (_("Peut déménager"), HOURS),
    "lone": (_("Refuse un lieu isolé ou sans collègue"), HOURS),
    "home": (_("Refuse de travailler chez des particuliers"), HOURS),
    "public": (_("Refuse le contact avec le public"), HOURS),
    "exposure": (_("Refuse photo, vidéo, exposition publique"), HOURS),
    "zones": (_("Communes à éviter"), HOURS),
    "avoid": (_("Contraintes physiques à éviter"), HOURS),
}
SCHOOL = {
    "1": _("école primaire, ou pas d'école"),
    "2": _("collège"),
    "3": _("CAP, BEP ou équivalent"),
    "4": _("bac"),
    "5": _("bac + 2"),
    "6": _("bac + 3 ou plus"),
}
DIGITAL = {"0": _("sans téléphone ni ordinateur"), "1": _("avec de l'aide"), "2": _("seule")}
# The words of ``matching.profile``, tested.
AVOID = {
    "charges": _("porter des charges"), "debout": _("rester debout"), "assis": _("rester assise"),
    "escaliers": _("monter des escaliers"), "repetitif": _("gestes répétés, cadence"), "hauteur": _("la hauteur"),
    "bruit": _("le bruit"), "froid": _("le froid"), "chaleur": _("la chaleur"), "humidite": _("l'humidité"),
    "exterieur": _("travailler dehors"), "produits": _("produits chimiques"), "poussiere": _("la poussière"),
    "odeurs": _("les odeurs fortes"), "ecran": _("les écrans"),
}  # fmt: skip
# The levels of the project's page, in those of the matcher.
LEVELS = {"none": "A0", "fluent": "C1"}


@cache
def families() -> dict[str, str]:
    """The families of trades that she may accept or know, by their labels."""
    from .matching import trades  # a server starts without the tables of the matcher

    known = trades.table().families
    return dict(sorted(((key, one.label) for key, one in known.items()), key=lambda pair: pair[1]))


@cache
def _code_of(family: str) -> str:
    """A ROME code that stands for a whole family."""
    from .matching import trades

    prefix = next(prefix for prefix, key in trades.table().prefixes.items() if key == family)
    return prefix.ljust(5, "0")


def listed(text: str) -> list[str]:
    """What was typed with commas; « aucun » is an answer: nothing."""
    items = [item.strip() for item in re.split(r"[,;\n]", text) if item.strip()]
    return [] if len(items) == 1 and re.fullmatch(r"aucune?s?|néant|rien|non", items[0].casefold()) else items


def known(project: Mapping[str, Any], wishes: Mapping[str, Any], shared: Iterable[str] | None = None) -> dict[str, Any]:
    """What is known of her, line by line: what was noted with her, else what her project says.

    ``shared``: what she lets the employment side read; None for the association.
    """
    found = {name: value for name, value in _of_project(project).items() if value not in (None, "")}
    found |= {name: value for name, value in wishes.items() if name in LINES and value not in (None, "")}
    if shared is None:
        return found
    agreed = set(shared)
    return {name: value for name, value in found.items() if LINES[name][1] in agreed}


def _of_project(project: Mapping[str, Any]) -> dict[str, Any]:
    rome = str(project.get("rome") or "").strip().upper()
    return {
        "rome": [rome] if rome else None,
        "oral": project.get("cefr_oral"),
        "written": project.get("cefr_written"),
        "diplomas": listed(str(project["diplomas"])) if project.get("diplomas") else None,
    }


def unknown(lines: Mapping[str, Any]) -> list[str]:
    """The lines that nobody asked her, or that the reader may not read."""
    return [name for name in LINES if name not in lines]


def profile(
    identity: str,
    lines: Mapping[str, Any],
    *,
    goal: str = "",
    until: date | None = None,
    right: Mapping[str, Any] | None = None,
    languages: Iterable[str] = (),
) -> dict[str, Any]:
    """The profile in the shape of the contract; what is not known is left out."""
    groups: dict[str, dict[str, Any]] = {
        "francais": {"oral": "oral", "ecrit": "written"},
        "disponibilite": {
            "depart_apres": "leave", "retour_avant": "back", "samedi": "saturday", "dimanche": "sunday",
            "coupures": "split", "nuit": "night",
        },
        "refus": {
            "lieu_isole": "lone", "domicile_prive": "home", "contact_public": "public",
            "exposition_publique": "exposure", "zones": "zones",
        },
        "mobilite": {
            "voiture": "car", "permis_b": "licence", "trajet_max_min": "longest", "demenagement_possible": "move",
        },
        "heures": {"min": "least", "max": "most"},
    }  # fmt: skip
    said = {name: _said(name, value) for name, value in lines.items()}
    found: dict[str, Any] = {
        group: {key: said[name] for key, name in keys.items() if name in said} for group, keys in groups.items()
    }
    top = {
        "residence": "start", "sante_contre_indications": "avoid", "diplomes": "diplomas", "niveau_scolaire": "school",
        "experiences": "experience", "iae_eligible": "iae", "formation_souhaitee": "training", "numerique": "digital",
    }  # fmt: skip
    found |= {key: said[name] for key, name in top.items() if name in said}
    found["projet"] = {"resume": goal, "rome_cibles": said.get("rome", []), "rome_acceptes": said.get("accepts", [])}
    if until:
        found["echeance_psp"] = until.isoformat()
    if right:
        found["droit_travail"] = dict(right)
    return {"id": identity, "langues": [str(LANGUAGES.get(code, code)) for code in languages], **found}


def _said(name: str, value: Any) -> Any:
    if name in ("oral", "written"):
        return LEVELS.get(value, value)
    if name in ("school", "digital"):
        return int(value)
    if name == "avoid":
        return [item for item in value if item != NONE]
    return [_code_of(family) for family in value if family != NONE] if name in ("accepts", "experience") else value
