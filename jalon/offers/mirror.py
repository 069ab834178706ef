"""The nightly mirror of a department's services, behind an adapter.

Searching data·inclusion live would leave there, for each search, a place, a need and an hour: one night, one department
for all, and the search is made here. What leaves is the department and the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from django.conf import settings

from jalon.access import SYSTEM

from . import actions, inclusion
from .models import SourceFetch, Structure
from .outgoing import HEADERS, Outgoing, read_json, refusal, secret_file
from .plan import Record
from .states import CouldNotAsk, Reason, Source

A_PAGE = 1000
# Said by the API beside the standard's fields.
ITS_OWN = frozenset({"adresse_certifiee", "score_qualite", "doublons", "structure", "extra"})


class Directory(Protocol):
    """Where services come from. Raises CouldNotAsk."""

    def structures(self, department: str) -> list[Record]: ...
    def services(self, department: str) -> list[Record]: ...


@dataclass(kw_only=True)
class DataInclusion(Outgoing):
    """data·inclusion's API v1."""

    url: str
    token: str = field(repr=False)

    def structures(self, department: str) -> list[Record]:
        return list(self._all("structures", department))

    def services(self, department: str) -> list[Record]:
        return list(self._all("services", department))

    def _all(self, kind: str, department: str) -> Iterator[Record]:
        page, pages = 1, 1
        while page <= pages:
            body = self._page(kind, {"code_departement": department, "page": str(page), "size": str(A_PAGE)})
            for item in body["items"]:
                if isinstance(item, dict):
                    yield {name: value for name, value in item.items() if name not in ITS_OWN}
            pages, page = body["pages"], page + 1

    def _page(self, kind: str, params: dict[str, str]) -> dict[str, Any]:
        def send() -> httpx.Response:
            self.pace()
            return self.http.get(f"{self.url}/{kind}", params=params, headers={"Authorization": f"Bearer {self.token}"})

        response = self.tried(send)
        if response.status_code in (401, 403):
            raise CouldNotAsk(Reason.CREDENTIALS, str(response.status_code))
        if response.status_code != 200:
            raise refusal(response)
        body = read_json(response)
        if not isinstance(body, dict) or not isinstance(body.get("items"), list):
            raise CouldNotAsk(Reason.UNREADABLE, kind)
        if not isinstance(body.get("pages"), int):
            raise CouldNotAsk(Reason.UNREADABLE, "pages")
        return body


def department(code: str, directory: Directory | None = None) -> tuple[SourceFetch, list[Any]]:
    """Mirror a department: the answer is kept whole, or that there was none. With what the standard refuses."""
    try:
        with httpx.Client(timeout=settings.OUTGOING_TIMEOUT, headers=HEADERS) as http:
            asked = directory or DataInclusion(
                http=http,
                url=settings.DATA_INCLUSION_URL,
                token=secret_file(settings.DATA_INCLUSION_TOKEN_FILE, "JALON_DATA_INCLUSION_TOKEN_FILE"),
            )
            known = frozenset(Structure.objects.values_list("number", flat=True))
            read = inclusion.check(asked.structures(code), asked.services(code), known)
    except CouldNotAsk as failure:
        return actions.record_failure(SYSTEM, Source.SERVICES, code, failure), []
    return actions.mirror_catalogue(SYSTEM, code, read), read.problems
