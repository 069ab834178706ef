"""``jalon keys``: make, check, renew, encrypt again, and the three papers of the escrow."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, router, transaction
from django.utils.translation import gettext as _

from jalon.config import clock

from . import escrow, files, keys, providers, reencryption
from .errors import KeysUnavailable, VaultError
from .models import KeySlot
from .signals import key_operation

KEK_DAYS = 90  # a key-encryption key older than this is renewed


class Failed(VaultError):
    """The command did what it could and found something wrong: its text is printed, its status is 1."""


def main(argv: list[str]) -> int:
    """Exit status: 0 done, 1 refused or wrong, with its sentence."""
    options = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], str] = options.run
    try:
        print(command(options))
    except KeysUnavailable:
        print(_("Le service de clés ne répond pas. Rien n'est perdu : relancez la commande."))
        return 1
    except VaultError as refused:
        print(refused)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jalon keys")
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], str], words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        one.add_argument("--dir", type=Path, default=Path(settings.KEY_DIR), metavar="DIR")
        one.set_defaults(run=run)
        return one

    add("init", _init, _("créer les clés qui manquent"))
    add("check", _check, _("les clés sont-elles en place ?"))
    add("status", _status, _("âge des clés, enveloppes par version, parts de secours"))
    add("renew", _renew, _("nouvelle clé d'enveloppe, puis toutes les enveloppes refaites"))
    add("rewrap", _rewrap, _("refaire les enveloppes sous la clé courante (reprend où il s'était arrêté)"))
    again = add("reencrypt", _reencrypt, _("rechiffrer sous de nouvelles clés (reprend où il s'était arrêté)"))
    again.add_argument("--before", type=date.fromisoformat, metavar="AAAA-MM-JJ", help=_("clés faites avant ce jour"))
    forget = add("forget", _forget, _("détruire une ancienne clé d'enveloppe"))
    forget.add_argument("version", type=int)
    forget.add_argument("--yes", action="store_true", help=_("aucune sauvegarde à garder n'en dépend"))
    papers = add("escrow", _escrow, _("tirer les trois parts de secours, à imprimer"))
    papers.add_argument(
        "--replace", action="store_true", help=_("les anciennes parts n'ouvriront plus rien de nouveau")
    )
    for name, run, words in (
        ("drill", _drill, _("exercice : deux parts lues au clavier rouvrent-elles tout ?")),
        ("restore", _restore, _("refaire le dossier de clés avec deux parts lues au clavier")),
    ):
        add(name, run, words).add_argument("--bundle", type=Path, metavar="FILE", help=escrow.BUNDLE)
    return parser


# --- keys -------------------------------------------------------------------------------------------------
def _init(options: argparse.Namespace) -> str:
    served = bool(settings.KMS) and not settings.DEMO
    made = providers.provider().create() if served else providers.create_keys(options.dir, demo=settings.DEMO)
    if not made:
        return _("Les clés existent déjà dans %(folder)s.") % {"folder": options.dir}
    found = {"names": ", ".join(made), "folder": options.dir}
    return _("Clés créées dans %(folder)s : %(names)s. Gardez-en une copie hors des sauvegardes.") % found


def _check(options: argparse.Namespace) -> str:
    providers.verify()
    return _("Les clés sont en place.")


def _status(options: argparse.Namespace) -> str:
    current = providers.provider().current()
    lines = [_("Clé d'enveloppe courante : %(version)d.") % {"version": current}]
    for version, count in keys.kek_usage().items():
        lines.append(_("Version %(version)d : %(count)d enveloppes.") % {"version": version, "count": count})
    file = options.dir / f"kek-{current}.key"
    if file.is_file():
        days = int((clock.now().timestamp() - file.stat().st_mtime) // 86_400)
        lines.append(_("Âge de la clé courante : %(days)d jours.") % {"days": days})
        if days > KEK_DAYS:
            lines.append(_("À renouveler : « jalon keys renew »."))
    if (options.dir / escrow.PUBLIC).exists():
        lines.append(_("Parts de secours : faites."))
    elif not settings.KMS:
        lines.append(_("Parts de secours : aucune. Lancez « jalon keys escrow »."))
    return "\n".join(lines)


def _renew(options: argparse.Namespace) -> str:
    version = keys.renew_kek()
    # Before any slot depends on the new key, the papers open it too.
    escrow.refresh(options.dir)
    found = {"version": version, "count": keys.rewrap_all()}
    return _("Clé d'enveloppe %(version)d créée ; %(count)d enveloppes refaites.") % found


def _rewrap(options: argparse.Namespace) -> str:
    return _("%(count)d enveloppes refaites.") % {"count": keys.rewrap_all()}


def _reencrypt(options: argparse.Namespace) -> str:
    before = options.before or clock.today()
    report = reencryption.run(before)
    files.sweep()
    lines = [
        _("Clés de données renouvelées : %(count)d.") % {"count": report.rotated},
        _("Enregistrements et fichiers rechiffrés : %(count)d.") % {"count": report.resealed},
        _("Anciennes clés détruites : %(count)d.") % {"count": report.retired},
    ]
    if report.waiting:
        found = {"count": report.waiting, "day": before.isoformat()}
        lines.append(_("%(count)d anciennes clés seront détruites demain : relancez avec --before %(day)s.") % found)
    if report.missing:
        lines.append(_("%(count)d fichiers ne sont plus sur le disque.") % {"count": report.missing})
    if report.stuck:
        lines.append(
            _("%(count)d enregistrements ne s'ouvrent pas : leurs clés sont gardées.") % {"count": report.stuck}
        )
        raise Failed("\n".join(lines))
    return "\n".join(lines)


def _forget(options: argparse.Namespace) -> str:
    if not options.yes:
        raise Failed(_("Une sauvegarde faite sous cette clé ne s'ouvrira plus. Ajoutez --yes pour confirmer."))
    if options.version not in providers.versions(options.dir):
        raise Failed(_("La clé %(name)s est absente.") % {"name": f"kek-{options.version}.key"})
    keys.forget_kek(options.dir, options.version)
    escrow.refresh(options.dir)
    return _("Clé d'enveloppe %(version)d détruite.") % {"version": options.version}


# --- escrow -----------------------------------------------------------------------------------------------
def _escrow(options: argparse.Namespace) -> str:
    papers = escrow.make(options.dir, options.replace)
    pages = [_paper(paper) for paper in papers]
    pages.append(
        _traced("make_escrow") + _("Imprimez ces trois feuilles maintenant : elles ne sont gardées nulle part.")
    )
    return "\f\n".join(pages)


def _paper(paper: escrow.Paper) -> str:
    """One sheet: who keeps it, what it is for, its two lines. Nothing says what the service is about."""
    found = {"name": paper.custodian, "mark": paper.mark, "day": clock.today().strftime("%d/%m/%Y")}
    return "\n".join(
        [
            _("PART %(name)s · clé de secours %(mark)s · %(day)s") % found,
            "",
            _("Deux des trois parts A, B, C rouvrent les données. Une seule n'ouvre rien."),
            _("Gardez cette feuille sous clé. Ne la photographiez pas, ne la recopiez pas sur un ordinateur."),
            "",
            *paper.lines,
            "",
            _("Exercice deux fois par an : « jalon keys drill »."),
            "",
        ]
    )


def _typed() -> list[str]:
    if sys.stdin.isatty():
        print(_("Recopiez les lignes de deux parts, puis une ligne vide :"))
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip():
            if lines:
                break
            continue
        lines.append(line)
    return lines


def _drill(options: argparse.Namespace) -> str:
    found = escrow.drill(_typed(), options.dir, options.bundle)
    lines = [_("Clés reconstituées en mémoire : %(names)s.") % {"names": ", ".join(found.names)}]
    if found.differing:
        lines.append(_("Différentes de celles du dossier : %(names)s.") % {"names": ", ".join(found.differing)})
    lines.append(_("Enveloppes ouvertes : %(count)d.") % {"count": found.opened})
    if not found.opened and not found.closed:
        lines.append(_("Cette base n'a aucune enveloppe : refaites l'exercice sur une sauvegarde restaurée."))
    if found.closed:
        lines.append(_("Versions qui ne s'ouvrent pas : %(count)d.") % {"count": found.closed})
    if not found.passed:
        raise Failed("\n".join([*lines, _("Exercice échoué : refaites les parts (« jalon keys escrow --replace »).")]))
    return "\n".join([*lines, _traced("escrow_drill") + _("Exercice réussi.")])


def _restore(options: argparse.Namespace) -> str:
    made = escrow.restore(_typed(), options.dir, options.bundle)
    return _("Clés remises en place : %(names)s. Lancez « jalon keys init », puis « jalon keys check ».") % {
        "names": ", ".join(made) or "-"
    }


def _traced(verb: str) -> str:
    """Tell the trail; on a machine without the journal, say that it is not written."""
    try:
        with transaction.atomic(using=router.db_for_write(KeySlot)):
            key_operation.send(KeySlot, verb=verb, count=1)
    except (VaultError, DatabaseError):
        return _("Non inscrit au journal : cette machine ne le porte pas.") + "\n"
    return ""
