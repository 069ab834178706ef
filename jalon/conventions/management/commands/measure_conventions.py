"""Measure the months that are over. Run every night by the scheduler."""

from typing import Any

from django.core.management.base import BaseCommand

from jalon import journal
from jalon.conventions import actions


class Command(BaseCommand):
    help = "Mesure les mois échus des conventions signées."

    def handle(self, **options: Any) -> None:
        with journal.collecting():
            count = actions.measure_all()
        self.stdout.write(f"valeurs mesurées : {count}")
