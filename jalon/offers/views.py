"""The screens of the offers that are about no one."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jalon.access.gate import open_to
from jalon.ui.views import page

from . import reads


@open_to(why="how offers are ordered and set aside is for whoever signs in; nothing about anyone is read")
@require_GET
def weights(request: HttpRequest) -> HttpResponse:
    """The versioned table: what sets an offer aside, what must be asked, what orders the rest."""
    return page(request, "offers/weights.html", {"table": reads.weights()})
