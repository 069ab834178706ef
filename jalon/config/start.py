"""What every server checks before it answers."""

import sys

from django.conf import settings

from jalon.vault import providers
from jalon.vault.errors import VaultError

RESTORED = "restored"  # made in the data folder by who puts a backup back, removed by ``erasures replay``


def refuse_misplaced_keys() -> None:
    """Stop here, with one sentence, when a key is absent, misplaced or readable by others."""
    try:
        providers.verify()
    except VaultError as refused:
        sys.exit(f"jalon: {refused}")


def refuse_a_fallen_wall() -> None:
    """Stop here when the installation asks for the wall and it does not stand."""
    from jalon.people import wall

    try:
        wall.verify()
    except VaultError as refused:
        sys.exit(f"jalon: {refused}")


def refuse_forgotten_erasures() -> None:
    """Stop here while a backup was put back and the erasures made since were not made again (docs/operating.md)."""
    if (settings.DATA_DIR / RESTORED).exists():
        sys.exit("jalon: sauvegarde restaurée : lancez d'abord « jalon manage erasures replay FICHIER ».")
