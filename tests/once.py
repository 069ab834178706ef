"""What a run makes once, whichever of its processes asks first, and the others copy: a migrated file, loaded worlds.

SQLite only: on PostgreSQL each database is migrated and each served world loaded by who needs it.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jalon.demo.folder import DATABASE, keys_of, read_mark

PROJECT = Path(__file__).resolve().parents[1]


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder of this name, made whole by the first who asks while the others wait."""
    place = Path(os.environ["JALON_TEST_ROOT"]) / "once" / name
    place.parent.mkdir(exist_ok=True)
    with place.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = place.with_name(f"{name}.done")
        if not done.exists():
            make(place)
            done.touch()
    return place


def outside() -> dict[str, str]:
    """The environment without what belongs to the tests: what a command started by hand would find."""
    return {k: v for k, v in os.environ.items() if not k.startswith("JALON_") and k != "DATABASE_URL"}


def migrated() -> Path:
    """A database that holds what the migrations leave, and nothing else."""
    return once(DATABASE, _migrate)


def _migrate(place: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{place}", "DJANGO_SETTINGS_MODULE": "jalon.config.settings"}
    _run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], {**os.environ, **settings})


def copied_world(world: str, folder: Path) -> Path:
    """A world of ``jalon demo``, loaded once by the command itself: its data folder copied, its keys beside it."""
    source, data = once(world, lambda place: _load(world, place)), folder / "data"
    shutil.copytree(source, data)
    shutil.copytree(keys_of(source), keys_of(data))
    mark = read_mark(data)
    assert mark is not None
    mark.mail_sink, mark.sms_sink = str(data / "mail"), str(data / "sms")
    mark.save(data)
    return data


def _load(world: str, place: Path) -> None:
    _run([sys.executable, "-m", "jalon.cli", "demo", "--data", str(place), "--world", world, "--no-serve"], outside())


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr[-4000:]}")


@contextmanager
def filled(name: str) -> Iterator[None]:
    """The shared in-memory database of this name, which lives while it is open, filled with what is migrated."""
    with sqlite3.connect(migrated()) as source, sqlite3.connect(name, uri=True) as memory:
        source.backup(memory)
        yield
    source.close()
    memory.close()
