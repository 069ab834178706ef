"""The same form sent twenty times in parallel has one effect, on whichever database is served."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.serving import own_database

pytestmark = pytest.mark.proof
ROOT = Path(__file__).resolve().parents[3]
# What twenty sendings leave: the state, the place or the number of rows that one sending leaves.
ONE = {
    "new_meeting": 1, "agenda": 2, "point": 1, "move_down": 2, "missing": 1, "renew_seat": 2, "members": 1,
    "convene": 5, "note": 1, "conflict": 1, "open": "open", "hear": 1, "opinion": 1, "postpone": "postponed",
    "close": 1,
}  # fmt: skip
CLEAR = {"303", "403", "404", "409", "410", "422"}


def test_twenty_sendings_one_effect(tmp_path):
    with own_database(tmp_path) as database:
        environment = {name: value for name, value in os.environ.items() if name != "JALON_TEST_ROOT"}
        environment |= {
            "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "jalon.config.settings", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-m", "jalon.commissions.tests.parallel"]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told.pop("trail") == 0
    assert told.pop("move")["statuses"]["303"] == 1
    for name, found in told.items():
        assert found["effect"] == ONE[name], name
        assert set(found["statuses"]) <= CLEAR, (name, found["statuses"])
        assert found["statuses"].get("303", 0) >= 1, name
