"""A material error of an order, corrected by another order: the first stays as it was signed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.journeys import access, lawful
from jalon.journeys.models import Decision
from jalon.journeys.states import DECISION, OPENING, DecisionKind, Misprint
from jalon.law.decision import withdrawable_until
from jalon.ui import html
from jalon.ui.errors import at_field

from .common import lawful_journey, signed_decisions, state_key
from .decisions import sign_decision

# What each error may be corrected in.
CORRECTS = {
    Misprint.EFFECTIVE_ON: OPENING,
    Misprint.ENDS_ON: (*OPENING, DecisionKind.END_EARLY),
    Misprint.WORDS: tuple(kind for kind in DecisionKind if kind != DecisionKind.CORRECT),
}


@transaction.atomic
def correct_decision(
    actor: Actor,
    decision: Decision,
    *,
    misprint: str,
    appeal_routes: str,
    capacity: str,
    service: str,
    right_on: date | None = None,
    wrong: str = "",
    right: str = "",
    reason: str = "",
) -> Decision:
    """Sign an order that corrects a material error of a signed one, and recompute the pathway from it.

    ``right_on``: the day as it should have been printed, for an error of date; ``wrong`` and ``right``: the words, for
    another one. A correction that takes days away takes a right back: only within four months of the signature
    (CRPA, art. L. 242-1, to be confirmed). It has its own appeal routes.
    """
    row = Decision.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=decision.pk)
    access.require_correction(actor, row)
    DECISION.target(row.state, "correct")
    if row.corrections.filter(signed_on=clock.today()).exists():
        raise Refused(_("Cet arrêté a déjà été rectifié aujourd'hui."))
    if misprint not in Misprint.values or row.kind not in CORRECTS[Misprint(misprint)]:
        raise at_field("misprint", _("Cet arrêté ne contient pas cette mention."))
    signed = signed_decisions(row.dossier)
    read = next(one for one in lawful.in_force(signed) if one.pk == row.pk)
    dates = {"effective_on": read.effective_on, "ends_on": read.ends_on}
    if misprint == Misprint.WORDS:
        wrong, right = _words(wrong, right)
    else:
        wrong, right = _days(dates[misprint], right_on)
        dates[misprint] = right_on
    if not reason.strip():
        raise at_field("reason", _("Écrivez en quoi c'est une erreur matérielle."))
    if not appeal_routes.strip():
        raise at_field("appeal_routes", _("Écrivez les voies et délais de recours : sans eux, le délai ne court pas."))
    correction = Decision(
        dossier=row.dossier,
        corrects=row,
        department=row.dossier.department,
        kind=DecisionKind.CORRECT,
        drafted_on=clock.today(),
        **dates,
    )
    words = {"misprint": misprint, "wrong": wrong, "right": right, "reasons_of_fact": reason.strip()}
    words |= {"appeal_routes": appeal_routes.strip(), "takes_away": _takes_away(row, correction, signed)}
    correction.seal(words, state_key(row.dossier_id))
    correction.save(force_insert=True)
    made = sign_decision(actor, correction, capacity=capacity, service=service)
    journal.record(
        actor,
        "correct_decision",
        row.dossier,
        compartment="C14",
        relation="same_dept",
        conditions=["stepup", "window"],
        objects=[row.pk, made.pk],
    )
    return made


def _words(wrong: str, right: str) -> tuple[str, str]:
    if not wrong.strip():
        raise at_field("wrong", _("Recopiez ce qui est écrit."))
    if not right.strip() or right.strip() == wrong.strip():
        raise at_field("right", _("Écrivez ce qu'il faut lire."))
    return wrong.strip(), right.strip()


def _days(before: date | None, after: date | None) -> tuple[str, str]:
    if after is None:
        raise at_field("right_on", _("Écrivez la date qu'il faut lire."))
    if after == before:
        raise at_field("right_on", _("C'est la date que l'arrêté porte déjà."))
    return html.day(before) or _("aucune date"), html.day(after)


def _takes_away(row: Decision, correction: Decision, signed: list[Decision]) -> bool:
    """Whether days are lost; refused once the right may not be taken back any more."""
    today = clock.today()
    correction.signed_on = today
    lost = lawful.takes_away(lawful_journey(signed), lawful_journey([*signed, correction]))
    correction.signed_on = None
    until = withdrawable_until(row.signed_on)  # type: ignore[arg-type]
    if lost and today > until:
        said = _("Cette rectification retire des jours accordés : elle n'était possible que jusqu'au %(day)s.")
        raise at_field("right_on", said % {"day": html.day(until)})
    return lost
