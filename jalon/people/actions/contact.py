"""Who she is and how she may be reached, kept up to date."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import records
from jalon.people.access import require
from jalon.people.models import Dossier, Identity, SafeContact
from jalon.ui.errors import Conflict

from .rows import locked, set_next_due


def _check_revision(row: Identity | SafeContact, revision: int | None, record: dict[str, Any]) -> None:
    if revision is not None and revision != row.revision:
        raise Conflict(
            _("Quelqu'un a enregistré une autre version pendant que vous écriviez."),
            theirs=record,
            revision=row.revision,
        )


@transaction.atomic
def update_identity(
    actor: Actor, dossier: Dossier, *, data: Mapping[str, Any], revision: int | None = None
) -> Identity:
    """Change what ``data`` names; the rest stays. A stale ``revision`` raises Conflict with the saved record."""
    locked(dossier)
    used = require(actor, dossier, "C1", "edit")
    row = Identity.objects.select_for_update().get(dossier=dossier)
    saved = row.unseal()
    _check_revision(row, revision, saved)
    row.seal(records.identity({**saved, **data}))
    row.save(update_fields=["sealed", "revision"])
    journal.record(actor, "update_identity", dossier, compartment="C1", conditions=used.used, sealed=[row])
    return row


@transaction.atomic
def update_safe_contact(
    actor: Actor, dossier: Dossier, *, data: Mapping[str, Any], revision: int | None = None
) -> SafeContact:
    """Checked with her today: what ``data`` names changes, and the 90 days start again."""
    locked(dossier)
    used = require(actor, dossier, "C2", "edit")
    row = SafeContact.objects.select_for_update().get(dossier=dossier)
    saved = row.unseal()
    _check_revision(row, revision, saved)
    row.seal(records.safe_contact({**saved, **data}))
    row.reviewed_on = clock.today()
    row.messages_stopped = False
    row.save(update_fields=["sealed", "revision", "reviewed_on", "messages_stopped"])
    journal.record(actor, "update_safe_contact", dossier, compartment="C2", conditions=used.used, sealed=[row])
    due_on = records.check_due_on(row)
    notices.plan(dossier, "safe_contact_check", due_on, rule="NNEDV-90", actor=actor)
    set_next_due(dossier)
    return row


@transaction.atomic
def stop_messages(actor: Actor, dossier: Dossier) -> SafeContact:
    """« Ne plus écrire ici »: whatever the channels say, no message leaves until the contact is checked again."""
    locked(dossier)
    used = require(actor, dossier, "C2", "edit")
    row = SafeContact.objects.select_for_update().get(dossier=dossier)
    row.messages_stopped = True
    row.save(update_fields=["messages_stopped"])
    journal.record(actor, "stop_messages", dossier, compartment="C2", conditions=used.used, objects=[row.pk])
    return row
