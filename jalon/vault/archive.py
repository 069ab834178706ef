"""Backups: every row and every file as they lie, sealed once more for whoever keeps them (age, X25519).

What is sealed stays sealed inside; what is clear (organisations, dates) is sealed by this layer. Rows are JSON lines,
a model after the other, the same on both engines. Nothing is written in clear on the way: rows and files go through a
pipe into the archive.

The key slots travel in an archive of their own (``keyring``), to be kept apart; the key-encryption keys in neither.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pyrage
from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, models

from .errors import VaultError

# What lives and dies with a server: web sessions, counters of attempts, what ``migrate`` writes.
LEFT = frozenset({"sessions", "contenttypes", "auth"})
KEYRING = "vault.KeySlot"
BATCH = 500
CHUNK = 1 << 20


class Unreadable(VaultError):
    """An archive that no identity opens, or that is not whole. The message is one sentence for the operator."""


def kept(leave: Iterable[str] = ()) -> list[type[models.Model]]:
    """The models of a backup. ``leave``: labels of what is not to be brought back, such as open sessions."""
    aside = {name.lower() for name in leave}
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in LEFT
        and model._meta.label_lower not in aside
    ]


def new_identity() -> str:
    """A new age identity: who holds this line opens the backups made for it."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public half. Raises Unreadable when the line is no identity."""
    return str(_identity(identity).to_public())


def _identity(line: str) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(line.strip())
    except Exception as error:
        raise Unreadable("not an age identity") from error


# --- streams -------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def sealing(place: Path, recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """A stream whose bytes are sealed into ``place``, mode 0600; the file appears when it is whole."""
    part = place.with_name(place.name + ".part")
    try:
        keys = [pyrage.x25519.Recipient.from_str(one.strip()) for one in recipients]
    except Exception as error:
        raise Unreadable("not an age recipient") from error
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with _piped(lambda end: pyrage.encrypt_io(end, file, keys), writing=True) as stream:
            yield stream
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)


@contextlib.contextmanager
def opening(place: Path, identities: Sequence[str]) -> Iterator[IO[bytes]]:
    """The bytes sealed in ``place``. Raises Unreadable when no identity opens it or when it was altered."""
    keys = [_identity(one) for one in identities]
    with place.open("rb") as file, _piped(lambda end: pyrage.decrypt_io(file, end, keys), writing=False) as stream:
        yield stream


@contextlib.contextmanager
def _piped(work: Callable[[IO[bytes]], Any], writing: bool) -> Iterator[IO[bytes]]:
    """Our end of a pipe whose other end is worked in a thread; what fails there is raised here."""
    read, write = os.pipe()
    ours, theirs = (
        (os.fdopen(write, "wb"), os.fdopen(read, "rb"))
        if writing
        else (
            os.fdopen(read, "rb"),
            os.fdopen(write, "wb"),
        )
    )
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work(theirs)
        except BaseException as error:
            failed.append(error)
        finally:
            with contextlib.suppress(OSError):
                theirs.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield ours
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        if not failed:
            raise
        raise Unreadable("the archive cannot be opened") from error
    finally:
        with contextlib.suppress(OSError):
            ours.close()
        thread.join()
    if failed:
        raise Unreadable("the archive cannot be opened") from failed[0]


def digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- rows ----------------------------------------------------------------------------------------------------------
def write_rows(stream: IO[bytes], chosen: Iterable[type[models.Model]]) -> dict[str, int]:
    """Every row of these models as JSON lines, compressed; how many of each. Call it inside one transaction."""
    counts: Counter[str] = Counter()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed:
        for model in chosen:
            rows = model._base_manager.order_by("pk").iterator(chunk_size=BATCH)
            for row in rows:
                told = serializers.serialize("python", [row])[0]
                packed.write(json.dumps(told, default=_plain).encode() + b"\n")
                counts[model._meta.label] += 1
    return dict(counts)


def _plain(value: Any) -> str:
    """Dates and instants to the microsecond, amounts as text."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def read_rows(stream: IO[bytes]) -> dict[str, int]:
    """Insert the rows of ``write_rows`` as they were; how many of each. Call it inside one transaction."""
    counts: Counter[str] = Counter()
    waiting: list[models.Model] = []
    with gzip.GzipFile(fileobj=stream, mode="rb") as packed, io.TextIOWrapper(packed, encoding="utf-8") as lines:
        for line in lines:
            row = next(iter(serializers.deserialize("python", [json.loads(line)]))).object
            if waiting and (type(row) is not type(waiting[0]) or len(waiting) == BATCH):
                _insert(waiting)
                waiting = []
            waiting.append(row)
            counts[row._meta.label] += 1
    _insert(waiting)
    return dict(counts)


def _insert(rows: list[models.Model]) -> None:
    if rows:
        type(rows[0])._base_manager.bulk_create(rows)


def renumber() -> None:
    """Rows came with their numbers: the next ones follow them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)


def filled(chosen: Iterable[type[models.Model]]) -> list[str]:
    """Labels of the models that hold a row already."""
    return [model._meta.label for model in chosen if model._base_manager.exists()]


# --- files ---------------------------------------------------------------------------------------------------------
def write_files(stream: IO[bytes], folder: Path) -> int:
    """The encrypted files of a media folder, under their random names; how many."""
    count = 0
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = tarfile.TarInfo(str(path.relative_to(folder)))
                info.size = path.stat().st_size
                with path.open("rb") as file:
                    tar.addfile(info, file)
                count += 1
    return count


def read_files(stream: IO[bytes], folder: Path) -> int:
    """Put them back; a name that leaves the folder is refused."""
    count = 0
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            tar.extract(member, folder, filter="data", set_attrs=False)
            count += 1
    return count
