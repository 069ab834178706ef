"""Appointments, placements: each page is a list and a form."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, screen
from jalon.people import access as people
from jalon.ui import paging
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page

from .. import access, actions
from ..forms import PLACEMENT_FORMS, AppointmentForm, AttendanceForm, EndPlacementForm, PlacementForm
from ..models import Appointment, Placement
from ..reads import joint
from ..states import PlacementKind
from .common import about, made_by, project, saved, shown, subject


@screen("C16", "read", roles=("REF", "EMP", "MGR"))
@require_http_methods(["GET", "POST"])
def appointments(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Appointments to come and past, and a new one under a neutral title."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = subject(request, dossier_id, "C16")
    may = people.can(actor, dossier, "C16", "create")
    form = AppointmentForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.make_appointment(actor, dossier, **made_by(form, actor))):
        return done(request, reverse("support:appointments", args=[dossier_id]), _("Rendez-vous noté"))
    context = {**about(request, dossier), "appointments": joint.appointments(actor, dossier, paging.asked(request))}
    return shown(request, form, "support/appointments.html", {**context, "employment": actor.role == Role.EMP})


@screen("C16", "edit", roles=("REF", "EMP", "MGR"))
@require_POST
def appointment(request: HttpRequest, appointment_id: str, verb: str) -> HttpResponse:
    """She came or not; or the appointment is cancelled."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = access.get_visible(actor, Appointment.objects.all(), appointment_id)
    if verb == "cancel":
        actions.cancel_appointment(actor, row)
        said = _("Rendez-vous annulé")
    else:
        form = AttendanceForm(request.POST)
        if not form.is_valid():
            context = {"label": joint.label(actor, subject(request, row.dossier_id, "C16")), "dossier": row.dossier}
            return invalid(request, "support/attendance.html", {**context, "row": row, "form": form})
        actions.record_attendance(actor, row, attended=form.cleaned_data["attended"])
        said = _("Présence notée")
    home = request.POST.get("from") == "home"
    return done(request, reverse("home") if home else reverse("support:appointments", args=[row.dossier_id]), said)


@screen("C10", "read", roles=("REF", "EMP"))
@require_GET
def placements(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Jobs, trainings, immersions; what may begin, each on a page of its own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = project(request, dossier_id)
    kinds = PlacementKind.choices if people.can(actor, dossier, "C10", "create") else []
    context = {
        **about(request, dossier),
        "placements": joint.placements(actor, dossier, paging.asked(request)),
        "kinds": kinds,
    }
    return page(request, "support/placements.html", context)


@screen("C10", "create", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def new_placement(request: HttpRequest, dossier_id: str, nature: str) -> HttpResponse:
    """Something begins: the facts of its kind, under the law's checks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = project(request, dossier_id)
    if nature not in PlacementKind.values:
        raise Hidden
    people.require(actor, dossier, "C10", "create")
    form = PLACEMENT_FORMS.get(nature, PlacementForm)(posted(request))
    act = lambda: actions.record_placement(actor, dossier, kind=nature, **made_by(form, actor))  # noqa: E731
    if form.is_bound and saved(form, act):
        return done(request, reverse("support:placements", args=[dossier_id]), _("Placement noté"))
    limits = joint.training_limits(dossier).items() if nature == PlacementKind.TRAINING else ()
    context = {**about(request, dossier), "kind": nature, "kind_label": PlacementKind(nature).label, "limits": limits}
    return shown(request, form, "support/placement.html", context)


@screen("C10", "edit", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def end_placement(request: HttpRequest, placement_id: str) -> HttpResponse:
    """It ended, with a result."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = access.get_visible(actor, Placement.objects.all(), placement_id)
    people.require(actor, row.dossier, "C10", "edit")
    access.require_project(actor, row.dossier)
    form = EndPlacementForm(posted(request))
    if form.is_bound and saved(form, lambda: actions.end_placement(actor, row, **form.answers)):
        return done(request, reverse("support:placements", args=[row.dossier_id]), _("Fin notée"))
    context = {**about(request, project(request, row.dossier_id)), "placement": row}
    return shown(request, form, "support/end_placement.html", context)
