"""What is being typed in a part: kept quietly while it is written, or forgotten."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jalon import journal
from jalon.access import Condition, Hidden, Refused, screen
from jalon.dossiers import access, actions, forms, versions
from jalon.dossiers import parts as form_parts
from jalon.dossiers.models import Application, Draft, Part
from jalon.people import access as people
from jalon.ui.errors import Conflict
from jalon.ui.views import done, page

from .common import ASSOCIATION, red_seen

# What a form sends besides the answers.
NOT_TYPED = ("csrfmiddlewaretoken", "revision", "state", "chosen")


@screen("C12", "edit", roles=ASSOCIATION)
@require_POST
def keep(request: HttpRequest, application_id: str, code: str) -> HttpResponse:
    """A quiet save, while she types: the draft is sealed, the saved answers do not move."""
    found, spec = asked(request, application_id, code)
    form = forms.PartForm(spec, {}, typed(request), revision=0)
    form.is_valid()
    try:
        draft = keep_typed(request, found, spec)
    except Refused as refused:
        journal.refusal(request, "dossiers:keep", found.dossier, spec.compartment, refused.missing)
        return page(request, "dossiers/_kept.html", {"refused": refused.why})
    part = Part.objects.get(pk=draft.part_id)
    context: dict[str, Any] = {"draft": draft, "stale": draft.based_on != part.revision}
    context["red"] = red_seen(request, found, spec, form.record())
    return page(request, "dossiers/_kept.html", context)


@screen("C12", "edit", roles=ASSOCIATION)
@require_POST
def forget(request: HttpRequest, application_id: str, code: str) -> HttpResponse:
    """Back to the saved answers."""
    found, spec = asked(request, application_id, code)
    actions.forget_draft(request.actor, found, spec.code)
    url = reverse("dossiers:part", args=[found.pk, spec.code])
    return done(request, url, _("Le texte en cours est abandonné : voici ce qui était enregistré."))


def asked(request: HttpRequest, application_id: str, code: str) -> tuple[Application, form_parts.Part]:
    """The request in the actor's scope and its part; nothing of either is opened."""
    found = access.to_keep(request, application_id)
    spec = versions.of(found.form_version).part(code)
    if spec is None or spec.store or spec.computed or found.kind not in spec.kinds:
        raise Hidden
    return found, spec


def typed(request: HttpRequest) -> QueryDict:
    """What was sent that is typed, and a state, since one is always asked."""
    data = request.POST.copy()
    for name in NOT_TYPED:
        data.pop(name, None)
    data["state"] = "in_progress"
    return data


def keep_typed(request: HttpRequest, found: Application, spec: form_parts.Part) -> Draft:
    kept = {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}
    given = request.POST.get("revision", "")
    based_on = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    return actions.keep_draft(request.actor, found, spec.code, typed=kept, based_on=based_on)


def keep_what_was_typed(request: HttpRequest, application_id: str, spec: form_parts.Part) -> None:
    """Before a saving that cannot be: what was typed is not lost.

    Her agreement was taken back since the page was opened: nothing is kept, the page shows the text to its author. The
    proof of identity has lapsed: the text is kept first, then the proof is asked.
    """
    found = access.to_keep(request, application_id)
    answer = people.verdict(request.actor, found.dossier, spec.compartment, "edit")
    if Condition.AGREEMENT in answer.missing:
        journal.refusal(request, "dossiers:part", found.dossier, spec.compartment, answer.missing)
        why = people.withdrawn_sentence(found.dossier) or people.refusal_sentence(answer.missing)
        back = reverse("people:agreements", args=[found.dossier_id])
        raise forms.PartForm(spec, {}, typed(request)).worded(Conflict(why, back=back))
    if answer.missing == {Condition.STEPUP}:
        forms.PartForm(spec, {}, typed(request), revision=0).is_valid()
        keep_typed(request, found, spec)
        raise Refused(_("Ce que vous avez écrit est gardé : vous le retrouverez ici."), answer.missing)


def taken_up(draft: Draft | None) -> QueryDict | None:
    """The fields of a draft as the form receives them."""
    if draft is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in draft.unseal().get("typed", {}).items():
        data.setlist(name, values)
    data["state"] = "in_progress"
    data["revision"] = str(draft.based_on)
    return data
