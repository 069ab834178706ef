"""What every server checks before it answers."""

import sys

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

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


def refuse_another_schema() -> None:
    """Stop here when a migration is missing, or stopped half-way, or when the tables are those of a newer program.

    A database that does not answer is not another one: the server starts, and says 503 until it is back.
    """
    try:
        executor = MigrationExecutor(connection)
    except OperationalError:
        return
    finally:
        connection.close()
    loader = executor.loader
    if not loader.applied_migrations.keys() >= loader.graph.nodes.keys():
        sys.exit("jalon: la base n'est pas à jour : lancez « jalon manage migrate ».")
    if any(key[0] in loader.migrated_apps and key not in loader.disk_migrations for key in loader.applied_migrations):
        sys.exit("jalon: la base est celle d'une version plus récente du programme.")
