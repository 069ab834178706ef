"""What she types, and nothing else: a field that no page of hers sends is refused."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from jalon.accounts.forms import SignInForm
from jalon.accounts.logins import login_hash
from jalon.accounts.passkeys import ANSWERS
from jalon.ui.fields import ChoiceField, PublicIdField, SafeCharField, SometimesText
from jalon.ui.forms import Form

from .states import ASKED, WITH_WORDS

# A browser that offers to keep what she types shows to others that there is something to open.
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
WORDS_LENGTH = 500
WRITE = _("Écrivez quelques mots.")


class HerSignInForm(SignInForm):
    """Her number and her phrase. Accounts of the other host are unknown here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(PLAIN)
        self.fields["password"].widget.attrs.update(autocomplete="off")

    def user_credentials(self) -> dict[str, Any]:
        login = login_hash(self.cleaned_data["login"], hers=True)
        return {"username": login, "password": self.cleaned_data["password"]}


class ActivationForm(Form):
    """Her number, the code of her paper, and the phrase that she chooses: fifteen characters, as for everyone."""

    number = SafeCharField(max_length=40, widget=forms.TextInput(attrs=PLAIN))
    paper_code = SafeCharField(max_length=40, widget=forms.TextInput(attrs=PLAIN))
    new_phrase = forms.CharField(
        max_length=1024,
        strip=False,
        widget=forms.TextInput(attrs={**PLAIN, "aria-describedby": "id_new_phrase_helptext"}),
    )

    def clean_new_phrase(self) -> str:
        password_validation.validate_password(self.cleaned_data["new_phrase"])
        return str(self.cleaned_data["new_phrase"])


class PasskeyCodeForm(Form):
    """The code of the desk's screen, for a passkey of her telephone. No number: the telephone will say who comes."""

    also = ANSWERS
    screen_code = SafeCharField(max_length=40, widget=forms.TextInput(attrs=PLAIN))


class GoForm(Form):
    """Another page of hers, and the object that it is about. One address: the history of the phone holds one line."""

    go = SafeCharField(max_length=20)
    id = PublicIdField(required=False)


class ActForm(Form):
    """A button that does something, on an object or on none."""

    do = SafeCharField(max_length=20)
    id = PublicIdField(required=False)


class DatesForm(ActForm):
    shown = ChoiceField(choices=[("yes", ""), ("no", "")])


class AskForm(Form):
    do = SafeCharField(max_length=20)
    kind = ChoiceField(choices=[(str(kind), kind.label) for kind in ASKED])
    text = SometimesText(max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") in WITH_WORDS and "text" not in self.errors and not cleaned.get("text"):
            self.add_error("text", WRITE)
        return cleaned

    @property
    def asked(self) -> dict[str, str]:
        kind = self.cleaned_data["kind"]
        return {"kind": kind, "text": self.cleaned_data.get("text", "") if kind in WITH_WORDS else ""}
