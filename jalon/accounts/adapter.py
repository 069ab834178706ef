"""The two hooks that allauth calls: what differs from it is written here and in ``forms``."""

from ipaddress import IPv6Network, ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from jalon.config import hosts

from . import delays, seals, stepup, trace
from .models import User
from .signals import signed_in

INCORRECT = _("Adresse ou code incorrect. Réessayez.")
FIRST_STEP = "first_step"  # in a session: with which password its first step was done
TOO_MANY = _("Trop d'essais. Attendez quelques minutes, puis réessayez.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": INCORRECT,
        "invalid_login": INCORRECT,
        "username_password_mismatch": INCORRECT,
        "incorrect_code": INCORRECT,
        "incorrect_password": _("Mot de passe incorrect. Réessayez."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """What the limits count: an address, or the network of 2^64 of them that a subscriber of IPv6 has."""
        given = ip_address(super().get_client_ip(request))
        if given.version == 4:
            return str(given)
        return str(given.ipv4_mapped or IPv6Network((int(given), 64), strict=False))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No banner: allauth's would repeat the login on screen."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail from here: messages leave through ``notices`` only, and say nothing."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        return redirect("account_login")

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this very host: no other host, no other scheme."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Setting up the first second factor follows the password at once: nothing more to confirm."""
        return stepup.has_two_factors(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page, for a code or a passkey: a password, which can be watched or guessed, confirms nothing."""
        if not user.is_authenticated:
            return []
        return [{"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")}]

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **given: Any) -> HttpResponse | None:
        """The first step is done with this very password: a new one, before the code, asks for it again."""
        request.session[FIRST_STEP] = user.get_session_auth_hash()
        return super().pre_login(request, user, **given)  # type: ignore[no-any-return]

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        methods = {record["method"] for record in get_authentication_records(request, user)}
        trace.step(request, user, "signed_in" if "mfa" in methods else "signed_in_with_password")
        delays.forget(user.login)
        signed_in.send(type(user), request=request, user=user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            trace.step(request, request.user, "signed_out")
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Past the limit, the door stays shut whatever is typed; before it, each failure from the third makes wait.

        The trail says so once an hour for each account, and once for each address when no account has the login: who
        types invented logins must not fill it.
        """
        login = credentials.get("username", "")
        try:
            if delays.waits(login):
                raise self.validation_error("too_many_login_attempts")
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            account = _account_of(login)
            if cache.add(f"sign-in-shut:{account or self.get_client_ip(request)}", 1, timeout=3600):
                trace.failure(request, account, "sign_in", "too_many")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        delays.count(credentials.get("username", ""))
        trace.failure(request, _account_of(credentials.get("username", "")), "sign_in", "password")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if not stepup.has_two_factors(request):
            return reverse("mfa_activate_totp")
        return super().get_login_redirect_url(request)


def _account_of(login: str) -> str:
    return User.objects.filter(login=login).values_list("pk", flat=True).first() or ""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": INCORRECT}

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """The label inside the authenticator application, on a phone others may see: neutral."""
        return "Jalon"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host that a passkey belongs to: this one. Hers is called as its pages are."""
        if not hosts.is_hers(context.request):
            return super().get_public_key_credential_rp_entity()  # type: ignore[no-any-return]
        return {"id": hosts.hers(), "name": hosts.HER_NAME}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """What a device shows of a passkey: neutral too, and the account's opaque id."""
        name = hosts.HER_NAME if hosts.is_hers(context.request) else "Jalon"
        return {"id": str(user.pk).encode(), "display_name": name, "name": name}

    # Codes and their secrets go through ``totp`` and ``recovery``; whatever else allauth would keep is sealed too.
    def encrypt(self, text: str) -> str:
        return seals.seal("", "mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return seals.unseal("", "mfa", encrypted_text)
