"""Who may see and do what on a dossier. Everything here asks ``access.decide``; nothing else decides.

``dossiers_visible_to(actor)`` is the scope: rows outside it do not exist for the actor (uniform 404). The facts that
the matrix needs (role on this dossier, relation, agreement, share, window) are annotated by the same query.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jalon import access, journal
from jalon.access import Actor, Condition, Hidden, Refused, Relation, Role, Verdict
from jalon.access.breakglass import is_open
from jalon.access.policy import REFUSED
from jalon.config import clock, prepared
from jalon.ui.html import day

from .models import Agreement, Assignment, Dossier, LegalHold, Share
from .states import AssignmentKind, Stage

ASSOCIATION = (Role.REF, Role.COL)
SENSITIVE = ("C3", "C4", "C5", "C6")
READINGS = ("read", "exist", "export")
IN_HOUSE = (Role.REF, Role.COL, Role.MGR, Role.DPO)
# What she may freeze: what the association writes of her. The first ones feed the package.
FEEDING = frozenset({"C1", "C4", "C5", "C6", "C7", "C8", "C9", "C10"})
FREEZABLE = tuple(sorted({"C3", "C11", "C12", *FEEDING}, key=lambda code: int(code[1:])))
# What she may object to for good: the law does not make them compulsory, and no package is made of them.
OPPOSABLE = ("C3", "C11")
RESTRICTED = frozenset({"restricted"})


class Facts(NamedTuple):
    """What is true of this actor on this dossier: the role he holds there, his relation, the conditions met."""

    role: str
    relation: str
    conditions: frozenset[str]


def active_assignments(user_id: str, *kinds: str) -> QuerySet[Assignment]:
    """Assignments of this user that run now: to the day, and to the minute for who hands over."""
    return Assignment.objects.filter(running(), user_id=user_id, kind__in=kinds)


def running() -> Q:
    """The assignments that run now."""
    today = clock.today()
    days = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    return days & (Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now()))


def active_referents(dossier: Dossier) -> set[str]:
    """Who answers for this file today."""
    rows = Assignment.objects.filter(running(), dossier=dossier, kind=AssignmentKind.REFERENT)
    return set(rows.values_list("user_id", flat=True))


def shares_in_force(organisation_id: str) -> QuerySet[Share]:
    today = clock.today()
    return Share.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        organisation_id=organisation_id,
        revoked_at__isnull=True,
        given_on__lte=today,
    )


def shares_of(dossier: Dossier) -> QuerySet[Share]:
    """Her shares in force, whoever they are with."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
    return Share.objects.filter(running, dossier=dossier, revoked_at=None).order_by("given_on", "pk")


def holds_in_force() -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(lifted_at=None, ends_on__gte=clock.today())


def copies_held() -> QuerySet[Dossier]:
    """The files of which the State keeps a session's copy because a decision is challenged (``commissions``)."""
    today = clock.today()
    return Dossier.objects.filter(
        copy_holds__lifted_at=None, copy_holds__confirmed_at__isnull=False, copy_holds__ends_on__gte=today
    )


def accompanied() -> Exists:
    """Did she ever agree to a request? Otherwise the file is a first contact, kept for less time."""
    return Exists(Agreement.objects.filter(dossier=OuterRef("pk")))


def signature(actor: Actor) -> str:
    """For whom the facts of a dossier were fetched."""
    return f"{actor.user_id}:{actor.role}:{actor.organisation_id}:{actor.department}"


def known_to_state(date: str) -> Q:
    """A closed file exists for the State's side only if a request of it came that far (a date of the request).

    Closing is the one step that a file may take from any stage: without this, a first contact that ends, before any
    agreement, would appear in the department's lists.
    """
    came = Dossier.objects.filter(pk=OuterRef("pk"), **{f"applications__{date}__isnull": False})
    return ~Q(stage=Stage.CLOSED) | Exists(came)


