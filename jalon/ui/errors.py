"""Pages for what cannot be done: each says what happened and what to do, none says more than the reader may know."""

import errno
import logging
import secrets
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, ValidationError
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from jalon.access import Refused
from jalon.vault.errors import KeysUnavailable

log = logging.getLogger(__name__)
# What a page needs and does not answer: the keys, or the database (down, full, read-only, locked, a deadlock).
DOWN = (KeysUnavailable, OperationalError, InterfaceError, InternalError)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}  # a disk that takes nothing more
SHORT = 20  # characters that are typed again without regret
NEVER_RESENT = frozenset({"csrfmiddlewaretoken", "revision"})


class Conflict(Exception):
    """Someone else changed the record since the form was opened, or the state no longer allows the verb.

    ``theirs`` gives the saved values by field name (only what the reader may see), ``labels`` their names on screen,
    ``options`` the words of the codes that a field may hold, ``revision`` the present revision: when given, the page
    offers to save the reader's version all the same.
    """

    def __init__(
        self,
        why: str = "",
        *,
        theirs: Mapping[str, Any] | None = None,
        labels: Mapping[str, Any] | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        revision: int | None = None,
        back: str = "",
    ) -> None:
        super().__init__("conflict")
        self.why = why
        self.theirs = theirs or {}
        self.labels = labels or {}
        self.options = options or {}
        self.revision = revision
        self.back = back


def at_field(field: str, sentence: str) -> ValidationError:
    """A refusal of an action that the form shows at its field."""
    return ValidationError({field: sentence})


class Malformed(BadRequest):
    """A form that no page of ours can send: unknown fields, or the same field twice."""


class Unavailable(Exception):
    """Something the page needs does not answer."""


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page of an exception of ours, or None."""
    if isinstance(exception, Refused):
        return refused(request, exception)
    if isinstance(exception, Conflict):
        return conflict(request, exception)
    if isinstance(exception, ValidationError):  # an action refused what a button sent: there is no form to show it on
        return unprocessable(request, " ".join(exception.messages))
    if isinstance(exception, Unavailable) or _is_down(exception):
        return unavailable(request)
    return None


def _is_down(exception: BaseException | None) -> bool:
    return isinstance(exception, DOWN) or (isinstance(exception, OSError) and exception.errno in FULL)


def _page(
    request: HttpRequest | None, template: str, status: int, context: dict[str, Any] | None = None
) -> HttpResponse:
    if status >= 500:
        reference = secrets.token_hex(4)
        log.error("%d, reference %s", status, reference)
        context = {**(context or {}), "reference": reference}
    if getattr(request, "space", False):
        return _hers(request, status)
    return HttpResponse(render_to_string(f"ui/errors/{template}.html", context, request), status=status)


def _hers(request: HttpRequest | None, status: int) -> HttpResponse:
    """On the host of the persons themselves, the one neutral page of its own addresses (``config.hosts``)."""
    return import_module(settings.SPACE_URLCONF).error(request, status)  # type: ignore[no-any-return]


def refused(request: HttpRequest, exception: Refused) -> HttpResponse:
    """403: the object may be known, the verb is refused; a missing step-up can be supplied."""
    if getattr(request, "space", False):
        return _hers(request, 403)
    page = request.get_full_path() if request.method == "GET" else back(request)
    context = {"why": exception.why, "stepup": "stepup" in exception.missing, "next": page}
    return HttpResponse(render_to_string("ui/refused.html", context, request), status=403)


def back(request: HttpRequest) -> str:
    """The page of ours that sent here, else the present path."""
    from .views import local_path

    return local_path(request, request.headers.get("Referer", "")) or request.path


def conflict(request: HttpRequest, exception: Conflict) -> HttpResponse:
    """409: both versions side by side, nothing lost, and the reader chooses."""
    typed = [
        (name, values) for name, values in request.POST.lists() if name not in NEVER_RESENT and not name.startswith("_")
    ]
    rows = [_versions(exception, name, given) for name, given in _shown(exception, dict(typed))]
    context = {
        "why": exception.why,
        "rows": rows,
        "typed": [(name, value) for name, values in typed for value in values],
        "revision": exception.revision,
        "back": exception.back or back(request),
        "action": request.get_full_path(),
    }
    return _page(request, "409", 409, context)


def _shown(exception: Conflict, typed: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Each field with what was typed in it: those that the form names, else what was sent. A field in two boxes (a
    day and an hour) sends ``name_0`` and ``name_1``."""
    for name in exception.labels or typed:
        boxes = " ".join(typed[key][0] for key in (f"{name}_0", f"{name}_1") if typed.get(key))
        given = typed.get(name) or [boxes]
        if any(given) or _lines(exception.theirs.get(name)):
            yield name, given


def _versions(exception: Conflict, name: str, given: list[str]) -> dict[str, Any]:
    words, saved = exception.options.get(name, {}), _lines(exception.theirs.get(name))
    said, theirs = ("\n".join(str(words.get(line, line)) for line in lines) for lines in (given, saved))
    return {"label": exception.labels.get(name, name), "yours": said, "theirs": theirs, "differs": said != theirs}


def _lines(value: Any) -> list[str]:
    """A saved value as a form sends it: nothing, one text, or one line for each ticked box."""
    if isinstance(value, list | tuple):
        return list(map(str, value))
    return [] if value in (None, "", False) else str(value).split("\n")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: unknown and forbidden have the same body."""
    return _page(request, "404", 404)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refused(request, Refused(""))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when what was sent is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "413", 413, {"back": back(request)})
    return _page(request, "400", 400, {"back": back(request)})


def unprocessable(request: HttpRequest, why: str) -> HttpResponse:
    """422 without a form to show the error on."""
    return _page(request, "422", 422, {"why": why, "back": back(request)})


def unavailable(request: HttpRequest | None = None) -> HttpResponse:
    """503, with the texts that were being sent. Drawn without the request: its session may be what does not answer."""
    if request is not None and getattr(request, "space", False):
        return _hers(request, 503)
    sent = request.POST.lists() if request is not None and _gives_back(request) else ()
    typed = [value for name, values in sent if name not in NEVER_RESENT for value in values if len(value) > SHORT]
    return _page(None, "503", 503, {"typed": typed})


def _gives_back(request: HttpRequest) -> bool:
    """Was this sent from a page of ours (the session's cookie never comes with another site's request), no secret?"""
    from_ours = request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES
    return from_ours and not request.path.startswith(reverse("account"))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500: no detail. Drawn without the request, because the request may be what failed.

    503 when it is the keys or the database that do not answer, before any view was reached (a session, an account).
    """
    try:
        if _is_down(sys.exc_info()[1]):
            return unavailable(request)
        return _page(None, "500", 500)
    except Exception:
        return HttpResponse(
            _("Une erreur est survenue. Rien n'a été enregistré."), status=500, content_type="text/plain"
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or the cookies are off."""
    return _page(request, "csrf", 403, {"back": back(request)})
