"""The second wall on PostgreSQL: put up, taken down, looked at (docs/operating.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jalon.people import wall
from jalon.vault.errors import VaultError


class Command(BaseCommand):
    help = "Mur des lignes et des clés (PostgreSQL) : install, remove, check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("command", choices=["install", "remove", "check"])
        parser.add_argument("--role", default="", help="rôle des serveurs, qui ne possède aucune table")

    def handle(self, *, command: str, role: str, **options: Any) -> None:
        try:
            if command == "install":
                wall.install(role)
            elif command == "remove":
                wall.remove()
            else:
                wall.verify()
        except VaultError as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("fait")
