"""Two guards: a page that reads cannot write, and a refusal leaves a trace and a calm page."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jalon import journal

from .gate import Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
READING = ("SELECT", "WITH", "EXPLAIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class WriteInReading(RuntimeError):
    """A page reached by GET tried to write. A programming error: no page leaves."""


def only_select(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not sql[:40].lstrip().upper().startswith(READING):
        raise WriteInReading("a reading page tried to write")
    return execute(sql, params, many, context)


class ReadOnlyMiddleware:
    """GET never changes state: under this guard the database accepts SELECT only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with connection.execute_wrapper(only_select):
            return self.get_response(request)


class RefusalMiddleware:
    """A ``Refused`` becomes a 403 page with its sentence, a hidden object the uniform 404; both are journaled."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        actor = getattr(request, "actor", None)
        if actor is None or not isinstance(exception, Refused | Http404):
            return None
        match = request.resolver_match
        verb = match.view_name if match else ""
        objects = [str(value) for value in match.kwargs.values()] if match else []
        journal.refusal(request, verb, objects=objects)
        if not isinstance(exception, Refused):
            return None
        context = {"why": exception.why, "stepup": "stepup" in exception.missing, "next": _back(request)}
        context["kept"] = hasattr(request, "waiting_at")
        return render(request, "ui/refused.html", context, status=403)


def _back(request: HttpRequest) -> str:
    """Where to return after confirming one's identity: the page itself, or what was typed, or the page of the form."""
    if waiting := getattr(request, "waiting_at", ""):
        return str(waiting)
    if request.method == "GET":
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    origin = f"{request.scheme}://{request.get_host()}"
    path = referer.removeprefix(origin)
    # Two slashes at the head would be another host.
    return path if referer.startswith(f"{origin}/") and not path.startswith(("//", "/\\")) else "/"
