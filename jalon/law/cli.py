"""The command `jalon law`: compute, explain, parameters."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from jalon.law import compute, loader
from jalon.law.rules import RULES, explain


def main(argv: Sequence[str] | None = None) -> int:
    """Run `compute [FILE]`, `explain [RULE]` or `parameters [KEY] [--on DATE]`; return the exit status."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return int(stop.code or 0)
    try:
        return int(options.run(options))
    except (ValueError, OSError, LookupError, loader.ParameterError) as problem:
        print(f"jalon law: {_sentence(problem)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jalon law", description="Dates and amounts of the law, with their sources.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("compute", help="compute a JSON array of calculations")
    one.add_argument("file", nargs="?", default="-", metavar="FILE", help="- or absent: standard input")
    one.set_defaults(run=_compute)
    one = commands.add_parser("explain", help="explain a rule, or list them all")
    one.add_argument("rule", nargs="?", metavar="RULE")
    one.set_defaults(run=_explain)
    one = commands.add_parser("parameters", help="list the dated values and their sources")
    one.add_argument("key", nargs="?", metavar="KEY")
    one.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the values in force on that day")
    one.set_defaults(run=_parameters)
    return parser


def _sentence(problem: Exception) -> str:
    """Return the sentence of an exception, without the quotes that LookupError adds."""
    return str(problem.args[0]) if isinstance(problem, LookupError) else str(problem)


def _compute(options: argparse.Namespace) -> int:
    text = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    status, answers = compute.run(text)
    sys.stdout.buffer.write(answers)
    sys.stdout.buffer.flush()
    return status


def _explain(options: argparse.Namespace) -> int:
    if options.rule is None:
        for rule in RULES.values():
            print(f"{rule.id:8} {rule.title_fr}")
    else:
        print(explain(options.rule))
    return 0


def _parameters(options: argparse.Namespace) -> int:
    if options.key is None:
        for key in loader.all_keys():
            print(f"{key:36} {_line(loader.parameter(key), options.on)}")
        return 0
    parameter = loader.parameter(options.key)
    print(f"{parameter.key} : {parameter.description} ({parameter.label_en})")
    if options.on is not None:
        print(_line(parameter, options.on))
        return 0
    for dated in parameter.history:
        print(_dated(dated, parameter))
    if parameter.last_checked_on:
        print(f"vu en vigueur le {parameter.last_checked_on}")
    if parameter.to_confirm:
        print("à confirmer par un juriste")
    return 0


def _line(parameter: loader.Parameter, on: date | None) -> str:
    """Return the value in force on a day, the latest when none is given, on one line."""
    dated = parameter.latest if on is None else parameter.at(on)
    return "aucune valeur ce jour-là" if dated is None else _dated(dated, parameter)


UNITS_FR: Final = {"currency": "€", "day": "jours", "hour": "heures", "month": "mois", "year": "ans"}


def _dated(dated: loader.Dated, parameter: loader.Parameter) -> str:
    """Return a value with its unit, its days in force and its source."""
    value = ", ".join(dated.value) if isinstance(dated.value, tuple) else str(dated.value)
    unit = f" {UNITS_FR[parameter.unit]}" if parameter.unit in UNITS_FR else ""
    until = f" au {dated.end}" if dated.end else ""
    source = dated.reference
    where = "" if source is None else f" — {source.title}" + (f" <{source.href}>" if source.href else "")
    return f"{value}{unit} à partir du {dated.start}{until}{where}"
