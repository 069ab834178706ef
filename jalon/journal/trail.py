"""Writing the trail: acts inside their transaction, readings and refusals before the answer leaves."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.db import connections, router, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jalon.config import clock
from jalon.vault import crypto, formers, keys
from jalon.vault.classification import COMPARTMENTS
from jalon.vault.ids import new_id

from .models import GENESIS, Entry

ALLOWED, REFUSED = "allowed", "refused"
REF = 32  # hexadecimal digits kept of a keyed hash: 128 bits
LOCK = 0x4A414C4F  # advisory lock of the chain on PostgreSQL
CODE_LENGTH = 40
CODE = re.compile(r"[A-Za-z0-9_.:-]{0,40}")

# The order of an event in its canonical JSON, and of the columns read by verify.
FIELDS = (
    "seq",
    "at",
    "actor",
    "role",
    "organisation",
    "relation",
    "subject",
    "compartment",
    "verb",
    "decision",
    "conditions",
    "purpose",
    "session",
    "request",
    "count",
    "objects",
    "records",
)
Otherwise = Callable[[HttpRequest], HttpResponseBase]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class Who(Protocol):
    """What the trail reads of an actor (access.Actor)."""

    @property
    def user_id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def organisation_id(self) -> str: ...
    @property
    def session_ref(self) -> str: ...


class SealedRow(Protocol):
    """What the trail reads of a sealed row (vault.models.Sealed)."""

    pk: Any
    _meta: Any

    def sealed_hash(self) -> str: ...


UNSHOWN = "unshown"


class OverBudget(Exception):
    """One account would read more subjects in a day than it may. Nothing was written."""


class Overtaken(Exception):
    """What an answer stood on no longer holds once the trail is locked. Nothing was written; another page is made."""

    def __init__(self, otherwise: Otherwise) -> None:
        super().__init__()
        self.otherwise = otherwise


class OutsideTransaction(RuntimeError):
    """An act was journaled outside its transaction."""


@dataclass
class Queue:
    """The readings and refusals of one request or command, until they are written."""

    request: str = field(default_factory=new_id)
    events: list[Entry] = field(default_factory=list)
    # What is read only if the answer shows it: the page of a form that comes back.
    if_shown: list[Entry] = field(default_factory=list)
    # What must still hold when nobody else can write, and the page that is sent when it does not.
    guards: list[tuple[Callable[[], bool], Otherwise]] = field(default_factory=list)
    closed: bool = False

    def add(self, entry: Entry) -> None:
        if self.closed:
            raise RuntimeError("the answer has left: nothing can be read any more")
        self.events.append(entry)

    def answered(self, shown: bool) -> None:
        """The answer is made; ``shown``: it is a page or a file, not a way to another page nor a refusal.

        What was read in order to act or to refuse stays told, as such: nobody saw the file by it.
        """
        self.events += self.if_shown if shown else []
        self.if_shown = []
        for entry in [] if shown else filter(is_read, self.events):
            entry.purpose = entry.purpose or UNSHOWN

    def flush(self, budget: int = 0) -> None:
        """Write what is queued, and take nothing more: one select of the head, one insert.

        ``budget``: raise OverBudget, and write nothing, when their reader would have read more subjects in a day;
        Overtaken when what ``guard`` said no longer holds.
        """
        events, self.events, self.closed = self.events, [], True
        if not events:
            return
        try:
            with transaction.atomic(using=_alias()):
                append(events, budget, self.guards)
        except (OverBudget, Overtaken):
            self.events, self.guards, self.closed = events, [], False
            raise

    def refuse(self, why: str, those: Iterable[Entry]) -> None:
        """Write what is queued, these as refused: their answer does not leave."""
        for one in those:
            one.decision, one.conditions = REFUSED, why
        self.flush()


_current: ContextVar[Queue | None] = ContextVar("journal_queue", default=None)


# --- what the rooms call ----------------------------------------------------------------------------------
def record(
    actor: Who | None,
    verb: str,
    subject: Any = None,
    *,
    compartment: str = "",
    decision: str = ALLOWED,
    relation: str = "",
    conditions: Iterable[str] = (),
    purpose: str = "",
    count: int | None = None,
    objects: Iterable[Any] = (),
    sealed: Iterable[SealedRow] = (),
    gone: Iterable[SealedRow] = (),
) -> Entry:
    """Write an act in the transaction of the act. Raises OutsideTransaction anywhere else.

    ``actor`` is None for the system itself; ``subject`` is a dossier; ``objects`` are dossiers or ids, kept as keyed
    hashes; ``sealed`` are the sealed rows that the act wrote, after ``seal()``; ``gone`` those it is about to delete.
    Every code is a short code, never a text. What a written row said before is saved here, and goes with the row.
    """
    if not connections[_alias()].in_atomic_block:
        raise OutsideTransaction("journal.record() belongs inside the transaction of the act")
    written, deleted = list[Any](sealed), list[Any](gone)
    known = {row.pk for row in deleted}
    fallen = [one for one in formers.gone([*deleted, *filter(_emptied, written)]) if one.pk not in known]
    deleted += fallen
    written += formers.keep(written, actor.user_id if actor else "")
    entry = event(
        actor,
        verb,
        subject,
        compartment=compartment,
        decision=decision,
        relation=relation,
        conditions=conditions,
        purpose=purpose,
        count=count,
        objects=objects,
        sealed=written,
        gone=deleted,
    )
    append([entry])
    formers.drop(fallen)
    return entry


def _emptied(row: Any) -> bool:
    return not row.sealed


def reading(
    request: HttpRequest,
    verb: str,
    subject: Any = None,
    compartment: str = "",
    count: int | None = None,
    objects: Iterable[Any] = (),
    *,
    relation: str = "",
    conditions: Iterable[str] = (),
    purpose: str = "",
    if_shown: bool = False,
) -> None:
    """Queue a reading; the middleware writes it before the page leaves.

    ``if_shown``: of a form that was sent, read only if its page comes back.
    """
    queue = _queue(request)
    entry = event(
        getattr(request, "actor", None),
        verb,
        subject,
        compartment=compartment,
        relation=relation,
        conditions=conditions,
        purpose=purpose,
        count=count,
        objects=objects,
    )
    if if_shown:
        queue.if_shown.append(entry)
    else:
        queue.add(entry)


def guard(request: HttpRequest, holds: Callable[[], bool], otherwise: Otherwise) -> None:
    """Ask again, once nobody else can write, whether what this answer stands on holds; else send ``otherwise``.

    For what is counted in the trail: two requests at once see the same count before either is written.
    """
    _queue(request).guards.append((holds, otherwise))


def refusal(
    request_or_actor: Any,
    verb: str,
    subject: Any = None,
    compartment: str = "",
    why: str | Iterable[str] = "",
    *,
    relation: str = "",
    objects: Iterable[Any] = (),
) -> None:
    """Queue a refusal: it is written with the readings, so that it outlives the transaction that was rolled back.

    ``why`` is a code or the codes of the missing conditions. Outside a request and ``collecting()`` it is written at
    once, in the transaction of the caller if there is one.
    """
    is_request = isinstance(request_or_actor, HttpRequest)
    actor = getattr(request_or_actor, "actor", None) if is_request else request_or_actor
    reasons = [why] if isinstance(why, str) else why
    entry = event(
        actor,
        verb[:CODE_LENGTH] or "unknown",
        subject,
        compartment=compartment,
        decision=REFUSED,
        relation=relation,
        conditions=[reason for reason in reasons if reason],
        objects=objects,
    )
    queue = _queue(request_or_actor) if is_request else _current.get()
    if queue is not None:
        queue.add(entry)
        return
    with transaction.atomic(using=_alias()):
        append([entry])


@contextmanager
def queueing(queue: Queue) -> Iterator[None]:
    """Make this queue the present one; the caller writes it."""
    token = _current.set(queue)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def collecting() -> Iterator[Queue]:
    """The queue of a command: what is in it is written on the way out, even after an error."""
    queue = Queue()
    try:
        with queueing(queue):
            yield queue
    finally:
        queue.flush()


def head() -> tuple[int, str]:
    """(sequence, hash) of the last event; (0, zeros) before the first."""
    last = Entry.objects.using(_alias()).order_by("-seq").values_list("seq", "hash").first()
    return last or (0, GENESIS)


# --- keyed references -------------------------------------------------------------------------------------
def subject_ref(dossier: Any) -> str:
    """HMAC(journal key ‖ the dossier's salt, its id): once the salt is destroyed it points to nobody."""
    return _salted(keys.journal_key("subject"), dossier)


def object_ref(thing: Any) -> str:
    """The subject's reference for a dossier, else a keyed hash of the id."""
    return object_refs([thing])[0]


def object_refs(things: Iterable[Any]) -> list[str]:
    """The references of a list. Give dossiers rather than their ids: an erasure then unlinks them from the trail."""
    subject, plain = keys.journal_key("subject"), keys.journal_key("object")
    return [
        _salted(subject, thing)
        if hasattr(thing, "audit_salt")
        else _hash(plain, thing if isinstance(thing, str) else str(thing.pk))
        for thing in things
    ]


def _salted(key: bytes, dossier: Any) -> str:
    salt = dossier.audit_salt
    salt = salt.encode() if isinstance(salt, str) else bytes(salt or b"")
    if not salt:
        raise ValueError("a dossier without its salt is no longer a subject of the trail")
    return _hash(key + salt, str(dossier.id))


def session_ref(session_key: str | None) -> str:
    """What the trail keeps of a web session."""
    return _hash(keys.journal_key("session"), session_key) if session_key else ""


def record_ref(table: str, row_id: str) -> str:
    """What the trail keeps of the place of a sealed row."""
    return _hash(keys.journal_key("record"), table, row_id)


def _hash(key: bytes, *parts: str) -> str:
    return crypto.mac(key, *parts).hex()[:REF]


# --- the chain --------------------------------------------------------------------------------------------
def event(
    actor: Who | None,
    verb: str,
    subject: Any = None,
    *,
    compartment: str = "",
    decision: str = ALLOWED,
    relation: str = "",
    conditions: Iterable[str] = (),
    purpose: str = "",
    count: int | None = None,
    objects: Iterable[Any] = (),
    sealed: Iterable[SealedRow] = (),
    gone: Iterable[SealedRow] = (),
) -> Entry:
    """An event not yet chained, for ``append``. Raises ValueError when a code is not a short code."""
    role = actor.role if actor else ""
    joined = "+".join(sorted(_codes(conditions)))
    if compartment and compartment not in COMPARTMENTS:
        raise ValueError("unknown compartment")
    if decision not in (ALLOWED, REFUSED) or not verb or len(joined) > 80:
        raise ValueError("an event of the trail has a verb and an outcome")
    _codes((verb, relation, purpose, role))
    written = [f"{record_ref(row._meta.db_table, str(row.pk))}:{row.sealed_hash()}" for row in sealed]
    written += [f"{record_ref(row._meta.db_table, str(row.pk))}:-" for row in gone]
    queue = _current.get()
    return Entry(
        at=clock.now(),
        actor=actor.user_id if actor else "",
        role=str(role),
        organisation=(actor.organisation_id or "") if actor else "",
        relation=str(relation),
        subject=subject_ref(subject) if subject is not None else "",
        compartment=compartment,
        verb=str(verb),
        decision=decision,
        conditions=joined,
        purpose=str(purpose),
        session=session_ref(actor.session_ref) if actor else "",
        request=queue.request if queue else "",
        count=count,
        objects_seen=_encode(object_refs(objects)),
        records=_encode(written),
    )


def _codes(codes: Iterable[str]) -> list[str]:
    listed = [str(code) for code in codes]
    if not all(CODE.fullmatch(code) for code in listed):
        raise ValueError("the trail holds short codes, never a text")
    return listed


def append(entries: list[Entry], budget: int = 0, guards: Iterable[tuple[Callable[[], bool], Otherwise]] = ()) -> None:
    """Chain events and insert them. The caller holds a transaction. ``budget``, ``guards``: see ``Queue.flush``.

    On SQLite the transaction began IMMEDIATE and is the only writer; on PostgreSQL an advisory lock, held to the end of
    the transaction, makes the chain's writers take turns.
    """
    read = {entry.subject for entry in entries if is_read(entry)} if budget else set()
    seq, prev, before = _locked_head(entries[0].actor, sorted(read))
    if read and before + len(read) > budget:
        raise OverBudget
    for holds, otherwise in guards:
        if not holds():
            raise Overtaken(otherwise)
    for entry in entries:
        seq += 1
        entry.seq, entry.prev = seq, prev
        entry.hash = prev = digest(prev, values(entry))
    _insert(entries)


def _insert(entries: list[Entry]) -> None:
    # Written by hand: the ORM would take longer to prepare an event than to write it.
    connection = connections[_alias()]
    columns = (*FIELDS, "prev", "hash")
    names = ", ".join(map(connection.ops.quote_name, columns))
    query = f"INSERT INTO journal_entry ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    adapt = connection.ops.adapt_datetimefield_value
    rows = []
    for entry in entries:
        seq, _at, *others = values(entry)
        rows.append((seq, adapt(entry.at), *others, entry.prev, entry.hash))
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(query, rows[0])
        else:
            cursor.executemany(query, rows)


def is_read(entry: Entry) -> bool:
    """Did somebody open a file?"""
    return bool(entry.subject) and entry.verb == "read" and entry.decision == ALLOWED and entry.purpose != UNSHOWN


# How many other subjects this account read in a day: asked with the head, so that it costs no statement of its own.
# Whoever goes on with the one file she opened today opens no further one: nothing is counted.
READ_LATELY = f"""FROM journal_entry r WHERE r.actor = '{{actor}}' AND r.at >= '{{since}}' AND r.verb = 'read'
    AND r.decision = 'allowed' AND r.purpose <> '{UNSHOWN}' AND r.subject"""
READ_BEFORE = f""", (SELECT count(DISTINCT r.subject) {READ_LATELY} <> '' AND r.subject NOT IN ('{{read}}'))"""
READ_AGAIN = f""", CASE WHEN EXISTS(SELECT 1 {READ_LATELY} = '{{read}}') THEN 0
    ELSE (SELECT count(DISTINCT r.subject) {READ_LATELY} <> '') END"""


def _locked_head(actor: str = "", read: Collection[str] = ()) -> tuple[int, str, int]:
    connection = connections[_alias()]
    before = ", 0"
    if read:
        # PostgreSQL takes two statements in one round trip only without parameters: these are short codes, checked.
        since = (clock.now() - timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
        zone = "+00" if connection.vendor == "postgresql" else ""
        asked = READ_AGAIN if len(read) == 1 else READ_BEFORE
        before = asked.format(actor=_codes([actor])[0], since=f"{since}{zone}", read="','".join(_codes(read)))
    query = f"SELECT seq, hash{before} FROM journal_entry ORDER BY seq DESC LIMIT 1"  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Two statements in one round trip: the second takes its snapshot once the lock is held.
            cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK}); {query}")
            cursor.nextset()
        else:
            cursor.execute(query)
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else (0, GENESIS, 0)


def values(entry: Entry) -> tuple[Any, ...]:
    """The event as it is hashed, in the order of FIELDS."""
    return (
        entry.seq,
        instant(entry.at),
        entry.actor,
        entry.role,
        entry.organisation,
        entry.relation,
        entry.subject,
        entry.compartment,
        entry.verb,
        entry.decision,
        entry.conditions,
        entry.purpose,
        entry.session,
        entry.request,
        entry.count,
        entry.objects_seen,
        entry.records,
    )


def instant(at: datetime) -> str:
    """An instant as SQLite stores it, in UTC: verifying needs no conversion there."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


def digest(prev: str, listed: tuple[Any, ...]) -> str:
    """SHA-256 of the previous hash and the canonical JSON of the event."""
    return hashlib.sha256((prev + _encode(listed)).encode()).hexdigest()


def _queue(request: HttpRequest) -> Queue:
    queue: Queue | None = getattr(request, "journal", None)
    if queue is None:
        raise RuntimeError("the request does not pass through ReadingsMiddleware")
    return queue


def _alias() -> str:
    return router.db_for_write(Entry)
