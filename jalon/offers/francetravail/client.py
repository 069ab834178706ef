"""A client of *Offres d'emploi* v2: a token, a search page by page to the limit, one offer by its number.

Two things hold it together. *No offer* is an empty answer; *could not ask* is an exception (``CouldNotAsk``): a screen
never takes one for the other. And what leaves is a ``Query``, made of a department and of public codes: it has no field
for a word, a commune or anything about somebody.

Source: the OpenAPI document of « Offres d'emploi v2 » (francetravail.io), and its terms of use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx

from jalon.config import clock

from ..outgoing import Again, Outgoing, read_json, refusal
from ..states import CouldNotAsk, Reason

SCOPE = "api_offresdemploiv2 o2dsoffre"
A_PAGE, LAST_START = 150, 3000
MOST = LAST_START + A_PAGE  # beyond, a search shows its total and no more offers
NEARLY = 0.99
MARGIN = 60.0  # seconds before its end, a token is renewed
OLDEST = datetime(2010, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DEPARTMENT = re.compile(r"\d[\dAB]|97[1-6]")
RANGE = re.compile(r"offres (\d+)-(\d+)/(\d+)")
NUMBER = re.compile(r"[0-9A-Za-z]{1,20}")
CODES = {"rome": re.compile(r"[A-Z]\d{4}"), "contract": re.compile(r"[A-Z]{3}"), "nature": re.compile(r"[A-Z0-9]{2}")}
LISTS = frozenset(
    (
        "appellations", "communes", "continents", "departements", "domaines", "langues", "metiers", "nafs",
        "naturesContrats", "niveauxFormations", "pays", "permis", "regions", "secteursActivites", "themes",
        "typesContrats",
    )
)  # fmt: skip

Offer = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """What is asked: a department, public codes, when the offer was created. Raises ValueError on anything else.

    ``contract`` and ``nature`` are added to each other by France Travail (one *or* the other), not crossed.
    """

    department: str
    rome: tuple[str, ...] = ()
    contract: tuple[str, ...] = ()
    nature: tuple[str, ...] = ()
    created: tuple[datetime, datetime] | None = None

    def __post_init__(self) -> None:
        if not DEPARTMENT.fullmatch(self.department):
            raise ValueError("department: expected a code such as 30 or 2A")
        for name, shape in CODES.items():
            if not all(shape.fullmatch(code) for code in getattr(self, name)):
                raise ValueError(f"{name}: not a public code")
        if len(self.rome) > 200:
            raise ValueError("rome: 200 codes at most")

    def params(self, first: int, last: int) -> dict[str, str]:
        asked = {"departement": self.department, "range": f"{first}-{last}", "sort": "1"}
        named = {"codeROME": self.rome, "typeContrat": self.contract, "natureContrat": self.nature}
        asked |= {name: ",".join(codes) for name, codes in named.items() if codes}
        if self.created:
            start, end = (moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in self.created)
            asked |= {"minCreationDate": start, "maxCreationDate": end}
        return asked


class Page(NamedTuple):
    """Part of an answer: the offers from ``first`` to ``last`` (inclusive) of ``total``."""

    offers: list[Offer]
    first: int
    last: int
    total: int


@dataclass
class Found:
    """All that was obtained, by number. ``complete``: every page that exists was read."""

    offers: dict[str, Offer] = field(default_factory=dict)
    total: int = 0
    complete: bool = True
    nameless: int = 0  # offers without a number, which cannot be kept

    def add(self, page: Page) -> None:
        for offer in page.offers:
            number = offer.get("id") if isinstance(offer, dict) else None
            if isinstance(number, str) and NUMBER.fullmatch(number):
                self.offers[number] = offer
            else:
                self.nameless += 1


class Credentials(NamedTuple):
    """The application's own: read from files, never written anywhere else."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(kw_only=True)
