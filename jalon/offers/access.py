"""Who sees the catalogue. A room rule, not cells of the matrix: services, offers and trainings are about no person.

Those who accompany, on both sides, in their own department. What the association knows of a service beyond the national
record stays partly its own (``states.INSIDE``).
"""

from django.db.models import Q, QuerySet

from jalon.access import Actor, Role
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.support import access as support

from .models import Offer, Orientation, Proposal, Service, ServiceFact, Training
from .states import INSIDE, Fact

READERS = (Role.REF, Role.COL, Role.MGR, Role.EMP)
ASSOCIATION = (Role.REF, Role.COL, Role.MGR)
WHY = "services, offers and trainings are about no person: those who accompany read them in their department"


def services_visible_to(actor: Actor) -> QuerySet[Service]:
    """The services of the actor's department that are still published."""
    rows = Service.objects.filter(department=actor.department, gone_on=None)
    return rows if actor.role in READERS and actor.department else rows.none()


def offers_visible_to(actor: Actor) -> QuerySet[Offer]:
    """The offers of the actor's department that France Travail has not withdrawn, and that may be shown."""
    rows = Offer.objects.filter(department=actor.department, hidden_at=None, withheld="")
    return rows if actor.role in READERS and actor.department else rows.none()


def withheld(actor: Actor) -> int:
    """How many open offers of the department no screen shows."""
    return Offer.objects.filter(department=actor.department, hidden_at=None).exclude(withheld="").count()


def trainings_visible_to(actor: Actor) -> QuerySet[Training]:
    """The trainings of the actor's department, and those without a place."""
    rows = Training.objects.filter(department__in=(actor.department, ""), gone_on=None)
    return rows if actor.role in READERS and actor.department else rows.none()


def orientations_visible_to(actor: Actor) -> QuerySet[Orientation]:
    """Those of the persons whose follow-up the actor reads (C11); the matrix is asked person by person beside."""
    return Orientation.objects.filter(dossier__in=people.dossiers_visible_to(actor).values("pk"))


def facts_read(actor: Actor) -> tuple[str, ...]:
    """The facts of a service that this actor reads."""
    if actor.role in ASSOCIATION:
        return tuple(Fact.values)
    return tuple(code for code in Fact.values if code not in INSIDE) if actor.role == Role.EMP else ()


def facts_visible_to(actor: Actor, service: Service) -> QuerySet[ServiceFact]:
    """What everybody reads, and what the actor's own house noted for itself."""
    own = Q(organisation=None) | Q(organisation=actor.organisation_id or None)
    return service.facts.filter(own, fact__in=facts_read(actor))


def can_keep(actor: Actor, service: Service) -> bool:
    """May this actor check the card and note what she knows of it?"""
    return actor.role in READERS and bool(actor.department) and service.department == actor.department


# --- one person's project (C10) -------------------------------------------------------------------------------------
def require_project(actor: Actor, dossier: Dossier, action: str = "read") -> None:
    """The matrix, and for the employment side what she agreed to share."""
    people.require(actor, dossier, "C10", action)
    support.require_project(actor, dossier)


def require_together(actor: Actor, dossier: Dossier) -> None:
    """What both sides do with her: propose, note her answer, the employer's. The association edits, the agency adds."""
    require_project(actor, dossier, support.joint_action(actor))


def can_together(actor: Actor, dossier: Dossier) -> bool:
    return people.can(actor, dossier, "C10", support.joint_action(actor)) and support.shares_project(actor, dossier)


def can_edit_project(actor: Actor, dossier: Dossier) -> bool:
    """Her wishes, her CV, a filter that is lifted: the association's side, with her."""
    return actor.role in ASSOCIATION and people.can(actor, dossier, "C10", "edit")


def proposals_visible_to(actor: Actor) -> QuerySet[Proposal]:
    """Those of the persons whose project the actor may read; the matrix is asked person by person beside."""
    return Proposal.objects.filter(dossier__in=people.dossiers_visible_to(actor).values("pk"))
