"""The page on which a session's copy is kept past its window, and read while it is."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Actor, screen
from jalon.commissions import access, actions, reads
from jalon.commissions.forms import HoldForm
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page


@screen("C13", "read", roles=("SEC", "PRE"))
def hold(request: HttpRequest, item_id: str) -> HttpResponse:
    """Ask, confirm, lift: what the button says is what is done (« act »)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    item = access.get_opined(request, item_id)
    dossier = item.application.dossier  # type: ignore[union-attr]
    url, found = reverse("commissions:hold", args=[item.pk]), reads.hold_page(item)
    act = request.POST.get("act", "")
    if act == "confirm":
        actions.confirm_hold(actor, item)
        return done(request, url, _("La retenue est confirmée : le dossier de séance est gardé."))
    if act == "lift":
        actions.lift_copy_hold(actor, item)
        return done(request, url, _("La retenue est levée."))
    form = HoldForm(posted(request))
    if saved(form, lambda: actions.hold_copy(actor, item, **form.answers)):
        return done(request, url, _("La retenue attend la confirmation d'une seconde personne."))
    journal.reading(request, "read", dossier, compartment="C13")
    asks = actor.role == "SEC" and found is None and access.application_in_window(item.application)  # type: ignore[arg-type]
    context = {"item": item, "meeting": item.meeting, "found": found, "form": form, "asks": asks}
    context["own"] = found is not None and found.hold.placed_by_id == actor.user_id
    return (invalid if form.is_bound else page)(request, "commissions/hold.html", context)


@require_POST
@screen("C12", "read", roles=("SEC", "PRE"))
def read_held(request: HttpRequest, item_id: str) -> HttpResponse:
    """Each reading is an act: it is written in the trail, and those who keep the copy are told."""
    item = access.get_opined(request, item_id)
    actions.read_held_copy(request.actor, item)  # type: ignore[attr-defined]
    context = {"item": item, "meeting": item.meeting, "sheet": reads.sheet(request.actor, item)}  # type: ignore[attr-defined]
    return page(request, "commissions/held.html", context)
