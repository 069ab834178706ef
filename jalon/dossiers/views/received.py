"""The secretariat's side."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import screen
from jalon.directory import reads as directory
from jalon.dossiers import access, actions, forms, reads, seals
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.people import access as people
from jalon.ui.views import done, invalid, page

from .common import GET_POST


@screen("C12", "read", roles=("SEC",))
@GET_POST
def received(request: HttpRequest, application_id: str) -> HttpResponse:
    """A request received: its content, its papers, what was asked. Ask for a complement, or declare it complete."""
    found = access.get(request, application_id, "C12", "read")
    people.require(request.actor, found.dossier, "C13", "read", stage=found.stage)
    form = forms.ComplementForm(request.POST if request.method == "POST" else None)
    context = received_page(found, form)
    context["acknowledged"] = access.acknowledgement_verdict(request.actor, found).allowed
    if not form.is_bound:
        journal.reading(request, "read", found.dossier, compartment="C13")
        return page(request, "dossiers/received.html", context)
    if not form.is_valid():
        return invalid(request, "dossiers/received.html", context)
    actions.ask_for_complement(request.actor, found, **form.answers)
    url = reverse("dossiers:received", args=[found.pk])
    return done(request, url, _("Le complément est demandé à l'association."))


def received_page(found: Application, form: forms.ComplementForm) -> dict[str, Any]:
    """By number: neither the alias nor the civil identity is opened here."""
    shown = reads.pages.package_page(found)
    return {
        "application": found,
        "dossier": found.dossier,
        "shown": shown,
        "papers": reads.pages.sent_pieces(found),
        "complements": reads.pages.complements(found),
        "accredited": directory.is_accredited(found.prepared_by, found.department, found.submitted_on),
        "intact": bool(shown.package) and seals.intact(shown.package, shown.content),
        "alert_on": reads.pages.silence_on(found),
        "form": form,
        "may_ask": found.state in (ApplicationState.SUBMITTED, ApplicationState.COMPLETE),
        "may_accept": found.state in (ApplicationState.SUBMITTED, ApplicationState.INCOMPLETE),
    }


@screen("C13", "edit", roles=("SEC",))
@require_POST
def complete(request: HttpRequest, application_id: str) -> HttpResponse:
    found = access.get(request, application_id, "C13", "edit")
    actions.declare_complete(request.actor, found)
    return done(request, reverse("dossiers:received", args=[found.pk]), _("Le dossier est déclaré complet."))
