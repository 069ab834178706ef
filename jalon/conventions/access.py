"""Who may see and do what on a convention. A room rule, not cells of the matrix: a convention is about no person.

The two parties see theirs in their department, the secretariat of the department reads. The legal representative of
the association and the direction of the agency sign: an adviser who follows persons does not.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.people.access import active_assignments
from jalon.people.models import Dossier, Share
from jalon.people.states import AssignmentKind, Stage

from .models import Convention, Pair
from .states import CONVENTION, ConventionState

READERS = (Role.REF, Role.COL, Role.MGR, Role.EMP, Role.SEC)
PARTIES = (Role.REF, Role.COL, Role.MGR, Role.EMP)
WRITERS = (Role.MGR, Role.EMP)
WHY = "a convention is between structures: its two parties act on it, the department's secretariat reads it"


def visible_to(actor: Actor) -> QuerySet[Convention]:
    """The conventions that this actor may know of: those of her structure, or of her department for the secretariat."""
    here = Convention.objects.filter(department=actor.department)
    if actor.role == Role.SEC:
        return here.exclude(state=ConventionState.DRAFT)
    if actor.role in PARTIES:
        return here.filter(Q(association=actor.organisation_id) | Q(agency=actor.organisation_id))
    return here.none()


def is_party(actor: Actor, convention: Convention) -> bool:
    """Does the actor work for one of the two structures, in the convention's department?"""
    return (
        actor.role in PARTIES
        and actor.organisation_id in (convention.association_id, convention.agency_id)
        and actor.department == convention.department
    )


def can(actor: Actor, convention: Convention, verb: str) -> bool:
    """What a button asks before it shows: the same as the action will."""
    transition = CONVENTION.transitions[verb]
    return is_party(actor, convention) and actor.role in transition.who and convention.state in transition.sources


def can_draft(actor: Actor) -> bool:
    return actor.role in WRITERS


def follows_persons(actor: Actor) -> bool:
    """An adviser with persons assigned is not the direction of the agency."""
    return active_assignments(actor.user_id, AssignmentKind.ADVISER).exists()


def can_sign(actor: Actor, convention: Convention) -> bool:
    """May this actor sign for her structure now? One signature a party."""
    if not can(actor, convention, "sign"):
        return False
    if any(signature.organisation_id == actor.organisation_id for signature in convention.signatures.all()):
        return False
    return actor.role == Role.MGR or not follows_persons(actor)


def pairs_in_force() -> QuerySet[Pair]:
    """The pairs that answer for somebody today: not ended, her file open, her share with an agency running.

    A share taken back frees the place at once; given again, the same pair answers.
    """
    today = clock.today()
    shares = Share.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        dossier=OuterRef("dossier"),
        organisation__kind="employment_agency",
        given_on__lte=today,
        revoked_at=None,
    )
    same_house = Q(convention=None) | Q(convention__association=F("dossier__organisation"))
    return Pair.objects.filter(Exists(shares), same_house, ended_on=None, dossier__stage__lte=Stage.PATHWAY)


def pair_of(dossier: Dossier) -> Pair | None:
    """The pair that answers for one person."""
    return pairs_in_force().filter(dossier=dossier).first()
