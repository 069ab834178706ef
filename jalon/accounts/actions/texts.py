"""What somebody was writing when the session ended, sealed for its author."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock
from jalon.vault import keys

from ..models import KEPT_FOR, MOST_KEPT, KeptForm, User


class Under(NamedTuple):
    """Whose key seals what is kept: the staff's, or a dossier's of this compartment, with the slot of it."""

    dossier_id: str = ""
    compartment: str = "GS"
    slot: bytes | None = None


STAFF = Under()


@transaction.atomic
def keep_form(user_id: str, *, browser: str, form: dict[str, Any], under: Under = STAFF) -> KeptForm | None:
    """Seal what was sent by somebody who may not send it at this instant; ``browser``: ``kept.hashed`` of its cookie.

    It takes the place of what the same browser had left, never of another's. None when enough browsers wait already.
    """
    User.objects.select_for_update().get(pk=user_id)  # two browsers of one account take turns
    held = list(KeptForm.objects.filter(user_id=user_id))
    oldest = clock.machine() - KEPT_FOR
    gone = [row for row in held if row.browser == browser or row.kept_at <= oldest]
    if len(held) - len(gone) >= MOST_KEPT:
        return None
    KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()
    kept = KeptForm(
        user_id=user_id,
        browser=browser,
        kept_at=clock.machine(),
        dossier_id=under.dossier_id,
        compartment=under.compartment,
    )
    kept.seal(form, under.slot or keys.ensure(keys.STAFF, "GS")["GS"])
    kept.save(force_insert=True)
    journal.record(Actor(user_id, "PUB", ""), "keep_form", objects=[user_id], sealed=[kept], gone=gone)
    return kept


@transaction.atomic
def drop_form(user_id: str, *, browser: str | None = None) -> None:
    """What this browser had left (every browser of the account: None) was sent, or is not wanted any more."""
    held = KeptForm.objects.filter(user_id=user_id)
    gone = list(held if browser is None else held.filter(browser=browser))
    if gone:
        journal.record(Actor(user_id, "PUB", ""), "drop_form", objects=[user_id], gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()


@transaction.atomic
def drop_forms_about(dossier_id: str, *, group: str = "") -> None:
    """What waited under the keys of this dossier, or of one group, goes with them; the caller destroys those."""
    gone = [row for row in KeptForm.objects.filter(dossier_id=dossier_id) if group in ("", row.key_group)]
    if gone:
        authors = sorted({row.user_id for row in gone})
        journal.record(SYSTEM, "drop_form", objects=authors, count=len(gone), gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()


@transaction.atomic
def drop_forms_of(user_ids: Iterable[str]) -> int:
    """Whatever these accounts had left is gone, in every browser; return how many texts."""
    gone = list(KeptForm.objects.filter(user__in=list(user_ids)))
    if gone:
        journal.record(SYSTEM, "drop_form", objects=sorted({row.user_id for row in gone}), count=len(gone), gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)
