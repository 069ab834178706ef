"""Sends what waits in the outbox: outside any transaction of an act, each message once, a failure retried later."""

import logging
from datetime import timedelta

from django.core import mail as django_mail
from django.db import transaction
from django.db.models import F

from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import reads as directory

from .mail import message_to
from .models import Outbox

log = logging.getLogger(__name__)

BATCH = 200
ATTEMPTS = 8
CLAIM = timedelta(minutes=10)


def send_pending(limit: int = BATCH) -> tuple[int, int]:
    """(sent, failed). Real time, not the demonstration's: the carriers live in ours."""
    sent = failed = 0
    now = clock.machine()
    waiting = Outbox.objects.filter(sent_at=None, attempts__lt=ATTEMPTS, next_try_at__lte=now)
    rows = list(waiting.order_by("next_try_at").values_list("pk", "recipient_id")[:limit])
    people = directory.users_named([recipient for _pk, recipient in rows])
    for pk, _recipient in rows:
        # Claimed before it leaves: another process, or the next run after a crash, will not send it at once again.
        taken = Outbox.objects.filter(pk=pk, sent_at=None, next_try_at__lte=now)
        if not taken.update(attempts=F("attempts") + 1, next_try_at=now + CLAIM):
            continue
        row = Outbox.objects.get(pk=pk)
        if _send(row, people.get(row.recipient_id)):
            sent += 1
        else:
            failed += 1
    return sent, failed


def _send(row: Outbox, user: User | None) -> bool:
    if user is None or not user.is_open() or not user.email:
        Outbox.objects.filter(pk=row.pk).update(attempts=ATTEMPTS)
        return False
    try:
        with django_mail.get_connection() as connection:
            connection.send_messages([message_to(user.email, user.language, row.pk)])
    except OSError as error:
        log.warning("a message could not leave (%s), attempt %d", type(error).__name__, row.attempts)
        delay = CLAIM * 2 ** min(row.attempts, 8)
        Outbox.objects.filter(pk=row.pk).update(next_try_at=clock.machine() + delay)
        return False
    with transaction.atomic():
        Outbox.objects.filter(pk=row.pk).update(sent_at=clock.machine())
    return True
