"""The thread of the convention itself: what the two structures ask each other, about no person."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Role
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.notices.kinds import OF_ANSWER
from jalon.people import wall

from .. import exchange
from ..models import Convention, ConventionMessage
from .common import locked, require


@transaction.atomic
def write_to_party(
    actor: Actor,
    convention: Convention,
    *,
    text: str,
    answer_due_on: date | None = None,
    answers: ConventionMessage | None = None,
) -> ConventionMessage:
    """Write to the other structure. What it answers is closed by it; those who follow the convention are told."""
    convention = locked(convention)
    require(actor, convention, "write")
    if not text.strip():
        raise ValidationError({"text": _("Ce champ est obligatoire : écrivez votre réponse.")})
    from_agency = actor.role == Role.EMP
    rows = ConventionMessage.objects.filter(convention=convention)
    answered = exchange.to_answer(rows, answers, from_agency)
    exchange.check_due(answer_due_on)
    message = ConventionMessage(
        convention=convention,
        author_id=actor.user_id,
        from_agency=from_agency,
        sent_at=clock.now(),
        answer_due_on=answer_due_on,
    )
    message.seal({"text": text.strip()})
    message.save(force_insert=True)
    exchange.answer(answered, message)
    with wall.beyond():  # what falls due is held by each of the two houses
        if answered is not None:
            notices.complete(None, *OF_ANSWER, key=answered.pk, actor=actor)
        if answer_due_on is not None:
            _plan_answer(actor, convention, message, answer_due_on)
    journal.record(actor, "write_to_party", objects=[convention.pk, message.pk], sealed=[message])
    for user_id in _other_side(convention, from_agency):
        notices.queue(user_id, "task", f"convention:{message.pk}", actor=actor)
    return message


def _plan_answer(actor: Actor, convention: Convention, message: ConventionMessage, on: date) -> None:
    """What falls due for each of the two structures: a question about no person is theirs."""
    sides = [(convention.association_id, Role.MGR), (convention.agency_id, Role.EMP)]
    (asker, asked), (other, owes) = sides[::-1] if message.from_agency else sides
    dues = exchange.dues(message.pk, clock.today(), on, owes=owes, asked=asked)
    for house, role in ((other, owes), (asker, asked)):
        theirs = [due for due in dues if due.role == role]
        notices.plan_many(None, theirs, organisation_id=house, department=convention.department, actor=actor)


def _other_side(convention: Convention, from_agency: bool) -> set[str]:
    """Who is told that a task waits: who signed for the other structure, and who wrote for it here."""
    organisation = convention.association_id if from_agency else convention.agency_id
    signed = convention.signatures.filter(organisation=organisation).values_list("user_id", flat=True)
    wrote = convention.messages.filter(from_agency=not from_agency).values_list("author_id", flat=True)
    return {*signed, *wrote}


@transaction.atomic
def mark_read(actor: Actor, convention: Convention) -> int:
    """The messages of the other structure have been read."""
    require(actor, convention, "write")
    others = ConventionMessage.objects.filter(convention=convention, from_agency=actor.role != Role.EMP, seen_at=None)
    seen = others.update(seen_at=clock.now())
    if seen:
        journal.record(actor, "mark_read", objects=[convention.pk], count=seen)
    return seen


@transaction.atomic
def close_question(actor: Actor, message: ConventionMessage) -> ConventionMessage:
    """Who asked says that the answer suffices. A question without an answer cannot be closed."""
    require(actor, message.convention, "write")
    message = exchange.closed(ConventionMessage.objects.all(), message, actor.role == Role.EMP)
    journal.record(actor, "close_question", objects=[message.convention_id, message.pk])
    return message
