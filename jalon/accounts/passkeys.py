"""Passkeys (WebAuthn, by the library fido2): made and used with the person's own gesture, bound to this very host.

The browser is given a challenge, kept in the session until it is answered once. What is stored of a passkey is its
public half. A passkey whose counter goes back was copied: it is refused. The two hosts have each their own: one made at
the other host, or shown by a page of any other name, even below this one, proves nothing here.
"""

import struct
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from fido2.cose import CoseKey
from fido2.webauthn import CollectedClientData

from .models import User

UNKNOWN = _("Cette clé d'accès n'est pas reconnue. Réessayez, ou prenez l'autre moyen.")
ANSWERS = frozenset({"begin", "credential"})  # the two posts of a gesture: the challenge is asked, then answered
LONGEST = 16_384  # characters: an answer of a browser takes about one thousand
# What the library lets through when an answer is not one that a browser makes.
MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, NotImplementedError, OverflowError, RecursionError, struct.error
)  # fmt: skip


class AnswerField(forms.JSONField):
    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            if isinstance(value, str) and len(value) > LONGEST:
                raise ValidationError(UNKNOWN)
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(UNKNOWN) from None


class AnswerForm(forms.Form):
    """What the browser answered; ``verify`` raises ValidationError or one of MALFORMED when it proves nothing."""

    credential = AnswerField(error_messages={"invalid": UNKNOWN, "required": UNKNOWN})

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_credential(self) -> Any:
        try:
            return self.verify(self.cleaned_data["credential"])
        except (ValidationError, *MALFORMED):
            raise ValidationError(UNKNOWN) from None
        finally:
            auth.clear_state()  # one challenge, one answer


def _host() -> str:
    return str(get_adapter().get_public_key_credential_rp_entity()["id"])


def _here(client: CollectedClientData) -> None:
    """Answered by a page of this very host: the library alone would take one of a host below it, or a frame."""
    if urlsplit(client.origin).hostname != _host() or client.cross_origin:
        raise ValueError


class NewPasskeyForm(AnswerForm):
    def verify(self, credential: dict[str, Any]) -> dict[str, Any]:
        made = auth.complete_registration(credential)
        _here(auth.parse_registration_response(credential).response.client_data)
        if not made.is_user_verified() or made.credential_data.public_key[3] not in CoseKey.supported_algorithms():
            raise ValueError
        return credential


class PasskeyForm(AnswerForm):
    """The passkey of ``user``; of whoever the passkey names when nobody has said who comes."""

    def verify(self, credential: dict[str, Any]) -> Authenticator:
        user = self.user or auth.extract_user_from_response(credential)
        found = auth.complete_authentication(user, credential)
        answer = auth.parse_authentication_response(credential).response
        _here(answer.client_data)
        made, seen = found.wrap().authenticator_data, answer.authenticator_data.counter
        known = found.data.get("counter", made.counter)
        # Passkeys that a maker's cloud copies count nothing, ever: both are zero then, and only then.
        if not user.is_open() or ((seen or known) and seen <= known):
            raise ValueError
        if made.rp_id_hash != sha256(_host().encode()).digest():
            raise ValueError
        found.data["counter"] = seen
        found.user = user
        return found


def challenge(user: User | None) -> dict[str, Any]:
    """What the browser needs to use a passkey, of this account or of any."""
    return auth.begin_authentication(user)


def creation(user: User, *, here: bool = False) -> dict[str, Any]:
    """What the browser needs to make one: kept on the device, opened by a gesture or a code of the person.

    ``here``: on this very device, rather than on another telephone or a key that one plugs in.
    """
    asked = auth.begin_registration(user, passwordless=True)
    if here:
        chosen = {**asked["publicKey"]["authenticatorSelection"], "authenticatorAttachment": "platform"}
        asked["publicKey"] = {**asked["publicKey"], "authenticatorSelection": chosen}
    return asked


def sign_in(request: HttpRequest, passkey: Authenticator) -> HttpResponse:
    """Sign its owner in: one gesture with one device is two factors."""
    passkey.save(update_fields=["data"])
    login = Login(user=passkey.user, redirect_url=get_next_redirect_url(request))
    return perform_passwordless_login(request, passkey, login)  # type: ignore[no-any-return]


def used(request: HttpRequest, passkey: Authenticator, *, again: bool = False) -> None:
    """Write in the session that this passkey was shown; ``again``: to confirm who is already signed in."""
    passkey.save(update_fields=["data"])
    post_authentication(request, passkey, reauthenticated=again)


def just_made(request: HttpRequest, user: User) -> None:
    record_authentication(request, user, "mfa", type="webauthn", enrolled=True)


def of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at", "pk"))
