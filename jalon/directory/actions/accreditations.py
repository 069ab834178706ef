"""The association's side of an accreditation: prepare, join pieces, send, answer. And past orders, noted."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import SYSTEM, Actor, Refused
from jalon.config import clock
from jalon.law.errors import LawError
from jalon.ui import intake
from jalon.ui.errors import at_field
from jalon.ui.files import Clean
from jalon.vault import files, keys

from .. import access, departments, due, lawful, pieces
from ..models import Accreditation, AccreditationPiece, Kind, Organisation
from ..states import PENDING
from .organisations import require_role
from .rows import locked, trace, write

# The words of a request; who signs is compulsory when it is sent.
WORDS = ("representative", "capacity", "siret", "rna", "means", "partners", "training")
SIGNATORY = ("representative", "capacity")


@transaction.atomic
def record_accreditation(
    actor: Actor,
    *,
    organisation: Organisation,
    department: str,
    received_on: date,
    order_number: str = "",
    missing_asked_on: date | None = None,
    completed_on: date | None = None,
    granted_on: date | None = None,
) -> Accreditation:
    """An approval asked for elsewhere, express (``granted_on``) or tacit: its validity is computed by the law."""
    require_role(actor, "SEC", "PRE")
    if actor != SYSTEM and actor.department != department:
        raise Refused(_("L'agrément se note dans le département où il vaut."))
    if organisation.kind != Kind.ASSOCIATION:
        raise ValidationError({"organisation": _("Seule une association reçoit un agrément.")})
    given = {
        "received_on": received_on,
        "missing_asked_on": missing_asked_on,
        "completed_on": completed_on,
        "granted_on": granted_on,
    }
    for name, day in given.items():
        if day is not None and day > clock.today():
            raise at_field(name, _("Cette date n'est pas encore venue."))
    row = Accreditation(
        organisation=organisation, department=department, order_number=order_number, receipt_on=received_on, **given
    )
    try:
        lawful.compute(row)
    except LawError as error:
        raise ValidationError({error.field or "received_on": error.message_fr}) from None
    row.full_clean(exclude=["sealed"])
    row.save(force_insert=True)
    trace(actor, "record_accreditation", row)
    if row.in_force(clock.today()):
        due.follow(actor, row, due.RENEWAL, due.END)
    due.replan(actor, row)
    return row


@transaction.atomic
def prepare_accreditation(actor: Actor, *, department: str = "") -> Accreditation:
    """Begin a request for one department (a distinct file for each), from the words of the previous one if any."""
    require_role(actor, "MGR")
    organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    if organisation.kind != Kind.ASSOCIATION:
        raise Refused(_("Seule une association reçoit un agrément."))
    place = department or actor.department
    if place not in departments.departments():
        raise at_field("department", _("Choisissez un département."))
    today = clock.today()
    former = list(Accreditation.objects.filter(organisation=organisation, department=place).order_by("received_on"))
    if any(row.state_on(today) in PENDING for row in former):
        raise at_field("department", _("Une demande est déjà en cours dans ce département."))
    approved = [row for row in former if row.approval(today)]
    row = Accreditation(organisation=organisation, department=place, renews=approved[-1] if approved else None)
    row.opened_on = today
    before = former[-1] if former else None
    row.declared_on = before.declared_on if before else None
    words = before.unseal().get("request", {}) if before else {}
    row.seal({"request": words}, keys.ensure(row.key_owner, row.key_group)[row.key_group])
    row.save(force_insert=True)
    trace(actor, "prepare_accreditation", row)
    return row


@transaction.atomic
def edit_accreditation_request(
    actor: Actor, row: Accreditation, *, declared_on: date | None = None, **words: str
) -> Accreditation:
    """Who signs, since when the association is declared, means, partners, training; all may still be missing."""
    if unknown := set(words) - set(WORDS):
        raise ValueError(f"unknown words of a request: {sorted(unknown)}")
    row = locked(actor, row, "edit_accreditation_request")
    kept = row.unseal().get("request", {})
    written = {**kept, **{name: text.strip() for name, text in words.items()}}
    write(row, {"request": written}, declared_on=declared_on)
    trace(actor, "edit_accreditation_request", row)
    return row


@transaction.atomic
def add_accreditation_piece(
    actor: Actor, row: Accreditation, *, code: str, file: Clean | None = None, label: str = ""
) -> AccreditationPiece:
    """Join a piece: its file, sealed for the association, or the fact that it is handed over on paper."""
    if code not in pieces.KIND:
        raise at_field("what", _("Choisissez une réponse de la liste."))
    row = locked(actor, row, "add_accreditation_piece")
    piece = AccreditationPiece(accreditation=row, code=code)
    _receive(piece, file, label)
    piece.save(force_insert=True)
    trace(actor, "add_accreditation_piece", row, _sealed(piece), purpose=code)
    return piece


def _receive(piece: AccreditationPiece, file: Clean | None, label: str) -> None:
    owner, group = piece.key_owner, piece.key_group
    slot = keys.ensure(owner, group)[group]
    if file:
        piece.file = intake.keep(owner, group, file)
    piece.seal({**piece.unseal(), "label": label.strip() or piece.unseal().get("label", "")}, slot)
    piece.received_on = clock.today()


def _sealed(piece: AccreditationPiece) -> list[Any]:
    return [piece, piece.file] if piece.file else [piece]


@transaction.atomic
def remove_accreditation_piece(actor: Actor, piece: AccreditationPiece) -> None:
    """Take back a piece of a request that was not sent."""
    row = locked(actor, piece.accreditation, "remove_accreditation_piece")
    found = AccreditationPiece.objects.select_related("file").filter(pk=piece.pk, accreditation=row).first()
    if found is None:
        return
    trace(actor, "remove_accreditation_piece", row, gone=_sealed(found), purpose=found.code)
    file = found.file
    found.delete()
    if file is not None:
        files.delete(file)


@transaction.atomic
def request_accreditation(actor: Actor, row: Accreditation) -> Accreditation:
    """Sign and send. What is sent here is received the same day: the delays of the law run from it."""
    row = locked(actor, row, "request_accreditation")
    access.require_step_up(actor)
    if missing := what_is_missing(row):
        raise Refused(_("Il manque : %(what)s.") % {"what": ", ".join(missing)})
    write(row, {"signed_by": actor.user_id}, received_on=clock.today())
    trace(actor, "request_accreditation", row, conditions=["stepup"])
    due.follow(actor, row, due.RENEWAL)
    due.replan(actor, row)
    due.tell(actor, row, "accreditation", "SEC")
    return row


def what_is_missing(row: Accreditation) -> list[str]:
    """What keeps a request from leaving, in French: the signatory, the declaration, the pieces that the texts name."""
    words = row.unseal().get("request", {})
    missing = []
    if not all(words.get(name) for name in SIGNATORY):
        missing.append(_("la personne qui signe et sa qualité"))
    if row.declared_on is None:
        missing.append(_("la date de déclaration de l'association"))
    joined = set(row.pieces.exclude(received_on=None).values_list("code", flat=True))
    return missing + [str(pieces.KIND[code].label) for code in pieces.CERTAIN if code not in joined]


@transaction.atomic
def answer_accreditation_piece(
    actor: Actor, piece: AccreditationPiece, *, file: Clean | None = None, label: str = ""
) -> AccreditationPiece:
    """Give a piece that the secretariat asked for. With the last one the file is complete from this day (AGR-2)."""
    row = locked(actor, piece.accreditation, "answer_accreditation_piece")
    asked = row.pieces.select_for_update().filter(received_on=None)
    found = next((one for one in asked if one.pk == piece.pk), None)
    if found is None:
        raise Refused(_("Cette pièce n'est plus attendue."))
    found.accreditation = row
    _receive(found, file, label)
    found.save(update_fields=["sealed", "revision", "received_on", "file"])
    if len(asked) == 1:
        write(row, completed_on=clock.today())
        due.tell(actor, row, f"answered.{found.pk}", "SEC")
    trace(actor, "answer_accreditation_piece", row, _sealed(found), purpose=found.code)
    due.replan(actor, row)
    return found


@transaction.atomic
def abandon_accreditation_request(actor: Actor, row: Accreditation) -> Accreditation:
    """The association gives up its request; an approval in force is not touched."""
    row = locked(actor, row, "abandon_accreditation_request")
    write(row, abandoned_on=clock.today())
    trace(actor, "abandon_accreditation_request", row)
    due.replan(actor, row)
    if row.received_on is not None:
        due.tell(actor, row, "abandoned", "SEC", "PRE")
    return row


@transaction.atomic
def present_observations(actor: Actor, row: Accreditation, *, text: str) -> Accreditation:
    """What the association answers to a planned withdrawal, added to what it said before."""
    row = locked(actor, row, "present_observations")
    if not text.strip():
        raise at_field("text", _("Écrivez vos observations."))
    today = clock.today()
    withdrawal = row.unseal().get("withdrawal", {})
    said = [*withdrawal.get("observations", []), {"on": today.isoformat(), "text": text.strip()}]
    write(row, {"withdrawal": {**withdrawal, "observations": said}}, observations_given_on=today)
    trace(actor, "present_observations", row)
    due.replan(actor, row)
    due.tell(actor, row, "observations", "SEC", "PRE")
    return row
