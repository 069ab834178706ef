"""What every typed field shares: tidied text, counted lengths, and the typed line that comes back untouched."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..text import tidy

EMPTY = (None, "")

REQUIRED = gettext_lazy("Ce champ est obligatoire : écrivez votre réponse.")
CHOOSE = gettext_lazy("Choisissez une réponse.")
NOT_LISTED = gettext_lazy("Choisissez une réponse de la liste.")


class Tidied:
    """Keeps, for the page that follows, what was mended in the text."""

    notice = ""

    def tidied(self, value: Any, *, lines: bool = False, emoji: bool = True) -> str:
        text, removed = tidy(str(value), lines=lines, emoji=emoji)
        self.notice = _("Un caractère invisible a été retiré.") if removed else ""
        return text


def check_length(text: str, least: int, most: int | None) -> None:
    count = len(text)
    if most is not None and count > most:
        raise ValidationError(
            ngettext(
                "%(count)d caractères : enlevez-en %(over)d, la limite est de %(most)d.",
                "%(count)d caractères : enlevez-en %(over)d, la limite est de %(most)d.",
                count,
            )
            % {"count": count, "over": count - most, "most": most},
            code="max_length",
        )
    if text and count < least:
        raise ValidationError(_("Écrivez au moins %(least)d caractères.") % {"least": least}, code="min_length")


class Typed(Tidied, forms.Field):
    """A line that is read into a value; what was typed comes back untouched when it cannot be read."""

    widget: Any = forms.TextInput
    inputmode = "text"
    size = 0
    example: Any = ""
    default_error_messages = {"required": REQUIRED}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", self.example)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        if widget.is_hidden:
            return {}
        return {"inputmode": self.inputmode} | ({"size": self.size} if self.size else {})

    def to_python(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        if not isinstance(value, str):
            return value
        text = self.tidied(value)
        if not text:
            return None
        check_length(text, 0, 120)
        return self.read(text)

    def read(self, text: str) -> Any:
        return text

    def show(self, value: Any) -> str:
        return str(value)

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.show(value)
