"""Residence documents: of one dossier, and the desk that gives them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.paginator import Page
from django.db.models import OuterRef, Subquery

from jalon.access import Actor
from jalon.config import clock as calendar
from jalon.journeys import lawful, reasons, wording
from jalon.journeys.models import Decision, Permit
from jalon.journeys.states import OPENING, PermitKind
from jalon.law import residence
from jalon.law.periods import Span
from jalon.people import access as people
from jalon.people import countries
from jalon.people.models import Dossier, Identity
from jalon.ui import paging
from jalon.ui.html import Rule
from jalon.vault import keys

from .pathway import CurrentPeriod, Pathway, current_periods


class Document(NamedTuple):
    row: Permit
    number: str
    end: date | None
    computed_end: bool
    extension_reason: str
    computed: date | None = None  # the end that the law gives to such a document, beside the printed one


class Residence(NamedTuple):
    documents: list[Document]
    law: residence.Residence | None
    rules: list[Rule]
    alerts: list[str]
    gaps: list[int | None]

    @property
    def needed(self) -> bool:
        return self.law is None or self.law.aps_needed or bool(self.documents)


def nationality(dossier: Dossier) -> str:
    """Two capital letters for the law, from the identity (C1). The caller has checked C1."""
    identity = Identity.objects.filter(dossier=dossier).first()
    return countries.iso2(identity.unseal().get("nationality") or "") if identity else ""


def residence_of(pathway: Pathway, country: str) -> Residence:
    """Documents, holes in their cover, next steps (APS-1 to APS-4)."""
    today = pathway.today
    slot = keys.fetch(pathway.dossier.pk, "G1")
    rows = list(Permit.objects.filter(dossier=pathway.dossier))
    rows = [row for row in rows if (row.issued_on or row.requested_on or today) <= today]
    rows.sort(key=lambda row: row.issued_on or row.requested_on or today)
    documents = []
    for row in rows:
        data = row.unseal(slot)
        documents.append(
            Document(
                row,
                data.get("number", ""),
                row.extended_to or row.valid_to,
                bool(data.get("computed_end")),
                data.get("extension_reason", ""),
                lawful.last_day(row.kind, row.issued_on) if row.issued_on and not row.extended_to else None,
            )
        )
    periods = [period for period in pathway.computed.periods if not period.projected]
    first = next((one for one in pathway.decisions if one.kind in OPENING), None)
    law = None
    if first is not None and first.signed_on is not None:
        spans = [Span(period.start, min(period.end, max(today, period.start))) for period in periods]
        spans = [span for span in spans if span.start <= today]
        law = lawful.residence_of(country, first.signed_on, spans, rows)
    return Residence(
        documents=documents,
        law=law,
        rules=reasons.of_stay(law, first.signed_on, rows) if law and first and first.signed_on else [],
        alerts=[wording.RESIDENCE_ALERTS[code] for code in law.alerts] if law else [],
        gaps=permit_gaps(rows),
    )


def permit_gaps(permits: Iterable[Permit]) -> list[int | None]:
    """Days without a permit before each one, by the printed ends; None for the first."""
    gaps: list[int | None] = []
    end: date | None = None
    for permit in sorted((one for one in permits if one.issued_on), key=lambda one: one.issued_on or date.min):
        gaps.append(None if end is None else max((permit.issued_on - end).days - 1, 0))  # type: ignore[operator]
        end = permit.valid_to
    return gaps


class Stay(NamedTuple):
    """One dossier of the residence desk."""

    dossier: Dossier
    decision: Decision | None
    period: CurrentPeriod | None
    permit: Permit | None
    opened: bool
    writable: bool
    days: int
    delay: int | None = None  # days from the decision to the first document that answers it (APS-3)

    @property
    def end(self) -> date | None:
        return (self.permit.extended_to or self.permit.valid_to) if self.permit else None

    @property
    def to_do(self) -> bool:
        """No document yet, or one that ends before the period."""
        return self.end is None or (self.period is not None and self.end < self.period.ends_on)


def residence_home(actor: Actor, number: int = 1) -> Page:
    """Decisions to execute and permits that end, for dossiers shared with the préfecture only: four queries.

    What is to do comes first, which only the dates in clear of all of them tell; one page is shown.
    """
    today = calendar.today()
    last = Decision.objects.filter(dossier=OuterRef("pk"), kind__in=OPENING, signed_on__lte=today).order_by(
        "-signed_on"
    )
    dossiers = list(
        people.dossiers_visible_to(actor).annotate(decision_id=Subquery(last.values("pk")[:1])).order_by("number")
    )
    decisions = Decision.objects.in_bulk([row.decision_id for row in dossiers if row.decision_id])
    periods = current_periods([row.pk for row in dossiers], today)
    permits: dict[str, Permit] = {}
    issued: dict[str, list[date]] = {}
    for row in Permit.objects.filter(dossier__in=dossiers, issued_on__lte=today).order_by("issued_on"):
        permits[row.dossier_id] = row
        issued.setdefault(row.dossier_id, []).append(row.issued_on)  # type: ignore[arg-type]
    found = []
    for dossier in dossiers:
        decision = decisions.get(dossier.decision_id or "")
        opened = people.can(actor, dossier, "C7", "read")
        found.append(
            Stay(
                dossier,
                decision,
                periods.get(dossier.pk),
                permits.get(dossier.pk) if opened else None,
                opened,
                people.can(actor, dossier, "C7", "comment"),
                (today - decision.signed_on).days if decision and decision.signed_on else 0,
                _delay(decision, issued.get(dossier.pk, ())) if opened else None,
            )
        )
    found.sort(key=lambda row: (not row.to_do, row.end or date.min, row.dossier.number))
    return paging.page(found, number)


def _delay(decision: Decision | None, issued: Iterable[date]) -> int | None:
    """Days from the decision to the first document issued since (APS-3)."""
    if decision is None or decision.signed_on is None:
        return None
    signed = decision.signed_on
    return next(((day - signed).days for day in issued if day >= signed), None)


def permit_kinds() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in PermitKind]
