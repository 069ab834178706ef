"""Worlds of the tests: built once by the real verbs, then replayed.

``@replayed`` on a factory keeps, for each worker process, what a call wrote (its statements, in order) and what it gave
back. The same call from the same state of the database runs these statements again instead of the verbs: the same rows,
the same bytes, the same trail, verified by the same triggers (``tests/coherence/test_replay.py`` compares them).

A state is the list of the replayed calls made since the beginning of the test, and nothing else: whatever else wrote a
row (``total_changes``), opened a savepoint or froze the clock elsewhere makes another state, where the factory just
runs. It just runs, too, in a test that patches code or settings, in a transactional test, and on PostgreSQL, whose
sequences do not go back with a transaction.
"""

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils.translation import get_language

from jalon.config import clock
from jalon.journal import trail

Factory = TypeVar("Factory", bound=Callable[..., Any])
Statement = tuple[str, Any, bool]
PATCHING = {"monkeypatch", "settings"}
COMMITTING = {"transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}
LOST = ("", None, False)  # in a log: something happened that no statement tells


@dataclass
class Made:
    """What one call did: its statements, the rows they changed, its files, its objects and its answer, pickled."""

    statements: list[Statement]
    changes: int
    files: dict[Path, tuple[int, int]]
    callbacks: list[tuple[Callable[[], Any], bool]]  # what waits for the commit
    given_back: bytes

    def is_whole(self) -> bool:
        return all(path.exists() and _print(path) == known for path, known in self.files.items())


@dataclass
class Worlds:
    """The calls kept by this process, and where the present test is."""

    kept: dict[bytes, Made] = field(default_factory=dict)
    replays: int = 0
    on: bool = False
    root: bytes = b"empty"
    state: bytes = b""
    changes: int = -1  # of the connection, when ``state`` was reached
    depth: int = 0  # savepoints open at the beginning of a test
    log: list[Statement] = field(default_factory=list)
    recording: bool = False

    def begin(self, on: bool, depth: int = 0) -> None:
        """From here the database holds what the migrations left."""
        self.on, self.state, self.depth, self.log = on and connection.vendor == "sqlite", self.root, depth, []
        self.changes = _total_changes()

    def known(self) -> bool:
        return (
            self.on
            and self.changes == _total_changes() >= 0
            and connection.in_atomic_block
            and len(connection.savepoint_ids) == self.depth
            and not connection.needs_rollback
            and trail._current.get() is None
        )

    def reached(self, state: bytes) -> None:
        self.state, self.changes = state, _total_changes()

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Keep a statement that writes (an ``execute_wrapper`` of Django)."""
        result = execute(sql, params, many, context)
        verb = sql.lstrip()[:8].upper()
        if verb.startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            self.log.append((SQLiteCursorWrapper.convert_query(None, sql) if params is not None else sql, params, many))  # type: ignore[arg-type]
        elif not verb.startswith(("SELECT", "WITH", "SAVEPOIN", "RELEASE")):
            self.log.append(LOST)
        return result


worlds = Worlds()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    asked = _asked(item)
    marker = item.get_closest_marker("django_db")
    commits = bool(asked & COMMITTING or (marker and (marker.args or marker.kwargs.get("transaction"))))
    if commits:
        worlds.root += b"'"  # what it leaves is not what the migrations left
    worlds.begin(not commits and not asked & PATCHING)


def _asked(item: pytest.Item) -> set[str]:
    """The fixtures that this test and ours ask for: one of the plugin's asks for ``monkeypatch`` everywhere."""
    known = getattr(item, "_fixtureinfo", None)
    if known is None:
        return set(COMMITTING)
    fixtures = [one for several in known.name2fixturedefs.values() for one in several]
    ours = [one for one in fixtures if not one.func.__module__.startswith("pytest_django")]
    return {*known.argnames, *(name for one in ours for name in one.argnames)}


def replayed(factory: Factory) -> Factory:
    """Build this world once, then replay it. Its arguments and its answer can be pickled."""

    @wraps(factory)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not worlds.known():
            return factory(*args, **kwargs)
        key = _key(factory, args, kwargs)
        before = _objects((args, kwargs))
        made = worlds.kept.get(key)
        if made is not None and not made.is_whole():
            worlds.kept.clear()  # built again it has other ids: what followed it does not follow any more
            made = None
        if made is None:
            made, answer = _build(factory, args, kwargs, before)
            if made is None:
                return answer
            worlds.kept[key] = made
        else:
            _write(made)
        worlds.reached(key)
        return _give_back(made.given_back, before)

    return call  # type: ignore[return-value]


def _key(factory: Any, args: Any, kwargs: Any) -> bytes:
    when = clock._frozen.get() or clock.today()
    name = f"{factory.__module__}.{factory.__qualname__}"
    return sha256(worlds.state + pickle.dumps((name, when, get_language(), args, kwargs))).digest()


def _build(factory: Any, args: Any, kwargs: Any, before: list[Any]) -> tuple[Made | None, Any]:
    """Run it, keeping what it does; nothing is kept of a call that cannot be told by its statements."""
    start, changes, callbacks = len(worlds.log), _total_changes(), len(connection.run_on_commit)
    with _recording():
        answer = factory(*args, **kwargs)
    statements = worlds.log[start:]
    if LOST in statements:
        return None, answer
    try:
        given_back = _pickled([[vars(one) for one in before], answer], before)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None, answer
    waiting = [(then, robust) for _savepoints, then, robust in connection.run_on_commit[callbacks:]]
    return Made(statements, _total_changes() - changes, _files(statements), waiting, given_back), answer


@contextmanager
def _recording() -> Iterator[None]:
    if worlds.recording:
        yield
        return
    worlds.recording = True
    try:
        with connection.execute_wrapper(worlds.note):
            yield
    finally:
        worlds.recording = False


def _write(made: Made) -> None:
    changes = _total_changes()
    cursor = connection.connection.cursor()
    for sql, params, many in made.statements:
        if many:
            cursor.executemany(sql, params)
        else:
            cursor.execute(sql, params or ()).fetchall()
    cursor.close()
    assert _total_changes() - changes == made.changes, "a replay does not write what was built"
    for then, robust in made.callbacks:
        connection.on_commit(then, robust)
    worlds.replays += 1
    if worlds.recording:
        worlds.log.extend(made.statements)


# --- objects: those that were given stay the same objects, in the state where the call left them --------------------
def _objects(given: Any) -> list[Any]:
    """The rows, the dataclasses and the tests' own objects reached from what was given, in a constant order."""
    found: dict[int, Any] = {}

    def walk(value: Any) -> None:
        if isinstance(value, list | tuple | set):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif id(value) not in found and hasattr(value, "__dict__") and _mutable(value):
            found[id(value)] = value
            walk(vars(value))

    walk(given)
    return list(found.values())


def _mutable(value: Any) -> bool:
    kind = type(value)
    if issubclass(kind, Model | ModelState):
        return True
    params = getattr(kind, "__dataclass_params__", None)
    return not params.frozen if params else ".tests." in kind.__module__


def _pickled(value: Any, before: list[Any]) -> bytes:
    places = {id(one): place for place, one in enumerate(before)}
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.persistent_id = lambda one: places.get(id(one))  # type: ignore[method-assign,assignment]
    pickler.dump(value)
    return out.getvalue()


def _give_back(given_back: bytes, before: list[Any]) -> Any:
    unpickler = pickle.Unpickler(io.BytesIO(given_back))
    unpickler.persistent_load = before.__getitem__  # type: ignore[method-assign,assignment]
    states, answer = unpickler.load()
    for one, state in zip(before, states, strict=True):
        vars(one).clear()
        vars(one).update(state)
    return answer


# --- files ------------------------------------------------------------------------------------------------------------
def _files(statements: list[Statement]) -> dict[Path, tuple[int, int]]:
    """The sealed files of these rows; they stay in the tests' folder, where no rollback takes them back."""
    rows = [params for sql, params, _many in statements if sql.startswith('INSERT INTO "vault_sealedfile"')]
    root = Path(settings.MEDIA_DIR)
    named = {root / value for row in rows for value in row if isinstance(value, str) and value[2:3] == "/"}
    return {path: _print(path) for path in named}


def _print(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _total_changes() -> int:
    link = connection.connection
    return link.total_changes if link is not None and connection.vendor == "sqlite" else -1
