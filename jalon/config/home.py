"""Where the rooms meet: each role's home page. Nothing here decides about access."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from jalon.access import Hidden, open_to

# role → the view that is its home page
HOMES = {
    "REF": "jalon.support.views.my_day",
    "COL": "jalon.support.views.my_day",
    "MGR": "jalon.support.views.team",
    "ADM": "jalon.directory.views.memberships",
    "EMP": "jalon.support.views.adviser_home",
    "SEC": "jalon.commissions.views.secretariat_home",
    "MEM": "jalon.commissions.views.member_home",
    "PRE": "jalon.journeys.views.prefect_home",
    "ETR": "jalon.journeys.views.residence_home",
    "DPO": "jalon.people.views.officer_home",
    "STA": "jalon.reporting.views.steering",
    "OPS": "jalon.reporting.views.technical_home",
}


@open_to(*HOMES, why="each actor has a home page")
def home(request: HttpRequest) -> HttpResponseBase:
    """The home page of the signed-in role, rendered here without a redirection."""
    path = HOMES.get(request.actor.role)  # type: ignore[attr-defined]
    if path is None:
        raise Hidden
    return import_string(path)(request)  # type: ignore[no-any-return]
