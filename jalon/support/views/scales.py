"""The six scales: hers and her worker's, over time."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jalon.access import Actor, Role, screen
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.forms import posted
from jalon.ui.views import done

from .. import actions
from ..forms import ScaleForm
from ..reads import scales
from ..states import Rater
from .common import about, project, saved, shown


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def scale(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Filled by her, or by her worker; the employment side reads the two scales that concern it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = project(request, dossier_id)
    found = scales.scales(actor, dossier)
    may = actor.role != Role.EMP and people.can(actor, dossier, "C10", "create")
    form = ScaleForm(posted(request), initial={"by": Rater.PERSON}) if may or request.method == "POST" else None
    if form and form.is_bound and saved(form, lambda: _fill(actor, dossier, form)):
        return done(request, reverse("support:scale", args=[dossier_id]), _("Points d'appui enregistrés"))
    context = {**about(request, dossier), "times": found.times, "scales": found.rows, "legend": scales.legend()}
    context["facts"] = scales.facts(dossier)
    return shown(request, form, "support/scale.html", context)


def _fill(actor: Actor, dossier: Dossier, form: ScaleForm) -> object:
    return actions.fill_scale(actor, dossier, values=form.values, by=form.cleaned_data["by"])
