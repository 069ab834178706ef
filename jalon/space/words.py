"""The words of her screens: French first, then her own language when somebody has written it (``words.toml``).

One idea a sentence, twelve words at most. None names the programme: a test reads them all.
"""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import formats, timezone, translation

from jalon.people.agreement import RIGHT_TO_LEFT

FILE = Path(__file__).with_name("words.toml")
FRENCH = "fr"
DJANGO = {"zh": "zh-hans"}  # Django's own names of the days and months
DAY, MONTH = "l j F Y", "F Y"
SHAPES = frozenset({"month", "reads"})  # without a word of their own: the same in every language


@cache
def spoken() -> dict[str, dict[str, str]]:
    """By language and code, the sentence."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


class Words(NamedTuple):
    """The two languages of a page; the second is empty when French is hers, or when nobody has written hers."""

    language: str = ""

    @classmethod
    def of(cls, language: str) -> "Words":
        return cls(language if language != FRENCH and language in spoken() else "")

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def french(self, code: str, **values: Any) -> str:
        return _said(FRENCH, code, values)

    def hers(self, code: str, **values: Any) -> str:
        """The same sentence in her language; nothing when it is not written."""
        if not self.language or code not in {*spoken()[self.language], *SHAPES}:
            return ""
        return _said(self.language, code, values)


def _said(language: str, code: str, values: dict[str, Any]) -> str:
    shown = {name: _value(language, name, value) for name, value in values.items()}
    return spoken()[FRENCH if code in SHAPES else language][code].format(**shown)


def _value(language: str, name: str, value: Any) -> str:
    """A date in the words of the language, a word by its code (``…_code``), anything else as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%H:%M")
    if isinstance(value, date):
        with translation.override(DJANGO.get(language, language)):
            return formats.date_format(value, MONTH if name == "month" else DAY)
    if name.endswith("_code"):
        return spoken()[language].get(str(value), spoken()[FRENCH][str(value)])
    return str(value)