def dossiers_visible_to(actor: Actor) -> QuerySet[Dossier]:
    """The dossiers whose existence this actor may know, annotated with the facts of ``facts``."""
    here = Dossier.objects.exclude(stage=Stage.PURGED).annotate(
        facts_of=Value(signature(actor), output_field=CharField())
    )
    agreement = Exists(Agreement.objects.filter(dossier=OuterRef("pk"), withdrawn_at__isnull=True))
    none = Value(None, output_field=CharField(null=True))
    match actor.role:
        case Role.REF | Role.COL:
            kinds = (AssignmentKind.REFERENT, AssignmentKind.DELEGATE)
            mine = active_assignments(actor.user_id, *kinds).filter(dossier=OuterRef("pk")).order_by("-kind")
            rows = here.filter(organisation=actor.organisation_id).annotate(
                assignment_kind=Subquery(mine.values("kind")[:1]), agreement=agreement
            )
            accompanied = Q(agreement=True, stage__gte=Stage.PREPARATION, stage__lte=Stage.PATHWAY)
            return rows.filter(
                Q(assignment_kind=AssignmentKind.REFERENT) | Q(accompanied, assignment_kind=AssignmentKind.DELEGATE)
            )
        case Role.EMP:
            mine = active_assignments(actor.user_id, AssignmentKind.ADVISER).filter(
                dossier=OuterRef("pk"), organisation=actor.organisation_id
            )
            rows = here.filter(stage__gte=Stage.PREPARATION, stage__lte=Stage.PATHWAY).annotate(
                assignment_kind=Subquery(mine.values("kind")[:1]),
                agreement=agreement,
                share_end=Subquery(
                    shares_in_force(actor.organisation_id).filter(dossier=OuterRef("pk")).values("ends_on")[:1]
                ),
            )
            return rows.filter(
                Exists(mine),
                Exists(shares_in_force(actor.organisation_id).filter(dossier=OuterRef("pk"))),
                agreement=True,
            )
        case Role.PER:
            mine = active_assignments(actor.user_id, AssignmentKind.PERSON).filter(dossier=OuterRef("pk"))
            rows = here.filter(Exists(mine), organisation=actor.organisation_id)
            return rows.annotate(assignment_kind=Subquery(mine.values("kind")[:1]), agreement=agreement)
        case Role.MGR | Role.DPO:
            return here.filter(organisation=actor.organisation_id).annotate(assignment_kind=none, agreement=agreement)
        case Role.SEC:
            sent = known_to_state("submitted_on")
            return here.filter(sent, department=actor.department, stage__gte=Stage.SUBMITTED).annotate(
                assignment_kind=none, agreement=agreement
            )
        case Role.PRE:
            decided = known_to_state("decided_on")
            return here.filter(decided, department=actor.department, stage__gte=Stage.IN_SESSION).annotate(
                assignment_kind=none, agreement=agreement
            )
        case Role.ETR:
            shared = shares_in_force(actor.organisation_id).filter(dossier=OuterRef("pk"))
            return (
                here.filter(department=actor.department, stage__in=(Stage.DECIDED, Stage.PATHWAY))
                .annotate(assignment_kind=none, agreement=agreement, share_end=Subquery(shared.values("ends_on")[:1]))
                .filter(Exists(shared))
            )
    return here.none()


def seen(actor: Actor, pk: str) -> Dossier | None:
    """The dossier of this id, if the actor's scope holds it. Asked before almost every act, hence prepared."""
    values = {"pk": pk}
    if actor.role in (Role.REF, Role.COL, Role.EMP, Role.PER):
        values["user_id"] = actor.user_id
    if actor.role in (Role.SEC, Role.PRE, Role.ETR):
        values["department"] = actor.department
    if actor.role in (Role.REF, Role.COL, Role.EMP, Role.PER, Role.MGR, Role.DPO, Role.ETR):
        values["organisation_id"] = actor.organisation_id
    if len(values) == 1 or not all(values.values()):
        return None

    def build(pk: str, user_id: str = "", organisation_id: str = "", department: str = "") -> QuerySet[Dossier]:
        return dossiers_visible_to(Actor(user_id, actor.role, organisation_id, department)).filter(pk=pk)

    for dossier in prepared.run(("seen", actor.role), build, **values):
        dossier.facts_of = signature(actor)
        return dossier  # type: ignore[no-any-return]
    return None


