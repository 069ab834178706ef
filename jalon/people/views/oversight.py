"""Exceptional access, who looked, the month of the trail, the table of rights."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon import journal
from jalon.access import Hidden, breakglass, open_to, screen
from jalon.directory import reads as directory
from jalon.people import access, actions, forms, oversight, reads, rights
from jalon.ui import paging
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .common import GET_POST, fetch, file_url


@screen("C15", "read", roles=("MGR",))
@GET_POST
def exceptional(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """A reason, one file, one hour, read only."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    form = forms.BreakGlassForm(posted(request))
    context = {"dossier": dossier, "name": name, "form": form, "left": breakglass.left(request.actor.user_id)}
    if not form.is_bound:
        return page(request, "people/break_glass.html", context)
    if not form.is_valid():
        return invalid(request, "people/break_glass.html", context)
    actions.open_exceptionally(request.actor, dossier, **form.answers)
    return done(request, file_url(dossier), _("Le dossier est ouvert en lecture pendant une heure."))


@screen("C15", "read", roles=("DPO",))
@GET_POST
def review_openings(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The officer reads why this file was opened, says whether it was justified, and may give openings back."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    if request.method == "POST":
        opening, verdict = request.POST.get("opening", ""), request.POST.get("verdict", "")
        if verdict == "give_back":
            actions.give_openings_back(request.actor, dossier, opening)
        else:
            actions.review_opening(request.actor, dossier, opening, verdict=verdict)
        return done(request, reverse("people:review_openings", args=[dossier.pk]), _("C'est enregistré."))
    rows = reads.openings_of(dossier, review=True)
    left = {user: breakglass.left(user) for user in {line.row.user for line in rows}}
    context = {"dossier": dossier, "name": name, "rows": [(line, left[line.row.user]) for line in rows]}
    context["categories"] = forms.CATEGORY_WORDS
    return page(request, "people/review_openings.html", context)


@screen("C15", "edit", roles=("REF",))
@require_POST
def tell_opening(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """She was told that her file was opened by exception."""
    dossier, _name = fetch(request, dossier_id, "C15", "edit")
    actions.tell_opening(request.actor, dossier, request.POST.get("opening", ""))
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("C'est noté."))


@screen("C17", "read", roles=("MGR", "DPO"))
@require_GET
def trail(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who looked at this file, and who acted on it."""
    dossier, name = fetch(request, dossier_id, "C17", "read")
    pager, rows = reads.trail(request.actor, dossier, paging.asked(request))
    context = {"dossier": dossier, "name": name, "pager": pager, "rows": rows, "roles": directory.ROLE_NAMES}
    return page(request, "people/trail.html", context)


@screen("C17", "read", roles=("DPO",))
@GET_POST
def trail_month(request: HttpRequest, month: str) -> HttpResponse:
    """A month of the organisation's trail: what rules found unusual, events drawn by lot, and the officer's answer."""
    access.require_oversight(request.actor)
    first = oversight.first_day(month)
    form = forms.TrailReviewForm(posted(request))
    if saved(form, lambda: actions.review_trail(request.actor, first, **form.answers)):
        return done(request, reverse("home"), _("La lecture du mois est enregistrée."))
    found = oversight.month(request.actor, first)
    drawn = paging.page(found.drawn, paging.asked(request))
    shown = [row.dossier for row in drawn if row.dossier]
    journal.reading(request, "read", compartment="C17", count=found.events, objects=shown)
    if found.compared:  # the address of a file was opened, and shown to nobody
        journal.reading(request, "compare_street", compartment="C3", count=len(found.compared), objects=found.compared)
    context = {"found": found, "form": form, "rules": oversight.RULES, "roles": directory.ROLE_NAMES}
    context |= {"drawn": drawn, "hits": paging.page(found.hits, paging.asked(request, "days"))}
    return (invalid if form.is_bound else page)(request, "people/trail_month.html", context)


@open_to("DPO", "MGR", why="the table of rights is the product's own rule: it holds nothing about anyone")
@require_GET
def table_of_rights(request: HttpRequest) -> HttpResponse:
    """What a role may do, from the matrix itself."""
    role = request.GET.get("role", request.actor.role)
    if role not in directory.ROLE_NAMES:
        raise Hidden
    context = {"role": role, "roles": directory.ROLE_NAMES, "lines": rights.lines(role)}
    return page(request, "people/rights.html", context)


@open_to(why="who was stopped, and by whom it is lifted: accounts and counts, nothing about a person")
@GET_POST
def stops(request: HttpRequest) -> HttpResponse:
    """The accounts to which no further file opens; their manager or officer lifts it."""
    if request.method == "POST":
        actions.lift_stop(request.actor, request.POST.get("stop", ""))
        return done(request, reverse("people:stops"), _("L'arrêt est levé : de nouveaux dossiers s'ouvrent."))
    return page(request, "people/stops.html", {"rows": reads.stops(request.actor, paging.asked(request))})
