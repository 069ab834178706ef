"""What a person types to sign in, and the only form under which it is kept: a keyed hash."""

import unicodedata

from jalon.vault import keys


def normalised(typed: str) -> str:
    """One spelling for one login: NFKC, no outer space, no case."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def login_hash(typed: str) -> str:
    """The hexadecimal keyed hash kept in ``User.login``; the typed text itself is never stored in clear."""
    return keys.mac("login", normalised(typed)).hex()
