"""Sign-in, second factor, step-up and one's own account. allauth keeps the flow; pages and words are ours.

A passkey answers in two posts to the same address: ``begin`` gets a challenge as JSON, ``credential`` is the answer.
"""

from abc import abstractmethod
from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jalon import journal
from jalon.access import Hidden, Refused, open_to, public
from jalon.ui.forms import posted
from jalon.ui.views import YEAR, done, invalid, page

from . import actions, forms, kept, passkeys, proconnect, reads, recovery, stepup, totp, trace
from .models import User
from .sessions import hashed

PROVE_FIRST = gettext_lazy("Confirmez votre identité pour relire ce que vous écriviez.")
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


@public(why="Sets up the second factor: checks by itself that the password was given, before any other page opens.")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The application of codes, at the first sign-in; later another one, in its place, after a proof of identity."""
    user = request.user
    if not isinstance(user, User):
        return redirect("account_login")
    known = stepup.has_two_factors(request)
    if known and not getattr(request.actor, "stepped_up", False):
        raise Refused(_("Confirmez votre identité avant de changer d'application de codes."), frozenset({"stepup"}))
    if not known and reads.has_second_factor(user):  # set up meanwhile elsewhere: this one starts again, with a code
        request.session.clear()
        return redirect("account_login")
    form = forms.EnrolForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        actions.enrol_second_factor(trace.own(request, user), user, secret=form.secret, step=form.step)
        clear_totp_secret(request)
        if known:
            return done(request, reverse("account"), _("Votre nouvelle application donne maintenant vos codes."))
        request.session.cycle_key()
        record_authentication(request, user, "mfa", type="totp", enrolled=True)
        return redirect("mfa_view_recovery_codes")
    context = {"form": form, "secret": totp.grouped(form.secret), "drawing": totp.drawing(form.secret), "known": known}
    return (
        invalid(request, "accounts/enrol.html", context)
        if form.is_bound
        else page(request, "accounts/enrol.html", context)
    )


@public(why="Where the State's staff leave for ProConnect: nobody is signed in by this page.")
@require_http_methods(["GET"])
def proconnect_start(request: HttpRequest) -> HttpResponse:
    """To sign in, or to link one's own account once one's identity is confirmed."""
    if not proconnect.enabled():
        raise Hidden
    if request.actor is not None and not request.actor.stepped_up:
        raise Refused(_("Confirmez votre identité avant de relier ProConnect."), frozenset({"stepup"}))
    waiting = proconnect.errand("link" if request.actor is not None else "sign_in")
    try:
        response = redirect(proconnect.address(waiting))
    except proconnect.Unproved:
        return _proconnect_refused(request)
    proconnect.remember(response, waiting)
    return response


@public(why="Where ProConnect sends the browser back: checks by itself what the provider signed.")
@require_http_methods(["GET", "POST"])
def proconnect_back(request: HttpRequest) -> HttpResponse:
    """GET comes from another site, without this site's session: one button goes on from here."""
    if not proconnect.enabled():
        raise Hidden
    if request.method == "GET":
        given = {name: request.GET.get(name, "")[:2048] for name in ("state", "code")}
        return page(request, "accounts/proconnect.html", given)
    try:
        waiting = proconnect.remembered(request)
        key = proconnect.identify(waiting, request.POST.get("state", ""), request.POST.get("code", ""))
    except proconnect.Unproved:
        return _proconnect_refused(request)
    response = (_proconnect_link if waiting.purpose == "link" else _proconnect_sign_in)(request, key)
    response.delete_cookie(proconnect.COOKIE)
    return response


def _proconnect_sign_in(request: HttpRequest, key: str) -> HttpResponse:
    user = User.objects.filter(proconnect=key).first()
    if user is None or not user.is_open():
        return _proconnect_refused(request)
    record_authentication(request, user, "proconnect")
    return perform_login(request, Login(user=user))  # type: ignore[no-any-return]


def _proconnect_link(request: HttpRequest, key: str) -> HttpResponse:
    if request.actor is None or not request.actor.stepped_up:
        return _proconnect_refused(request)
    actions.link_proconnect(request.actor, request.user, key=key)
    return done(request, reverse("account"), _("ProConnect remplace maintenant votre mot de passe."))


