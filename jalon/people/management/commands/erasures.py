"""The ends of files: propose (every night), write the list kept elsewhere, replay it after an older backup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jalon import journal
from jalon.config.start import RESTORED
from jalon.people import actions, tombstones
from jalon.vault.errors import VaultError


class Command(BaseCommand):
    help = "Effacements : proposer (chaque nuit), exporter la liste signée, la rejouer après une restauration."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        propose = commands.add_parser("propose", help="propose ce qui est dû, retire ce qui ne l'est plus")
        propose.add_argument("--dry-run", action="store_true", help="compte seulement, n'écrit rien")
        commands.add_parser("export", help="écrit la liste signée").add_argument("folder", type=Path)
        commands.add_parser("replay", help="efface de nouveau ce que dit la liste").add_argument("file", type=Path)

    def handle(self, *, command: str, **options: Any) -> None:
        try:
            with journal.collecting():
                self.stdout.write(getattr(self, f"_{command}")(options))
        except VaultError as refused:
            raise CommandError(str(refused)) from None

    def _propose(self, options: dict[str, Any]) -> str:
        found = actions.propose_erasures(dry=options["dry_run"])
        counts = f"proposés : {found.proposed} ; retirés : {found.withdrawn} ; retenus : {found.held} ; "
        counts = f"{counts}déjà annoncés : {found.waiting} ; premiers contacts clos : {found.closed}"
        counts = f"{counts} ; lieux quittés oubliés : {actions.forget_left_places(dry=options['dry_run'])}"
        return counts + (" (rien n'est écrit)" if options["dry_run"] else "")

    def _export(self, options: dict[str, Any]) -> str:
        return f"liste écrite : {tombstones.write(options['folder']).name}"

    def _replay(self, options: dict[str, Any]) -> str:
        count = actions.replay_erasures(tombstones.read(options["file"]))
        (settings.DATA_DIR / RESTORED).unlink(missing_ok=True)
        return f"dossiers effacés de nouveau : {count}"
