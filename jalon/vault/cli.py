"""``jalon keys``: make, check, renew."""

import argparse
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from . import keys, providers
from .errors import VaultError


def main(argv: list[str]) -> int:
    """Exit status: 0 done, 1 refused with one sentence."""
    parser = argparse.ArgumentParser(prog="jalon keys")
    parser.add_argument(
        "command", choices=["init", "check", "renew", "rewrap"], help=_("créer, vérifier, renouveler, réenvelopper")
    )
    parser.add_argument("--dir", type=Path, default=Path(settings.KEY_DIR), metavar="DIR")
    options = parser.parse_args(argv)
    try:
        print(COMMANDS[options.command](options.dir))
    except VaultError as refused:
        print(refused)
        return 1
    return 0


def _init(folder: Path) -> str:
    made = providers.create_keys(folder, demo=settings.DEMO)
    if not made:
        return _("Les clés existent déjà dans %(folder)s.") % {"folder": folder}
    found = {"names": ", ".join(made), "folder": folder}
    return _("Clés créées dans %(folder)s : %(names)s. Gardez-en une copie hors des sauvegardes.") % found


def _check(folder: Path) -> str:
    providers.verify()
    return _("Les clés sont en place.")


def _renew(folder: Path) -> str:
    version = providers.create_kek(folder)
    found = {"version": version, "count": keys.rewrap_all()}
    return _("Clé d'enveloppe %(version)d créée ; %(count)d enveloppes refaites.") % found


def _rewrap(folder: Path) -> str:
    return _("%(count)d enveloppes refaites.") % {"count": keys.rewrap_all()}


COMMANDS = {"init": _init, "check": _check, "renew": _renew, "rewrap": _rewrap}
