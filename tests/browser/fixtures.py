"""What the browser tests, the stories and the hostile tests share: Chromium, and the worlds that it looks at.

Without Chromium the tests that need it are skipped, and say why. One world stays on one worker.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Server, serve
from tests.browser.visitor import Visitor, visitor

FLAGS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
FOLDERS = [Path(__file__).parents[1] / name for name in ("browser", "stories", "hostile")]


def chromium() -> str:
    """The headless shell draws the same pages without a window around them: half the work."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium") or ""


class Shared:
    """One for each process, whichever of the three folders asks first: what is opened once, and who runs where."""

    def __init__(self) -> None:
        self.opened: dict[str, Any] = {}
        self.stack = ExitStack()

    def once(self, name: str, make: Callable[[], AbstractContextManager[Any]]) -> Any:
        if name not in self.opened:
            self.opened[name] = self.stack.enter_context(make())
        return self.opened[name]

    def pytest_sessionfinish(self) -> None:
        self.stack.close()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """pytest-xdist 3.8 writes the group in an attribute that pytest 9.2 no longer reads: write it where it does."""
        if not getattr(config.option, "loadgroup", False):
            return
        for item in items:
            group = item.get_closest_marker("xdist_group")
            if group is not None and "@" not in item.nodeid.rpartition("]")[2] and hasattr(item, "_id"):
                item._id = type(item._id).parse(f"{item.nodeid}@{group.args[0]}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group: tests that stay on one worker (also known without xdist)")
    if not config.pluginmanager.has_plugin("shared worlds"):
        config.pluginmanager.register(Shared(), "shared worlds")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent not in FOLDERS or item.get_closest_marker("xdist_group"):
            continue
        needs = set(getattr(item, "fixturenames", ()))
        if "proof" in needs:
            item.add_marker(pytest.mark.xdist_group("proof"))
        elif "browser" in needs:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if "browser" in needs:
            item.add_marker(pytest.mark.browser)
            if not chromium():
                item.add_marker(pytest.mark.skip(reason="Chromium is absent (set CHROMIUM or install chromium)"))


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Any:
    return pytestconfig.pluginmanager.get_plugin("shared worlds")


@contextmanager
def chromium_opened() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def browser(shared: Shared) -> Any:
    """One browser for each worker."""
    return shared.once("browser", chromium_opened)


# --- an empty department, for a story ------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def empty_department(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve("empty", tmp_path_factory.mktemp("department")) as server:
        yield server


@pytest.fixture(scope="module")
def desks(browser: Any, empty_department: Server) -> Iterator[Any]:
    from tests.browser.desk import Desks

    opened = Desks(empty_department, browser)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def gard(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Desks in the Gard of 2018: two structures that will sign."""
    from tests.browser.desk import Desks

    with serve("gard", tmp_path_factory.mktemp("gard")) as server:
        opened = Desks(server, browser)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the chapters of a story leave to the next ones: ids and addresses."""
    return {}


# --- the world proof -----------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def proof(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return shared.once("proof", lambda: serve("proof", tmp_path_factory.mktemp("proof")))


@pytest.fixture(scope="session")
def things(shared: Shared, proof: Server) -> Any:
    """Every object that an address may name, by the name of the address's part."""
    found = lambda: json.loads(proof.run("-m", "tests.hostile.objects", "--more").stdout)  # noqa: E731
    return shared.once("things", lambda: nullcontext(found()))


class Visits:
    """Signed-in visitors; each account signs in once, because a code opens once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._open: dict[str, Visitor] = {}

    def __call__(self, account: str) -> Visitor:
        if account not in self._open:
            self._open[account] = visitor(self.server, account).sign_in()
        return self._open[account]


@pytest.fixture(scope="session")
def visit(shared: Shared, proof: Server, things: object) -> Any:
    return shared.once("visit", lambda: nullcontext(Visits(proof)))


@pytest.fixture(scope="module")
def screens(browser: Any, proof: Server, visit: Visits) -> Iterator[Any]:
    """Desks of the world ``proof``, already signed in as its visitors."""
    from tests.browser.desk import Desks

    opened = Desks(proof, browser, visit)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def no_complaint(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: no message of the content policy, no script error, no other host, no 500."""
    yield
    for name in {"desks", "screens", "gard"} & set(request.fixturenames):
        assert request.getfixturevalue(name).complaints() == []
