"""Exact sums in euro. No context of the caller can round them, however long the figures."""

from collections.abc import Iterable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Final

ZERO: Final = Decimal("0.00")
_EXACT: Final = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def plus(one: Decimal, other: Decimal) -> Decimal:
    """Return the sum of two amounts."""
    return _EXACT.add(one, other)


def minus(one: Decimal, other: Decimal) -> Decimal:
    """Return the first amount less the second."""
    return _EXACT.subtract(one, other)


def times(amount: Decimal, count: int) -> Decimal:
    """Return an amount as many times."""
    return _EXACT.multiply(amount, Decimal(count))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts, 0.00 when there is none."""
    result = ZERO
    for amount in amounts:
        result = plus(result, amount)
    return result


def is_money(value: Decimal) -> bool:
    """Say whether a number is finite and is written with two decimals at most."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -2


def text(amount: Decimal) -> str:
    """Write an amount with a point and two decimals."""
    return f"{amount:.2f}"
