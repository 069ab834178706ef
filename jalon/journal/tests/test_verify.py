"""Is the trail whole? What is changed, cut, added or rewritten is found, and where."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jalon import journal
from jalon.config import clock
from jalon.journal import anchors, cli, trail, triggers
from jalon.journal import verify as verification
from jalon.journal.models import GENESIS, Entry
from jalon.journal.verify import verify
from jalon.vault import files, keys, reencryption
from jalon.vault.models import SealedFile
from jalon.vault.tests.factories import row

from .factories import Actor, Dossier, events, forge

pytestmark = pytest.mark.django_db

codes = st.from_regex(r"\A[a-z0-9_]{1,40}\Z")
COLUMNS = [field.column for field in Entry._meta.fields if field.name not in {"seq", "at", "count"}]


def test_an_empty_trail_is_whole():
    report = verify()
    assert (report.status, report.events, report.head) == (0, 0, GENESIS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.tuples(codes, st.integers(0, 10**6) | st.none(), st.lists(st.text(), max_size=3)), max_size=6))
def test_whatever_is_written_verifies(written):
    for verb, count, objects in written:
        with transaction.atomic():
            journal.record(Actor(), verb, Dossier(), count=count, objects=objects)
    report = verify()
    assert (report.status, report.events, report.head) == (0, Entry.objects.count(), journal.head()[1])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_page_by_page(monkeypatch, size):
    monkeypatch.setattr(verification, "PAGE", size)
    events(4)
    assert (verify().status, verify().events) == (0, 4)


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_is_found_where_it_is(column):
    events(6)
    name = connection.ops.quote_name(column)
    old = Entry.objects.values_list(next(f.name for f in Entry._meta.fields if f.column == column), flat=True).get(
        seq=4
    )
    changed = old[:-1] + ("x" if old[-1:] != "x" else "y") if old else "x"
    forge(f"UPDATE journal_entry SET {name} = %s WHERE seq = 4", [changed])
    report = verify()
    assert (report.status, report.first_bad) == (1, 4)


@pytest.mark.parametrize(
    ("query", "first_bad"),
    [
        ("UPDATE journal_entry SET count = 7 WHERE seq = 3", 3),
        ("UPDATE journal_entry SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3", 3),
        ("UPDATE journal_entry SET seq = 99 WHERE seq = 3", 3),
        ("UPDATE journal_entry SET seq = 99 WHERE seq = 6", 6),
        ("DELETE FROM journal_entry WHERE seq = 3", 3),
        ("DELETE FROM journal_entry WHERE seq = 1", 1),
        ("DELETE FROM journal_entry WHERE seq < 3", 1),
    ],
)
def test_changed_renumbered_or_deleted(query, first_bad):
    events(6)
    forge(query)
    report = verify()
    assert (report.status, report.first_bad) == (1, first_bad)


def test_two_exchanged_events():
    events(4)
    for one, other in ((2, 99), (3, 2), (99, 3)):
        forge("UPDATE journal_entry SET seq = %s WHERE seq = %s", [other, one])
    assert verify().first_bad == 2


def test_missing_triggers_are_told(capsys):
    events(1)
    triggers.drop(connection)
    assert verify().missing_triggers == list(triggers.NAMES)
    assert cli.main(["verify"]) == 1
    assert "journal_entry_no_delete" in capsys.readouterr().out
    triggers.create(connection)
    assert verify().status == 0


@pytest.mark.parametrize("good", [0, 3])
def test_an_unreadable_database_is_broken_not_a_traceback(monkeypatch, capsys, good):
    events(6)
    page = verification._page

    def damaged(connection, last, size):
        if last + size > good:
            raise DatabaseError("database disk image is malformed")
        return page(connection, last, size)

    monkeypatch.setattr(verification, "_page", damaged)
    report = verify()
    assert (report.status, report.first_bad, report.reason) == (1, good + 1, "unreadable")
    assert cli.main(["verify"]) == 1
    assert f"{good + 1}" in capsys.readouterr().out


def test_an_undecodable_text_is_found():
    if connection.vendor == "sqlite":
        events(3)
        forge("UPDATE journal_entry SET verb = CAST(x'ff' AS TEXT) WHERE seq = 2")
        assert verify().first_bad == 2
        forge("UPDATE journal_entry SET verb = x'ff' WHERE seq = 2")
        assert verify().first_bad == 2


# --- anchors ----------------------------------------------------------------------------------------------
def rewrite_everything(keep):
    """A forger with the database and the program, without the keys: a whole new chain of ``keep`` events."""
    entries = list(Entry.objects.order_by("seq"))[:keep]
    forge("DELETE FROM journal_entry")
    for entry in entries:
        entry.verb = "forged"
    with transaction.atomic():
        trail.append(entries)


def test_a_cut_tail_passes_the_chain_and_not_the_anchor(tmp_path):
    events(5)
    anchors.write(tmp_path)
    code = anchors.paper_code()
    events(2)
    assert verify(tmp_path, [code]).status == 0
    forge("DELETE FROM journal_entry WHERE seq > 3")
    assert (verify().status, verify().events) == (0, 3)
    assert verify(tmp_path).status == 2
    assert verify(codes=[code]).status == 2


def test_a_rewritten_chain_passes_the_chain_and_not_the_anchor(tmp_path):
    events(5)
    anchors.write(tmp_path)
    code = anchors.paper_code()
    rewrite_everything(5)
    assert verify().status == 0
    report = verify(tmp_path, [code])
    assert report.status == 2
    assert report.differing == ["anchor-000000000005.json", code]


@pytest.mark.parametrize(
    "change",
    [{"hash": "f" * 64}, {"seq": 2}, {"at": "2020-01-01"}, {"signature": "00" * 64}, {"signature": "zz"}, {"seq": "x"}],
)
def test_a_forged_anchor_is_not_believed(tmp_path, change):
    events(3)
    place = anchors.write(tmp_path)
    place.write_text(json.dumps({**json.loads(place.read_text()), **change}))
    assert verify(tmp_path).status == 2


def test_no_anchor_where_there_should_be_one(tmp_path, capsys):
    events(1)
    assert cli.main(["verify", "--anchors", str(tmp_path)]) == 2
    assert cli.main(["verify", "--anchors", str(tmp_path / "nowhere")]) == 2
    (tmp_path / "anchor-1.json").write_text("{}")
    assert cli.main(["verify", "--anchors", str(tmp_path)]) == 2
    assert "anchor-1.json" in capsys.readouterr().out


def test_a_paper_code_is_short_and_its_own():
    events(2)
    code = anchors.paper_code()
    assert len(code) == len("2-ABCD-EFGH-IJKL")
    assert code != anchors.short_code(2, "0" * 64)
    assert verify(codes=[f" {code.lower()} "]).status == 0
    for wrong in ("3-" + code[2:], "ABCD", "", code[:-1]):
        assert verify(codes=[wrong]).status == 2


def test_the_command_s_three_answers(tmp_path, capsys):
    assert cli.main(["anchor", "--out", str(tmp_path)]) == 0
    assert list(tmp_path.iterdir()) == []
    events(3)
    assert cli.main(["anchor", "--out", str(tmp_path)]) == 0
    assert cli.main(["anchor", "--out", str(tmp_path)]) == 0
    assert cli.main(["verify", "--anchors", str(tmp_path), "--records"]) == 0
    assert "3" in capsys.readouterr().out
    forge("DELETE FROM journal_entry WHERE seq = 3")
    assert cli.main(["verify", "--anchors", str(tmp_path)]) == 2
    forge("DELETE FROM journal_entry WHERE seq = 1")
    assert cli.main(["verify", "--anchors", str(tmp_path)]) == 1
    assert "1" in capsys.readouterr().out


def test_without_the_key_one_line_and_no_traceback(settings, tmp_path, capsys):
    events(1)
    anchors.write(tmp_path / "anchors")
    settings.KEY_DIR = tmp_path / "nowhere"
    keys.forget()
    assert cli.main(["verify"]) == 0
    capsys.readouterr()
    assert cli.main(["verify", "--anchors", str(tmp_path / "anchors")]) == 1
    assert cli.main(["anchor", "--out", str(tmp_path / "other")]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2
    keys.forget()


# --- sealed rows ------------------------------------------------------------------------------------------
def written(record, data, **event):
    with transaction.atomic():
        record.seal(data)
        record.save()
        journal.record(Actor(), "write", sealed=[record], **event)


@pytest.fixture
def record():
    keys.ensure("dossier-1", "G1")
    record = row()
    written(record, {"a": 1})
    return record


def test_sealed_rows_are_those_last_written(record, capsys):
    written(record, {"a": 2})
    report = verify(records=True)
    assert (report.status, report.records, report.untraced) == (0, 1, 0)
    assert cli.main(["verify", "--records"]) == 0
    assert "1" in capsys.readouterr().out


def test_an_older_row_put_back_whole_is_found(record, capsys):
    older = SealedFile.objects.filter(pk=record.pk).values("sealed", "revision").get()
    written(record, {"a": 2})
    SealedFile.objects.filter(pk=record.pk).update(**older)
    assert SealedFile.objects.get().unseal() == {"a": 1}
    assert verify().status == 0
    report = verify(records=True)
    assert (report.status, report.changed) == (1, [("vault_sealedfile", 2)])
    assert cli.main(["verify", "--records"]) == 1
    assert "vault_sealedfile" in capsys.readouterr().out


def test_a_blanked_or_vanished_row_is_found_unless_journaled(record):
    other = row()
    written(other, {"b": 1})
    SealedFile.objects.filter(pk=record.pk).update(sealed=b"", revision=0)
    assert verify(records=True).changed == [("vault_sealedfile", 1)]
    assert cli.main(["verify", "--records"]) == 1
    SealedFile.objects.filter(pk=record.pk).delete()
    report = verify(records=True)
    assert (report.status, report.vanished) == (1, 1)
    assert cli.main(["verify", "--records"]) == 1
    with transaction.atomic():
        journal.record(Actor(), "erase", count=keys.destroy("dossier-1"), gone=[record])
    assert verify(records=True).status == 0


def test_rows_encrypted_again_are_whole_and_each_operation_is_an_event(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path
    keys.ensure("dossier-1", "G1")
    with transaction.atomic():
        journal.record(Actor(), "add_piece", sealed=[files.store("dossier-1", "G1", b"x", {})])
    day = clock.today() + timedelta(days=1)
    with clock.at(day):
        assert reencryption.run(day).resealed == 1
    assert verify(records=True).status == 0
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True))[1:] == ["rotate_keys", "reseal"]


def test_a_row_blanked_by_an_erasure_is_whole(record):
    with transaction.atomic():
        keys.destroy("dossier-1")
        record.blank()
        record.save()
        journal.record(Actor(), "erase", sealed=[record])
    assert verify(records=True).status == 0


def test_a_row_kept_empty_after_its_erasure_is_whole_and_only_empty(record):
    bytes_before = bytes(record.sealed)
    with transaction.atomic():
        keys.destroy("dossier-1", ["G1"])
        journal.record(Actor(), "erase", gone=[record])
        SealedFile.objects.filter(pk=record.pk).update(sealed=b"", revision=0)
    report = verify(records=True)
    assert (report.status, report.untraced) == (0, 0)
    SealedFile.objects.filter(pk=record.pk).update(sealed=bytes_before, revision=1)
    assert verify(records=True).changed == [("vault_sealedfile", 2)]


def test_a_row_never_journaled_is_counted(record, capsys):
    extra = row()
    extra.seal({"a": 1})
    extra.save()
    report = verify(records=True)
    assert (report.status, report.untraced) == (0, 1)
    assert cli.main(["verify", "--records"]) == 0
    assert "jamais" in capsys.readouterr().out


def test_a_deleted_file_is_journaled_first(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path
    keys.ensure("dossier-1", "G1")
    with transaction.atomic():
        file = files.store("dossier-1", "G1", b"x", {})
        journal.record(Actor(), "add_piece", sealed=[file])
    with transaction.atomic():
        journal.record(Actor(), "remove_piece", gone=[file])
        files.delete(file)
    assert verify(records=True).status == 0
