"""Notes: what happened, for a circle of readers chosen before writing."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.vault.ids import new_id

from .. import access
from ..models import Note
from ..states import NoteKind, Visibility
from .common import made, seal, trail, written

MEETING_KINDS = (NoteKind.INTERVIEW, NoteKind.PHONE)


@transaction.atomic
def write_note(
    actor: Actor,
    dossier: Dossier,
    *,
    text: str,
    kind: str = NoteKind.INTERVIEW,
    visibility: str = Visibility.TEAM,
    pk: str = "",
) -> Note:
    """What happened and what comes next. The circle of readers is chosen before writing and never widened after.

    ``pk``: here and in the other verbs of this room, the identifier that the page promised; a second sending gets the
    note that has it.
    """
    if kind not in NoteKind.values or visibility not in Visibility.values:
        raise ValidationError(_("Choisissez une réponse de la liste."))
    people.require(actor, dossier, *access.note_cell(actor, visibility))
    if visibility == Visibility.EMPLOYMENT:
        access.require_shared(actor, dossier)
        access.require_project(actor, dossier)
    if (known := made(Note, dossier, pk)) is not None:
        return known
    today = clock.today()
    note = Note(
        id=pk or new_id(),
        dossier_id=dossier.pk,
        author_id=actor.user_id,
        written_on=today,
        written_at=clock.now(),
        kind=kind,
        visibility=visibility,
    )
    seal(note, dossier, {"text": written(text)})
    note.save(force_insert=True)
    if kind in MEETING_KINDS and actor.role in access.ASSOCIATION:
        people_actions.contacted(dossier, today, actor=actor)
    trail(actor, "write_note", dossier, note)
    return note
