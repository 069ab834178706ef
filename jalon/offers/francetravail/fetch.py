"""The fetch of every night, for a whole department: ask first, write once.

One job for everybody: what leaves says nothing of whom it is for, nor when somebody looked for work.
"""

from collections.abc import Iterable
from typing import Any

import httpx
from django.conf import settings

from jalon.access import SYSTEM

from .. import actions
from ..models import Offer, SourceFetch
from ..outgoing import HEADERS, secret_file
from ..states import CouldNotAsk, Source
from .client import Client, Credentials, Query


def client(http: httpx.Client) -> Client:
    """The client of the settings. Raises CouldNotAsk when the credentials are not there."""
    credentials = Credentials(
        secret_file(settings.FRANCETRAVAIL_ID_FILE, "JALON_FRANCETRAVAIL_ID_FILE"),
        secret_file(settings.FRANCETRAVAIL_SECRET_FILE, "JALON_FRANCETRAVAIL_SECRET_FILE"),
    )
    return Client(
        http=http,
        token_url=settings.FRANCETRAVAIL_TOKEN_URL,
        api_url=settings.FRANCETRAVAIL_API_URL,
        credentials=credentials,
        rate=settings.FRANCETRAVAIL_RATE,
    )


def department(code: str, asking: Client | None = None) -> SourceFetch:
    """Ask for every offer of a department and keep the answer, or that there was none."""
    Query(code)  # a code that is none is a mistake of the caller, not an outage
    try:
        with httpx.Client(timeout=settings.OUTGOING_TIMEOUT, headers=HEADERS) as http:
            asked = asking or client(http)
            found = asked.everything(Query(code))
            gone, kept = _looked_up(asked, _unseen(code, found.offers))
    except CouldNotAsk as failure:
        return actions.record_failure(SYSTEM, Source.OFFERS, code, failure)
    return actions.record_offers(
        SYSTEM,
        code,
        offers=[*found.offers.values(), *kept],
        gone=gone,
        total=found.total,
        complete=found.complete and not found.nameless,
    )


def _unseen(code: str, found: Iterable[str]) -> list[str]:
    known = Offer.objects.filter(department=code, hidden_at=None).values_list("number", flat=True)
    return sorted(set(known) - set(found))


def _looked_up(asked: Client, numbers: list[str]) -> tuple[list[str], list[dict[str, Any]]]:
    """Those that the search did not bring are asked for one by one: withdrawn (204), or only missed by the search.

    When this fails half-way the rest stays as it was: nothing is hidden without an answer.
    """
    gone, kept = [], []
    for number in numbers:
        try:
            offer = asked.offer(number)
        except CouldNotAsk:
            break
        if offer is None:
            gone.append(number)
        else:
            kept.append(offer)
    return gone, kept
