"""Each request asks as its actor (``wall``, in use when ``JALON_WALL`` is 1), and says whose rows it wants."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jalon.vault import scope

from . import wall


class WallMiddleware:
    """After ``ActorMiddleware``. The page is made in one transaction, so that the settings reach its readings.

    A verb that is refused or fails goes back to its own savepoint; what else the page wrote is kept, as without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with wall.asking(getattr(request, "actor", None)):
            return self.get_response(request)


class ScopeMiddleware:
    """In a request, no query on rows about persons may forget to say whose (``vault.scope``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scope.requiring():
            return self.get_response(request)
