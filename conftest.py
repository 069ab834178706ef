"""Fixtures of the whole project. The environment itself is ``tests/environment.py``, loaded earlier."""

from collections.abc import Iterator
from typing import Any

import pytest

from jalon.journal.testing import emptied_between_tests
from jalon.journal.tests.replay import pytest_runtest_setup

__all__ = ["django_db_modify_db_settings", "django_db_setup", "emptied_between_tests", "pytest_runtest_setup"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """With ``JALON_WALL=1`` and ``?options=-c jalon.role=system`` in the address, all tests run behind the wall."""
    from django.conf import settings

    from jalon.people import wall
    from jalon.people.tests import behind

    if settings.WALL:
        behind.uncounted()
        with django_db_blocker.unblock():
            wall.install()


@pytest.fixture(scope="session", autouse=True)
def numbers_in_turn() -> None:
    """Numbers of files are drawn by lot; here they follow each other, so that a list by number is one by birth."""
    from itertools import cycle

    from jalon.vault import ids

    ids.rank = cycle(range(1_000, 10_000)).__next__


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The migrations run once for all workers: on SQLite the tests' database starts as a copy of what they left."""
    from django.db import connection

    from tests import once

    if connection.vendor != "sqlite":
        yield
        return
    with once.filled(connection.creation._get_test_db_name()):
        yield
