"""Archives: sealed streams open whole or not at all, values lose nothing, no name escapes the folder."""

import io
import json
import tarfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from jalon.vault import archive
from jalon.vault.archive import Unreadable

ONE, OTHER = archive.new_identity(), archive.new_identity()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data.age"


def seal(place, content, *identities):
    with archive.sealing(place, [archive.recipient_of(one) for one in identities]) as stream:
        stream.write(content)


def test_what_is_sealed_comes_back_for_each_of_its_keepers(place):
    content = bytes(range(256)) * 5_000
    seal(place, content, ONE, OTHER)
    assert place.stat().st_mode & 0o077 == 0
    assert content[:64] not in place.read_bytes()
    for keeper in (ONE, OTHER):
        with archive.opening(place, [keeper]) as stream:
            assert stream.read() == content


def test_nobody_else_opens_it(place):
    seal(place, b"x", ONE)
    with pytest.raises(Unreadable), archive.opening(place, [OTHER]) as stream:
        stream.read()


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:]])
def test_an_archive_cut_or_changed_does_not_open(place, change):
    seal(place, b"word" * 50_000, ONE)
    place.write_bytes(change(place.read_bytes()))
    with pytest.raises(Unreadable), archive.opening(place, [ONE]) as stream:
        stream.read()


def test_what_fails_on_the_way_leaves_no_archive(place):
    def half():
        with archive.sealing(place, [archive.recipient_of(ONE)]) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert not place.exists()


@pytest.mark.parametrize("line", ["", "age1", "AGE-SECRET-KEY-1", "é"])
def test_a_line_that_is_no_identity_is_told(line, place):
    with pytest.raises(Unreadable):
        archive.recipient_of(line)
    with pytest.raises(Unreadable), archive.sealing(place, [line]):
        pass


def test_dates_and_amounts_lose_nothing():
    value = {"at": datetime(2026, 3, 1, 9, 30, 0, 123457, tzinfo=UTC), "on": date(2026, 3, 1), "sum": Decimal("12.30")}
    told = json.loads(json.dumps(value, default=archive._plain))
    assert told == {"at": "2026-03-01T09:30:00.123457+00:00", "on": "2026-03-01", "sum": "12.30"}
    with pytest.raises(TypeError):
        json.dumps({"x": object()}, default=archive._plain)


def test_files_come_back_and_no_name_leaves_the_folder(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "ab").mkdir(parents=True)
    (source / "ab" / "one").write_bytes(b"1" * 70_000)
    held = io.BytesIO()
    assert archive.write_files(held, source) == 1
    held.seek(0)
    assert archive.read_files(held, target) == 1
    assert (target / "ab" / "one").read_bytes() == b"1" * 70_000
    hostile = io.BytesIO()
    with tarfile.open(fileobj=hostile, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("../escaped"))
    hostile.seek(0)
    with pytest.raises(tarfile.TarError):
        archive.read_files(hostile, target)
    assert not (tmp_path / "escaped").exists()
