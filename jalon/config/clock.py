"""The one clock. Nothing else in the program asks the machine for the date.

``today()`` is a date and ``now()`` an aware UTC instant. A demonstration may freeze the clock for the current
request or command with ``at(day)``; outside ``jalon demo`` the override is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

PARIS = ZoneInfo("Europe/Paris")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def machine() -> datetime:
    """The machine's instant, which no demonstration freezes: how long a browser was idle, when a message left."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Paris: legal delays are counted there."""
    return now().astimezone(PARIS).date()


@contextmanager
def at(moment: date | datetime) -> Iterator[None]:
    """Freeze the clock at a day (10:00 in Paris) or at an aware instant, for the present context only."""
    if not settings.CLOCK_OVERRIDE:
        raise RuntimeError("the clock can be set only in a demonstration or a test")
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(10), PARIS)
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
