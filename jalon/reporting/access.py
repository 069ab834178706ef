"""Whose figures an actor may see: his organisation's, his department's exactly, or the whole country's, controlled."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date

from jalon.access import Actor, Hidden, Role
from jalon.config import clock
from jalon.people import wall

OWN_ORGANISATION = (Role.REF, Role.COL, Role.MGR)
OWN_DEPARTMENT = (Role.SEC, Role.PRE)
STEERING = (*OWN_ORGANISATION, *OWN_DEPARTMENT, Role.STA)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted. ``exact`` is false outside one's own scope: then every figure passes disclosure control."""

    organisation_id: str = ""
    department: str = ""
    exact: bool = True

    @property
    def as_of(self) -> date:
        """The day of its figures. The whole country's stop with the last quarter: from one day to the next, a count

        that changes class would tell what happened in between.
        """
        today = clock.today()
        if self.organisation_id or self.department:
            return today
        return date.fromordinal(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1).toordinal() - 1)


COUNTRY = Scope(exact=False)


def counting(scope: Scope) -> AbstractContextManager[None]:
    """The whole country is counted across houses, said so to the wall; one's own scope is asked as any row."""
    return nullcontext() if scope.organisation_id or scope.department else wall.beyond()


def scope_of(actor: Actor) -> Scope:
    """The scope of an actor. Hidden for whoever has none, or has lost the organisation or department that makes it."""
    if actor.role in OWN_ORGANISATION and actor.organisation_id:
        return Scope(organisation_id=actor.organisation_id)
    if actor.role in OWN_DEPARTMENT and actor.department:
        return Scope(department=actor.department)
    if actor.role == Role.STA:
        return COUNTRY
    raise Hidden
