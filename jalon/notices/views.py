"""The one page of this room: why the due dates are what they are. It reads no deadline."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jalon.access import open_to
from jalon.ui.views import page

from . import why


@open_to(why="the rules behind the due dates are for whoever signs in; nothing about anyone is read")
@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    return page(request, "notices/reasons.html", {"lines": why.lines()})
