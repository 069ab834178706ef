"""Encrypted files: 64 KiB chunks under a key of the file's own; nothing in clear ever touches the disk.

On disk, under a random name: [nonce(12) ciphertext(65,536) tag(16)] repeated, the last chunk padded, so that a size
says only how many chunks. The chunk's number and a last-chunk flag are authenticated: order, truncation and addition
are refused. Name, type, true size and the file's key are in the sealed record of its row.
"""

import os
import re
import secrets
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from jalon.config import clock

from . import crypto
from .errors import FileMissing, Tampered
from .models import SealedFile

CHUNK = 64 * 1024
ON_DISK = crypto.NONCE + CHUNK + crypto.TAG
NAME = re.compile(r"[0-9a-f]{32}(\.part)?")
DAY = 86_400


def store(owner: str, group: str, content: bytes, meta: dict[str, Any]) -> SealedFile:
    """Encrypt a file, write it whole or not at all, and insert its row. The owner has a key in this group."""
    name = secrets.token_hex(16)
    file = SealedFile(owner=owner, group=group, path=f"{name[:2]}/{name}", created_on=clock.today())
    key = crypto.new_key()
    file.seal({"meta": meta, "size": len(content), "key": key.hex()})
    place = location(file)
    _write(place, _sealed_chunks(file, crypto.cipher(key), content))
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return file


def read(file: SealedFile, wrapped: bytes | None = None) -> tuple[bytes, dict[str, Any]]:
    """(content, meta) of a file. Raises FileMissing, Tampered or KeyMissing."""
    data = file.unseal(wrapped)
    try:
        blob = location(file).read_bytes()
    except FileNotFoundError:
        raise FileMissing from None
    count, rest = divmod(len(blob), ON_DISK)
    if rest or not count:
        raise Tampered
    key = crypto.cipher(bytes.fromhex(data["key"]))
    view = memoryview(blob)
    chunks = [
        crypto.open_chunk(
            key, file.pk, number, number == count - 1, file.key_version, bytes(view[number * ON_DISK :][:ON_DISK])
        )
        for number in range(count)
    ]
    meta: dict[str, Any] = data["meta"]
    return b"".join(chunks)[: data["size"]], meta


def weight(owner: str) -> int:
    """Bytes on the disk of the files of an owner, without the copies that left with a package."""
    kept = SealedFile.objects.filter(owner=owner).exclude(group="G5a").only("path")
    return sum(place.stat().st_size for place in map(location, kept) if place.exists())


def renew(file: SealedFile) -> None:
    """Encrypt a file again under a new key of its own, and its row under the latest key of its group.

    The caller holds a transaction and a lock on the row, and journals it. The former bytes leave the disk once that is
    committed; if it is not, ``sweep`` removes the new ones. Raises like ``read``.
    """
    content, meta = read(file)
    former, name, key = location(file), secrets.token_hex(16), crypto.new_key()
    file.path, file.key_version = f"{name[:2]}/{name}", file.key_version + 1
    revision = file.revision
    file._seal({"meta": meta, "size": len(content), "key": key.hex()}, revision, None)
    _write(location(file), _sealed_chunks(file, crypto.cipher(key), content))
    file.save(update_fields=["path", "key_version", "sealed"])
    transaction.on_commit(lambda: former.unlink(missing_ok=True), robust=True)


def delete(file: SealedFile) -> None:
    """Delete the row, and the file once that is committed. The caller journals it (``gone=[file]``) first."""
    place = location(file)
    file.delete()
    transaction.on_commit(lambda: place.unlink(missing_ok=True), robust=True)


def sweep(older_than: int = DAY) -> int:
    """Remove the encrypted files that no row knows: unfinished writes, rolled back transactions, erasures."""
    root = Path(settings.MEDIA_DIR)
    limit = time.time() - older_than
    known = set(SealedFile.objects.values_list("path", flat=True))
    removed = 0
    for place in root.glob("??/*"):
        if not NAME.fullmatch(place.name) or str(place.relative_to(root)) in known or place.stat().st_mtime > limit:
            continue
        place.unlink(missing_ok=True)
        removed += 1
    return removed


def location(file: SealedFile) -> Path:
    """Where the file is. Raises Tampered when the row's path is not one of ours."""
    folder, _slash, name = file.path.partition("/")
    if not NAME.fullmatch(name) or name[:2] != folder:
        raise Tampered
    return Path(settings.MEDIA_DIR) / folder / name


def _sealed_chunks(file: SealedFile, key: crypto.Cipher, content: bytes) -> list[bytes]:
    count = max(1, -(-len(content) // CHUNK))
    return [
        crypto.seal_chunk(
            key,
            file.pk,
            number,
            number == count - 1,
            file.key_version,
            content[number * CHUNK : (number + 1) * CHUNK].ljust(CHUNK, b"\0"),
        )
        for number in range(count)
    ]


def _write(place: Path, chunks: list[bytes]) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.writelines(chunks)
            out.flush()
            os.fsync(out.fileno())
        part.rename(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
