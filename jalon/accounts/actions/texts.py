"""What somebody was writing when the session ended, sealed for its author."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock
from jalon.vault import keys
from jalon.vault.classification import GROUP_OF

from .. import seals
from ..models import KEPT_FOR, MOST_KEPT, KeptForm, User


class Under(NamedTuple):
    """Whose key seals what is kept: the staff's, and inside it a dossier's of this compartment, with the slot of it."""

    dossier_id: str = ""
    compartment: str = ""
    slot: bytes = b""


STAFF = Under()
KEPT = "kept form"


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
    kept = KeptForm(user_id=user_id, browser=browser, kept_at=clock.machine())
    if under != STAFF:
        owner, group = under.dossier_id, GROUP_OF[under.compartment]
        inside = seals.seal(user_id, KEPT, json.dumps(form), owner, group, under.slot)
        form = {"under": [owner, under.compartment], "form": inside}
    kept.seal(form, keys.ensure(keys.STAFF, "GS")["GS"])
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
def drop_forms_of(user_ids: Iterable[str]) -> int:
    """Whatever these accounts had left is gone, in every browser; return how many texts."""
    gone = list(KeptForm.objects.filter(user__in=list(user_ids)))
    if gone:
        journal.record(SYSTEM, "drop_form", objects=sorted({row.user_id for row in gone}), count=len(gone), gone=gone)
        KeptForm.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)
