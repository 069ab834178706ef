"""Fixtures of the whole project. The environment itself is ``tests/environment.py``, loaded earlier."""

from jalon.journal.testing import emptied_between_tests

__all__ = ["emptied_between_tests"]
