"""Who sees which memberships. Room rules by role, on top of the scope of the organisation or the department."""

from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest

from jalon.access import Actor, Hidden
from jalon.config import clock

from .models import Membership


def today() -> date:
    return clock.today()


def memberships_visible_to(actor: Actor) -> QuerySet[Membership]:
    """A manager or administrator: the own organisation. The secretariat: the commission of its department."""
    rows = Membership.objects.select_related("user", "organisation")
    if actor.role in {"MGR", "ADM"}:
        return rows.filter(organisation_id=actor.organisation_id)
    if actor.role == "SEC":
        return rows.filter(department=actor.department, role__in=["MEM", "PRE", "ETR", "SEC"])
    return rows.none()


def page_number(request: HttpRequest) -> int:
    """The page asked for; anything but a small positive number looks like a page that does not exist."""
    typed = request.GET.get("page", "1")
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed[:5]) < 10_000):
        raise Hidden
    return int(typed[:5])
