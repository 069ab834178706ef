"""Public identifiers: 128 random bits, no sequence number, fit for an address."""

import secrets

LENGTH = 22


def new_id() -> str:
    """A new identifier of 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def rank() -> int:
    """Four digits for a number said aloud: drawn by lot, for one that follows tells how many came between."""
    return secrets.randbelow(9_000) + 1_000
