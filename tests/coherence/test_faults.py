"""The accidents of a saving, by number: what breaks in the middle leaves all or nothing.

Each number names the tests that provoke it; those that had none are here. Expected in all: no half-written thing, no
clear text left, a calm page with a reference, what was typed still there, a trail that verifies.
"""

import contextlib
import errno
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from jalon.access import SYSTEM
from jalon.accounts import actions as accounts
from jalon.accounts.tests.factories import PASSWORD
from jalon.config import cli as backups_cli
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.tests.factories import make_filled
from jalon.journal.models import Entry
from jalon.journal.tests.test_proof import database
from jalon.journal.verify import verify
from jalon.people.tests.factories import make_prepared, make_team
from jalon.support.models import Note
from jalon.ui import fields, files
from jalon.ui.tests.test_files import picture as png
from jalon.vault import archive, keys
from jalon.vault.errors import KeysUnavailable
from jalon.vault.models import SealedFile

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {
    1: ("coherence/faults::killed_at_each_step_of_a_verb", "journal/proof::killed_writers_leave_a_whole_chain",
        "journal/proof::a_killed_reencryption_resumes_and_loses_nothing"),
    2: ("coherence/faults::killed_at_each_step_of_a_verb",),
    3: ("coherence/faults::a_database_that_does_not_answer_or_take", "coherence/faults::a_full_disk_takes_no_file",
        "journal/trail::an_act_that_cannot_be_journaled_is_rolled_back",
        "vault/files::a_write_that_fails_leaves_nothing", "coherence/faults::a_full_disk_leaves_no_half_backup",
        "vault/archive::what_fails_on_the_way_leaves_no_archive"),
    4: ("coherence/faults::a_read_only_disk", "coherence/faults::a_full_disk_takes_no_file",
        "journal/middleware::a_reading_that_cannot_be_journaled_is_not_shown"),
    5: ("coherence/faults::a_database_that_does_not_answer_or_take", "coherence/faults::a_slow_database",
        "coherence/faults::a_page_that_does_not_answer_gives_no_secret_back"),
    6: ("stories/together::a_part_is_saved_once_and_two_versions_are_shown",
        "commissions/parallel::twenty_sendings_one_effect"),
    7: ("coherence/faults::two_transactions_that_wait_for_each_other",),
    8: ("vault/kms::a_service_that_refuses_is_unavailable", "vault/kms::another_key_an_unknown_one_and_no_service",
        "vault/kms::a_slow_service_is_given_up_then_left_alone_a_while",
        "coherence/faults::keys_that_do_not_answer"),
    9: ("vault/providers::absent", "vault/providers::truncated_or_garbled", "vault/providers::readable_by_others"),
    10: ("notices/smtp::a_message_that_did_not_leave_waits_and_leaves_once",
         "notices/smtp::a_relay_that_does_not_open_costs_nothing",
         "notices/smtp::one_bad_message_holds_no_other",
         "notices/smtp::an_answer_cut_after_the_text_is_the_same_message_again",
         "notices/smtp::killed_senders_and_three_at_once",
         "notices/messages::sms_goes_to_the_sink_or_nowhere"),
    11: ("coherence/clock::an_hour_on", "coherence/clock::an_hour_back", "coherence/clock::two_years_on",
         "coherence/clock::midnight_between_the_page_and_the_sending",
         "coherence/clock::the_window_of_a_meeting_ends_with_its_last_day",
         "stories/story::members_read_inside_the_window_only",
         "law/properties::a_round_trip_loses_three_days_at_most",
         "ui/fields::an_hour_that_does_not_exist_and_one_that_comes_twice"),
    12: ("hostile/catalogue::eighty_four_of_eighty_four", "stories/together::a_request_is_signed_and_sent_once",
         "stories/together::a_person_an_agreement_and_a_request_are_made_once"),
    13: ("dossiers/views::two_workers_conflict_and_nothing_is_lost", "dossiers/drafts::two_people_write_the_same_part",
         "dossiers/actions::signed_content_is_frozen_under_its_digest",
         "dossiers/drafts::drafts_are_bounded_and_strict",
         "dossiers/actions::agreement_withdrawn_stops_everything_but_the_withdrawal"),
    14: ("stories/together::an_agreement_taken_back_between_the_form_and_its_sending",
         "support/views::withdrawn_at_the_next_request",
         "dossiers/drafts::nothing_is_kept_after_she_withdrew_nor_for_a_neighbour",
         "coherence/kept_texts::what_waits_goes_with_what_allowed_it"),
    15: ("coherence/clock::the_window_of_a_meeting_ends_with_its_last_day",
         "commissions/papers::after_the_window_no_sheet"),
    16: ("directory/invitations::closing_stops_sessions_at_once",
         "coherence/faults::closed_between_two_downloads",
         "notices/messages::a_closed_account_receives_nothing",
         "notices/messages::closing_an_account_takes_back_what_waits_for_it"),
    17: ("coherence/faults::killed_in_the_middle_of_the_migrations",),
    18: ("coherence/faults::saved_while_four_write", "people/retention::an_older_backup_does_not_bring_anybody_back",
         "hostile/backups::who_was_erased_since_is_erased_again"),
    19: ("journal/verify::one_changed_byte_is_found_where_it_is", "journal/verify::changed_renumbered_or_deleted",
         "journal/verify::two_exchanged_events", "journal/verify::a_cut_tail_passes_the_chain_and_not_the_anchor",
         "journal/verify::a_rewritten_chain_passes_the_chain_and_not_the_anchor",
         "journal/verify::no_anchor_where_there_should_be_one"),
    20: ("vault/models::any_bit_flip_is_refused", "vault/models::records_of_two_rows_cannot_be_exchanged",
         "vault/files::a_file_in_another_s_place_is_refused", "vault/models::an_older_revision_put_back_is_refused"),
    21: ("ui/intake::a_bomb_hurts_nobody_else", "ui/intake::what_takes_too_long_is_stopped",
         "coherence/faults::a_parser_that_dies"),
    22: ("ui/intake::a_daemon_that_is_named_and_absent_lets_nothing_in",
         "ui/intake::without_a_clear_word_nothing_enters"),
    23: ("hostile/raw_requests::a_body_that_is_cut_or_slow", "hostile/raw_requests::a_forwarded_address_has_no_effect",
         "proxy/proxy::what_is_claimed_never_reaches_the_application",
         "proxy/proxy::clients_that_send_a_byte_a_second_hold_no_thread"),
    24: ("coherence/kept_texts::a_long_text_outlives_its_session",
         "coherence/kept_texts::what_a_dossier_seals_waits_under_its_key",
         "coherence/kept_texts::nothing_comes_back_to_a_closed_account"),
}  # fmt: skip