def _proconnect_refused(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        trace.failure(request, "", "sign_in", "proconnect")
    context = {"form": forms.SignInForm(request=request), "proconnect": True, "proconnect_error": True}
    return invalid(request, "accounts/sign_in.html", context)


@open_to(why=OWN)
@require_POST
def proconnect_end(request: HttpRequest) -> HttpResponse:
    actions.link_proconnect(request.actor, request.user, key=None)
    return done(request, reverse("account"), _("ProConnect n'ouvre plus votre compte."))


@public(why="For functions that need a passkey: checks by itself that both factors were given, before any page opens.")
@require_http_methods(["GET", "POST"])
def passkey_required(request: HttpRequest) -> HttpResponse:
    """Show one's passkey, or make the first one (again after a recovery code, when the former is lost)."""
    user = request.user
    if not isinstance(user, User) or not stepup.has_two_factors(request):
        return redirect("account_login")
    if request.actor is not None:
        return redirect("home")
    makes = stepup.by_recovery_code(request) or not passkeys.of(user)
    if "begin" in request.POST:
        return JsonResponse(passkeys.creation(user) if makes else passkeys.challenge(user))
    context = {"makes": makes}
    if request.method == "GET":
        return page(request, "accounts/passkey_required.html", context)
    form = (passkeys.NewPasskeyForm if makes else passkeys.PasskeyForm)(request.POST, user=user)
    if not form.is_valid():
        trace.failure(request, user.pk, "passkey", "passkey")
        return invalid(request, "accounts/passkey_required.html", {**context, "passkey_error": passkeys.UNKNOWN})
    if makes:
        here = hashed(request.session.session_key)
        actions.replace_passkeys(
            trace.own(request, user), user, credential=form.cleaned_data["credential"], keep_session=here
        )
        passkeys.just_made(request, user)
    else:
        passkeys.used(request, form.cleaned_data["credential"])
    request.session.cycle_key()
    return redirect("mfa_view_recovery_codes" if makes and not recovery.left(user) else "home")


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def own_passkeys(request: HttpRequest) -> HttpResponse:
    """One's passkeys; a new one asks for a fresh proof of identity, save the first, just after the application."""
    user, context = request.user, {"passkeys": passkeys.of(request.user)}
    if request.method == "GET":
        return page(request, "accounts/passkeys.html", context)
    if not (request.actor.stepped_up or (not context["passkeys"] and stepup.has_just_enrolled(request))):
        raise Refused(_("Confirmez votre identité avant de changer vos clés d'accès."), frozenset({"stepup"}))
    if "begin" in request.POST:
        return JsonResponse(passkeys.creation(user))
    form = passkeys.NewPasskeyForm(request.POST, user=user)
    if not form.is_valid():
        return invalid(request, "accounts/passkeys.html", {**context, "passkey_error": passkeys.UNKNOWN})
    actions.add_passkey(request.actor, user, credential=form.cleaned_data["credential"])
    return done(request, reverse("account_passkeys"), _("Votre clé d'accès est prête."))


@open_to(why=OWN)
@require_POST
def remove_passkey(request: HttpRequest) -> HttpResponse:
    if not request.actor.stepped_up:
        raise Refused(_("Confirmez votre identité avant de changer vos clés d'accès."), frozenset({"stepup"}))
    actions.remove_passkey(request.actor, request.user, passkey=request.POST.get("passkey", ""))
    return done(request, reverse("account_passkeys"), _("Cette clé d'accès n'ouvre plus rien."))


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many codes are left; POST makes ten new ones and shows them this once."""
    user = request.user
    left = recovery.left(user)
    if request.method == "GET":
        return page(request, "accounts/recovery_codes.html", {"left": left})
    # A recovery code is a proof of identity: whoever could make some without one would give it to himself.
    if not (request.actor.stepped_up or (not left and stepup.has_just_enrolled(request))):
        raise Refused(_("Confirmez votre identité avant de refaire vos codes de secours."), frozenset({"stepup"}))
    codes = actions.renew_recovery_codes(request.actor, user)
    return page(request, "accounts/recovery_codes.html", {"codes": codes, "left": len(codes)})


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's name, phone, language, password and signed-in browsers."""
    user = request.user
    kept = {**user.profile, "language": user.language, "density": user.density}
    form = forms.ProfileForm(posted(request), initial=kept)
    context = {"form": form, "browsers": reads.browsers(user, hashed(request.session.session_key))}
    context |= {"proconnect": proconnect.enabled(), "taken": request.GET.get("deja") == "1"}
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
    if not request.actor.stepped_up:
        raise Refused(_("Confirmez votre identité avant de changer de mot de passe."), frozenset({"stepup"}))
    form = forms.PasswordForm(posted(request), user=request.user)
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
    """One browser, or all but this one when none is named."""
    here, named = hashed(request.session.session_key), request.POST.get("session", "")
    if named:
        ended = actions.end_session(request.actor, request.user, session=named)
        return done(request, reverse("account"), _("Ce navigateur est déconnecté.") if ended else "")
    actions.end_other_sessions(request.actor, request.user, keep_session=here)
    return done(request, reverse("account"), _("Les autres navigateurs sont déconnectés."))


@open_to(why=OWN)
@require_http_methods(["GET", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """What was typed before the session or the proof of identity lapsed: send it, or throw it away."""
    if request.method == "POST":
        actions.drop_form(request.user.pk, browser=kept.of_browser(request))
        request.session.pop(kept.WAITING, None)
        return done(request, reverse("home"), _("Le texte gardé est effacé."))
    if not stepup.just_proved(request):
        raise Refused(PROVE_FIRST, frozenset({"stepup"}))
    compartment, form = reads.kept_form(request.user, kept.of_browser(request)) or ("", None)
    found = kept.shown_to(request.actor, form) if form is not None else None
    if found is None:
        return page(request, "accounts/kept_form.html", {"form": None})
    policy, named = found
    if policy.kind == "screen" and not request.actor.stepped_up:  # about somebody: signing in is not enough
        raise Refused(PROVE_FIRST, frozenset({"stepup"}))
    journal.reading(request, "read_kept_form", compartment=compartment or policy.compartment, objects=named)
    request.session[kept.WAITING] = form["path"]
    return page(request, "accounts/kept_form.html", {"form": form})


def with_preferences(response: HttpResponse, user: User) -> HttpResponse:
    """The cookies of the layout follow the account."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.language), ("densite", user.density)):
        response.set_cookie(name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response
