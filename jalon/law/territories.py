"""Where the law is not the same everywhere: the public holidays that push a delay, the scale of the aid."""

from typing import Final

# By the code of the department. Code du travail, art. L. 3134-13 (three departments) and L. 3422-2 (overseas).
_HOLIDAYS: Final = {
    "57": "alsace_moselle",
    "67": "alsace_moselle",
    "68": "alsace_moselle",
    "971": "guadeloupe",
    "972": "martinique",
    "973": "guyane",
    "974": "reunion",
    "976": "mayotte",
}
_SCALES: Final = {"976": "mayotte"}  # CASF, art. D. 541-2-1


def holidays_of(department: str) -> str:
    """Return whose public holidays count for an order of this department (a value of the setting `holidays`).

    Those of its own court: each of these departments has one on its soil, or one in a department of the same list.
    """
    return _HOLIDAYS.get(department, "metropole")


def scale_of(department: str) -> str:
    """Return which scale of the aid (`territory`) is that of this department."""
    return _SCALES.get(department, "metropole")
