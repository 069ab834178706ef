"""The liaison thread: a word to the other side, its answer, the mark that it was read."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.ui.errors import Conflict

from .. import access
from ..models import LiaisonMessage, LiaisonThread
from .common import seal, trail, written


@transaction.atomic
def open_thread(actor: Actor, dossier: Dossier) -> LiaisonThread:
    """The one thread of this person, opened when she agrees to share with the employment side."""
    people.require(actor, dossier, "C10", access.joint_action(actor))
    access.require_shared(actor, dossier)
    thread = LiaisonThread.objects.filter(dossier=dossier).first()
    if thread is None:
        thread = LiaisonThread.objects.create(dossier_id=dossier.pk, opened_on=clock.today())
        journal.record(actor, "open_thread", dossier, compartment="C10", objects=[thread.pk])
    return thread


@transaction.atomic
def send_message(
    actor: Actor,
    dossier: Dossier,
    *,
    text: str,
    answer_due_on: date | None = None,
    answers: LiaisonMessage | None = None,
) -> LiaisonMessage:
    """Write to the other side. The message that it answers is closed by it; the other side learns that a task waits."""
    thread = open_thread(actor, dossier)
    from_agency = actor.role == Role.EMP
    if answer_due_on is not None and answer_due_on < clock.today():
        raise ValidationError({"answer_due_on": _("La réponse ne peut pas être attendue avant aujourd'hui.")})
    if answers is not None:
        answers = LiaisonMessage.objects.select_for_update(of=("self",)).filter(pk=answers.pk, thread=thread).first()
        if answers is None or answers.from_agency == from_agency:
            raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
        if answers.answered_by_id is not None:
            raise Conflict(_("Ce message a déjà reçu une réponse."))
    message = LiaisonMessage(
        thread=thread,
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        from_agency=from_agency,
        sent_at=clock.now(),
        answer_due_on=answer_due_on,
    )
    seal(message, dossier, {"text": written(text)})
    message.save(force_insert=True)
    if answers is not None:
        answers.answered_by = message
        answers.seen_at = answers.seen_at or message.sent_at
        answers.save(update_fields=["answered_by", "seen_at"])
    trail(actor, "send_message", dossier, message)
    if answers is not None and answers.from_agency:
        notices.complete(dossier, "answer", key=answers.pk, actor=actor)
    if answer_due_on is not None and from_agency:
        notices.plan(dossier, "answer", answer_due_on, role=Role.REF, key=message.pk, actor=actor)
    people_actions.refresh_next_due(dossier)
    for user_id in _other_side(dossier, from_agency):
        notices.queue(user_id, "task", f"liaison:{message.pk}", actor=actor)
    return message


def _other_side(dossier: Dossier, from_agency: bool) -> list[str]:
    """Who is told that a task waits: the referent, or the advisers."""
    kind = AssignmentKind.REFERENT if from_agency else AssignmentKind.ADVISER
    today = clock.today()
    running = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    rows = Assignment.objects.filter(running, dossier_id=dossier.pk, kind=kind)
    return list(rows.values_list("user_id", flat=True).distinct())


@transaction.atomic
def mark_seen(actor: Actor, dossier: Dossier) -> int:
    """The messages of the other side have been read. Reading them asks nothing more than reading C10."""
    people.require(actor, dossier, "C10", "read")
    others = LiaisonMessage.objects.filter(dossier=dossier, from_agency=actor.role != Role.EMP, seen_at=None)
    seen = others.update(seen_at=clock.now())
    if seen:
        journal.record(actor, "mark_seen", dossier, compartment="C10", count=seen)
    return seen
