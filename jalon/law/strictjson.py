"""JSON in and out, for any input: however deep it is nested, however long its numbers, whatever its strings hold."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, NoReturn

from jalon.law import money
from jalon.law.dates import Month

LONGEST_WHOLE: Final = 4000  # Digits: Python refuses to read or to write whole numbers much longer than that.
TOO_LONG: Final[int] = 10**LONGEST_WHOLE
_SPACE: Final = (" ", "\t", "\n", "\r")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int:
    """Read a whole number; one that is too long becomes the least that is too long, with its sign."""
    if len(digits) <= LONGEST_WHOLE:
        return int(digits)
    return -TOO_LONG if digits.startswith("-") else TOO_LONG


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole)


def loads(text: str) -> Any:
    """Read a JSON text; ValueError when it is not one (NaN and Infinity are not JSON)."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        return _Deep(text).read()


class _Deep:
    """A reader that keeps the open containers in a list, so that no depth is too much for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.open: list[Any] = []  # the containers not yet closed, the innermost last
        self.keys: list[str] = []  # the key under way in each open object

    def read(self) -> Any:
        """Return the value of the whole text."""
        while True:
            value, complete = self._start()
            while complete:
                if not self.open:
                    return self._finish(value)
                complete = self._put(value)
                value = self.open.pop() if complete else None

    def _start(self) -> tuple[Any, bool]:
        """Read a scalar or an empty container (complete), or go into a container (not complete)."""
        if self._take("["):
            if self._take("]"):
                return [], True
            self.open.append([])
        elif self._take("{"):
            if self._take("}"):
                return {}, True
            self.open.append({})
            self._key()
        else:
            return self._scalar(), True
        return None, False

    def _put(self, value: Any) -> bool:
        """Put a value where it belongs; say whether this completes the innermost container."""
        container = self.open[-1]
        if isinstance(container, list):
            container.append(value)
            return not self._comma("]")
        container[self.keys.pop()] = value
        if self._comma("}"):
            self._key()
            return False
        return True

    def _comma(self, closing: str) -> bool:
        if self._take(","):
            return True
        self._need(closing)
        return False

    def _key(self) -> None:
        if not self.text.startswith('"', self._skip()):
            raise ValueError("a key is asked")
        self.keys.append(self._scalar())
        self._need(":")

    def _scalar(self) -> Any:
        value, self.at = _DECODER.raw_decode(self.text, self._skip())
        return value

    def _skip(self) -> int:
        """Go past white space."""
        while self.text.startswith(_SPACE, self.at):
            self.at += 1
        return self.at

    def _take(self, mark: str) -> bool:
        """Go past a mark if it comes next."""
        found = self.text.startswith(mark, self._skip())
        self.at += found
        return found

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise ValueError(f"{mark} is asked at {self.at}")

    def _finish(self, value: Any) -> Any:
        if self._skip() < len(self.text):
            raise ValueError("there is text after the value")
        return value


def plain(value: Any) -> Any:
    """Return a result as JSON values: days and months as text, euro as text with two decimals, objects by field."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in _WRITERS:
        return _WRITERS[kind](value)
    if kind is dict:
        return {name: plain(item) for name, item in value.items()}
    if kind in (list, tuple):
        return [plain(item) for item in value]
    return {name: plain(getattr(value, attribute)) for name, attribute in _names(kind)}


_AS_THEY_ARE: Final = frozenset({type(None), bool, int, str})
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {date: date.isoformat, Decimal: money.text, Month: str}


_NAMES: Final[dict[type, tuple[tuple[str, str], ...]]] = {}


def _names(kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """Return the JSON name and the attribute of each field; a name that Python keeps for itself ends with _ there."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple((field.name.rstrip("_"), field.name) for field in fields(kind))
    return _NAMES[kind]


def dumps(value: Any) -> bytes:
    """Write a JSON text in UTF-8; ValueError when a number is not finite or a value nested too deep."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    # A lone surrogate has no UTF-8 form: it is written as the escape it was read from.
    return text.encode("utf-8", "backslashreplace")
