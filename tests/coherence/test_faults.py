"""The accidents of a saving, by number: what breaks in the middle leaves all or nothing.

Each number names the tests that provoke it; those that had none are here. Expected in all: no half-written thing, no
clear text left, a calm page with a reference, what was typed still there, a trail that verifies.
"""

import contextlib
import errno
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from jalon.accounts import stepup
from jalon.accounts.models import WebSession
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.tests.factories import make_filled
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.people.tests.factories import make_prepared, make_team
from jalon.support.models import Note
from jalon.ui import fields, files
from jalon.vault.models import SealedFile

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {
    1: ("coherence/faults::killed_at_each_step_of_a_verb", "journal/proof::killed_writers_leave_a_whole_chain",
        "journal/proof::a_killed_reencryption_resumes_and_loses_nothing"),
    2: ("coherence/faults::killed_at_each_step_of_a_verb",),
    3: ("coherence/faults::a_database_that_does_not_answer_or_take", "coherence/faults::a_full_disk_takes_no_file",
        "vault/archive::what_fails_on_the_way_leaves_no_archive"),
    4: ("coherence/faults::a_read_only_disk",),
    5: ("coherence/faults::a_database_that_does_not_answer_or_take",),
    6: ("stories/together::a_part_is_saved_once_and_two_versions_are_shown",
        "commissions/parallel::twenty_sendings_one_effect"),
    7: ("coherence/faults::two_transactions_that_wait_for_each_other",),
    8: ("vault/kms::a_service_that_refuses_is_unavailable", "vault/kms::another_key_an_unknown_one_and_no_service",
        "vault/kms::a_slow_service_is_given_up_then_left_alone_a_while"),
    10: ("notices/messages::a_failure_is_retried_later_and_not_twice",
         "notices/messages::sms_goes_to_the_sink_or_nowhere"),
    11: ("coherence/faults::a_clock_that_moves", "law/properties::a_round_trip_loses_three_days_at_most",
         "ui/fields::an_hour_that_does_not_exist_and_one_that_comes_twice"),
    12: ("hostile/catalogue::eighty_four_of_eighty_four", "stories/together::a_request_is_signed_and_sent_once"),
    13: ("dossiers/views::two_workers_conflict_and_nothing_is_lost",
         "dossiers/actions::agreement_withdrawn_stops_everything_but_the_withdrawal"),
    14: ("hostile/catalogue::eighty_four_of_eighty_four", "support/views::withdrawn_at_the_next_request"),
    16: ("directory/invitations::closing_stops_sessions_at_once",
         "notices/messages::a_closed_account_receives_nothing"),
    19: ("journal/verify::one_changed_byte_is_found_where_it_is",
         "journal/verify::a_cut_tail_passes_the_chain_and_not_the_anchor"),
    20: ("vault/models::any_bit_flip_is_refused", "vault/models::records_of_two_rows_cannot_be_exchanged",
         "vault/models::an_older_revision_put_back_is_refused"),
    21: ("ui/intake::a_bomb_hurts_nobody_else", "ui/intake::what_takes_too_long_is_stopped",
         "coherence/faults::a_parser_that_dies"),
    23: ("hostile/raw_requests::a_body_that_is_cut_or_slow", "hostile/raw_requests::a_forwarded_address_has_no_effect"),
    24: ("coherence/faults::sessions_that_are_wiped",),
}  # fmt: skip


def test_every_number_has_its_tests():
    assert sorted(FAULTS) == [*range(1, 9), *range(10, 15), 16, *range(19, 22), 23, 24]
    for test in {test for tests in FAULTS.values() for test in tests}:
        (room, file), name = test.partition("::")[0].split("/"), test.partition("::")[2]
        place = (
            ROOT / "tests" / room if room in ("coherence", "hostile", "stories") else ROOT / "jalon" / room / "tests"
        )
        assert f"def test_{name}(" in (place / f"test_{file}.py").read_text(encoding="utf-8"), test


