"""Forms of sign-in. allauth's own, except that the typed login is hashed at once and codes are never accepted twice."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from jalon.ui.fields import NameField, PhoneField, PostcodeField, RadioField, SafeCharField
from jalon.ui.forms import Form

from . import recovery, seals, streets, totp, trace
from .logins import login_hash
from .models import Density, User

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class SignInForm(LoginForm):
    """Login and password. Nothing after this form knows what was typed as login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Adresse de connexion"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}),
            error_messages={"required": _("Indiquez votre adresse de connexion.")},
        )
        self.fields["password"] = forms.CharField(
            label=_("Mot de passe"),
            max_length=1024,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": _("Indiquez votre mot de passe.")},
        )
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, Any]:
        return {"username": login_hash(self.cleaned_data["login"]), "password": self.cleaned_data["password"]}


class CodeMixin:
    """Six digits of the application, or one recovery code."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: User
    verb = "second_factor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code à six chiffres"),
            max_length=20,
            help_text=_("Il est affiché par votre application de codes. Un code de secours convient aussi."),
            widget=forms.TextInput(attrs=CODE),
            error_messages={"required": _("Indiquez le code affiché par votre application.")},
        )

    def clean_code(self) -> str:
        clear = check_rate_limit(self.user)
        code = self.cleaned_data["code"]
        accepts = {Authenticator.Type.TOTP: totp.use, Authenticator.Type.RECOVERY_CODES: recovery.use}
        for authenticator in Authenticator.objects.filter(user=self.user, type__in=accepts):
            if accepts[authenticator.type](authenticator, code):
                authenticator.user = self.user
                self.authenticator = authenticator
                clear()
                return code
        trace.failure(context.request, self.user.pk, self.verb, "code")
        raise get_mfa_adapter().validation_error("incorrect_code")


class CodeForm(CodeMixin, AuthenticateForm):
    """The second step of sign-in."""


class ConfirmByCodeForm(CodeMixin, CodeAgainForm):
    """Step-up with a code."""

    verb = "step_up"


class EnrolForm(CodeMixin, forms.Form):
    """First code of a new application. Until then the secret waits in the session, sealed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = ""
        session = context.request.session
        if not self.is_bound or SECRET_SESSION_KEY not in session:
            session[SECRET_SESSION_KEY] = seals.seal(self.user.pk, "totp", generate_totp_secret())
        self.secret = seals.unseal(self.user.pk, "totp", session[SECRET_SESSION_KEY])

    def clean_code(self) -> str:
        clear = check_rate_limit(self.user, error_key="rate_limited")
        steps = totp.steps_matching(self.secret, self.cleaned_data["code"])
        if not steps:
            raise get_mfa_adapter().validation_error("incorrect_code")
        self.step = max(steps)
        clear()
        return self.cleaned_data["code"]


class ProfileForm(Form):
    name = NameField(label=_("Nom affiché"), max_length=120)
    phone = PhoneField(label=_("Téléphone professionnel"), required=False)
    language = RadioField(label=_("Langue"), choices=[("fr", "Français"), ("en", "English")])
    density = RadioField(label=_("Lignes"), choices=Density.choices)


class StreetForm(Form):
    """Her own street, as she writes it: it is hashed by the act, and shown nowhere."""

    street = SafeCharField(
        label=_("Numéro et rue"),
        max_length=120,
        help_text=_("Le numéro n'est pas gardé. Exemple : 12 rue de l'Église"),
    )
    postcode = PostcodeField(label=_("Code postal"))
    town = SafeCharField(label=_("Commune"), max_length=80)

    def clean_street(self) -> str:
        given = str(self.cleaned_data["street"])
        if not streets.street(given):
            raise forms.ValidationError(_("Écrivez le nom de la rue, par exemple « rue de l'Église »."))
        return given

    def clean_town(self) -> str:
        given = str(self.cleaned_data["town"])
        if not streets.town(given):
            raise forms.ValidationError(_("Écrivez le nom de la commune."))
        return given


class InvitationForm(Form):
    """The login that was given, and a first password."""

    login = forms.CharField(
        label=_("Adresse de connexion"),
        max_length=254,
        help_text=_("Celle que la personne qui gère les comptes vous a donnée."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Indiquez votre adresse de connexion.")},
    )
    new = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=1024,
        help_text=_("Quinze caractères au moins. Une phrase convient très bien."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Indiquez un mot de passe.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new(self) -> str:
        password_validation.validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])


class PasswordForm(Form):
    """A new password: fifteen characters or more, no other rule but not a common one."""

    current = forms.CharField(
        label=_("Mot de passe actuel"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Indiquez votre mot de passe actuel.")},
    )
    new = forms.CharField(
        label=_("Nouveau mot de passe"),
        strip=False,
        max_length=1024,
        help_text=_("Quinze caractères au moins. Une phrase convient très bien."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Indiquez un nouveau mot de passe.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_current(self) -> str:
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError(_("Mot de passe incorrect. Réessayez."))
        return str(self.cleaned_data["current"])

    def clean_new(self) -> str:
        password_validation.validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])
