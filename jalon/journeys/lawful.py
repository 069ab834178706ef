"""From the rows of this room to the law room and back: orders, periods, AFIS, residence, appeals, explanations."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Any

from jalon.law import afis, appeal, journey, residence
from jalon.law.dates import Month
from jalon.law.errors import LawError
from jalon.law.periods import Span, holes
from jalon.law.territories import holidays_of, scale_of

from .models import AfisGrant, Appeal, Decision, Permit
from .states import ADVERSE, OPENING, AppealKind, AppealOutcome, DecisionKind

# MON-1, one of its three readings (no text settles it): a month is due when its last day is granted. A period of six
# months then makes six months of aid, and the month in which two periods meet is paid once.
MONTH_RULE = "month_end"
DUE_DAY = 5  # of the month that follows


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """The orders as they must be read: each with the dates that its last rectification gives, the latter left out.

    What comes back is for reading: the dates of a corrected order are those of its rectification, its row is not.
    """
    rows = list(decisions)
    last = {one.corrects_id: one for one in rows if one.corrects_id and one.signed_on}
    found = []
    for one in (one for one in rows if one.kind != DecisionKind.CORRECT):
        if correction := last.get(one.pk):
            one = copy(one)
            one.effective_on, one.ends_on = correction.effective_on, correction.ends_on
        found.append(one)
    return found


def takes_away(before: journey.Journey, after: journey.Journey) -> bool:
    """Does the second pathway lack a day of the first?"""
    spans = [[Span(one.start, one.end) for one in made.periods if not one.projected] for made in (before, after)]
    return bool(holes(*spans))


def orders_of(decisions: Iterable[Decision]) -> list[journey.Order]:
    """The signed decisions as the law reads them. An early end without a printed day waits for its notification."""
    orders = []
    for one in in_force(decisions):
        if one.signed_on is None:
            continue
        if one.kind == DecisionKind.END_EARLY and one.ends_on is None and one.notified_on is None:
            continue
        opening = one.kind in OPENING
        orders.append(
            journey.Order(
                kind=one.kind,
                signed_on=one.signed_on,
                effective_on=one.effective_on if opening else None,
                ends_on=one.ends_on if opening or one.kind == DecisionKind.END_EARLY else None,
                notified_on=one.notified_on,
            )
        )
    return orders


def compute(
    decisions: Iterable[Decision],
    *,
    as_of: date | None = None,
    meetings: Sequence[date] | None = None,
    project: int = 0,
) -> journey.Journey:
    return journey.journey(orders_of(decisions), project_renewals=project, commission_dates=meetings, as_of=as_of)


def decision_of(period: journey.Period, before: date | None, decisions: Sequence[Decision]) -> Decision:
    """The order that opened a period: the last one whose start, by DUR-2 and DUR-3, is the period's."""
    found = None
    for one in sorted(
        (d for d in in_force(decisions) if d.kind in OPENING and d.signed_on), key=lambda d: (d.signed_on, d.pk)
    ):
        order = journey.Order(one.kind, one.signed_on, one.effective_on)  # type: ignore[arg-type]
        if journey.opening_day(order, before) == period.start:
            found = one
    if found is None:
        raise ValueError("a period without its order")
    return found


def opening(
    kind: str,
    signed_on: date,
    before: Iterable[Decision],
    *,
    effective_on: date | None = None,
    ends_on: date | None = None,
) -> journey.Period | None:
    """The period that an order of this kind opens after those before it; None when the law gives it none.

    Without ``effective_on`` and ``ends_on`` it is what the rules alone make: the printed dates win, and the difference
    is shown.
    """
    order = journey.Order(kind=kind, signed_on=signed_on, effective_on=effective_on, ends_on=ends_on)
    earlier = orders_of(before)
    try:
        known = journey.journey(earlier) if earlier else None
        made = journey.journey([*earlier, order])
    except LawError:
        return None
    return made.periods[-1] if len(made.periods) > (len(known.periods) if known else 0) else None


