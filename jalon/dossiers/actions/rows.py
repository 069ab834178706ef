"""What every verb of this room needs: the request locked with its file, its state moved."""

from typing import Any

from jalon.dossiers.models import Application
from jalon.dossiers.states import APPLICATION
from jalon.people.actions.rows import locked as file_locked


def locked(application: Application) -> Application:
    """The same object and its file, read again under a lock: stage, agreement, assignments may have changed since."""
    kept = application.__dict__.get("_state").fields_cache.get("dossier")  # type: ignore[union-attr]
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())
    if kept is not None:
        application.dossier = kept
    dossier = file_locked(application.dossier)
    dossier.facts_of = None  # type: ignore[attr-defined]  # what was fetched with the page is asked again
    return application


def move(application: Application, verb: str, **columns: Any) -> Application:
    """Apply a verb of the table; raises Refused with a sentence when the state does not allow it."""
    columns["state"] = APPLICATION.target(application.state, verb)
    for name, value in columns.items():
        setattr(application, name, value)
    application.revision += 1
    application.save(update_fields=[*columns, "revision"])
    return application


def state_stage(application: Application, role: str) -> str | None:
    """The stage that counts for this role: the State's side knows the request's own, the association the file's."""
    return application.stage if role in {"SEC", "MEM", "PRE"} else None
