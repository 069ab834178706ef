"""How anything outside is asked: at a steady rate, three tries, the wait that is asked for, and never « nothing » for a
failure. Used by the commands of the operator; no page asks anything outside.
"""

import random
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from jalon.config import clock

from .states import CouldNotAsk, Reason

TRIES = 3
LONGEST_WAIT = 60.0  # seconds, whatever Retry-After says
HEADERS = {"User-Agent": "client-offres"}  # says neither who we are nor for whom


@dataclass(kw_only=True)
class Outgoing:
    """A connection, its rate in calls a second. Clock and sleep are given, so that a test does not wait."""

    http: httpx.Client
    rate: float = 3.0
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next_call: float = field(default=0.0, init=False, repr=False)

    def tried(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Three tries on 429, on 5xx and on a connection that fails, after longer and longer pauses."""
        problem = CouldNotAsk(Reason.NETWORK)
        for attempt in range(1, TRIES + 1):
            try:
                response = send()
            except Again as again:
                response = again.response
            except httpx.RequestError as error:
                problem, pause = CouldNotAsk(Reason.NETWORK, type(error).__name__), self._growing(attempt)
                self._wait(attempt, pause)
                continue
            if response.status_code == 429:
                problem, pause = CouldNotAsk(Reason.LIMIT, "429"), _told(response) or self._growing(attempt)
            elif response.status_code >= 500:
                problem, pause = CouldNotAsk(Reason.SERVER, str(response.status_code)), self._growing(attempt)
            else:
                return response
            self._wait(attempt, pause)
        raise problem

    def _wait(self, attempt: int, seconds: float) -> None:
        if attempt < TRIES:
            self.sleep(min(seconds, LONGEST_WAIT))

    def _growing(self, attempt: int) -> float:
        return float(2**attempt) / 2 + random.random() / 2  # noqa: S311 (spreads callers, hides nothing)

    def pace(self) -> None:
        """No faster than the rate."""
        now = self.monotonic()
        if now < self._next_call:
            self.sleep(self._next_call - now)
            now = self._next_call
        self._next_call = now + 1 / self.rate


class Again(Exception):
    """A call that another one needs is busy or down: the same tries for both."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response = response


def read_json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:  # a page of a proxy, an answer cut short
        raise CouldNotAsk(Reason.UNREADABLE, response.headers.get("Content-Type", "")[:40]) from None


def refusal(response: httpx.Response) -> CouldNotAsk:
    if response.status_code != 400:
        return CouldNotAsk(Reason.UNREADABLE, str(response.status_code))
    try:
        said = response.json().get("message", "")
    except (ValueError, AttributeError):
        said = ""
    return CouldNotAsk(Reason.REJECTED, str(said)[:200])


def _told(response: httpx.Response) -> float:
    """The seconds of Retry-After, given as a number or as a date. 0 when it says nothing."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max((parsedate_to_datetime(said) - clock.machine()).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0


def secret_file(path: Path | None, what: str) -> str:
    """A credential kept in a file that its owner alone reads. Raises CouldNotAsk, which names the variable only."""
    if path is None or not path.is_file():
        raise CouldNotAsk(Reason.CREDENTIALS, f"fichier absent : {what}")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CouldNotAsk(Reason.CREDENTIALS, f"fichier lisible par d'autres : {what}")
    text = path.read_text(encoding="utf-8").strip()
    if not text:
        raise CouldNotAsk(Reason.CREDENTIALS, f"fichier vide : {what}")
    return text