@pytest.fixture
def team():
    return make_team()


@contextlib.contextmanager
def failing(when: str, error: Exception):
    """Every statement that holds this word fails."""

    def fail(execute, sql, params, many, context):
        if when in sql:
            raise error
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


TYPED = {"text": "Une longue note qui ne doit pas être perdue.", "visibility": "team", "kind": "interview"}
DOWN = {
    "full, at the row": ("support_note", "database or disk is full"),
    "full, at the trail": ("journal_entry", "database or disk is full"),
    "locked": ("support_note", "database is locked"),
    "down": ("", "server closed the connection unexpectedly"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(DOWN))
def test_a_database_that_does_not_answer_or_take(name, team):
    """A calm page with a reference and what was typed; nothing written; the same form passes once it is back."""
    browser, dossier = team.browser("REF"), make_prepared(team)
    browser.raise_request_exception = False
    where, (word, message) = reverse("support:note", args=[dossier.pk]), DOWN[name]
    before = Note.objects.count(), Entry.objects.count()
    with failing(word, OperationalError(message)):
        answer = browser.post(where, TYPED)
        health = browser.get("/sante/").status_code
    assert answer.status_code == 503
    assert health == (503 if name == "down" else 200)
    page = answer.content.decode()
    assert "Référence" in page
    assert message not in page
    assert name == "down" or TYPED["text"] in page  # otherwise nobody knows yet who sends it
    assert (Note.objects.count(), Entry.objects.count()) == before
    assert browser.post(where, TYPED).status_code == 303
    assert Note.objects.count() == before[0] + 1
    assert verify(records=True).status == 0


@contextlib.contextmanager
def read_only():
    on, off = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    if connection.vendor != "sqlite":
        on, off = "SET TRANSACTION READ ONLY", ""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(on)
        yield
        transaction.set_rollback(True)
    if off:
        with connection.cursor() as cursor:
            cursor.execute(off)


@pytest.mark.django_db
def test_a_read_only_disk(team):
    """What cannot be told to the trail is not shown; nothing is half-written."""
    browser, dossier = team.browser("REF"), make_prepared(team)
    browser.raise_request_exception = False
    page, note = reverse("people:identity", args=[dossier.pk]), reverse("support:note", args=[dossier.pk])
    assert browser.get(page).status_code == 200
    with read_only():
        shown = browser.get(page)
    with read_only():
        sent = browser.post(note, TYPED)
    assert (shown.status_code, sent.status_code) == (503, 503)
    assert dossier.number not in shown.content.decode()
    assert not Note.objects.exists()
    assert browser.get(page).status_code == 200
    assert verify(records=True).status == 0


@pytest.mark.django_db
def test_a_full_disk_takes_no_file(team, monkeypatch):
    """The file is written before its row: neither stays."""
    application, actor = make_filled(team), team.actor("REF")
    before = SealedFile.objects.count(), sum(1 for _ in Path(project.MEDIA_DIR).glob("??/*"))

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    picture = files.Clean(b"\x89PNG\r\n\x1a\n" + bytes(100_000), "image/png")
    with pytest.raises(OSError, match="space"):
        dossiers.add_piece(actor, application, code="other", file=picture, filename="x.png", label="Copie")
    assert (SealedFile.objects.count(), sum(1 for _ in Path(project.MEDIA_DIR).glob("??/*"))) == before


@pytest.mark.django_db
def test_a_clock_that_moves(team, rf):
    """A proof of identity given « later » than now proves nothing; a window and a mandate end with their day."""
    browser = team.browser("REF", stepped_up=True)
    request = rf.get("/")
    request.session, request.user = browser.session, team.ref.user
    assert stepup.is_fresh(request)
    real = time.time
    for hours, fresh in ((1, False), (-1, False), (17_532, False)):
        stepup.time.time, moved = (lambda shift=hours: real() + 3600 * shift), None
        try:
            moved = stepup.is_fresh(request)
        finally:
            stepup.time.time = real
        assert moved is fresh, hours
    day = clock.today()
    with clock.at(team.ref.user.ends_on):
        assert team.ref.user.is_open()
    with clock.at(day.replace(year=team.ref.user.ends_on.year + 1)):
        assert not team.ref.user.is_open()  # midnight passed between two requests


@pytest.mark.django_db
def test_sessions_that_are_wiped(team):
    """Everybody signs in again; nothing opens by itself."""
    browser, dossier = team.browser("REF"), make_prepared(team)
    where = reverse("support:note", args=[dossier.pk])
    assert browser.get(where).status_code == 200
    WebSession.objects.all().delete()
    for answer in (browser.get(where), browser.post(where, TYPED)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/comptes/connexion/")
    assert not Note.objects.exists()


@pytest.mark.parametrize("how", ["kill", "exit", "garbage"])
def test_a_parser_that_dies(how, monkeypatch):
    """The process that reads a file is killed, stops, or says something else: a sentence, never a file."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jalon.ui.tests.test_files import picture

    code = {"kill": "import os; os.kill(os.getpid(), 9)", "exit": "raise SystemExit(3)", "garbage": "print('ok')"}[how]
    run = subprocess.run

    def instead(command, **options):
        return run([sys.executable, "-I", "-c", code], **options)

    monkeypatch.setattr(files.subprocess, "run", instead)
    with pytest.raises(ValidationError) as caught:
        fields.UploadField().clean(SimpleUploadedFile("x.png", picture("PNG")))
    assert caught.value.error_list[0].code in fields.FILE_ERRORS


KILLED = """
import json, os, random, shutil, signal, sqlite3, sys
import django
import tests.environment
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
call_command("migrate", verbosity=0)
from hashlib import sha256
from jalon.dossiers import actions as dossiers
from jalon.dossiers.tests.factories import accredit, draft, make_filled
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.people import actions as people
from jalon.people.tests.factories import make_closed, make_team
from jalon.ui.files import Clean
from jalon.vault import files, keys
from jalon.vault.models import KeySlot

random.seed(31)
SECRET = b"SECRET-IN-A-FILE"
team = make_team()
accredit(team)
referent, manager, officer = team.actor("REF"), team.actor("MGR"), team.actor("DPO")
application = make_filled(team)
dossiers.record_read_back(referent, draft(referent, application), language="bg", interpreter="")
closed = make_closed(team, alias="Lilas")
people.consent_to_erasure(manager, closed)
paper = Clean(b"\\x89PNG" + SECRET * 9000, "image/png")
keys.renew_kek()
VERBS = {
    "upload": lambda: dossiers.add_piece(
        referent, application, code="other", file=paper, filename="x.png", label="Copie"),
    "sign": lambda: dossiers.sign_package(manager, application),
    "transmit": lambda: dossiers.submit_application(referent, application),
    "purge": lambda: people.erase_dossier(officer, closed, second_user=team.mgr.user, reason="request"),
    "rewrap": lambda: keys.rewrap_all(batch=5),
}
POINTS = (1, 2, 3, 5, 7, 9, 12, 15, 18, 22)

def state(but=()):
    digest = sha256()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - set(but)):
            cursor.execute(f'SELECT * FROM "{table}"')
            digest.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()

def killed(act, point):
    connections.close_all()
    child = os.fork()
    if not child:
        seen = 0
        def kill(execute, sql, params, many, context):
            global_seen[0] += 1
            if global_seen[0] == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)
        global_seen = [0]
        try:
            with connection.execute_wrapper(kill):
                act()
            connections.close_all()
            os._exit(0)
        finally:
            os._exit(9)
    ended = os.waitpid(child, 0)[1]
    assert ended in (0, signal.SIGKILL), ended
    return ended == signal.SIGKILL

