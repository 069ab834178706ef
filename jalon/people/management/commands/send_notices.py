"""Close what is past, queue the reminders of the day, send what waits. Run every few minutes by the scheduler."""

from typing import Any

from django.core.management.base import BaseCommand

from jalon import journal
from jalon.accounts import actions as accounts
from jalon.notices import actions, sending
from jalon.people import actions as people
from jalon.people import reads


class Command(BaseCommand):
    help = "Met en attente les rappels du jour et envoie les messages qui attendent."

    def handle(self, **options: Any) -> None:
        with journal.collecting():
            accounts.sweep()
            people.let_pass()
            people.suspend_unreviewed()
            people.alert_readings()
            queued = actions.remind(reads.recipients())
        sent, failed = sending.send_pending()
        self.stdout.write(f"rappels : {queued} ; envoyés : {sent} ; à retenter : {failed}")
