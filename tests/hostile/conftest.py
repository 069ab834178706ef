"""The hostile tests use the served worlds of ``tests/browser``, and the world ``proof`` in the tests' own database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.browser.fixtures import *  # noqa: F403
from tests.hostile.inside import proof_world


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Client]]:
    """Loaded once for the tests of the group « bad input », forgotten afterwards."""
    with proof_world(django_db_blocker) as browsers:
        yield browsers
