"""Whatever is changed, moved or cut is refused; what is sealed comes back as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jalon.vault import crypto
from jalon.vault.errors import Tampered

KEY = crypto.cipher(bytes(range(32)))
KEK = crypto.cipher(bytes(range(1, 33)))
CONTEXT = ("people_identity", "row-1", "sealed", "dossier-1", "G1")

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


def sealed(value="x", key_version=1, context=CONTEXT, schema=1):
    return crypto.seal_record(KEY, key_version, context, schema, value)


@given(values)
def test_what_is_sealed_comes_back(value):
    assert crypto.open_record(KEY, sealed(value), CONTEXT, 1) == value


@given(st.text(max_size=300), st.data())
def test_any_bit_flip_is_refused(value, data):
    blob = bytearray(sealed(value))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        crypto.open_record(KEY, bytes(blob), CONTEXT, 1)


@given(st.integers(0, 300))
def test_any_cut_is_refused(length):
    blob = sealed("x" * 200)
    with pytest.raises(Tampered):
        crypto.open_record(KEY, blob[: min(length, len(blob) - 1)], CONTEXT, 1)


@given(st.integers(0, len(CONTEXT) - 1), st.text(max_size=30))
def test_any_other_place_is_refused(position, other):
    moved = (*CONTEXT[:position], other, *CONTEXT[position + 1 :])
    if moved != CONTEXT:
        with pytest.raises(Tampered):
            crypto.open_record(KEY, sealed(), moved, 1)


@given(st.lists(st.text(max_size=4), min_size=5, max_size=5), st.lists(st.text(max_size=4), min_size=5, max_size=5))
def test_shifted_parts_never_look_alike(one, other):
    if one != other:
        with pytest.raises(Tampered):
            crypto.open_record(KEY, sealed(context=tuple(one)), tuple(other), 1)


def test_another_schema_version_is_refused():
    with pytest.raises(Tampered):
        crypto.open_record(KEY, sealed(schema=1), CONTEXT, 2)


def test_another_key_is_refused():
    with pytest.raises(Tampered):
        crypto.open_record(KEK, sealed(), CONTEXT, 1)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_has_256_bits(length):
    with pytest.raises(Tampered):
        crypto.cipher(bytes(length))


def test_length_prefixes_separate_parts():
    assert crypto.prefixed("ab", "c") != crypto.prefixed("a", "bc")
    assert crypto.prefixed("a", "") != crypto.prefixed("a")
    assert crypto.prefixed("é") == b"\0\0\0\x02" + "é".encode()


@given(st.text(max_size=9000), st.text(max_size=9000))
def test_a_length_says_only_its_class(one, other):
    classes = [crypto.padded_size(len(crypto.canonical(value))) for value in (one, other)]
    assert (len(sealed(one)) == len(sealed(other))) == (classes[0] == classes[1])
    assert len(sealed(one)) == 4 + 12 + classes[0] + 16


@pytest.mark.parametrize(
    ("length", "size"), [(0, 256), (256, 256), (257, 1024), (1024, 1024), (1025, 4096), (4096, 4096), (4097, 8192)]
)
def test_size_classes(length, size):
    assert crypto.padded_size(length) == size


def test_short_answers_look_alike():
    assert len(sealed({"plainte": "non"})) == len(sealed({"plainte": "oui, plainte déposée"}))


def test_record_layout():
    blob = sealed("x", key_version=258)
    assert blob[:4] == bytes([1, 1, 1, 2])
    assert len(blob) == 1 + 1 + 2 + 12 + 256 + 16
    assert crypto.record_key_version(blob) == 258


def test_the_same_record_is_never_sealed_twice_alike():
    assert sealed() != sealed()


def test_a_null_character_survives_the_padding():
    assert crypto.open_record(KEY, sealed("a\0b\0"), CONTEXT, 1) == "a\0b\0"


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), object(), {"a": b"x"}, "\ud800"])
def test_only_plain_json_is_sealed_and_the_refusal_says_no_content(value):
    with pytest.raises(ValueError, match="plain JSON values only") as caught:
        sealed(value)
    assert caught.value.__context__ is None


def test_a_refusal_carries_nothing_of_the_content(monkeypatch):
    monkeypatch.setattr(crypto, "canonical", lambda value: b"Canari {")
    blob = sealed()
    with pytest.raises(Tampered) as caught:
        crypto.open_record(KEY, blob, CONTEXT, 1)
    assert caught.value.__context__ is None


def test_canonical_json_is_canonical():
    assert crypto.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert json.loads(crypto.canonical({"a": [1, None]})) == {"a": [1, None]}


# --- wrapped keys -----------------------------------------------------------------------------------------
def test_a_wrapped_key_opens_only_in_its_place():
    key = crypto.new_key()
    wrapped = crypto.wrap_key(KEK, 3, key, "dossier-1", "G1", 2)
    assert crypto.unwrap_key(KEK, wrapped, "dossier-1", "G1") == key
    assert crypto.slot_versions(wrapped) == (2, 3)
    for owner, group in [("dossier-2", "G1"), ("dossier-1", "G2"), ("dossier-1G", "1"), ("", "")]:
        with pytest.raises(Tampered):
            crypto.unwrap_key(KEK, wrapped, owner, group)


def test_any_bit_flip_of_a_wrapped_key_is_refused():
    wrapped = crypto.wrap_key(KEK, 1, crypto.new_key(), "dossier-1", "G1", 1)
    for bit in range(len(wrapped) * 8):
        blob = bytearray(wrapped)
        blob[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            crypto.unwrap_key(KEK, bytes(blob), "dossier-1", "G1")


# --- keyed hashes and signatures --------------------------------------------------------------------------
@given(st.text(max_size=20), st.text(max_size=20))
def test_each_purpose_has_its_own_key(one, other):
    key = bytes(32)
    assert (crypto.subkey(key, one) == crypto.subkey(key, other)) == (one == other)


@given(st.binary(max_size=50), st.integers(0, 511))
def test_a_signature_signs_one_message(message, bit):
    seed = bytes(range(32))
    signature = bytearray(crypto.sign(seed, message))
    public = crypto.public_key(seed)
    assert crypto.signature_is_valid(public, bytes(signature), message)
    assert not crypto.signature_is_valid(public, bytes(signature), message + b"!")
    signature[bit // 8] ^= 1 << bit % 8
    assert not crypto.signature_is_valid(public, bytes(signature), message)
    assert not crypto.signature_is_valid(b"short", bytes(signature), message)


# --- file chunks ------------------------------------------------------------------------------------------
def test_a_chunk_opens_only_in_its_place():
    blob = crypto.seal_chunk(KEY, "file", 1, False, 1, b"words")
    assert crypto.open_chunk(KEY, "file", 1, False, 1, blob) == b"words"
    for place in [("other", 1, False, 1), ("file", 2, False, 1), ("file", 1, True, 1), ("file", 1, False, 2)]:
        with pytest.raises(Tampered):
            crypto.open_chunk(KEY, *place, blob)
    with pytest.raises(Tampered):
        crypto.open_chunk(KEY, "file", 1, False, 1, b"")
