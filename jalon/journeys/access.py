"""Who may see and do what on a decision and what it opens. Everything asks ``access.decide``.

- The association reads through ``people.access`` (the dossier's own stage).
- The State's side (SEC, PRE) is judged at the stage of the request that the decision answers, or of the dossier once
  the pathway runs (each renewal runs S1 to S4 again beside S5). It sees the dossiers of its department, and the
  requests lodged there until they are notified: after a transfer the old department loses sight, the orders stay.
- The préfet's window for C14 is not the meeting's. For a decision on a request it runs from the opinion until the
  notification: the préfet may decide late, long after the meeting's papers were destroyed. For the acts that follow
  (AFIS, early end) it runs while a period of the pathway runs or is to come; for an appeal, until it is answered.
- Whoever may sign may draft: writing what one is about to sign is part of signing it.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jalon import access, journal
from jalon.access import Actor, Condition, Hidden, Refused, Relation, Role, Verdict
from jalon.commissions import access as commissions
from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.papers.rights import confirmed
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.people.states import Stage

from .models import Decision, Hearing, PayerLine, PayerSheet, Period
from .states import ADVERSE, OPENING, DecisionState, SheetState

STATE_SIDE = commissions.STATE_SIDE


# --- scopes -----------------------------------------------------------------------------------------------
def decisions_visible_to(actor: Actor) -> QuerySet[Decision]:
    """The decisions that exist for this actor. Drafts exist for the State's side only."""
    rows = Decision.objects.exclude(dossier__stage=Stage.PURGED)
    if actor.role in STATE_SIDE:
        waiting = Q(department=actor.department) & ~Q(state=DecisionState.NOTIFIED)
        here = Q(dossier__department=actor.department) & ~Q(state=DecisionState.DRAFT)
        return rows.filter(waiting | here)
    scope = people.dossiers_visible_to(actor).values("pk")
    return rows.exclude(state=DecisionState.DRAFT).filter(dossier__in=scope)


def dossiers_in_pathway(actor: Actor) -> QuerySet[Dossier]:
    """Dossiers of the actor's scope that have a pathway."""
    return people.dossiers_visible_to(actor).filter(journey__isnull=False)


# --- verdicts ---------------------------------------------------------------------------------------------
def state_verdict(
    actor: Actor, department: str, stages: Collection[str], action: str, *, window: bool, compartment: str = "C14"
) -> Verdict:
    """The most favourable of the stages at which the State's side may be judged."""
    held = {Condition.STEPUP} if actor.stepped_up else set()
    if window:
        held.add(Condition.WINDOW)
    relation = Relation.SAME_DEPT if department == actor.department else Relation.NONE
    answers = [access.decide(actor.role, relation, stage, compartment, action, held) for stage in stages]
    return next((answer for answer in answers if answer.allowed), None) or max(
        answers, key=lambda answer: bool(answer.missing), default=Verdict(False)
    )


def period_runs(dossier: Dossier) -> bool:
    """Does a period run, or is one decided and still to come? The préfet's window for the acts that follow."""
    return Period.objects.filter(
        journey__dossier=dossier, journey__exited_on__isnull=True, ends_on__gte=clock.today()
    ).exists()


def request_verdict(actor: Actor, application: Application, action: str) -> Verdict:
    """On the decision that a request waits for. The window is open from the opinion until the notification."""
    if actor.role not in STATE_SIDE:
        return people.verdict(actor, application.dossier, "C14", action)
    decision = getattr(application, "decision", None)
    notified = decision is not None and decision.state == DecisionState.NOTIFIED
    opined = application.state in (ApplicationState.OPINED, ApplicationState.DECIDED)
    return state_verdict(actor, application.department, [application.stage], action, window=opined and not notified)


def verdict(actor: Actor, decision: Decision, action: str) -> Verdict:
    """On a decision: read, sign, transmit."""
    if actor.role not in STATE_SIDE:
        return people.verdict(actor, decision.dossier, "C14", action)
    stages = [decision.application.stage if decision.application else str(Stage.DECIDED)]
    if decision.dossier.stage in (Stage.PATHWAY, Stage.CLOSED):
        stages.append(decision.dossier.stage)
    running = decision.state != DecisionState.NOTIFIED
    department = decision.department if running else decision.dossier.department
    answer = state_verdict(actor, department, stages, action, window=running)
    if action == "read" and not answer.allowed:
        # The secretariat writes and sends decisions at S4, where the matrix names no reading of its own.
        answer = state_verdict(actor, department, stages, "edit", window=running)
    return answer


