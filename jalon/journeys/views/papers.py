"""Papers of the pathway, made and handed over."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jalon.access import screen
from jalon.journeys import access, papers
from jalon.journeys.forms import LetterForm
from jalon.papers.views import answer


@require_POST
@screen("C14", "read", roles=("SEC", "PRE", "REF"))
def letter(request: HttpRequest, decision_id: str) -> HttpResponse:
    """The decision as a letter, with its page of simple words."""
    from .decisions import show

    row = access.get_decision(request, decision_id)
    form = LetterForm(request.POST, prefix="letter")
    if not form.is_valid():
        return show(request, row, 422, letter_form=form)
    return answer(papers.decision_letter(request.actor, row, **form.answers))  # type: ignore[attr-defined]