def test_every_number_has_its_tests():
    assert sorted(FAULTS) == [*range(1, 25)]
    for test in {test for tests in FAULTS.values() for test in tests}:
        (room, file), name = test.partition("::")[0].split("/"), test.partition("::")[2]
        place = (
            ROOT / "tests" / room
            if room in ("coherence", "hostile", "proxy", "stories")
            else ROOT / "jalon" / room / "tests"
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
    assert TYPED["text"] in page
    assert (Note.objects.count(), Entry.objects.count()) == before
    assert browser.post(where, TYPED).status_code == 303
    assert Note.objects.count() == before[0] + 1
    assert verify(records=True).status == 0


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["accounts_user", ""])
def test_a_page_that_does_not_answer_gives_no_secret_back(word, team):
    """Neither the password at sign-in, nor anything to another site's form, nor on the host of the persons."""
    where, sent = reverse("account_login"), {"login": team.ref.user.profile["login"], "password": PASSWORD}
    note, stranger = reverse("support:note", args=[make_prepared(team).pk]), Client(raise_request_exception=False)
    signed_in = team.browser("REF")
    signed_in.raise_request_exception = False
    other = {"current": PASSWORD, "new": f"{PASSWORD} encore"}
    with failing(word, OperationalError("database is locked")):
        answers = [
            stranger.post(where, sent),
            signed_in.post(reverse("account_change_password"), other),
            stranger.post(note, TYPED),
            stranger.post("/", {"login": "123456", "password": PASSWORD}, HTTP_HOST="agenda.localhost"),
        ]
    assert answers[0].status_code == 503
    for answer in answers:
        page = answer.content.decode()
        assert PASSWORD not in page
        assert TYPED["text"] not in page
    assert "indisponible" not in answers[3].content.decode()  # one neutral page there, whatever happened


@pytest.mark.django_db
def test_keys_that_do_not_answer(team, monkeypatch):
    """Neither page nor writing without the keys: a calm 503 with the text; the same form passes once they are back."""
    browser, dossier = team.browser("REF"), make_prepared(team)
    browser.raise_request_exception = False
    where, page = reverse("support:note", args=[dossier.pk]), reverse("people:identity", args=[dossier.pk])
    before = Note.objects.count(), Entry.objects.count()

    def silent(*_args):
        raise KeysUnavailable

    keys.forget()
    monkeypatch.setattr(keys, "_unwrapped", silent)
    sent, shown = browser.post(where, TYPED), browser.get(page)
    monkeypatch.undo()
    assert (sent.status_code, shown.status_code) == (503, 503)
    assert TYPED["text"] in sent.content.decode()
    assert "Référence" in sent.content.decode()
    assert dossier.number not in shown.content.decode()
    assert Note.objects.count() == before[0]
    told = Entry.objects.order_by("seq").values_list("verb", flat=True)[before[1] :]
    assert set(told) <= {"read"}  # a reading is told before the page is made
    assert browser.post(where, TYPED).status_code == 303
    assert browser.get(page).status_code == 200
    assert verify(records=True).status == 0


