"""Nothing typed is lost when a session ends or a proof of identity lapses before the form is sent.

The fields are sealed for the account that was typing; once it has signed in or confirmed again in the same browser,
one page shows them whole and sends them to the same address, where every check is made afresh. Not kept: files, the
pages of accounts (passwords, codes), and what a dossier seals under a key that goes with an agreement or a window
(places, story, health, justice, family, notes); the parts of a request have their own sealed drafts.
"""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from jalon.access import Actor, Policy, Refused
from jalon.access.gate import opens
from jalon.ui.errors import NEVER_RESENT, back
from jalon.vault import keys

from . import actions, reads
from .models import KEPT_FOR, User

WAITING = "form_waiting"  # in the session: the address for which a kept form was shown
LONGEST = 400_000  # characters of a form that is kept
COOKIE = "__Host-texte" if settings.SECURE else "texte"
# Compartments that the end of an agreement, of a window or of a dossier takes away, or that ask for a proof each time.
NOT_OF = frozenset({"C3", "C4", "C5", "C6", "C9", "C11"})
# Parts are declared alike whatever they hold, and have their drafts; the simulator keeps nothing.
NEVER_KEPT = frozenset({"dossiers:part", "dossiers:keep", "journeys:simulator"})


def policy_of(match: ResolverMatch | None) -> Policy | None:
    """The declaration of the view that a form was sent to; None when its forms are not kept."""
    policy: Policy | None = getattr(match and match.func, "policy", None)
    if match is None or policy is None or policy.kind == "public" or match.view_name in NEVER_KEPT:
        return None
    return policy if policy.compartment not in NOT_OF else None


def shown_to(actor: Actor, path: str) -> tuple[Policy, list[str]] | None:
    """What a kept address is about, and the ids that it names; None when it no longer answers in this function."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    policy = policy_of(match)
    if policy is None or not opens(policy.roles, actor.role):
        return None
    return policy, [str(value) for value in match.kwargs.values()]


def hashed(value: str) -> str:
    """The only form under which the value of a browser's cookie is kept; empty when it has none."""
    return keys.mac("kept form", value[:64]).hex() if value else ""


def of_browser(request: HttpRequest) -> str:
    return hashed(request.COOKIES.get(COOKIE, ""))


def keep(request: HttpRequest, user_id: str) -> bool:
    """Seal the fields of this request for this account and this browser. False when there is nothing to keep."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name == "revision" or name not in NEVER_RESENT
        for value in values
    ]
    own = request.path.startswith(reverse("account"))
    if own or policy_of(request.resolver_match) is None or not any(value.strip() for _name, value in fields):
        return False
    if sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return False
    form = {"path": request.get_full_path(), "back": back(request), "fields": fields, "files": bool(request.FILES)}
    value = request.COOKIES.get(COOKIE, "")
    if not reads.has_kept(user_id, hashed(value)):
        value = token_urlsafe(32)
    if actions.keep_form(user_id, browser=hashed(value), form=form) is None:
        return False
    request.kept_in = value  # type: ignore[attr-defined]
    return True


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends to sign-in; when it is a form of a session that has just ended, what it holds is kept first."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        owner = getattr(request.session, "ended_user", "")
        if request.method != "POST" or not owner:
            return super().handle_no_permission(request, view_func)
        account = User.objects.filter(pk=owner).first()
        if account is None or not account.is_open() or not keep(request, owner):
            return super().handle_no_permission(request, view_func)
        url = redirect_to_login(reverse("account_kept_form")).url
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return redirect(url)


class KeptFormMiddleware:
    """Keeps a form refused for want of a fresh proof of identity; forgets it once it has been received."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sent = request.method == "POST" and response.status_code < 400
        if sent and request.session.get(WAITING) == request.get_full_path() and request.user.is_authenticated:
            actions.drop_form(request.user.pk, browser=of_browser(request))
            del request.session[WAITING]
        if value := getattr(request, "kept_in", ""):
            response.set_cookie(
                COOKIE, value, max_age=KEPT_FOR, secure=settings.SECURE, httponly=True, samesite="Strict"
            )
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method != "POST" or not isinstance(exception, Refused):
            return
        if "agreement" in exception.missing or "share" in exception.missing:
            # She took it back in the meantime: what was typed under it goes too.
            if request.user.is_authenticated:
                actions.drop_form(request.user.pk, browser=of_browser(request))
            return
        if "stepup" not in exception.missing:
            return
        if keep(request, request.user.pk):
            request.waiting_at = reverse("account_kept_form")  # type: ignore[attr-defined]
