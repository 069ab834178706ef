"""Ways to reach someone."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..text import ascii_digits
from .base import Typed
from .text import SafeCharField

OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "262"),
    **dict.fromkeys(("590", "690", "691"), "590"),
    **dict.fromkeys(("594", "694"), "594"),
    **dict.fromkeys(("596", "696", "697"), "596"),
}


class PhoneField(Typed):
    """A telephone number, kept in its international form: +33612345678."""

    inputmode, size = "tel", 20
    example = gettext_lazy("Exemples : 06 12 34 56 78, +234 803 123 4567")
    default_error_messages = {"required": gettext_lazy("Écrivez le numéro de téléphone.")}  # noqa: RUF012

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def read(self, text: str) -> str:
        plain = re.sub(r"[\s.\-()/]", "", ascii_digits(text).replace("(0)", ""))
        if plain.startswith("00"):
            plain = "+" + plain[2:]
        if re.fullmatch(r"0[1-9]\d{8}", plain):
            plain = f"+{OVERSEAS.get(plain[1:4], '33')}{plain[1:]}"
        elif plain.startswith("+33") and not re.fullmatch(r"\+33[1-9]\d{8}", plain):
            raise ValidationError(
                _("Un numéro français a dix chiffres, par exemple 06 12 34 56 78 ou +33 6 12 34 56 78."), code="french"
            )
        if not re.fullmatch(r"\+[1-9]\d{6,14}", plain) or re.fullmatch(r"\+\d*?(\d)\1{8,}", plain):
            raise ValidationError(
                _("Écrivez un numéro complet, par exemple 06 12 34 56 78, ou +234 803 123 4567 pour l'étranger."),
                code="invalid",
            )
        return plain

    def prepare_value(self, value: Any) -> Any:
        return show_phone(value) if isinstance(value, str) else value


def show_phone(value: str) -> str:
    """+33612345678 → 06 12 34 56 78; other countries keep their prefix."""
    if re.fullmatch(r"\+33[1-9]\d{8}", value):
        value = "0" + value[3:]
        return " ".join(value[at : at + 2] for at in range(0, 10, 2))
    return value


class EmailField(SafeCharField):
    """An e-mail address."""

    widget = forms.EmailInput
    check = EmailValidator(gettext_lazy("Écrivez une adresse complète, par exemple prenom@exemple.fr."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text:
            self.check(text)
            if '"' in text:
                raise ValidationError(self.check.message, code="invalid")
        return text


class PostcodeField(Typed):
    """A French postcode or commune code: 30000, 97400, 2A004."""

    size = 6
    example = gettext_lazy("Exemple : 30000")
    SHAPE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8]|2[AB])\d{3}")

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ""

    def read(self, text: str) -> str:
        plain = ascii_digits(text).replace(" ", "").upper()
        if not self.SHAPE.fullmatch(plain):
            raise ValidationError(
                _("Ce code postal n'existe pas : écrivez cinq chiffres, par exemple 30000."), code="invalid"
            )
        return plain
