"""Every night: destroy the session's copies of the packages whose window is over."""

from typing import Any

from django.core.management.base import BaseCommand

from jalon.commissions import actions


class Command(BaseCommand):
    help = "Détruit les copies de séance dont la période de lecture est close."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = actions.close_windows()
        self.stdout.write(f"périodes de lecture closes : {closed}")
