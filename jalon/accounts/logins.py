"""What a person types to sign in, and the only form under which it is kept: a keyed hash."""

import unicodedata

from jalon.vault import keys


def normalised(typed: str) -> str:
    """One spelling for one login: NFKC, no outer space, no case."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def login_hash(typed: str, *, hers: bool = False) -> str:
    """The hexadecimal keyed hash kept in ``User.login``; the typed text itself is never stored in clear.

    ``hers``: typed on the host of the persons themselves. The same text is then another login, so that no account of
    one host exists on the other: what is typed there is unknown, like anything else.
    """
    return keys.mac("login of a person" if hers else "login", normalised(typed)).hex()
