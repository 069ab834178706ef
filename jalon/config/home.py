"""Where the rooms meet: each role's home page and its navigation. Nothing here decides about access."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jalon.access import Hidden, open_to

# role → the view that is its home page
HOMES = {
    "REF": "jalon.support.views.my_day",
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

# role → navigation entries (label, URL name), six at most
_HOME = (_("Accueil"), "home")
_PEOPLE = (_("Personnes"), "people:dossiers")
_CONVENTION = (_("Convention"), "conventions:conventions")
_MEETINGS = (_("Commission"), "commissions:meetings")
_FIGURES = (_("Pilotage"), "reporting:steering")
NAVIGATION = {
    "REF": (_HOME, _PEOPLE, _CONVENTION, _MEETINGS, _FIGURES),
    "MGR": (_HOME, _PEOPLE, _CONVENTION, _MEETINGS, _FIGURES),
    "ADM": (_HOME,),
    "EMP": (_HOME, _PEOPLE, _CONVENTION),
    "SEC": (_HOME, (_("Demandes"), "commissions:received"), _MEETINGS, _FIGURES),
    "MEM": (_HOME, _MEETINGS),
    "PRE": (_HOME, _MEETINGS, _FIGURES),
    "ETR": (_HOME,),
    "DPO": (_HOME, _PEOPLE),
    "STA": (_HOME,),
    "OPS": (_HOME,),
}


@open_to(*HOMES, why="each actor has a home page")
def home(request: HttpRequest) -> HttpResponseBase:
    """The home page of the signed-in role, rendered here without a redirection."""
    path = HOMES.get(request.actor.role)  # type: ignore[attr-defined]
    if path is None:
        raise Hidden
    return import_string(path)(request)  # type: ignore[no-any-return]
