"""The meetings of three: the list and the next one, the agenda before, the decisions after."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, Hidden, screen
from jalon.people import access as people
from jalon.ui import paging
from jalon.ui.forms import Form, posted
from jalon.ui.views import done, invalid, page

from .. import access, actions
from ..actions.meetings import Outcome
from ..forms import HeldForm, LineForm, MeetingForm, StrikeForm
from ..models import JointMeeting
from ..reads import plan as plans
from .common import about, project, saved, shown


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def meetings(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Every meeting of three, and the next one planned."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = project(request, dossier_id)
    may = people.can(actor, dossier, "C10", "edit")
    form = MeetingForm(posted(request)) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: actions.plan_meeting(actor, dossier, **form.answers)):
        return done(request, reverse("support:meetings", args=[dossier_id]), _("Entretien prévu"))
    context = {**about(request, dossier), "meetings": plans.meetings(dossier, paging.asked(request))}
    return shown(request, form, "support/meetings.html", context)


def _row(request: HttpRequest, joint_meeting_id: str) -> JointMeeting:
    rows = JointMeeting.objects.select_related("appointment")
    row: JointMeeting = access.get_visible(request.actor, rows, joint_meeting_id)  # type: ignore[attr-defined]
    row.dossier = project(request, row.dossier_id)
    row.appointment.dossier = row.dossier
    return row


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET"])
def meeting(request: HttpRequest, joint_meeting_id: str) -> HttpResponse:
    """One meeting of three."""
    return _meeting(request, _row(request, joint_meeting_id))


def _meeting(request: HttpRequest, row: JointMeeting, **sent: Form) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plans.meeting(actor, row.dossier, row)
    line = people.can(actor, row.dossier, "C10", access.joint_action(actor)) and "add_line" in found.verbs
    context = {
        **about(request, row.dossier),
        "row": row,
        "meeting": found,
        "line": sent.get("line") or (LineForm() if line else None),
        "held": sent.get("held") or (HeldForm(steps=plans.open_steps(row.dossier)) if "hold" in found.verbs else None),
    }
    return (invalid if sent else page)(request, "support/meeting.html", context)


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def meeting_line(request: HttpRequest, joint_meeting_id: str) -> HttpResponse:
    """What one side brings."""
    row = _row(request, joint_meeting_id)
    form = LineForm(request.POST)
    return _after(request, row, "line", form, lambda: actions.add_agenda_line(_actor(request), row, **form.answers))


@screen("C10", "edit", roles=("REF", "EMP"))
@require_POST
def strike(request: HttpRequest, joint_meeting_id: str) -> HttpResponse:
    """She strikes a line, or takes it back."""
    row = _row(request, joint_meeting_id)
    form = StrikeForm(request.POST)
    if not form.is_valid():
        raise Hidden
    actions.strike_agenda_line(_actor(request), row, line=form.cleaned_data["line"], struck=form.cleaned_data["struck"])
    return done(request, reverse("support:meeting", args=[row.pk]), _("Enregistré"))


@screen("C10", "edit", roles=("REF", "EMP"))
@require_POST
def hold(request: HttpRequest, joint_meeting_id: str) -> HttpResponse:
    """It was held: what became of each action, and what is decided."""
    row = _row(request, joint_meeting_id)
    form = HeldForm(request.POST, steps=plans.open_steps(row.dossier))

    def act() -> Any:
        outcomes = {pk: Outcome(*said) for pk, said in form.outcomes.items()}
        return actions.hold_meeting(_actor(request), row, outcomes=outcomes, **form.answers)

    return _after(request, row, "held", form, act)


@screen("C10", "edit", roles=("REF", "EMP"))
@require_POST
def miss(request: HttpRequest, joint_meeting_id: str) -> HttpResponse:
    """She did not come."""
    row = _row(request, joint_meeting_id)
    actions.miss_meeting(_actor(request), row)
    said = _("Absence notée. L'appeler : rien n'est signalé à personne.")
    return done(request, reverse("support:meeting", args=[row.pk]), said)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _after(request: HttpRequest, row: JointMeeting, name: str, form: Form, act: Callable[[], Any]) -> HttpResponse:
    if saved(form, act):
        return done(request, reverse("support:meeting", args=[row.pk]), _("Enregistré"))
    return _meeting(request, row, **{name: form})