class Client(Outgoing):
    """Asks France Travail. The addresses are given, so that a stand-in can answer.

    Every method raises ``CouldNotAsk``; none of them answers « nothing » for a failure.
    """

    token_url: str
    api_url: str
    credentials: Credentials
    _token: str = field(default="", init=False, repr=False)
    _token_until: float = field(default=0.0, init=False, repr=False)

    # --- what is asked ---------------------------------------------------------------------------------
    def everything(self, query: Query) -> Found:
        """All the offers of a query, beyond the limit of one search too: then by halves of the time of creation."""
        first = self.page(query)
        if first.total <= MOST or query.created:
            return self._walk(query, first)
        found = Found(total=first.total)
        self._halve(query, OLDEST, clock.now() + SECOND, found)
        # A few may have gone meanwhile; more than that, and the halves did not bring everything.
        found.complete = found.complete and len(found.offers) >= NEARLY * first.total
        return found

    def search(self, query: Query) -> Found:
        """The offers of one search, to the limit of 3 150; ``complete`` says whether there were more."""
        return self._walk(query, self.page(query))

    def page(self, query: Query, first: int = 0, last: int | None = None) -> Page:
        """One page. A 204 is an answer: there is nothing."""
        response = self._get("/offres/search", query.params(first, first + A_PAGE - 1 if last is None else last))
        if response.status_code == 204:
            return Page([], first, first - 1, 0)
        if response.status_code not in (200, 206):
            raise refusal(response)
        body = read_json(response)
        offers = body.get("resultats") if isinstance(body, dict) else None
        if not isinstance(offers, list):
            raise CouldNotAsk(Reason.UNREADABLE, "no list of offers")
        said = RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        if said:
            start, end, total = map(int, said.groups())
            return Page(offers, start, end, total)
        if response.status_code == 206:
            raise CouldNotAsk(Reason.UNREADABLE, "Content-Range")
        return Page(offers, first, first + len(offers) - 1, first + len(offers))

    def offer(self, number: str) -> Offer | None:
        """One offer; None when it is unknown or withdrawn (204)."""
        if not NUMBER.fullmatch(number):
            raise ValueError("not the number of an offer")
        response = self._get(f"/offres/{number}", {})
        if response.status_code == 204:
            return None
        if response.status_code != 200:
            raise refusal(response)
        body = read_json(response)
        if not isinstance(body, dict) or body.get("id") != number:
            raise CouldNotAsk(Reason.UNREADABLE, "another offer")
        return body

    def reference(self, name: str) -> list[dict[str, Any]]:
        """One of France Travail's own lists: code and label."""
        if name not in LISTS:
            raise ValueError("not a list of France Travail")
        response = self._get(f"/referentiel/{name}", {})
        if response.status_code != 200:
            raise refusal(response)
        body = read_json(response)
        if not isinstance(body, list):
            raise CouldNotAsk(Reason.UNREADABLE, name)
        return body

    def _walk(self, query: Query, page: Page) -> Found:
        found = Found(total=page.total)
        for each in self._pages(query, page):
            found.add(each)
            found.total = max(found.total, each.total)
            found.complete = each.last + 1 >= each.total
        return found

    def _pages(self, query: Query, page: Page) -> Iterator[Page]:
        """From a first page to the last that the limit lets one ask for."""
        yield page
        while page.last + 1 < page.total and page.last >= page.first and page.last + 1 <= LAST_START:
            start = page.last + 1
            page = self.page(query, start)
            if not page.offers:  # fewer than there were a moment ago
                return
            yield page

    def _halve(self, query: Query, start: datetime, end: datetime, found: Found) -> None:
        """Both ends are asked for on each side of a cut: whether they count is not said by the document."""
        window = Query(query.department, query.rome, query.contract, query.nature, (start, end))
        page = self.page(window)
        if page.total > MOST and end - start > 4 * SECOND:
            middle = (start + (end - start) / 2).replace(microsecond=0)
            self._halve(query, start, middle + SECOND, found)
            self._halve(query, middle - SECOND, end, found)
            return
        part = self._walk(window, page)
        found.offers |= part.offers
        found.nameless += part.nameless
        found.complete = found.complete and part.complete

    # --- how it is asked -------------------------------------------------------------------------------
    def _get(self, path: str, params: dict[str, str]) -> httpx.Response:
        """A call with a token; refused, once more with a new one."""
        response = self.tried(lambda: self._with_token(path, params))
        if response.status_code == 401:
            self._token = ""
            response = self.tried(lambda: self._with_token(path, params))
        if response.status_code in (401, 403):
            raise CouldNotAsk(Reason.CREDENTIALS, str(response.status_code))
        return response

    def _with_token(self, path: str, params: dict[str, str]) -> httpx.Response:
        token = self._bearer()
        self.pace()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self.http.get(self.api_url + path, params=params, headers=headers)

    def _bearer(self) -> str:
        """The token, kept in memory for the time it says: written nowhere."""
        if not self._token or self.monotonic() >= self._token_until:
            form = {
                "grant_type": "client_credentials",
                "client_id": self.credentials.client_id,
                "client_secret": self.credentials.client_secret,
                "scope": SCOPE,
            }
            self.pace()
            response = self.http.post(self.token_url, data=form)
            if response.status_code == 429 or response.status_code >= 500:
                raise Again(response)
            body = read_json(response)
            if response.status_code != 200 or not isinstance(body, dict):
                said = body.get("error") if isinstance(body, dict) else ""
                raise CouldNotAsk(Reason.CREDENTIALS, str(said or response.status_code))
            try:
                token, seconds = body["access_token"], float(body["expires_in"])
            except (KeyError, TypeError, ValueError):
                raise CouldNotAsk(Reason.UNREADABLE, "token") from None
            if not isinstance(token, str) or not token:
                raise CouldNotAsk(Reason.UNREADABLE, "token")
            self._token, self._token_until = token, self.monotonic() + seconds - min(MARGIN, seconds / 2)
        return self._token