def answer_verdict(actor: Actor, decision: Decision) -> Verdict:
    """The answer to an appeal: the préfet signs it, the secretariat sends it. Its window: until it is answered."""
    if actor.role not in STATE_SIDE:
        return Verdict(False)
    action = "sign" if actor.role == Role.PRE else "transmit"
    return state_verdict(actor, decision.dossier.department, [str(Stage.DECIDED)], action, window=True)


def act_verdict(actor: Actor, dossier: Dossier) -> Verdict:
    """The acts of the préfet that follow a decision (AFIS, early end): a signature at S4, while a period runs."""
    if actor.role != Role.PRE:
        return Verdict(False)
    return state_verdict(actor, dossier.department, [str(Stage.DECIDED)], "sign", window=period_runs(dossier))


def may_act(actor: Actor, dossier: Dossier) -> bool:
    """Does the page offer these acts? The step-up is asked when the act is done, not to see its button."""
    answer = act_verdict(actor, dossier)
    return answer.allowed or answer.missing == {Condition.STEPUP}


def may_answer(actor: Actor, decision: Decision) -> bool:
    """Does the page offer to record an answer? As ``may_act``, the step-up is asked when it is recorded."""
    answer = answer_verdict(actor, decision)
    return answer.allowed or answer.missing == {Condition.STEPUP}


def opens_pathway(actor: Actor, decision: Decision) -> bool:
    """Does the timeline answer? Not where a request waits after a transfer: the file itself is elsewhere."""
    dossier = people.seen(actor, decision.dossier_id)
    return dossier is not None and people.can(actor, dossier, "C14", "read")


def dossier_verdict(actor: Actor, dossier: Dossier, compartment: str, action: str) -> Verdict:
    """What hangs to the dossier and not to one decision: permits, AFIS, the clock."""
    return people.verdict(actor, dossier, compartment, action)


def can(actor: Actor, decision: Decision, action: str) -> bool:
    return verdict(actor, decision, action).allowed


def can_draft(actor: Actor, application: Application) -> bool:
    return any(request_verdict(actor, application, action).allowed for action in ("create", "sign"))


def require_correction(actor: Actor, decision: Decision) -> None:
    """A rectification is signed like the order that it corrects, by whoever may read that one in its department."""
    require(actor, decision, "read")
    if actor.role != Role.PRE or decision.dossier.department != actor.department:
        raise Refused(_("Seul le préfet rectifie une décision."))
    refuse(state_verdict(actor, decision.dossier.department, [str(Stage.DECIDED)], "sign", window=True), True)


def notice_verdict(actor: Actor, department: str) -> Verdict:
    """What the secretariat sends (a decision on the aid, a sheet for the payer) and records of an answer."""
    if actor.role != Role.SEC:
        return Verdict(False)
    return state_verdict(actor, department, [str(Stage.DECIDED)], "transmit", window=False)


def require_notice(actor: Actor, dossier: Dossier) -> None:
    refuse(notice_verdict(actor, dossier.department), people.seen(actor, dossier.pk) is not None)


def require_hearing(actor: Actor, hearing: Hearing) -> None:
    """Her observations are recorded by the secretariat that received them, or by the préfet."""
    if actor.role == Role.PRE:
        require_act(actor, hearing.dossier)
    else:
        require_notice(actor, hearing.dossier)


def payer_lines(actor: Actor) -> QuerySet[PayerLine]:
    """What waits to be told, or was, for the aids of a department: the secretariat's.

    After a transfer it still tells what it decided; once told, the line is no longer its to read (TRF-1).
    """
    rows = PayerLine.objects.select_related("dossier").exclude(dossier__stage=Stage.PURGED)
    hers = Q(dossier__department=actor.department) | Q(sheet=None) | Q(sheet__state=SheetState.PREPARED)
    return rows.filter(hers, department=actor.department) if actor.role == Role.SEC else rows.none()


def payer_sheets(actor: Actor) -> QuerySet[PayerSheet]:
    if actor.role != Role.SEC:
        return PayerSheet.objects.none()
    return PayerSheet.objects.filter(department=actor.department)


def may_hear(actor: Actor, hearing: Hearing) -> bool:
    """Does the page offer to record observations? The step-up is asked when they are."""
    if actor.role == Role.PRE:
        return may_act(actor, hearing.dossier)
    answer = notice_verdict(actor, hearing.dossier.department)
    return answer.allowed or answer.missing == {Condition.STEPUP}


