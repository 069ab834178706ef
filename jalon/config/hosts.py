"""Two hosts, one program: the professionals', and that of the persons themselves (``settings.SPACE_URL``).

Her host has its own addresses (``SPACE_URLCONF``): a page of the professionals does not exist there, nor hers here. Her
session travels in a cookie of its own, whose name says nothing; one of the other host is not even read.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

HER_FILES = f"{settings.STATIC_URL}agenda/"
SHARED_FILE = f"{settings.STATIC_URL}accounts/passkey.js"  # the gesture of a passkey: names neither host
HER_NAME = "Agenda"


def hers() -> str:
    """The name of her host; empty: this installation has none."""
    return urlsplit(settings.SPACE_URL).hostname or ""


def is_hers(request: HttpRequest) -> bool:
    """Was this asked at the host of the persons themselves? The port is the proxy's business."""
    host = hers()
    if not host:
        return False
    try:
        asked = urlsplit(f"//{request.get_host()}").hostname or ""
        return asked.removesuffix(".") == host  # « agenda.example. » is the same place
    except (DisallowedHost, ValueError):
        return False


class HostMiddleware:
    """Sets ``request.space``; on her host, her addresses and the name of her cookie. Outermost of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.space = is_hers(request)  # type: ignore[attr-defined]
        if not request.space:  # type: ignore[attr-defined]
            return self.get_response(request)
        request.urlconf = settings.SPACE_URLCONF  # type: ignore[attr-defined]
        ours, hers = settings.SESSION_COOKIE_NAME, settings.SPACE_COOKIE
        request.COOKIES.pop(ours, None)
        if hers in request.COOKIES:
            request.COOKIES[ours] = request.COOKIES.pop(hers)
        response = self.get_response(request)
        if ours in response.cookies:
            morsel = response.cookies.pop(ours)
            morsel.set(hers, morsel.value, morsel.coded_value)
            response.cookies[hers] = morsel
        return response


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Static files, each host its own: those of the professionals would say what her host is."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        others = path.startswith(HER_FILES) != request.space and path != SHARED_FILE  # type: ignore[attr-defined]
        if path.startswith(settings.STATIC_URL) and others:
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)
