"""Sends what waits in the outbox: outside any transaction of an act, each message once, a failure retried later.

A relay that does not open costs no message an attempt: all wait for the next run. A message that the relay refuses,
or that was cut on its way, is tried again for more than five days, ever more rarely, and holds no other. What was
accepted and not noted (the process killed, the answer cut) leaves again under the same Message-ID.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

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
ATTEMPTS = 10
CLAIM = timedelta(minutes=10)


def send_pending(limit: int = BATCH) -> tuple[int, int]:
    """(sent, failed). Real time, not the demonstration's: the carriers live in ours."""
    sent = failed = 0
    waiting = Outbox.objects.filter(sent_at=None, attempts__lt=ATTEMPTS, next_try_at__lte=clock.machine())
    rows = list(waiting.order_by("next_try_at").values_list("pk", "recipient_id")[:limit])
    people = directory.users_named([recipient for _pk, recipient in rows])
    for pk, _recipient in rows:
        carrier = django_mail.get_connection()
        try:
            carrier.open()
        except OSError as error:
            log.warning("the relay does not answer (%s): what waits stays", type(error).__name__)
            failed += 1
            break
        # Claimed before it leaves: another process, or the next run after a crash, will not send it at once again.
        now = clock.machine()
        taken = Outbox.objects.filter(pk=pk, sent_at=None, next_try_at__lte=now)
        try:
            if not taken.update(attempts=F("attempts") + 1, next_try_at=now + CLAIM):
                continue
            row = Outbox.objects.get(pk=pk)
            if _send(carrier, row, people.get(row.recipient_id)):
                sent += 1
            else:
                failed += 1
        finally:
            with suppress(OSError):
                carrier.close()
    return sent, failed


def _send(carrier: Any, row: Outbox, user: User | None) -> bool:
    if user is None or not user.is_open() or not user.email:
        Outbox.objects.filter(pk=row.pk).update(attempts=ATTEMPTS)
        return False
    try:
        carrier.send_messages([message_to(user.email, user.language, row.pk)])
    except (OSError, ValueError) as error:  # ValueError: an address that no header takes
        log.warning("a message could not leave (%s), attempt %d", type(error).__name__, row.attempts)
        delay = CLAIM * 2 ** min(row.attempts, 8)
        Outbox.objects.filter(pk=row.pk).update(next_try_at=clock.machine() + delay)
        return False
    with transaction.atomic():
        Outbox.objects.filter(pk=row.pk).update(sent_at=clock.machine())
    return True
