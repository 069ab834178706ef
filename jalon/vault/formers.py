"""What a sealed record said before somebody wrote it over (GDPR, art. 16: a correction hides nothing).

One way for every room, through the two places that every write goes by: ``Sealed.seal`` notes what is about to be lost,
``journal.record(sealed=[row])`` saves it with who and when, and drops it with the row (``gone``, or blanked).
Nothing is kept of a write that takes no word away, of a draft, of the models that ``classification.FORMER`` excuses.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps

from jalon.config import clock

from .classification import FORMER
from .models import Former, Sealed

# While the same hand writes over its own words, it is typing: what stood before it began is kept, once.
TYPING = timedelta(minutes=15)
NOTHING: tuple[Any, ...] = (None, "", [], {})


def loses(before: Any, after: Any) -> bool:
    """Does the second value lack something that the first one says? Filling a gap or adding a line loses nothing."""
    if isinstance(before, dict) and isinstance(after, dict):
        return any(loses(value, after.get(name)) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) > len(after) or any(map(loses, before, after))
    return before not in NOTHING and before != after


def before(row: Sealed, data: dict[str, Any], wrapped: bytes) -> Former | None:
    """What this row of the database says, sealed apart under the same key, when ``data`` would take some away."""
    if row._state.adding or not row.sealed or row.drafting or FORMER.get(row._meta.label):
        return None
    said = row.unseal(wrapped)
    if not loses(said, data):
        return None
    former = Former(
        owner=row.key_owner,
        group=row.key_group,
        part=row.compartment,
        model=row._meta.label,
        about=row.pk,
        number=row.revision,
    )
    former.seal({"schema": row.SCHEMA, "said": said}, wrapped)
    return former


def said(former: Former, wrapped: bytes | None = None) -> dict[str, Any]:
    """The words of the record as it was, in the shape that they would have today."""
    kept = former.unseal(wrapped)
    model = apps.get_model(former.model)
    words: dict[str, Any] = kept["said"]
    return words if kept["schema"] == model.SCHEMA else model().upgrade(words, kept["schema"])


def keep(rows: Iterable[Any], user_id: str) -> list[Former]:
    """Save what these rows said before this act, replaced now by this account; return what was saved."""
    now, kept = clock.now(), []
    for row in rows:
        former, row.former = getattr(row, "former", None), None
        if former is None or (user_id and _typing(former, row, user_id)):
            continue
        former.followed_by, former.replaced_at, former.replaced_by = row.revision, now, user_id
        kept.append(former)
    return Former.objects.bulk_create(kept) if kept else []


def _typing(former: Former, row: Sealed, user_id: str) -> bool:
    """Did the same hand write the words that it now replaces, a moment ago?"""
    own = Former.objects.filter(about=former.about, followed_by=former.number, replaced_by=user_id)
    recent = own.filter(replaced_at__gt=clock.now() - TYPING)
    return bool(recent.update(followed_by=row.revision))


def gone(rows: Iterable[Any]) -> list[Former]:
    """What the rows that are about to go, or that were blanked, said before: it goes with them."""
    ids = [row.pk for row in rows if not FORMER.get(row._meta.label)]
    return list(Former.objects.filter(about__in=ids)) if ids else []


def drop(rows: Iterable[Former]) -> None:
    """Delete them, once the trail says so."""
    if ids := [row.pk for row in rows]:
        Former.objects.filter(pk__in=ids).delete()
