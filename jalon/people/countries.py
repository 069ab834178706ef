"""Countries by their codes (ISO 3166), for a nationality: three letters are kept, the law reads two."""

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).with_name("countries.csv")


@cache
def table() -> dict[str, tuple[str, str, str]]:
    """Three-letter code → (two-letter code, French name, English name)."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: (row["iso2"], row["fr"], row["en"]) for row in csv.DictReader(file)}


@cache
def _by_two() -> dict[str, str]:
    return {two: three for three, (two, _fr, _en) in table().items() if two}


def known(code: str) -> str:
    """The three-letter code of a country given by two or three letters. Raises ValueError for anything else."""
    code = code.upper()
    three = code if code in table() else _by_two().get(code)
    if three is None:
        raise ValueError("unknown country code")
    return three


def iso2(code: str) -> str:
    """Two letters, for the law; empty for a stateless person or when nothing is known."""
    return table()[known(code)][0] if code else ""


def name(code: str) -> str:
    """The country's name in the language of the screen."""
    if not code:
        return ""
    _two, french, english = table()[known(code)]
    return english if (get_language() or "fr").startswith("en") else french


def choices() -> list[tuple[str, str]]:
    """(code, name) in the order of the names."""
    return sorted(((code, name(code)) for code in table()), key=lambda pair: _unaccented(pair[1]))


def _unaccented(text: str) -> str:
    return text.translate(str.maketrans("ÉÈÊÂÎÔÇéèêâîôç", "EEEAIOCeeeaioc")).lower()
