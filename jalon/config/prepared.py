"""Queries asked at every page, composed and compiled once a process: only their parameters change.

Composing and compiling these querysets costs several times their execution. The samples, the present day and the
present instant are found again among the parameters of the compiled query, and filled in at each call.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import ModelIterable

from jalon.config import clock

INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
ONE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOST = 512  # queries that a process keeps: whoever asks for every page of every list fills no memory
MARK = re.compile(r"(?<!%)%s")
TODAY, NOW = -1, -2


class Compiled(NamedTuple):
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    tuples: bool
    converters: dict[int, Any]  # by column: what the database gives is not always what the program reads
    ready: str  # the same for SQLite, with its own marks: Django would look for its marks in a long text at each call


_kept: dict[Hashable, Compiled] = {}


def run(key: Hashable, build: Callable[..., models.QuerySet[Any, Any]], **values: str) -> list[Any]:
    """The rows of ``build(**values)``, instances or tuples. ``key`` names everything else that shapes the query."""
    found, rows = _found(key, build, values)
    return list(_read(found, rows))


def raw(key: Hashable, build: Callable[..., models.QuerySet[Any, Any]], **values: str) -> list[Any]:
    """The tuples as the database gives them: a truth may be 0 or 1, a day that is not cast to a text may be one."""
    return _found(key, build, values)[1]


def _found(
    key: Hashable, build: Callable[..., models.QuerySet[Any, Any]], values: dict[str, str]
) -> tuple[Compiled, list[Any]]:
    connection = connections[DEFAULT_DB_ALIAS]
    name = (connection.vendor, key, tuple(values))  # by the order of the values too: they are filled in by rank
    found = _kept.get(name)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[name] = _of_one_day(connection, build, values)
    return found, _rows(connection, found, tuple(values.values()))


def _of_one_day(connection: Any, build: Callable[..., models.QuerySet[Any, Any]], values: dict[str, str]) -> Compiled:
    """Built again when midnight passes meanwhile: a day that is not found again would be asked for ever."""
    samples = {name: f"sample-{number}-{name}" for number, name in enumerate(values)}
    while True:
        day = clock.today()
        found = _compile(connection, build(**samples), tuple(samples.values()), day)
        if clock.today() == day:
            break
    placed = {position for position, _which in found.places}
    for position, param in enumerate(found.params):
        if position not in placed and (isinstance(param, date) or ONE_DAY.fullmatch(str(param))):
            raise RuntimeError("a day that is not the present one would be asked for ever")
    return found


def _compile(connection: Any, queryset: models.QuerySet[Any, Any], samples: tuple[str, ...], day: date) -> Compiled:
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    today = connection.ops.adapt_datefield_value(day)
    places = []
    for position, param in enumerate(params):
        if isinstance(param, str) and param in samples:
            places.append((position, samples.index(param)))
        elif isinstance(param, datetime) or (isinstance(param, str) and INSTANT.match(param)):
            places.append((position, NOW))
        elif param == today:
            places.append((position, TODAY))
    if set(range(len(samples))) - {which for _position, which in places}:
        raise RuntimeError("a value does not appear in the compiled query")
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    tuples = queryset._iterable_class is not ModelIterable
    ready = MARK.sub("?", sql).replace("%%", "%") if connection.vendor == "sqlite" else sql
    return Compiled(compiler, sql, tuple(params), tuple(places), tuples, converters, ready)


def _rows(connection: Any, found: Compiled, values: tuple[str, ...]) -> list[Any]:
    params = list(found.params)
    known = {
        TODAY: connection.ops.adapt_datefield_value(clock.today()),
        NOW: connection.ops.adapt_datetimefield_value(clock.now()),
    }
    for position, which in found.places:
        params[position] = values[which] if which >= 0 else known[which]
    with connection.cursor() as cursor:
        cursor.execute(found.sql if connection.queries_logged else found.ready, params)  # the log writes them anew
        return cursor.fetchall()  # type: ignore[no-any-return]


def _read(found: Compiled, rows: Iterable[Any]) -> Iterator[Any]:
    compiler = found.compiler
    if found.converters:
        rows = compiler.apply_converters(rows, found.converters)
    if found.tuples:
        return map(tuple, rows)
    answer = SimpleNamespace(
        select=compiler.select,
        klass_info=compiler.klass_info,
        annotation_col_map=compiler.annotation_col_map,
        execute_sql=lambda **_how: [],
        results_iter=lambda _results: rows,
    )
    query = SimpleNamespace(get_compiler=lambda using: answer)
    return iter(ModelIterable(SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})))
