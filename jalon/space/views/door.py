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
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jalon import journal
from jalon.access import Hidden, Refused, public
from jalon.accounts import actions as accounts
from jalon.accounts import passkeys, totp, trace
from jalon.accounts import reads as known
from jalon.accounts.forms import ConfirmByCodeForm
from jalon.accounts.models import User
from jalon.accounts.sessions import SHORT
from jalon.accounts.views import CodeView, SignInView
from jalon.ui.errors import Conflict

from .. import actions
from ..access import own_space
from ..forms import ActivationForm, GoForm, HerSignInForm, PasskeyCodeForm
from ..phrases import phrase
from .acts import ACTS
from .common import ABOUT, HOME, PAGE, own, show, speech, to
from .screens import SCREENS

EXIT = "/".join(settings.SPACE_EXIT.split("/")[:3])
FIRST = "first"


@csp_update({"form-action": [EXIT]})  # « Quitter » is a form that leads there, script or no script
@public(why="Her one address: before sign-in it shows the form; inside, each screen declares what it opens.")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code", "paper_code", "new_phrase", "screen_code", "credential", "text")
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
    """Her number and her phrase, then a code; or her telephone alone; or the first time, with the code of her card."""
    if "go" in request.POST:
        clear_login(request)
        request.session[PAGE] = FIRST if request.POST["go"] == FIRST else ""
        return HttpResponse(status=303, headers={"Location": "/"})
    if "paper_code" in request.POST:
        return activate(request)
    if "screen_code" in request.POST:
        return activate_by_passkey(request)
    if passkeys.ANSWERS & set(request.POST):
        return sign_in_by_passkey(request)
    if "login" not in request.POST and get_pending_stage(request) is not None:
        return HerCodeView.as_view()(request)
    if request.session.get(PAGE) == FIRST and "login" not in request.POST:
        return first_time(request)
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
        came(self.request, user)
        return response


def came(request: HttpRequest, user: User) -> None:
    request.session[SHORT] = True
    actions.visit(trace.own(request, user), user)


def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Her telephone says who comes and proves it: nothing is typed. What it is asked is the same for everyone."""
    allowed = ratelimit.consume(request, action="passkey")
    if allowed and "begin" in request.POST:
        return JsonResponse(passkeys.challenge(None))
    form = passkeys.PasskeyForm(request.POST, user=None)
    if allowed and form.is_valid():
        passkey = form.cleaned_data["credential"]
        passkeys.sign_in(request, passkey)
        came(request, passkey.user)
        return to(request, HOME)
    if allowed:
        trace.failure(request, "", "sign_in", "passkey")
    return show(request, "sign_in", {"form": HerSignInForm(), "wrong": True}, status=422)


def first_time(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    context = {"form": ActivationForm(), "passkey": PasskeyCodeForm(), "example": phrase(), "wrong": status != 200}
    return show(request, "activate", {**context, **given}, status=status)


def activate(request: HttpRequest) -> HttpResponse:
    """The phrase that she chooses, then her codes, shown this once. One sentence for whatever is wrong."""
    form = ActivationForm(request.POST)
    made = None
    if ratelimit.consume(request, action="activate") and form.is_valid():
        given = form.answers
        made = accounts.activate(number=given["number"], code=given["paper_code"], phrase=given["new_phrase"])
    if made is None:
        return first_time(request, 422, form=form)
    request.session[PAGE] = ""
    drawing = totp.drawing(made.secret, issuer="Agenda")
    context = {"codes": made.codes, "secret": totp.grouped(made.secret), "drawing": drawing}
    return show(request, "codes", context)


def activate_by_passkey(request: HttpRequest) -> HttpResponse:
    """The code of the desk's screen, then the gesture of her telephone: it opens from now on. One sentence as well."""
    form, allowed = PasskeyCodeForm(request.POST), ratelimit.consume(request, action="activate")
    code = form.answers["screen_code"] if allowed and form.is_valid() else ""
    user = known.awaiting_passkey(code)
    if user is not None and "begin" in request.POST:
        return JsonResponse(passkeys.creation(user, here=True))
    answer = passkeys.NewPasskeyForm(request.POST, user=user)
    made = answer.cleaned_data["credential"] if user is not None and answer.is_valid() else None
    if made and accounts.activate_by_passkey(code=code, credential=made):
        return to(request, "", said="ready")
    if allowed:
        trace.failure(request, user.pk if user else "", "activate", "passkey")
    return first_time(request, 422, passkey=form)


# --- inside -------------------------------------------------------------------------------------------------------
def inside(request: HttpRequest) -> HttpResponse:
    own(request)
    if request.method != "POST":
        return answer(request, SCREENS.get(request.session.get(PAGE) or HOME, SCREENS[HOME]))
    if "code" in request.POST:
        return prove(request)
    if passkeys.ANSWERS & set(request.POST):
        return prove_by_passkey(request)
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
            return ask_proof(request, 403)
        return to(request, HOME, said="wrong")
    except Conflict:
        return to(request, HOME, said="wrong")
    except Hidden:
        request.session[PAGE] = request.session[ABOUT] = ""
        raise


def ask_proof(request: HttpRequest, status: int = 422) -> HttpResponse:
    """Of whoever entered by her telephone, its gesture again; of anyone else, a code."""
    context = {"words": speech(request)[0], "by_passkey": bool(passkeys.of(request.user)), "wrong": status == 422}  # type: ignore[arg-type]
    return show(request, "prove", context, status=status)


def prove(request: HttpRequest) -> HttpResponse:
    form = ConfirmByCodeForm(request.POST, user=request.user)
    if not form.is_valid():
        return ask_proof(request)
    post_authentication(request, form.authenticator, reauthenticated=True)
    return proved(request)


def prove_by_passkey(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    allowed = ratelimit.consume(request, action="passkey")
    if allowed and "begin" in request.POST:
        return JsonResponse(passkeys.challenge(user))
    form = passkeys.PasskeyForm(request.POST, user=user)
    if allowed and form.is_valid():
        passkeys.used(request, form.cleaned_data["credential"], again=True)
        return proved(request)
    if allowed:
        trace.failure(request, user.pk, "step_up", "passkey")
    return ask_proof(request)


def proved(request: HttpRequest) -> HttpResponse:
    """Who she is, proved again, for what asks it; a new key, so that a stolen cookie is not raised along."""
    request.session.cycle_key()
    trace.step(request, request.user, "step_up")  # type: ignore[arg-type]
    return HttpResponse(status=303, headers={"Location": "/"})
