"""The stories use the browser and the served worlds of ``tests/browser``."""

from tests.browser.fixtures import *  # noqa: F403
