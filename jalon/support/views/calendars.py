"""The calendar of a worker in another tool: opened, closed, and the feed itself, which says « Réunion » and no more."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jalon.access import Hidden, open_to, public
from jalon.ui.views import done, page

from .. import actions
from ..reads import calendars

WHO = ("REF", "EMP", "MGR")
OWN = "one's own calendar: when one is expected, nothing about anyone"


@open_to(*WHO, why=OWN)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether an address is open; a new one is shown once, on the page that made it."""
    address = ""
    if request.method == "POST":
        secret = actions.open_calendar(request.actor)  # type: ignore[attr-defined]
        address = request.build_absolute_uri(f"{reverse('support:calendar_feed')}?key={secret}")
    feed = calendars.of(request.actor)  # type: ignore[attr-defined]
    return page(request, "support/calendar.html", {"feed": feed, "address": address})


@open_to(*WHO, why=OWN)
@require_POST
def close_calendar(request: HttpRequest) -> HttpResponse:
    """The address answers nothing any more."""
    actions.close_calendar(request.actor)  # type: ignore[attr-defined]
    return done(request, reverse("support:calendar"), _("Calendrier fermé"))


@public(why="A calendar tool has no account: it brings the secret that its owner gave it, and learns hours alone.")
@require_GET
@never_cache
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The hours of one worker. An unknown key, a closed feed and an account that stopped answer alike."""
    text = calendars.feed(request.GET.get("key", ""))
    if text is None:
        raise Hidden
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
