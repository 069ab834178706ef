"""Dated parameters: one YAML file a key under `parameters/`, in the convention of OpenFisca.

The only input of the law room. A file is read once, when its key is first asked for.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from jalon.law.errors import LawError

FOLDER: Final = Path(__file__).parent / "parameters"
Value = Decimal | int | bool | str | tuple[str, ...]


class ParameterError(Exception):
    """A parameter file that is absent or cannot be used; the message names the file, the key and the date."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value was read."""

    title: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Dated:
    """A value, its first day and its last one (None when still open), and where it was read."""

    value: Value
    start: date
    end: date | None
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One legal quantity and its history, oldest value first."""

    key: str
    description: str
    label_en: str
    unit: str
    period: str | None
    confidence: str
    documentation: str | None
    last_checked_on: date | None
    history: tuple[Dated, ...]
    starts: tuple[date, ...]

    def at(self, on: date) -> Dated | None:
        """Return what was in force on a day, None before the first value."""
        index = bisect_right(self.starts, on)
        return self.history[index - 1] if index else None

    @property
    def latest(self) -> Dated:
        """The last value known."""
        return self.history[-1]

    @property
    def to_confirm(self) -> bool:
        """Whether the source was incomplete: to be confirmed by a lawyer before real use."""
        return self.confidence == "to_confirm"


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """YAML without floats (numbers with a point are exact decimals) and without a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        written: set[str] = set()
        for name in (str(name.value) for name, _ in node.value):
            if name in written:
                raise _Fault(f"{name} is written twice")
            written.add(name)
        return super().construct_mapping(node, deep)


def _number(_: _Loader, node: yaml.ScalarNode) -> Decimal | str:
    """Read a number with a point; what is none (.nan, .inf, 1:30.5) stays a text, told later with its date."""
    try:
        return Decimal(node.value)
    except ArithmeticError:
        return str(node.value)


def _timestamp(reader: _Loader, node: yaml.ScalarNode) -> object:
    """Read a day; one that does not exist stays a text, told later."""
    try:
        return reader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


class _Fault(ValueError):
    """What is wrong in a file, in one sentence that names the field or the date."""


@cache
def parameter(key: str) -> Parameter:
    """Return the parameter of a key (`afis.base` is `afis/base.yaml`), ParameterError when there is none."""
    parts = key.split(".")
    if not all(part.isidentifier() and part != "index" for part in parts):
        raise ParameterError(f"{key}: this is not the key of a parameter")
    return read(FOLDER.joinpath(*parts[:-1], f"{parts[-1]}.yaml"), key)


