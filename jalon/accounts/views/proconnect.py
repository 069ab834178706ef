"""The way in of the State's staff: ProConnect in place of the password."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Hidden, Refused, open_to, public
from jalon.ui.views import done, invalid, page

from .. import actions, forms, proconnect, trace
from ..models import User
from .own import OWN


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
