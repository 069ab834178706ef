"""The frame of every answer: its headers, its language, and the page of a refusal."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from . import errors
from .forms import mended

Answer = Callable[[HttpRequest], HttpResponse]

# Every power of the browser that a page could ask for is off.
PERMISSIONS = ", ".join(
    f"{power}=()"
    for power in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
        "fullscreen", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Robots-Tag": "noindex, noarchive",
}
# What a page of ours sends; nothing here reads another kind of body.
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
ESCAPED = {"", "application/x-www-form-urlencoded"}
CHARSETS = {"", "utf-8", "utf8", "us-ascii"}


class HeadersMiddleware:
    """Puts the headers on every page (static files leave before) and answers Refused and Conflict with their page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mended.set([])
        charset = (request.content_params or {}).get("charset", "").strip("\"' ").lower()
        if charset in CHARSETS and (request.content_type or "").lower() in FORMS:
            response = self.get_response(request)
        else:
            response = HttpResponse("415", status=415, content_type="text/plain")
        for name, value in HEADERS.items():
            response[name] = value
        if "Server" in response:
            del response["Server"]
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """A browser escapes what is not ASCII; Django would read other bytes as another alphabet, without a word."""
        if request.method == "POST" and request.content_type in ESCAPED and not request.body.isascii():
            raise errors.Malformed("a body that is not escaped")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.answer(request, exception)


class LocaleMiddleware:
    """French, unless the visitor chose English: the language of the browser is not asked."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.languages = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.languages else settings.LANGUAGE_CODE
        translation.activate(language)  # left active: a streamed answer is written after this returns
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
