"""Why a due date is what it is: the rule of each kind of deadline, and the reasons shown with a list of them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.law.landmarks import LANDMARKS
from jalon.ui import rules
from jalon.ui.html import Rule

from .kinds import KINDS, OF_ANSWER, RENEWAL, label
from .legal import LINES

# The rules that a kind may carry (``Deadline.rule``), beside those of the law's table (``legal.LINES``).
MORE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(RENEWAL, ("REN-1",)),
    "period_end": ("DUR-4", "DUR-6"),
    "complement": ("SIL-1",),
    "observations": ("G9",),
    "meeting": ("COM-1",),
    "notification": ("DEC-2",),
    "safe_contact_check": ("NNEDV-90",),
    "accreditation_piece": ("AGR-2",),
    "rights": ("DAT-3",),
    "retention": ("DAT-2", "DAT-3", "DAT-4"),
    **dict.fromkeys(LANDMARKS, ("SUIVI-24",)),
    "after_exit": ("SUIVI-APRES",),
}
# Chosen by a person or agreed between structures: nothing computes them.
CHOSEN = frozenset(
    {
        *OF_ANSWER,
        "plan_step",
        "appointment",
        "commitment",
        "convention_end",
        "hand_over",
        "share_end",
        "accreditation_observations",
        "orientation",
        "person_request",
        "missed_meeting",
        "application",
    }
)


def _rules_of() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {kind: list(rule_ids) for kind, rule_ids in MORE.items()}
    for line in LINES:
        for kind in line.kinds:
            found.setdefault(kind, []).append(line.rule)
    return {kind: tuple(dict.fromkeys(rule_ids)) for kind, rule_ids in found.items()}


RULES_OF = _rules_of()
# Rules of good practice, outside the law: what they say and where it comes from.
PRACTICES = {
    "NNEDV-90": (
        gettext_lazy("Un moyen de la joindre qui n'a pas été revu avec elle depuis 90 jours n'est plus considéré sûr."),
        "NNEDV, Safety Net",
    ),
    "SUIVI-24": (
        gettext_lazy("Sept points de repère jalonnent les 24 mois ; leurs dates partent de l'entrée et du plafond."),
        gettext_lazy("usage du suivi, à régler entre les deux structures"),
    ),
    "SUIVI-APRES": (
        gettext_lazy("Trois, six et douze mois après la sortie, et seulement si elle l'a accepté."),
        gettext_lazy("usage du suivi, à régler entre les deux structures"),
    ),
}


def reasons(dues: Iterable[tuple[Any, str]]) -> list[Rule]:
    """For ``{% explain %}`` below a list: pairs (what falls due, its rule), gathered by rule in their order.

    What falls due is a kind of deadline or words. Without a rule, or with one that is not known, nothing is said.
    """
    found: dict[str, dict[str, None]] = {}
    for what, rule_id in dues:
        if rules.known(rule_id) or rule_id in PRACTICES:
            found.setdefault(rule_id, {})[label(what) if what in KINDS else str(what)] = None
    return [reason(rule_id, {_("Échéances"): ", ".join(words)}) for rule_id, words in found.items()]


def reason(rule_id: str, inputs: dict[str, Any] | None = None) -> Rule:
    """One rule, of the law or of good practice, without its dated values."""
    if rule_id in PRACTICES:
        said, source = PRACTICES[rule_id]
        return Rule(rule_id, str(said), str(source), tuple((inputs or {}).items()))
    return rules.brief(rule_id, inputs)


class Line(NamedTuple):
    """A kind of deadline on the page of reasons."""

    kind: str
    label: str
    rules: list[Rule]


def lines() -> list[Line]:
    """Every kind of deadline with its rules; those that a person chooses come last."""
    kinds = sorted(KINDS, key=lambda kind: kind in CHOSEN)
    return [Line(kind, label(kind), [reason(rule_id) for rule_id in RULES_OF.get(kind, ())]) for kind in kinds]
