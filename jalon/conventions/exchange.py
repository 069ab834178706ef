"""What a message between the two structures may become: the same rules for a person's thread and a convention's."""

from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from jalon.access import Refused
from jalon.config import clock
from jalon.law.dates import is_working_day
from jalon.notices.actions import Due
from jalon.ui import html
from jalon.ui.errors import Conflict

from .models import Exchange

# A message that waits for an answer waits two working days, unless another day is written.
ANSWER_DAYS = 2
# Working days without an answer: who owes it is asked again, who asked is alerted, then looks for another way.
AGAIN, ALERT, OTHER_WAY = 5, 10, 30

Row = TypeVar("Row", bound=Exchange)


def answer_day(sent_on: date, days: int = ANSWER_DAYS) -> date:
    """The day by which an answer is expected: so many working days after."""
    day = sent_on
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def working_days(start: date, end: date) -> int:
    """Working days after ``start``, up to ``end`` included: 0 for an answer of the same day."""
    days = range(1, (end - start).days + 1)
    return sum(is_working_day(start + timedelta(days=one)) for one in days)


def dues(key: str, sent_on: date, answer_due_on: date, *, owes: str, asked: str) -> list[Due]:
    """What falls due with a request: its answer, and the days on which nobody lets it drop. Roles: of each side.

    What comes before the day that was written is left out: nobody is pressed for what is not due yet.
    """
    steps = (("answer_again", AGAIN, owes), ("answer_alert", ALERT, asked), ("answer_path", OTHER_WAY, asked))
    later = [Due(kind, answer_day(sent_on, days), role, key=key) for kind, days, role in steps]
    return [Due("answer", answer_due_on, owes, key=key), *(due for due in later if due.on > answer_due_on)]


def check_due(answer_due_on: date | None) -> None:
    if answer_due_on is not None and answer_due_on < clock.today():
        raise ValidationError({"answer_due_on": _("La réponse ne peut pas être attendue avant aujourd'hui.")})


def to_answer(rows: QuerySet[Row], answers: Row | None, from_agency: bool) -> Row | None:
    """The message that will be answered, locked: one of this thread, of the other side, without an answer."""
    if answers is None:
        return None
    found = rows.select_for_update(of=("self",)).filter(pk=answers.pk).first()
    if found is None or found.from_agency == from_agency:
        raise ValidationError({"answers": _("Ce message n'attend pas votre réponse.")})
    if found.answered_by_id is not None:
        raise Conflict(_("Ce message a déjà reçu une réponse."))
    return found


def answer(answered: Row | None, message: Row) -> None:
    """The answer is written: the message has been read, and has it."""
    if answered is not None:
        answered.answered_by = message
        answered.seen_at = answered.seen_at or message.sent_at
        answered.save(update_fields=["answered_by", "seen_at"])


def closed(rows: QuerySet[Row], message: Row, from_agency: bool) -> Row:
    """Closed by the side that asked, once it has its answer."""
    found = rows.select_for_update(of=("self",)).get(pk=message.pk)
    if found.from_agency != from_agency:
        raise Refused(_("Une demande est close par qui l'a posée."))
    if found.waits:
        raise Refused(_("Cette demande attend encore sa réponse : elle ne peut pas être close."))
    if found.closed_at is not None:
        raise Conflict(_("Cette demande est déjà close."))
    found.closed_at = clock.now()
    found.save(update_fields=["closed_at"])
    return found


def owed(rows: QuerySet[Row], from_agency: bool) -> tuple[list[str], int]:
    """Of the messages of this side: those that wait for an answer, the oldest first; how many are unseen."""
    waits = Q(answer_due_on__isnull=False, answered_by=None)
    told = rows.filter(waits | Q(seen_at=None), from_agency=from_agency).order_by("sent_at", "pk")
    listed = list(told.values_list("pk", "seen_at", "answer_due_on", "answered_by"))
    waiting = [pk for pk, _seen, due, answer in listed if due is not None and answer is None]
    return waiting, sum(seen is None for _pk, seen, _due, _answer in listed)


def where(row: Exchange, mine: bool, today: date) -> Any:
    """Sent, seen, answered, closed, late: the words beside a message."""
    if row.closed_at is not None:
        return html.state("ok", _("clos le %(day)s") % {"day": html.day(row.closed_at)})
    if row.answered_by is not None:
        return html.state("ok", _("répondu le %(day)s") % {"day": html.day(row.answered_by.sent_at)})
    reached = [html.state("neutral", _("lu") if row.seen_at else _("envoyé"))] if mine else []
    if row.answer_due_on is not None:
        late = row.answer_due_on < today
        if mine and late and working_days(row.sent_at.astimezone(clock.PARIS).date(), today) >= OTHER_WAY:
            reached.append(html.state("danger", _("proposer une autre voie")))
        words = _("réponse attendue depuis le %(day)s") if late else _("réponse attendue le %(day)s")
        if not (mine or late):
            words = _("répondre avant le %(day)s")
        reached.append(html.state("danger" if late else "warn", words % {"day": html.day(row.answer_due_on)}))
    return format_html_join(" ", "{}", ((one,) for one in reached))
