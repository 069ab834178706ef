"""Sealed rows: bound to their table, row, owner, group, key version and revision."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from jalon.vault import keys
from jalon.vault.errors import KeyMissing, Tampered, VaultError
from jalon.vault.ids import new_id, rank
from jalon.vault.models import KeySlot, Sealed, SealedFile, seal_many

from .factories import row, slot

data = st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(), max_size=4)


def copy(source, **changes):
    fields = {field.attname: getattr(source, field.attname) for field in SealedFile._meta.fields}
    return SealedFile(**{**fields, **changes})


def test_a_number_that_is_said_aloud_is_drawn_by_lot():
    drawn = [rank() for _ in range(1000)]
    assert {len(str(one)) for one in drawn} == {4}
    assert len(set(drawn)) > 800
    assert drawn != sorted(drawn)


def test_an_id_has_128_random_bits():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(i) for i in ids} == {22}
    assert SealedFile().pk != SealedFile().pk


@given(st.lists(data, min_size=1, max_size=3))
def test_round_trip_and_revision(versions):
    wrapped, record = slot(), row()
    assert record.unseal(wrapped) == {}
    for number, words in enumerate(versions, start=1):
        record.seal(words, wrapped)
        assert record.revision == number
        assert record.unseal(wrapped) == words


@given(data, st.data())
def test_any_bit_flip_is_refused(words, drawn):
    wrapped, record = slot(), row()
    record.seal(words, wrapped)
    blob = bytearray(record.sealed)
    # The key version's two bytes choose another slot: see test_another_key_version_is_refused.
    bit = drawn.draw(st.integers(0, len(blob) * 8 - 1).filter(lambda b: b // 8 not in (2, 3)))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        copy(record, sealed=bytes(blob)).unseal(wrapped)


@pytest.mark.django_db
def test_another_key_version_is_refused():
    wrapped = keys.ensure("dossier-1", "G1")["G1"]
    record = row()
    record.seal({"a": 1})
    for byte, bit in [(2, 1), (2, 128), (3, 1), (3, 2)]:
        blob = bytearray(record.sealed)
        blob[byte] ^= bit
        for given_slot in (wrapped, None):
            with pytest.raises(Tampered):
                copy(record, sealed=bytes(blob)).unseal(given_slot)


@given(data)
def test_another_row_owner_or_group_is_refused(words):
    wrapped, record = slot(), row()
    record.seal(words, wrapped)
    for change in ({"id": new_id()}, {"owner": "dossier-2"}, {"group": "G2"}):
        with pytest.raises(Tampered):
            copy(record, **change).unseal(wrapped)


def test_records_of_two_rows_cannot_be_exchanged():
    wrapped, one, other = slot(), row(), row()
    one.seal({"a": 1}, wrapped)
    other.seal({"a": 2}, wrapped)
    one.sealed, other.sealed = other.sealed, one.sealed
    for record in (one, other):
        with pytest.raises(Tampered):
            record.unseal(wrapped)


def test_another_column_or_table_is_refused(monkeypatch):
    wrapped, record = slot(), row()
    record.seal({"a": 1}, wrapped)
    table, pk, column, *rest = record._context("dossier-1", "G1")
    assert (table, column) == ("vault_sealedfile", "sealed")
    for context in [("vault_other", pk, column, *rest), (table, pk, "other", *rest)]:
        monkeypatch.setattr(SealedFile, "_context", lambda self, owner, group, context=context: context)
        with pytest.raises(Tampered):
            record.unseal(wrapped)


def test_an_older_revision_put_back_is_refused():
    wrapped, record = slot(), row()
    record.seal({"a": 1}, wrapped)
    older = record.sealed
    record.seal({"a": 2}, wrapped)
    record.sealed = older
    with pytest.raises(Tampered):
        record.unseal(wrapped)


def test_an_emptied_record_is_refused():
    wrapped, record = slot(), row()
    record.seal({"a": 1}, wrapped)
    record.sealed = b""
    with pytest.raises(Tampered):
        record.unseal(wrapped)


def test_a_blanked_record_is_empty():
    wrapped, record = slot(), row()
    record.seal({"a": 1}, wrapped)
    record.blank()
    assert (record.sealed, record.revision, record.unseal(wrapped)) == (b"", 0, {})


def test_a_row_never_sealed_is_not_resealed():
    record = row()
    record.reseal()
    assert (record.sealed, record.revision) == (b"", 0)


def test_a_row_belongs_to_its_dossier_and_compartment_by_default():
    class Likeness:
        dossier_id = "dossier-1"
        compartment = "C11"

    assert Sealed.key_owner.fget(Likeness()) == "dossier-1"
    assert Sealed.key_group.fget(Likeness()) == "G4"


def test_texts_of_rows_name_nobody():
    assert str(row(id="f" * 22)) == "file " + "f" * 22
    assert str(KeySlot(id=3, owner="dossier-1")) == "slot 3"


def test_an_older_schema_is_brought_forward(monkeypatch):
    wrapped, record = slot(), row()
    record.seal({"name": "x"}, wrapped)
    monkeypatch.setattr(SealedFile, "SCHEMA", 3)
    monkeypatch.setattr(SealedFile, "upgrade", lambda self, data, schema: {**data, "since": schema})
    assert record.unseal(wrapped) == {"name": "x", "since": 1}


def test_a_newer_schema_is_refused(monkeypatch):
    wrapped, record = slot(), row()
    monkeypatch.setattr(SealedFile, "SCHEMA", 2)
    record.seal({"name": "x"}, wrapped)
    monkeypatch.setattr(SealedFile, "SCHEMA", 1)
    with pytest.raises(Tampered):
        record.unseal(wrapped)


@pytest.mark.django_db
def test_without_a_key_nothing_is_written():
    with pytest.raises(KeyMissing):
        row().seal({"a": 1})


@pytest.mark.django_db
def test_a_list_opens_with_its_annotation_and_no_second_query(django_assert_num_queries):
    for owner in ("dossier-1", "dossier-2", "dossier-3"):
        keys.ensure(owner, "G1")
        record = row(owner=owner)
        record.seal({"owner": owner})
        record.save()
    with django_assert_num_queries(1):
        rows = list(keys.with_key(SealedFile.objects.order_by("owner"), "G1", owner="owner"))
        assert [r.unseal(r.key_G1)["owner"] for r in rows] == ["dossier-1", "dossier-2", "dossier-3"]
    with django_assert_num_queries(1):
        assert rows[0].unseal() == {"owner": "dossier-1"}


@pytest.mark.django_db
def test_many_rows_are_sealed_with_one_query(django_assert_num_queries):
    slots = keys.ensure_many([f"dossier-{n}" for n in range(30)], ["G1", "G4"])
    assert len(slots) == KeySlot.objects.count() == 60
    pairs = [(row(owner=f"dossier-{n}", group=group), {"n": n}) for n in range(30) for group in ("G1", "G4")]
    with django_assert_num_queries(0):
        rows = seal_many(pairs, slots)
    SealedFile.objects.bulk_create(rows)
    with django_assert_num_queries(1):
        again = seal_many([(row(owner=f"dossier-{n}"), {"n": -n}) for n in range(30)])
    assert [r.unseal()["n"] for r in SealedFile.objects.filter(group="G4").order_by("owner")] == sorted(
        range(30), key=lambda n: f"dossier-{n}"
    )
    assert again[3].unseal() == {"n": -3}


@pytest.mark.django_db
def test_no_word_reaches_the_database():
    keys.ensure("dossier-1", "G1")
    record = row()
    record.seal({"name": "Canari-Vert-4711"})
    record.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM vault_sealedfile")
        stored = [bytes(v) if isinstance(v, memoryview) else str(v).encode() for v in cursor.fetchone()]
    assert not any(b"Canari" in value for value in stored)


@pytest.mark.parametrize("error", VaultError.__subclasses__())
def test_refusals_say_nothing_about_anyone(error):
    assert str(error()) == error.message
