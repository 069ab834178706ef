"""Requests that nobody answered, and changes to report: small acts of the page of rights."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon.access import screen
from jalon.journeys import actions, silent
from jalon.journeys.forms import AskReasonsForm, GivenReasonsForm
from jalon.journeys.models import ReasonsRequest
from jalon.journeys.states import Silent
from jalon.people import access as people
from jalon.ui.forms import attempt
from jalon.ui.views import done

from .rights import show_rights


@require_POST
@screen("C8", "edit", roles=("REF",))
def silence_on_aid(request: HttpRequest, dossier_id: str) -> HttpResponse:
    return _reasons(request, dossier_id, Silent.AFIS)


@require_POST
@screen("C7", "edit", roles=("REF",))
def silence_on_permit(request: HttpRequest, dossier_id: str) -> HttpResponse:
    return _reasons(request, dossier_id, Silent.APS)


def _reasons(request: HttpRequest, dossier_id: str, about: Silent) -> HttpResponse:
    """The reasons are asked for; once they are, they are received."""
    dossier = people.get(request, dossier_id, silent.COMPARTMENT[about], "edit")
    waits = ReasonsRequest.objects.filter(dossier=dossier, about=about, given_on=None).exists()
    form = (GivenReasonsForm if waits else AskReasonsForm)(request.POST, prefix=str(about))
    act = actions.receive_reasons if waits else actions.ask_reasons
    if form.is_valid() and attempt(form, lambda: act(request.actor, dossier, about=about, **form.answers)):  # type: ignore[attr-defined,operator]
        words = _("Motifs reçus : le délai de recours repart.") if waits else _("Demande de motifs notée.")
        return done(request, reverse("journeys:rights", args=[dossier.pk]), words)
    return show_rights(request, dossier, 422, **{f"reasons_{about}": form})


@require_POST
@screen("C8", "edit", roles=("REF",))
def reported(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The payer and the secretariat know."""
    dossier = people.get(request, dossier_id, "C8", "edit")
    actions.report_change(request.actor, dossier)  # type: ignore[attr-defined]
    return done(request, reverse("journeys:rights", args=[dossier.pk]), _("Changement signalé."))
