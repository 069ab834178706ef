"""Killed again and again in the middle of their acts: four writers, then a re-encryption. Nothing half-done stays."""

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

rounds, ends = 0, time.monotonic() + 200
# On a busy machine a writer may be killed before its first act.
while rounds < int(sys.argv[1]) or (Entry.objects.count() <= 100 and time.monotonic() < ends):
    rounds += 1
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


REENCRYPTION = """
import json, os, random, signal, sys, time
import django
django.setup()
from datetime import date
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
call_command("migrate", verbosity=0)
from jalon import journal
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journal.tests.factories import Actor
from jalon.journal.verify import verify
from jalon.vault import crypto, files, keys, reencryption
from jalon.vault.models import KeySlot, SealedFile
from jalon.vault.tests.factories import row

NUMBER, DAY = 120, date(2026, 3, 4)
with clock.at(date(2026, 3, 3)), transaction.atomic():
    made = []
    for n in range(NUMBER):
        owner = f"dossier-{n // 4}"
        keys.ensure(owner, "G1")
        made.append(files.store(owner, "G1", b"words %d" % n, {"n": n}))
    journal.record(Actor(), "add", sealed=made)

kills = 0
while True:
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            with clock.at(DAY):
                reencryption.run(DAY, batch=5)
            os._exit(0)
        finally:
            os._exit(9)
    if kills < int(sys.argv[1]):
        time.sleep(random.uniform(0.005, 0.06))
        os.kill(child, signal.SIGKILL)
        kills += 1
    ended = os.waitpid(child, 0)[1]
    assert ended in (0, signal.SIGKILL), ended
    if not ended:
        break
connections.close_all()
with clock.at(date(2026, 3, 5)):
    last = reencryption.run(DAY)
files.sweep(older_than=-1)
rows = SealedFile.objects.all()
wrong = sum(files.read(row)[0] != b"words %d" % row.unseal()["meta"]["n"] for row in rows)
versions = {crypto.record_key_version(bytes(row.sealed)) for row in rows}
disk = sum(1 for _ in settings.MEDIA_DIR.glob("??/*"))
slots = KeySlot.objects.count()
print(json.dumps([verify(records=True).status, len(rows), wrong, sorted(versions), slots, disk, kills]))
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


def run(script, tmp_path):
    with database(tmp_path) as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
        environment["JALON_MEDIA_DIR"] = str(tmp_path / "media")
        ran = subprocess.run(
            [sys.executable, "-c", script, "25"], env=environment, capture_output=True, text=True, timeout=300
        )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


@pytest.mark.django_db(transaction=True)
def test_killed_writers_leave_a_whole_chain(tmp_path):
    status, verified, events, acts = run(SCRIPT, tmp_path)
    assert status == 0
    assert verified == events == acts > 100


@pytest.mark.django_db(transaction=True)
def test_a_killed_reencryption_resumes_and_loses_nothing(tmp_path):
    status, rows, wrong, versions, slots, disk, kills = run(REENCRYPTION, tmp_path)
    assert (status, rows, wrong, versions) == (0, 120, 0, [2])
    assert (slots, disk) == (30, 120)
    assert kills == 25
