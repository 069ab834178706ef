"""The tests' own keys, folders and clock: nothing touches a real installation."""

import os
import tempfile
from pathlib import Path

ROOT = Path(tempfile.mkdtemp(prefix="jalon-tests-"))
os.environ.setdefault("JALON_DATA_DIR", str(ROOT / "data"))
os.environ.setdefault("JALON_KEY_DIR", str(ROOT / "keys"))
os.environ.setdefault("JALON_MAIL_SINK", str(ROOT / "mail"))
os.environ.setdefault("JALON_SMS_SINK", str(ROOT / "sms"))
os.environ.setdefault("JALON_CLOCK_OVERRIDE", "1")
os.environ.setdefault("JALON_PASSWORD_WORK", "light")
for name in ("data", "keys", "mail", "sms"):
    (ROOT / name).mkdir(exist_ok=True)


def make_keys() -> None:
    """Before Django reads its settings: SECRET_KEY is one of the key files."""
    from jalon.vault.providers import create_keys

    create_keys(Path(os.environ["JALON_KEY_DIR"]))


make_keys()
