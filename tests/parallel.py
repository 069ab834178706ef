"""Run apart, on a database of its own: one form sent many times at once, by threads of one process.

``told_by("jalon.room.tests.parallel", folder)`` runs a module whose ``main`` calls ``print_told``, on the engine of
``DATABASE_URL``: a file, or a database of that PostgreSQL server.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from threading import Barrier
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TIMES = 20
# One effect, and for the others a page that says what happened.
CLEAR = {"303", "403", "404", "409", "410", "422"}


def told_by(module: str, folder: Path) -> Any:
    from tests.browser.serving import own_database

    with own_database(folder) as database:
        environment = {name: value for name, value in os.environ.items() if name != "JALON_TEST_ROOT"}
        environment |= {
            "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "jalon.config.settings", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def print_told(told: Callable[[], Any]) -> None:
    """What ``told`` answers on an empty, migrated database, as JSON."""
    import django

    import tests.environment  # noqa: F401  the keys and folders of the tests

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    call_command("migrate", verbosity=0)
    print(json.dumps(told()))


def send(client: Any, url: str, form: dict[str, Any], times: int = TIMES) -> Counter[int]:
    """The same form from as many browsers of one person, all together."""
    return send_all([client] * times, url, form)


def send_all(clients: Sequence[Any], url: str, form: dict[str, Any]) -> Counter[int]:
    """The same form from each of these persons, all together: how many answers of each status."""
    from django.db import connection
    from django.test import Client

    gate = Barrier(len(clients))

    def one(client: Any) -> int:
        copy = Client(raise_request_exception=False)
        copy.cookies = deepcopy(client.cookies)
        gate.wait()
        try:
            return int(copy.post(url, form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        return Counter(pool.map(one, clients))
