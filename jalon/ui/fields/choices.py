"""Fields where one chooses."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .base import CHOOSE, NOT_LISTED


class ChoiceField(forms.ChoiceField):
    """One answer of a list, in a drop-down list."""

    default_error_messages = {"required": CHOOSE, "invalid_choice": NOT_LISTED}  # noqa: RUF012


class _Radios(forms.RadioSelect):
    """``opens``: the answers that call for the fields marked ``opened``; the others leave them out of the page."""

    opens: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.opens:
            option["attrs"]["data-opens"] = True
        return option


def opened(field: forms.Field) -> None:
    """This field is asked of some answers only: while another one is chosen, it is not on the page (``_Radios``)."""
    field.widget.attrs["data-opened"] = True


class RadioField(ChoiceField):
    """One answer of a few, all in view."""

    widget = _Radios


class _Hinted(_Radios):
    hints: Mapping[str, Any] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        if option["hint"] and option["attrs"].get("id"):
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class PickerField(RadioField):
    """One answer of a few, each with a line that explains it: ``hints`` maps a value to its line."""

    widget = _Hinted

    def __init__(self, *, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.hints = hints or {}


class ChecksField(forms.MultipleChoiceField):
    """Several answers of a list, as check boxes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {  # noqa: RUF012
        "required": gettext_lazy("Cochez au moins une réponse."),
        "invalid_choice": NOT_LISTED,
        "invalid_list": NOT_LISTED,
    }


class YesNoField(forms.TypedChoiceField):
    """Yes or no, as two radio buttons; True, False, or None when it may stay without an answer."""

    widget = forms.RadioSelect
    default_error_messages = {"required": gettext_lazy("Répondez par oui ou par non."), "invalid_choice": NOT_LISTED}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("oui", gettext_lazy("Oui")), ("non", gettext_lazy("Non"))])
        super().__init__(coerce=lambda value: value == "oui", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "oui", False: "non"}.get(value, value) if isinstance(value, bool) else value


class FlagField(forms.BooleanField):
    """One check box. Required means that it must be ticked."""

    default_error_messages = {"required": gettext_lazy("Cochez la case pour continuer.")}  # noqa: RUF012


def choices_of(pairs: Iterable[tuple[Any, Any]], blank: Any = None) -> list[tuple[Any, Any]]:
    """Choices for a drop-down list, with a first line that is no answer."""
    return [("", blank if blank is not None else gettext_lazy("Choisir…")), *pairs]
