"""The pages of the catalogue: a room rule by role, the department for the rest. No page asks anything outside."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, open_to
from jalon.ui import html, paging
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from .. import access, actions, reads
from ..forms.catalogue import FactsForm, OfferFilters, ServiceFilters, TrainingFilters
from ..models import Service
from ..states import Source

ORIENTS = (Role.REF, Role.COL)


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _tabs(current: str) -> list[html.Tab]:
    labels = {"services": _("Services"), "offers": _("Offres d'emploi"), "trainings": _("Formations")}
    return [html.Tab(label, reverse(f"offers:{name}"), name == current) for name, label in labels.items()]


def _listed(
    request: HttpRequest, name: str, form: Form, read: Callable[[Actor, dict[str, str], int], Any], **more: Any
) -> HttpResponse:
    """A list with its filters and its tabs; a filter that is none of the choices is said at its field."""
    template, context = f"offers/{name}.html", {"form": form, "tabs": _tabs(name), **more}
    if not form.is_valid():
        return invalid(request, template, context)
    rows = read(actor_of(request), form.answers, paging.asked(request))
    filtered = any(form.answers.values())
    reset = reverse(f"offers:{name}") if filtered else ""
    return page(request, template, {**context, "rows": rows, "filtered": filtered, "reset": reset})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """The services of the department, by need, place, language, children, and among women."""
    actor = actor_of(request)
    form = ServiceFilters(request.GET, reads.places(access.services_visible_to(actor), "record__commune"))
    fresh = reads.freshness(Source.SERVICES, actor.department)
    return _listed(request, "services", form, reads.services, fresh=fresh, orients=actor.role in ORIENTS)


@open_to(*access.READERS, why=access.WHY)
@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """The job offers of the department, as France Travail gave them last."""
    actor = actor_of(request)
    places = reads.places(access.offers_visible_to(actor), "place")
    form = OfferFilters(request.GET, places, reads.contracts(actor))
    fresh = reads.freshness(Source.OFFERS, actor.department)
    return _listed(request, "offers", form, reads.offers, fresh=fresh, withheld=access.withheld(actor))


@open_to(*access.READERS, why=access.WHY)
@require_GET
def trainings(request: HttpRequest) -> HttpResponse:
    """The trainings that begin, the next first."""
    return _listed(request, "trainings", TrainingFilters(request.GET), reads.trainings)


@open_to(*access.READERS, why=access.WHY)
@require_GET
def offer(request: HttpRequest, offer_id: str) -> HttpResponse:
    """One open job offer; withdrawn, it does not exist any more."""
    found = reads.offer(actor_of(request), offer_id)
    if found is None:
        raise Hidden
    fresh = reads.freshness(Source.OFFERS, actor_of(request).department)
    return page(request, "offers/offer.html", {"offer": found, "fresh": fresh})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def training(request: HttpRequest, training_id: str) -> HttpResponse:
    """One dated training."""
    found = reads.training(actor_of(request), training_id)
    if found is None:
        raise Hidden
    return page(request, "offers/training.html", {"training": found})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    """One service: the national record, and what we know of it."""
    found = reads.card(actor_of(request), service_id)
    if found is None:
        raise Hidden
    return page(request, "offers/service.html", {"card": found, "orients": actor_of(request).role in ORIENTS})


def get_service(request: HttpRequest, service_id: str) -> Service:
    found = access.services_visible_to(actor_of(request)).filter(pk=service_id).first()
    if found is None:
        raise Hidden
    return found


def _card(service: Service) -> str:
    return reverse("offers:service", args=[service.pk])


@open_to(*access.READERS, why=access.WHY)
@require_POST
def check(request: HttpRequest, service_id: str) -> HttpResponse:
    """The card was checked with the structure today."""
    row = get_service(request, service_id)
    actions.check_service(actor_of(request), row)
    return done(request, _card(row), _("Fiche vérifiée aujourd'hui"))


@open_to(*access.READERS, why=access.WHY)
@require_POST
def keep(request: HttpRequest, service_id: str) -> HttpResponse:
    """From now on I keep this card."""
    row = get_service(request, service_id)
    actions.keep_service(actor_of(request), row)
    return done(request, _card(row), _("Vous tenez cette fiche à jour"))


@open_to(*access.READERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, service_id: str) -> HttpResponse:
    """What we know of a service beyond the national record."""
    actor, row = actor_of(request), get_service(request, service_id)
    known = {"readable": access.facts_read(actor), "noted": reads.noted(actor, row), "revision": row.revision}
    form = FactsForm(posted(request), **known)  # type: ignore[arg-type]
    if saved(form, lambda: actions.note_facts(actor, row, form.values, revision=form.revision)):
        return done(request, _card(row), _("Enregistré"))
    context = {"form": form, "service": row}
    return (invalid if form.is_bound else page)(request, "offers/facts.html", context)


@open_to(why="how offers are ordered and set aside is for whoever signs in; nothing about anyone is read")
@require_GET
def weights(request: HttpRequest) -> HttpResponse:
    """The versioned table: what sets an offer aside, what must be asked, what orders the rest."""
    from ..reads.weights import weights as table  # the rules of the matching, for this page alone

    return page(request, "offers/weights.html", {"table": table()})
