"""The signature of a package: its fingerprint, who signed and when, under the platform's Ed25519 key.

The fingerprint says that the content did not move; the signature, that this manager signed it at that instant: a row
changed in the database, with its fingerprint made anew, no longer verifies.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from jalon.vault import keys

from .models import Package
from .package import digest

PURPOSE = "jalon package 1"


def sign(package: Package) -> str:
    """The signature in hexadecimal; ``digest``, ``signed_by`` and ``signed_at`` are set."""
    return keys.sign(_message(package)).hex()


def intact(package: Package, content: Mapping[str, Any]) -> bool:
    """Is this content what was signed, by whom and when the row says?"""
    if not package.signature or package.digest != digest(content):
        return False
    return keys.signature_is_valid(bytes.fromhex(package.signature), _message(package))


def _message(package: Package) -> bytes:
    at = package.signed_at.astimezone(UTC).isoformat() if package.signed_at else ""
    signed = [PURPOSE, package.pk, package.application_id, package.version, package.digest, package.signed_by_id, at]
    return json.dumps(signed, separators=(",", ":")).encode()
