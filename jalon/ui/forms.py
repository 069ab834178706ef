"""The base of every form: strict about what it receives, patient with who wrote it."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _

from jalon.vault import keys
from jalon.vault.ids import new_id

from .errors import Conflict, Malformed
from .fields.text import PublicIdField

Result = TypeVar("Result")
# What the forms of this request mended in the texts, until a page tells it (``views.done`` and ``views.part``).
mended: ContextVar[list[str]] = ContextVar("mended")

ALWAYS = frozenset({"csrfmiddlewaretoken", "revision"})


class Renderer(TemplatesSetting):
    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


class Form(forms.Form):
    """A form of ours.

    - Keys that are no field of the form, or a single field sent twice, are refused as malformed (400). Names of submit
      buttons go in ``also``.
    - ``revision``: give the revision of the record that is being changed; it travels hidden, and
      ``form.check_revision(record.revision, theirs={…})`` raises Conflict (409) when someone saved in between.
    - ``notices``: what was mended in the text, to be told on the next page.
    """

    also: frozenset[str] = frozenset()
    # A form with a prefix shares its page with others; when it is posted alone, a strange key is refused all the same.
    alone = False
    # Where nothing is required, the page says so once, above: not at each field.
    nothing_required = False
    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, revision: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(data, files, **kwargs)
        if revision is not None:
            self.fields["revision"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=revision, min_value=0, max_value=2**31 - 1, required=False
            )
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Textarea | forms.MultiWidget):
                field.widget.attrs.setdefault("autocomplete", "off")

    def full_clean(self) -> None:
        if self.is_bound:
            self._refuse_strangers()
        super().full_clean()
        if self.is_bound and (notices := self.notices):
            mended.get([]).extend(notices)

    def _refuse_strangers(self) -> None:
        names: dict[str, bool] = {}
        for name, field in self.fields.items():
            names.update(_keys(self.add_prefix(name), field.widget))
        start = f"{self.prefix}-" if self.prefix else ""
        for key in (*self.data, *self.files):
            whole = self.alone or not start
            if whole and (key in ALWAYS or key in self.also):
                continue
            if (whole or key.startswith(start)) and key not in names:
                raise Malformed(f"unknown field in {type(self).__name__}")
        if isinstance(self.data, QueryDict):
            for key, values in self.data.lists():
                if len(values) > 1 and not names.get(key, not key.startswith(start)):
                    raise Malformed(f"field sent twice to {type(self).__name__}")

    @property
    def revision(self) -> int | None:
        """The revision of the record when the form was opened."""
        return self.cleaned_data.get("revision")

    def check_revision(self, current: int, theirs: dict[str, Any] | None = None) -> None:
        """Raises Conflict when the record moved on since the form was opened."""
        if self.revision is not None and self.revision != current:
            why = _("Quelqu'un a enregistré une autre version pendant que vous écriviez.")
            raise self.worded(Conflict(why, theirs=theirs, revision=current))

    def worded(self, conflict: Conflict) -> Conflict:
        """The same conflict in the words of this form: the names of its fields, of its answers."""
        shown = {self.add_prefix(name): field for name, field in self.visible()}
        conflict.labels = conflict.labels or {name: field.label or name for name, field in shown.items()}
        conflict.options = {name: _words(field) for name, field in shown.items()}
        return conflict

    def visible(self) -> Iterator[tuple[str, forms.Field]]:
        return ((name, field) for name, field in self.fields.items() if not field.widget.is_hidden)

    def read_only(self) -> None:
        """For who reads and may not write: nothing can be typed in it."""
        for field in self.fields.values():
            field.disabled = True

    @property
    def answers(self) -> dict[str, Any]:
        """What was cleaned, without the revision: what an action receives."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}

    @property
    def notices(self) -> list[str]:
        return list(dict.fromkeys(notice for field in self.fields.values() if (notice := getattr(field, "notice", ""))))


class Once(Form):
    """A form that makes a thing: sent twice, or twenty times at once, it makes one."""

    once = PublicIdField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("once", new_id())

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers.items() if name != "once"}

    def promised(self, user_id: str) -> str:
        """The identifier of what this page makes: nobody chooses it, and it is another one for each account."""
        once = self.cleaned_data.get("once")
        return urlsafe_b64encode(keys.mac("once", user_id, once)[:16]).rstrip(b"=").decode() if once else ""


def _keys(name: str, widget: forms.Widget) -> dict[str, bool]:
    """The keys that a widget sends, and whether it may send each several times."""
    if isinstance(widget, forms.MultiWidget):
        found: dict[str, bool] = {}
        for suffix, part in zip(widget.widgets_names, widget.widgets, strict=True):
            found.update(_keys(name + suffix, part))
        return found
    if isinstance(widget, forms.ClearableFileInput):
        return {name: False, widget.clear_checkbox_name(name): False}
    return {name: bool(getattr(widget, "allow_multiple_selected", False))}


def _words(field: forms.Field) -> dict[str, Any]:
    """The codes that a field may hold, with what the screen calls them."""
    if isinstance(field, forms.BooleanField):
        return {"on": _("oui"), "True": _("oui")}
    choices = getattr(field, "choices", ())
    return {str(code): label for code, label in flatten_choices(choices) if str(code)}


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even when it is empty; None on a first visit."""
    return request.POST if request.method == "POST" else None


def attempt(form: Form, act: Callable[[], Result]) -> Result | None:
    """What the action returns; None when it refused something at a field, which the form then shows."""
    try:
        return act()
    except Conflict as conflict:
        form.worded(conflict)
        raise
    except IntegrityError:  # at the same instant, the same form or another one took the place
        raise Conflict(_("Cette page vient d'être envoyée, ou quelqu'un a enregistré au même instant.")) from None
    except ValidationError as error:
        listed = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, sentences in listed.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        return None


def saved(form: Form, act: Callable[[], Result]) -> Result | None:
    """What the action returns; None on a first visit, or when the form or the action refused something at a field."""
    return attempt(form, act) if form.is_bound and form.is_valid() else None