@pytest.mark.django_db
def test_closed_between_two_downloads(team):
    """A file leaves whole or not at all: what was asked before the closing has left, no byte of it leaves after."""
    application = make_filled(team)
    picture = files.Clean(b"\x89PNG\r\n\x1a\n" + bytes(200_000), "image/png")
    piece = dossiers.add_piece(team.actor("REF"), application, code="other", file=picture, label="Copie")
    browser, where = team.browser("REF", stepped_up=True), reverse("dossiers:piece_file", args=[piece.pk])
    answer = browser.get(where)
    assert not answer.streaming
    assert len(answer.content) == len(picture.content)
    accounts.close_account(SYSTEM, team.ref.user)
    refused = browser.get(where)
    assert refused.status_code == 302
    assert refused.content == b""
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
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_full_disk_takes_no_file(team, monkeypatch, code, tmp_path):
    """The file is written before its row: neither stays. By the page too: a calm 503, then the same file passes."""
    application, actor = make_filled(team), team.actor("REF")
    monkeypatch.setattr(project, "MEDIA_DIR", tmp_path)  # of its own: others write beside, at this very instant
    before = SealedFile.objects.count(), sum(1 for _ in Path(project.MEDIA_DIR).glob("??/*"))

    def full(*_args):
        raise OSError(code, os.strerror(code))

    browser, fsync = team.browser("REF", stepped_up=True), os.fsync
    browser.raise_request_exception = False
    where = reverse("dossiers:pieces", args=[application.pk])
    form = {"code": "other", "label": "Copie", "received_on": clock.today().isoformat()}
    monkeypatch.setattr(os, "fsync", full)
    answer = browser.post(where, {**form, "file": SimpleUploadedFile("x.png", png("PNG"), "image/png")})
    assert answer.status_code == 503
    assert "Référence" in answer.content.decode()
    assert (SealedFile.objects.count(), sum(1 for _ in Path(project.MEDIA_DIR).glob("??/*"))) == before
    picture = files.Clean(b"\x89PNG\r\n\x1a\n" + bytes(100_000), "image/png")
    with pytest.raises(OSError, match=re.escape(os.strerror(code))):
        dossiers.add_piece(actor, application, code="other", file=picture, label="Copie")
    assert (SealedFile.objects.count(), sum(1 for _ in Path(project.MEDIA_DIR).glob("??/*"))) == before
    monkeypatch.setattr(os, "fsync", fsync)
    answer = browser.post(where, {**form, "file": SimpleUploadedFile("x.png", png("PNG"), "image/png")})
    assert answer.status_code == 303
    assert SealedFile.objects.count() == before[0] + 1


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["sealing", "write_rows", "write_files", "digest"])
def test_a_full_disk_leaves_no_half_backup(step, team, monkeypatch, tmp_path, capsys):
    """Wherever it stops: one sentence, no archive, no empty folder that could pass for a backup; then it passes."""
    make_prepared(team)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive, step, full)
    asked = ["backup", [str(tmp_path / "data"), "--keyring", str(tmp_path / "ring")]]
    assert backups_cli.main(*asked) == 1
    assert capsys.readouterr().out.strip() == os.strerror(errno.ENOSPC)
    assert [path for path in tmp_path.rglob("*") if path.name not in ("data", "ring")] == []
    monkeypatch.undo()
    assert backups_cli.main(*asked) == 0
    assert {path.name for path in tmp_path.rglob("*.age")} == {"data.age", "media.age", "keyring.age"}
    assert verify(records=True).status == 0


@pytest.mark.proof
@pytest.mark.django_db
def test_a_slow_database(team):
    """Five seconds at the row: the form sent again meanwhile, and after, makes one note."""
    browser, dossier = team.browser("REF"), make_prepared(team)
    where, typed = reverse("support:note", args=[dossier.pk]), {**TYPED, "once": "A" * 22}

    def slow(execute, sql, params, many, context):
        if "INSERT" in sql and "support_note" in sql:
            time.sleep(5)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(slow):
        assert browser.post(where, typed).status_code == 303
    assert browser.post(where, typed).status_code in (303, 409)
    assert Note.objects.count() == 1
    assert verify(records=True).status == 0


