from tests.browser.fixtures import *  # noqa: F403
