"""What the end of an association's accreditation leaves behind."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jalon import journal
from jalon.access import Actor, screen
from jalon.directory import access as directory
from jalon.journeys import reads
from jalon.ui import paging
from jalon.ui.views import page


@require_GET
@screen("C14", "exist", roles=("MGR", "SEC"))
def successors(request: HttpRequest, accreditation_id: str) -> HttpResponse:
    """The running pathways that need another association, by number; the manager moves them one by one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = directory.accreditation(actor, accreditation_id)
    found = reads.successors(actor, row, paging.asked(request))
    seen = [one.dossier for one in found.pathways]
    journal.reading(request, "list", compartment="C14", count=len(seen), objects=seen)
    context = {"found": found, "accreditation": row, "moves": actor.role == "MGR"}
    return page(request, "journeys/successors.html", context)
