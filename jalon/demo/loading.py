"""Make the database of a demonstration and load its world into it."""

import gc
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from jalon.notices import sending

from .folder import Mark
from .progress import Progress


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def deliver() -> None:
    """What the world's acts left in the outbox leaves for the sink: « a task waits », and nothing else."""
    with transaction.atomic():
        sending.send_pending(limit=10_000)


def load(data: Path, mark: Mark) -> None:
    """Everything that the world asks for. An error leaves a database that the next start throws away."""
    bar = Progress("base", 1)
    migrate()
    bar.done()
    gc.disable()  # a short life: what it leaves behind goes with the process or the next collection
    if mark.world == "story":
        from .story import load_story

        mark.ids = load_story(mark)
    else:
        from .proof import load_proof

        mark.ids = load_proof(mark)
    deliver()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    gc.enable()
    connection.close()
