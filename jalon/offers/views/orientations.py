"""The pages of an orientation: a service proposed to one person (C11), from her yes to the structure's answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon import journal
from jalon.access import Actor, Hidden, Role, screen
from jalon.config import clock
from jalon.people import access as people
from jalon.people.kept import waits
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.ui.forms import Form, posted, saved
from jalon.ui.views import done, invalid, page

from .. import access, actions, reads
from ..forms.orientations import STEPS, OrientForm
from ..models import Orientation, Service
from ..states import ORIENTATION
from .catalogue import actor_of, get_service


def _prepared(request: HttpRequest, service: Service, form: Form) -> Orientation:
    dossier = people.get(request, form.cleaned_data["person"], "C11", "create")
    return actions.prepare_orientation(actor_of(request), dossier, service, note=form.cleaned_data["note"])


def _proposed_to(actor: Actor, typed: QueryDict, service_id: str) -> tuple[str, str, str]:
    return typed.get("person", ""), "C11", "create"


@screen("C11", "create", roles=(Role.REF,))
@waits(_proposed_to)
@require_http_methods(["GET", "POST"])
def orient(request: HttpRequest, service_id: str) -> HttpResponse:
    """Propose a service to one of my persons."""
    actor, row = actor_of(request), get_service(request, service_id)
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
    rows = reads.orientations(actor_of(request), number=paging.asked(request))
    journal.reading(request, "read", compartment="C11", objects=[row["dossier"] for row in rows], count=len(rows))
    return page(request, "offers/orientations.html", {"rows": rows})


@screen("C11", "read", roles=(Role.REF,))
@require_GET
def person(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The orientations of one person, those that ended too."""
    dossier = people.get(request, dossier_id, "C11", "read")
    rows = reads.orientations(actor_of(request), dossier.pk, paging.asked(request))
    return page(request, "offers/orientations.html", {"rows": rows, "dossier": dossier})


def _orientation(request: HttpRequest, orientation_id: str, action: str) -> tuple[Orientation, Dossier]:
    row = access.orientations_visible_to(actor_of(request)).filter(pk=orientation_id).first()
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
    found = reads.orientation(actor_of(request), row, dossier)
    today = {"on": clock.today()}
    forms = {each: STEPS[each](prefix=each, initial=today) for each in found.verbs}
    if wrong is not None:
        forms[verb] = wrong
    steps = [{"verb": each, "form": form} for each, form in forms.items()]
    context = {"found": found, "steps": steps, "need": reads.need_of(found.service), "invalid": wrong is not None}
    return page(request, "offers/orientation.html", context, status=422 if wrong else 200)


def _moved_of(actor: Actor, typed: QueryDict, orientation_id: str, verb: str) -> tuple[str, str, str] | None:
    row = access.orientations_visible_to(actor).filter(pk=orientation_id).first()
    return (row.dossier_id, "C11", "edit") if row is not None else None


@screen("C11", "edit", roles=(Role.REF,))
@waits(_moved_of)
@require_POST
def move(request: HttpRequest, orientation_id: str, verb: str) -> HttpResponse:
    """One step: she says yes, it is sent, they answer, she goes, it stops."""
    row, dossier = _orientation(request, orientation_id, "edit")
    if verb not in STEPS:
        raise Hidden
    ORIENTATION.target(row.state, verb)
    form = STEPS[verb](request.POST, prefix=verb)
    if saved(form, lambda: _act(actor_of(request), row, verb, form)):
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
