"""The words and the shapes in which a simulation is told: facts, cells, tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jalon.journeys import wording
from jalon.law.dates import Duration, Month
from jalon.ui import html, timeline
from jalon.ui.html import Rule
from jalon.ui.rules import why

BENEFITS = {"rsa": gettext_lazy("RSA"), "ada": gettext_lazy("ADA"), "ata": gettext_lazy("ATA")}
HEALTH = {
    "puma": gettext_lazy("protection universelle maladie (PUMa)"),
    "css": gettext_lazy("complémentaire santé solidaire (CSS)"),
    "ame": gettext_lazy("aide médicale de l'État (AME)"),
    "other": gettext_lazy("autre couverture"),
}
SHORT_HEALTH = {
    "puma": gettext_lazy("PUMa"),
    "css": gettext_lazy("CSS"),
    "ame": gettext_lazy("AME"),
    "other": gettext_lazy("autre"),
}
CONDITIONS = {
    "age": gettext_lazy("Âge"),
    "residence": gettext_lazy("Séjour"),
    "resources": gettext_lazy("Ressources du foyer"),
    "exclusions": gettext_lazy("Autres prestations"),
}
WHY = {
    "adult": gettext_lazy("18 ans sont atteints"),
    "under_18": gettext_lazy("18 ans ne sont pas atteints"),
    "nationality": gettext_lazy("la nationalité dispense de document"),
    "document": gettext_lazy("un document de la liste est valable"),
    "aps_with_work": gettext_lazy("une autorisation provisoire qui permet de travailler est valable"),
    "aps_without_work": gettext_lazy("l'autorisation provisoire ne permet pas de travailler"),
    "receipt_not_listed": gettext_lazy("seul un récépissé qui n'est pas de renouvellement est valable"),
    "no_document": gettext_lazy("aucun document n'est valable ce jour-là"),
    "none": gettext_lazy("aucune prestation exclue"),
    "receives": gettext_lazy("une prestation exclue est perçue"),
    "could_claim": gettext_lazy("une prestation exclue pourrait être demandée"),
}
HEALTH_IS_TYPED = gettext_lazy(
    "Aucun calcul ne dit les droits à la santé : cette ligne montre ce que vous avez écrit. À vérifier avec la caisse."
)
LEGEND = gettext_lazy("Hachuré : jours non couverts. Clair : renouvellement supposé.")
DECIDES_NOTHING = gettext_lazy(
    "Ceci est une simulation : elle ne décide rien. Les dates et les montants écrits dans un arrêté l'emportent."
)


def _why(what: str) -> SafeString:
    """The name of folded reasons, which says what they explain to those who hear the page."""
    return format_html('{}<span class="vh"> {}</span>', _("Pourquoi ?"), what)


class Fact(NamedTuple):
    """A sentence with its rules. ``tone``: info, warning."""

    text: str
    rules: list[Rule]
    tone: str = "info"

    @property
    def why(self) -> SafeString:
        return _why(self.text)


class Head(NamedTuple):
    label: str
    number: bool = False


class Cells(NamedTuple):
    """A line of a table: its cells as text, and its rules. ``gap``: days that nothing covers."""

    cells: tuple[str, ...]
    rules: list[Rule]
    gap: bool = False

    @property
    def why(self) -> SafeString:
        return _why(self.cells[0])


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    heads: Sequence[Head]
    lines: Sequence[Cells]
    total: Cells | None = None
    facts: Sequence[Fact] = field(default=())

    @property
    def rows(self) -> list[tuple[Cells, list[tuple[Head, str]]]]:
        """Each line with its cells under their heads."""
        return [(line, list(zip(self.heads, line.cells, strict=True))) for line in self.lines]

    @property
    def total_row(self) -> list[tuple[Head, str]]:
        return list(zip(self.heads, self.total.cells, strict=True)) if self.total else []


class Shown(NamedTuple):
    sentence: str
    facts: list[Fact]
    alerts: list[Fact]
    clock: timeline.Clock | None
    tables: list[Table]
    rules: list[Rule]


def to_confirm() -> dict[str, str]:
    """What each reading of the law leaves open, for the form and the paper."""
    return {
        "cap_mode": _(
            "Le nombre est écrit (R. 121-12-10) ; la façon de compter est à confirmer par un juriste (DUR-4)."
        ),
        "month_rule": _("Aucun texte ne dit quels mois sont payés : à confirmer avec la MSA (MON-1)."),
        "change_effective": _("Convention : la MSA confirme le mois à partir duquel l'enfant compte (AFIS-5)."),
        "total_cap": _("Lecture d'un rapport du Sénat de 2025, sans texte : à confirmer par un juriste (CAP-1)."),
        "holidays": _("Le délai est repoussé par les jours fériés du tribunal : à confirmer avec son greffe (APP-1)."),
    }


def explain(*ids: str, on: date | None = None, **inputs: Any) -> list[Rule]:
    """The rules of a figure with the values of this case; ``on``: the day whose values of the law were used."""
    return why(*ids, on=on, inputs=inputs)


def long(time: Duration) -> str:
    return wording.duration(time.months, time.days)


def span(start: date, end: date) -> str:
    return _("du %(start)s au %(end)s") % {"start": html.day(start), "end": html.day(end)}


def month_name(month: Month) -> str:
    return html.month_name(month.first)


def days_of(count: int) -> str:
    return ngettext("%(count)d jour", "%(count)d jours", count) % {"count": count}
