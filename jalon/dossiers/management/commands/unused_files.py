"""Every night: the files that left with no request are told, then erased."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jalon import journal
from jalon.dossiers import actions


class Command(BaseCommand):
    help = "Annonce, puis efface, les fichiers déposés qui ne sont partis avec aucune demande."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="compte seulement, n'écrit rien")

    def handle(self, *args: Any, **options: Any) -> None:
        with journal.collecting():
            found = actions.erase_unused(dry=options["dry_run"])
        said = f"annoncés : {found.told} ; effacés : {found.erased} ; retirés : {found.withdrawn} ; "
        self.stdout.write(f"{said}retenus : {found.held}" + (" (rien n'est écrit)" if options["dry_run"] else ""))
