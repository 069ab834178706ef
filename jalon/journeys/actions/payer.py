"""What the payer of the aid is told: lines written by the acts, a sheet that two persons of one service make."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.journeys import access
from jalon.journeys.models import AfisGrant, PayerLine, PayerSheet
from jalon.journeys.states import SHEET, SheetState
from jalon.people.models import Dossier

from .common import state_key


def tell(
    grant: AfisGrant, event: str, months: Iterable[Any], *, on: date | None = None, children: int | None = None
) -> PayerLine:
    """A line for the next sheet: the days of the aid, its amount and the children counted. The caller journals."""
    line = PayerLine(
        dossier_id=grant.dossier_id,
        department=grant.dossier.department,
        event=event,
        on=on or clock.today(),
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
    )
    last = max(months, key=lambda month: month.month, default=None)
    amount = last.unseal()["amount"] if last is not None else ""
    counted = grant.unseal()["children"] if children is None else children
    line.seal({"children": counted, "amount": amount}, state_key(grant.dossier_id))
    line.save(force_insert=True)
    return line


@transaction.atomic
def prepare_sheet(actor: Actor) -> PayerSheet:
    """Put the waiting lines of the department on a new sheet. Nothing leaves before someone else has released it."""
    access.require_payer(actor)
    lines = list(access.payer_lines(actor).select_for_update(of=("self",)).filter(sheet=None).order_by("on", "pk"))
    if not lines:
        raise Refused(_("Rien n'attend d'être transmis à l'organisme payeur."))
    sheet = PayerSheet.objects.create(
        department=actor.department,
        organisation_id=actor.organisation_id,
        prepared_on=clock.today(),
        prepared_by_id=actor.user_id,
    )
    PayerLine.objects.filter(pk__in=[line.pk for line in lines]).update(sheet=sheet)
    _trace(actor, "prepare_sheet", sheet, [line.dossier for line in lines])
    return sheet


@transaction.atomic
def release_sheet(actor: Actor, sheet: PayerSheet) -> PayerSheet:
    """A second person of the same service has read the list: it may be printed and sent."""
    row = _locked(actor, sheet)
    row.state = SHEET.target(row.state, "release_sheet")
    if row.prepared_by_id == actor.user_id:
        raise Refused(_("Une autre personne de votre service valide la liste que vous avez préparée."))
    if row.organisation_id != actor.organisation_id:
        raise Refused(_("La liste est validée par le service qui l'a préparée."))
    row.released_on, row.released_by_id = clock.today(), actor.user_id
    row.save()
    _trace(actor, "release_sheet", row, _about(row))
    return row


@transaction.atomic
def discard_sheet(actor: Actor, sheet: PayerSheet) -> None:
    """A list that is not right is taken back: its lines wait again."""
    row = _locked(actor, sheet)
    SHEET.target(row.state, "discard_sheet")
    _trace(actor, "discard_sheet", row, _about(row))
    row.lines.update(sheet=None)
    row.delete()


def _about(sheet: PayerSheet) -> list[Dossier]:
    return [line.dossier for line in sheet.lines.select_related("dossier")]


def _locked(actor: Actor, sheet: PayerSheet) -> PayerSheet:
    row = PayerSheet.objects.select_for_update().filter(pk=sheet.pk).first()
    if row is None:
        raise Refused(_("Cette liste a été reprise."))
    access.require_payer(actor, row)
    return row


def _trace(actor: Actor, verb: str, sheet: PayerSheet, about: list[Dossier]) -> None:
    foureyes = ["foureyes"] if sheet.state == SheetState.RELEASED else []
    journal.record(
        actor,
        verb,
        None,
        compartment="C14",
        relation="same_dept",
        conditions=["stepup", *foureyes],
        objects=[sheet.pk, *about],
        count=len(about),
    )
