"""Is the trail whole? Reads it page by page from the database as it is stored, without the ORM, and trusts nothing."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, router

from jalon.vault import crypto
from jalon.vault.models import Sealed

from . import anchors, triggers
from .models import GENESIS, Entry
from .trail import FIELDS, record_ref

PAGE = 5_000
Row = tuple[Any, ...]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass
class Report:
    """What verifying found. ``status`` is the exit status of the command."""

    events: int = 0
    head: str = GENESIS
    first_bad: int | None = None
    reason: str = ""  # hash, order, unreadable
    missing_triggers: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # anchors that disagree, by name
    anchors: int = 0
    changed: list[tuple[str, int]] = field(default_factory=list)  # (table, sequence that last wrote the row)
    vanished: int = 0  # sealed rows written in the trail, never deleted there, absent from the tables
    untraced: int = 0  # sealed rows that the trail never saw
    records: int = 0

    @property
    def status(self) -> int:
        if self.first_bad is not None or self.missing_triggers or self.changed or self.vanished:
            return 1
        return 2 if self.differing else 0


def verify(anchor_folder: Path | None = None, codes: Iterable[str] = (), records: bool = False) -> Report:
    """Verify the chain, then its anchors (files of a folder, short codes of minutes), then the sealed rows it saw."""
    report = Report()
    connection = connections[router.db_for_read(Entry)]
    expected = anchors.read(anchor_folder) if anchor_folder is not None else []
    listed = [code.strip().upper() for code in codes]
    wanted = {anchor.seq for anchor in expected} | {_sequence(code) for code in listed}
    hashes: dict[int, str] = {}
    last_write: dict[bytes, tuple[int, str]] = {}
    try:
        report.missing_triggers = triggers.missing(connection)
        _walk(connection, report, wanted, hashes, last_write if records else None)
    except DatabaseError:
        report.first_bad, report.reason = report.events + 1, "unreadable"
    _compare(report, expected, listed, hashes)
    if anchor_folder is not None and not expected:
        report.differing.append("-")
    if records and report.first_bad is None:
        _check_records(report, last_write)
    return report


def _walk(
    connection: Any,
    report: Report,
    wanted: set[int],
    hashes: dict[int, str],
    last_write: dict[bytes, tuple[int, str]] | None,
) -> None:
    """Follow the chain to its end or to its first bad event."""
    sha256, encode = hashlib.sha256, _encode
    prev, seq = GENESIS, 0
    for row in _rows(connection):
        *listed, stored_prev, stored_hash = row
        if listed[0] != seq + 1 or stored_prev != prev:
            report.first_bad, report.reason = seq + 1, "order"
            return
        try:
            found = sha256((prev + encode(listed)).encode()).hexdigest()
            if last_write is not None and listed[-1] != "[]":
                for line in json.loads(listed[-1]):
                    place, _colon, written = line.partition(":")
                    last_write[bytes.fromhex(place)] = (seq + 1, written)
        except (TypeError, ValueError):
            found = ""
        if found != stored_hash:
            report.first_bad, report.reason = seq + 1, "hash"
            return
        seq, prev = seq + 1, found
        report.events, report.head = seq, prev
        if seq in wanted:
            hashes[seq] = prev


def _rows(connection: Any) -> Iterator[Row]:
    """Events in order of sequence. A page that cannot be decoded is read again one event at a time."""
    last, size = 0, PAGE
    while True:
        try:
            page = _page(connection, last, size)
        except DatabaseError:
            if size == 1:
                raise
            size = 1
            continue
        yield from page
        if len(page) < size:
            return
        last = page[-1][0]


def _page(connection: Any, last: int, size: int) -> list[Row]:
    sqlite = connection.vendor == "sqlite"
    at = "CAST(at AS TEXT)" if sqlite else "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    names = [at if name == "at" else connection.ops.quote_name(name) for name in (*FIELDS, "prev", "hash")]
    query = f"SELECT {', '.join(names)} FROM journal_entry WHERE seq > %s ORDER BY seq LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [last, size])
        page: list[Row] = cursor.fetchall()
    # An instant is hashed as SQLite stores it: without a fraction when there is none.
    return page if sqlite else [(row[0], row[1].removesuffix(".000000"), *row[2:]) for row in page]


def _sequence(code: str) -> int:
    digits = code.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def _compare(report: Report, expected: list[anchors.Anchor], codes: list[str], hashes: dict[int, str]) -> None:
    for anchor in expected:
        report.anchors += 1
        if not anchor.sound or hashes.get(anchor.seq) != anchor.hash:
            report.differing.append(anchor.name)
    for code in codes:
        report.anchors += 1
        seq = _sequence(code)
        if seq not in hashes or anchors.short_code(seq, hashes[seq]) != code:
            report.differing.append(code)


def _check_records(report: Report, last_write: dict[bytes, tuple[int, str]]) -> None:
    """Compare the bytes of every sealed row with the last hash that the trail kept of it."""
    for model in apps.get_models():
        if not issubclass(model, Sealed) or model._meta.proxy:
            continue
        table = model._meta.db_table
        for pk, sealed in model._base_manager.values_list("pk", "sealed").iterator(chunk_size=2_000):
            report.records += 1
            known = last_write.pop(bytes.fromhex(record_ref(table, str(pk))), None)
            if not sealed and (known is None or known[1] == "-"):
                continue  # never written, or emptied by an erasure that the trail tells
            if known is None:
                report.untraced += 1
            elif known[1] != crypto.sha256(bytes(sealed)):
                report.changed.append((table, known[0]))
    report.vanished = sum(written != "-" for _seq, written in last_write.values())
