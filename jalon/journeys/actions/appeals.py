"""Appeals against a decision: recorded with their dates, answered."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.config import clock
from jalon.journeys import access, lawful
from jalon.journeys.models import Appeal, Decision
from jalon.journeys.states import AppealKind, AppealOutcome, DecisionState
from jalon.law.dates import add_months
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier

from .common import at_field, state_key, with_facts

MAY_RECORD = (Role.REF, Role.MGR, Role.SEC)


@transaction.atomic
def file_appeal(actor: Actor, decision: Decision, *, kind: str, filed_on: date, arguments: str = "") -> Appeal:
    """An appeal was made on this day: the referent or the secretariat records it (APP-2)."""
    row = Decision.objects.select_related("dossier", "application").get(pk=decision.pk)
    if actor.role not in MAY_RECORD:
        raise Refused(_("Votre rôle ne permet pas cette action à cette étape."))
    if actor.role not in access.STATE_SIDE:
        row.dossier = with_facts(actor, row.dossier)
    access.require(actor, row, "read")
    if actor.role not in access.STATE_SIDE:
        people_access.require_lead(actor, row.dossier)
    if row.state != DecisionState.NOTIFIED or row.notified_on is None:
        raise Refused(_("La décision n'est pas encore notifiée : le délai de recours ne court pas."))
    if kind not in AppealKind.values:
        raise at_field("kind", _("Choisissez une réponse de la liste."))
    if not row.notified_on <= filed_on <= clock.today():
        raise at_field("filed_on", _("Le recours se situe entre la notification et aujourd'hui."))
    appeal = Appeal(dossier=row.dossier, decision=row, kind=kind, filed_on=filed_on)
    appeal.seal({"arguments": arguments.strip()}, state_key(row.dossier_id))
    appeal.save(force_insert=True)
    _plan(actor, row)
    if kind != AppealKind.COURT:
        answer_by = add_months(filed_on, 2)
        notices.plan(row.dossier, "appeal_answer", answer_by, role="SEC", rule="APP-3", key=appeal.id, actor=actor)
    _trace(actor, "file_appeal", appeal, row.dossier)
    return appeal


@transaction.atomic
def answer_appeal(
    actor: Actor, appeal: Appeal, *, outcome: str, answered_on: date | None = None, text: str = ""
) -> Appeal:
    """The State answered, and told her on this day; an express rejection opens a new delay (APP-3)."""
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("dossier", "decision__dossier")
    row = rows.select_related("decision__application").get(pk=appeal.pk)
    access.require_answer(actor, row.decision)
    if row.answered_on is not None:
        raise Refused(_("Ce recours a déjà reçu une réponse."))
    if outcome not in AppealOutcome.values:
        raise at_field("outcome", _("Choisissez une réponse de la liste."))
    day = answered_on or clock.today()
    if not row.filed_on <= day <= clock.today():
        raise at_field("answered_on", _("La réponse se situe entre le recours et aujourd'hui."))
    row.answered_on, row.outcome = day, outcome
    row.seal({**row.unseal(), "answer": text.strip()}, state_key(row.dossier_id))
    row.save()
    notices.complete(row.dossier, "appeal_answer", key=row.id, actor=actor)
    _plan(actor, row.decision)
    _trace(actor, "answer_appeal", row, row.decision.dossier)
    return row


def _plan(actor: Actor, decision: Decision) -> None:
    """The end of the delay to go to court, moved by the appeals."""
    data = decision.unseal()
    limits = lawful.limits(decision, decision.appeals.all(), bool(data.get("appeal_routes")))
    on = limits and (limits.court_limit or limits.outer_limit)
    if on:
        notices.plan(decision.dossier, "appeal", on, role="REF", rule="APP-2", key=decision.id, actor=actor)
    people.refresh_next_due(decision.dossier)


def _trace(actor: Actor, verb: str, appeal: Any, dossier: Dossier) -> None:
    relation = "same_dept" if actor.role in access.STATE_SIDE else people_access.facts(actor, dossier).relation
    journal.record(
        actor,
        verb,
        dossier,
        compartment="C14",
        relation=relation,
        objects=[appeal.decision_id, appeal.id],
        sealed=[appeal],
    )
