"""The addresses of her host: one (``settings.SPACE_URLCONF``). The names are those that the sign-in flow looks for."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from jalon.ui.views import robots

from .views.common import show
from .views.door import door, leave

NAMES = ("space", "home", "account_login", "mfa_authenticate", "mfa_activate_totp", "mfa_reauthenticate")
urlpatterns = [
    *(path("", door, name=name) for name in (*NAMES, "account_reauthenticate", "account_logout")),
    path("robots.txt", robots, name="robots"),
]


def error(request: HttpRequest | None, status: int) -> HttpResponse:
    """One page for whatever is not there or did not work, signed in or not: it says nothing else."""
    if request is None or not hasattr(request, "session"):
        return HttpResponse(status=status)
    if status == 403 and "leave" in request.POST:  # an old page, or a cookie gone: the way out is open all the same
        return leave(request)
    # The same bytes for everyone: no token in it, nothing of who asks.
    return show(request, "error", {"missing": status == 404, "uniform": True}, status=status)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 403)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)