def computed_start(one: Decision, decisions: Sequence[Decision]) -> date | None:
    """When the period of this order would start without the date printed in it; None when the law gives it none.

    ``decisions``: those of the dossier, in the order of their signatures.
    """
    if one.signed_on is None:
        return None
    found = opening(one.kind, one.signed_on, takewhile(lambda other: other.pk != one.pk, in_force(decisions)))
    return found.start if found else None


# --- AFIS -------------------------------------------------------------------------------------------------
def due_on(month: date) -> date:
    """The 5th of the month after."""
    return Month.of(month).plus(1).first.replace(day=DUE_DAY)


def schedule(
    spans: Sequence[Span],
    *,
    department: str,
    children: int,
    changes: Iterable[Mapping[str, Any]] = (),
    ended_on: date | None = None,
    paid: Iterable[tuple[date, Decimal]] = (),
) -> afis.Schedule:
    return afis.schedule(
        grants=list(spans),
        territory=scale_of(department),
        children=children,
        children_changes=[
            afis.ChildrenChange(date.fromisoformat(change["on"]), change["children"]) for change in changes
        ],
        end_decision_on=ended_on,
        paid=[afis.Payment(Month.of(month), amount) for month, amount in paid],
        month_rule=MONTH_RULE,
    )


def amount_of(month: date, children: int, department: str) -> Decimal | None:
    """What the law gives for a month, beside the amount kept; None before the first value known."""
    try:
        return afis.amount(month, children, scale_of(department)).amount
    except LawError:
        return None


def clipped(spans: Iterable[Span], start: date, end: date) -> list[Span]:
    """The parts of these spans between two days."""
    return [
        Span(max(span.start, start), min(span.end, end)) for span in spans if span.start <= end and span.end >= start
    ]


# --- residence --------------------------------------------------------------------------------------------
def documents_of(permits: Iterable[Permit]) -> list[residence.Document]:
    """Permits that were issued. An extension moves the end."""
    return [
        residence.Document(kind=permit.kind, issued_on=permit.issued_on, valid_to=permit.extended_to or permit.valid_to)
        for permit in permits
        if permit.issued_on
    ]


def residence_of(
    nationality: str, decision_on: date, spans: Sequence[Span], permits: Iterable[Permit]
) -> residence.Residence:
    return residence.residence(
        nationality=nationality or "XX",
        decision_on=decision_on,
        psp_periods=list(spans),
        documents=documents_of(permits),
    )


def last_day(kind: str, issued_on: date) -> date | None:
    """The end that the law gives to a document of this kind when none is printed; None when it must be printed."""
    if kind not in residence.DEFAULT_END:
        return None
    return residence.hold([residence.Document(kind=kind, issued_on=issued_on)])[0].to


# --- appeals ----------------------------------------------------------------------------------------------
def limits(decision: Decision, appeals: Iterable[Appeal], routes: bool) -> appeal.Appeal | None:
    """How long the decision may be challenged; None before its notification."""
    if decision.notified_on is None:
        return None
    return appeal.appeal(
        notified_on=decision.notified_on,
        routes_mentioned=routes or decision.kind not in ADVERSE,
        appeals=[
            appeal.AdministrativeAppeal(
                kind=one.kind,
                received_on=one.filed_on,
                rejected_on=one.answered_on if one.outcome == AppealOutcome.REJECTED else None,
            )
            for one in appeals
            if one.kind != AppealKind.COURT
        ],
        holidays=holidays_of(decision.department),
    )


def aid_limits(grant: AfisGrant, routes: bool, department: str) -> appeal.Appeal | None:
    """How long a refusal of the aid may be challenged; None before its notification."""
    if grant.notified_on is None:
        return None
    return appeal.appeal(grant.notified_on, routes, holidays=holidays_of(department))


def effects(decision: Decision, appeals: Sequence[Appeal], routes: bool) -> list[tuple[Appeal, appeal.AppealEffect]]:
    """Each appeal to the administration with what it changes, in the order given."""
    found = limits(decision, appeals, routes)
    listed = [one for one in appeals if one.kind != AppealKind.COURT]
    return list(zip(listed, found.appeals, strict=True)) if found else []
