"""The hostile tests use the served worlds of ``tests/browser``."""

from tests.browser.fixtures import *  # noqa: F403
