"""Her CV, her letter, and what her documents allow: what goes to an employer says nothing of her pathway."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Hidden, Role, screen
from jalon.papers.views import answer
from jalon.people import access as people
from jalon.ui.forms import posted, saved
from jalon.ui.views import done, invalid, page

from .. import actions, papers, reads
from ..forms.matching import GAPS, ResumeForm
from ..reads import resumes
from .catalogue import actor_of
from .matches import about, subject


@screen("C10", "edit", roles=(Role.REF,))
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """Her CV and letter, as she wants them read."""
    actor = actor_of(request)
    dossier = subject(request, dossier_id, "edit")
    found = resumes.resume(actor, dossier)
    form = ResumeForm(posted(request), initial=found.fields, revision=found.revision)
    if saved(form, lambda: actions.write_resume(actor, dossier, form.answers, revision=form.revision)):
        return done(request, reverse("offers:resume", args=[dossier.pk]), _("Enregistré"))
    context: dict[str, Any] = {"form": form, "found": found, "gaps": GAPS, "papers": papers.offered(actor, dossier)}
    return (invalid if form.is_bound else page)(request, "offers/resume.html", {**about(request, dossier), **context})


@screen("C10", "export", roles=(Role.REF,))
@require_POST
def paper(request: HttpRequest, dossier_id: str, paper: str) -> HttpResponse:
    """The CV, the letter or the sheet on the right to work, as a file with a plain name."""
    makers = {"cv": papers.cv, "letter": papers.letter, "right": papers.right_sheet}
    if paper not in makers:
        raise Hidden
    dossier = people.get(request, dossier_id, "C10", "read")
    return answer(makers[paper](actor_of(request), dossier), name=papers.NAMES[paper])


@screen("C7", "read", roles=(Role.REF,))
@require_GET
def rights(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """What her documents allow, for each kind of contract."""
    actor = actor_of(request)
    dossier = people.get(request, dossier_id, "C7", "read")
    shown = subject(request, dossier_id)
    context = {"right": reads.right_page(actor, dossier), "papers": papers.offered(actor, dossier)}
    return page(request, "offers/rights.html", {**about(request, shown), **context})