def require_payer(actor: Actor, sheet: PayerSheet | None = None) -> None:
    department = sheet.department if sheet else str(actor.department)
    refuse(notice_verdict(actor, department), sheet is None or payer_sheets(actor).filter(pk=sheet.pk).exists())


def refuse(answer: Verdict, visible: bool) -> None:
    """Hidden when the object does not exist for the actor, Refused with a sentence otherwise."""
    if answer.allowed:
        return
    if not visible:
        raise Hidden
    raise Refused(people.refusal_sentence(answer.missing), answer.missing)


def require(actor: Actor, decision: Decision, action: str) -> None:
    refuse(verdict(actor, decision, action), decisions_visible_to(actor).filter(pk=decision.pk).exists())


def require_draft(actor: Actor, application: Application) -> None:
    """SEC by ``create``, PRE by ``sign``."""
    answers = [request_verdict(actor, application, action) for action in ("create", "sign")]
    best = next((answer for answer in answers if answer.allowed), max(answers, key=lambda answer: len(answer.missing)))
    refuse(best, commissions.applications_visible_to(actor).filter(pk=application.pk).exists())


def require_answer(actor: Actor, decision: Decision) -> None:
    refuse(answer_verdict(actor, decision), decisions_visible_to(actor).filter(pk=decision.pk).exists())


def require_act(actor: Actor, dossier: Dossier) -> None:
    visible = actor.role == Role.PRE and people.seen(actor, dossier.pk) is not None
    refuse(act_verdict(actor, dossier), visible)


# --- papers -----------------------------------------------------------------------------------------------
def letter_verdict(actor: Actor, decision: Decision) -> Verdict:
    """The State's side prints what it reads; the association exports (C14)."""
    if actor.role in STATE_SIDE:
        return confirmed(actor, verdict(actor, decision, "read"))
    return verdict(actor, decision, "export")


def proof_verdict(actor: Actor, decision: Decision) -> Verdict:
    """Of a signed authorisation: whoever accompanies her takes it to the desk, the desk makes its own copy."""
    if decision.kind not in OPENING or decision.signed_on is None or not decision.periods.exists():
        return Verdict(False)
    if actor.role == Role.ETR:
        return confirmed(actor, verdict(actor, decision, "read"))
    return verdict(actor, decision, "export") if actor.role == Role.REF else Verdict(False)


def appeal_verdict(actor: Actor, decision: Decision) -> Verdict:
    """Of a signed refusal, by whoever helps her."""
    if decision.kind not in ADVERSE or decision.signed_on is None or actor.role != Role.REF:
        return Verdict(False)
    return verdict(actor, decision, "export")


def certificate_verdict(actor: Actor, dossier: Dossier) -> Verdict:
    """While a pathway is known; it says nothing of it but its days."""
    if actor.role != Role.REF:
        return Verdict(False)
    return people.verdict(actor, dossier, "C14", "export")


def hearing_letter_verdict(actor: Actor, dossier: Dossier) -> Verdict:
    """The letter before an end: the State's side prints what it reads, the referent exports."""
    if actor.role in STATE_SIDE:
        return confirmed(actor, people.verdict(actor, dossier, "C14", "read"))
    return people.verdict(actor, dossier, "C14", "export") if actor.role == Role.REF else Verdict(False)


# --- for the pages ----------------------------------------------------------------------------------------
def get_decision(request: HttpRequest, decision_id: str, action: str = "read") -> Decision:
    """One decision: in the scope or 404, allowed or 403, and the reading is queued for the journal."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = decisions_visible_to(actor).select_related("dossier", "application__dossier", "signed_by")
    decision = rows.filter(pk=decision_id).first()
    if decision is None:
        raise Hidden
    if actor.role not in STATE_SIDE:
        seen = people.seen(actor, decision.dossier_id)
        if seen is None:
            raise Hidden
        decision.dossier = seen
    refuse(verdict(actor, decision, action), True)
    if action == "read":
        journal.reading(request, "read", decision.dossier, compartment="C14")
    return decision


def get_request(request: HttpRequest, application_id: str) -> Application:
    """The request whose decision is drafted, with its decision when there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = commissions.applications_visible_to(actor).select_related("dossier", "decision")
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise Hidden
    require_draft(actor, application)
    journal.reading(request, "read", application.dossier, compartment="C14")
    return application
