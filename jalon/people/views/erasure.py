"""The end of a file: the officer, the manager, the hold, the erasure."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jalon import journal
from jalon.access import Hidden, open_to, screen
from jalon.people import actions, forms, oversight, reads, records
from jalon.people.actions import retention
from jalon.people.states import DOSSIER, Kept
from jalon.ui import paging
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .common import GET_POST, fetch


@open_to("DPO", why="the officer's home lists closed files by number, openings and agreements to erase; nothing sealed")
@require_GET
def officer_home(request: HttpRequest) -> HttpResponse:
    """What the data protection officer must look at."""
    closed, rows = reads.erasable(request.actor, paging.asked(request))
    journal.reading(request, "list_closed", count=len(rows), objects=[row.dossier for row in rows])
    context = {"rows": rows, "closed": closed, "categories": forms.CATEGORY_WORDS}
    context["openings"] = reads.openings(request.actor, paging.asked(request, "openings"))
    context["months"] = oversight.to_review(request.actor)
    context["alerts"] = reads.reading_alerts(request.actor, paging.asked(request, "alerts"))
    context["requests"] = reads.rights_waiting(request.actor, paging.asked(request, "asked"))
    return page(request, "people/officer_home.html", context)


@screen("C16", "edit", roles=("MGR",))
@GET_POST
def consent(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The second pair of eyes: the manager agrees that a closed file, or a part of it, be erased; or thinks again."""
    dossier, name = fetch(request, dossier_id, "C16", "edit")
    rows = reads.endings(request.actor, dossier)
    if request.method == "POST":
        row = next((row for row in rows if row.part == request.POST.get("part", Kept.FILE)), None)
        if row is None:
            raise Hidden
        act = actions.withdraw_consent if row.consents else actions.consent_to_erasure
        act(request.actor, dossier, row.part)
        return done(request, reverse("people:consent", args=[dossier.pk]), _("C'est enregistré."))
    DOSSIER.target(dossier.stage, "erase")
    return page(request, "people/consent.html", {"dossier": dossier, "name": name, "rows": rows})


@screen("C16", "create", roles=("MGR",))
@GET_POST
def hold(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Something under way needs this file: nothing of it is erased until a day; or it is over."""
    dossier, name = fetch(request, dossier_id, "C16", "create")
    url, found = reverse("people:hold", args=[dossier.pk]), reads.hold(dossier)
    context = {"dossier": dossier, "name": name, "found": found, "words": dict(forms.HOLD_WORDS)}
    if found and request.method == "POST":
        actions.lift_hold(request.actor, dossier)
        return done(request, url, _("La retenue est levée."))
    context["form"] = form = forms.HoldForm(posted(request))
    if saved(form, lambda: actions.place_hold(request.actor, dossier, **form.answers)):
        return done(request, url, _("Le dossier est retenu : rien n'en sera effacé avant ce jour."))
    return (invalid if form.is_bound else page)(request, "people/hold.html", context)


@open_to("DPO", why="the officer's list of eliminations: numbers and dates of erased files, nothing sealed")
@require_GET
def eliminations(request: HttpRequest) -> HttpResponse:
    """What was erased, when, why, and under which visa of the archives: the list to give them, without names."""
    rows = reads.eliminations(request.actor, paging.asked(request))
    journal.reading(request, "list_eliminations", count=len(rows))
    return page(request, "people/eliminations.html", {"rows": rows, "words": dict(forms.ERASURE_WORDS)})


@screen("C15", "read", roles=("DPO",))
@GET_POST
def erase(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Destroy the keys of a closed file, or of one part (« partie »), once somebody else has agreed."""
    dossier, name = fetch(request, dossier_id, "C15", "read")
    part = request.GET.get("partie", Kept.FILE)
    if part not in Kept.values:
        raise Hidden
    agreed = (row for row in reads.consents(dossier) if row.part == part and row.user_id != request.actor.user_id)
    second = next(agreed, None)
    form = forms.ErasureForm(posted(request), why_not=lambda reason: retention.why_not(dossier, reason, part))
    context = {"dossier": dossier, "name": name, "form": form, "second": second, "part": Kept(part)}
    context |= {"review_on": records.ends(dossier).get(part), "preview": reads.preview(dossier, part)}
    if not form.is_bound or second is None:
        DOSSIER.target(dossier.stage, "erase")
        return page(request, "people/erase.html", context, status=409 if form.is_bound else 200)
    if not form.is_valid():
        return invalid(request, "people/erase.html", context)
    reason, visa = form.answers["reason"], form.answers["visa"]
    actions.erase_dossier(request.actor, dossier, second_user=second.user, visa=visa, reason=reason, part=part)
    said = _("Le dossier %s est effacé.") if part == Kept.FILE else _("Cette partie du dossier %s est effacée.")
    return done(request, reverse("home"), said % dossier.number)
