"""Organisations, and the review of who works for whom. Room rules: nothing here is about a person."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Actor, Hidden, open_to
from jalon.ui import paging
from jalon.ui.errors import Malformed
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .. import access, actions, reads
from ..forms import EndForm, NewAccountForm
from ..middleware import CHOSEN
from ..models import Membership


@open_to(why="an organisation's name, kind and accreditation are public facts")
@require_GET
def organisation(request: HttpRequest, organisation_id: str) -> HttpResponse:
    found = reads.organisation_card(organisation_id)
    if found is None:
        raise Hidden
    lines = reads.public_accreditations(found)
    shown = paging.page(lines, paging.asked(request))
    context = {"organisation": found, "accreditations": shown, "rules": reads.accreditation_reasons(shown)}
    return page(request, "directory/organisation.html", context)


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts reviews them: one's organisation, or one's commission")
@require_GET
def memberships(request: HttpRequest) -> HttpResponse:
    """Everyone in force, the first to end first; reading the names leaves a trace."""
    pager, rows = reads.memberships_to_review(request.actor, paging.asked(request))
    journal.reading(request, "review_memberships", count=len(rows), objects=[row.pk for row in rows])
    context = {"rows": rows, "pager": pager, "roles": reads.ROLE_NAMES}
    return page(request, "directory/memberships.html", context)


def _shown(actor: Actor, membership: Membership) -> dict[str, Any]:
    """Whose access this is; ``kept``: may the actor do anything about it?"""
    kept = access.may_keep(actor, membership.organisation, str(membership.role), membership.department)
    said = "" if kept else access.OPERATOR_KEEPS
    return {"membership": membership, "role": reads.ROLE_NAMES[membership.role], "kept": kept, "operator_keeps": said}


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts ends them")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, membership_id: str) -> HttpResponse:
    """The last day of a membership."""
    membership = access.memberships_visible_to(request.actor).filter(pk=membership_id).first()
    if membership is None:
        raise Hidden
    form = EndForm(posted(request), initial={"ends_on": membership.ends_on}, membership=membership)
    context = {"form": form, **_shown(request.actor, membership)}
    if request.method == "GET":
        return page(request, "directory/end.html", context)
    if not form.is_valid():
        return invalid(request, "directory/end.html", context)
    actions.end_membership(request.actor, membership, ends_on=form.answers["ends_on"])
    return done(request, reverse("directory:memberships"), _("La date de fin est enregistrée."))


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts opens them, each with its end")
@require_http_methods(["GET", "POST"])
def invite_member(request: HttpRequest) -> HttpResponse:
    """A new account: its function, its end, and a link that leaves by mail and opens it once."""
    actor: Actor = request.actor
    if request.method == "POST" and not ratelimit.consume(request, action="invite", user=request.user):
        return page(request, "429.html", status=429)
    places = reads.places_to_invite(actor)
    codes = [role for role in reads.ROLE_NAMES if any(role in access.roles_to_give(actor, place) for place in places)]
    roles = [(role, reads.ROLE_NAMES[role]) for role in codes]
    form = NewAccountForm(posted(request), roles=roles, organisations=places)
    named = saved(form, lambda: actions.invite_member(actor, department=actor.department, **form.given))
    if named is None:
        return (invalid if form.is_bound else page)(request, "directory/invite.html", {"form": form})
    return done(request, reverse("directory:memberships"), _("L'invitation est partie."))


KEEPING = {
    "invite": (actions.invite_again, _("Un nouveau lien est parti. L'ancien mot de passe ne sert plus.")),
    "sessions": (actions.end_sessions_of, _("Cette personne est déconnectée partout.")),
    "close": (actions.close_account, _("Le compte est fermé.")),
}


@open_to("MGR", "ADM", "SEC", why="who keeps the accounts helps or stops them")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, membership_id: str) -> HttpResponse:
    """A colleague's account: a new link, sign out everywhere, close."""
    membership = access.memberships_visible_to(request.actor).filter(pk=membership_id).first()
    if membership is None:
        raise Hidden
    if request.method == "GET":
        return page(request, "directory/account.html", _shown(request.actor, membership))
    verb = request.POST.get("verb", "")
    if verb not in KEEPING:
        raise Malformed("unknown verb")
    act, said = KEEPING[verb]
    act(request.actor, membership.user)
    return done(request, reverse("directory:memberships"), said)


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
