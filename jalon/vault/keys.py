"""Data keys: one per owner and group, wrapped in a slot of the database; opened keys live only in memory.

The cache of opened keys is indexed by the wrapped bytes read from the database for the present request: once a slot is
destroyed nothing can ask for its key again, in any process.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import connections, models, router, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from jalon.config import clock, prepared

from . import crypto, providers
from .classification import GROUPS
from .errors import KeyMissing, Misplaced, Tampered
from .models import KeySlot
from .signals import key_operation

CACHED_KEYS = 20_000
STAFF = "staff"  # owner of what is sealed for the whole system, in group GS

Model = TypeVar("Model", bound=models.Model)
Slots = dict[tuple[str, str], bytes]


@lru_cache(maxsize=CACHED_KEYS)
def _unwrapped(wrapped: bytes, owner: str, group: str) -> tuple[int, bytes]:
    # 32 bytes an entry: a cipher object would hold two kilobytes and spare one microsecond.
    return crypto.slot_versions(wrapped)[0], providers.provider().unwrap(wrapped, owner, group)


def opened(wrapped: bytes, owner: str, group: str) -> tuple[int, crypto.Cipher]:
    """(key version, cipher) of a slot read from the database for this owner and group."""
    version, key = _unwrapped(wrapped, owner, group)
    return version, crypto.cipher(key)


def forget() -> None:
    """Drop every key that this process holds in memory."""
    _unwrapped.cache_clear()
    providers.forget()


def _usable() -> Q:
    in_time = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    return in_time & Q(slot_type=KeySlot.SlotType.KEK, recipient="")


def _live() -> QuerySet[KeySlot]:
    return KeySlot.objects.filter(_usable())


def _slots(owner: str, group: str) -> QuerySet[Any, Any]:
    slots = _live().filter(owner=owner, group=group).order_by("-key_version")
    return slots.values_list("key_version", "wrapped")


def fetch(owner: str, group: str, version: int | None = None) -> bytes:
    """The wrapped key of an owner and group: the latest version, or the one asked for.

    Raises KeyMissing when there is none, Tampered when the owner has a key but not of that version.
    """
    latest = None
    for found, wrapped in prepared.run("vault.slots", _slots, owner=owner, group=group):
        if version in (None, found):
            return bytes(wrapped)
        latest = found
    raise KeyMissing if latest is None else Tampered


def fetch_many(owners: Collection[str], groups: Collection[str]) -> Slots:
    """The latest wrapped key of each (owner, group) that has one."""
    found: Slots = {}
    listed = sorted(owners)
    for start in range(0, len(listed), 500):
        slots = _live().filter(owner__in=listed[start : start + 500], group__in=groups).order_by("key_version")
        for owner, group, wrapped in slots.values_list("owner", "group", "wrapped"):
            found[owner, group] = bytes(wrapped)
    return found


def ensure(owner: str, *groups: str, expires_at: datetime | None = None) -> dict[str, bytes]:
    """Make the keys that this owner lacks in these groups; return the latest wrapped key of each group.

    One query when they exist, three when some are made. A key with ``expires_at`` is refused from that instant.
    Raises KeyMissing for an erased owner: what was forgotten is not begun again by a form sent too late.
    """
    _known(groups)
    erased = Q(slot_type=KeySlot.SlotType.ERASED)
    slots = KeySlot.objects.filter(erased | (_usable() & Q(group__in=groups)), owner=owner).order_by("key_version")
    rows = list(slots.values_list("slot_type", "group", "wrapped"))
    if any(kind == KeySlot.SlotType.ERASED for kind, _group, _wrapped in rows):
        raise KeyMissing
    found: Slots = {(owner, group): bytes(wrapped) for _kind, group, wrapped in rows}
    absent = [group for group in groups if (owner, group) not in found]
    if absent:
        made = [_new_slot(owner, group, 1, expires_at) for group in absent]
        KeySlot.objects.bulk_create(made, ignore_conflicts=True)
        found = fetch_many([owner], groups)
        if len(found) < len(set(groups)):
            raise KeyMissing  # an expired key stands in the way: destroy it first
    return {group: wrapped for (_owner, group), wrapped in found.items()}


def ensure_many(owners: Iterable[str], groups: Collection[str]) -> Slots:
    """Make the keys of many new owners at once (loaders); return every wrapped key, without a query per owner."""
    _known(groups)
    provider = providers.provider()
    kek_version = provider.current()
    connection = connections[router.db_for_write(KeySlot)]
    day = connection.ops.adapt_datefield_value(clock.today())
    made: Slots = {}
    for owner in owners:
        for group in groups:
            made[owner, group] = provider.wrap(crypto.new_key(), owner, group, 1)
    columns = ("owner", "group", "key_version", "slot_type", "recipient", "kek_version", "wrapped", "created_on")
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(KeySlot._meta.db_table)
    marks = ", ".join(["%s"] * len(columns))
    rows = [
        (owner, group, 1, KeySlot.SlotType.KEK.value, "", kek_version, wrapped, day)
        for (owner, group), wrapped in made.items()
    ]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    return made


def _known(groups: Collection[str]) -> None:
    if not GROUPS.issuperset(groups):
        raise ValueError("unknown key group")


def _new_slot(owner: str, group: str, version: int, expires_at: datetime | None) -> KeySlot:
    wrapped = providers.provider().wrap(crypto.new_key(), owner, group, version)
    return KeySlot(
        owner=owner,
        group=group,
        key_version=version,
        kek_version=crypto.slot_versions(wrapped)[1],
        wrapped=wrapped,
        created_on=clock.today(),
        expires_at=expires_at,
    )


def with_key(queryset: QuerySet[Model], group: str, owner: Any = "pk") -> QuerySet[Model]:
    """Annotate each row with ``key_<group>``, the wrapped key of its owner: ``row.unseal(row.key_G1)``.

    ``owner`` is the path to the owner's id from the row, or an expression.
    """
    outer = OuterRef(owner) if isinstance(owner, str) else owner
    slots = _live().filter(owner=outer, group=group).order_by("-key_version").values("wrapped")[:1]
    annotated: QuerySet[Model] = queryset.annotate(**{f"key_{group}": Subquery(slots)})
    return annotated


def expire(owner: str, group: str, at: datetime | None) -> int:
    """Move the instant from which a key is refused (a postponed window). A key already refused stays refused."""
    return _live().filter(owner=owner, group=group).update(expires_at=at)


def destroy(owner: str, groups: Collection[str] | None = None) -> int:
    """Erase an owner's data by destroying its keys; return how many slots were erased.

    The caller does this inside its action and journals the tombstone there (verb, subject, count, never a name), then
    blanks or deletes the rows that nothing can open any more. Erasure is complete when the last backup of the slots
    is gone (docs/operating.md). Without ``groups`` the owner is erased for good: no key is ever made for it again.
    """
    slots = KeySlot.objects.filter(owner=owner).exclude(slot_type=KeySlot.SlotType.ERASED)
    if groups is not None:
        slots = slots.filter(group__in=groups)
    erased, _by_model = slots.delete()
    if groups is None:
        tombstone = KeySlot(
            owner=owner, group="", slot_type=KeySlot.SlotType.ERASED, wrapped=b"", created_on=clock.today()
        )
        KeySlot.objects.bulk_create([tombstone], ignore_conflicts=True)
    _unwrapped.cache_clear()
    if erased:
        transaction.on_commit(scrub, robust=True)
    return erased


def scrub() -> None:
    """Leave no destroyed slot in the write-ahead log of SQLite. Elsewhere, the operator's vacuum does it."""
    connection = connections[router.db_for_write(KeySlot)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rotate(owner: str, group: str) -> int:
    """Make the next version of a data key: later writes use it, earlier records still open. Return the version."""
    last = _live().filter(owner=owner, group=group).order_by("-key_version").first()
    if last is None:
        raise KeyMissing
    # A window keeps its end: a new key must not open what time has closed.
    _new_slot(owner, group, last.key_version + 1, last.expires_at).save(force_insert=True)
    return last.key_version + 1


def retire(owner: str, group: str, before: int) -> int:
    """Destroy the versions below ``before``, once every record has been resealed."""
    erased, _by_model = KeySlot.objects.filter(owner=owner, group=group, key_version__lt=before).delete()
    _unwrapped.cache_clear()
    return erased


def rewrap_all(batch: int = 1_000) -> int:
    """Move every slot to the current key-encryption key; resumable. Return how many were moved.

    Data is never encrypted again: only the wrapped keys change.
    """
    provider = providers.provider()
    connection = connections[router.db_for_write(KeySlot)]
    table = connection.ops.quote_name(KeySlot._meta.db_table)
    moved = 0
    while True:
        current = provider.current()
        with transaction.atomic(using=connection.alias):
            slots = KeySlot.objects.filter(slot_type=KeySlot.SlotType.KEK).exclude(kek_version=current)
            rows = list(slots.select_for_update().values_list("id", "owner", "group", "key_version", "wrapped")[:batch])
            if not rows:
                break
            changes = []
            for id_, owner, group, version, wrapped in rows:
                key = provider.unwrap(bytes(wrapped), owner, group)
                again = provider.wrap(key, owner, group, version)
                changes.append((again, crypto.slot_versions(again)[1], id_))
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"UPDATE {table} SET wrapped = %s, kek_version = %s WHERE id = %s",  # noqa: S608
                    changes,
                )
            key_operation.send(KeySlot, verb="rewrap_keys", count=len(rows))
            moved += len(rows)
    _unwrapped.cache_clear()
    return moved


