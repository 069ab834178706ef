"""For the project's tests: a transactional test empties its tables, which the triggers forbid.

Load it as a pytest plugin (``-p jalon.journal.testing``), or import ``emptied_between_tests`` in a conftest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from . import triggers


@contextmanager
def allow_flush(connection: Any) -> Iterator[None]:
    """Take the triggers away, and put them back when the tables have been emptied."""
    if triggers.TABLE not in connection.introspection.table_names():
        yield
        return
    with transaction.atomic(using=connection.alias):
        triggers.drop(connection)
        yield
        triggers.create(connection)


@pytest.fixture(scope="session", autouse=True)
def emptied_between_tests() -> Iterator[None]:
    """Let the flush of transactional tests pass, and nothing else."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def allowed(self: Any, sql_list: Any) -> None:
        with allow_flush(self.connection):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = allowed  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