@pytest.mark.parametrize("how", ["kill", "exit", "garbage"])
def test_a_parser_that_dies(how, monkeypatch):
    """The process that reads a file is killed, stops, or says something else: a sentence, never a file."""
    code = {"kill": "import os; os.kill(os.getpid(), 9)", "exit": "raise SystemExit(3)", "garbage": "print('ok')"}[how]
    run = subprocess.run

    def instead(command, **options):
        return run([sys.executable, "-I", "-c", code], **options)

    monkeypatch.setattr(files.subprocess, "run", instead)
    with pytest.raises(ValidationError) as caught:
        fields.UploadField().clean(SimpleUploadedFile("x.png", png("PNG")))
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
        referent, application, code="other", file=paper, label="Copie"),
    "sign": lambda: dossiers.sign_package(manager, application),
    "transmit": lambda: dossiers.submit_application(referent, application),
    "purge": lambda: people.erase_dossier(officer, closed, second_user=team.mgr.user, reason="request"),
    "rewrap": lambda: keys.rewrap_all(batch=1),
}
# Ten points of each; the shorter verbs at each of their first statements.
SPREAD, FIRST = (1, 2, 3, 5, 7, 9, 10, 12, 14, 15), range(1, 11)
POINTS = {"upload": FIRST, "rewrap": FIRST}

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
    for point in POINTS.get(name, SPREAD):
        if name == "rewrap":
            keys.renew_kek()  # every slot is to be moved again
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
    with database(tmp_path) as url:
        status, request, stage, kills, cuts, told = apart(KILLED, url, tmp_path)
    assert (status, request, stage) == (0, "submitted", "S7")
    assert kills == 50, told
    assert connection.vendor != "sqlite" or cuts >= 40


MIGRATED = """
import json, os, signal
import django
import tests.environment
django.setup()
from django.core.management import call_command
from django.db import connection, connections
from jalon.config import start

def starts():
    try:
        start.refuse_another_schema()
    except SystemExit as refused:
        return str(refused)
    return ""

told, point = [starts()], 25
while True:
    connections.close_all()
    child = os.fork()
    if not child:
        seen = [0]
        def kill(execute, sql, params, many, context):
            seen[0] += 1
            told_done = "django_migrations" in sql or not connection.in_atomic_block  # the instant that Django leaves
            if seen[0] >= point and not told_done:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)
        try:
            with connection.execute_wrapper(kill):
                call_command("migrate", verbosity=0)
            os._exit(0)
        finally:
            os._exit(9)
    ended = os.waitpid(child, 0)[1]
    assert ended in (0, signal.SIGKILL), ended
    told.append(starts())
    if not ended:
        break
    point += 90
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
from jalon.people.tests.factories import make_prepared, make_team
from jalon.journal.verify import verify
make_prepared(make_team())
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0099_later', '2030-01-01')")
print(json.dumps([told, verify(records=True).status, starts()]))
"""


def apart(script, url, tmp_path):
    """What a program of its own prints, on a database of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "JALON_TEST_ROOT"}
    environment |= {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": project.SETTINGS_MODULE, "PYTHONPATH": str(ROOT),
        "JALON_MEDIA_DIR": str(tmp_path / "media"),
    }  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=500)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_the_migrations(tmp_path):
    """No server starts before they are all done; begun again, they end; tables of a newer program are refused."""
    with database(tmp_path) as url:
        told, status, newer = apart(MIGRATED, url, tmp_path)
    assert len(told) > 5
    assert all("migrate" in sentence for sentence in told[:-1])
    assert (told[-1], status) == ("", 0)
    assert "plus récente" in newer


WRITING = """
import json, os, pathlib, signal, sys, tempfile, time
import django
import tests.environment
django.setup()
from django.core.management import call_command
from django.db import connections
call_command("migrate", verbosity=0)
from jalon.config import backups
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.people.tests.factories import make_prepared, make_team
from jalon.support import actions
team = make_team()
dossier, actor = make_prepared(team), team.actor("REF")
place = pathlib.Path(tempfile.mkdtemp())

def write():
    n = 0
    while True:
        n += 1
        actions.write_note(actor, dossier, text=f"note {n}", visibility="team", kind="interview")

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
time.sleep(1)
before = Entry.objects.count()
saved = [str(backups.backup(place / f"{n}", place / f"{n}-ring")) for n in range(3)]
after = Entry.objects.count()
for child in writers:
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
drilled = [backups.drill(pathlib.Path(one).parent, keyring=place / f"{n}-ring") for n, one in enumerate(saved)]
print(json.dumps([before, after, verify(records=True).status, len(drilled)]))
"""


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_saved_while_four_write(tmp_path):
    """Each backup is one instant: it is put back, every record opens, its trail is whole up to its own head."""
    with database(tmp_path) as url:
        before, after, status, drilled = apart(WRITING, url, tmp_path)
    assert after > before + 20
    assert (status, drilled) == (0, 3)


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
