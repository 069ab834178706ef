"""Disclosure control: counts rounded to base 5, nothing under 5, no figure on a small base.

Every cell is rounded on its own, and so is every sum: a sum is shown only if, with all the others, it leaves each
hidden cell three values at least (``telling``). 4 and 4 of a total of 8 would else be the only way to
read "less than 5", "less than 5" and 10.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")

BASE = 5
SMALL = 5  # 0 to 4 are all shown as "less than 5"
PERCENT_FROM = 50
MEDIAN_FROM = 11
LEAST = 3  # values that a hidden cell may still have, for whoever reads every sum


def count(n: int) -> int | None:
    """The count that may be shown: None stands for "less than 5", else the nearest multiple of 5."""
    if n < SMALL:
        return None
    return BASE * ((n + BASE // 2) // BASE)


def bounds(n: int) -> tuple[int, int]:
    """What whoever reads the shown count knows of it: the least and the most that it may be."""
    shown = count(n)
    return (0, SMALL - 1) if shown is None else (max(SMALL, shown - BASE // 2), shown + BASE // 2)


def known(cells: Mapping[Key, int], sums: Iterable[Collection[Key]]) -> dict[Key, tuple[int, int]]:
    """What the shown cells and the shown sums leave possible of each cell: the interval attack."""
    found = {key: bounds(n) for key, n in cells.items()}
    told = [(list(keys), bounds(sum(cells[key] for key in keys))) for keys in sums]
    moved = True
    while moved:
        moved = False
        for keys, (low, high) in told:
            least, most = (sum(found[key][end] for key in keys) for end in (0, 1))
            for key in keys:
                a, b = found[key]
                narrowed = max(a, low - (most - b)), min(b, high - (least - a))
                if narrowed != (a, b):
                    found[key], moved = narrowed, True
                    least, most = (sum(found[one][end] for one in keys) for end in (0, 1))
    return found


def telling(cells: Mapping[Key, int], sums: Mapping[str, Collection[Key]]) -> frozenset[str]:
    """The sums that are not shown, because they would leave a hidden cell fewer than three values."""
    kept: dict[str, Collection[Key]] = {}
    for name, keys in sums.items():
        trial = known(cells, [*kept.values(), keys])
        if all(b - a + 1 >= LEAST for key, (a, b) in trial.items() if count(cells[key]) is None):
            kept[name] = keys
    return frozenset(sums.keys() - kept.keys())


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
