"""``jalon offers``: the fetch of every night, the mirror of services, the imports and their dry runs.

What it says is in French. Exit status: 0 done, 1 a source could not be asked (it is noted, the screens say so), 2 the
file or the command is wrong and nothing was written.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError

from jalon.access import SYSTEM
from jalon.directory import departments
from jalon.law import strictjson

from . import actions, inclusion, lheo, mirror, reads, rome
from .actions import imports
from .francetravail import fetch
from .matching import travel
from .models import SourceFetch, Structure
from .plan import Plan, Problem
from .states import Reason

SHOWN = 20  # lines of each kind, unless --all


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except (lheo.Unreadable, inclusion.Unreadable, rome.Unreadable) as error:
        print(f"jalon offers : {error}", file=sys.stderr)
    except DatabaseError:
        print("jalon offers : la base ne répond pas, ou n'est pas à jour (jalon manage migrate).", file=sys.stderr)
    except OSError:
        print("jalon offers : le fichier ne se lit pas.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jalon offers", description="Offres, formations, services, codes ROME.")
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")
    for name, run, said in (
        ("fetch", _fetch, "demander toutes les offres d'un département à France Travail"),
        ("mirror", _mirror, "recopier les services d'un département depuis data·inclusion"),
    ):
        one = commands.add_parser(name, help=said)
        one.add_argument("--department", action="append", required=True, type=_department, metavar="30")
        one.set_defaults(run=run)
    one = commands.add_parser("import-trainings", help="lire les formations d'un fichier LHÉO (XML ou JSON)")
    one.add_argument("--source", default="catalogue", help="nom court du catalogue : chaque source a ses formations")
    one.set_defaults(run=_trainings)
    two = commands.add_parser("import-services", help="lire structures et services data·inclusion v1 (JSON)")
    two.set_defaults(run=_services)
    for each in (one, two):
        each.add_argument("file", type=Path, metavar="FICHIER")
        each.add_argument("--dry-run", action="store_true", help="montrer ce qui changerait, champ par champ")
        each.add_argument("--whole", action="store_true", help="le fichier dit tout : retirer ce qu'il ne contient pas")
        each.add_argument("--all", action="store_true", help="montrer toutes les lignes")
    one = commands.add_parser("import-travel", help="lire les trajets porte à porte d'un département (JSON)")
    one.add_argument("file", type=Path, metavar="FICHIER")
    one.add_argument("--department", required=True, type=_department, metavar="30")
    one.add_argument("--dry-run", action="store_true", help="lire sans écrire")
    one.set_defaults(run=_travel)
    one = commands.add_parser("remind", help="prévenir, une fois, qui tient une fiche à revérifier")
    one.set_defaults(run=_remind)
    one = commands.add_parser("import-rome", help="lire l'archive officielle du ROME (CSV)")
    one.add_argument("file", type=Path, metavar="ZIP")
    one.add_argument("--dry-run", action="store_true", help="lire sans écrire")
    one.set_defaults(run=_rome)
    one = commands.add_parser("rome", help="chercher un métier par les mots de tous les jours")
    one.add_argument("words", nargs="+", metavar="MOT")
    one.set_defaults(run=_find)
    return parser


def _department(code: str) -> str:
    try:
        departments.validate(code)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"ce département n'existe pas : {code}") from None
    return code


# --- asked outside --------------------------------------------------------------------------------------------
def _fetch(options: argparse.Namespace) -> int:
    return max(_told(code, fetch.department(code), "offres") for code in options.department)


def _mirror(options: argparse.Namespace) -> int:
    status = 0
    for code in options.department:
        row, problems = mirror.department(code)
        status = max(status, _told(code, row, "services"))
        _list([str(problem) for problem in problems], "fiches laissées de côté", SHOWN)
    return status


def _told(code: str, row: SourceFetch, what: str) -> int:
    if row.failure:
        print(f"{code} : pas pu interroger ({Reason(row.failure).label}). Ce qui est gardé reste.", file=sys.stderr)
        return 1
    part = "" if row.complete else " La liste est incomplète."
    print(f"{code} : {row.total} {what}, {row.added} nouvelles entrées, {row.gone} retirées.{part}")
    return 0


def _remind(options: argparse.Namespace) -> int:
    print(f"messages préparés : {actions.remind_owners(SYSTEM)} (jalon manage send_notices les envoie)")
    return 0


# --- read from files ------------------------------------------------------------------------------------------
def _trainings(options: argparse.Namespace) -> int:
    records, problems = lheo.read(options.file.read_bytes())
    if problems:
        return _refused(problems, options)
    plan = imports.plan_trainings(options.source, records)
    _show("formations", plan, options)
    if options.dry_run:
        return _dry()
    actions.import_trainings(SYSTEM, options.source, records, whole=options.whole)
    return 0


def _services(options: argparse.Namespace) -> int:
    known = frozenset(Structure.objects.values_list("number", flat=True))
    read = inclusion.load(options.file.read_bytes(), known)
    if read.problems:
        return _refused(read.problems, options)
    plan = imports.plan_catalogue(read)
    _show("structures", plan.structures, options)
    _show("services", plan.services, options)
    if options.dry_run:
        return _dry()
    actions.import_catalogue(SYSTEM, read, whole=options.whole)
    return 0


def _rome(options: argparse.Namespace) -> int:
    release = rome.read(options.file)
    day = f" du {release.published_on:%d/%m/%Y}" if release.published_on else ""
    names = sum(len(entry.names) + 1 for entry in release.entries.values())
    print(f"ROME {release.version}{day} : {len(release.entries)} codes, {names} appellations.")
    print("Source : France Travail, Licence Ouverte.")
    if options.dry_run:
        return _dry()
    actions.import_rome(SYSTEM, release)
    return 0


def _travel(options: argparse.Namespace) -> int:
    try:
        record = strictjson.loads(options.file.read_text(encoding="utf-8-sig"))
        table = travel.read(record)
    except ValueError as error:
        print(f"jalon offers : {' '.join(str(error).split())[:200]}", file=sys.stderr)
        return 2
    print(f"{options.department} : {len(table.places.codes)} communes, {len(table.links) // 2} liaisons.")
    if options.dry_run:
        return _dry()
    actions.import_travel(SYSTEM, options.department, record)
    return 0


def _find(options: argparse.Namespace) -> int:
    release = reads.release()
    for entry in rome.find(" ".join(options.words), release.entries.values()):
        print(f"{entry.code}  {entry.label}")
    print(f"(ROME {release.version})")
    return 0


# --- shown ----------------------------------------------------------------------------------------------------
def _refused(problems: list[Problem], options: argparse.Namespace) -> int:
    most = len(problems) if options.all else SHOWN
    for problem in problems[:most]:
        print(problem, file=sys.stderr)
    if len(problems) > most:
        print(f"… et {len(problems) - most} autres (--all les montre).", file=sys.stderr)
    print(f"{len(problems)} erreurs : rien n'est écrit.", file=sys.stderr)
    return 2


def _show(what: str, plan: Plan, options: argparse.Namespace) -> None:
    absent = "retirées" if options.whole else "absentes du fichier, gardées"
    counts = f"{len(plan.added)} nouvelles, {len(plan.changed)} changées, {plan.same} inchangées"
    print(f"{what} : {counts}, {len(plan.absent)} {absent}.")
    most = sys.maxsize if options.all else SHOWN
    _list([f"+ {number}" for number in plan.added], "nouvelles", most)
    lines = [
        f"~ {number} › {each.field} : {_value(each.before)} → {_value(each.after)}"
        for number, found in plan.differences.items()
        for each in found
    ]
    _list(lines, "différences", most)
    _list([f"- {number}" for number in plan.absent], absent, most)


def _list(lines: list[str], what: str, most: int) -> None:
    for line in lines[:most]:
        print(f"  {line}")
    if len(lines) > most:
        print(f"  … et {len(lines) - most} autres ({what})")


def _value(value: Any) -> str:
    text = "rien" if value in (None, "", []) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _dry() -> int:
    print("Essai à blanc : rien n'est écrit.")
    return 0
