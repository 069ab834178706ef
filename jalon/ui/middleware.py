"""The frame of every answer: its headers, its language, and the page of a refusal."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
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
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
ELSEWHERE = {"cross-site", "same-site"}  # as the browser says; the token and the cookie refuse them too
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
ESCAPED = {"", "application/x-www-form-urlencoded"}
CHARSETS = {"", "utf-8", "utf8", "us-ascii"}


class HeadersMiddleware:
    """Puts the headers on every page (static files leave before) and answers Refused and Conflict with their page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mended.set([])
        if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") in ELSEWHERE:
            return self.dressed(errors.csrf_failure(request))
        charset = (request.content_params or {}).get("charset", "").strip("\"' ").lower()
        if charset in CHARSETS and (request.content_type or "").lower() in FORMS:
            response = self.get_response(request)
        else:
            response = HttpResponse("415", status=415, content_type="text/plain")
        return self.dressed(response)

    def dressed(self, response: HttpResponse) -> HttpResponse:
        for name, value in HEADERS.items():
            response[name] = value
        if "Server" in response:
            del response["Server"]
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """What Django would take without a word: a body that was cut on its way, bytes that no browser sends."""
        if request.method != "POST":
            return
        announced, received = request.META.get("CONTENT_LENGTH") or "0", 0
        try:
            if request.content_type in ESCAPED:
                received = len(request.body)
                if not request.body.isascii():  # read as another alphabet
                    raise errors.Malformed("a body that is not escaped")
            else:
                request._load_post_and_files()  # type: ignore[attr-defined]
                received = request._stream._pos  # type: ignore[attr-defined]
        except UnreadablePostError:  # who sent it fell silent
            raise errors.Malformed("a body that was cut") from None
        if received < int(announced):
            raise errors.Malformed("a body that was cut")

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