def power_cut():
    \"\"\"The files as a cut leaves them: the log stops anywhere. The copy opens, whole, at an earlier moment.\"\"\"
    database = str(settings.DATABASES["default"]["NAME"])
    log = database + "-wal"
    if connection.vendor != "sqlite" or not os.path.exists(log):
        return 0
    for turn in range(3):
        copy = f"{database}.cut{turn}"
        shutil.copy(database, copy)
        shutil.copy(log, copy + "-wal")
        os.truncate(copy + "-wal", random.randrange(os.path.getsize(log) + 1))
        link = sqlite3.connect(copy)
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        chain = link.execute("SELECT seq, prev, hash FROM journal_entry ORDER BY seq").fetchall()
        assert all(later[1] == sooner[2] for sooner, later in zip(chain, chain[1:]))
        link.close()
        for end in ("", "-wal", "-shm"):
            if os.path.exists(copy + end):
                os.unlink(copy + end)
    return 3

kills, cuts, told = 0, 0, {}
for name, act in VERBS.items():
    for point in POINTS:
        before = state()
        if not killed(act, point):
            break
        kills += 1
        cuts += power_cut()
        if name == "rewrap":
            keys.forget()
            for slot in KeySlot.objects.filter(slot_type="kek").exclude(owner=closed.pk)[:40]:
                keys.opened(bytes(slot.wrapped), slot.owner, slot.group)
        else:
            assert state() == before, (name, point)
        assert verify(records=True).status == 0, (name, point)
    else:
        act()
    told[name] = kills