def facts(actor: Actor, dossier: Dossier) -> Facts:
    """The facts of a dossier fetched through ``dossiers_visible_to(actor)``."""
    kind = getattr(dossier, "assignment_kind", None)
    held = {Condition.AGREEMENT} if getattr(dossier, "agreement", False) else set()
    if actor.stepped_up:
        held.add(Condition.STEPUP)
    role, relation = actor.role, Relation.NONE
    if role in ASSOCIATION:
        role = Role.COL if kind == AssignmentKind.DELEGATE else Role.REF
        relation = Relation.ASSIGNED if kind else Relation.NONE
        if role == Role.COL:
            held.add(Condition.WINDOW)  # a delegation always has an end, and only running ones are in the scope
    elif role == Role.EMP:
        relation = Relation.ASSIGNED
        held.add(Condition.SHARE)
    elif role == Role.ETR:
        relation = Relation.SAME_DEPT
        held.add(Condition.SHARE)
        if getattr(dossier, "share_end", None) is not None:
            held.add(Condition.WINDOW)
    elif role == Role.PER:
        relation = Relation.ASSIGNED if kind else Relation.NONE
    elif role in (Role.MGR, Role.DPO):
        relation = Relation.SAME_ORG
    elif role in (Role.SEC, Role.PRE):
        relation = Relation.SAME_DEPT
    return Facts(str(role), str(relation), frozenset(map(str, held)))


def verdict(
    actor: Actor,
    dossier: Dossier,
    compartment: str,
    action: str,
    *,
    stage: str | None = None,
    also: Collection[str] = (),
) -> Verdict:
    """May the actor do this here? ``stage`` and ``also`` come from the rooms above (an application's stage, a window).

    Never trusts a dossier that was not fetched through the scope: without facts there is no relation, hence nothing.
    """
    if getattr(dossier, "facts_of", None) != signature(actor):
        found = seen(actor, dossier.pk)
        if found is None:
            return REFUSED
        dossier = found
    known = facts(actor, dossier)
    conditions = known.conditions.union(also)
    if frozen(dossier.restricted.split(), known.role, compartment, action):
        return Verdict(False, missing=RESTRICTED)
    answer = access.decide(known.role, known.relation, stage or dossier.stage, compartment, action, conditions)
    if answer.missing == {Condition.BREAKGLASS} and is_open(actor, dossier.pk):
        return Verdict(True, used=answer.missing)
    return answer


def frozen(restricted: Collection[str], role: str, compartment: str, action: str) -> bool:
    """Does her restriction forbid this? What is frozen is kept: read in the association, neither written nor used.

    Nothing of it leaves: others do not read it, and no package is signed or sent while a part that feeds it is frozen.
    """
    if compartment in restricted:
        return role not in IN_HOUSE or action not in ("read", "exist")
    return compartment == "C12" and action in ("sign", "transmit") and not FEEDING.isdisjoint(restricted)


def can(actor: Actor, dossier: Dossier, compartment: str, action: str, **context: object) -> bool:
    """``verdict`` as a plain yes or no: what a button asks before it shows."""
    return verdict(actor, dossier, compartment, action, **context).allowed  # type: ignore[arg-type]


def require(actor: Actor, dossier: Dossier, compartment: str, action: str, **context: object) -> Verdict:
    """``verdict`` or an exception: Hidden when the actor may not even know, Refused with a sentence otherwise."""
    answer = verdict(actor, dossier, compartment, action, **context)  # type: ignore[arg-type]
    if answer.allowed:
        return answer
    if seen(actor, dossier.pk) is None:
        raise Hidden
    why = withdrawn_sentence(dossier) if Condition.AGREEMENT in answer.missing else ""
    raise Refused(why or refusal_sentence(answer.missing), answer.missing)


def leads(actor: Actor, dossier: Dossier) -> bool:
    """Does the actor answer for this file: its referent, or the association's manager? Not a colleague in delegation.

    A delegate has the membership of a referent: ``actor.role`` says REF for both, only the facts tell them apart.
    """
    return role_on(actor, dossier) in (Role.REF, Role.MGR)


def role_on(actor: Actor, dossier: Dossier) -> str:
    """The role that the actor holds on this dossier; nothing outside the scope."""
    if getattr(dossier, "facts_of", None) != signature(actor):
        found = seen(actor, dossier.pk)
        if found is None:
            return ""
        dossier = found
    known = facts(actor, dossier)
    return known.role if known.relation != Relation.NONE else ""


