"""What proves an identity: the application of codes, passkeys, recovery codes."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Refused, open_to, public
from jalon.ui.forms import posted
from jalon.ui.views import done, invalid, page

from .. import actions, forms, passkeys, reads, recovery, stepup, totp, trace
from ..models import User
from ..sessions import hashed
from .own import OWN


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
