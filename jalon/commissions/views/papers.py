"""Papers of the commission, made and handed over."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jalon.access import open_to, screen
from jalon.commissions import access, papers, reads
from jalon.commissions.forms import SheetForm
from jalon.papers.views import answer, copy_mark

from .minutes import MINUTES
from .session import show_item


@require_POST
@open_to("SEC", "PRE", "MEM", why=MINUTES)
def minutes_paper(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The minimal text; a member's copy is marked."""
    row = access.get_meeting(request, meeting_id)
    mark = copy_mark(request) if request.actor.role == "MEM" else ""  # type: ignore[attr-defined]
    return answer(papers.minutes_paper(request.actor, row, copy_for=mark))  # type: ignore[attr-defined]


@require_POST
@open_to("SEC", why="the nominative annex belongs to the secretariat")
def minutes_annex(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Both layers, for the secretariat."""
    row = access.get_meeting(request, meeting_id)
    made = papers.minutes_paper(request.actor, row, annex=True, copy_for=copy_mark(request))  # type: ignore[attr-defined]
    return answer(made)


@require_POST
@open_to("SEC", "MEM", why="a convocation names seats and numbers, no person")
def convocations(request: HttpRequest, meeting_id: str) -> HttpResponse:
    row = access.get_meeting(request, meeting_id)
    return answer(papers.convocations(request.actor, row))  # type: ignore[attr-defined]


@require_POST
@screen("C12", "read", roles=("SEC",))
def sheet(request: HttpRequest, item_id: str) -> HttpResponse:
    """A numbered copy of the reading sheet for one seat."""
    row = access.get_item(request, item_id, "C12", "read")
    form = SheetForm(reads.taking_part(row), request.POST, prefix="sheet")
    if not form.is_valid():
        return show_item(request, row, 422, sheet_form=form)
    return answer(papers.reading_sheet(request.actor, row, **form.answers))  # type: ignore[attr-defined]
