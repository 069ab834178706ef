"""Nothing typed is lost when a session ends or a proof of identity lapses before the form is sent.

The fields are sealed for the account that was typing; once it has signed in or confirmed again, one page shows them
and sends them to the same address, where every check is made afresh. Files are not kept, nor anything of the pages of
accounts (passwords, codes).
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jalon.access import Refused
from jalon.ui.errors import NEVER_RESENT, back

from . import actions
from .models import User

WAITING = "form_waiting"  # in the session: the address for which a kept form was shown
LONGEST = 400_000  # characters of a form that is kept


def keep(request: HttpRequest, user_id: str) -> bool:
    """Seal the fields of this request for this account. False when there is nothing to keep."""
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
    form = {"path": request.get_full_path(), "back": back(request), "fields": fields, "files": bool(request.FILES)}
    actions.keep_form(user_id, form=form)
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
            actions.drop_form(request.user.pk)
            del request.session[WAITING]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if request.method != "POST" or not isinstance(exception, Refused) or "stepup" not in exception.missing:
            return
        if keep(request, request.user.pk):
            request.waiting_at = reverse("account_kept_form")  # type: ignore[attr-defined]
