"""New data keys for everything: nothing lost wherever it stops, former keys destroyed a day later."""

from datetime import date, timedelta

import pytest

from jalon.config import clock
from jalon.vault import crypto, files, keys, reencryption
from jalon.vault.models import KeySlot, SealedFile
from jalon.vault.signals import key_operation

from .factories import row

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def told():
    """What the operations said, in order."""
    heard = []

    def hear(verb, count, sealed=(), **_kwargs):
        heard.append((verb, count, {row.pk for row in sealed}))

    key_operation.connect(hear)
    yield heard
    key_operation.disconnect(hear)


def world(number=5):
    """Files of several owners, made the day before."""
    with clock.at(DAY - timedelta(days=1)):
        for owner in range(number):
            keys.ensure(f"dossier-{owner}", "G1")
        return [files.store(f"dossier-{owner}", "G1", b"words %d" % owner, {"n": owner}) for owner in range(number)]


def read_all():
    return {file.owner: files.read(file) for file in SealedFile.objects.all()}


def test_everything_is_encrypted_again_and_the_past_destroyed_a_day_later(
    media, told, django_capture_on_commit_callbacks
):
    world()
    before, blobs = read_all(), {path.name: path.read_bytes() for path in media.glob("??/*")}
    former = dict(KeySlot.objects.values_list("owner", "wrapped"))
    with clock.at(DAY), django_capture_on_commit_callbacks(execute=True):
        report = reencryption.run(DAY, batch=2)
    assert (report.rotated, report.resealed, report.retired, report.waiting, report.stuck) == (5, 5, 0, 5, 0)
    assert read_all() == before
    assert blobs.keys().isdisjoint(path.name for path in media.glob("??/*"))
    assert {crypto.record_key_version(bytes(file.sealed)) for file in SealedFile.objects.all()} == {2}
    assert [verb for verb, _count, _rows in told] == ["rotate_keys"] * 3 + ["reseal"] * 3
    assert set.union(*(rows for _verb, _count, rows in told)) == set(SealedFile.objects.values_list("pk", flat=True))
    with clock.at(DAY):  # again the same day: nothing more to do
        again = reencryption.run(DAY)
    assert (again.rotated, again.resealed, again.retired) == (0, 0, 0)
    with clock.at(DAY + timedelta(days=1)):
        last = reencryption.run(DAY)
    assert (last.rotated, last.resealed, last.retired) == (0, 0, 5)
    assert read_all() == before
    assert not KeySlot.objects.filter(wrapped__in=former.values()).exists()


def test_a_row_written_under_a_former_key_meanwhile_is_not_lost(media):
    late, *_others = world(2)
    old = keys.fetch(late.owner, "G1")
    with clock.at(DAY):
        reencryption.run(DAY)
        late.refresh_from_db()
        late.seal({**late.unseal(), "meta": {"n": 9}}, old)
        late.save()
    assert crypto.record_key_version(bytes(late.sealed)) == 1
    with clock.at(DAY + timedelta(days=1)):
        assert reencryption.run(DAY).resealed == 1
    late.refresh_from_db()
    assert files.read(late)[1] == {"n": 9}


@pytest.mark.parametrize("stop", range(1, 9))
def test_stopped_anywhere_it_begins_again(media, monkeypatch, stop):
    """The trail fails at the nth operation: that one did not happen, the next run goes on."""
    world(4)
    before = read_all()
    calls = []

    def failing(verb, **_kwargs):
        calls.append(verb)
        if len(calls) == stop:
            raise OSError

    key_operation.connect(failing)
    with clock.at(DAY):
        try:
            reencryption.run(DAY, batch=1)
        except OSError:
            assert read_all() == before
        key_operation.disconnect(failing)
        reencryption.run(DAY, batch=3)
    assert len(calls) == stop
    assert read_all() == before
    assert {crypto.record_key_version(bytes(file.sealed)) for file in SealedFile.objects.all()} == {2}


def test_what_cannot_be_opened_keeps_its_key_and_is_counted(media):
    gone, altered, _sound = world(3)
    files.location(gone).unlink()
    files.location(altered).write_bytes(bytes(files.ON_DISK))
    with clock.at(DAY):
        report = reencryption.run(DAY)
    assert (report.resealed, report.missing, report.stuck) == (2, 1, 1)
    with clock.at(DAY + timedelta(days=1)):
        assert reencryption.run(DAY).retired == 2
    for file, number in ((gone, 0), (altered, 1)):
        file.refresh_from_db()
        assert file.unseal()["meta"] == {"n": number}


def test_a_window_keeps_its_end_and_an_erased_owner_gets_nothing(media):
    closing = clock.now() + timedelta(days=3650)
    with clock.at(DAY - timedelta(days=1)):
        keys.ensure("meeting-1", "G5s", expires_at=closing)
        keys.ensure("dossier-9", "G1")
        row(owner="dossier-9", sealed=b"").save()
        keys.destroy("dossier-9")
    with clock.at(DAY):
        assert reencryption.run(DAY).rotated == 1
    assert set(KeySlot.objects.filter(owner="meeting-1").values_list("key_version", "expires_at")) == {
        (1, closing),
        (2, closing),
    }
    assert not KeySlot.objects.filter(owner="dossier-9").exclude(wrapped=b"").exists()
