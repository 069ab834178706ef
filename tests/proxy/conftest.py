"""One application and one proxy for every test of this folder. Without nginx these tests are skipped, and say why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.fixtures import pytest_configure
from tests.browser.serving import serve
from tests.proxy.serving import Application, Proxy, Spy, nginx, proxy

ABSENT = "nginx is absent, and docs/deploy/nginx.conf is proved with a real one: install the package nginx"
__all__ = ["pytest_configure"]  # one world stays on one worker


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.proof)
            item.add_marker(pytest.mark.xdist_group("proxy"))
            if not nginx():
                item.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with serve("empty", tmp_path_factory.mktemp("application"), Application) as served:
        assert isinstance(served, Application)
        yield served


@pytest.fixture(scope="session")
def site(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy(tmp_path_factory.mktemp("site") / "nginx", application.socket) as served:
        yield served


@pytest.fixture(scope="session")
def spied(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Spy]]:
    """Another proxy, and what it says to the application."""
    folder = tmp_path_factory.mktemp("spied")
    spy = Spy(folder / "spy.sock", application.socket)
    with proxy(folder / "nginx", folder / "spy.sock") as served:
        yield served, spy
    spy.listener.close()
