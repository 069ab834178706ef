"""The papers: received with or without a file, or not needed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers import parts as form
from jalon.dossiers.access import papers_open
from jalon.dossiers.models import Application, Piece
from jalon.dossiers.states import PieceState
from jalon.people import access as people
from jalon.ui import intake
from jalon.ui.errors import Conflict
from jalon.ui.files import Clean
from jalon.vault import keys

from .rows import locked


@transaction.atomic
def add_piece(
    actor: Actor,
    application: Application,
    *,
    code: str,
    file: Clean | None = None,
    label: str = "",
    received_on: date | None = None,
) -> Piece:
    """A paper is here: its file sealed, or only the fact that it was seen."""
    locked(application)
    paper = form.PAPER_BY_CODE[code]
    dossier = application.dossier
    used = people.require(actor, dossier, paper.compartment, "create")
    _open(application)
    day = received_on or clock.today()
    if day > clock.today():
        raise Refused(_("La pièce ne peut pas avoir été reçue après aujourd'hui."))
    rows = Piece.objects.select_for_update().filter(application=application, code=code)
    row = rows.filter(state__in=(PieceState.EXPECTED, PieceState.WAIVED)).first()
    row = row or Piece(application=application, dossier=dossier, code=code, compartment=paper.compartment)
    new = row._state.adding
    keys.ensure(dossier.pk, row.key_group)
    if file:
        row.file = intake.keep(dossier.pk, row.key_group, file)
    row.seal({"label": label})
    row.state, row.received_on = PieceState.RECEIVED, day
    row.save(force_insert=new)
    sealed = [row, row.file] if row.file else [row]
    journal.record(
        actor, "add_piece", dossier, compartment=paper.compartment, conditions=used.used, sealed=sealed, purpose=code
    )
    return row


@transaction.atomic
def waive_piece(actor: Actor, piece: Piece, *, reason: str) -> Piece:
    """This paper does not exist or is not needed; the reason is sealed with it."""
    piece.refresh_from_db(from_queryset=Piece.objects.select_for_update().select_related("application__dossier"))
    dossier = piece.application.dossier
    used = people.require(actor, dossier, piece.compartment, "edit")
    _open(piece.application)
    if piece.state != PieceState.EXPECTED:
        raise Conflict(_("Cette pièce est déjà traitée."))
    if not reason.strip():
        raise Refused(_("Écrivez pourquoi cette pièce n'est pas nécessaire."))
    piece.seal({**piece.unseal(), "reason": reason.strip()})
    piece.state = PieceState.WAIVED
    piece.save(update_fields=["sealed", "revision", "state"])
    journal.record(
        actor,
        "waive_piece",
        dossier,
        compartment=piece.compartment,
        conditions=used.used,
        sealed=[piece],
        purpose=piece.code,
    )
    return piece


def _open(application: Application) -> None:
    if not papers_open(application):
        raise Refused(
            _("La demande est « %(state)s » : ses pièces ne changent plus.")
            % {"state": application.get_state_display()}
        )
