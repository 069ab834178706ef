"""The thread of a convention."""

from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Value

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.ui import paging
from jalon.vault import keys

from .. import access, exchange
from ..models import Convention, ConventionMessage


class Thread(NamedTuple):
    """A page of its messages, the oldest first; ``waiting``: all that expect an answer of the actor's side."""

    convention: Convention
    messages: Page
    waiting: list[str]
    unseen: int
    can_write: bool


def thread(actor: Actor, convention: Convention, number: int = 1) -> Thread:
    """The last messages are the first page. The key of the words of staff comes with them."""
    kept = ConventionMessage.objects.filter(convention=convention)
    rows = keys.with_key(kept.select_related("author", "answered_by"), "GS", Value(keys.STAFF))
    own, today = actor.role == Role.EMP, clock.today()
    party = access.is_party(actor, convention)

    def shape(row: Any) -> dict[str, Any]:
        mine = party and row.from_agency == own
        row.author.profile_key = row.key_GS
        return {
            "id": row.pk,
            "text": row.unseal(row.key_GS).get("text", ""),
            "author": row.author.name,
            "at": row.sent_at,
            "mine": mine,
            "state": exchange.where(row, mine, today),
            "can_close": mine and row.answered_by_id is not None and row.closed_at is None,
        }

    found = paging.page(rows.order_by("-sent_at", "-pk"), number, shape)
    found.object_list.reverse()
    waiting, unseen = exchange.owed(kept, not own)
    return Thread(convention, found, waiting, unseen, access.can(actor, convention, "write"))
