"""The table of calculations: one function each, called by screens with Python values and by `compute` with JSON."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from typing import Any, Final, ParamSpec, TypeVar

from jalon.law.errors import LawError
from jalon.law.spec import SETTINGS_FIELD, Field, Record, Walk

P = ParamSpec("P")
R = TypeVar("R")


class Calculation:
    """A function with the declaration of what it accepts."""

    def __init__(self, function: Callable[..., Any], record: Record, settings: tuple[str, ...]) -> None:
        self.function = function
        self.record = record
        self.settings = settings
        self._python = {field.python: field.name for field in record.fields}
        self._signature = signature(function)

    def from_json(self, given: Any) -> Any:
        """Check a decoded `input` and return the result; LawError when it cannot be calculated."""
        if not isinstance(given, dict):
            raise LawError("wrong_type", "An object is asked.", "input")
        return self._run(given, Walk(native=False))

    def from_python(self, *args: Any, **kwargs: Any) -> Any:
        """Check the arguments of a direct call and return the result; LawError when it cannot be calculated."""
        given: dict[str, Any] = {}
        chosen: dict[str, Any] = {}
        for name, value in self._signature.bind(*args, **kwargs).arguments.items():
            if name in self._python:
                given[self._python[name]] = value
            else:
                chosen[name] = value
        return self._run({**given, "settings": chosen or None}, Walk(native=True))

    def _run(self, given: dict[str, Any], walk: Walk) -> Any:
        values = self.record.read(given, "", walk)
        walk.finish()
        settings = values.pop("settings")
        return self.function(**values, **{name: settings[name] for name in self.settings})


CALCULATIONS: Final[dict[str, Calculation]] = {}


def calculation(
    name: str, *fields: Field, follows: tuple[tuple[str, str], ...] = (), settings: tuple[str, ...] = ()
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Enter a function in the table, and check the arguments of its direct calls by the same declaration."""

    def enter(function: Callable[P, R]) -> Callable[P, R]:
        entry = Calculation(function, Record(dict, *fields, SETTINGS_FIELD, follows=follows), settings)
        CALCULATIONS[name] = entry

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = entry.from_python(*args, **kwargs)
            return result

        return checked

    return enter


def applied(always: Iterable[str], **when: bool) -> tuple[str, ...]:
    """Return the sorted rule ids: those always applied, and those (`DUR_5=...`) whose condition holds."""
    return tuple(sorted({*always, *(name.replace("_", "-") for name, holds in when.items() if holds)}))
