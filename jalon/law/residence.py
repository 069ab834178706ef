"""Residence documents: how long each lasts, what they cover, what is needed next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import period_end
from jalon.law.periods import SPAN, Hole, Span, holding, holes
from jalon.law.spec import NATIONALITY, Bool, Choice, Day, Each, Field, Record


@dataclass(frozen=True, slots=True)
class Document:
    """A residence document; `valid_to` and `work` depend on the kind when absent."""

    kind: str
    issued_on: date
    valid_to: date | None = None
    work: bool | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A document with its dates and right to work made out."""

    kind: str
    from_: date
    to: date
    work: bool
    min_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Say whether it is valid on a day."""
        return self.from_ <= day <= self.to


@dataclass(frozen=True, slots=True)
class DelayDays:
    """Days from the pathway decision to the permit and to the receipt (APS-3)."""

    aps: int | None
    receipt: int | None


@dataclass(frozen=True, slots=True)
class Residence:
    """Need of a permit, documents, holes in their cover, next steps."""

    aps_needed: bool
    aps_why: str
    documents: tuple[Held, ...]
    delay_days: DelayDays
    cover_holes: tuple[Hole, ...]
    uncovered_days: int
    last_document_end: date | None
    next_request_on: date | None
    registration_alert_on: date | None
    propose_l425_1: bool
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


def _months(key: str, unit: int = 1) -> Callable[[date, str], date]:
    """Return the function that gives the last day of a document which lasts so many months (or years, unit 12)."""
    return lambda issued_on, field: period_end(issued_on, unit * loader.whole(key, issued_on, field))


def _reflection_end(issued_on: date, field: str) -> date:
    """Return the last day of the reflection period, the delivery day not counted (PER-2)."""
    return issued_on + timedelta(days=loader.whole("reflection.days", issued_on, field))


APS: Final = "aps_l425_4"
DEFAULT_END: Final[dict[str, Callable[[date, str], date]]] = {
    APS: _months("aps.min_months"),
    "first_receipt": _months("permit.first_receipt_months"),
    "card_l425_1": _months("permit.l425_1.months"),
    "resident_card": _months("permit.resident.years", 12),
    "reflection_receipt": _reflection_end,
}
DATED_KINDS: Final = frozenset({"renewal_receipt", "aps_other", "other_permit"})
WORK_KINDS: Final = frozenset({APS, "first_receipt", "card_l425_1", "resident_card"})
RECEIPTS: Final = frozenset({"first_receipt", "renewal_receipt"})

DOCUMENTS: Final = Field(
    "documents",
    Each(
        Record(
            Document,
            Field("kind", Choice.of(*DEFAULT_END, *DATED_KINDS), required=True),
            Field("issued_on", Day(), required=True),
            Field("valid_to", Day(), required=lambda given: given.get("kind") in tuple(DATED_KINDS)),
            Field("work", Bool()),
            follows=(("valid_to", "issued_on"),),
        )
    ),
)


def hold(documents: Sequence[Document]) -> list[Held]:
    """Make out the last day and the right to work of each document, by the table of kinds.

    LawError `out_of_parameter_range` on `documents[i].issued_on` when a length has no value on that day.
    """
    return [_held(document, f"documents[{index}].issued_on") for index, document in enumerate(documents)]


def _held(document: Document, field: str) -> Held:
    return Held(
        document.kind,
        document.issued_on,
        document.valid_to or DEFAULT_END[document.kind](document.issued_on, field),
        document.kind in WORK_KINDS if document.work is None else document.work,
    )


def free_movement(nationality: str, on: date, field: str) -> bool:
    """Say whether a national of this state needs no residence document on a day (FR, EU, EEA, CH)."""
    return nationality in loader.texts("countries.eu_eea_ch", on, field)


def next_request_on(end: date) -> date:
    """Return the day to ask for the document that follows one ending on `end` (rule APS-4)."""
    return end - timedelta(days=loader.whole("aps.request_days"))


def registration_alert_on(end: date) -> date:
    """Return the day to look after the registration with France Travail before a document ends (rule APS-4)."""
    return end - timedelta(days=loader.whole("aps.registration_alert_days"))


@calculation(
    "residence",
    Field("nationality", NATIONALITY, required=True),
    Field("decision_on", Day(), required=True),
    Field("psp_periods", Each(SPAN, disjoint=True)),
    DOCUMENTS,
    Field("complaint_on", Day()),
    Field("links_broken", Bool(), default=False),
)
def residence(
    nationality: str,
    decision_on: date,
    psp_periods: Sequence[Span] = (),
    documents: Sequence[Document] = (),
    complaint_on: date | None = None,
    links_broken: bool = False,
) -> Residence:
    """Say whether a permit of the pathway is needed, and what the documents held cover.

    `nationality` is two capital letters (XX when unknown), `decision_on` the day of the pathway decision.
    Errors: LawError `overlapping_orders`, `end_before_start`, `out_of_parameter_range`.
    Rules APS-1 and APS-2 (CESEDA L.425-4), APS-3, APS-4 (CESEDA R.431-5), PER-1 (L.425-1), PER-2 (R.425-1, R.425-2).
    """
    free = free_movement(nationality, decision_on, "decision_on")
    held = [_with_minimum(document, index) for index, document in enumerate(hold(documents))]
    other = any(one.work and one.kind != APS and one.valid_on(decision_on) for one in held)
    uncovered = [] if free else holes(psp_periods, [Span(one.from_, one.to) for one in held])
    end = max((one.to for one in held), default=None)
    permits = [one for one in held if one.kind == APS]
    periods = sorted(psp_periods)
    alerts = {
        "aps_ends_before_period": any(
            (period := holding(periods, one.from_)) is not None and one.to < period.end for one in permits
        ),
        "aps_too_short": any(one.min_to is not None and one.to < one.min_to for one in permits),
        "cover_hole": bool(uncovered),
    }
    return Residence(
        aps_needed=not (free or other),
        aps_why="nationality" if free else "other_document" if other else "no_document",
        documents=tuple(held),
        delay_days=DelayDays(
            _delay(decision_on, [one.from_ for one in permits]),
            _delay(decision_on, [one.from_ for one in held if one.kind in RECEIPTS]),
        ),
        cover_holes=tuple(uncovered),
        uncovered_days=sum(hole.days for hole in uncovered),
        last_document_end=end,
        next_request_on=end and next_request_on(end),
        registration_alert_on=end and registration_alert_on(end),
        propose_l425_1=complaint_on is not None and links_broken,
        alerts=tuple(name for name, holds in alerts.items() if holds),
        rules=applied(
            ("APS-1", "APS-2", "APS-3"),
            APS_4=bool(held),
            PER_1=complaint_on is not None,
            PER_2=any(one.kind == "reflection_receipt" for one in held),
        ),
    )


def _with_minimum(one: Held, index: int) -> Held:
    """Add the least last day of a permit of the pathway (APS-2)."""
    if one.kind != APS:
        return one
    least = DEFAULT_END[APS](one.from_, f"documents[{index}].issued_on")
    return Held(one.kind, one.from_, one.to, one.work, least)


def _delay(decision_on: date, issued: Sequence[date]) -> int | None:
    """Return the days from the decision to the first document issued on or after it."""
    return min(((day - decision_on).days for day in issued if day >= decision_on), default=None)
