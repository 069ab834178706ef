"""Sign-in, second factor, step-up: allauth keeps the flow; pages and words are ours.

A passkey answers in two posts to the same address: ``begin`` gets a challenge as JSON, ``credential`` is the answer.
"""

from abc import abstractmethod
from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import open_to, public
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page

from .. import actions, forms, passkeys, proconnect, reads, trace
from ..adapter import FIRST_STEP
from ..models import User


class _Invalid422:
    """A refused form comes back with 422."""

    def form_invalid(self, form: Any) -> HttpResponse:
        context = {**self.get_context_data(form=form), "invalid": True}  # type: ignore[attr-defined]
        return self.render_to_response(context, status=422)  # type: ignore[attr-defined]


class SignInView(_Invalid422, LoginView):
    """Login and password. Only failures are counted: a shared address signs in as often as it wants."""

    form_class = forms.SignInForm
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        return {**super().get_context_data(**given), "proconnect": proconnect.enabled()}

    @method_decorator(sensitive_post_parameters("password"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super(LoginView, self).dispatch(request, *args, **kwargs)


class _CodeOrPasskey(_Invalid422):
    """A page with a code to type, and a button for the passkey when the account has one."""

    request: HttpRequest
    verb = ""

    @abstractmethod
    def account(self) -> User:
        """Who is to be recognised."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "begin" in request.POST:
            return JsonResponse(passkeys.challenge(self.account()))
        if "credential" not in request.POST:
            return super().post(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        form = passkeys.PasskeyForm(request.POST, user=self.account())
        if form.is_valid():
            passkeys.used(request, form.cleaned_data["credential"], again=self.verb == "step_up")
            return self.passed()
        trace.failure(request, self.account().pk, self.verb, "passkey")
        context = {**self.get_context_data(), "passkey_error": passkeys.UNKNOWN, "invalid": True}
        return self.render_to_response(context, status=422)  # type: ignore[attr-defined,no-any-return]

    @abstractmethod
    def passed(self) -> HttpResponse:
        """Where the proof leads."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        context = super().get_context_data(**given)  # type: ignore[misc]
        held = {kept.type for kept in reads.factors(self.account())}
        return {**context, "passkeys": "webauthn" in held, "codes": held != {"webauthn"}}


class CodeView(_CodeOrPasskey, AuthenticateView):
    """The second step of sign-in."""

    form_class = forms.CodeForm
    template_name = "accounts/code.html"
    verb = "second_factor"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A password that was changed or taken back, an account that was stopped, since the first step: begin again."""
        waiting = get_pending_stage(request)
        if waiting is not None and not self._holds(request, waiting.login.user):
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)

    def _holds(self, request: HttpRequest, user: User) -> bool:
        done_with = request.session.get(FIRST_STEP, "")
        return user.is_open() and constant_time_compare(done_with, user.get_session_auth_hash())

    def account(self) -> User:
        return self.stage.login.user  # type: ignore[no-any-return]

    def _build_forms(self) -> Any:
        typed = self.request.method == "POST" and "code" in self.request.POST
        self.auth_form = forms.CodeForm(user=self.account(), data=self.request.POST if typed else None)
        self.webauthn_form = None
        return self.auth_form

    def form_valid(self, form: Any) -> HttpResponse:
        post_authentication(self.request, form.authenticator)
        return self.passed()

    def passed(self) -> HttpResponse:
        trace.step(self.request, self.account(), self.verb)
        return self.stage.exit()  # type: ignore[no-any-return]


class ConfirmView(_CodeOrPasskey, CodeAgainView):
    """Step-up: the session gets a new key, so that a stolen cookie is not raised along."""

    form_class = forms.ConfirmByCodeForm
    template_name = "accounts/confirm.html"
    verb = "step_up"

    def account(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def form_valid(self, form: Any) -> HttpResponse:
        post_authentication(self.request, form.authenticator, reauthenticated=True)
        return self.passed()

    def passed(self) -> HttpResponse:
        self.request.session.cycle_key()
        trace.step(self.request, self.account(), self.verb)
        return redirect(self.get_success_url())


sign_in = public(why="This is where one signs in.")(SignInView.as_view())
code = public(why="The second step of sign-in: the password was right, nobody is signed in yet.")(CodeView.as_view())
confirm = open_to(why="everyone may confirm one's identity")(ConfirmView.as_view())


@public(why="The other way to sign in: a passkey says who comes, and proves it.")
@require_POST
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """No count of failures here: a passkey cannot be guessed, and others' failures must not shut its owner out."""
    if not ratelimit.consume(request, action="passkey"):
        return page(request, "429.html", status=429)
    if "begin" in request.POST:
        return JsonResponse(passkeys.challenge(None))
    form = passkeys.PasskeyForm(request.POST, user=None)
    if not form.is_valid():
        trace.failure(request, "", "sign_in", "passkey")
        context = {"form": forms.SignInForm(request=request), "passkey_error": passkeys.UNKNOWN}
        return invalid(request, "accounts/sign_in.html", context)
    return passkeys.sign_in(request, form.cleaned_data["credential"])


@public(why="Whoever holds the link of an invitation sets a first password; nothing else is shown or opened.")
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("new")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A link unknown, used, or too old is the same page. Reading it does not use it: mail programs look at links."""
    kept = reads.invitation(token)
    if kept is None:
        return page(request, "accounts/invitation_over.html", status=410)
    form = forms.InvitationForm(posted(request), user=kept.user)
    if request.method == "GET":
        return page(request, "accounts/invitation.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "accounts/invitation.html", {"form": form})
    if not actions.accept_invitation(token, login=form.answers["login"], password=form.answers["new"]):
        form.add_error("login", _("Ce lien n'est pas fait pour cette adresse de connexion."))
        return invalid(request, "accounts/invitation.html", {"form": form})
    return done(request, reverse("account_login"), _("Votre mot de passe est choisi. Connectez-vous."))


@public(why="Signing out never fails, signed in or not.")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    flows.logout.logout(request, show_message=False)
    response = redirect("account_login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
