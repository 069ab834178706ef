"""Who may see and do what on a request. Every answer comes from ``people.access``, which asks the matrix."""

from django.db.models import QuerySet
from django.http import HttpRequest

from jalon.access import Actor, Condition, Hidden, Refused, Role, Verdict
from jalon.papers.rights import confirmed
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.people.states import Stage

from .models import Application, Piece
from .parts import PAPERS, Part
from .states import APPLICATION, ApplicationState

# The State's side knows a request from the day it is received, at the request's own stage.
STATE_SIDE = (Role.SEC, Role.MEM, Role.PRE, Role.ETR)
# A request after a refusal or an end starts a new preparation.
AGAIN = (Stage.DECIDED, Stage.CLOSED)
# Before any request was sent: it may be said why none is.
BEFORE = (Stage.CONTACT, Stage.PREPARATION)
UNSENT = (ApplicationState.DRAFT, ApplicationState.SIGNED)


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """The requests of the actor's dossiers; before submission they do not exist for the State's side."""
    rows = Application.objects.filter(dossier__in=people.dossiers_visible_to(actor).values("pk"))
    if actor.role in STATE_SIDE:
        rows = rows.filter(submitted_on__isnull=False, department=actor.department).exclude(state__in=UNSENT)
    return rows


def stage_for(actor: Actor, application: Application) -> str | None:
    """The stage that counts: the request's own for the State's side, the file's for the association."""
    return application.stage if actor.role in STATE_SIDE else None


def get(request: HttpRequest, application_id: str, compartment: str, action: str) -> Application:
    """One request for a page, its dossier fetched through the scope; in the scope or 404, allowed or 403, journaled.

    A request that does not exist is looked for as far as another's: the time of the 404 does not tell them apart.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = Application.objects.filter(pk=application_id).first()
    if found and actor.role in STATE_SIDE and (found.submitted_on is None or found.department != actor.department):
        found = None
    dossier_id, stage = (found.dossier_id, stage_for(actor, found)) if found else ("", None)
    dossier = people.get(request, dossier_id, compartment, action, persons.scope(actor), stage=stage)
    if found is None:
        raise Hidden
    found.dossier = dossier
    return found


def get_piece(request: HttpRequest, piece_id: str, action: str) -> Piece:
    """A paper by its own compartment."""
    piece = Piece.objects.select_related("application", "file").filter(pk=piece_id).first()
    if piece is None:
        raise Hidden
    piece.application = get(request, piece.application_id, piece.compartment, action)
    return piece


def can_edit(actor: Actor, application: Application, part: Part) -> bool:
    """May this part be changed now? A missing proof of identity does not hide the button: the page asks for it."""
    if application.state != ApplicationState.DRAFT:
        return False
    return opens(actor, application.dossier, part.compartment, "edit")


def require_keeping(actor: Actor, dossier: Dossier, compartment: str) -> Verdict:
    """May the actor keep what she is typing here? As for saving, but for the proof of identity: nothing is shown."""
    answer = people.verdict(actor, dossier, compartment, "edit")
    if answer.allowed or answer.missing == {Condition.STEPUP}:
        return answer
    return people.require(actor, dossier, compartment, "edit")


def to_keep(request: HttpRequest, application_id: str) -> Application:
    """A request of the actor's scope for which something is kept: nothing of it is read, no reading is noted."""
    application = Application.objects.filter(pk=application_id).first()
    dossier = application and people.seen(request.actor, application.dossier_id)  # type: ignore[attr-defined]
    if not application or not dossier:
        raise Hidden
    application.dossier = dossier
    return application


def reached(actor: Actor, application_id: str, *states: str) -> bool:
    """Has the same form, sent twice, already done its work? Only for who may read what it did."""
    application = Application.objects.filter(pk=application_id, state__in=states).first()
    dossier = application and people.seen(actor, application.dossier_id)
    return bool(dossier) and people.can(actor, dossier, "C12", "read")


