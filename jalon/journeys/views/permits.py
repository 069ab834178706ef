"""Residence documents: the referent's form, the desk of the préfecture."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, open_to, screen
from jalon.config import clock
from jalon.journeys import actions, reads
from jalon.journeys.forms import ExtendForm, PermitForm
from jalon.journeys.models import Permit
from jalon.journeys.states import PermitKind
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.ui.forms import attempt, posted
from jalon.ui.rules import why
from jalon.ui.views import done, invalid, page

# What the desk gives in one row of its list: the documents whose end the law computes. The others have their form.
DESK = [(kind.value, kind.label) for kind in (PermitKind.APS, PermitKind.FIRST_RECEIPT)]


@open_to("ETR", why="the residence desk executes the decisions that were shared with it")
def residence_home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = reads.residence_home(actor, paging.asked(request))
    seen = [row.dossier for row in rows]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    opened = [row.dossier for row in rows if row.opened]
    journal.reading(request, "list", compartment="C7", count=len(opened), objects=opened)
    context = {"rows": rows, "today": clock.today(), "form": PermitForm(initial={"issued_on": clock.today()})}
    context["desk_kinds"] = DESK
    context["rules"] = why("DUR-3", "DUR-4", "APS-2", "APS-3", "APS-4", on=clock.today())
    return page(request, "journeys/residence_home.html", context)


def _back(actor: Actor, dossier: Dossier) -> str:
    return "/" if actor.role == "ETR" else reverse("journeys:rights", args=[dossier.id])


@screen("C7", "read", roles=("REF", "ETR"))
def new_permit(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Asked for, or issued: four interactions from the list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    action = "comment" if actor.role == "ETR" else "create"
    dossier = people.get(request, dossier_id, "C7", action)
    form = PermitForm(posted(request), initial={"issued_on": clock.today()})
    if (
        form.is_bound
        and form.is_valid()
        and attempt(form, lambda: actions.record_permit(actor, dossier, **form.answers))
    ):
        return done(request, _back(actor, dossier), _("Document enregistré."))
    who = reads.called(dossier, actor)
    context = {"title": _("%(who)s · Document de séjour") % {"who": who}, "form": form, "back": _back(actor, dossier)}
    context |= {"verb": _("Enregistrer le document"), "lead": _("Sans fin de validité écrite, la durée est calculée.")}
    context["rules"] = why("APS-2", "PER-1", "PER-2", "APS-4", on=clock.today())
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)


@screen("C7", "read", roles=("REF", "ETR"))
def extend_permit(request: HttpRequest, permit_id: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    permit = Permit.objects.filter(pk=permit_id).first()
    if permit is None:
        raise Hidden
    dossier = people.get(request, permit.dossier_id, "C7", "comment" if actor.role == "ETR" else "edit")
    form = ExtendForm(posted(request))
    if (
        form.is_bound
        and form.is_valid()
        and attempt(form, lambda: actions.extend_permit(actor, permit, **form.answers))
    ):
        return done(request, _back(actor, dossier), _("Prolongation enregistrée."))
    who = reads.called(dossier, actor)
    context = {
        "title": _("%(who)s · Prolonger le document") % {"who": who},
        "form": form,
        "back": _back(actor, dossier),
    }
    context["verb"] = _("Enregistrer la prolongation")
    return (invalid if form.is_bound else page)(request, "ui/confirm.html", context)
