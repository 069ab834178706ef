"""The pages of the catalogue: a room rule by role, the department for the rest. No page asks anything outside."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Actor, Hidden, Role, open_to, screen
from jalon.config import clock
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from . import access, actions, reads
from .forms import STEPS, FactsForm, OfferFilters, OrientForm, ServiceFilters, TrainingFilters
from .models import Orientation, Service
from .states import ORIENTATION, Source

ORIENTS = (Role.REF, Role.COL)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _tabs(current: str) -> list[html.Tab]:
    labels = {"services": _("Services"), "offers": _("Offres d'emploi"), "trainings": _("Formations")}
    return [html.Tab(label, reverse(f"offers:{name}"), name == current) for name, label in labels.items()]


def _listed(
    request: HttpRequest, name: str, form: Form, read: Callable[[Actor, dict[str, str], str], Any], **more: Any
) -> HttpResponse:
    """A list with its filters and its tabs; a filter that is none of the choices is said at its field."""
    template, context = f"offers/{name}.html", {"form": form, "tabs": _tabs(name), **more}
    if not form.is_valid():
        return invalid(request, template, context)
    rows = read(_actor(request), form.answers, request.GET.get("page", ""))
    filtered = any(form.answers.values())
    reset = reverse(f"offers:{name}") if filtered else ""
    return page(request, template, {**context, "rows": rows, "filtered": filtered, "reset": reset})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """The services of the department, by need, place, language, children, and among women."""
    actor = _actor(request)
    form = ServiceFilters(request.GET, reads.places(access.services_visible_to(actor), "record__commune"))
    fresh = reads.freshness(Source.SERVICES, actor.department)
    return _listed(request, "services", form, reads.services, fresh=fresh, orients=actor.role in ORIENTS)


@open_to(*access.READERS, why=access.WHY)
@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """The job offers of the department, as France Travail gave them last."""
    actor = _actor(request)
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
    found = reads.offer(_actor(request), offer_id)
    if found is None:
        raise Hidden
    fresh = reads.freshness(Source.OFFERS, _actor(request).department)
    return page(request, "offers/offer.html", {"offer": found, "fresh": fresh})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def training(request: HttpRequest, training_id: str) -> HttpResponse:
    """One dated training."""
    found = reads.training(_actor(request), training_id)
    if found is None:
        raise Hidden
    return page(request, "offers/training.html", {"training": found})


@open_to(*access.READERS, why=access.WHY)
@require_GET
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    """One service: the national record, and what we know of it."""
    found = reads.card(_actor(request), service_id)
    if found is None:
        raise Hidden
    return page(request, "offers/service.html", {"card": found, "orients": _actor(request).role in ORIENTS})


def _service(request: HttpRequest, service_id: str) -> Service:
    found = access.services_visible_to(_actor(request)).filter(pk=service_id).first()
    if found is None:
        raise Hidden
    return found


def _card(service: Service) -> str:
    return reverse("offers:service", args=[service.pk])


@open_to(*access.READERS, why=access.WHY)
@require_POST
def check(request: HttpRequest, service_id: str) -> HttpResponse:
    """The card was checked with the structure today."""
    row = _service(request, service_id)
    actions.check_service(_actor(request), row)
    return done(request, _card(row), _("Fiche vérifiée aujourd'hui"))


@open_to(*access.READERS, why=access.WHY)
@require_POST
def keep(request: HttpRequest, service_id: str) -> HttpResponse:
    """From now on I keep this card."""
    row = _service(request, service_id)
    actions.keep_service(_actor(request), row)
    return done(request, _card(row), _("Vous tenez cette fiche à jour"))


@open_to(*access.READERS, why=access.WHY)
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, service_id: str) -> HttpResponse:
    """What we know of a service beyond the national record."""
    actor, row = _actor(request), _service(request, service_id)
    known = {"readable": access.facts_read(actor), "noted": reads.noted(actor, row), "revision": row.revision}
    form = FactsForm(posted(request), **known)  # type: ignore[arg-type]
    if saved(form, lambda: actions.note_facts(actor, row, form.values, revision=form.revision)):
        return done(request, _card(row), _("Enregistré"))
    context = {"form": form, "service": row}
    return (invalid if form.is_bound else page)(request, "offers/facts.html", context)


# --- orientations: about a person -----------------------------------------------------------------------------
def _prepared(request: HttpRequest, service: Service, form: Form) -> Orientation:
    dossier = people.get(request, form.cleaned_data["person"], "C11", "create")
    return actions.prepare_orientation(_actor(request), dossier, service, note=form.cleaned_data["note"])


@screen("C11", "create", roles=(Role.REF,))
@require_http_methods(["GET", "POST"])
def orient(request: HttpRequest, service_id: str) -> HttpResponse:
    """Propose a service to one of my persons."""
    actor, row = _actor(request), _service(request, service_id)
    mine = reads.chosen(actor)
    journal.reading(request, "orient", compartment="C1", objects=[pk for pk, _name in mine], count=len(mine))
    form = OrientForm(posted(request), persons=mine)
    if made := saved(form, lambda: _prepared(request, row, form)):
        return done(request, reverse("offers:orientation", args=[made.pk]), _("Orientation préparée"))
    return (invalid if form.is_bound else page)(request, "offers/orient.html", {"form": form, "service": row})


@screen("C11", "read", roles=(Role.REF,))
@require_GET
def orientations(request: HttpRequest) -> HttpResponse:
    """What runs for my persons, and whom to ask again."""
    rows = reads.orientations(_actor(request))
    journal.reading(request, "read", compartment="C11", objects=[row["dossier"] for row in rows], count=len(rows))
    return page(request, "offers/orientations.html", {"rows": rows})


@screen("C11", "read", roles=(Role.REF,))
@require_GET
def person(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The orientations of one person, those that ended too."""
    dossier = people.get(request, dossier_id, "C11", "read")
    rows = reads.orientations(_actor(request), dossier.pk)
    return page(request, "offers/orientations.html", {"rows": rows, "dossier": dossier})


