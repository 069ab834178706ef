"""What she asks of her data: received, extended, answered; what she froze."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Hidden, Role, screen
from jalon.config import clock
from jalon.papers.views import answer as made_paper
from jalon.people import access, actions, forms, papers, reads
from jalon.people.models import Dossier, RightsRequest
from jalon.people.states import Right
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .common import GET_POST, fetch

ROLES = ("REF", "MGR", "DPO")
BY_LEADS, BY_OFFICER = ("C16", "create"), ("C15", "read")


def _received(request: HttpRequest, dossier_id: str) -> tuple[Dossier, str]:
    """The file, for who receives and answers: whoever leads it, or the officer."""
    dossier, name = fetch(request, dossier_id, *(BY_OFFICER if request.actor.role == Role.DPO else BY_LEADS))
    access.require_rights(request.actor, dossier)
    journal.reading(request, "read", dossier, compartment="C15")
    return dossier, name


def _shown(request: HttpRequest, dossier: Dossier, name: str, **forms_: Any) -> dict[str, Any]:
    """What the page of the requests shows: their list, what is frozen, the forms."""
    return {
        "dossier": dossier,
        "name": name,
        "rows": reads.rights_requests(dossier),
        "frozen": dossier.restricted.split(),
        "officer": request.actor.role == Role.DPO,
        "copies": request.actor.role == Role.REF and access.leads(request.actor, dossier),
        **forms_,
    }


@screen("C15", "read", roles=ROLES)
@GET_POST
def requests(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Her requests and their dates; a new one; what is frozen."""
    dossier, name = _received(request, dossier_id)
    form = forms.RightsForm(posted(request), initial={"asked_on": clock.today()})
    if saved(form, lambda: actions.record_request(request.actor, dossier, **form.answers)):
        return done(request, reverse("people:requests", args=[dossier.pk]), _("La demande est notée."))
    context = _shown(request, dossier, name, form=form, lift=forms.LiftForm())
    return (invalid if form.is_bound else page)(request, "people/requests.html", context)


@screen("C15", "read", roles=("DPO",))
@require_POST
def lift(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The officer ends the freeze, once the person has been told."""
    dossier, name = _received(request, dossier_id)
    form = forms.LiftForm(posted(request))
    if saved(form, lambda: actions.lift_restriction(request.actor, dossier, **form.answers)):
        return done(request, reverse("people:requests", args=[dossier.pk]), _("Le gel est levé."))
    blank = forms.RightsForm(initial={"asked_on": clock.today()})
    return invalid(request, "people/requests.html", _shown(request, dossier, name, form=blank, lift=form))


@screen("C15", "read", roles=ROLES)
@GET_POST
def answer(request: HttpRequest, request_id: str) -> HttpResponse:
    """Answer one request; or say that it takes two months more."""
    row = RightsRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise Hidden
    dossier, name = _received(request, row.dossier_id)
    longer = "reason" in request.POST
    shares = reads.shares_in_force(dossier) if row.right == Right.OBJECTION else []
    form = forms.AnswerForm(None if longer else posted(request), right=row.right, shares=shares)
    extension = forms.ExtensionForm(posted(request) if longer else None)
    url = reverse("people:requests", args=[dossier.pk])
    if saved(extension, lambda: actions.extend_request(request.actor, row, **extension.answers)):
        return done(request, url, _("Le délai est prolongé de deux mois. Dites-le à la personne, avec la raison."))
    if saved(form, lambda: actions.answer_request(request.actor, row, **form.answers)):
        return done(request, answered_at(row) if row.right in actions.WRITTEN else url, _("La réponse est notée."))
    asked = next(one for one in reads.rights_requests(dossier) if one.row.pk == row.pk)
    context = {"dossier": dossier, "name": name, "asked": asked, "form": form, "extension": extension, "back": url}
    return (invalid if request.method == "POST" else page)(request, "people/answer.html", context)


def answered_at(row: RightsRequest) -> str:
    """The page of the answered request, from which the written answer is made."""
    return reverse("people:answer", args=[row.pk])


@screen("C15", "read", roles=ROLES)
@require_POST
def answer_paper(request: HttpRequest, request_id: str) -> HttpResponse:
    """The written answer, to hand over."""
    row = RightsRequest.objects.filter(pk=request_id).select_related("dossier__organisation").first()
    if row is None:
        raise Hidden
    dossier, _name = _received(request, row.dossier_id)
    return made_paper(papers.rights_answer(request.actor, dossier, row))
