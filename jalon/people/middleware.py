"""Around each request: it asks as its actor (``wall``, when ``JALON_WALL`` is 1), and it opens no file too many."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jalon.access import Actor
from jalon.access.middleware import SAFE

from . import actions, reads, wall


class WallMiddleware:
    """After ``ActorMiddleware``. The page is made in one transaction, so that the settings reach its readings.

    A verb that is refused or fails goes back to its own savepoint; what else the page wrote is kept, as without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with wall.asking(getattr(request, "actor", None)):
            return self.get_response(request)


class ReadingStopMiddleware:
    """Within ``ReadingsMiddleware``: a page that would open one file too many does not leave.

    Files already opened that day stay open: what is under way goes on. Counted from the trail, across processes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        shown = [one for one in request.journal.events if one.subject and one.verb == "read"]  # type: ignore[attr-defined]
        if actor is None or request.method not in SAFE or not shown:
            return response
        known = reads.opened_by(actor.user_id)
        further = {one.subject for one in shown} - known
        budget = settings.READING_BUDGET["day"]
        if not further or len(known | further) <= budget:
            return response
        if len(known | further) <= reads.lifted(actor.user_id, actor.organisation_id) + budget:
            return response
        for one in shown:
            if one.subject in further:
                one.decision, one.conditions = "refused", "budget"
        actions.stop_reading(actor, len(known))
        return render(request, "people/stopped.html", {"files": len(known)}, status=403)
