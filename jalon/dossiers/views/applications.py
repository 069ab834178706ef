"""The task list, before a request and during it; the request withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jalon.access import screen
from jalon.dossiers import access, actions, reads
from jalon.dossiers.forms import NotPresentedForm
from jalon.dossiers.models import Application, NotPresented
from jalon.dossiers.states import OPEN_STATES
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui.errors import Conflict
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

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
    context["unpresented"] = reads.pages.unpresented(request.actor, dossier)
    context["may_start"] = access.may_start(request.actor, dossier)
    context["may_agree"] = not dossier.agreement and people.can(request.actor, dossier, "C15", "create")
    return page(request, "dossiers/start.html", context)


@screen("C16", "edit", roles=("REF",))
@GET_POST
def not_presented(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """She could enter, and nothing is presented: why, in one code."""
    dossier = people.get(request, dossier_id, "C16", "edit", persons.scope(request.actor))
    known = NotPresented.objects.filter(dossier=dossier).first()
    form = NotPresentedForm(posted(request), initial={"reason": known.reason if known else ""})
    back = reverse("dossiers:start", args=[dossier.pk])
    if saved(form, lambda: _say(request, dossier, form.cleaned_data["reason"])):
        return done(request, back, _("C'est noté."))
    context = {"title": _("Demande non présentée"), "verb": _("Enregistrer"), "form": form, "back": back}
    context |= {"lead": _("Elle pourrait entrer dans le parcours, et sa demande n'est pas présentée : pourquoi ?")}
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


def _say(request: HttpRequest, dossier: Dossier, reason: str) -> object:
    if reason == "none":
        return actions.lift_not_presented(request.actor, dossier)
    return actions.note_not_presented(request.actor, dossier, reason=reason)


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
    context["unpresented"] = reads.pages.unpresented(request.actor, found.dossier)
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
