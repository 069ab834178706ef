"""Four writers, killed again and again in the middle of their acts: the chain stays whole, acts equal events."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.proof

SCRIPT = """
import json, os, random, signal, sys, time
import django
django.setup()
from django.core.management import call_command
from django.db import connections, transaction
for room in ("vault", "journal"):
    call_command("migrate", room, verbosity=0)
from jalon import journal
from jalon.journal.models import Entry
from jalon.journal.tests.factories import Actor, Dossier
from jalon.journal.verify import verify
from jalon.vault import keys
from jalon.vault.ids import new_id
from jalon.vault.models import KeySlot

def write():
    while True:
        with transaction.atomic():
            owner = new_id()
            keys.ensure(owner, "G1")
            journal.record(Actor(), "act", Dossier(owner))

for _ in range(int(sys.argv[1])):
    connections.close_all()
    writers = []
    for _ in range(4):
        child = os.fork()
        if not child:
            try:
                write()
            finally:
                os._exit(9)
        writers.append(child)
    for child in writers:
        time.sleep(random.uniform(0.02, 0.12))
        os.kill(child, signal.SIGKILL)
    ended = [os.waitpid(child, 0)[1] for child in writers]
    assert ended == [signal.SIGKILL] * 4, ended
report = verify()
print(json.dumps([report.status, report.events, Entry.objects.count(), KeySlot.objects.count()]))
"""


@contextmanager
def database(tmp_path):
    """The address of an empty database on the engine of this run."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'proof.sqlite3'}"
        return
    found, name = settings.DATABASES["default"], f"jalon_proof_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT'] or 5432}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_killed_writers_leave_a_whole_chain(tmp_path):
    with database(tmp_path) as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, "25"], env=environment, capture_output=True, text=True, timeout=300
        )
    assert ran.returncode == 0, ran.stderr[-2000:]
    status, verified, events, acts = json.loads(ran.stdout)
    assert status == 0
    assert verified == events == acts > 100
