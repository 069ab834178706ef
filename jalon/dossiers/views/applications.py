"""The task list, before a request and during it; the request withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jalon.access import screen
from jalon.dossiers import access, actions, reads
from jalon.dossiers.models import Application
from jalon.dossiers.states import OPEN_STATES
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict
from jalon.ui.views import done, page

from .common import ASSOCIATION, GET_POST, application_url, named


@screen("C16", "read", roles=ASSOCIATION)
@GET_POST
def start(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The task list before a request exists; starting one needs her agreement."""
    dossier = people.get(request, dossier_id, "C16", "read", persons.scope(request.actor))
    current = Application.objects.filter(dossier=dossier, state__in=OPEN_STATES).first()
    if request.method == "POST":
        return done(request, application_url(current or opened_once(request, dossier)))
    if current is not None:
        return redirect(application_url(current))
    context = {"dossier": dossier, "name": persons.name(request.actor, dossier), "agreed": dossier.agreement}
    known = all(people.can(request.actor, dossier, compartment, "read") for compartment in ("C1", "C2"))
    context |= {"tasks": reads.tasks.before(dossier, request.actor) if known else None}
    context |= {"past": reads.pages.past(dossier.pk), "pathway": dossier.stage == "S5"}
    context["may_start"] = access.may_start(request.actor, dossier)
    context["may_agree"] = not dossier.agreement and people.can(request.actor, dossier, "C15", "create")
    return page(request, "dossiers/start.html", context)


def opened_once(request: HttpRequest, dossier: Dossier) -> Application:
    """The same button pressed twice opens one request."""
    try:
        return actions.open_application(request.actor, dossier)
    except Conflict:
        return Application.objects.get(dossier=dossier, state__in=OPEN_STATES)


@screen("C16", "read", roles=ASSOCIATION)
@require_GET
def application(request: HttpRequest, application_id: str) -> HttpResponse:
    """The task list: fifteen parts, any order, what is missing by its name."""
    found = access.get(request, application_id, "C16", "read")
    context = named(request, found, tasks=reads.tasks.of(found, request.actor))
    context["editable"] = reads.tasks.editable(found, request.actor)
    context["may_read"] = people.can(request.actor, found.dossier, "C12", "read")
    context["may_withdraw"] = access.can_withdraw(request.actor, found)
    return page(request, "dossiers/application.html", context)


@screen("C15", "withdraw", roles=("REF",))
@GET_POST
def withdraw(request: HttpRequest, application_id: str) -> HttpResponse:
    """She no longer asks."""
    found = access.get(request, application_id, "C15", "withdraw")
    if request.method == "POST":
        actions.withdraw_application(request.actor, found)
        url = reverse("dossiers:start", args=[found.dossier_id])
        return done(request, url, _("La demande est retirée."))
    context = {"title": _("Retirer la demande"), "verb": _("Retirer la demande"), "danger": True}
    context |= {"lead": _("Elle ne demande plus. Ce qui est écrit reste dans l'association."), "form": ""}
    return page(request, "ui/confirm.html", {**context, "back": application_url(found)})
