"""The thread of one person: a message, its answer, the request that is closed."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jalon.access import Actor, Role, screen
from jalon.config import clock
from jalon.conventions import exchange
from jalon.people import access as people
from jalon.people import languages
from jalon.people import reads as persons
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.ui.forms import Form, Once
from jalon.ui.views import done, part

from .. import access, actions
from ..forms import AnswerForm, MessageForm
from ..models import LiaisonMessage
from ..reads import joint, liaison
from .common import saved, shown, subject


@screen("C10", "read", roles=("REF", "EMP"))
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The thread between the association and the employment side, under what she agreed to share."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    dossier = subject(request, dossier_id)
    found = liaison.thread(actor, dossier, paging.asked(request))
    form: Form | None = None
    if request.method == "POST":
        home = request.POST.get("from") == "home"
        form = AnswerForm(request.POST) if home else MessageForm(request.POST, references=found.references)
        if saved(form, lambda: _send(actor, dossier, form)):
            back = reverse("home") if home else reverse("support:thread", args=[dossier_id])
            return done(request, back, _("Message envoyé"))
        form = form if isinstance(form, MessageForm) else _as_message(request, form, found)
    can_write = found.open and people.can(actor, dossier, "C10", access.joint_action(actor))
    if form is None and can_write:
        first = found.waiting[0] if found.waiting else ""
        form = MessageForm(references=found.references, initial={"answers": first})
    context = {
        "dossier": dossier,
        "label": joint.label(actor, dossier, found.banner.what),
        "thread": found,
        "can_write": can_write,
        "employment": actor.role == Role.EMP,
        "language": languages.name(found.banner.language) if found.banner.language else "",
        "agreements": _agreements(actor, dossier),
        "shared": persons.shared_words(found.banner.what),
        "never": persons.shared_words(found.banner.not_shared),
    }
    return shown(request, form, "support/thread.html", context)


def _agreements(actor: Actor, dossier: Dossier) -> str:
    """Where her agreement is taken or taken back, for who may."""
    may = actor.role in access.ASSOCIATION and people.can(actor, dossier, "C15", "read")
    return reverse("people:agreements", args=[dossier.pk]) if may else ""


def _send(actor: Actor, dossier: Dossier, form: Form) -> None:
    """A message that waits without a day waits two working days. An answer is one by itself: a message has one."""
    data, pk = form.cleaned_data, form.promised(actor.user_id) if isinstance(form, Once) else ""
    due_on = data.get("answer_due_on")
    if data.get("expects") and due_on is None:
        due_on = exchange.answer_day(clock.today())
    answered = None
    if data.get("answers"):
        answered = LiaisonMessage.objects.filter(pk=data["answers"], dossier=dossier).first()
        if answered is None:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
    pointed = data.get("references") or ()
    given = {"answer_due_on": due_on, "answers": answered, "references": pointed, "pk": pk}
    actions.send_message(actor, dossier, text=data["text"], **given)


def _as_message(request: HttpRequest, form: Form, found: liaison.Thread) -> Form:
    """The short form of the home page, shown again in full on the thread with what was typed."""
    full = MessageForm(request.POST, references=found.references)
    full.full_clean()
    for field, errors in form.errors.items():
        if field not in full.errors:
            full.add_error(field if field in full.fields else None, list(errors))
    return full


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def seen(request: HttpRequest, dossier_id: str) -> HttpResponse:
    """The messages of the other side were read: by the page itself with htmx, by a button without."""
    dossier = subject(request, dossier_id)
    actions.mark_seen(request.actor, dossier)  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        return part(request, "support/_silence.html")
    return done(request, reverse("support:thread", args=[dossier_id]))


@screen("C10", "read", roles=("REF", "EMP"))
@require_POST
def close(request: HttpRequest, liaison_id: str) -> HttpResponse:
    """Who asked says that the answer suffices."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = access.get_visible(actor, LiaisonMessage.objects.all(), liaison_id)
    actions.close_request(actor, row)
    return done(request, reverse("support:thread", args=[row.dossier_id]), _("Demande close"))
