"""The worlds are loaded once, by the command itself, then copied: everything here runs against the copies."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tests import once


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that share a loaded world stay on one worker")


@dataclass
class Demonstration:
    """One loaded world and the command that made it."""

    data: Path
    world: str

    def run(self, *arguments, status=0):
        """``jalon demo`` with these arguments; what it says on standard output."""
        argv = [sys.executable, "-m", "jalon.cli", "demo", "--data", str(self.data), *arguments]
        done = subprocess.run(argv, env=once.outside(), capture_output=True, text=True, timeout=300)
        assert done.returncode == status, done.stderr[-3000:]
        self.stderr = done.stderr
        return done.stdout

    @cached_property
    def accounts(self):
        return json.loads(self.run("--accounts"))

    @cached_property
    def figures(self):
        return json.loads(self.run("--figures"))

    @property
    def database(self):
        return self.data / "jalon.sqlite3"

    @property
    def full(self):
        return self.data / "full.sqlite3"

    def bytes(self):
        """Everything that is at rest in the folder."""
        return b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())


def load(folder, world):
    return Demonstration(once.copied_world(world, folder), world)


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    return load(tmp_path_factory.mktemp("demo"), "story")


@pytest.fixture(scope="session")
def proof(tmp_path_factory):
    return load(tmp_path_factory.mktemp("demo"), "proof")