def require_lead(actor: Actor, dossier: Dossier) -> None:
    """For what decides of the whole file (hand over, close, reopen, name people): Refused to a delegate."""
    if not leads(actor, dossier):
        raise Refused(_("Seules la personne référente et la personne responsable décident de cela."))


def require_oversight(actor: Actor) -> None:
    """For the trail of a whole organisation: the officer who may read that of each of its files, just recognised."""
    held = {str(Condition.STEPUP)} if actor.stepped_up else set()
    stages = [stage for stage in Stage if stage != Stage.PURGED]
    answers = [access.decide(actor.role, Relation.SAME_ORG, stage, "C17", "read", held) for stage in stages]
    refused = next((answer for answer in answers if not answer.allowed), None)
    if actor.role != Role.DPO or (refused is not None and not refused.missing):
        raise Hidden
    if refused is not None:
        raise Refused(refusal_sentence(refused.missing), refused.missing)


def require_rights(actor: Actor, dossier: Dossier) -> frozenset[str]:
    """Who receives and answers what she asks of her data: whoever leads the file, or the officer, at any stage.

    Return the conditions used.
    """
    if actor.role == Role.DPO:
        return require(actor, dossier, "C15", "read").used
    used = require(actor, dossier, "C16", "create").used
    require_lead(actor, dossier)
    return used


def can_open(actor: Actor) -> bool:
    """May the actor open a file? A colleague who comes by delegations may not."""
    return access.decide(actor.role, Relation.ASSIGNED, Stage.CONTACT, "C1", "create").allowed


def require_opening(actor: Actor) -> None:
    if not can_open(actor):
        raise Refused(_("Un dossier s'ouvre depuis un compte d'intervention sociale."))


def withdrawn_sentence(dossier: Dossier) -> str:
    """What to say when her agreement lacks because she took it back; nothing when she never gave it."""
    last = Agreement.objects.filter(dossier=dossier).order_by("-given_on", "-pk").first()
    if last is None or last.withdrawn_at is None:
        return ""
    when = day(last.withdrawn_at)
    return _("Elle a retiré son accord le %(day)s : rien ne s'écrit et rien ne part sans un nouvel accord.") % {
        "day": when
    }


def refusal_sentence(missing: Collection[str]) -> str:
    """Why not, in words that help."""
    if "restricted" in missing:
        return _("Cette partie est gelée à sa demande : on la lit dans l'association, rien ne s'y écrit ni n'en part.")
    if Condition.AGREEMENT in missing:
        return _("Il faut d'abord recueillir l'accord de la personne.")
    if Condition.SHARE in missing:
        return _("La personne n'a pas donné son accord à ce partage, ou l'a retiré.")
    if Condition.WINDOW in missing:
        return _("Ce dossier n'est lisible que pendant la période de la séance.")
    if Condition.STEPUP in missing:
        return _("Confirmez d'abord votre identité.")
    if Condition.BREAKGLASS in missing:
        return _("Cette partie est réservée à la personne référente. Un accès exceptionnel doit être motivé.")
    if Condition.FOUREYES in missing:
        return _("Une deuxième personne doit confirmer.")
    return _("Votre rôle ne permet pas cette action à cette étape.")


def get(
    request: HttpRequest,
    dossier_id: str,
    compartment: str,
    action: str,
    rows: QuerySet[Dossier] | None = None,
    **context: object,
) -> Dossier:
    """Fetch one dossier for a page: in the scope or 404, allowed or 403, and the reading is queued for the journal.

    ``rows`` narrows or enriches the scope (select_related, with_key); it must come from ``dossiers_visible_to``.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = seen(actor, dossier_id) if rows is None else rows.filter(pk=dossier_id).first()
    if dossier is None:
        raise Hidden
    require(actor, dossier, compartment, action, **context)
    if action in READINGS:
        journal.reading(request, action, dossier, compartment=compartment)
    else:  # the page of a form shows the person as any other page does, once sent when it comes back with an error
        sent = request.method not in ("GET", "HEAD")
        journal.reading(request, "read", dossier, compartment=compartment, if_shown=sent)
    return dossier


def oldest_first(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """What falls due first; files without a date last. The order that the indexes serve."""
    return rows.order_by(F("next_due_on").asc(nulls_last=True), "id")
