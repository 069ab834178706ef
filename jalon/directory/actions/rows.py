"""What every verb on an accreditation needs: the row locked, the right asked, the words sealed, the trail."""

from collections.abc import Iterable
from typing import Any

from jalon import journal
from jalon.access import Actor, Hidden
from jalon.vault import keys
from jalon.vault.models import Sealed

from .. import access
from ..models import Accreditation


def locked(actor: Actor, row: Accreditation, verb: str) -> Accreditation:
    """The row read again under a lock, in the actor's scope and in a state that allows the verb today."""
    rows = access.accreditations_visible_to(actor).select_for_update(of=("self",))
    found = rows.filter(pk=row.pk).first()
    if found is None:
        raise Hidden
    access.require(actor, found, verb)
    return found


def write(row: Accreditation, words: dict[str, Any] | None = None, **dates: Any) -> Accreditation:
    """Set columns, seal the words that change beside the others, and save."""
    for name, value in dates.items():
        setattr(row, name, value)
    fields = list(dates)
    if words:
        slot = keys.ensure(row.key_owner, row.key_group)[row.key_group]
        row.seal({**row.unseal(), **words}, slot)
        fields += ["sealed", "revision"]
    row.save(update_fields=fields)
    return row


def trace(
    actor: Actor,
    verb: str,
    row: Accreditation,
    sealed: Iterable[Sealed] = (),
    gone: Iterable[Sealed] = (),
    *,
    purpose: str = "",
    conditions: Iterable[str] = (),
) -> None:
    """One event: the accreditation and its association, the rows that were sealed."""
    journal.record(
        actor,
        verb,
        objects=[row.pk, row.organisation_id],
        sealed=[one for one in (row, *sealed) if one.revision],
        gone=gone,
        purpose=purpose,
        conditions=conditions,
    )
