"""What every server checks before it answers."""

import sys
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection

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


def _on_disk() -> set[tuple[str, str]]:
    """(application, name) of every migration that this program brings: listed, none is imported at each start."""
    found = set()
    for app in apps.get_app_configs():
        folder = find_spec(f"{app.name}.migrations")
        places = (folder and folder.submodule_search_locations) or []
        found |= {(app.label, module.name) for module in iter_modules(places) if module.name[0] not in "_~"}
    return found


def refuse_another_schema() -> None:
    """Stop here when a migration is missing, or stopped half-way, or when the tables are those of a newer program.

    A database that does not answer is not another one: the server starts, and says 503 until it is back.
    """
    brought, applied = _on_disk(), set()
    try:
        with connection.cursor() as cursor:
            if "django_migrations" in connection.introspection.table_names(cursor):
                cursor.execute("SELECT app, name FROM django_migrations")
                applied = set(cursor.fetchall())
    except OperationalError:
        return
    finally:
        connection.close()
    if not applied >= brought:
        sys.exit("jalon: la base n'est pas à jour : lancez « jalon manage migrate ».")
    if {app for app, _name in applied - brought} & {app for app, _name in brought}:
        sys.exit("jalon: la base est celle d'une version plus récente du programme.")
