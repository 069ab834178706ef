"""Chromium, and the servers it looks at. Without Chromium these tests are skipped, and say why."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Server, serve

FLAGS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def chromium() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or ""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group: tests that stay on one worker (also known without xdist)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One file stays on one worker; without Chromium, the tests that need it are skipped."""
    here = Path(__file__).parents[1]
    for item in items:
        if item.path.parent not in (here / "browser", here / "stories"):
            continue
        item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if not chromium():
                item.add_marker(pytest.mark.skip(reason="Chromium is absent (set CHROMIUM or install chromium)"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for each worker."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def empty_department(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve("empty", tmp_path_factory.mktemp("department")) as server:
        yield server


@pytest.fixture(scope="module")
def proof_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve("proof", tmp_path_factory.mktemp("proof")) as server:
        yield server


@pytest.fixture(scope="module")
def desks(browser: Any, empty_department: Server) -> Iterator[Any]:
    from tests.browser.desk import Desks

    opened = Desks(empty_department, browser)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the chapters of a story leave to the next ones: ids and addresses."""
    return {}


@pytest.fixture(autouse=True)
def no_complaint(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: no message of the content policy, no script error, no other host, no 500."""
    yield
    if "desks" in request.fixturenames:
        assert request.getfixturevalue("desks").complaints() == []
