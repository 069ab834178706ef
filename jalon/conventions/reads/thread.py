"""The thread of a convention."""

from typing import Any, NamedTuple

from django.db.models import Value

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.vault import keys

from .. import access, exchange
from ..models import Convention, ConventionMessage

MESSAGES = 100


class Thread(NamedTuple):
    """Its last messages, the oldest first; ``waiting``: those that expect an answer of the actor's side."""

    convention: Convention
    messages: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    unseen: int
    can_write: bool


def thread(actor: Actor, convention: Convention) -> Thread:
    """One statement, and the key of the words of staff comes with it."""
    rows = ConventionMessage.objects.filter(convention=convention).select_related("author", "answered_by")
    rows = keys.with_key(rows, "GS", Value(keys.STAFF)).order_by("-sent_at")
    own, today = actor.role == Role.EMP, clock.today()
    party = access.is_party(actor, convention)
    listed = []
    for row in reversed(list(rows[:MESSAGES])):
        mine = party and row.from_agency == own
        row.author.profile_key = row.key_GS  # type: ignore[attr-defined]
        listed.append(
            {
                "id": row.pk,
                "text": row.unseal(row.key_GS).get("text", ""),  # type: ignore[attr-defined]
                "author": row.author.name,
                "at": row.sent_at,
                "mine": mine,
                "state": exchange.where(row, mine, today),
                "waits": row.waits,
                "unseen": not mine and row.seen_at is None,
                "can_close": mine and row.answered_by_id is not None and row.closed_at is None,
            }
        )
    can_write = access.can(actor, convention, "write")
    waiting = [one for one in listed if one["waits"] and not one["mine"]]
    return Thread(convention, listed, waiting, sum(one["unseen"] for one in listed), can_write)
