"""The préfet's side: the drafted decision, granted, refused; the withdrawal, after the association was heard."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Required, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.ui.errors import at_field

from .. import access, due, lawful
from ..models import Accreditation
from ..states import VERDICTS, AccreditationState, Verdict
from .rows import locked, trace, write

REASONS = ("reasons_of_law", "reasons_of_fact", "appeal_routes")


class Order(TypedDict, total=False):
    """What an order says: who signs it, its number, its reasons, its routes."""

    capacity: Required[str]
    service: Required[str]
    order_number: str
    reasons_of_law: str
    reasons_of_fact: str
    appeal_routes: str


def _reasoned(given: Mapping[str, Any]) -> None:
    """A refusal, a withdrawal: reasons of law and of fact, routes and delays (CRPA L.211-2, L.211-5; CJA R.421-5)."""
    sentences = {
        "reasons_of_law": _("Écrivez les motifs de droit : sans eux, la décision ne peut pas être enregistrée."),
        "reasons_of_fact": _("Écrivez les motifs de fait : sans eux, la décision ne peut pas être enregistrée."),
        "appeal_routes": _("Écrivez les voies et délais de recours : sans eux, le délai ne court pas."),
    }
    for name, sentence in sentences.items():
        if not given.get(name, "").strip():
            raise at_field(name, sentence)


@transaction.atomic
def draft_accreditation_decision(
    actor: Actor,
    row: Accreditation,
    *,
    verdict: str,
    order_number: str = "",
    reasons_of_law: str = "",
    reasons_of_fact: str = "",
    appeal_routes: str = "",
) -> Accreditation:
    """Write the order to sign; the secretariat prepares it or the préfet does. It replaces the former draft."""
    row = locked(actor, row, "draft_accreditation_decision")
    offered = VERDICTS[row.state_on(clock.today())]
    if verdict not in offered:
        raise at_field("verdict", _("Choisissez une réponse de la liste."))
    draft = {
        "verdict": str(verdict),
        "order_number": order_number.strip(),
        "reasons_of_law": reasons_of_law.strip(),
        "reasons_of_fact": reasons_of_fact.strip(),
        "appeal_routes": appeal_routes.strip(),
    }
    if verdict != Verdict.GRANT:
        _reasoned(draft)
    write(row, {"draft": draft})
    trace(actor, "draft_accreditation_decision", row, purpose=str(verdict))
    due.tell(actor, row, "draft", "PRE")
    return row


def _signed(actor: Actor, verdict: Verdict, order: Order) -> dict[str, Any]:
    """The words of a signed order. Who signs: name, capacity, service (CRPA L.212-1)."""
    words = {name: str(order.get(name, "")).strip() for name in Order.__annotations__}
    if not words["capacity"]:
        raise at_field("capacity", _("Écrivez la qualité de la personne qui signe."))
    if not words["service"]:
        raise at_field("service", _("Écrivez le service de la personne qui signe."))
    return {"verdict": str(verdict), "on": clock.today().isoformat(), "signed_by": actor.user_id, **words}


@transaction.atomic
def grant_accreditation(actor: Actor, row: Accreditation, **order: Unpack[Order]) -> Accreditation:
    """Approve: three years from today (AGR-3)."""
    row = locked(actor, row, "grant_accreditation")
    access.require_step_up(actor)
    words = _signed(actor, Verdict.GRANT, order)
    write(row, {"decision": words, "draft": {}}, granted_on=clock.today(), order_number=words["order_number"])
    trace(actor, "grant_accreditation", row, conditions=["stepup"])
    due.follow(actor, row, due.RENEWAL, due.END)
    due.replan(actor, row)
    due.tell(actor, row, "granted", "MGR", "SEC")
    return row


@transaction.atomic
def refuse_accreditation(actor: Actor, row: Accreditation, **order: Unpack[Order]) -> Accreditation:
    """Refuse, with written reasons. A file that stayed incomplete is refused only once its day to answer has passed."""
    row = locked(actor, row, "refuse_accreditation")
    access.require_step_up(actor)
    today = clock.today()
    if row.state_on(today) == AccreditationState.INCOMPLETE:
        last = max(piece.due_on for piece in row.pieces.filter(received_on=None) if piece.due_on)
        if today <= last:
            raise Refused(
                _("L'association peut encore répondre jusqu'au %(day)s : le refus vient après.")
                % {"day": f"{last:%d/%m/%Y}"}
            )
    _reasoned(order)
    words = _signed(actor, Verdict.REFUSE, order)
    write(row, {"decision": words, "draft": {}}, refused_on=today, order_number=words["order_number"])
    trace(actor, "refuse_accreditation", row, conditions=["stepup"])
    due.replan(actor, row)
    due.tell(actor, row, "refused", "MGR", "SEC")
    return row


@transaction.atomic
def invite_observations(
    actor: Actor, row: Accreditation, *, reasons_of_law: str, reasons_of_fact: str, due_on: date
) -> Accreditation:
    """The letter before a withdrawal: what is reproached, and until when to answer (CRPA L.121-1, L.122-1)."""
    row = locked(actor, row, "invite_observations")
    for name, text in (("reasons_of_law", reasons_of_law), ("reasons_of_fact", reasons_of_fact)):
        if not text.strip():
            raise at_field(name, _("Écrivez le motif : l'association doit savoir à quoi elle répond."))
    today = clock.today()
    if due_on < today + timedelta(days=lawful.LEAST_DAYS):
        raise at_field("due_on", _("Laissez au moins %(n)d jours pour répondre.") % {"n": lawful.LEAST_DAYS})
    words = row.unseal()
    withdrawal = {
        "reasons_of_law": reasons_of_law.strip(),
        "reasons_of_fact": reasons_of_fact.strip(),
        "asked_on": today.isoformat(),
        "due_on": due_on.isoformat(),
        "asked_by": actor.user_id,
    }
    changed = {"withdrawal": withdrawal, "draft": {}, "past_withdrawals": words.get("past_withdrawals", [])}
    dates = {"observations_asked_on": today, "observations_due_on": due_on, "observations_given_on": None}
    write(row, changed, **dates)
    trace(actor, "invite_observations", row)
    due.replan(actor, row)
    due.tell(actor, row, "invited", "MGR")
    return row


@transaction.atomic
def keep_accreditation(actor: Actor, row: Accreditation) -> Accreditation:
    """After the observations the approval stays. What was written and answered is kept with it."""
    row = locked(actor, row, "keep_accreditation")
    words = row.unseal()
    ended = {**words.get("withdrawal", {}), "kept_on": clock.today().isoformat()}
    past = [*words.get("past_withdrawals", []), ended]
    dates = dict.fromkeys(("observations_asked_on", "observations_due_on", "observations_given_on"))
    write(row, {"withdrawal": {}, "past_withdrawals": past, "draft": {}}, **dates)
    trace(actor, "keep_accreditation", row)
    due.replan(actor, row)
    due.tell(actor, row, "kept", "MGR", "SEC")
    return row


@transaction.atomic
def withdraw_accreditation(actor: Actor, row: Accreditation, **order: Unpack[Order]) -> Accreditation:
    """Withdraw, with written reasons, once the association has answered or its day has passed."""
    row = locked(actor, row, "withdraw_accreditation")
    access.require_step_up(actor)
    today = clock.today()
    if row.observations_given_on is None and row.observations_due_on and today <= row.observations_due_on:
        raise Refused(
            _("L'association peut présenter ses observations jusqu'au %(day)s : le retrait vient après.")
            % {"day": f"{row.observations_due_on:%d/%m/%Y}"}
        )
    _reasoned(order)
    words = _signed(actor, Verdict.WITHDRAW, order)
    write(row, {"withdrawal_decision": words, "draft": {}}, withdrawn_on=today)
    trace(actor, "withdraw_accreditation", row, conditions=["stepup"])
    due.replan(actor, row)
    due.tell(actor, row, "withdrawn", "MGR", "SEC")
    return row
