"""Disclosure control: counts rounded to base 5, nothing under 5, no figure on a small base.

Every cell and every margin is rounded on its own, so that no difference between them gives a small count back.
"""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")

BASE = 5
SMALL = 5  # 0 to 4 are all shown as "less than 5"
PERCENT_FROM = 50
MEDIAN_FROM = 11


def count(n: int) -> int | None:
    """The count that may be shown: None stands for "less than 5", else the nearest multiple of 5."""
    if n < SMALL:
        return None
    return BASE * ((n + BASE // 2) // BASE)


def share(part: int, whole: int) -> float | None:
    """A share computed from rounded figures, on a base of 50 at least."""
    shown, base = count(part), count(whole)
    if shown is None or base is None or base < PERCENT_FROM:
        return None
    return min(shown / base, 1.0)


def median(value: float | None, n: int) -> float | None:
    """A median of days on 11 values at least, rounded to base 5."""
    if value is None or n < MEDIAN_FROM:
        return None
    return float(BASE * round(value / BASE))


def table(cells: Mapping[Key, int]) -> dict[Key, int | None]:
    """Every cell on its own."""
    return {key: count(n) for key, n in cells.items()}
