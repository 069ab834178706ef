"""The liaison thread: a word to the other side, its answer, the mark that it was read."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.conventions import exchange
from jalon.notices import actions as notices
from jalon.notices.kinds import OF_ANSWER
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.access import running
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.vault.ids import new_id

from .. import access
from ..models import LiaisonMessage, LiaisonThread
from .common import made, seal, trail, written


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
    references: Collection[str] = (),
    pk: str = "",
) -> LiaisonMessage:
    """Write to the other side, which learns that a task waits. The message that it answers has its answer.

    ``references``: keys of what both sides already read (``reads.liaison.references``): pointed to, never copied.
    """
    thread = open_thread(actor, dossier)
    if (known := made(LiaisonMessage, dossier, pk)) is not None:
        return known
    from_agency = actor.role == Role.EMP
    exchange.check_due(answer_due_on)
    answered = exchange.to_answer(LiaisonMessage.objects.filter(thread=thread), answers, from_agency)
    message = LiaisonMessage(
        id=pk or new_id(),
        thread=thread,
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        from_agency=from_agency,
        sent_at=clock.now(),
        answer_due_on=answer_due_on,
    )
    seal(message, dossier, {"text": written(text), "references": list(references)})
    message.save(force_insert=True)
    exchange.answer(answered, message)
    trail(actor, "send_message", dossier, message)
    if answered is not None:
        notices.complete(dossier, *OF_ANSWER, key=answered.pk, actor=actor)
    if answer_due_on is not None:
        owes, asked = (Role.REF, Role.EMP) if from_agency else (Role.EMP, Role.REF)
        dues = exchange.dues(message.pk, clock.today(), answer_due_on, owes=owes, asked=asked)
        notices.plan_many(dossier, dues, actor=actor)
    people_actions.refresh_next_due(dossier)
    for user_id in _other_side(dossier, from_agency):
        notices.queue(user_id, "task", f"liaison:{message.pk}", actor=actor)
    return message


def _other_side(dossier: Dossier, from_agency: bool) -> list[str]:
    """Who is told that a task waits: the referent, or the advisers."""
    kind = AssignmentKind.REFERENT if from_agency else AssignmentKind.ADVISER
    rows = Assignment.objects.filter(running(), dossier_id=dossier.pk, kind=kind)
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


@transaction.atomic
def close_request(actor: Actor, message: LiaisonMessage) -> LiaisonMessage:
    """Who asked says that the answer suffices. A request without an answer cannot be closed."""
    dossier = message.dossier
    people.require(actor, dossier, "C10", access.joint_action(actor))
    access.require_shared(actor, dossier)
    message = exchange.closed(LiaisonMessage.objects.all(), message, actor.role == Role.EMP)
    trail(actor, "close_request", dossier, message)
    return message
