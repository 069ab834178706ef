"""Amounts and counts."""

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..text import ascii_digits
from .base import Typed

GROUPED = r"(\d{1,3}(?: \d{3})+|\d+)"
AMOUNT = re.compile(GROUPED + r"(?:[,.](\d+))?(?: ?(?:€|euros?|EUR))?")
COUNT = re.compile(GROUPED)


class MoneyField(Typed):
    """An amount in euros, with two decimals at most: 1 234,50."""

    inputmode, size = "decimal", 12
    example = gettext_lazy("En euros. Exemple : 1 234,50")
    default_error_messages = {"required": gettext_lazy("Écrivez le montant en euros. Exemple : 1 234,50.")}  # noqa: RUF012

    def __init__(self, *, max_value: Decimal = Decimal("9999999.99"), min_value: Decimal = Decimal(0), **kwargs: Any):
        self.max_value, self.min_value = max_value, min_value
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value)

    def read(self, text: str) -> Decimal:
        plain = ascii_digits(text)
        if plain.startswith("-") and AMOUNT.fullmatch(plain[1:].strip()):
            raise ValidationError(
                _("Le montant ne peut pas être négatif : écrivez-le sans le signe moins."), code="negative"
            )
        found = AMOUNT.fullmatch(plain)
        if not found or len(plain) > 24:
            raise ValidationError(_("Écrivez le montant en chiffres, par exemple 1 234,50."), code="invalid")
        if found[2] and len(found[2]) > 2:
            raise ValidationError(
                _("Écrivez deux chiffres au plus après la virgule, par exemple 343,20."), code="cents"
            )
        amount = Decimal(f"{found[1].replace(' ', '')}.{found[2] or '0'}").quantize(Decimal("0.01"))
        if amount > self.max_value:
            raise ValidationError(
                _("Ce montant est trop élevé : %(most)s au plus.") % {"most": show_euro(self.max_value)},
                code="max_value",
            )
        if amount < self.min_value:
            raise ValidationError(
                _("Ce montant est trop faible : %(least)s au moins.") % {"least": show_euro(self.min_value)},
                code="min_value",
            )
        return amount

    def show(self, value: Decimal) -> str:
        return show_number(value)


def show_number(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "\u202f").replace(".", ",")


def show_euro(value: Decimal) -> str:
    return f"{show_number(value)}\u00a0€"


class CountField(Typed):
    """A whole number, zero or more."""

    inputmode, size = "numeric", 6
    default_error_messages = {"required": gettext_lazy("Écrivez un nombre en chiffres.")}  # noqa: RUF012

    def __init__(self, *, max_value: int = 99_999, min_value: int = 0, **kwargs: Any) -> None:
        self.max_value, self.min_value = max_value, min_value
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        plain = ascii_digits(text)
        if plain.startswith("-") and COUNT.fullmatch(plain[1:].strip()):
            raise ValidationError(
                _("Ce nombre ne peut pas être négatif : écrivez-le sans le signe moins."), code="negative"
            )
        if not COUNT.fullmatch(plain):
            raise ValidationError(_("Écrivez un nombre entier en chiffres, par exemple 12."), code="invalid")
        digits = plain.replace(" ", "").lstrip("0") or "0"
        if len(digits) > 12 or int(digits) > self.max_value:
            raise ValidationError(
                _("Ce nombre est trop grand : %(most)d au plus.") % {"most": self.max_value}, code="max_value"
            )
        if int(digits) < self.min_value:
            raise ValidationError(
                _("Ce nombre est trop petit : %(least)d au moins.") % {"least": self.min_value}, code="min_value"
            )
        return int(digits)
