"""The two papers of the plan, made and handed over."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jalon.access import screen
from jalon.papers.views import answer

from .. import papers
from ..forms import SheetForm
from .common import project
from .plan import plan_page


@require_POST
@screen("C10", "export", roles=("REF",))
def plan_paper(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The shared plan in the agency's order."""
    return answer(papers.plan_summary(request.actor, project(request, dossier_id)))  # type: ignore[attr-defined]


@require_POST
@screen("C10", "export", roles=("REF",))
def progress_sheet(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The neutral sheet of six months."""
    dossier = project(request, dossier_id)
    form = SheetForm(request.POST, periods=papers.periods(dossier))
    if not form.is_valid():
        return plan_page(request, dossier, sheet=form)
    period = int(form.cleaned_data["period"])
    return answer(papers.progress_sheet(request.actor, dossier, period=period))  # type: ignore[attr-defined]
