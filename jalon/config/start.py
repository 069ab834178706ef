"""What every server checks before it answers."""

import sys

from jalon.vault import providers
from jalon.vault.errors import VaultError


def refuse_misplaced_keys() -> None:
    """Stop here, with one sentence, when a key is absent, misplaced or readable by others."""
    try:
        providers.verify()
    except VaultError as refused:
        sys.exit(f"jalon: {refused}")
