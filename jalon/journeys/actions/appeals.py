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
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .common import state_key, with_facts

MAY_RECORD = (Role.REF, Role.MGR, Role.SEC)


@transaction.atomic
def file_appeal(actor: Actor, decision: Decision, *, kind: str, filed_on: date) -> Appeal:
    """An appeal was made on this day: the referent or the secretariat records it (APP-2).

    The same appeal recorded again, by the same form sent twice or by the other side, is the same appeal.
    """
    rows = Decision.objects.select_for_update(of=("self",)).select_related("dossier", "application")
    row = rows.get(pk=decision.pk)
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
    known = row.appeals.filter(kind=kind, filed_on=filed_on).first()
    if known is not None:
        return known
    appeal = Appeal(dossier=row.dossier, decision=row, kind=kind, filed_on=filed_on)
    appeal.seal({}, state_key(row.dossier_id))
    appeal.save(force_insert=True)
    _plan(actor, row)
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
    """The answers that are due (APP-3), and the end of the delay to go to court, moved by the appeals (APP-2).

    Once the court is seized, or the administration has granted the appeal, no delay runs any more.
    """
    dossier, rows = decision.dossier, list(decision.appeals.order_by("filed_on", "pk"))
    for row, effect in lawful.effects(decision, rows, _routes(decision)):
        on = effect.implicit_rejection_on
        if row.answered_on is None and on:
            place = {"key": row.id, "department": decision.department}
            notices.plan(dossier, "appeal_answer", on, rule="APP-3", actor=actor, **place)
    limits = lawful.limits(decision, rows, _routes(decision))
    on = limits and (limits.court_limit or limits.outer_limit)
    if any(row.kind == AppealKind.COURT or row.outcome == AppealOutcome.GRANTED for row in rows):
        notices.complete(dossier, "appeal", key=decision.id, actor=actor)
    elif on:
        rule = "APP-2" if rows else "APP-1"
        notices.plan(dossier, "appeal", on, rule=rule, key=decision.id, actor=actor)
    people.refresh_next_due(dossier)


def _routes(decision: Decision) -> bool:
    return bool(decision.unseal().get("appeal_routes"))


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
