"""Texts bound to one account and one use: second-factor secrets under the staff key, a kept form under a dossier's."""

import base64

from jalon.vault import crypto, keys
from jalon.vault.errors import Tampered

SCHEMA = 1


def seal(user_id: str, use: str, secret: str, owner: str = keys.STAFF, group: str = "GS", slot: bytes = b"") -> str:
    """A text for a JSON column or a session, which opens only for this account and this use.

    ``slot``: the wrapped key of another owner and group.
    """
    version, cipher = keys.opened(slot or keys.ensure(owner, group)[group], owner, group)
    blob = crypto.seal_record(cipher, version, _context(user_id, use, owner, group), SCHEMA, {"secret": secret})
    return base64.b64encode(blob).decode()


def unseal(user_id: str, use: str, sealed: str, owner: str = keys.STAFF, group: str = "GS") -> str:
    """The secret. Raises Tampered when it was sealed for another account or use, KeyMissing once its key is gone."""
    try:
        blob = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise Tampered from None
    cipher = keys.opened(keys.fetch(owner, group, crypto.record_key_version(blob)), owner, group)[1]
    return str(crypto.open_record(cipher, blob, _context(user_id, use, owner, group), SCHEMA)["secret"])


def _context(user_id: str, use: str, owner: str, group: str) -> tuple[str, ...]:
    return ("accounts", user_id, use, owner, group)
