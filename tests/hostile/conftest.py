"""The world ``proof``, served apart, and one visitor for each of its accounts. All these tests stay on one worker."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Server, serve
from tests.browser.visitor import Visitor

PROOF = {"proof", "visit", "things"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group: tests that stay on one worker (also known without xdist)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and PROOF & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("proof"))


@pytest.fixture(scope="session")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve("proof", tmp_path_factory.mktemp("proof")) as server:
        yield server


@pytest.fixture(scope="session")
def things(proof: Server) -> dict[str, list[dict[str, Any]]]:
    """Every object that an address may name, by the name of the address's part."""
    return json.loads(proof.run("-m", "tests.hostile.objects", "--more").stdout)


class Visits:
    """Signed-in visitors; each account signs in once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._open: dict[str, Visitor] = {}

    def __call__(self, account: str) -> Visitor:
        if account not in self._open:
            self._open[account] = Visitor(self.server, account).sign_in()
        return self._open[account]


@pytest.fixture(scope="session")
def visit(proof: Server, things: object) -> Visits:
    return Visits(proof)
