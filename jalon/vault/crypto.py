"""Ciphers, and nothing else: the only module of the program that imports ``cryptography``.

Everything sealed is AES-256-GCM with a random nonce and length-prefixed associated data, so that moving a ciphertext
to another row, column, owner, group or version is refused. Layouts (big endian):

    record   format(1) algorithm(1) key version(2) nonce(12) ciphertext tag(16)
    slot     format(1) algorithm(1) key version(2) kek version(2) nonce(12) wrapped key(32) tag(16)
             or, algorithm 2: the same head, then what a key service answered (see ``kms``)
    chunk    nonce(12) ciphertext tag(16)
"""

import hashlib
import hmac
import json
import os
from functools import lru_cache
from struct import Struct
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import Tampered

FORMAT = 1
ALGORITHM = 1  # AES-256-GCM, 96-bit nonce, 128-bit tag
EXTERNAL = 2  # wrapped by a key service outside this machine
KEY_BYTES = 32
NONCE = 12
TAG = 16
STEPS = (256, 1024, 4096)

_record = Struct(">BBH")
_slot = Struct(">BBHH")
_BODY = _record.size + NONCE
_WRAPPED = _slot.size + NONCE

Cipher = AESGCM
Part = str | bytes | int
Context = tuple[str, str, str, str, str]  # table, row id, column, owner, group


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def cipher(key: bytes) -> Cipher:
    if len(key) != KEY_BYTES:
        raise Tampered
    return AESGCM(key)


def prefixed(*parts: Part) -> bytes:
    """Each part preceded by its length on four bytes: ("ab", "c") and ("a", "bc") never look alike."""
    if len(parts) == 1 and isinstance(parts[0], str):  # asked for each row of a list
        only = parts[0].encode()
        return len(only).to_bytes(4, "big") + only
    out = []
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        out.append(len(raw).to_bytes(4, "big"))
        out.append(raw)
    return b"".join(out)


@lru_cache(maxsize=4096)
def _frame(table: str, column: str, group: str, key_version: int, schema: int) -> tuple[bytes, bytes, bytes]:
    """What the associated data of records have in common: before the row's id, between it and the owner, after."""
    return prefixed("psp1", "rec", table), prefixed(column), prefixed(group, key_version, schema)


def _associated(context: Context, key_version: int, schema: int) -> bytes:
    """``prefixed("psp1", "rec", *context, key_version, schema)``: a list of records asks it hundreds of times."""
    table, row, column, owner, group = context
    head, middle, tail = _frame(table, column, group, key_version, schema)
    row_id, owner_id = row.encode(), owner.encode()
    sizes = len(row_id).to_bytes(4, "big"), len(owner_id).to_bytes(4, "big")
    return b"".join((head, sizes[0], row_id, middle, sizes[1], owner_id, tail))


# --- sealed records ---------------------------------------------------------------------------------------
_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """Canonical JSON. Raises ValueError, without the content, on what is not plain JSON."""
    try:
        return _encode(value).encode()
    except (TypeError, ValueError, RecursionError):
        pass  # raised below: the error caught here holds the content
    raise ValueError("a sealed record holds plain JSON values only")


