"""What she does: each button declares its compartment and action, and writes through ``actions``."""

from django.http import HttpRequest, HttpResponse

from jalon.access import Hidden, Role, screen
from jalon.ui.errors import Malformed
from jalon.ui.forms import Form

from .. import actions
from ..access import own_appointment, own_share
from ..forms import ActForm, AskForm, DatesForm
from . import screens
from .common import HOME, Screen, hers, own, to

HER = (Role.PER,)


def _read(form: Form) -> Form:
    """A button sends what its page wrote: anything else is nobody's, or malformed."""
    if not form.is_valid():
        if "id" in form.errors:
            raise Hidden
        raise Malformed("a button of hers")
    return form


@screen("C15", "withdraw", roles=HER)
def take_back_share(request: HttpRequest) -> HttpResponse:
    form, dossier = _read(ActForm(request.POST)), hers(request, "C15", "withdraw")
    actions.take_back_share(request.actor, own_share(request.actor, dossier, form.answers["id"]))
    return to(request, "agreements", said="done")


@screen("C15", "withdraw", roles=HER)
def take_back_agreement(request: HttpRequest) -> HttpResponse:
    _read(ActForm(request.POST))
    actions.take_back_agreement(request.actor, hers(request, "C15", "withdraw"))
    return to(request, "agreements", said="done")


@screen("C2", "edit", roles=HER)
def stop_writing(request: HttpRequest) -> HttpResponse:
    _read(ActForm(request.POST))
    actions.stop_writing(request.actor, hers(request, "C2", "edit"))
    return to(request, "safety", said="done")


@screen("C15", "edit", roles=HER)
def choose_dates(request: HttpRequest) -> HttpResponse:
    form = _read(DatesForm(request.POST))
    hers(request, "C15", "edit")
    actions.choose_dates(request.actor, own(request), shown=form.answers["shown"] == "yes")
    return to(request, "safety", said="done")


@screen("C15", "create", roles=HER)
def cannot_come(request: HttpRequest) -> HttpResponse:
    form, dossier = _read(ActForm(request.POST)), hers(request, "C15", "create")
    actions.cannot_come(request.actor, own_appointment(request.actor, dossier, form.answers["id"]))
    return to(request, HOME, said="sent")


@screen("C15", "create", roles=HER)
def ask(request: HttpRequest) -> HttpResponse:
    form, dossier = AskForm(request.POST), hers(request, "C15", "create")
    if not form.is_valid():
        if set(form.errors) - {"text"}:
            raise Malformed("a request that no page of hers offers")
        return screens.requests(request, form)
    actions.ask(request.actor, dossier, **form.asked)
    return to(request, "requests", said="sent")


ACTS: dict[str, Screen] = {
    "take_back_share": take_back_share,
    "take_back_agreement": take_back_agreement,
    "stop_writing": stop_writing,
    "choose_dates": choose_dates,
    "cannot_come": cannot_come,
    "ask": ask,
}
