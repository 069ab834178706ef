"""Nothing typed is lost when a session ends or a proof of identity lapses before the form is sent.

The fields are sealed for the account that was typing; once it has signed in or confirmed again in the same browser,
one page shows them whole and sends them to the same address, where every check is made afresh. What a dossier seals
by itself (places, story, health, justice, family, notes) waits under that dossier's own key, if nothing but the proof
of identity lacks (``jalon.people.kept``). Not kept: files, and the pages of accounts (passwords, codes).

Whose text it is: the session says it when it ended by its own limits; when its row is gone (ended elsewhere, wiped),
the signed cookie of the browser, which names the last account that signed in there.
"""

from collections.abc import Callable, Iterable
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from jalon.access import Actor, Policy, Refused
from jalon.access.gate import opens
from jalon.ui.errors import NEVER_RESENT, back
from jalon.vault import keys

from . import actions
from .actions import STAFF, Under
from .models import KEPT_FOR, User

WAITING = "form_waiting"  # in the session: the address for which a kept form was shown
LONGEST = 400_000  # characters of a form that is kept
COOKIE = "__Host-texte" if settings.SECURE else "texte"
SALT = "kept form"
# Compartments that the end of an agreement, of a window or of a dossier takes away, or that ask for a proof each time.
NOT_OF = frozenset({"C3", "C4", "C5", "C6", "C9", "C11"})
# The quiet save of a part, whose text stays on its page; the simulator, which keeps nothing.
NEVER_KEPT = frozenset({"dossiers:keep", "journeys:simulator"})
# A part keeps what was typed in its own sealed draft, while it knows who writes.
HAVE_DRAFTS = frozenset({"dossiers:part"})

# Said by a view of these compartments: (user id, the actor when known, the fields, the view's arguments) -> the key.
Whose = Callable[[str, Actor | None, QueryDict, dict[str, Any]], Under | None]


def under(match: ResolverMatch | None, user_id: str, typed: QueryDict, actor: Actor | None = None) -> Under | None:
    """The key under which a form waits for this account; None when it is not kept, or is nobody's to keep."""
    policy: Policy | None = getattr(match and match.func, "policy", None)
    if match is None or policy is None or policy.kind == "public" or match.view_name in NEVER_KEPT:
        return None
    whose: Whose | None = getattr(match.func, "kept_under", None)
    if whose is not None:
        return whose(user_id, actor, typed, match.kwargs)
    return STAFF if policy.compartment not in NOT_OF else None


def shown_to(actor: Actor, form: dict[str, Any]) -> tuple[Policy, list[str]] | None:
    """What a kept form is about, and the ids that it names; None when it may no longer be sent in this function."""
    try:
        match = resolve(urlsplit(form["path"]).path)
    except Resolver404:
        return None
    if under(match, actor.user_id, _posted(form["fields"]), actor) is None:
        return None
    policy: Policy = match.func.policy  # type: ignore[attr-defined]
    return (policy, [str(value) for value in match.kwargs.values()]) if opens(policy.roles, actor.role) else None


def _posted(fields: Iterable[tuple[str, str]]) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name, value in fields:
        typed.appendlist(name, value)
    return typed


def hashed(value: str) -> str:
    """The only form under which the value of a browser's cookie is kept; empty when it has none."""
    return keys.mac("kept form", value[:64]).hex() if value else ""


def browser_and_author(request: HttpRequest) -> tuple[str, str]:
    """What this browser's cookie says: its own random value, and the account that signed in there last."""
    value = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=KEPT_FOR) or ""
    browser, _colon, author = value.partition(":")
    return browser, author


def of_browser(request: HttpRequest) -> str:
    return hashed(browser_and_author(request)[0])


def keep(request: HttpRequest, user_id: str) -> bool:
    """Seal the fields of this request for this account and this browser. False when there is nothing to keep."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name == "revision" or name not in NEVER_RESENT
        for value in values
    ]
    own = request.path.startswith(reverse("account"))
    if own or not any(value.strip() for _name, value in fields):
        return False
    if sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return False
    key = under(request.resolver_match, user_id, request.POST, getattr(request, "actor", None))
    if key is None:
        return False
    form = {"path": request.get_full_path(), "back": back(request), "fields": fields, "files": bool(request.FILES)}
    browser = browser_and_author(request)[0] or token_urlsafe(32)
    if actions.keep_form(user_id, browser=hashed(browser), form=form, under=key) is None:
        return False
    request.kept_in = browser  # type: ignore[attr-defined]
    return True


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends to sign-in; when it is a form of a session that has ended since its page, what it holds is kept first."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        owner = getattr(request.session, "ended_user", "")
        if owner is None:
            owner = browser_and_author(request)[1]
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
    """Keeps a form refused for want of a fresh proof of identity; forgets it once it has been received.

    It also holds the browser's cookie: never on the host of the persons accompanied, where nothing is kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        came_as = request.user.pk
        response = self.get_response(request)
        sent = request.method == "POST" and response.status_code < 400
        if sent and request.session.get(WAITING) == request.get_full_path() and request.user.is_authenticated:
            actions.drop_form(request.user.pk, browser=of_browser(request))
            del request.session[WAITING]
        if not request.space:  # type: ignore[attr-defined]
            self.mark(request, response, came_as)
        return response

    def mark(self, request: HttpRequest, response: HttpResponse, came_as: str | None) -> None:
        """Name in the cookie whoever is signed in now; nobody once she has signed out. A session's end leaves it."""
        browser, author = browser_and_author(request)
        kept_in, now = getattr(request, "kept_in", browser), request.user.pk
        named = (now or "") if came_as or now else author
        if kept_in == browser and named == author and now == came_as:
            return
        response.set_signed_cookie(
            COOKIE,
            f"{kept_in or token_urlsafe(32)}:{named}",
            salt=SALT,
            max_age=KEPT_FOR,
            secure=settings.SECURE,
            httponly=True,
            samesite="Strict",
        )

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method != "POST" or not isinstance(exception, Refused):
            return
        if "agreement" in exception.missing or "share" in exception.missing:
            # She took it back in the meantime: what was typed under it goes too.
            if request.user.is_authenticated:
                actions.drop_form(request.user.pk, browser=of_browser(request))
            return
        if "stepup" not in exception.missing or request.resolver_match.view_name in HAVE_DRAFTS:  # type: ignore[union-attr]
            return
        if keep(request, request.user.pk):
            request.waiting_at = reverse("account_kept_form")  # type: ignore[attr-defined]
