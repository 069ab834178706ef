"""The named pair of one person, and the hand-overs of her file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, screen
from jalon.accounts.models import User
from jalon.people import access as people
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done

from .. import access, actions, reads
from ..forms import ChecklistForm, HandOverForm, PairForm
from ..models import HandOver, Pair
from .common import actor_of, shown


@screen("C16", "create", roles=(Role.REF, Role.MGR))
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who answers for one person on each side, and who stands in."""
    actor = actor_of(request)
    dossier = people.get(request, dossier_id, "C16", "create")
    found = reads.pair(actor, dossier)
    form = PairForm(posted(request), conventions=[(c.pk, c.title) for c in found.conventions], deputies=found.deputies)
    if saved(form, lambda: _named(actor, dossier, found, form)):
        return done(request, reverse("conventions:pair", args=[dossier_id]), _("Binôme nommé"))
    context = {"dossier": dossier, "found": found, "rows": reads.pair_rows(found)}
    return shown(request, form, "conventions/pair.html", context)


def _named(actor: Actor, dossier: Any, found: reads.PairPage, form: Form) -> Pair:
    chosen = next((c for c in found.conventions if c.pk == form.cleaned_data["convention"]), None)
    return actions.name_pair(
        actor,
        dossier,
        referent=found.referent,
        adviser=found.adviser,
        convention=chosen,
        deputy=form.cleaned_data["deputy"] or None,
    )


@screen("C16", "edit", roles=(Role.REF, Role.MGR))
@require_POST
def end_pair(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The pair no longer answers for her."""
    dossier = people.get(request, dossier_id, "C16", "edit")
    row = access.pair_of(dossier)
    if row is None:
        raise Hidden
    row.dossier = dossier
    actions.end_pair(actor_of(request), row)
    return done(request, reverse("conventions:pair", args=[dossier_id]), _("Binôme terminé"))


@screen("C16", "edit", roles=(Role.REF, Role.MGR))
@require_http_methods(["GET", "POST"])
def hand_overs(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Who passes her file on to whom, until which minute; and a new hand-over."""
    actor = actor_of(request)
    dossier = people.get(request, dossier_id, "C16", "edit")
    people.require_lead(actor, dossier)
    found = reads.hand_overs(actor, dossier)
    form = HandOverForm(posted(request), offered=found.offered)
    if saved(form, lambda: _opened(actor, dossier, form)):
        return done(request, reverse("conventions:hand_overs", args=[dossier_id]), _("Relais ouvert"))
    context = {"dossier": dossier, "found": found}
    return shown(request, form, "conventions/hand_overs.html", context)


def _opened(actor: Actor, dossier: Any, form: HandOverForm) -> HandOver:
    side, user_id = form.chosen
    arriving = User.objects.get(pk=user_id)
    return actions.open_hand_over(actor, dossier, side=side, arriving=arriving, ends_at=form.cleaned_data["ends_at"])


def _relay(request: HttpRequest, hand_over_id: str) -> HandOver:
    row = HandOver.objects.filter(pk=hand_over_id).first()
    if row is None:
        raise Hidden
    row.dossier = people.get(request, row.dossier_id, "C16", "edit")
    people.require_lead(actor_of(request), row.dossier)
    return row


@screen("C16", "edit", roles=(Role.REF, Role.MGR))
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, hand_over_id: str) -> HttpResponse:
    """The checklist of one hand-over."""
    row = _relay(request, hand_over_id)
    form = ChecklistForm(posted(request), initial={"done": row.done, "told_on": row.told_on})
    back = reverse("conventions:hand_overs", args=[row.dossier_id])
    if saved(form, lambda: actions.tick_hand_over(actor_of(request), row, **form.answers)):
        return done(request, back, _("Relais mis à jour"))
    return shown(request, form, "conventions/hand_over.html", {"dossier": row.dossier, "row": row})


RELAY_VERBS = {
    "finish": (actions.finish_hand_over, gettext_lazy("Relais terminé")),
    "end": (actions.end_hand_over_now, gettext_lazy("Accès terminé")),
}


@screen("C16", "edit", roles=(Role.REF, Role.MGR))
@require_POST
def hand_over_verb(request: HttpRequest, hand_over_id: str, verb: str) -> HttpResponse:
    """Everything is passed on; or who leaves stops at once."""
    row = _relay(request, hand_over_id)
    if verb not in RELAY_VERBS:
        raise Hidden
    act, said = RELAY_VERBS[verb]
    act(actor_of(request), row)
    return done(request, reverse("conventions:hand_overs", args=[row.dossier_id]), str(said))
