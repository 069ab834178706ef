"""The thread of a convention: what the two structures ask each other, about no person."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, open_to
from jalon.config import clock
from jalon.ui import paging
from jalon.ui.forms import posted, saved
from jalon.ui.views import done

from .. import access, actions, exchange, reads
from ..forms import QuestionForm
from ..models import Convention, ConventionMessage
from .common import actor_of, in_scope, row_of, shown


@open_to(*access.PARTIES, why=access.WHY)
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, convention_id: str) -> HttpResponse:
    """Its messages, and a new one."""
    actor, row = actor_of(request), in_scope(request, convention_id)
    found = reads.thread(actor, row, paging.asked(request))
    first = found.waiting[0] if found.waiting else ""
    form = QuestionForm(posted(request), initial={"answers": first})
    if saved(form, lambda: _write(actor, row, form)):
        return done(request, reverse("conventions:thread", args=[row.pk]), _("Message envoyé"))
    return shown(request, form, "conventions/thread.html", {"convention": row, "thread": found})


def _write(actor: Actor, row: Convention, form: QuestionForm) -> ConventionMessage:
    data = form.cleaned_data
    due_on = data["answer_due_on"] or (exchange.answer_day(clock.today()) if data["expects"] else None)
    answers = None
    if data["answers"]:
        answers = ConventionMessage.objects.filter(pk=data["answers"], convention=row).first()
        if answers is None:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
    return actions.write_to_party(actor, row, text=data["text"], answer_due_on=due_on, answers=answers)


@open_to(*access.PARTIES, why=access.WHY)
@require_POST
def seen(request: HttpRequest, convention_id: str) -> HttpResponse:
    """The messages of the other structure have been read."""
    row = in_scope(request, convention_id)
    actions.mark_read(actor_of(request), row)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse("<span hidden></span>")
    return done(request, reverse("conventions:thread", args=[row.pk]), _("Messages lus"))


@open_to(*access.PARTIES, why=access.WHY)
@require_POST
def close(request: HttpRequest, question_id: str) -> HttpResponse:
    """Who asked says that the answer suffices."""
    rows = ConventionMessage.objects.select_related("convention")
    row = row_of(request, rows, question_id, "convention")
    actions.close_question(actor_of(request), row)
    return done(request, reverse("conventions:thread", args=[row.convention_id]), _("Question close"))
