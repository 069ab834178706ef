"""The coded grounds of a refusal, dated. They tell her why in simple words and are counted; the written reasons decide.

A refusal bears one at least: no text asks for it, but without it her page of simple words could not say why, and the
grounds that no text supports would not be counted whole. « Another ground » is always there: nothing is blocked.

No official list was found: this one follows the grounds that published reports and court cases name. A ground that
changes is closed on a day and another line opens; a line is never edited, for past years are counted by it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from .states import DecisionKind

REFUSALS = (DecisionKind.REFUSE, DecisionKind.REFUSE_RENEWAL)
ENTRY, RENEWAL = (DecisionKind.REFUSE,), (DecisionKind.REFUSE_RENEWAL,)
FIRST = date(2016, 10, 31)
ASKED = _("Cochez au moins un motif, « Autre motif » s'il le faut : il est dit à la personne dans sa langue.")


class Ground(NamedTuple):
    """One line. ``plain``: simple words, as it may be told to her. Days are inclusive; ``valid_to`` None: in force."""

    code: str
    kinds: tuple[DecisionKind, ...]
    label: Any
    plain: Any
    valid_from: date = FIRST
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


GROUNDS = (
    Ground(
        "R01",
        ENTRY,
        _("La situation ne relève pas de l'article L. 121-9 du CASF"),
        _("L'administration pense que cette loi ne concerne pas votre situation."),
    ),
    Ground(
        "R02",
        ENTRY,
        _("Le projet d'insertion n'est pas établi"),
        _("Votre projet n'est pas encore assez précis."),
    ),
    Ground(
        "R03",
        REFUSALS,
        _("Les engagements ou la volonté d'insertion ne sont pas établis"),
        _("L'administration ne voit pas assez ce que vous voulez faire pour votre projet."),
    ),
    Ground(
        "R04",
        REFUSALS,
        _("La prostitution n'a pas cessé"),
        _("L'administration pense que vous n'avez pas arrêté."),
    ),
    Ground(
        "R05",
        REFUSALS,
        _("Aucune plainte n'a été déposée"),
        _("Vous n'avez pas porté plainte."),
    ),
    Ground(
        "R06",
        REFUSALS,
        _("Le niveau de français"),
        _("Selon l'administration, vous ne parlez pas encore assez bien français."),
    ),
    Ground(
        "R07",
        REFUSALS,
        _("La présence en France est une menace pour l'ordre public"),
        _("L'administration pense que votre présence pose un problème de sécurité."),
    ),
    Ground(
        "R08",
        REFUSALS,
        _("La situation au regard du séjour"),
        _("L'administration refuse à cause de votre situation de séjour."),
    ),
    Ground(
        "R09",
        REFUSALS,
        _("Le dossier ne permet pas de se prononcer"),
        _("Il manque des informations dans votre dossier."),
    ),
    Ground(
        "R10",
        RENEWAL,
        _("Les engagements du parcours n'ont pas été tenus"),
        _("L'administration pense que vous n'avez pas fait ce qui était prévu."),
    ),
    Ground(
        "R11",
        RENEWAL,
        _("Les objectifs du parcours sont atteints"),
        _("L'administration pense que vous n'avez plus besoin du parcours."),
    ),
    Ground(
        "R99",
        REFUSALS,
        _("Autre motif"),
        _("Un autre motif : il est écrit dans la décision."),
    ),
)
BY_CODE = {one.code: one for one in GROUNDS}
OTHER = "R99"


def choices(kinds: Iterable[str], on: date) -> list[tuple[str, Any]]:
    """What may be ticked for decisions of these kinds on a day."""
    wanted = set(kinds)
    return [(one.code, one.label) for one in GROUNDS if one.in_force(on) and wanted & set(one.kinds)]


def chosen(codes: str) -> list[Ground]:
    """The grounds of a decision: its codes are kept with a space between them."""
    return [BY_CODE[code] for code in codes.split()]
