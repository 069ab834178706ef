"""Thread, plan, appointments, points of support, placements: each page is a list and a form."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, Hidden, Role, screen
from jalon.config import clock
from jalon.people import access as people
from jalon.people import languages
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui.forms import Form, Once, attempt, posted
from jalon.ui.views import done, invalid, page, part

from .. import access, actions
from ..forms import (
    AnswerForm,
    AppointmentForm,
    AttendanceForm,
    DoneForm,
    EndPlacementForm,
    MessageForm,
    PlacementForm,
    ScaleForm,
    StepForm,
)
from ..models import Appointment, LiaisonMessage, Placement, PlanStep
from ..reads import joint


def saved(form: Form, act: Callable[[], Any]) -> bool:
    """Run the action; what it refuses in the data comes back on the form."""
    return form.is_valid() and attempt(form, lambda: (act(), True)) is not None


def made_by(form: Once, actor: Actor) -> dict[str, Any]:
    """What was answered, and the identifier that the page promised to what it makes."""
    return {**form.answers, "pk": form.promised(actor.user_id)}


def shown(request: HttpRequest, form: Form | None, template: str, context: dict[str, Any]) -> HttpResponse:
    bound = form is not None and form.is_bound
    return (invalid if bound else page)(request, template, {**context, "form": form})


def _subject(request: HttpRequest, dossier_id: str, compartment: str = "C10") -> Dossier:
    return people.get(request, dossier_id, compartment, "read", rows=joint.subject(request.actor))  # type: ignore[attr-defined]


def _project(request: HttpRequest, dossier_id: str) -> Dossier:
    """The same, for what belongs to her project: an adviser needs that she shares it."""
    dossier = _subject(request, dossier_id)
    access.require_project(request.actor, dossier)  # type: ignore[attr-defined]
    return dossier


def _about(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    about = joint.banner(actor, dossier)
    return {"dossier": dossier, "banner": about, "label": joint.label(actor, dossier, about.what)}


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The thread between the association and the employment side, under what she agreed to share."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = _subject(request, dossier_id)
    form: Form | None = None
    if request.method == "POST":
        kind = AnswerForm if request.POST.get("from") == "home" else MessageForm
        form = kind(request.POST)
        if saved(form, lambda: _send(actor, dossier, form)):
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


def _send(actor: Actor, dossier: Dossier, form: Form) -> None:
    """A message that waits without a day waits two working days. An answer is one by itself: a message has one."""
    data, pk = form.cleaned_data, form.promised(actor.user_id) if isinstance(form, Once) else ""
    due_on = data.get("answer_due_on")
    if data.get("expects") and due_on is None:
        due_on = joint.answer_day(clock.today())
    answered = None
    if data.get("answers"):
        answered = LiaisonMessage.objects.filter(pk=data["answers"], dossier=dossier).first()
        if answered is None:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
    actions.send_message(actor, dossier, text=data["text"], answer_due_on=due_on, answers=answered, pk=pk)


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
    dossier = _subject(request, dossier_id)
    actions.mark_seen(request.actor, dossier)  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        return part(request, "support/_silence.html")
    return done(request, reverse("support:thread", args=[dossier_id]))


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The joint plan: steps of the association, of the agency and hers."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = _project(request, dossier_id)
    may = people.can(actor, dossier, "C10", "create")
    form = StepForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.add_plan_step(actor, dossier, **made_by(form, actor))):
        return done(request, reverse("support:plan", args=[dossier_id]), _("Étape ajoutée"))
    context = {**_about(request, dossier), "steps": joint.steps(actor, dossier)}
    return shown(request, form, "support/plan.html", context)


STEP_VERBS = {
    "finish": (actions.finish_plan_step, gettext_lazy("Étape terminée")),
    "drop": (actions.drop_plan_step, gettext_lazy("Étape abandonnée")),
    "reopen": (actions.reopen_plan_step, gettext_lazy("Étape reprise")),
}


@screen("C10", "edit", roles=("REF", "EMP"))
@require_POST
def plan_step(request: HttpRequest, step_id: str, verb: str) -> HttpResponse:
    """Finish, drop or take up again one step."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    step = access.get_visible(actor, PlanStep.objects.all(), step_id)
    if verb not in STEP_VERBS:
        raise Hidden
    act, said = STEP_VERBS[verb]
    form = DoneForm(request.POST)
    if not form.is_valid():
        context = {**_about(request, _project(request, step.dossier_id)), "step": step, "verb": verb}
        return invalid(request, "support/step.html", {**context, "form": form})
    given = {"done_on": form.cleaned_data["done_on"]} if verb == "finish" else {}
    act(actor, step, **given)
    return done(request, reverse("support:plan", args=[step.dossier_id]), str(said))


@screen("C16", "read", roles=("REF", "EMP", "MGR"))
@require_http_methods(["GET", "POST"])
def appointments(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Appointments to come and past, and a new one under a neutral title."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = _subject(request, dossier_id, "C16")
    may = people.can(actor, dossier, "C16", "create")
    form = AppointmentForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.make_appointment(actor, dossier, **made_by(form, actor))):
        return done(request, reverse("support:appointments", args=[dossier_id]), _("Rendez-vous noté"))
    context = {**_about(request, dossier), "appointments": joint.appointments(actor, dossier)}
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
            context = {"label": joint.label(actor, _subject(request, row.dossier_id, "C16")), "dossier": row.dossier}
            return invalid(request, "support/attendance.html", {**context, "row": row, "form": form})
        actions.record_attendance(actor, row, attended=form.cleaned_data["attended"])
        said = _("Présence notée")
    home = request.POST.get("from") == "home"
    return done(request, reverse("home") if home else reverse("support:appointments", args=[row.dossier_id]), said)


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def scale(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The points of support, filled together; the employment side reads the two domains that concern it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = _project(request, dossier_id)
    found = joint.scales(actor, dossier)
    may = actor.role != Role.EMP and people.can(actor, dossier, "C10", "create")
    form = ScaleForm(posted(request), initial=found["last"]) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: _fill(actor, dossier, form)):
        return done(request, reverse("support:scale", args=[dossier_id]), _("Points d'appui enregistrés"))
    return shown(request, form, "support/scale.html", {**_about(request, dossier), "scale": found})


def _fill(actor: Actor, dossier: Dossier, form: ScaleForm) -> None:
    actions.fill_scale(actor, dossier, values=form.values, with_person=form.cleaned_data["with_person"])


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def placements(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Jobs, trainings, immersions."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = _project(request, dossier_id)
    may = people.can(actor, dossier, "C10", "create")
    form = PlacementForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.record_placement(actor, dossier, **made_by(form, actor))):
        return done(request, reverse("support:placements", args=[dossier_id]), _("Placement noté"))
    context = {**_about(request, dossier), "placements": joint.placements(actor, dossier)}
    return shown(request, form, "support/placements.html", context)


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
    context = {**_about(request, _project(request, row.dossier_id)), "placement": row}
    return shown(request, form, "support/end_placement.html", context)
