"""The desk: her referent opens her space with her, stops it, and answers what she asks."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon import journal
from jalon.access import Hidden, screen
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.ui import paging
from jalon.ui.views import done, page

from .. import access, actions, reads
from ..states import SPACE, SpaceState

# The verbs of the desk: those that hand a card to her (for a phrase, or for her own telephone), and those that only
# change the state.
CARDS = {
    "open": actions.open_space,
    "open-passkey": partial(actions.open_space, passkey=True),
    "code": actions.hand_new_code,
    "code-passkey": partial(actions.hand_new_code, passkey=True),
}
STATES = {"freeze": actions.freeze_space, "thaw": actions.thaw_space, "close": actions.close_space}


@screen("C15", "read", roles=("REF", "DPO"))
@require_GET
def desk(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Is her space open, and what did she ask?"""
    dossier = people.get(request, dossier_id, "C15", "read", persons.scope(request.actor))
    state, space, asked = reads.desk(dossier)
    context = {"dossier": dossier, "name": persons.name(request.actor, dossier), "space": space, "asked": asked}
    context["by_passkey"] = space is not None and state == SpaceState.OPEN and not space.user.has_usable_password()
    context |= {"state": state, "label": SpaceState(state).label, "verbs": SPACE.verbs(state)}
    context["editable"] = people.can(request.actor, dossier, "C15", "create")
    context["answers"] = people.can(request.actor, dossier, "C15", "edit")
    return page(request, "space/desk.html", context)


@screen("C15", "create", roles=("REF",))
@require_POST
def act(request: HttpRequest, dossier_id: str, verb: str) -> HttpResponse:
    """The card is shown by this very answer and never again: it is copied for her, in front of her."""
    if verb not in (*CARDS, *STATES):
        raise Hidden
    dossier = people.get(request, dossier_id, "C15", "create", persons.scope(request.actor))
    if verb in CARDS:
        name = persons.name(request.actor, dossier)
        context = {"dossier": dossier, "name": name, "where": settings.SPACE_URL}
        context["card"] = CARDS[verb](request.actor, dossier)
        return page(request, "space/card.html", context)
    STATES[verb](request.actor, dossier)
    return done(request, reverse("space:desk", args=[dossier.pk]), _("C'est fait."))


@screen("C15", "read", roles=("REF",))
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """What the persons of the actor's scope asked and nobody has answered yet."""
    access.require_requests(request.actor)
    asked = reads.waiting(request.actor, paging.asked(request))
    journal.reading(request, "read", compartment="C15", count=len(asked), objects=reads.subjects(asked))
    return page(request, "space/requests_waiting.html", {"asked": asked})


@screen("C15", "edit", roles=("REF",))
@require_POST
def answer(request: HttpRequest, person_request_id: str) -> HttpResponse:
    row = access.requests_visible_to(request.actor).select_related("dossier").filter(pk=person_request_id).first()
    if row is None:
        raise Hidden
    row.dossier = people.get(request, row.dossier_id, "C15", "edit")
    actions.answer_request(request.actor, row)
    return done(request, reverse("space:desk", args=[row.dossier_id]), _("C'est noté."))
