"""What every verb of this room needs: the row locked, its next date kept."""

from typing import Any

from jalon.notices import reads as notices
from jalon.people.models import Dossier


def locked(dossier: Dossier) -> Dossier:
    """The same object, its columns read again under a lock; the facts of the scope stay as they were fetched."""
    dossier.refresh_from_db(from_queryset=Dossier.objects.select_for_update())
    return dossier


def keep(dossier: Dossier, **columns: Any) -> Dossier:
    """Write these columns under the next revision."""
    for name, value in columns.items():
        setattr(dossier, name, value)
    dossier.revision += 1
    dossier.save(update_fields=[*columns, "revision"])
    return dossier


def set_next_due(dossier: Dossier) -> None:
    """The first open deadline becomes the date that orders the lists."""
    due = notices.next_due(dossier.pk)
    day = due.on if due else None
    if day != dossier.next_due_on:
        dossier.next_due_on = day
        dossier.save(update_fields=["next_due_on"])