def padded_size(length: int) -> int:
    """The size class of a plaintext: 256, 1,024, 4,096, then multiples of 4,096 bytes."""
    for step in STEPS:
        if length <= step:
            return step
    return -(-length // STEPS[-1]) * STEPS[-1]


def seal_record(key: Cipher, key_version: int, context: Context, schema: int, value: Any) -> bytes:
    """Seal a JSON value under exactly this context."""
    plain = canonical(value)
    nonce = os.urandom(NONCE)
    associated = _associated(context, key_version, schema)
    body = key.encrypt(nonce, plain.ljust(padded_size(len(plain)), b"\0"), associated)
    return _record.pack(FORMAT, ALGORITHM, key_version) + nonce + body


def open_record(key: Cipher, blob: bytes, context: Context, schema: int) -> Any:
    """Open a record sealed under exactly this context and schema version. Raises Tampered otherwise."""
    associated = _associated(context, record_key_version(blob), schema)
    try:
        plain = key.decrypt(blob[_record.size : _BODY], blob[_BODY:], associated)
        # Canonical JSON has no raw NUL: the first one begins the padding.
        text = plain.partition(b"\0")[0].decode()
        value, end = _decode(text)
    except (InvalidTag, ValueError):
        pass  # raised below: the error caught here may hold the content
    else:
        if end == len(text):
            return value
    raise Tampered


def record_key_version(blob: bytes) -> int:
    """The key version written at the head of a record. Raises Tampered when the head is not ours."""
    if len(blob) < _BODY + TAG or blob[0] != FORMAT or blob[1] != ALGORITHM:
        raise Tampered
    return int.from_bytes(blob[2:4], "big")


# --- key slots --------------------------------------------------------------------------------------------
def wrap_key(kek: Cipher, kek_version: int, key: bytes, owner: str, group: str, key_version: int) -> bytes:
    nonce = os.urandom(NONCE)
    associated = prefixed("psp1", "dek", owner, group, key_version, kek_version)
    return _slot.pack(FORMAT, ALGORITHM, key_version, kek_version) + nonce + kek.encrypt(nonce, key, associated)


def unwrap_key(kek: Cipher, wrapped: bytes, owner: str, group: str) -> bytes:
    key_version, kek_version = slot_versions(wrapped)
    associated = prefixed("psp1", "dek", owner, group, key_version, kek_version)
    try:
        return kek.decrypt(wrapped[_slot.size : _WRAPPED], wrapped[_WRAPPED:], associated)
    except (InvalidTag, ValueError):
        raise Tampered from None


def slot_versions(wrapped: bytes) -> tuple[int, int]:
    """(key version, kek version) written at the head of a wrapped key."""
    if len(wrapped) <= _slot.size or wrapped[0] != FORMAT or wrapped[1] not in (ALGORITHM, EXTERNAL):
        raise Tampered
    if wrapped[1] == ALGORITHM and len(wrapped) != _WRAPPED + KEY_BYTES + TAG:
        raise Tampered
    return int.from_bytes(wrapped[2:4], "big"), int.from_bytes(wrapped[4:6], "big")


def external_slot(key_version: int, kek_version: int, body: bytes) -> bytes:
    """A slot whose key was wrapped elsewhere; ``body`` is the answer of the key service."""
    return _slot.pack(FORMAT, EXTERNAL, key_version, kek_version) + body


def external_body(wrapped: bytes) -> bytes | None:
    """What the key service answered, or None when the key was wrapped here."""
    slot_versions(wrapped)
    return wrapped[_slot.size :] if wrapped[1] == EXTERNAL else None


# --- file chunks ------------------------------------------------------------------------------------------
def seal_chunk(key: Cipher, file_id: str, number: int, last: bool, key_version: int, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, plain, prefixed("psp1", "file", file_id, number, int(last), key_version))


def open_chunk(key: Cipher, file_id: str, number: int, last: bool, key_version: int, blob: bytes) -> bytes:
    associated = prefixed("psp1", "file", file_id, number, int(last), key_version)
    try:
        return key.decrypt(blob[:NONCE], blob[NONCE:], associated)
    except (InvalidTag, ValueError):
        raise Tampered from None


# --- for someone else to open (escrow) ---------------------------------------------------------------------
# RFC 9180: X25519, HKDF-SHA-256, AES-256-GCM.
_suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def recipient_of(private: bytes) -> bytes:
    """The public half (32 bytes) of an X25519 private key of 32 bytes."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(*raw)


def seal_for(recipient: bytes, purpose: str, plain: bytes) -> bytes:
    """Only the private half of ``recipient`` opens it, and only for this purpose."""
    public = X25519PublicKey.from_public_bytes(recipient)
    return _suite.encrypt(plain, public, info=prefixed("psp1", purpose))


def open_with(private: bytes, purpose: str, sealed: bytes) -> bytes:
    try:
        key = X25519PrivateKey.from_private_bytes(private)
        return _suite.decrypt(sealed, key, info=prefixed("psp1", purpose))
    except (InvalidTag, ValueError):
        raise Tampered from None


# --- keyed hashes and signatures --------------------------------------------------------------------------
@lru_cache(maxsize=256)
def subkey(key: bytes, purpose: str) -> bytes:
    """An independent key for one purpose (HKDF-SHA-256)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=prefixed("psp1", purpose)).derive(key)


def mac(key: bytes, *parts: str | bytes) -> bytes:
    return hmac.digest(key, prefixed(*parts), "sha256")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def public_key(seed: bytes) -> bytes:
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw)


def signature_is_valid(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