# Papers may still come while the secretariat waits for a complement.
OPEN_FOR_PAPERS = (ApplicationState.DRAFT, ApplicationState.SIGNED, ApplicationState.INCOMPLETE)


def papers_open(application: Application) -> bool:
    return application.state in OPEN_FOR_PAPERS


def papers_to_add(actor: Actor, application: Application) -> list[str]:
    """The papers, each in its own compartment, that this actor may add now."""
    if not papers_open(application):
        return []
    kinds = [paper for paper in PAPERS if application.kind in paper.kinds]
    may = {code: people.can(actor, application.dossier, code, "create") for code in {p.compartment for p in kinds}}
    return [paper.code for paper in kinds if may[paper.compartment]]


def can_waive(actor: Actor, application: Application, compartment: str) -> bool:
    """The button leads to a page that asks both."""
    dossier = application.dossier
    return all(people.can(actor, dossier, compartment, action) for action in ("read", "edit"))


def can_withdraw(actor: Actor, application: Application) -> bool:
    """As the action asks: on the request, or on her agreement once it is taken back."""
    if not APPLICATION.allows(application.state, "withdraw"):
        return False
    stage = application.stage
    may = people.can(actor, application.dossier, "C15", "withdraw")
    return may and (
        not getattr(application.dossier, "agreement", False)
        or people.can(actor, application.dossier, "C12", "withdraw", stage=stage)
    )


def can_reopen(actor: Actor, application: Application) -> bool:
    """Only who answers for the file takes a signature back."""
    dossier = application.dossier
    allowed = APPLICATION.allows(application.state, "reopen") and people.can(actor, dossier, "C16", "edit")
    return allowed and people.leads(actor, dossier)


def can_answer(actor: Actor, application: Application) -> bool:
    """The referent answers what the secretariat asked."""
    waiting = application.state == ApplicationState.INCOMPLETE
    return waiting and all(people.can(actor, application.dossier, *c) for c in (("C13", "read"), ("C15", "create")))


def may_start(actor: Actor, dossier: Dossier) -> bool:
    """A first request, or a new one after a refusal or an end: what the action will ask."""
    again = dossier.stage in AGAIN
    if not again and dossier.stage != Stage.PREPARATION:
        return False
    return people.can(actor, dossier, "C12", "create", stage=str(Stage.PREPARATION) if again else None)


def opens(actor: Actor, dossier: Dossier, compartment: str, action: str) -> bool:
    """Allowed now, or once the identity has been confirmed."""
    answer = people.verdict(actor, dossier, compartment, action)
    return answer.allowed or answer.missing == {Condition.STEPUP}


# --- what is printed ------------------------------------------------------------------------------------------------


def file_verdict(actor: Actor, application: Application) -> Verdict:
    """The association's copy of what leaves (C12), for who answers for it."""
    if actor.role not in (Role.REF, Role.MGR):
        return Verdict(False)
    return confirmed(actor, people.verdict(actor, application.dossier, "C12", "read"))


def acknowledgement_verdict(actor: Actor, application: Application) -> Verdict:
    """Of a request that was received: its secretariat, and the association that sent it. It names nobody."""
    if application.submitted_on is None or not application.receipt_number:
        return Verdict(False)
    if actor.role == Role.SEC and application.department == actor.department:
        return people.verdict(actor, application.dossier, "C13", "read", stage=application.stage)
    if actor.role in (Role.REF, Role.MGR):
        return people.verdict(actor, application.dossier, "C16", "read")
    return Verdict(False)


def require(actor: Actor, application: Application, answer: Verdict) -> None:
    """Hidden when the file does not exist for the actor, Refused with a sentence otherwise."""
    if answer.allowed:
        return
    if people.seen(actor, application.dossier_id) is None:
        raise Hidden
    raise Refused(people.refusal_sentence(answer.missing), answer.missing)
