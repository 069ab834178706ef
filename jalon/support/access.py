"""Who may see and do what in the joint support. Every answer comes from ``people.access``, which asks the matrix.

A word written for both sides (shared note, message) adds to C10: the association edits it, the agency comments.
"""

from collections.abc import Collection, Iterable

from django.apps import apps
from django.db.models import Q, QuerySet

from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.people import access as people
from jalon.people import formers
from jalon.people.models import Dossier, Share
from jalon.vault.models import Former, Sealed

from .models import Note
from .states import Visibility

ASSOCIATION = (Role.REF, Role.COL)
# The employment side sees these two domains of the scale, and no other.
SHARED_DOMAINS = ("french", "daily")
# One of these words among what she shares opens the work on the project: plan, placements, points of support, shared
# notes. Without it the agency has the thread and the appointments, nothing else.
PROJECT = ("projet", "disponib")


def joint_action(actor: Actor) -> str:
    """The matrix action of a word added for both sides."""
    return "comment" if actor.role == Role.EMP else "edit"


def note_cell(actor: Actor, visibility: str) -> tuple[str, str]:
    """(compartment, action) of a note of this visibility."""
    if visibility == Visibility.EMPLOYMENT:
        return "C10", joint_action(actor)
    return "C11", "create"


def can_write(actor: Actor, dossier: Dossier, visibility: str = Visibility.TEAM) -> bool:
    return people.can(actor, dossier, *note_cell(actor, visibility))


def visibilities(actor: Actor, dossier: Dossier, shared: bool) -> list[str]:
    """The circles among which this actor may choose for a note."""
    own = [v for v in (Visibility.TEAM, Visibility.PRIVATE) if can_write(actor, dossier, v)]
    both = [Visibility.EMPLOYMENT] if shared and can_write(actor, dossier, Visibility.EMPLOYMENT) else []
    return [str(v) for v in (*own, *both)]


def circles_read(actor: Actor, dossier: Dossier) -> tuple[str, ...]:
    """The circles of notes that this actor reads here: shared by C10, team and own private ones by C11."""
    readable = people.can(actor, dossier, "C10", "read") and shares_project(actor, dossier)
    both = (Visibility.EMPLOYMENT,) if readable else ()
    team = (Visibility.TEAM, Visibility.PRIVATE) if people.can(actor, dossier, "C11", "read") else ()
    return tuple(map(str, (*both, *team)))


def in_circles(circles: Collection[str], user_id: str) -> Q:
    """The notes of these circles; a private one for its author alone."""
    open_ones = [circle for circle in circles if circle != Visibility.PRIVATE]
    seen = Q(visibility__in=open_ones)
    return seen | Q(visibility=Visibility.PRIVATE, author=user_id) if Visibility.PRIVATE in circles else seen


def notes_visible_to(actor: Actor, dossier: Dossier) -> QuerySet[Note]:
    """The notes of one dossier that this actor may read."""
    return Note.objects.filter(in_circles(circles_read(actor, dossier), actor.user_id), dossier=dossier)


def shares_with_employment(dossier_id: str) -> QuerySet[Share]:
    """The shares in force with an employment agency, the latest first."""
    today = clock.today()
    return Share.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        dossier=dossier_id,
        organisation__kind="employment_agency",
        revoked_at__isnull=True,
        given_on__lte=today,
    ).order_by("-given_on")


def is_shared(actor: Actor, dossier: Dossier) -> bool:
    """Does a share with the employment side run? An adviser in whose scope the dossier is holds one."""
    return actor.role == Role.EMP or shares_with_employment(dossier.pk).exists()


def require_shared(actor: Actor, dossier: Dossier) -> None:
    """Nothing is added for both sides once she has withdrawn her agreement."""
    if not is_shared(actor, dossier):
        raise Refused(people.refusal_sentence({"share"}), frozenset({"share"}))


def agreed(what: Iterable[str], *words: str) -> bool:
    """Is one of these words among what she agreed to share?"""
    return any(word in item.casefold() for item in what for word in words)


def shares_project(actor: Actor, dossier: Dossier) -> bool:
    """Does she share her project with this adviser's agency? Others than advisers are not concerned."""
    if actor.role != Role.EMP:
        return True
    known: bool | None = getattr(dossier, "shares_project", None)
    if known is None:
        share = people.shares_in_force(actor.organisation_id).filter(dossier=dossier).first()
        known = share is not None and agreed(share.unseal().get("what", []), *PROJECT)
        dossier.shares_project = known  # type: ignore[attr-defined]
    return known


def require_project(actor: Actor, dossier: Dossier) -> None:
    """The plan, the placements, the points of support and the shared notes follow what she agreed to share."""
    if not shares_project(actor, dossier):
        raise Refused(people.refusal_sentence({"share"}), frozenset({"share"}))


def formers_visible_to(actor: Actor, dossier: Dossier) -> QuerySet[Former]:
    """What was written over in this file, of the records and compartments that this actor reads."""
    rows = formers.of_file(actor, dossier)
    parts = formers.readable(actor, dossier, rows.order_by().values_list("part", flat=True).distinct())
    return rows.filter(part__in=[part for part in parts if _former_part(actor, dossier, part)])


def require_former(actor: Actor, dossier: Dossier, word: str, about: str) -> Sealed:
    """The record of this file whose former versions are asked for: Hidden, or Refused as for the record itself."""
    label = formers.BY_WORD.get(word, "")
    item: Sealed | None = apps.get_model(label)._base_manager.filter(pk=about).first() if label else None
    if (
        item is None
        or item.key_owner != dossier.pk
        or people.role_on(actor, dossier) not in formers.RECORDS[label].readers
    ):
        raise Hidden
    people.require(actor, dossier, item.compartment, "read")
    if not _former_part(actor, dossier, item.compartment):
        raise Hidden
    return item


def _former_part(actor: Actor, dossier: Dossier, part: str) -> bool:
    """What both sides write is the agency's to read while she shares her project."""
    return part != "C10" or shares_project(actor, dossier)


def require_layer(actor: Actor, dossier: Dossier, shared: bool, action: str) -> None:
    """A line of the plan: C10 in the shared layer, if she shares her project; C11 in the association's."""
    people.require(actor, dossier, "C10" if shared else "C11", action)
    if shared:
        require_project(actor, dossier)


def reads_own_layer(actor: Actor, dossier: Dossier) -> bool:
    """Does this actor read what the plan keeps in the association?"""
    return people.can(actor, dossier, "C11", "read")


def get_visible(actor: Actor, rows: QuerySet, pk: str):  # type: ignore[no-untyped-def, type-arg]
    """A row of the joint support whose dossier is in the actor's scope, that dossier attached; or the uniform 404."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Hidden
    dossier = people.seen(actor, row.dossier_id)
    if dossier is None:
        raise Hidden
    row.dossier = dossier
    return row
