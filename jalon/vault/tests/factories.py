"""Rows for the tests of the vault: a sealed file's row stands for any sealed row."""

from datetime import date

from jalon.vault import providers
from jalon.vault.crypto import new_key
from jalon.vault.models import SealedFile


def row(owner="dossier-1", group="G1", **fields):
    return SealedFile(
        owner=owner, group=group, path=f"aa/{new_key().hex()[:32]}", created_on=date(2026, 1, 5), **fields
    )


def slot(owner="dossier-1", group="G1", version=1):
    """A wrapped key that no table holds."""
    return providers.provider().wrap(new_key(), owner, group, version)
