"""What is printed of a request."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jalon.access import screen
from jalon.dossiers import access, papers
from jalon.papers.views import answer as paper_answer
from jalon.papers.views import copy_mark


@screen("C12", "read", roles=("REF", "MGR"))
@require_POST
def paper(request: HttpRequest, application_id: str) -> HttpResponse:
    """The file as it leaves, on paper."""
    found = access.get(request, application_id, "C12", "read")
    return paper_answer(papers.dossier_file(request.actor, found, copy_for=copy_mark(request)))


@screen("C16", "read", roles=("REF", "MGR", "SEC"))
@require_POST
def acknowledgement(request: HttpRequest, application_id: str) -> HttpResponse:
    """The dated acknowledgement, for who sent the request and who received it."""
    compartment = "C13" if request.actor.role == "SEC" else "C16"
    found = access.get(request, application_id, compartment, "read")
    return paper_answer(papers.acknowledgement(request.actor, found))
