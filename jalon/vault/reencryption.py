"""Encrypting everything again under new data keys: after a departure from those who held them, or on suspicion.

Three steps, each of which may stop anywhere and be begun again without losing anything (``run`` does them in order):

1. ``rotate``: a new version of every data key made before a day; what is written from now on uses it;
2. ``reseal``: each row still under a former version is sealed again, batch by batch, each batch with its event in the
   trail; a file is written anew under a new key of its own;
3. ``retire``: the former versions are destroyed, a day later at the earliest: a request that had read a former key
   before the rotation has long ended by then.

Nothing remembers how far it went but the rows themselves: a row says its key version, a slot says its day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db import router, transaction
from django.db.models import Count, Max

from jalon.config import clock

from . import crypto, files, keys
from .errors import FileMissing, VaultError
from .models import KeySlot, Sealed, SealedFile
from .signals import key_operation

BATCH = 200


@dataclass
class Report:
    """What was done. ``stuck``: rows that could not be opened; their former key is kept."""

    rotated: int = 0
    resealed: int = 0
    retired: int = 0
    stuck: int = 0
    missing: int = 0  # files that are no longer on the disk
    waiting: int = 0  # former keys that a later run will destroy
    held: set[tuple[str, str]] = field(default_factory=set)  # owner and group of what is stuck


def run(before: date, batch: int = BATCH) -> Report:
    """Bring everything under keys made on ``before`` or later (today at most)."""
    report = Report()
    rotate(min(before, clock.today()), report, batch)
    reseal(report, batch)
    retire(report)
    return report


def rotate(before: date, report: Report, batch: int = BATCH) -> None:
    """Give each owner and group whose latest key is older than ``before`` its next version."""
    old = keys._live().values("owner", "group").annotate(made=Max("created_on")).filter(made__lt=before)
    while True:
        with transaction.atomic(using=_alias()):
            listed = [(row["owner"], row["group"]) for row in old.order_by("owner", "group")[:batch]]
            for owner, group in listed:
                keys.rotate(owner, group)
            if not listed:
                return
            key_operation.send(KeySlot, verb="rotate_keys", count=len(listed))
        report.rotated += len(listed)


def reseal(report: Report, batch: int = BATCH) -> None:
    """Seal again every row that is not under the latest key of its owner and group."""
    for model in sealed_models():
        last = ""
        while True:
            with transaction.atomic(using=_alias()):
                rows = list(
                    model._base_manager.filter(pk__gt=last)
                    .exclude(sealed=b"")
                    .select_for_update()
                    .order_by("pk")[:batch]
                )
                if not rows:
                    break
                done = list(_resealed(rows, report))
                if done:
                    key_operation.send(model, verb="reseal", count=len(done), sealed=done)
            report.resealed += len(done)
            last = rows[-1].pk


def _resealed(rows: list[Any], report: Report) -> Iterator[Sealed]:
    owned = [(row, row.key_owner, row.key_group) for row in rows]
    slots = keys.fetch_many({owner for _row, owner, _group in owned}, {group for _row, _owner, group in owned})
    for row, owner, group in owned:
        slot = slots.get((owner, group))
        if slot is None:
            continue  # erased, or a window that is over: nothing opens it any more
        version = crypto.record_key_version(bytes(row.sealed))
        if version >= crypto.slot_versions(slot)[0]:
            continue
        try:
            # A savepoint: a file that is missing must not undo the batch.
            with transaction.atomic(using=_alias()):
                _again(row, report)
        except VaultError:
            report.stuck += 1
            report.held.add((owner, group))
        else:
            yield row


def _again(row: Any, report: Report) -> None:
    if isinstance(row, SealedFile):
        try:
            return files.renew(row)
        except FileMissing:
            report.missing += 1  # its record can still be kept readable
    row.reseal()
    row.save(update_fields=["sealed"])
    return None


def retire(report: Report) -> None:
    """Destroy the former versions that no row uses, once the latest is at least a day old."""
    made = KeySlot.objects.filter(slot_type=KeySlot.SlotType.KEK).values("owner", "group")
    several = made.annotate(count=Count("id"), last=Max("key_version"), day=Max("created_on")).filter(count__gt=1)
    for slot in list(several):
        owner, group = slot["owner"], slot["group"]
        # Second factors are sealed under the staff key outside sealed rows: its former versions stay.
        if (owner, group) in report.held or owner == keys.STAFF:
            continue
        if slot["day"] >= clock.today():
            report.waiting += slot["count"] - 1
            continue
        with transaction.atomic(using=_alias()):
            count = keys.retire(owner, group, before=slot["last"])
            key_operation.send(KeySlot, verb="retire_keys", count=count)
        report.retired += count


def sealed_models() -> list[Any]:
    """Every table of sealed rows."""
    return [model for model in apps.get_models() if issubclass(model, Sealed) and not model._meta.proxy]


def _alias() -> str:
    return router.db_for_write(KeySlot)
