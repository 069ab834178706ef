"""A page that shows a person leaves only once its readings are in the trail."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from jalon.vault.errors import VaultError

from .trail import Queue, collecting

log = logging.getLogger(__name__)

# No template, no translation, no database: this page is sent when things are down.
UNAVAILABLE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Indisponible</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Service indisponible</h1>
<p>La page n'a pas pu être affichée. Rien n'a été perdu de ce qui était enregistré. Réessayez dans un instant.</p>
<p>Référence&nbsp;: {reference}</p></main></body></html>
"""


class ReadingsMiddleware:
    """Innermost: collects the readings and refusals of the request and writes them before the answer leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        queue: Queue | None = None
        try:
            with collecting(request) as queue:
                response = self.get_response(request)
        except (Error, VaultError):
            # The view's own errors became answers before this point: only the trail can fail here.
            reference = queue.request if queue else ""
            log.exception("the trail could not be written, reference %s", reference)
            return unavailable(reference)
        return response


def unavailable(reference: str) -> HttpResponse:
    response = HttpResponse(UNAVAILABLE.format(reference=reference), status=503)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = "5"
    return response
