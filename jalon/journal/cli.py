"""``jalon journal verify`` and ``jalon journal anchor``."""

import argparse
from pathlib import Path

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.vault.errors import VaultError

from . import anchors
from .verify import Report, verify

REASONS = {
    "hash": gettext_lazy("son empreinte ne correspond pas à son contenu"),
    "order": gettext_lazy("il manque, ou ne suit pas le précédent"),
    "unreadable": gettext_lazy("la base ne se lit pas"),
}


def main(argv: list[str]) -> int:
    """Exit status: 0 whole, 1 broken, 2 differs from an anchor."""
    parser = argparse.ArgumentParser(prog="jalon journal")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help=_("Le journal est-il entier ?"))
    check.add_argument("--anchors", type=Path, metavar="DIR", help=_("dossier des ancres signées"))
    check.add_argument("--code", action="append", default=[], help=_("code imprimé au bas d'un procès-verbal"))
    check.add_argument("--records", action="store_true", help=_("comparer aussi les enregistrements scellés"))
    sign = commands.add_parser("anchor", help=_("Signer la tête du journal"))
    sign.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(argv)
    try:
        if options.command == "anchor":
            return _anchor(options.out)
        report = verify(options.anchors, options.code, options.records)
    except (VaultError, DatabaseError, OSError) as error:
        print(_("Impossible de vérifier : %(error)s") % {"error": error})
        return 1
    _print(report, options.records)
    return report.status


def _anchor(folder: Path) -> int:
    place = anchors.write(folder)
    if place is None:
        print(_("Le journal est vide : rien à ancrer."))
        return 0
    print(_("Ancre écrite : %(name)s · code %(code)s") % {"name": place.name, "code": anchors.paper_code()})
    return 0


def _print(report: Report, records: bool) -> None:
    if report.first_bad is not None:
        found = {"seq": report.first_bad, "reason": REASONS[report.reason]}
        print(_("Journal rompu à l'événement %(seq)d : %(reason)s.") % found)
    else:
        found = {"events": report.events, "head": report.head[:12]}
        print(_("Journal entier : %(events)d événements, tête %(head)s.") % found)
    for name in report.missing_triggers:
        print(_("Déclencheur absent : %(name)s.") % {"name": name})
    if report.differing == ["-"]:
        print(_("Aucune ancre dans le dossier."))
    else:
        for name in report.differing:
            print(_("Le journal diffère de l'ancre %(name)s.") % {"name": name})
    if records and report.first_bad is None:
        _print_records(report)


def _print_records(report: Report) -> None:
    print(_("%(count)d enregistrements scellés comparés.") % {"count": report.records})
    for table, seq in report.changed:
        found = {"table": table, "seq": seq}
        print(_("Un enregistrement de %(table)s n'est plus celui écrit à l'événement %(seq)d.") % found)
    if report.vanished:
        print(_("%(count)d enregistrements ont disparu sans trace.") % {"count": report.vanished})
    if report.untraced:
        print(_("%(count)d enregistrements n'ont jamais été journalisés.") % {"count": report.untraced})
