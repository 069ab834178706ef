"""The adversarial step before an end: what the page shows of it."""

from typing import Any, NamedTuple

from jalon.journeys.models import Hearing
from jalon.people.models import Dossier
from jalon.vault import keys


class Heard(NamedTuple):
    """One invitation with its words, and what was answered: day, text, whether at a meeting."""

    row: Hearing
    words: dict[str, Any]

    @property
    def answers(self) -> list[dict[str, Any]]:
        return list(self.words.get("observations", []))


def hearings(dossier: Dossier) -> list[Heard]:
    """The last one first. ``access`` has allowed C14."""
    rows = list(Hearing.objects.filter(dossier=dossier).select_related("decision").order_by("-sent_on", "-id"))
    slot = keys.fetch(dossier.pk, "G6") if rows else b""
    return [Heard(row, row.unseal(slot)) for row in rows]
