"""Sign-in, second factor, step-up and one's own account. allauth keeps the flow; pages and words are ours."""

from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView
from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Refused, open_to, public
from jalon.ui.views import YEAR, done, invalid, page

from . import actions, forms, reads, recovery, stepup, totp, trace
from .models import User
from .sessions import hashed

OWN = "everyone sees and changes one's own account only"


class _Invalid422:
    """A refused form comes back with 422."""

    def form_invalid(self, form: Any) -> HttpResponse:
        context = {**self.get_context_data(form=form), "invalid": True}  # type: ignore[attr-defined]
        return self.render_to_response(context, status=422)  # type: ignore[attr-defined]


class SignInView(_Invalid422, LoginView):
    """Login and password. Only failures are counted: a shared address signs in as often as it wants."""

    form_class = forms.SignInForm
    template_name = "accounts/sign_in.html"

    @method_decorator(sensitive_post_parameters("password"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super(LoginView, self).dispatch(request, *args, **kwargs)


class CodeView(_Invalid422, AuthenticateView):
    form_class = forms.CodeForm
    template_name = "accounts/code.html"

    def _build_forms(self) -> Any:
        posted = self.request.POST if self.request.method == "POST" else None
        self.auth_form = forms.CodeForm(user=self.stage.login.user, data=posted)
        self.webauthn_form = None
        return self.auth_form

    def form_valid(self, form: Any) -> HttpResponse:
        trace.step(self.request, self.stage.login.user, "second_factor")
        return super().form_valid(form)


class _Confirm(_Invalid422):
    """Step-up: the session gets a new key, so that a stolen cookie is not raised along."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        self.request.session.cycle_key()
        trace.step(self.request, self.request.user, "step_up")  # type: ignore[arg-type]
        return response


class ConfirmByCodeView(_Confirm, CodeAgainView):
    form_class = forms.ConfirmByCodeForm
    template_name = "accounts/confirm_code.html"


class ConfirmByPasswordView(_Confirm, PasswordAgainView):
    form_class = forms.ConfirmByPasswordForm
    template_name = "accounts/confirm_password.html"


sign_in = public(why="This is where one signs in.")(SignInView.as_view())
code = public(why="The second step of sign-in: the password was right, nobody is signed in yet.")(CodeView.as_view())
confirm_by_code = open_to(why="everyone may confirm one's identity")(ConfirmByCodeView.as_view())
confirm_by_password = open_to(why="everyone may confirm one's identity")(ConfirmByPasswordView.as_view())


@public(why="Signing out never fails, signed in or not.")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    flows.logout.logout(request, show_message=False)
    return redirect("account_login")


@public(why="Sets up the second factor: checks by itself that the password was given, before any other page opens.")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The application of codes, at the first sign-in."""
    user = request.user
    if not isinstance(user, User):
        return redirect("account_login")
    if stepup.has_two_factors(request):
        return redirect("home")
    if totp.enrolled(user):  # set up meanwhile in another browser: this one starts again, with a code
        request.session.clear()
        return redirect("account_login")
    form = forms.EnrolForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.enrol_second_factor(trace.own(request, user), user, secret=form.secret, step=form.step)
        clear_totp_secret(request)
        request.session.cycle_key()
        record_authentication(request, user, "mfa", type="totp", enrolled=True)
        return redirect("mfa_view_recovery_codes")
    context = {"form": form, "secret": totp.grouped(form.secret), "drawing": totp.drawing(form.secret)}
    return (
        invalid(request, "accounts/enrol.html", context)
        if form.is_bound
        else page(request, "accounts/enrol.html", context)
    )


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many codes are left; POST makes ten new ones and shows them this once."""
    user = request.user
    left = recovery.left(user)
    if request.method == "GET":
        return page(request, "accounts/recovery_codes.html", {"left": left})
    # A recovery code is a proof of identity: whoever could make some without one would give it to himself.
    if not (stepup.is_fresh(request) or (not left and stepup.has_just_enrolled(request))):
        raise Refused(_("Confirmez votre identité avant de refaire vos codes de secours."), frozenset({"stepup"}))
    codes = actions.renew_recovery_codes(request.actor, user)
    return page(request, "accounts/recovery_codes.html", {"codes": codes, "left": len(codes)})


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's name, phone, language, password and signed-in browsers."""
    user = request.user
    kept = {**user.profile, "language": user.language, "density": user.density}
    form = forms.ProfileForm(request.POST or None, initial=kept)
    context = {"form": form, "browsers": reads.browsers(user, hashed(request.session.session_key))}
    if request.method == "GET":
        return page(request, "accounts/account.html", context)
    if not form.is_valid():
        return invalid(request, "accounts/account.html", context)
    user = actions.update_profile(request.actor, user, **form.answers)
    return with_preferences(done(request, reverse("account"), _("C'est enregistré.")), user)


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("current", "new")
def password(request: HttpRequest) -> HttpResponse:
    """Asks for a fresh proof first, so that a stolen browser cannot try passwords here."""
    if not stepup.is_fresh(request):
        raise Refused(_("Confirmez votre identité avant de changer de mot de passe."), frozenset({"stepup"}))
    form = forms.PasswordForm(request.POST or None, user=request.user)
    if request.method == "GET":
        return page(request, "accounts/password.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "accounts/password.html", {"form": form})
    key = request.session.session_key
    actions.change_password(request.actor, request.user, new=form.answers["new"], keep_session=hashed(key))
    update_session_auth_hash(request, request.user)
    return done(
        request, reverse("account"), _("Votre mot de passe est changé. Les autres navigateurs sont déconnectés.")
    )


@open_to(why=OWN)
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    ended = actions.end_session(request.actor, request.user, session=request.POST.get("session", ""))
    return done(request, reverse("account"), _("Ce navigateur est déconnecté.") if ended else "")


def with_preferences(response: HttpResponse, user: User) -> HttpResponse:
    """The cookies of the layout follow the account."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.language), ("densite", user.density)):
        response.set_cookie(name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response
