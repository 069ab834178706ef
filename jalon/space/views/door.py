"""The one address of her host: sign-in outside, her screens inside, and the way out from anywhere.

Everything is at ``/``: what she does is posted there and the answer comes back there, so that the history of her phone
holds one neutral line, and Back shows nothing that she has left.
"""

from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jalon import journal
from jalon.access import Hidden, Refused, public
from jalon.accounts import actions as accounts
from jalon.accounts import totp, trace
from jalon.accounts.forms import ConfirmByCodeForm
from jalon.accounts.sessions import SHORT
from jalon.accounts.views import CodeView, SignInView
from jalon.ui.errors import Conflict

from .. import actions
from ..access import own_space
from ..forms import ActivationForm, GoForm, HerSignInForm
from ..phrases import phrase
from .acts import ACTS
from .common import ABOUT, HOME, PAGE, own, show, speech, to
from .screens import SCREENS

EXIT = "/".join(settings.SPACE_EXIT.split("/")[:3])
FIRST = "first"


@csp_update({"form-action": [EXIT]})  # « Quitter » is a form that leads there, script or no script
@public(why="Her one address: before sign-in it shows the form; inside, each screen declares what it opens.")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code", "paper_code", "new_phrase", "text")
def door(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST" and "leave" in request.POST:
        return leave(request)
    if request.actor is None:
        return outside(request)
    if own_space(request.actor) is None:  # her file has gone elsewhere, or is no more
        request.session.clear()
        return to(request, HOME)
    return inside(request)


def leave(request: HttpRequest) -> HttpResponse:
    """Out, at once: the session ends, the browser is asked to forget, and another page takes the place of this one."""
    flows.logout.logout(request, show_message=False)
    response = HttpResponse(status=303, headers={"Location": settings.SPACE_EXIT})
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# --- outside ------------------------------------------------------------------------------------------------------
def outside(request: HttpRequest) -> HttpResponseBase:
    """Her number and her phrase, then a code; or the first time, with the code of her paper."""
    if "go" in request.POST:
        clear_login(request)
        request.session[PAGE] = FIRST if request.POST["go"] == FIRST else ""
        return HttpResponse(status=303, headers={"Location": "/"})
    if "paper_code" in request.POST:
        return activate(request)
    if "login" not in request.POST and get_pending_stage(request) is not None:
        return HerCodeView.as_view()(request)
    if request.session.get(PAGE) == FIRST and "login" not in request.POST:
        return show(request, "activate", {"form": ActivationForm(), "example": phrase()})
    return HerSignInView.as_view()(request)


class _Plain:
    """The page of a form, whatever was wrong with it: the same sentence for all."""

    request: HttpRequest
    template_name = ""

    def render_to_response(self, context: dict[str, Any], status: int = 200, **_given: Any) -> HttpResponse:
        return show(self.request, self.template_name, {"form": context["form"]}, status=status)


class HerSignInView(_Plain, SignInView):
    form_class = HerSignInForm
    template_name = "sign_in"


class HerCodeView(_Plain, CodeView):
    """The second step: six digits of an application, or a code of her paper."""

    template_name = "code"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return AuthenticateView.post(self, request, *args, **kwargs)  # type: ignore[no-any-return]

    def passed(self) -> HttpResponse:
        user, response = self.account(), super().passed()
        self.request.session[SHORT] = True
        actions.visit(trace.own(self.request, user), user)
        return response


def activate(request: HttpRequest) -> HttpResponse:
    """The phrase that she chooses, then her codes, shown this once. One sentence for whatever is wrong."""
    form = ActivationForm(request.POST)
    made = None
    if ratelimit.consume(request, action="activate") and form.is_valid():
        given = form.answers
        made = accounts.activate(number=given["number"], code=given["paper_code"], phrase=given["new_phrase"])
    if made is None:
        return show(request, "activate", {"form": form, "wrong": True, "example": phrase()}, status=422)
    request.session[PAGE] = ""
    drawing = totp.drawing(made.secret, issuer="Agenda")
    context = {"codes": made.codes, "secret": totp.grouped(made.secret), "drawing": drawing}
    return show(request, "codes", context)


# --- inside -------------------------------------------------------------------------------------------------------
def inside(request: HttpRequest) -> HttpResponse:
    own(request)
    if request.method != "POST":
        return answer(request, SCREENS.get(request.session.get(PAGE) or HOME, SCREENS[HOME]))
    if "code" in request.POST:
        return prove(request)
    if "do" in request.POST:
        act = ACTS.get(request.POST["do"])
        if act is None:
            raise Hidden
        return answer(request, act)
    form = GoForm(request.POST)
    if not form.is_valid() or form.answers["go"] not in SCREENS:
        raise Hidden
    return to(request, form.answers["go"], about=form.answers["id"])


def answer(request: HttpRequest, view: Any) -> HttpResponse:
    """What the screen or the act answers; a missing proof is asked for, a state that moved sends home."""
    try:
        return view(request)  # type: ignore[no-any-return]
    except Refused as refused:
        journal.refusal(request, f"space.{view.__name__}", own(request).dossier, why=sorted(refused.missing))
        if "stepup" in refused.missing:
            return show(request, "prove", {"form": None, "words": speech(request)[0]}, status=403)
        return to(request, HOME, said="wrong")
    except Conflict:
        return to(request, HOME, said="wrong")
    except Hidden:
        request.session[PAGE] = request.session[ABOUT] = ""
        raise


def prove(request: HttpRequest) -> HttpResponse:
    """A code again, for what asks it; the session gets a new key, so that a stolen cookie is not raised along."""
    form = ConfirmByCodeForm(request.POST, user=request.user)
    if not form.is_valid():
        return show(request, "prove", {"form": form, "words": speech(request)[0]}, status=422)
    post_authentication(request, form.authenticator, reauthenticated=True)
    request.session.cycle_key()
    trace.step(request, request.user, "step_up")  # type: ignore[arg-type]
    return HttpResponse(status=303, headers={"Location": "/"})
