"""Where a demonstration lives: its data folder, its keys beside it (never inside), its world and its days."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

MARK = "demo.json"
DATABASE = "jalon.sqlite3"
FULL = "full.sqlite3"
WORLDS = ("story", "proof")
DEFAULT = Path("var") / "demo"
DEFAULT_NOW = "2026-03-16T10:00"
STORY_DAYS = {"30": "2020-02-20", "*": "2026-11-23"}


def keys_of(data: Path) -> Path:
    return data.parent / f"{data.name}-keys"


@dataclass
class Mark:
    """What a loaded demonstration remembers of itself. No secret."""

    world: str
    days: dict[str, str]
    now: str = ""
    mail_sink: str = ""
    sms_sink: str = ""
    base_url: str = "http://127.0.0.1:8000"
    loaded: bool = False
    ids: dict[str, str] = field(default_factory=dict)  # name in the world → public id of an account

    def save(self, data: Path) -> None:
        part = data / f"{MARK}.part"
        part.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(data / MARK)
        days.cache_clear()


def read_mark(data: Path) -> Mark | None:
    """The mark of a demonstration, or None when the folder holds none."""
    try:
        return Mark(**json.loads((data / MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=1)
def days() -> Mapping[str, str]:
    """``settings.DEMO_CLOCK``: department → day on which its accounts live, ``*`` for the others."""
    from django.conf import settings

    mark = read_mark(Path(settings.DATA_DIR))
    return mark.days if mark else {}


def day_of(mark: Mark, department: str) -> str:
    return mark.days.get(department or "*") or mark.days["*"]


def space_url(base_url: str) -> str:
    """Where the persons themselves enter: the other name of this machine, on the same port."""
    host, _, port = base_url.rpartition(":")
    return f"http://{'127.0.0.1' if host.endswith('//localhost') else 'localhost'}:{port}"


def environment(data: Path, *, mail_sink: str = "", sms_sink: str = "", base_url: str = "") -> None:
    """Set what the settings read, before Django reads them. A demonstration never uses another installation's keys."""
    data = Path(data).resolve()
    mark = read_mark(data)
    chosen = {
        "JALON_DEMO": "1",
        "JALON_DATA_DIR": str(data),
        "JALON_MEDIA_DIR": str(data / "media"),
        "JALON_KEY_DIR": str(keys_of(data)),
        "JALON_MAIL_SINK": mail_sink or (mark.mail_sink if mark else "") or str(data / "mail"),
        "JALON_SMS_SINK": sms_sink or (mark.sms_sink if mark else "") or str(data / "sms"),
        "JALON_BASE_URL": base_url or (mark.base_url if mark else "") or "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{data / DATABASE}",
        "DJANGO_SETTINGS_MODULE": "jalon.config.settings",
    }
    chosen["JALON_SPACE_URL"] = space_url(chosen["JALON_BASE_URL"])
    os.environ.update(chosen)
    for name in ("JALON_DATA_DIR", "JALON_MEDIA_DIR", "JALON_MAIL_SINK", "JALON_SMS_SINK"):
        Path(chosen[name]).mkdir(parents=True, exist_ok=True)
    (data / "static").mkdir(exist_ok=True)  # empty: static files are served from their rooms


def erase(data: Path) -> None:
    """Forget a demonstration: only what one has made, never a folder that is not one's own."""
    keys = keys_of(data)
    if (keys / "demo").is_file():
        shutil.rmtree(keys)
    for name in (MARK, f"{MARK}.part"):
        (data / name).unlink(missing_ok=True)
    for base in (DATABASE, FULL):
        for end in ("", "-wal", "-shm", "-journal"):
            (data / f"{base}{end}").unlink(missing_ok=True)
    for name in ("media", "mail", "sms", "static"):
        shutil.rmtree(data / name, ignore_errors=True)
