"""What the account pages show."""

from typing import NamedTuple

from jalon.config import clock

from .models import User, WebSession

MOST_SESSIONS = 50


class Browser(NamedTuple):
    id: str
    started_at: object
    seen_at: object
    is_this_one: bool


def browsers(user: User, this_one: str) -> list[Browser]:
    """Where this account is signed in, the latest seen first."""
    rows = WebSession.objects.filter(user_id=user.pk, expire_date__gt=clock.machine()).order_by("-seen_at")
    return [Browser(row.pk, row.started_at, row.seen_at, row.pk == this_one) for row in rows[:MOST_SESSIONS]]
