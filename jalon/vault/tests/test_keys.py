"""Data keys: made once, found in one query, gone when destroyed, moved to a new key-encryption key."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from jalon.config import clock
from jalon.vault import crypto, keys, providers
from jalon.vault.errors import KeyMissing, Tampered
from jalon.vault.models import KeySlot, SealedFile

from .factories import row

pytestmark = pytest.mark.django_db


def sealed_row(**fields):
    record = row(**fields)
    record.seal({"a": 1})
    record.save()
    return record


def test_ensure_makes_what_is_absent_and_nothing_else(django_assert_num_queries):
    with clock.at(date(2026, 3, 4)):
        made = keys.ensure("dossier-1", "G1", "G2")
    assert set(made) == {"G1", "G2"}
    with django_assert_num_queries(1):
        assert keys.ensure("dossier-1", "G1", "G2") == made
    wider = keys.ensure("dossier-1", "G1", "G3")
    assert wider["G1"] == made["G1"]
    slots = KeySlot.objects.order_by("group")
    assert [(s.group, s.key_version, s.kek_version, s.slot_type) for s in slots] == [
        (group, 1, 1, "kek") for group in ("G1", "G2", "G3")
    ]
    assert slots[0].created_on == date(2026, 3, 4)


def test_a_group_that_does_not_exist_gets_no_key():
    for make in (lambda: keys.ensure("dossier-1", "G7"), lambda: keys.ensure_many(["dossier-1"], ["C1"])):
        with pytest.raises(ValueError, match="group"):
            make()
    assert not KeySlot.objects.exists()


def test_two_owners_never_share_a_key():
    one, other = keys.ensure("dossier-1", "G1")["G1"], keys.ensure("dossier-2", "G1")["G1"]
    provider = providers.provider()
    assert provider.unwrap(one, "dossier-1", "G1") != provider.unwrap(other, "dossier-2", "G1")
    with pytest.raises(Tampered):
        keys.opened(one, "dossier-2", "G1")


def test_a_slot_put_in_another_s_place_is_refused():
    for owner in ("dossier-1", "dossier-2"):
        keys.ensure(owner, "G1")
    record = sealed_row(owner="dossier-2")
    stolen = KeySlot.objects.get(owner="dossier-1").wrapped
    KeySlot.objects.filter(owner="dossier-2").update(wrapped=bytes(stolen))
    with pytest.raises(Tampered):
        record.unseal()


def test_destroying_keys_makes_the_words_unreadable_at_once():
    keys.ensure("dossier-1", "G1", "G4")
    keys.ensure("dossier-2", "G1")
    erased, kept, other = sealed_row(group="G4"), sealed_row(), sealed_row(owner="dossier-2")
    assert erased.unseal() == {"a": 1}
    assert keys.destroy("dossier-1", ["G4"]) == 1
    with pytest.raises(KeyMissing):
        erased.unseal()
    assert kept.unseal() == {"a": 1}
    assert keys.destroy("dossier-1") == 1
    assert keys.destroy("dossier-1") == 0
    found = keys.with_key(SealedFile.objects.filter(pk=kept.pk), "G1", owner="owner").get()
    assert found.key_G1 is None
    with pytest.raises(KeyMissing):
        found.unseal(found.key_G1)
    with pytest.raises(KeyMissing):
        found.seal({"a": 2})
    assert other.unseal() == {"a": 1}


def test_an_erased_owner_never_gets_a_key_again():
    keys.ensure("dossier-1", "G1")
    keys.destroy("dossier-1")
    for group in ("G1", "G6"):
        with pytest.raises(KeyMissing):
            keys.ensure("dossier-1", group)
    with pytest.raises(KeyMissing):
        keys.rotate("dossier-1", "G1")
    assert not KeySlot.objects.filter(owner="dossier-1").exclude(wrapped=b"").exists()
    assert keys.rewrap_all() == 0


def test_a_key_made_again_does_not_open_the_past():
    keys.ensure("dossier-1", "G3")
    record = sealed_row(group="G3")
    keys.destroy("dossier-1", ["G3"])
    keys.ensure("dossier-1", "G3")
    with pytest.raises(Tampered):
        record.unseal()


def test_an_expired_key_opens_nothing():
    closing = clock.now() + timedelta(days=15)
    keys.ensure("meeting-1", "G5s", expires_at=closing)
    record = sealed_row(owner="meeting-1", group="G5s")
    with clock.at(closing - timedelta(seconds=1)):
        assert record.unseal() == {"a": 1}
    with clock.at(closing):
        for read in (record.unseal, lambda: record.seal({"a": 2}), lambda: keys.ensure("meeting-1", "G5s")):
            with pytest.raises(KeyMissing):
                read()
        assert keys.with_key(SealedFile.objects.all(), "G5s", owner="owner").get().key_G5s is None
        assert keys.expire("meeting-1", "G5s", closing + timedelta(days=1)) == 0
    assert keys.expire("meeting-1", "G5s", closing + timedelta(days=1)) == 1
    with clock.at(closing):
        assert record.unseal() == {"a": 1}


def test_only_kek_slots_open_records():
    keys.ensure("dossier-1", "G1")
    record = sealed_row()
    for other in ({"slot_type": "escrow"}, {"slot_type": "kek", "recipient": "somebody"}):
        KeySlot.objects.update(**other)
        with pytest.raises(KeyMissing):
            record.unseal()


def test_rotation_keeps_the_past_readable_until_it_is_resealed(django_assert_num_queries):
    first = keys.ensure("dossier-1", "G1")["G1"]
    old = sealed_row()
    assert keys.rotate("dossier-1", "G1") == 2
    new = sealed_row()
    assert [crypto.record_key_version(bytes(r.sealed)) for r in (old, new)] == [1, 2]
    for record in keys.with_key(SealedFile.objects.all(), "G1", owner="owner"):
        assert record.unseal(record.key_G1) == {"a": 1}
    with django_assert_num_queries(1):
        latest = keys.with_key(SealedFile.objects.filter(pk=new.pk), "G1", owner="owner").get()
        assert latest.unseal(latest.key_G1) == {"a": 1}
    assert new.unseal(first) == {"a": 1}
    before = old.revision
    old.reseal()
    assert (crypto.record_key_version(old.sealed), old.revision) == (2, before)
    assert keys.retire("dossier-1", "G1", before=2) == 1
    assert old.unseal() == {"a": 1}
    with pytest.raises(KeyMissing):
        keys.rotate("dossier-9", "G1")


@pytest.fixture
def key_folder(tmp_path, settings):
    folder = tmp_path / "keys"
    settings.KEY_DIR = folder
    providers.create_keys(folder)
    keys.forget()
    yield folder
    keys.forget()


def test_rewrapping_moves_every_slot_and_no_data(key_folder):
    for number in range(7):
        keys.ensure(f"dossier-{number}", "G1")
    record = sealed_row()
    blob, former = bytes(record.sealed), keys.fetch("dossier-1", "G1")
    assert keys.rewrap_all() == 0
    assert providers.create_kek(key_folder) == 2
    assert keys.rewrap_all(batch=3) == 7
    assert set(KeySlot.objects.values_list("kek_version", flat=True)) == {2}
    assert keys.fetch("dossier-1", "G1") != former
    assert keys.ensure("dossier-9", "G1")
    assert KeySlot.objects.get(owner="dossier-9").kek_version == 2
    (key_folder / "kek-1.key").unlink()
    keys.forget()
    record.refresh_from_db()
    assert (bytes(record.sealed), record.unseal()) == (blob, {"a": 1})
    with pytest.raises(KeyMissing):
        keys.opened(former, "dossier-1", "G1")


def test_a_key_made_by_another_process_is_used_at_once(key_folder):
    keys.ensure("dossier-1", "G1")
    text = (key_folder / "journal.key").read_text()
    other = key_folder / "kek-2.key"
    other.write_text(text[::-1].strip())
    other.chmod(0o400)
    keys.ensure("dossier-2", "G1")
    assert list(KeySlot.objects.order_by("owner").values_list("kek_version", flat=True)) == [1, 2]
    assert keys.opened(keys.fetch("dossier-1", "G1"), "dossier-1", "G1")


def test_rewrapping_resumes_after_an_interruption(key_folder, monkeypatch):
    for number in range(6):
        keys.ensure(f"dossier-{number}", "G1")
    providers.create_kek(key_folder)
    unwrap, calls = providers.FileProvider.unwrap, []

    def failing(self, *args):
        calls.append(args)
        if len(calls) == 5:
            raise KeyMissing
        return unwrap(self, *args)

    monkeypatch.setattr(providers.FileProvider, "unwrap", failing)
    with pytest.raises(KeyMissing):
        keys.rewrap_all(batch=2)
    monkeypatch.undo()
    assert keys.rewrap_all(batch=2) == 2
    assert all(keys.opened(bytes(s.wrapped), s.owner, "G1") for s in KeySlot.objects.all())


def test_another_key_encryption_key_opens_nothing(key_folder, settings, tmp_path):
    keys.ensure("dossier-1", "G1")
    record = sealed_row()
    settings.KEY_DIR = tmp_path / "others"
    providers.create_keys(settings.KEY_DIR)
    keys.forget()
    with pytest.raises(Tampered):
        record.unseal()


def test_keyed_hashes_depend_on_purpose_and_parts():
    assert keys.mac("login", "a", "b") == keys.mac("login", "a", b"b")
    assert len({keys.mac("login", "a", "b"), keys.mac("login", "ab"), keys.mac("other", "a", "b")}) == 3


def test_signatures():
    signature = keys.sign(b"head")
    assert keys.signature_is_valid(signature, b"head")
    assert not keys.signature_is_valid(signature, b"heads")
    assert not keys.signature_is_valid(signature, b"head", bytes(32))


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_slot_leaves_the_write_ahead_log(monkeypatch):
    scrubbed = []
    scrub = keys.scrub
    monkeypatch.setattr(keys, "scrub", lambda: (scrubbed.append(connection.in_atomic_block), scrub()))
    keys.ensure("dossier-1", "G1")
    with transaction.atomic():
        keys.destroy("dossier-1")
        assert scrubbed == []
    assert scrubbed == [False]


def test_an_instant_of_expiry_is_aware():
    assert isinstance(clock.now(), datetime)
    assert clock.now().tzinfo is not None
