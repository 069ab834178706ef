"""An offer as France Travail documents it, whatever came: what has another shape is mended or left out, never guessed.

Every field may be missing. An unknown code stays as it came, so that nothing is lost when a list grows.
"""

from typing import Any

OBJECTS = ("lieuTravail", "entreprise", "salaire", "contact", "agence", "origineOffre", "contexteTravail")
LISTS = ("formations", "langues", "permis", "outilsBureautiques", "competences", "qualitesProfessionnelles")
TEXTS = (
    "intitule", "description", "dateCreation", "dateActualisation", "romeCode", "romeLibelle", "appellationlibelle",
    "typeContrat", "typeContratLibelle", "natureContrat", "experienceExige", "experienceLibelle",
    "dureeTravailLibelle", "dureeTravailLibelleConverti", "complementExercice", "conditionExercice", "codeNAF",
    "secteurActivite",
)  # fmt: skip
OF_CONTEXT = ("horaires", "conditionsExercice")


def tidied(raw: dict[str, Any]) -> dict[str, Any]:
    """The offer with objects where objects are expected (some come as lists of one), lists and texts likewise."""
    offer = dict(raw)
    for name in OBJECTS:
        _keep(offer, name, _object(offer.get(name)))
    for name in LISTS:
        _keep(offer, name, _list(offer.get(name)))
    for name in TEXTS:
        if name in offer and not isinstance(offer[name], str):
            del offer[name]
    if "contexteTravail" in offer:
        context = dict(offer["contexteTravail"])
        for name in OF_CONTEXT:
            _keep(context, name, [text for text in _list(context.get(name)) or () if isinstance(text, str)] or None)
        offer["contexteTravail"] = context
    return offer


def _keep(record: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        record.pop(name, None)
    else:
        record[name] = value


def _object(value: Any) -> dict[str, Any] | None:
    if isinstance(value, list):
        value = next((each for each in value if isinstance(each, dict)), None)
    return value if isinstance(value, dict) else None


def _list(value: Any) -> list[Any] | None:
    if isinstance(value, dict | str):
        return [value]
    return value if isinstance(value, list) else None


def text(offer: dict[str, Any], *path: str) -> str:
    """A text inside the offer, or nothing."""
    value: Any = offer
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value.strip() if isinstance(value, str) else ""