def _orientation(request: HttpRequest, orientation_id: str, action: str) -> tuple[Orientation, Dossier]:
    row = access.orientations_visible_to(_actor(request)).filter(pk=orientation_id).first()
    if row is None:
        raise Hidden
    row.dossier = people.get(request, row.dossier_id, "C11", action)
    return row, row.dossier


@screen("C11", "read", roles=(Role.REF,))
@require_GET
def orientation(request: HttpRequest, orientation_id: str) -> HttpResponse:
    """One orientation, and the next steps."""
    row, dossier = _orientation(request, orientation_id, "read")
    return _stepped(request, row, dossier)


def _stepped(
    request: HttpRequest, row: Orientation, dossier: Dossier, wrong: Form | None = None, verb: str = ""
) -> HttpResponse:
    """The page, with the form that was refused in its place."""
    found = reads.orientation(_actor(request), row, dossier)
    today = {"on": clock.today()}
    forms = {each: STEPS[each](prefix=each, initial=today) for each in found.verbs}
    if wrong is not None:
        forms[verb] = wrong
    steps = [{"verb": each, "form": form} for each, form in forms.items()]
    context = {"found": found, "steps": steps, "need": reads.need_of(found.service), "invalid": wrong is not None}
    return page(request, "offers/orientation.html", context, status=422 if wrong else 200)


@screen("C11", "edit", roles=(Role.REF,))
@require_POST
def move(request: HttpRequest, orientation_id: str, verb: str) -> HttpResponse:
    """One step: she says yes, it is sent, they answer, she goes, it stops."""
    row, dossier = _orientation(request, orientation_id, "edit")
    if verb not in STEPS:
        raise Hidden
    ORIENTATION.target(row.state, verb)
    form = STEPS[verb](request.POST, prefix=verb)
    if saved(form, lambda: _act(_actor(request), row, verb, form)):
        return done(request, reverse("offers:orientation", args=[row.pk]), _("Enregistré"))
    journal.reading(request, "read", dossier, compartment="C11")
    return _stepped(request, row, dossier, form, verb)


def _act(actor: Actor, row: Orientation, verb: str, form: Form) -> Orientation:
    acts: dict[str, Callable[..., Orientation]] = {
        "agree": actions.agree_orientation,
        "send": actions.send_orientation,
        "attend": actions.attend_orientation,
        "drop": actions.drop_orientation,
    }
    if verb in acts:
        return acts[verb](actor, row, **form.answers)
    return actions.answer_orientation(actor, row, verb, **form.answers)


@open_to(why="how offers are ordered and set aside is for whoever signs in; nothing about anyone is read")
@require_GET
def weights(request: HttpRequest) -> HttpResponse:
    """The versioned table: what sets an offer aside, what must be asked, what orders the rest."""
    from .reads.weights import weights as table  # the rules of the matching, for this page alone

    return page(request, "offers/weights.html", {"table": table()})
