"""Her own file and nothing else; who, in the association, opens her space. Everything asks ``people.access``."""

from django.db.models import QuerySet

from jalon.access import Actor, Hidden, Refused, Relation, Role, decide
from jalon.people import access as people
from jalon.people.models import Dossier, Share
from jalon.people.states import Stage
from jalon.support.models import Appointment

from .models import PersonRequest, Space


def own_space(actor: Actor) -> Space | None:
    """The space of the person at the screen, its file in her scope attached; None when it is no longer hers."""
    if actor.role != Role.PER:
        return None
    space = Space.objects.filter(user=actor.user_id).first()
    dossier = people.seen(actor, space.dossier_id) if space is not None else None
    if space is None or dossier is None:
        return None
    space.dossier = dossier
    return space


def of(actor: Actor, dossier: Dossier, rows: QuerySet, pk: str):  # type: ignore[no-untyped-def, type-arg]
    """A row of her own file by the id that a form sent, or the uniform 404: a neighbour's is nobody's."""
    row = rows.filter(dossier=dossier, pk=pk).first() if pk else None
    if row is None:
        raise Hidden
    row.dossier = dossier
    return row


def own_share(actor: Actor, dossier: Dossier, pk: str) -> Share:
    return of(actor, dossier, Share.objects.filter(revoked_at__isnull=True), pk)  # type: ignore[no-any-return]


def own_appointment(actor: Actor, dossier: Dossier, pk: str) -> Appointment:
    return of(actor, dossier, Appointment.objects.filter(cancelled_at__isnull=True), pk)  # type: ignore[no-any-return]


def requests_visible_to(actor: Actor) -> QuerySet[PersonRequest]:
    """What the persons of this actor's scope asked, for whoever reads their agreements (C15)."""
    return PersonRequest.objects.filter(dossier__in=people.dossiers_visible_to(actor))


def require_requests(actor: Actor) -> None:
    """The list of what waits, for whoever may read one of its lines."""
    held = {"stepup"} if actor.stepped_up else set()
    answer = decide(actor.role, Relation.ASSIGNED, Stage.PREPARATION, "C15", "read", held)
    if not answer:
        raise Refused(people.refusal_sentence(answer.missing), answer.missing)


def require_desk(actor: Actor, dossier: Dossier, *, proved: bool = False) -> None:
    """For what opens or stops her space: her referent, who has just proved who she is when something opens."""
    people.require(actor, dossier, "C15", "create")
    if proved and not actor.stepped_up:
        raise Refused(people.refusal_sentence({"stepup"}), frozenset({"stepup"}))
