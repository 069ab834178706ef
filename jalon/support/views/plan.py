"""The joint plan: its page, what is added and what becomes of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, Hidden, screen
from jalon.notices.why import reason
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.forms import Form, Once, posted
from jalon.ui.views import done, invalid, page

from .. import access, actions, papers
from ..forms import (
    ChangeStepForm,
    DoneForm,
    LandmarkForm,
    ObjectiveDoneForm,
    ObjectiveForm,
    SheetForm,
    StepForm,
)
from ..models import Objective, PlanStep
from ..reads import plan as plans
from .common import about, made_by, project, saved


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The two layers of the plan and its landmarks; an action is added here."""
    dossier = project(request, dossier_id)
    return plan_page(request, dossier, "step" if request.method == "POST" else "")


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def add_objective(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """One aim more."""
    return plan_page(request, project(request, dossier_id), "aim")


def plan_page(request: HttpRequest, dossier: Dossier, sent: str = "", sheet: Form | None = None) -> HttpResponse:
    """``sent``: which of its forms comes back; ``sheet``: that of the six months, refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    layers = plans.layers(actor, dossier)
    own = people.can(actor, dossier, "C11", "create")
    may = people.can(actor, dossier, "C10", "create") or own or bool(sent)
    forms: dict[str, Any] = {}
    if may:
        forms["step"] = StepForm(posted(request) if sent == "step" else None, aims=plans.open_aims(layers))
        forms["aim"] = ObjectiveForm(posted(request) if sent == "aim" else None, own=own)
    if sent and saved(forms[sent], lambda: _add(actor, dossier, sent, forms[sent])):
        words = {"step": _("Action ajoutée"), "aim": _("Objectif ajouté")}
        return done(request, reverse("support:plan", args=[dossier.pk]), words[sent])
    context = {
        **about(request, dossier),
        "layers": layers,
        "own": len(layers) > 1,
        "landmarks": plans.seen_landmarks(actor, dossier),
        "landmark_rules": [reason("SUIVI-24")],
        "forms": forms,
        "papers": papers.offered_for(actor, dossier),
        "periods": sheet or SheetForm(periods=papers.periods(dossier)),
    }
    return (invalid if sent or sheet else page)(request, "support/plan.html", context)


def _add(actor: Actor, dossier: Dossier, sent: str, form: Once) -> Any:
    if sent == "aim":
        return actions.add_objective(actor, dossier, **made_by(form, actor))
    given = {**made_by(form, actor), "objective": None}
    chosen = form.cleaned_data.get("objective")
    if chosen:
        given["objective"] = Objective.objects.filter(dossier=dossier, pk=chosen).first()
    return actions.add_plan_step(actor, dossier, **given)


@screen("C16", "edit", roles=("REF", "EMP"))
@require_POST
def landmark(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What is expected at this point was looked at with her."""
    dossier = project(request, dossier_id)
    form = LandmarkForm(request.POST)
    if not form.is_valid():
        raise Hidden
    actions.check_landmark(request.actor, dossier, **form.answers)  # type: ignore[attr-defined]
    return done(request, reverse("support:plan", args=[dossier_id]), _("Point fait"))


OBJECTIVE_VERBS = {
    "reach": (actions.reach_objective, gettext_lazy("Objectif atteint")),
    "drop": (actions.drop_objective, gettext_lazy("Objectif abandonné")),
    "reopen": (actions.reopen_objective, gettext_lazy("Objectif repris")),
}


OBJECTIVE_GIVEN: dict[str, tuple[str, ...]] = {"reach": ("result",), "drop": ("result",), "reopen": ()}


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def objective(request: HttpRequest, objective_id: str, verb: str) -> HttpResponse:
    """Reached, dropped or taken up again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _of_layer(actor, access.get_visible(actor, Objective.objects.all(), objective_id))
    if verb not in OBJECTIVE_VERBS:
        raise Hidden
    act, said = OBJECTIVE_VERBS[verb]
    form = ObjectiveDoneForm(request.POST)
    if saved(form, lambda: act(actor, row, **_given(form, OBJECTIVE_GIVEN[verb]))):
        return done(request, reverse("support:plan", args=[row.dossier_id]), str(said))
    context = {**about(request, project(request, row.dossier_id)), "form": form, "verb": verb, "objective": row}
    return invalid(request, "support/objective.html", context)


def _of_layer(actor: Actor, row: Any) -> Any:
    """For who does not read the association's layer, what is in it does not exist."""
    if not row.shared and not access.reads_own_layer(actor, row.dossier):
        raise Hidden
    return row


STEP_VERBS = {
    "finish": (actions.finish_plan_step, gettext_lazy("Étape terminée")),
    "drop": (actions.drop_plan_step, gettext_lazy("Étape abandonnée")),
    "reopen": (actions.reopen_plan_step, gettext_lazy("Étape reprise")),
}


STEP_GIVEN: dict[str, tuple[str, ...]] = {"finish": ("done_on", "result"), "drop": ("result",), "reopen": ()}


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def plan_step(request: HttpRequest, step_id: str, verb: str) -> HttpResponse:
    """Finish, drop or take up again one step."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    step = _of_layer(actor, access.get_visible(actor, PlanStep.objects.all(), step_id))
    if verb not in STEP_VERBS:
        raise Hidden
    act, said = STEP_VERBS[verb]
    form = DoneForm(request.POST)
    if saved(form, lambda: act(actor, step, **_given(form, STEP_GIVEN[verb]))):
        return done(request, reverse("support:plan", args=[step.dossier_id]), str(said))
    return _step(request, step, None, form)


def _given(form: Form, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, step_id: str) -> HttpResponse:
    """One action: what may be changed, and what came of it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = _of_layer(actor, access.get_visible(actor, PlanStep.objects.all(), step_id))
    form: Form | None = None
    if request.method == "POST":
        form = ChangeStepForm(request.POST, revision=row.revision)
        given = lambda: {**form.answers, "revision": form.revision}  # noqa: E731
        if saved(form, lambda: actions.change_plan_step(actor, row, **given())):
            return done(request, reverse("support:plan", args=[row.dossier_id]), _("Action changée"))
    return _step(request, row, form, None)


def _step(request: HttpRequest, row: PlanStep, change: Form | None, finish: Form | None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = project(request, row.dossier_id)
    shown = plans.action(actor, dossier, row)
    initial = {"text": shown.text, "holder": row.holder, "due_on": row.due_on}
    context = {
        **about(request, dossier),
        "step": shown,
        "shared": row.shared,
        "revision": row.revision,
        "change": change or ChangeStepForm(initial=initial, revision=row.revision),
        "finish": finish or DoneForm(),
    }
    return (invalid if change or finish else page)(request, "support/step.html", context)
