"""Fixtures of the whole project. The environment itself is ``tests/environment.py``, loaded earlier."""

import pytest

from jalon.journal.testing import emptied_between_tests
from jalon.journal.tests.replay import pytest_runtest_setup

__all__ = ["emptied_between_tests", "pytest_runtest_setup"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """With ``JALON_KEY_WALL=1`` and ``?options=-c jalon.role=system`` in the address, all tests run behind the wall."""
    from django.conf import settings

    from jalon.people import keywall

    if settings.KEY_WALL:
        with django_db_blocker.unblock():
            keywall.install()