def read(path: Path, key: str) -> Parameter:
    """Read one file; ParameterError names the file, the key, the date when there is one, and what is wrong there."""
    name = path.relative_to(FOLDER) if path.is_relative_to(FOLDER) else path.name
    try:
        return _parameter(key, yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 (a safe one)
    except FileNotFoundError:
        fault = "there is no such parameter file"
    except _Fault as problem:
        fault = str(problem)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else "?"
        fault = f"line {line}: this is not YAML: {problem.problem}"
    except (OSError, ValueError, ArithmeticError, yaml.YAMLError) as problem:
        fault = f"cannot be read: {problem}".replace("\n", " ")
    raise ParameterError(f"{name}: {key}: {fault}")


FIELDS: Final = frozenset({"description", "values", "metadata", "documentation"})
METADATA: Final = frozenset({"label_en", "unit", "period", "confidence", "last_value_still_valid_on", "reference"})
WHOLE_UNITS: Final = frozenset({"day", "hour", "month", "year"})
LIST_UNITS: Final = frozenset({"code", "ISO 3166-1 alpha-2"})
UNITS: Final = WHOLE_UNITS | LIST_UNITS | {"currency", "/1", "CEFR"}
PERIODS: Final = frozenset({"day", "hour", "month"})
CONFIDENCES: Final = frozenset({"text_read", "derived", "to_confirm"})


def _parameter(key: str, data: object) -> Parameter:
    given = _mapping(data, FIELDS, "the file")
    metadata = _mapping(given.get("metadata"), METADATA, "metadata")
    unit = _word(metadata, "unit", UNITS)
    history = _history(given.get("values"), metadata.get("reference"), unit)
    checked = metadata.get("last_value_still_valid_on")
    last_checked_on = None if checked is None else _checked(checked, history[-1].start)
    return Parameter(
        key=key,
        description=_text(given, "description"),
        label_en=_text(metadata, "label_en"),
        unit=unit,
        period=_word(metadata, "period", PERIODS) if "period" in metadata else None,
        confidence=_word(metadata, "confidence", CONFIDENCES),
        documentation=_text(given, "documentation") if "documentation" in given else None,
        last_checked_on=last_checked_on,
        history=history,
        starts=tuple(dated.start for dated in history),
    )


def _history(values: object, references: object, unit: str) -> tuple[Dated, ...]:
    """Return the values in the order of their days, each with its last day and its reference."""
    nodes = {_day(day): node for day, node in _mapping(values, None, "values").items()}
    titles = {_day(day): node for day, node in _mapping(references or {}, None, "reference").items()}
    if not nodes:
        raise _Fault("values: there is none")
    for day in titles:
        if day not in nodes:
            raise _Fault(f"{day}: a reference without a value")
    starts = sorted(nodes)
    ends = (*(start - timedelta(days=1) for start in starts[1:]), None)
    read_in = {day: _reference(node, day) for day, node in titles.items()}
    history = tuple(
        Dated(_value(nodes[start], unit, start), start, end, read_in.get(start))
        for start, end in zip(starts, ends, strict=True)
    )
    for dated in history:
        if isinstance(dated.value, tuple) is not isinstance(history[0].value, tuple):
            raise _Fault(f"{dated.start}: a list and a single value in one history")
    return history


def _mapping(data: object, names: frozenset[str] | None, where: str) -> Mapping[Any, Any]:
    """Return fields by name, of the given names only when there are some."""
    if not isinstance(data, dict):
        raise _Fault(f"{where}: fields are asked, not {data!r}")
    for name in data:
        if names is not None and name not in names:
            raise _Fault(f"{where}: there is no field {name}")
    return data


def _text(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    if not isinstance(found, str) or not found.strip():
        raise _Fault(f"{name}: a text is asked, not {found!r}")
    return found


def _word(data: Mapping[str, Any], name: str, words: frozenset[str]) -> str:
    found = _text(data, name)
    if found not in words:
        raise _Fault(f"{name}: {found!r} is none of {', '.join(sorted(words))}")
    return found


def _day(value: object) -> date:
    """Return a first day in force, written without quotes; YAML reads it as a date."""
    if type(value) is not date:
        raise _Fault(f"{value}: this is not a day")
    return value


def _checked(value: object, latest: date) -> date:
    """Return the day on which the last value was seen in force, written in quotes."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise _Fault(f"last_value_still_valid_on: {value!r} is not a day") from None
    if day < latest:
        raise _Fault(f"last_value_still_valid_on: {day} comes before the last value, of {latest}")
    return day


def _reference(node: object, start: date) -> Reference:
    found = _mapping(node, frozenset({"title", "href"}), f"{start}: reference")
    for name in ("title", *found):
        if not isinstance(found.get(name), str) or not found[name].strip():
            raise _Fault(f"{start}: reference: {name}: a text is asked, not {found.get(name)!r}")
    return Reference(found["title"], found.get("href"))


def _value(node: object, unit: str, start: date) -> Value:
    """Return a value of the type its unit asks: euro as Decimal, months and days as whole numbers, lists as tuples."""
    value = _mapping(node, frozenset({"value"}), str(start)).get("value")
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and value >= 0:
        if unit == "currency" and value == (cents := Decimal(value).quantize(Decimal("0.01"))):
            return cents
        if unit == "/1" or (unit in WHOLE_UNITS and isinstance(value, int)):
            return value
    elif isinstance(value, str | bool):
        if unit == "code" or (unit == "CEFR" and isinstance(value, str)):
            return value
    elif isinstance(value, list) and unit in LIST_UNITS and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _Fault(f"{start}: {value!r} is not a value in {unit}")


def dated(key: str, on: date, field: str | None = None) -> Dated:
    """Return the value in force on a day with its dates and source.

    LawError `out_of_parameter_range` on `field` for a day before the first value.
    """
    found = parameter(key).at(on)
    if found is None:
        first = parameter(key).starts[0]
        raise LawError("out_of_parameter_range", f"{key} has no value on {on}: the first one is of {first}.", field)
    return found


def value(key: str, on: date, field: str | None = None) -> Value:
    """Return the value in force on a day; errors as `dated`."""
    return dated(key, on, field).value


def latest(key: str) -> Value:
    """Return the last value known of a key."""
    return parameter(key).latest.value


def _pick(key: str, on: date | None, field: str | None) -> Value:
    return latest(key) if on is None else value(key, on, field)


def whole(key: str, on: date | None = None, field: str | None = None) -> int:
    """Return a whole number (months, days, years, heads), the latest when no day is given."""
    found = _pick(key, on, field)
    if type(found) is not int:
        raise ParameterError(f"{key}: {found!r} is not a whole number")
    return found


def amount(key: str, on: date | None = None, field: str | None = None) -> Decimal:
    """Return a decimal number (euro, ratio), the latest when no day is given."""
    found = _pick(key, on, field)
    if not isinstance(found, Decimal):
        raise ParameterError(f"{key}: {found!r} is not a decimal number")
    return found


def texts(key: str, on: date | None = None, field: str | None = None) -> tuple[str, ...]:
    """Return a list of words, the latest when no day is given."""
    found = _pick(key, on, field)
    if not isinstance(found, tuple):
        raise ParameterError(f"{key}: {found!r} is not a list")
    return found


@cache
def all_keys() -> tuple[str, ...]:
    """Return all keys, sorted."""
    files = (path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.yaml") if path.stem != "index")
    return tuple(sorted(".".join(path.parts) for path in files))


def unchecked_since(day: date) -> tuple[str, ...]:
    """Return the keys last seen in force before `day`; without such a day, the first day of the value counts."""
    return tuple(key for key in all_keys() if (parameter(key).last_checked_on or parameter(key).latest.start) < day)
