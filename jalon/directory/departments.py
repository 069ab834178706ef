"""The departments of France: 96 in Europe and those overseas, from ``departments.csv``."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FILE = Path(__file__).with_name("departments.csv")


class Department(NamedTuple):
    code: str
    name: str


@cache
def departments() -> dict[str, Department]:
    """Code → department, in the order of the codes."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Department(**row) for row in csv.DictReader(file)}


def name_of(code: str) -> str:
    """The name of a department, or its code when unknown."""
    found = departments().get(code)
    return found.name if found else code


def choices() -> list[tuple[str, str]]:
    return [(d.code, f"{d.code} {d.name}") for d in departments().values()]


def validate(code: str) -> None:
    if code and code not in departments():
        raise ValidationError(_("Ce département n'existe pas : %(code)s."), params={"code": code})
