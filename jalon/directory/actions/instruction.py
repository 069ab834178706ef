"""The secretariat's side of a request: the receipt, the missing pieces, the completeness."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.ui.errors import at_field
from jalon.vault import keys

from .. import due, pieces
from ..models import Accreditation, AccreditationPiece
from .rows import locked, trace, write


@transaction.atomic
def receive_accreditation(actor: Actor, row: Accreditation) -> Accreditation:
    """The dated receipt: it tells the day of reception and what silence will mean (CRPA R.112-11-1)."""
    row = locked(actor, row, "receive_accreditation")
    write(row, receipt_on=clock.today())
    trace(actor, "receive_accreditation", row)
    due.replan(actor, row)
    due.tell(actor, row, "receipt", "MGR")
    return row


@transaction.atomic
def ask_for_accreditation_piece(
    actor: Actor, row: Accreditation, *, code: str, why: str, due_on: date
) -> AccreditationPiece:
    """Ask for a piece in writing, with a day: the delay of the tacit approval starts again when all have come."""
    row = locked(actor, row, "ask_for_accreditation_piece")
    if code not in pieces.KIND:
        raise at_field("code", _("Choisissez une réponse de la liste."))
    if not why.strip():
        raise at_field("why", _("Écrivez ce qui manque."))
    today = clock.today()
    if due_on <= today:
        raise at_field("due_on", _("Laissez au moins un jour pour répondre."))
    piece = AccreditationPiece(accreditation=row, code=code, asked_on=today, due_on=due_on)
    piece.seal({"why": why.strip()}, keys.ensure(piece.key_owner, piece.key_group)[piece.key_group])
    piece.save(force_insert=True)
    write(row, missing_asked_on=row.missing_asked_on or today, completed_on=None)
    trace(actor, "ask_for_accreditation_piece", row, [piece], purpose=code)
    due.replan(actor, row)
    due.tell(actor, row, f"asked.{piece.pk}", "MGR")
    return piece


@transaction.atomic
def declare_accreditation_complete(actor: Actor, row: Accreditation) -> Accreditation:
    """All is there, or what is still awaited can be done without: the préfet may decide."""
    row = locked(actor, row, "declare_accreditation_complete")
    today = clock.today()
    completed = row.completed_on or (today if row.missing_asked_on else None)
    write(row, declared_complete_on=today, completed_on=completed)
    trace(actor, "declare_accreditation_complete", row)
    due.replan(actor, row)
    due.tell(actor, row, "complete", "MGR", "PRE")
    return row
