"""The worlds are loaded once, by the command itself, in folders of their own: everything here runs against them."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that share a loaded world stay on one worker")


@dataclass
class Demonstration:
    """One loaded world and the command that made it."""

    data: Path
    world: str
    first_start: float = 0.0
    took: list = field(default_factory=list)

    def run(self, *arguments, status=0):
        """``jalon demo`` with these arguments; what it says on standard output."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("JALON_") and k != "DATABASE_URL"}
        argv = [sys.executable, "-m", "jalon.cli", "demo", "--data", str(self.data), *arguments]
        started = time.monotonic()
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=300)
        self.took.append(time.monotonic() - started)
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
    found = Demonstration(folder / world, world)
    found.run("--world", world, "--no-serve")
    found.first_start = found.took[0]
    return found


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    return load(tmp_path_factory.mktemp("demo"), "story")


@pytest.fixture(scope="session")
def proof(tmp_path_factory):
    return load(tmp_path_factory.mktemp("demo"), "proof")
