"""Organisations, and the review of who works for whom. Room rules: nothing here is about a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Hidden, open_to
from jalon.ui.views import done, invalid, page

from .. import access, actions, reads
from ..forms import EndForm
from ..middleware import CHOSEN
from ..models import Membership


@open_to(why="an organisation's name, kind and accreditation are public facts")
@require_GET
def organisation(request: HttpRequest, organisation_id: str) -> HttpResponse:
    found = reads.organisation_card(organisation_id)
    if found is None:
        raise Hidden
    lines = reads.public_accreditations(found)
    return page(request, "directory/organisation.html", {"organisation": found, "accreditations": lines})


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts reviews them: one's organisation, or one's commission")
@require_GET
def memberships(request: HttpRequest) -> HttpResponse:
    """Everyone in force, the first to end first; reading the names leaves a trace."""
    pager, rows = reads.memberships_to_review(request.actor, access.page_number(request))
    journal.reading(request, "review_memberships", count=len(rows), objects=[row.pk for row in rows])
    context = {"rows": rows, "pager": pager, "roles": reads.ROLE_NAMES}
    return page(request, "directory/memberships.html", context)


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts ends them")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, membership_id: str) -> HttpResponse:
    """The last day of a membership."""
    membership = access.memberships_visible_to(request.actor).filter(pk=membership_id).first()
    if membership is None:
        raise Hidden
    form = EndForm(request.POST or None, initial={"ends_on": membership.ends_on}, membership=membership)
    context = {"form": form, "membership": membership, "role": reads.ROLE_NAMES[membership.role]}
    if request.method == "GET":
        return page(request, "directory/end.html", context)
    if not form.is_valid():
        return invalid(request, "directory/end.html", context)
    actions.end_membership(request.actor, membership, ends_on=form.answers["ends_on"])
    return done(request, reverse("directory:memberships"), _("La date de fin est enregistrée."))


@open_to(why="someone with several functions chooses under which one to work")
@require_http_methods(["GET"])
def functions(request: HttpRequest) -> HttpResponse:
    context = {"held": request.memberships, "roles": reads.ROLE_NAMES, "present": request.actor.membership_id}
    return page(request, "directory/functions.html", context)


@open_to(why="someone with several functions chooses under which one to work")
@require_POST
def switch(request: HttpRequest, membership_id: str) -> HttpResponse:
    """Only a membership in force of the same account."""
    held: list[Membership] = request.memberships
    if membership_id not in {membership.pk for membership in held}:
        raise Hidden
    actions.choose_membership(request.actor, membership_id)
    request.session[CHOSEN] = membership_id
    return redirect("home")
