"""What a person asked of her data, and her own words beside what she contests."""

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef

from jalon.access import Actor
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.law.retention import answer_by
from jalon.people.access import dossiers_visible_to, shares_of
from jalon.people.models import (
    Dossier,
    RightsRequest,
    Statement,
)
from jalon.people.states import RequestState
from jalon.ui import paging
from jalon.vault import keys

from .persons import PAGE


@dataclass(frozen=True)
class Asked:
    """A request on her data, with its words."""

    row: RightsRequest
    number: str
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.row.state == RequestState.OPEN

    @property
    def extensible(self) -> bool:
        first = answer_by(self.row.asked_on)
        return self.open and self.row.due_on == first and clock.today() <= first


def rights_requests(dossier: Dossier) -> list[Asked]:
    """The requests of one person, the latest first."""
    rows = list(RightsRequest.objects.filter(dossier=dossier).order_by("-asked_on", "-pk")[:PAGE])
    key = keys.fetch(dossier.pk, "G1") if rows else None
    return [Asked(row, dossier.number, row.unseal(key)) for row in rows]


def shares_in_force(dossier: Dossier) -> list[tuple[str, str]]:
    """The shares that she may object to: id, with whom."""
    rows = shares_of(dossier).annotate(called=name_subquery(OuterRef("organisation_id"), clock.today()))
    return [(row.pk, row.called or "") for row in rows]  # type: ignore[attr-defined]


def rights_waiting(actor: Actor, number: int = 1) -> Page:
    """Those of the officer's organisation that wait for an answer, the first due first: numbers and dates, a page."""
    rows = RightsRequest.objects.filter(dossier__in=dossiers_visible_to(actor), state=RequestState.OPEN)
    rows = rows.select_related("dossier").order_by("due_on", "pk")
    return paging.page(rows, number, lambda row: Asked(row, row.dossier.number))


def statements(dossier: Dossier) -> dict[str, list[tuple[Statement, str]]]:
    """Her own words, by the record that they contest; no query for a file where she wrote none."""
    if not dossier.contested:
        return {}
    found: dict[str, list[tuple[Statement, str]]] = {}
    slots: dict[str, bytes] = {}
    for row in Statement.objects.filter(dossier=dossier.pk).exclude(sealed=b"").order_by("written_on", "pk"):
        key = slots.get(row.key_group) or slots.setdefault(row.key_group, keys.fetch(dossier.pk, row.key_group))
        found.setdefault(row.about, []).append((row, row.unseal(key)["words"]))
    return found
