"""A real server: another process, its own data folder, its own database, its own keys, and a day that can be moved."""

import base64
import contextlib
import hmac
import json
import os
import secrets
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from jalon.demo.folder import DATABASE
from tests import once

ROOT = Path(__file__).resolve().parents[2]
DAY_FILE = "day.txt"
NOTHING_YET = ("empty", "bare", "gard")  # worlds that start from the migrated database
PATIENCE = 30
PERIOD = 30


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Server:
    """A served world. ``accounts``: by id, with login, password and totp_secret."""

    data: Path
    database: str
    base_url: str
    # the host of the persons themselves; the empty department has none (its passkeys want the name « localhost »)
    space_url: str = ""
    world: dict[str, Any] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    # the days already given to a code, by login: a code opens once
    spent: dict[str, int] = field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, dict[str, Any]]:
        return {account["id"]: account for account in self.world["accounts"]}

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
        return {
            **kept,
            "JALON_DEMO": "1",
            "JALON_DATA_DIR": str(self.data),
            "JALON_MEDIA_DIR": str(self.data / "media"),
            "JALON_KEY_DIR": str(self.keys),
            "JALON_MAIL_SINK": str(self.data / "mail"),
            "JALON_SMS_SINK": str(self.data / "sms"),
            "TMPDIR": str(self.data / "tmp"),
            "JALON_BASE_URL": self.base_url,
            "JALON_SPACE_URL": self.space_url,
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "jalon.config.settings",
            "PYTHONPATH": str(ROOT),
        }

    @property
    def keys(self) -> Path:
        return self.data.parent / f"{self.data.name}-keys"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def day(self, day: str) -> None:
        """Move every account to this day."""
        (self.data / f"{DAY_FILE}.part").write_text(day, encoding="ascii")
        (self.data / f"{DAY_FILE}.part").replace(self.data / DAY_FILE)

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A command of the product on this world: ``run("-m", "jalon.cli", "journal", "verify")``."""
        done = subprocess.run(
            [sys.executable, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=180
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr[-4000:]}")
        return done

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the served database directly, whatever its engine."""
        if self.database.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(self.data / DATABASE, timeout=20)) as link:
                return list(link.execute(sql))
        import psycopg

        with psycopg.connect(self.database) as link:
            return list(link.execute(sql))

    def tables(self) -> list[str]:
        sqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        postgresql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return sorted(name for (name,) in self.query(sqlite if self.database.startswith("sqlite") else postgresql))

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        names = self.tables()
        counts = " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM \"{name}\"" for name in names)
        return dict(self.query(counts))

    def start(self) -> None:
        port = urlsplit(self.base_url).port
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "tests.browser.served:application"),
                    *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", "4"),
                    *("--no-control-socket", "--log-level", "warning"),
                ],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server stopped:\n{self.log.read_text()[-4000:]}")
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.base_url}/robots.txt", timeout=2).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not answer:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.process = None


def code_of(server: Server, login: str, secret: str) -> str:
    """A code never given before for this account (RFC 6238, by hand); the steps before and after are accepted."""
    present = int(time.time()) // PERIOD
    step = max(present, server.spent.get(login, 0) + 1)
    if step > present + 1:
        time.sleep((step - 1) * PERIOD - time.time() + 0.1)
    server.spent[login] = step
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@contextlib.contextmanager
def serve(world: str, folder: Path, kind: type[Server] = Server) -> Iterator[Server]:
    """Make a world in ``folder``, serve it, take it away."""
    data = folder / "data"
    if "JALON_TEST_ROOT" in os.environ and not on_postgresql():  # a run of tests; the screenshots load their own
        if world in NOTHING_YET:
            data.mkdir(parents=True)
            shutil.copy(once.migrated(), data / DATABASE)
        else:
            once.copied_world(world, folder)
    for name in ("media", "mail", "sms", "tmp"):
        (data / name).mkdir(parents=True, exist_ok=True)
    with own_database(data) as database:
        server = kind(data, database, f"http://127.0.0.1:{free_port()}")
        if world != "empty":
            server.space_url = server.base_url.replace("127.0.0.1", "localhost")
        server.world = json.loads(server.run("-m", "tests.browser.department", world).stdout)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@contextlib.contextmanager
def own_database(data: Path) -> Iterator[str]:
    """An address of a new database: a file, or one on the PostgreSQL server of DATABASE_URL."""
    if not on_postgresql():
        yield f"sqlite:///{data / DATABASE}"
        return
    import psycopg

    asked = os.environ["DATABASE_URL"]
    parts = urlsplit(asked)
    name = f"jalon_browser_{secrets.token_hex(4)}"
    with psycopg.connect(asked, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
