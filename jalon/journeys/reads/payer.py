"""What waits to be told to the payer of the aid, and the sheets that tell it."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.paginator import Page

from jalon.access import Actor
from jalon.journeys import access
from jalon.journeys.models import PayerSheet
from jalon.journeys.states import PayerEvent
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.vault import keys


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
    sheets: Page


def payer_home(actor: Actor, number: int = 1) -> PayerHome:
    rows = access.payer_sheets(actor).select_related("prepared_by", "released_by")
    waiting = access.payer_lines(actor).filter(sheet=None).count()
    return PayerHome(waiting, paging.page(rows.order_by("-prepared_on", "-id"), number))


def payer_lines(actor: Actor, sheet: PayerSheet) -> list[Told]:
    """The lines of a sheet, file by file in the order of the acts; one statement."""
    return [_told(row) for row in _lines(actor, sheet)]


def payer_page(actor: Actor, sheet: PayerSheet, number: int = 1) -> Page:
    """The same, a page of them: only its lines are unsealed."""
    return paging.page(_lines(actor, sheet), number, _told)


def _lines(actor: Actor, sheet: PayerSheet) -> list[Any]:
    rows: Any = keys.with_key(access.payer_lines(actor).filter(sheet=sheet), "G6", "dossier_id")
    order = list(PayerEvent.values)
    return sorted(rows, key=lambda row: (row.dossier.number, row.on, order.index(row.event), row.pk))


def _told(row: Any) -> Told:
    data = row.unseal(row.key_G6)
    amount = Decimal(data["amount"]) if data["amount"] else None
    return Told(row.dossier, str(row.get_event_display()), row.on, row.starts_on, row.ends_on, data["children"], amount)
