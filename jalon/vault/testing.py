"""For the project's tests: keys of the run's own, in a folder that disappears.

In the root conftest::

    from jalon.vault.testing import key_folder  # noqa: F401
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from . import keys, providers


@pytest.fixture(scope="session", autouse=True)
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make the keys of this run and point the settings at them."""
    folder = tmp_path_factory.mktemp("keys")
    former = settings.KEY_DIR
    settings.KEY_DIR = folder
    providers.create_keys(folder, demo=settings.DEMO)
    keys.forget()
    yield folder
    settings.KEY_DIR = former
    keys.forget()
