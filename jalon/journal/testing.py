"""For the project's tests: a transactional test empties its tables, which the triggers forbid.

In the root conftest::

    from jalon.journal.testing import emptied_between_tests  # noqa: F401
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from . import triggers
from .models import Entry


@contextmanager
def allow_flush(connection: Any) -> Iterator[None]:
    """Take the triggers away, and put them back when the tables have been emptied."""
    if Entry._meta.db_table not in connection.introspection.table_names():
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
