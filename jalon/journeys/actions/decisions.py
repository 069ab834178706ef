"""Decisions of the préfet: drafted, signed, notified, explained; early end."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.commissions import access as commissions
from jalon.commissions.models import Opinion
from jalon.commissions.states import Outcome
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers import reads as dossier_reads
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.dossiers.states import Kind as ApplicationKind
from jalon.journeys import access, grounds, lawful
from jalon.journeys.models import Decision
from jalon.journeys.states import ADVERSE, DECISION, OPENING, DecisionKind
from jalon.law import decision as law
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.ui.errors import Conflict, at_field
from jalon.ui.rules import sentence
from jalon.vault.errors import KeyMissing

from .afis import close_silence, follow_periods, running_grant
from .common import lawful_journey, materialise, plan_notification, signed_decisions, state_key, with_facts

KINDS_FOR = {
    ApplicationKind.ENGAGEMENT: (DecisionKind.AUTHORISE, DecisionKind.REFUSE),
    ApplicationKind.RENEWAL: (DecisionKind.RENEW, DecisionKind.REFUSE_RENEWAL),
}


def _missing_sentences() -> dict[str, str]:
    return {
        "reasons_of_law": _("Écrivez les motifs de droit : un refus sans motif ne peut pas être enregistré."),
        "reasons_of_fact": _("Écrivez les motifs de fait : un refus sans motif ne peut pas être enregistré."),
        "appeal_routes": _("Écrivez les voies et délais de recours : sans eux, le délai ne court pas."),
        "coded": str(grounds.ASKED),
        "observations_invited": _("Invitez d'abord la personne à présenter ses observations."),
    }


# The words of the law room for what is missing, by field of the forms.
FIELD_OF = {"observations_invited": "requested_by_person"}


@transaction.atomic
def draft_decision(
    actor: Actor,
    application: Application,
    *,
    kind: str,
    reasons_of_law: str = "",
    reasons_of_fact: str = "",
    appeal_routes: str = "",
    coded: Sequence[str] = (),
    effective_on: date | None = None,
    ends_on: date | None = None,
    revision: int | None = None,
) -> Decision:
    """Write, or write again, the decision on a request whose opinion was given (G5). Nothing is decided yet.

    ``coded`` are the grounds of a refusal, told to her in simple words and counted: one at least. A stale ``revision``
    raises Conflict; 0 is that of a draft which did not exist yet.
    """
    row = Application.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=application.pk)
    access.require_draft(actor, row)
    decision = Decision.objects.select_for_update().filter(application=row).first()
    if decision is not None:
        DECISION.target(decision.state, "draft")
    current = decision.revision if decision is not None else 0
    if revision is not None and revision != current:
        raise Conflict(_("Ce projet de décision a été modifié entre-temps."), revision=current)
    if row.state != ApplicationState.OPINED:
        raise Refused(_("La commission n'a pas encore rendu d'avis sur cette demande."))
    if kind not in KINDS_FOR[ApplicationKind(row.kind)]:
        raise at_field("kind", _("Choisissez une décision qui répond à cette demande."))
    written = {"reasons_of_law": reasons_of_law, "reasons_of_fact": reasons_of_fact, "appeal_routes": appeal_routes}
    _require_reasons(kind, opinion_on(row), written, coded)
    decision = decision or Decision(application=row, dossier=row.dossier, department=row.department)
    decision.kind = kind
    decision.drafted_on = decision.drafted_on or clock.today()
    decision.effective_on = effective_on if kind in OPENING else None
    decision.ends_on = ends_on if kind in OPENING else None
    decision.grounds = _grounds(kind, coded)
    words = {name: text.strip() for name, text in written.items()}
    hers = {"hers": language} if (language := _her_language(actor, row)) else {}
    decision.seal({**decision.unseal(), **hers, **words}, state_key(row.dossier_id))
    decision.save()
    trace(actor, "draft_decision", decision)
    return decision


def _grounds(kind: str, coded: Sequence[str]) -> str:
    """Codes of the list in force, in its order; an authorisation has none."""
    if kind not in grounds.REFUSALS:
        return ""
    listed = [code for code, _label in grounds.choices([kind], clock.today())]
    if not set(coded) <= set(listed):
        raise at_field("coded", _("Choisissez une réponse de la liste."))
    return " ".join(code for code in listed if code in coded)


def _her_language(actor: Actor, application: Application) -> str:
    """In which language she heard her request read (C12), while the State's side may read it: that of the letter's
    page of simple words."""
    if not commissions.application_verdict(actor, application, "C12", "read").allowed:
        return ""
    try:
        copy = dossier_reads.session_copy_for(application)
    except KeyMissing:  # the window closed
        return ""
    return str((copy.get("read_back") or {}).get("language", ""))


def against(kind: str, outcome: str) -> bool:
    """Does a decision of this kind depart from this opinion? Possible, shown, and reasoned (DEC-1)."""
    return outcome in (Outcome.FAVOURABLE, Outcome.UNFAVOURABLE) and (kind in ADVERSE) == (
        outcome == Outcome.FAVOURABLE
    )


def _require_reasons(kind: str, opinion: Opinion | None, written: dict[str, str], coded: Sequence[str]) -> None:
    """A refusal without reasons and routes is not even kept as a draft (DEC-2); nor a departure without its reasons.

    Nor a refusal without a ground of the list: by it her page of simple words says why, in her language.
    """
    missing = {name for name, text in written.items() if not text.strip()}
    if kind not in ADVERSE:
        missing &= {"reasons_of_fact"} if opinion and against(kind, opinion.outcome) else set()
    if kind in grounds.REFUSALS and not coded:
        missing.add("coded")
    sentences = _missing_sentences()
    if kind in OPENING and missing:
        sentences["reasons_of_fact"] = _("Cette décision s'écarte de l'avis : écrivez pourquoi.")
    if missing:
        raise ValidationError({name: sentences[name] for name in sorted(missing)})


@transaction.atomic
def sign_decision(
    actor: Actor,
    decision: Decision,
    *,
    capacity: str,
    service: str,
    effective_on: date | None = None,
    ends_on: date | None = None,
    revision: int | None = None,
) -> Decision:
    """The préfet signs, in her capacity and for her service (CRPA L.212-1, L.212-2).

    What is signed is what she read: another ``revision`` than that of the draft raises Conflict, which does not offer
    to sign all the same. None when the same act writes and signs.

    A refusal or an early end without reasons of law, of fact and appeal routes is impossible (DEC-2). An authorisation
    or a renewal makes the periods that the law computes from all the orders; beyond 24 months it is blocked (DUR-4).
    """
    row = _locked(actor, decision, "sign")
    today = clock.today()
    row.state = DECISION.target(row.state, "sign")
    if revision is not None and revision != row.revision:
        typed = {"capacity": _("Qualité"), "service": _("Service")}
        raise Conflict(_("Ce projet a changé depuis que vous l'avez lu : relisez-le avant de signer."), labels=typed)
    if not capacity.strip():
        raise at_field("capacity", _("Écrivez la qualité de la personne qui signe."))
    if not service.strip():
        raise at_field("service", _("Écrivez le service."))
    data = row.unseal()
    _check_reasons(row, data, today)
    row.signed_on, row.signed_by_id = today, actor.user_id
    if row.kind in OPENING:
        row.effective_on = effective_on or row.effective_on
        row.ends_on = ends_on or row.ends_on
    if row.kind in OPENING or row.kind == DecisionKind.CORRECT:
        _check_cap(row)
    row.seal({**data, "capacity": capacity.strip(), "service": service.strip()}, state_key(row.dossier_id))
    row.save()
    if row.application is not None:
        dossiers.advance(row.application, "decide")
        notices.complete(row.dossier, "renewal_decision", "silence_2m", actor=actor)
        if row.kind not in OPENING or running_grant(row.dossier):
            close_silence(actor, row.dossier)
    if row.kind == DecisionKind.AUTHORISE:
        people.move_stage(row.dossier, "open_journey")
    _take_effect(actor, row)
    plan_notification(actor, row)
    trace(actor, "sign_decision", row, conditions=["stepup", "window"])
    return row


def _locked(actor: Actor, decision: Decision, action: str) -> Decision:
    """The decision as it is now, held until the end of the act, which this actor may do."""
    rows = Decision.objects.select_for_update(of=("self",)).select_related("dossier", "application")
    row = rows.get(pk=decision.pk)
    access.require(actor, row, action)
    return row


def opinion_on(application: Application | None) -> Opinion | None:
    """The last opinion given on a request."""
    if application is None:
        return None
    return Opinion.objects.filter(item__application=application).order_by("-given_on", "-id").first()


def _check_reasons(row: Decision, data: dict[str, str], today: date) -> None:
    if row.kind == DecisionKind.CORRECT:  # its own verb has asked for the error, the correction and the routes
        return
    opinion = opinion_on(row.application)
    given = opinion.outcome if opinion and opinion.outcome != Outcome.NONE else None
    invited = data.get("observations_invited_on")
    found = law.decision(
        kind=row.kind,
        signed_on=today,
        opinion=given,
        opinion_on=opinion.given_on if opinion and given else None,
        reasons_of_law=bool(data.get("reasons_of_law")),
        reasons_of_fact=bool(data.get("reasons_of_fact")),
        appeal_routes=bool(data.get("appeal_routes")),
        requested_by_person=bool(data.get("requested_by_person")),
        observations_invited_on=date.fromisoformat(invited) if invited else None,
    )
    row.follows_opinion = found.follows_opinion
    if found.missing:
        sentences = _missing_sentences()
        raise ValidationError({FIELD_OF.get(name, name): sentences[name] for name in found.missing})


def _check_cap(row: Decision) -> None:
    """A renewal beyond the 24 months is blocked, and says why (DUR-4)."""
    others = [one for one in signed_decisions(row.dossier) if one.pk != row.pk]
    computed = lawful_journey([*others, row])
    if "renewal_blocked_by_cap" in computed.alerts:
        raise Refused(_("Les 24 mois sont atteints.") + " " + sentence("DUR-4"))
    if "cap_exceeded" in computed.alerts:
        raise at_field("ends_on", _("Cette fin dépasse les 24 mois.") + " " + sentence("DUR-4"))


def _take_effect(actor: Actor, row: Decision) -> None:
    """The periods, and the aid that follows them (AFIS-3)."""
    materialise(row.dossier, actor=actor)
    follow_periods(actor, row.dossier)


@transaction.atomic
def notify_decision(actor: Actor, decision: Decision, *, language: str = "fr", method: str = "") -> Decision:
    """The secretariat hands the decision over: the day opens the appeal delay (APP-1)."""
    row = _locked(actor, decision, "transmit")
    row.state = DECISION.target(row.state, "notify")
    if not language.strip():
        raise at_field("language", _("Choisissez la langue."))
    row.notified_on = clock.today()
    data = row.unseal()
    row.seal({**data, "language": language.strip(), "method": method.strip()}, state_key(row.dossier_id))
    row.save()
    if row.kind == DecisionKind.END_EARLY and row.ends_on is None:
        _take_effect(actor, row)
    notices.complete(row.dossier, "notification", key=row.id, actor=actor)
    limits = lawful.limits(row, (), bool(data.get("appeal_routes")))
    on = limits and (limits.court_limit or limits.outer_limit)
    if on and (row.kind in ADVERSE or data.get("takes_away")):
        notices.plan(row.dossier, "appeal", on, rule="APP-1", key=row.id, actor=actor)
    people.refresh_next_due(row.dossier)
    trace(actor, "notify_decision", row, conditions=["stepup"])
    return row


@transaction.atomic
def explain_decision(actor: Actor, decision: Decision, *, language: str, interpreter: str = "") -> Decision:
    """The referent has explained the decision to the person, in a language that she understands."""
    row = Decision.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=decision.pk)
    if actor.role != Role.REF:
        raise Refused(_("Seule la personne référente explique la décision."))
    row.dossier = with_facts(actor, row.dossier)
    access.require(actor, row, "read")
    people_access.require_lead(actor, row.dossier)
    DECISION.target(row.state, "explain_decision")
    if not language.strip():
        raise at_field("language", _("Choisissez la langue."))
    row.explained_on = clock.today()
    explained = {"language": language.strip(), "interpreter": interpreter.strip(), "on": row.explained_on.isoformat()}
    row.seal({**row.unseal(), "explained": explained}, state_key(row.dossier_id))
    row.save()
    people.contacted(row.dossier, row.explained_on, actor=actor)
    trace(actor, "explain_decision", row)
    return row


def trace(actor: Actor, verb: str, row: Decision, conditions: list[str] | tuple[str, ...] = ()) -> None:
    relation = "same_dept" if actor.role in access.STATE_SIDE else people_access.facts(actor, row.dossier).relation
    journal.record(
        actor,
        verb,
        row.dossier,
        compartment="C14",
        relation=relation,
        conditions=conditions,
        objects=[row.id],
        sealed=[row],
    )
