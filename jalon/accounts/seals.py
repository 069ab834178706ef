"""Second-factor secrets: small texts sealed under the staff key, each bound to its account and its use."""

import base64

from jalon.vault import crypto, keys
from jalon.vault.errors import Tampered

SCHEMA = 1


def seal(user_id: str, use: str, secret: str) -> str:
    """A text for a JSON column or a session, which opens only for this account and this use."""
    version, cipher = keys.opened(keys.ensure(keys.STAFF, "GS")["GS"], keys.STAFF, "GS")
    blob = crypto.seal_record(cipher, version, _context(user_id, use), SCHEMA, {"secret": secret})
    return base64.b64encode(blob).decode()


def unseal(user_id: str, use: str, sealed: str) -> str:
    """The secret. Raises Tampered when it was sealed for another account or another use."""
    try:
        blob = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise Tampered from None
    wrapped = keys.fetch(keys.STAFF, "GS", crypto.record_key_version(blob))
    cipher = keys.opened(wrapped, keys.STAFF, "GS")[1]
    return str(crypto.open_record(cipher, blob, _context(user_id, use), SCHEMA)["secret"])


def _context(user_id: str, use: str) -> tuple[str, ...]:
    return ("accounts", user_id, use, keys.STAFF, "GS")
