"""Her agreement, what the law makes compulsory, her shares."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon.access import Hidden, screen
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.people import access, actions, agreement, forms, languages, reads, records
from jalon.people.models import Share
from jalon.people.states import Stage
from jalon.ui.errors import Conflict
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .common import GET_POST, NEVER, back, fetch


@screen("C15", "read")
@require_GET
def agreements(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Three records that are not one: her agreement, her shares, what the law makes compulsory."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    known = reads.agreements(dossier)
    context = {"dossier": dossier, "name": name, "known": known, "pages": agreement.PAGES, "wording": records.WORDING}
    context["editable"] = access.can(request.actor, dossier, "C15", "create")
    context["closed"] = dossier.stage == Stage.CLOSED
    return page(request, "people/agreements.html", context)


@screen("C15", "create")
@GET_POST
def agree(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What is read to her, one question a page, then what she answered. Nothing is kept before her answer."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    known = reads.contact(dossier).record
    language = hers(request, known)
    form = forms.AgreementForm(posted(request), initial={"language": language}, needs=known.get("needs", ()))
    url = back(request, reverse("people:agreements", args=[dossier.pk]))
    context = {"dossier": dossier, "name": name, "form": form, "back": url, "language": language}
    context["needs"] = reads.needs(known)
    if not form.is_bound:
        context |= reads.agreement_page(request.GET.get("page", ""), language)
        return page(request, "people/agree.html", context)
    try:
        given = saved(form, lambda: actions.record_agreement(request.actor, dossier, **form.answers))
    except Conflict:
        given = reads.agreements(dossier).agreement
        if given is None or given.recorded_by_id != request.actor.user_id or given.given_on != clock.today():
            raise
    if given is None:
        return invalid(request, "people/agree.html", context | reads.agreement_page("answer", language))
    return done(request, url, _("L'accord est enregistré. Elle peut le retirer à tout moment."))


def hers(request: HttpRequest, known: Mapping[str, Any]) -> str:
    """The language in which the page is read to her: the one asked for, else that of her messages."""
    asked = request.POST.get("language") or request.GET.get("langue", "")
    return asked if asked in languages.LANGUAGES else str(known.get("language", ""))


@screen("C15", "create")
@GET_POST
def inform(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What the law makes compulsory, told again: a record of its own."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    known = reads.contact(dossier).record
    language = hers(request, known)
    form = forms.InformationForm(posted(request), initial={"language": language})
    url = reverse("people:agreements", args=[dossier.pk])
    context = {"dossier": dossier, "name": name, "form": form, "back": url, "language": language}
    context |= {**reads.agreement_page("law", language), "needs": reads.needs(known)}
    if not form.is_bound:
        return page(request, "people/inform.html", context)
    if saved(form, lambda: actions.record_information(request.actor, dossier, **form.answers)) is None:
        return invalid(request, "people/inform.html", context)
    return done(request, url, _("L'information est notée."))


@screen("C15", "withdraw")
@require_POST
def withdraw(request: HttpRequest, dossier_id: str) -> HttpResponse:
    dossier, _name = fetch(request, dossier_id, "C15", "withdraw")
    actions.withdraw_agreement(request.actor, dossier)
    url = reverse("people:agreements", args=[dossier.pk])
    return done(request, url, _("L'accord est retiré : plus rien ne peut être envoyé."))


@screen("C15", "create")
@GET_POST
def share(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """One share with one organisation of the department."""
    dossier, name = fetch(request, dossier_id, "C15", "create")
    kinds = ("employment_agency", "prefecture", "housing", "training_body", "childcare")
    choices = directory.organisations(*kinds, department=dossier.department)
    form = forms.ShareForm(posted(request), organisations=choices)
    context = {"dossier": dossier, "name": name, "form": form, "never": reads.shared_words(NEVER)}
    context["needs"] = reads.needs(reads.contact(dossier).record)
    if not form.is_bound:
        return page(request, "people/share.html", context)
    if not form.is_valid():
        return invalid(request, "people/share.html", context)
    chosen = {**form.answers, "organisation": next(row for row in choices if row.pk == form.answers["organisation"])}
    actions.grant_share(request.actor, dossier, not_shared=NEVER, **chosen)
    return done(request, reverse("people:agreements", args=[dossier.pk]), _("Le partage est enregistré."))


@screen("C15", "withdraw")
@require_POST
def revoke(request: HttpRequest, share_id: str) -> HttpResponse:
    row = Share.objects.filter(pk=share_id).first()
    if row is None:
        raise Hidden
    dossier, _name = fetch(request, row.dossier_id, "C15", "withdraw")
    actions.revoke_share(request.actor, row)
    return done(request, reverse("people:agreements", args=[dossier.pk]), _("Le partage est retiré."))
