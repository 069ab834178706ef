"""The tests' own keys, folders and clock, loaded before Django reads its settings: nothing real is touched.

A pytest plugin (see ``addopts``). Workers of one run share the folder of their parent.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

if "JALON_TEST_ROOT" not in os.environ:
    os.environ["JALON_TEST_ROOT"] = tempfile.mkdtemp(prefix="jalon-tests-")
    atexit.register(shutil.rmtree, os.environ["JALON_TEST_ROOT"], ignore_errors=True)
ROOT = Path(os.environ["JALON_TEST_ROOT"])
BUDGETS = ROOT / "budgets.tsv"  # task, budget, interactions made: what the stories measured
for variable, folder in {"DATA_DIR": "data", "KEY_DIR": "keys", "MAIL_SINK": "mail", "SMS_SINK": "sms"}.items():
    (ROOT / folder).mkdir(exist_ok=True)
    os.environ[f"JALON_{variable}"] = str(ROOT / folder)
os.environ["JALON_CLOCK_OVERRIDE"] = "1"
os.environ["JALON_PASSWORD_WORK"] = "light"
os.environ["JALON_HOSTS"] = "localhost,127.0.0.1,[::1],agenda.localhost"
os.environ["JALON_SPACE_URL"] = "http://agenda.localhost"
os.environ.pop("JALON_DEMO", None)
# Playwright's synchronous interface runs inside an event loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from jalon.vault.providers import create_keys  # noqa: E402

create_keys(ROOT / "keys")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of the tasks that the stories did, with their budget of interactions."""
    if not BUDGETS.exists() or hasattr(terminalreporter.config, "workerinput"):
        return
    rows = [line.split("\t") for line in BUDGETS.read_text(encoding="utf-8").splitlines()]
    terminalreporter.section("interactions")
    for task, budget, made in sorted(rows, key=lambda row: int(row[0].partition(".")[0])):
        terminalreporter.write_line(f"{task:<60} budget {budget:>3}   made {made:>3}")


# Thousands of tests, collected, live to the end: looking through them again for garbage took a seventh of a run.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
