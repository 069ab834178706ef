"""``jalon backup`` and ``jalon restore``."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from jalon.vault.errors import VaultError

from .backups import Refusal, backup, drill, prune, restore


def main(command: str, argv: list[str]) -> int:
    """Exit status: 0 done, 1 refused with one sentence."""
    parser = argparse.ArgumentParser(prog=f"jalon {command}")
    drills = command == "restore"
    parser.add_argument("folder", type=Path, nargs="?" if drills else None, metavar="DIR")  # type: ignore[arg-type]
    parser.add_argument("--keyring", type=Path, metavar="DIR", help=_("où est le trousseau, à garder à part"))
    if drills:
        parser.add_argument("--identity", type=Path, metavar="FILE", help=_("identité age qui ouvre la sauvegarde"))
        parser.add_argument("--erased", type=Path, metavar="FILE", help=_("dernière liste d'effacements, à rejouer"))
        parser.add_argument(
            "--drill", action="store_true", help=_("exercice : restaurer ailleurs, chronométrer, jeter")
        )
    options = parser.parse_args(argv)
    if drills and not options.drill and options.folder is None:
        parser.error(_("indiquez le dossier de la sauvegarde"))
    try:
        print(_backup(options) if command == "backup" else _restore(options))
    except (Refusal, VaultError) as refused:
        print(refused)
        return 1
    except OSError as error:  # a disk that is full or read-only: nothing is left of the attempt
        print(error.strerror)
        return 1
    return 0


def _backup(options: argparse.Namespace) -> str:
    place = backup(options.folder, options.keyring)
    apart = (options.keyring or options.folder) / f"{place.name}-keyring"
    found: dict[str, Any] = {"place": place, "apart": apart}
    found["old"], found["rings"] = prune(options.folder, options.keyring)
    said = _("Sauvegarde : %(place)s\nTrousseau, à garder ailleurs : %(apart)s") % found
    return said + "\n" + _("Sauvegardes et trousseaux trop anciens, effacés : %(old)d et %(rings)d.") % found


def _restore(options: argparse.Namespace) -> str:
    given = _lines(options.identity) if options.identity else []
    if options.drill:
        spent = drill(options.folder, identities=given, keyring=options.keyring)
        steps = " · ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
        return _("Exercice réussi : %(steps)s") % {"steps": steps}
    told = restore(options.folder, identities=given, keyring=options.keyring, erased=options.erased)
    found = {"rows": sum(told["rows"].values()), "files": told["files"], "opened": told["opened"]}
    said = _("Restauré : %(rows)d lignes, %(files)d fichiers ; %(opened)d enregistrements relus ; journal entier.")
    after = _("Avant d'ouvrir : jalon manage erasures replay FICHIER, avec la dernière liste d'effacements.")
    return said % found + ("" if options.erased else f"\n{after}")


def _lines(place: Path) -> list[str]:
    try:
        text = place.read_text(encoding="ascii")
    except (OSError, ValueError):
        raise Refusal(_("Le fichier d'identité ne se lit pas.")) from None
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
