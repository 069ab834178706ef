"""Thread, appointments, placements: each page is a list and a form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, screen
from jalon.config import clock
from jalon.people import access as people
from jalon.people import languages
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui.forms import Form, posted
from jalon.ui.views import done, invalid, page, part

from .. import access, actions
from ..forms import (
    PLACEMENT_FORMS,
    AnswerForm,
    AppointmentForm,
    AttendanceForm,
    EndPlacementForm,
    MessageForm,
    PlacementForm,
)
from ..models import Appointment, LiaisonMessage, Placement
from ..reads import joint
from ..states import PlacementKind
from .common import about, project, saved, shown, subject


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The thread between the association and the employment side, under what she agreed to share."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = subject(request, dossier_id)
    form: Form | None = None
    if request.method == "POST":
        kind = AnswerForm if request.POST.get("from") == "home" else MessageForm
        form = kind(request.POST)
        if saved(form, lambda: _send(actor, dossier, form.cleaned_data)):
            home = request.POST.get("from") == "home"
            back = reverse("home") if home else reverse("support:thread", args=[dossier_id])
            return done(request, back, _("Message envoyé"))
        form = form if isinstance(form, MessageForm) else _as_message(request, form)
    found = joint.thread(actor, dossier)
    can_write = found.open and people.can(actor, dossier, "C10", access.joint_action(actor))
    if form is None and can_write:
        form = MessageForm(initial={"answers": found.waiting[0]["id"] if found.waiting else ""})
    context = {
        "dossier": dossier,
        "label": joint.label(actor, dossier, found.banner.what),
        "thread": found,
        "can_write": can_write,
        "employment": actor.role == Role.EMP,
        "language": languages.name(found.banner.language) if found.banner.language else "",
        "agreements": _agreements(actor, dossier),
        "shared": persons.shared_words(found.banner.what),
        "never": persons.shared_words(found.banner.not_shared),
    }
    return shown(request, form, "support/thread.html", context)


def _agreements(actor: Actor, dossier: Dossier) -> str:
    """Where her agreement is taken or taken back, for who may."""
    may = actor.role in access.ASSOCIATION and people.can(actor, dossier, "C15", "read")
    return reverse("people:agreements", args=[dossier.pk]) if may else ""


def _send(actor: Actor, dossier: Dossier, data: dict[str, Any]) -> None:
    """A message that waits without a day waits two working days."""
    due_on = data.get("answer_due_on")
    if data.get("expects") and due_on is None:
        due_on = joint.answer_day(clock.today())
    answered = None
    if data.get("answers"):
        answered = LiaisonMessage.objects.filter(pk=data["answers"], dossier=dossier).first()
        if answered is None:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
    actions.send_message(actor, dossier, text=data["text"], answer_due_on=due_on, answers=answered)


def _as_message(request: HttpRequest, form: Form) -> Form:
    """The short form of the home page, shown again in full on the thread with what was typed."""
    full = MessageForm(request.POST)
    full.full_clean()
    for field, errors in form.errors.items():
        if field not in full.errors:
            full.add_error(field if field in full.fields else None, list(errors))
    return full


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def seen(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The messages of the other side were read: by the page itself with htmx, by a button without."""
    dossier = subject(request, dossier_id)
    actions.mark_seen(request.actor, dossier)  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        return part(request, "support/_silence.html")
    return done(request, reverse("support:thread", args=[dossier_id]))


@screen("C16", "read", roles=("REF", "EMP", "MGR"))
@require_http_methods(["GET", "POST"])
def appointments(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Appointments to come and past, and a new one under a neutral title."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = subject(request, dossier_id, "C16")
    may = people.can(actor, dossier, "C16", "create")
    form = AppointmentForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.make_appointment(actor, dossier, **form.answers)):
        return done(request, reverse("support:appointments", args=[dossier_id]), _("Rendez-vous noté"))
    context = {**about(request, dossier), "appointments": joint.appointments(actor, dossier)}
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
    context = {**about(request, dossier), "placements": joint.placements(actor, dossier), "kinds": kinds}
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
    act = lambda: actions.record_placement(actor, dossier, kind=nature, **form.answers)  # noqa: E731
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