files.sweep(older_than=-1)
disk = b"".join(place.read_bytes() for place in settings.MEDIA_DIR.rglob("*") if place.is_file())
assert SECRET not in disk
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
application.refresh_from_db(); closed.refresh_from_db()
print(json.dumps([verify(records=True).status, application.state, closed.stage, kills, cuts, told]))
"""


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_killed_at_each_step_of_a_verb(tmp_path):
    """SIGKILL before the nth statement of an upload, a signature, a sending, an erasure, a re-wrap: all or nothing.

    At each kill the log of the database is also cut anywhere, as the end of the current does.
    """
    from jalon.journal.tests.test_proof import database

    with database(tmp_path) as url:
        environment = {name: value for name, value in os.environ.items() if name != "JALON_TEST_ROOT"}
        environment |= {
            "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": project.SETTINGS_MODULE, "PYTHONPATH": str(ROOT),
            "JALON_MEDIA_DIR": str(tmp_path / "media"),
        }  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-c", KILLED], env=environment, capture_output=True, text=True, timeout=400
        )
    assert ran.returncode == 0, ran.stderr[-3000:]
    status, request, stage, kills, cuts, told = json.loads(ran.stdout)
    assert (status, request, stage) == (0, "submitted", "S7")
    assert kills >= 40, told
    assert connection.vendor != "sqlite" or cuts >= 40


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite one writes at a time: nobody waits in a circle"
)
@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_wait_for_each_other(team):
    """PostgreSQL ends one of the two, which is told to try again: a 503, nothing half-written."""
    from jalon.people.models import Dossier

    first, second = make_prepared(team), make_prepared(team, alias="Lilas")
    gate, ends = threading.Barrier(2, timeout=10), []

    def write(one, other):
        from django.db import connections

        try:
            with transaction.atomic():
                Dossier.objects.select_for_update().get(pk=one)
                gate.wait()
                Dossier.objects.select_for_update().get(pk=other)
                Dossier.objects.filter(pk__in=(one, other)).update(last_contact_on=clock.today())
            ends.append("done")
        except OperationalError:
            ends.append("refused")
        finally:
            connections.close_all()

    pair = [threading.Thread(target=write, args=ids) for ids in ((first.pk, second.pk), (second.pk, first.pk))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(30)
    assert sorted(ends) == ["done", "refused"]
    assert verify(records=True).status == 0
