"""Fixtures of the whole project. The environment itself is ``tests/environment.py``, loaded earlier."""

from jalon.journal.testing import emptied_between_tests
from jalon.journal.tests.replay import pytest_runtest_setup

__all__ = ["emptied_between_tests", "pytest_runtest_setup"]
