"""The command `jalon law`: compute, explain, parameters. What it tells of the law, it tells in French."""

import argparse
import io
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TextIO

from jalon.law import compute, loader
from jalon.law.rules import CONFIDENCES_FR, RULES
from jalon.law.spec import read_day


def main(argv: Sequence[str] | None = None) -> int:
    """Run `compute [FILE]`, `explain [RULE]` or `parameters [KEY]`; return the exit status.

    2 when there is nothing to answer with: a sentence is then on standard error, and nothing on standard output.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without é or € gets a ? in its place
            stream.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return int(stop.code or 0)
    try:
        status = int(options.run(options))
        _opened(sys.stdout, "output").flush()
    except BrokenPipeError:  # the reader is gone, as in `| head`: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, LookupError, loader.ParameterError) as problem:
        print(f"jalon law: {_sentence(problem)}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jalon law", description="Dates and amounts of the law, with their sources.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("compute", help="compute a JSON array of calculations")
    one.add_argument("file", nargs="?", default="-", metavar="FILE", help="- or absent: standard input")
    one.set_defaults(run=_compute)
    one = commands.add_parser("explain", help="explain a rule and its dated values, or list all rules")
    one.add_argument("rule", nargs="?", metavar="RULE")
    one.add_argument("--on", type=_day, metavar="DATE", help="its values in force on that day; absent: the latest")
    one.set_defaults(run=_explain)
    one = commands.add_parser("parameters", help="list the dated values and their sources")
    one.add_argument("key", nargs="?", metavar="KEY")
    one.add_argument("--on", type=_day, metavar="DATE", help="the values in force on that day; absent: the latest")
    one.add_argument("--unchecked-since", type=_day, metavar="DATE", help="only those last seen in force before then")
    one.set_defaults(run=_parameters)
    return parser


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"{text!r} n'est pas un jour (AAAA-MM-JJ, de 1900 à 2199)")
    return day


def _sentence(problem: Exception) -> str:
    """Return the sentence of an exception, without the quotes that LookupError adds."""
    return str(problem.args[0]) if isinstance(problem, LookupError) else str(problem)


def _unknown(what: str, name: str, known: Iterable[str], command: str) -> LookupError:
    """Return the error for a name that does not exist, with the names that look like it, else the command for all."""
    names = list(known)
    close = [one for one in names if one.startswith(f"{name}.")] or get_close_matches(name, names, n=5, cutoff=0.5)
    return LookupError(f"{what} {name!r} n'existe pas ; voir {', '.join(close) or command}")


def _compute(options: argparse.Namespace) -> int:
    text = _opened(sys.stdin, "input").buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    status, answers = compute.run(text)
    out = _opened(sys.stdout, "output").buffer
    out.write(answers)
    out.flush()
    return status


def _opened(stream: TextIO | None, name: str) -> TextIO:
    """Return a standard stream, which is None when whoever runs the command has closed it."""
    if stream is None:
        raise OSError(f"the standard {name} is closed")
    return stream


def _explain(options: argparse.Namespace) -> int:
    if options.rule is None:
        for rule in RULES.values():
            print(f"{rule.id:8} {rule.title_fr}")
        return 0
    found = RULES.get(options.rule.upper())
    if found is None:
        raise _unknown("la règle", options.rule.upper(), RULES, "jalon law explain")
    print(f"{found.id} — {found.title_fr}")
    print(f"Source : {found.source}")
    print(f"Fondement : {found.basis_fr}")
    if found.parameters:
        print("Valeurs datées :" if options.on is None else f"Valeurs datées, le {options.on} :")
    for key in found.parameters:
        parameter = loader.parameter(key)
        print(f"  {key} : {_line(parameter, options.on)}{' ; à confirmer par un juriste' * parameter.to_confirm}")
    print(f"Dans le code : {found.sentence}")
    return 0


def _parameters(options: argparse.Namespace) -> int:
    keys = loader.all_keys()
    old = keys if options.unchecked_since is None else loader.unchecked_since(options.unchecked_since)
    if options.key is None:
        for key in old:
            print(f"{key:36} {_line(loader.parameter(key), options.on)}")
        return 0
    if options.key not in keys:
        raise _unknown("la valeur", options.key, keys, "jalon law parameters")
    parameter = loader.parameter(options.key)
    print(f"{parameter.key} : {parameter.description} ({parameter.label_en})")
    for one in parameter.history if options.on is None else ():
        print(_dated(one, parameter))
    if options.on is not None:
        print(_line(parameter, options.on))
    if parameter.last_checked_on:
        print(f"vu en vigueur le {parameter.last_checked_on}")
    print(f"fondement : {CONFIDENCES_FR[parameter.confidence]}")
    return 0


def _line(parameter: loader.Parameter, on: date | None) -> str:
    """Return the value in force on a day, the latest when none is given, on one line."""
    dated = parameter.latest if on is None else parameter.at(on)
    if dated is None:
        return f"aucune valeur ce jour-là : la première est du {parameter.starts[0]}"
    return _dated(dated, parameter)


UNITS_FR: Final = {
    "day": ("jour", "jours"),
    "hour": ("heure", "heures"),
    "month": ("mois", "mois"),
    "year": ("an", "ans"),
}


def _dated(dated: loader.Dated, parameter: loader.Parameter) -> str:
    """Return a value with its unit, its days in force and its source."""
    until = f" au {dated.end}" if dated.end else ""
    source = dated.reference
    where = "" if source is None else f" — {source.title}" + (f" <{source.href}>" if source.href else "")
    return f"{_value(dated.value, parameter)} à partir du {dated.start}{until}{where}"


def _value(value: loader.Value, parameter: loader.Parameter) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if parameter.unit == "currency":
        return f"{value} €" + (f" par {UNITS_FR[parameter.period][0]}" if parameter.period else "")
    if isinstance(value, int) and parameter.unit in UNITS_FR:
        return f"{value} {UNITS_FR[parameter.unit][value > 1]}"
    return str(value)
