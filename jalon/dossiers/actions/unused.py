"""The files that left with no request: told thirty days before they go, then erased at night (DAT-4)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from jalon import journal
from jalon.access import SYSTEM
from jalon.config import clock
from jalon.dossiers.models import Piece
from jalon.law.retention import unused_file_ends
from jalon.notices import actions as notices
from jalon.people.access import holds_in_force
from jalon.people.actions import refresh_next_due
from jalon.people.actions.retention import NOTICE_DAYS
from jalon.people.models import Dossier
from jalon.vault import files


@dataclass(frozen=True, slots=True)
class Unused:
    """What a run found: files told, files erased, files sent since they were told, files that something holds."""

    told: int
    erased: int
    withdrawn: int
    held: int


def erase_unused(dry: bool = False) -> Unused:
    """Every night: tell what is due, erase what was told. ``dry``: count only, write nothing.

    A hold, or a freeze of the part, keeps the file as long as it lasts. The paper stays noted as received.
    """
    today = clock.today()
    held = Exists(holds_in_force().filter(dossier=OuterRef("dossier")))
    rows = Piece.objects.filter(file__isnull=False).select_related("dossier", "file").annotate(held=held)
    unused = [row for row in rows.filter(sent=None) if unused_file_ends(row.file.created_on) <= today]
    free = [row for row in unused if not row.held and row.compartment not in row.dossier.restricted.split()]
    fresh = [row for row in free if row.erasable_on is None]
    over = [row for row in free if row.erasable_on and row.erasable_on <= today]
    back = list(rows.filter(erasable_on__isnull=False, sent__isnull=False))
    if not dry:
        _each(fresh, _tell)
        _each(over, _erase)
        _each(back, _withdraw)
    return Unused(len(fresh), len(over), len(back), len(unused) - len(free))


def _each(rows: list[Piece], act) -> None:  # type: ignore[no-untyped-def]
    """One transaction a file of a person."""
    for dossier in {row.dossier_id: row.dossier for row in rows}.values():
        with transaction.atomic():
            Dossier.objects.select_for_update().get(pk=dossier.pk)
            act(dossier, [row for row in rows if row.dossier_id == dossier.pk])
            refresh_next_due(dossier)


def _tell(dossier: Dossier, rows: list[Piece]) -> None:
    day = clock.today() + timedelta(days=NOTICE_DAYS)
    Piece.objects.filter(pk__in=[row.pk for row in rows]).update(erasable_on=day)
    told = [notices.Due("retention", day, role=role, rule="DAT-4", key=_key(day, role)) for role in ("DPO", "REF")]
    notices.plan_many(dossier, told, actor=SYSTEM)
    journal.record(SYSTEM, "propose_unused", dossier, compartment="C12", count=len(rows))


def _erase(dossier: Dossier, rows: list[Piece]) -> None:
    if holds_in_force().filter(dossier=dossier).exists():  # put since the run counted: the file stays
        return
    still = Piece.objects.filter(pk__in=[row.pk for row in rows], sent=None, file__isnull=False)
    rows = list(still.select_related("file"))
    if not rows:
        return
    gone = [row.file for row in rows]
    journal.record(SYSTEM, "erase_unused", dossier, compartment="C12", count=len(rows), gone=gone)  # type: ignore[arg-type]
    for row in rows:
        Piece.objects.filter(pk=row.pk).update(file=None, erasable_on=clock.today())
        files.delete(row.file)  # type: ignore[arg-type]
        _quiet(dossier, row)


def _withdraw(dossier: Dossier, rows: list[Piece]) -> None:
    """It was sent meanwhile: it has served."""
    Piece.objects.filter(pk__in=[row.pk for row in rows]).update(erasable_on=None)
    for row in rows:
        _quiet(dossier, row)
    journal.record(SYSTEM, "withdraw_unused", dossier, compartment="C12", count=len(rows))


def _quiet(dossier: Dossier, row: Piece) -> None:
    """The notice of that day falls once no other file waits for it."""
    day = row.erasable_on
    if day and not Piece.objects.filter(dossier=dossier, file__isnull=False, erasable_on=day).exists():
        notices.cancel(dossier, "retention", key=[_key(day, role) for role in ("DPO", "REF")], actor=SYSTEM)


def _key(day: date, role: str) -> str:
    return f"unused.{day:%Y%m%d}.{role.lower()}"
