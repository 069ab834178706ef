"""Who works with her."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jalon.access import Hidden, screen
from jalon.accounts.models import User
from jalon.directory import reads as directory
from jalon.directory.models import Organisation
from jalon.people import access, actions, forms, reads
from jalon.people.models import Assignment, Dossier
from jalon.people.states import Stage
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page

from .common import GET_POST, fetch


@screen("C16", "read", roles=("REF", "MGR"))
@require_GET
def workers(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Referent, delegations, adviser, with their dates."""
    dossier, name = fetch(request, dossier_id, "C16", "read")
    context = {"dossier": dossier, "name": name, "workers": reads.workers(dossier)}
    context["editable"] = access.leads(request.actor, dossier) and access.can(request.actor, dossier, "C16", "edit")
    context["closed"] = dossier.stage == Stage.CLOSED
    context["openings"], context["categories"] = reads.openings_of(dossier), forms.CATEGORY_WORDS
    context["tells"] = request.actor.role == "REF" and access.can(request.actor, dossier, "C15", "edit")
    return page(request, "people/workers.html", context)


@screen("C16", "edit", roles=("REF", "MGR"))
@GET_POST
def assign(request: HttpRequest, dossier_id: str, kind: str) -> HttpResponse:
    """Name a colleague of the association, or an adviser of the department's agency."""
    dossier, name = fetch(request, dossier_id, "C16", "edit")
    if kind not in ASSIGN:
        raise Hidden
    access.require_lead(request.actor, dossier)
    form, organisation = assign_form(request, dossier, kind)
    context = {"dossier": dossier, "name": name, "form": form, "kind": kind, "title": assign_title(kind)}
    if not form.is_bound:
        return page(request, "people/assign.html", context)
    if not form.is_valid():
        return invalid(request, "people/assign.html", context)
    user = User.objects.get(pk=form.answers["user"])
    where = organisation[user.pk]
    ends_on = form.answers.get("ends_on")
    actions.assign(request.actor, dossier, user=user, organisation=where, kind=kind, ends_on=ends_on)
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("La personne est nommée."))


ASSIGN = {"referent": ("REF",), "delegate": ("REF", "COL"), "adviser": ("EMP",)}


def assign_title(kind: str) -> str:
    return {
        "referent": _("Réattribuer le dossier"),
        "delegate": _("Déléguer dans l'équipe"),
        "adviser": _("Nommer à l'agence emploi"),
    }[kind]


def assign_form(request: HttpRequest, dossier: Dossier, kind: str) -> tuple[forms.AssignForm, dict[str, Organisation]]:
    """The form with the accounts that may be named, and the organisation of each."""
    places = reads.agencies(dossier.department) if kind == "adviser" else [dossier.organisation]
    where = {user.pk: place for place in places for user in directory.people_in(place.pk, *ASSIGN[kind])}
    users = directory.users_named(sorted(where))
    ordered = sorted(users.values(), key=lambda user: user.name)
    form = forms.AssignForm(posted(request), users=ordered, label=_("Qui"), ends=kind == "delegate")
    return form, where


@screen("C16", "edit", roles=("REF", "MGR"))
@require_POST
def end_assignment(request: HttpRequest, assignment_id: str) -> HttpResponse:
    row = Assignment.objects.filter(pk=assignment_id).first()
    if row is None:
        raise Hidden
    dossier, _name = fetch(request, row.dossier_id, "C16", "edit")
    actions.end_assignment(request.actor, row)
    return done(request, reverse("people:assignments", args=[dossier.pk]), _("La nomination prend fin."))
