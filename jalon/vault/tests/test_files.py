"""Encrypted files: whole or absent, in order, and never in clear on the disk."""

import os

import pytest
from django.db import DatabaseError, transaction

from jalon.vault import files, keys
from jalon.vault.errors import FileMissing, KeyMissing, Tampered
from jalon.vault.models import SealedFile

pytestmark = pytest.mark.django_db
META = {"name": "passeport.pdf", "type": "application/pdf"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path / "media"
    keys.ensure("dossier-1", "G2")
    return settings.MEDIA_DIR


def stored(content=b"words", meta=META):
    return files.store("dossier-1", "G2", content, meta)


@pytest.mark.parametrize("size", [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK])
def test_round_trip_in_padded_chunks(size):
    content = os.urandom(size)
    file = SealedFile.objects.get(pk=stored(content).pk)
    assert files.read(file) == (content, META)
    assert files.location(file).stat().st_size == max(1, -(-size // files.CHUNK)) * files.ON_DISK


def test_nothing_in_clear_on_the_disk(media):
    stored(b"Canari-Vert-4711 " * 5000, {"name": "Canari-Vert-4711.pdf"})
    (file,) = [path for path in media.rglob("*") if path.is_file()]
    assert b"Canari" not in file.read_bytes()
    assert "Canari" not in str(file)
    assert file.stat().st_mode & 0o077 == 0


def test_two_files_have_two_keys_and_two_names():
    one, other = stored(), stored()
    assert one.path != other.path
    assert one.unseal()["key"] != other.unseal()["key"]


def changed(file, change):
    place = files.location(file)
    blob = bytearray(place.read_bytes())
    place.write_bytes(change(blob))
    return pytest.raises(Tampered)


def flip(position):
    def change(blob):
        blob[position] ^= 1
        return bytes(blob)

    return change


CHUNKS = files.ON_DISK


@pytest.mark.parametrize(
    "change",
    [
        flip(0),
        flip(20),
        flip(CHUNKS),
        flip(-1),
        lambda blob: bytes(blob[:CHUNKS]),
        lambda blob: bytes(blob[: 2 * CHUNKS]),
        lambda blob: bytes(blob[:-1]),
        lambda blob: b"",
        lambda blob: bytes(blob + blob[:CHUNKS]),
        lambda blob: bytes(blob + b"x"),
        lambda blob: bytes(blob[CHUNKS : 2 * CHUNKS] + blob[:CHUNKS] + blob[2 * CHUNKS :]),
        lambda blob: bytes(blob[: 2 * CHUNKS] + blob[:CHUNKS]),
    ],
    ids=[
        "nonce",
        "body",
        "second",
        "tag",
        "one left",
        "two left",
        "byte",
        "all",
        "added",
        "byte added",
        "swapped",
        "replaced",
    ],
)
def test_a_changed_file_is_refused(change):
    file = stored(os.urandom(3 * files.CHUNK - 10))
    with changed(file, change):
        files.read(file)


def test_a_file_in_another_s_place_is_refused():
    one, other = stored(b"one"), stored(b"other")
    files.location(one).write_bytes(files.location(other).read_bytes())
    with pytest.raises(Tampered):
        files.read(one)
    one.path = other.path
    with pytest.raises(Tampered):
        files.read(one)


@pytest.mark.parametrize("path", ["../secret", "aa/../../x", "/etc/passwd", "", "ab/" + "c" * 32])
def test_a_path_that_is_not_ours_is_refused(path):
    file = stored()
    file.path = path
    with pytest.raises(Tampered):
        files.read(file)


def test_a_missing_file_and_a_destroyed_key():
    file, other = stored(), stored()
    files.location(file).unlink()
    with pytest.raises(FileMissing):
        files.read(file)
    keys.destroy("dossier-1")
    with pytest.raises(KeyMissing):
        files.read(other)


def test_a_write_that_fails_leaves_nothing(media, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        stored()
    assert not SealedFile.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_row_that_fails_leaves_no_file(media, monkeypatch):
    def refused(self, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(SealedFile, "save", refused)
    with pytest.raises(DatabaseError):
        stored()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_sweeping_removes_what_no_row_knows(media):
    kept = stored()
    with transaction.atomic():
        stored()
        transaction.set_rollback(True)
    (media / "ab").mkdir(exist_ok=True)
    (media / "ab" / ("ab" + "c" * 30 + ".part")).write_bytes(b"x")
    (media / "ab" / "not-ours.txt").write_bytes(b"x")
    assert files.sweep() == 0
    assert files.sweep(older_than=-1) == 2
    assert files.read(kept) == (b"words", META)
    assert (media / "ab" / "not-ours.txt").exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_removed_once_its_deletion_is_committed():
    file = stored()
    place = files.location(file)
    with transaction.atomic():
        files.delete(file)
        transaction.set_rollback(True)
    assert place.exists()
    with transaction.atomic():
        files.delete(SealedFile.objects.get())
        assert place.exists()
    assert not place.exists()
