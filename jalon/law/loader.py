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
    """YAML without floats: numbers with a point are exact decimals."""


_Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


@cache
def parameter(key: str) -> Parameter:
    """Return the parameter of a key (`afis.base` is `afis/base.yaml`), ParameterError when there is none."""
    parts = key.split(".")
    if not all(part.isidentifier() and part != "index" for part in parts):
        raise ParameterError(f"{key}: this is not the key of a parameter")
    return read(FOLDER.joinpath(*parts[:-1], f"{parts[-1]}.yaml"), key)


def read(path: Path, key: str) -> Parameter:
    """Read one file; ParameterError says what is wrong in it."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader)
    except FileNotFoundError:
        raise ParameterError(f"{key}: there is no parameter file {path.name}") from None
    except (OSError, ValueError, ArithmeticError, yaml.YAMLError) as problem:
        raise ParameterError(f"{path.name}: {key} cannot be read: {problem}") from problem
    try:
        return _parameter(key, data)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as problem:
        raise ParameterError(f"{path.name}: {key} is not well formed: {problem!r}") from problem


def _parameter(key: str, data: Mapping[str, Any]) -> Parameter:
    metadata = data["metadata"]
    unit = str(metadata["unit"])
    references = {_day(day): _reference(node) for day, node in metadata.get("reference", {}).items()}
    values = sorted((_day(day), node["value"]) for day, node in data["values"].items())
    if not values:
        raise ValueError("no value")
    starts = tuple(start for start, _ in values)
    ends = (*(start - timedelta(days=1) for start in starts[1:]), None)
    history = tuple(
        Dated(_value(value, unit, start), start, end, references.get(start))
        for (start, value), end in zip(values, ends, strict=True)
    )
    checked = metadata.get("last_value_still_valid_on")
    return Parameter(
        key=key,
        description=str(data["description"]),
        label_en=str(metadata["label_en"]),
        unit=unit,
        period=metadata.get("period"),
        confidence=str(metadata["confidence"]),
        documentation=data.get("documentation"),
        last_checked_on=None if checked is None else date.fromisoformat(str(checked)),
        history=history,
        starts=starts,
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a date")
    return value


def _reference(node: Mapping[str, str]) -> Reference:
    return Reference(node["title"], node.get("href"))


WHOLE_UNITS: Final = frozenset({"day", "hour", "month", "year"})


def _value(value: object, unit: str, start: date) -> Value:
    """Return a value of the type its unit asks: euro as Decimal, months and days as whole numbers, lists as tuples."""
    if unit == "currency" and isinstance(value, Decimal | int):
        return Decimal(value).quantize(Decimal("0.01"))
    if unit in WHOLE_UNITS and type(value) is int:
        return value
    if unit == "/1" and isinstance(value, Decimal | int):
        return value
    if unit == "code" and isinstance(value, str | bool):
        return value
    if isinstance(value, str) and unit == "CEFR":
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError(f"{start}: {value!r} is not a value in {unit}")


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
