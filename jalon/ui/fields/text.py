"""Fields of text."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..text import mixes_alphabets
from .base import EMPTY, NOT_LISTED, REQUIRED, Tidied, check_length


class SafeCharField(Tidied, forms.Field):
    """One line. NFC, nothing invisible, no control character, a length with its count."""

    widget: Any = forms.TextInput
    emoji = True
    default_error_messages = {"required": REQUIRED}  # noqa: RUF012

    def __init__(self, *, max_length: int = 80, min_length: int = 0, **kwargs: Any) -> None:
        self.max_length, self.min_length = max_length, min_length
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        text = self.tidied(value, emoji=self.emoji)
        check_length(text, self.min_length, self.max_length)
        return text


class NameField(SafeCharField):
    """A name in any script, of any length from one letter on; no drawing."""

    emoji = False

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if mixes_alphabets(text):
            mixed = _("« %(name)s » mêle plusieurs alphabets : vérifiez l'orthographe.") % {"name": text}
            self.notice = f"{self.notice} {mixed}".strip()
        return text


class SafeTextField(SafeCharField):
    """Several lines."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 50_000, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "cols": False}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        text = self.tidied(value, lines=True)
        check_length(text, self.min_length, self.max_length)
        return text


class SometimesText(SafeTextField):
    """Compulsory in some cases only, which the form says and checks: never called optional on screen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": True})

    def validate(self, value: Any) -> None:
        """The form decides."""


class SearchField(SafeCharField):
    """Words to look for, taken literally: two characters at least, a hundred at most."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search"}))
        super().__init__(max_length=100, min_length=2, **kwargs)


class PublicIdField(SafeCharField):
    """An identifier of ours, as it stands in a URL."""

    SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(max_length=22, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and not self.SHAPE.fullmatch(text):
            raise ValidationError(NOT_LISTED, code="invalid")
        return text
