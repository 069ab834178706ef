"""A page that shows a person leaves only once its readings are in the trail."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from .trail import OverBudget, Overtaken, Queue, queueing

log = logging.getLogger(__name__)

# No template, no translation, no database: this page is sent when things are down.
UNAVAILABLE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Indisponible</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Service indisponible</h1>
<p>La page n'a pas pu être affichée. Rien n'a été perdu de ce qui était enregistré. Réessayez dans un instant.</p>
<p>Référence&nbsp;: {reference}</p></main></body></html>
"""


# Answers that show what was asked: the page or the file, the form with its errors, both versions of a conflict.
SHOWN = frozenset({200, 409, 422})


class ReadingsMiddleware:
    """Collects the readings and refusals of a request and writes them before its answer leaves.

    Nothing that forbids writing to the database may stand outside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        queue = Queue()
        request.journal = queue  # type: ignore[attr-defined]
        with queueing(queue):
            response = self.get_response(request)
        shown = response.status_code in SHOWN
        queue.answered(shown)
        try:
            # A form that comes back, a paper that a button makes: they show a file as its page does.
            queue.flush(budget(request) if shown or request.method in ("GET", "HEAD") else 0)
        except OverBudget:
            return import_string(settings.READING_STOP)(request, response)  # type: ignore[no-any-return]
        except Overtaken as late:
            return late.otherwise(request)
        except Exception as error:  # whatever the cause, what could not be journaled is not shown
            log.error("the trail could not be written: %s, reference %s", type(error).__name__, queue.request)
            return unavailable(queue.request)
        return response


def budget(request: HttpRequest) -> int:
    """How many files the account of this request may open in a day."""
    role = str(getattr(getattr(request, "actor", None), "role", ""))
    return int(settings.READING_BUDGET.get(role, settings.READING_BUDGET["day"]))


def unavailable(reference: str) -> HttpResponse:
    response = HttpResponse(UNAVAILABLE.format(reference=reference), status=503)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = "5"
    return response