def renew_kek() -> int:
    """Make the next version of the key-encryption key; return it. ``rewrap_all`` then moves the slots to it."""
    version = providers.provider().renew()
    with transaction.atomic(using=router.db_for_write(KeySlot)):
        key_operation.send(KeySlot, verb="renew_kek", count=version)
    return version


def kek_usage() -> dict[int, int]:
    """How many slots each version of the key-encryption key holds."""
    slots = KeySlot.objects.filter(slot_type=KeySlot.SlotType.KEK)
    return dict(slots.values_list("kek_version").annotate(n=Count("id")).order_by("kek_version"))


def forget_kek(folder: Path, version: int) -> None:
    """Destroy a former version for good: a backup whose slots it wraps opens no more. Refused while a slot needs it."""
    if version not in providers.versions(folder):
        raise KeyMissing
    if version == providers.provider().current() or version in kek_usage():
        raise Misplaced(
            _("La clé d'enveloppe %(version)d sert encore : lancez « jalon keys rewrap ».") % {"version": version}
        )
    with transaction.atomic(using=router.db_for_write(KeySlot)):
        key_operation.send(KeySlot, verb="forget_kek", count=version)
        providers.destroy_kek(folder, version)


# --- keyed hashes and signatures --------------------------------------------------------------------------
def mac(purpose: str, *parts: str | bytes) -> bytes:
    """HMAC-SHA-256 of length-prefixed parts under the token key's sub-key for this purpose."""
    return crypto.mac(crypto.subkey(providers.provider().secret("token"), "token/" + purpose), *parts)


def journal_key(purpose: str) -> bytes:
    """The journal key's sub-key for this purpose."""
    return crypto.subkey(providers.provider().secret("journal"), "journal/" + purpose)


def sign(message: bytes) -> bytes:
    """Ed25519 signature of a head of the journal."""
    return crypto.sign(journal_key("sign"), message)


def public_key() -> bytes:
    return crypto.public_key(journal_key("sign"))


def signature_is_valid(signature: bytes, message: bytes, public: bytes | None = None) -> bool:
    return crypto.signature_is_valid(public or public_key(), signature, message)
