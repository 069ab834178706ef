"""What waits to be told to the payer of the aid, and the sheets that tell it."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from jalon.access import Actor
from jalon.journeys import access
from jalon.journeys.models import PayerLine, PayerSheet
from jalon.journeys.states import PayerEvent
from jalon.people.models import Dossier
from jalon.vault import keys

MOST = 40


class Told(NamedTuple):
    """One line of a sheet."""

    dossier: Dossier
    event: str
    on: date
    starts_on: date | None
    ends_on: date | None
    children: int
    amount: Decimal | None


class PayerHome(NamedTuple):
    waiting: int
    sheets: list[PayerSheet]


def payer_home(actor: Actor) -> PayerHome:
    rows = access.payer_sheets(actor).select_related("prepared_by", "released_by")
    return PayerHome(
        access.payer_lines(actor).filter(sheet=None).count(), list(rows.order_by("-prepared_on", "-id")[:MOST])
    )


def payer_lines(actor: Actor, sheet: PayerSheet) -> list[Told]:
    """The lines of a sheet, file by file in the order of the acts; one statement."""
    rows: Any = keys.with_key(access.payer_lines(actor).filter(sheet=sheet), "G6", "dossier_id")
    order = list(PayerEvent.values)
    listed = sorted(rows, key=lambda row: (row.dossier.number, row.on, order.index(row.event), row.pk))
    return [_told(row, row.unseal(row.key_G6)) for row in listed]


def _told(row: PayerLine, data: dict[str, Any]) -> Told:
    amount = Decimal(data["amount"]) if data["amount"] else None
    return Told(row.dossier, str(row.get_event_display()), row.on, row.starts_on, row.ends_on, data["children"], amount)
