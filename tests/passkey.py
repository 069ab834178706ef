"""A passkey in software: what a telephone or a security key answers to a page, made by hand for the tests."""

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

PRESENT, VERIFIED, MADE = 1, 4, 64


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftPasskey:
    """``origin``: the page where it believes to be; ``verified``: did the person show a finger or a code?"""

    def __init__(self, origin: str = "http://localhost", *, verified: bool = True) -> None:
        self.origin, self.verified = origin, verified
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.handle, self.counter = secrets.token_bytes(32), b"", 0

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, host: str, more: int = 0, tail: bytes = b"") -> bytes:
        self.counter += 1
        flags = PRESENT | (VERIFIED if self.verified else 0) | more
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.counter) + tail

    def _answer(self, **response: bytes) -> str:
        told = {name: b64(value) for name, value in response.items()}
        answer: dict[str, Any] = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": told}
        return json.dumps({**answer, "clientExtensionResults": {}})

    def make(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        self.handle = unb64(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        tail = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(cose)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(asked["rp"]["id"], MADE, tail)}
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=cbor.encode(statement))

    def use(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        data, client = self._data(asked["rpId"]), self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)
