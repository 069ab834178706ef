"""After a refusal or a withdrawal: its notification, the appeals of the association, their answers."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.ui.errors import at_field

from .. import due
from ..models import Accreditation, AccreditationAppeal
from ..states import AppealKind, AppealOutcome
from .rows import locked, trace, write


@transaction.atomic
def notify_accreditation_decision(actor: Actor, row: Accreditation, *, notified_on: date) -> Accreditation:
    """The association received the order on this day: the delay to challenge it runs (APP-1)."""
    row = locked(actor, row, "notify_accreditation_decision")
    if row.notified_on is not None:
        raise Refused(_("Cette décision est déjà notifiée."))
    signed = row.withdrawn_on or row.refused_on
    if not (signed and signed <= notified_on <= clock.today()):
        raise at_field("notified_on", _("La notification se situe entre la signature et aujourd'hui."))
    write(row, notified_on=notified_on)
    trace(actor, "notify_accreditation_decision", row)
    due.replan(actor, row)
    due.tell(actor, row, "notified", "MGR")
    return row


@transaction.atomic
def file_accreditation_appeal(actor: Actor, row: Accreditation, *, kind: str, filed_on: date) -> AccreditationAppeal:
    """The association challenged the order on this day: it, or the secretariat that receives it, records it (APP-2)."""
    row = locked(actor, row, "file_accreditation_appeal")
    if row.notified_on is None:
        raise Refused(_("La décision n'est pas encore notifiée : le délai de recours ne court pas."))
    if kind not in AppealKind.values:
        raise at_field("kind", _("Choisissez une réponse de la liste."))
    if not row.notified_on <= filed_on <= clock.today():
        raise at_field("filed_on", _("Le recours se situe entre la notification et aujourd'hui."))
    made = AccreditationAppeal.objects.create(accreditation=row, kind=kind, filed_on=filed_on)
    trace(actor, "file_accreditation_appeal", row)
    due.replan(actor, row)
    due.tell(actor, row, f"appeal.{made.pk}", "MGR", "SEC")
    return made


@transaction.atomic
def answer_accreditation_appeal(
    actor: Actor, row: Accreditation, *, appeal: str, outcome: str, answered_on: date
) -> AccreditationAppeal:
    """The answer reached the association on this day; an express rejection opens a new delay (APP-3)."""
    row = locked(actor, row, "answer_accreditation_appeal")
    waiting = {one.pk: one for one in row.appeals.filter(answered_on=None)}
    if not waiting:
        raise Refused(_("Aucun recours n'attend de réponse."))
    found = waiting.get(appeal)
    if found is None:
        raise at_field("appeal", _("Ce recours a déjà reçu une réponse."))
    if outcome not in AppealOutcome.values:
        raise at_field("outcome", _("Choisissez une réponse de la liste."))
    if not found.filed_on <= answered_on <= clock.today():
        raise at_field("answered_on", _("La réponse se situe entre le recours et aujourd'hui."))
    found.outcome, found.answered_on = outcome, answered_on
    found.save(update_fields=["outcome", "answered_on"])
    trace(actor, "answer_accreditation_appeal", row)
    due.replan(actor, row)
    due.tell(actor, row, f"answer.{found.pk}", "MGR")
    return found
