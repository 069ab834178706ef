"""A value that a calculation of the law refuses, told at the field where it was typed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy

from jalon.law.errors import LawError


class Misfit(Exception):
    """A calculation refused a typed value. ``place`` is its path in the scenario: ``orders[1].signed_on``."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(place)
        self.place = place
        self.sentence = sentence


SENTENCES = {
    "missing_field": gettext_lazy("Cette réponse est nécessaire pour le calcul."),
    "invalid_date": gettext_lazy("Écrivez une date entre 1900 et 2199."),
    "invalid_value": gettext_lazy("Choisissez une réponse de la liste."),
    "negative_amount": gettext_lazy("Ce nombre ne peut pas être négatif."),
    "end_before_start": gettext_lazy("Cette date précède celle qu'elle doit suivre : vérifiez l'ordre des deux dates."),
    "overlapping_orders": gettext_lazy("Cette période a un jour en commun avec une autre : vérifiez les dates."),
    "inconsistent_values": gettext_lazy("Ces réponses se contredisent : vérifiez-les."),
    "out_of_parameter_range": gettext_lazy(
        "Cette date est trop ancienne : aucune valeur de la loi n'est connue ce jour."
    ),
}
DOCUMENT_SENTENCES = {
    "missing_field": gettext_lazy("Écrivez la fin de validité : aucun texte ne donne la durée de ce document."),
}
PLACE = re.compile(r"(?P<of>\w+)\[(?P<at>\d+)\](?:\.(?P<name>\w+))?")
NAMES = {"from": "starts_on", "to": "ends_on"}  # of a benefit


@contextmanager
def told(said: Mapping[str, Any] | None = None, **places: str) -> Iterator[None]:
    """Tells a fault of the law where it was typed: ``places`` maps its fields to those of the scenario."""
    try:
        yield
    except LawError as error:
        path = error.field or ""
        sentence = str({**SENTENCES, **(said or {})}[error.code])
        if path not in places and (found := PLACE.fullmatch(path)):
            name = found["name"] or ""
            path = f"{places.get(found['of'], found['of'])}[{found['at']}].{NAMES.get(name, name)}"
        raise Misfit(places.get(path, path), sentence) from error
