"""The financial aid (AFIS): monthly amount, schedule of months, the four conditions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from jalon.law import loader, money
from jalon.law.calculation import applied, calculation
from jalon.law.dates import Month, add_months
from jalon.law.periods import SPAN, Span, merged
from jalon.law.residence import APS, DOCUMENTS, Document, Held, free_movement, hold
from jalon.law.spec import NATIONALITY, Choice, Count, Day, Each, Field, Money, MonthKind, Record

BENEFITS: Final = ("rsa", "ada", "ata")
FACTS: Final = ("job", "resources", "family", "housing", "residence", "other")
LOWER_CHILDREN: Final = 3  # In Mayotte each of the first three children counts more than the next ones.
LISTED_DOCUMENTS: Final = frozenset({"card_l425_1", "resident_card", "other_permit", "renewal_receipt"})
PROVISIONAL: Final = frozenset({APS, "aps_other"})
BASES: Final = {"metropole": "afis.base", "mayotte": "afis.mayotte.base"}
TERRITORY: Final = Field("territory", Choice.of(*BASES), default="metropole")
BENEFIT: Final = Choice.of(*BENEFITS)


@dataclass(frozen=True, slots=True)
class Scale:
    """First and last day of a scale, the last one None when it is still in force."""

    from_: date
    to: date | None


@dataclass(frozen=True, slots=True)
class Amount:
    """The monthly amount, and the part of it that is payable."""

    base: Decimal
    children_amount: Decimal
    amount: Decimal
    payable: Decimal
    scale: Scale
    rules: tuple[str, ...]


@calculation(
    "afis_amount",
    Field("on", Day(), required=True),
    Field("children", Count(), default=0),
    TERRITORY,
    Field("household_resources", Money(), required=lambda given: _asks_cap(given.get("settings"))),
    settings=("total_cap",),
)
def amount(
    on: date,
    children: int = 0,
    territory: str = "metropole",
    household_resources: Decimal | None = None,
    total_cap: bool = False,
) -> Amount:
    """Return the monthly amount on a day, in euro.

    `children` counts the dependent children, `territory` is `metropole` or `mayotte`; with `total_cap` the household
    resources are required and resources and aid together do not pass the RSA amount of one person.
    Errors: LawError `negative_amount`, `missing_field`, `out_of_parameter_range` on `on`.
    Rules AFIS-2 (CASF D.121-12-14, D.541-2-1), CAP-1.
    """
    base, supplement = _amounts(on, children, territory, "on")
    whole = payable = money.plus(base, supplement)
    if total_cap and household_resources is not None:
        left = money.minus(loader.amount("rsa.single", on, "on"), household_resources)
        payable = min(whole, max(left, money.ZERO))
    scale = loader.dated(BASES[territory], on, "on")
    return Amount(base, supplement, whole, payable, Scale(scale.start, scale.end), applied(["AFIS-2"], CAP_1=total_cap))


def _asks_cap(settings: object) -> bool:
    return isinstance(settings, dict) and settings.get("total_cap") is True


def _amounts(on: date, children: int, territory: str, field: str) -> tuple[Decimal, Decimal]:
    """Return the base in force on a day and the supplement for children (AFIS-2)."""
    base = loader.amount(BASES[territory], on, field)
    if territory == "metropole":
        return base, money.times(loader.amount("afis.child", on, field), children)
    first = money.times(loader.amount("afis.mayotte.child_1_to_3", on, field), min(children, LOWER_CHILDREN))
    further = max(children - LOWER_CHILDREN, 0)
    return base, money.plus(first, money.times(loader.amount("afis.mayotte.child_4_plus", on, field), further))


@dataclass(frozen=True, slots=True)
class ChildrenChange:
    """The new number of dependent children from an event on."""

    on: date
    children: int


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount paid for a month."""

    month: Month
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Benefit:
    """Another benefit received, `to` None when it goes on."""

    kind: str
    from_: date
    to: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A new fact that calls for a re-examination."""

    on: date
    kind: str


@dataclass(frozen=True, slots=True)
class MonthDue:
    """A month of the schedule."""

    month: Month
    amount: Decimal
    children: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """A month with AFIS and another benefit."""

    month: Month
    benefits: tuple[str, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    """The months due, and how they compare with what was paid."""

    months: tuple[MonthDue, ...]
    total: Decimal
    last_paid_month: Month | None
    stops_on: date | None
    arrears: Decimal
    overpaid: Decimal
    overlap_months: tuple[Overlap, ...]
    possible_overpayment: Decimal
    reexamine_on: tuple[date, ...]
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


@calculation(
    "afis_schedule",
    Field("grants", Each(SPAN, non_empty=True, disjoint=True), required=True),
    TERRITORY,
    Field("children", Count(), default=0),
    Field(
        "children_changes",
        Each(Record(ChildrenChange, Field("on", Day(), required=True), Field("children", Count(), required=True))),
    ),
    Field("end_decision_on", Day()),
    Field(
        "paid",
        Each(Record(Payment, Field("month", MonthKind(), required=True), Field("amount", Money(), required=True))),
    ),
    Field(
        "other_benefits",
        Each(
            Record(
                Benefit,
                Field("kind", BENEFIT, required=True),
                Field("from", Day(), required=True, python="from_"),
                Field("to", Day()),
                follows=(("to", "from_"),),
            )
        ),
    ),
    Field(
        "new_facts",
        Each(Record(Fact, Field("on", Day(), required=True), Field("kind", Choice.of(*FACTS), required=True))),
    ),
    settings=("change_effective", "month_rule"),
)
def schedule(
    grants: Sequence[Span],
    territory: str = "metropole",
    children: int = 0,
    children_changes: Sequence[ChildrenChange] = (),
    end_decision_on: date | None = None,
    paid: Sequence[Payment] = (),
    other_benefits: Sequence[Benefit] = (),
    new_facts: Sequence[Fact] = (),
    change_effective: str = "first_of_next_month",
    month_rule: str = "touched",
) -> Schedule:
    """Return the months due for the periods granted, their sum, arrears, overpayments and overlaps, in euro.

    `children` is the number before any change, `end_decision_on` the signature of an end decision.
    Errors: LawError `overlapping_orders`, `end_before_start`, `out_of_parameter_range` on `grants[i].start`.
    Rules AFIS-2 to AFIS-8 (CASF D.121-12-14, R.121-12-13, R.121-12-13-1; decree 2017-1635), MON-1.
    """
    granted = _granted_months(grants, month_rule)
    if end_decision_on:
        granted = {month: index for month, index in granted.items() if month <= Month.of(end_decision_on)}
    counted = _ChildrenCount(children, children_changes, change_effective)
    months = tuple(_due(month, counted.on(month), territory, granted[month]) for month in sorted(granted))
    last = months[-1].month if months else None
    arrears, overpaid = _compare(months, paid)
    overlaps = tuple(_overlaps(months, other_benefits))
    alerts = {
        "children_effect_to_confirm": bool(children_changes),
        "overpaid": overpaid > 0,
        "partial_month": _is_partial(grants),
        "possible_overpayment": bool(overlaps),
    }
    return Schedule(
        months=months,
        total=money.total(due.amount for due in months),
        last_paid_month=last,
        stops_on=last.plus(1).first if last else None,
        arrears=arrears,
        overpaid=overpaid,
        overlap_months=overlaps,
        possible_overpayment=money.total(overlap.amount for overlap in overlaps),
        reexamine_on=tuple(sorted({fact.on for fact in new_facts})),
        alerts=tuple(name for name, holds in alerts.items() if holds),
        rules=applied(
            ("AFIS-2", "AFIS-3", "MON-1"),
            AFIS_4=end_decision_on is not None,
            AFIS_5=bool(children_changes),
            AFIS_6=bool(paid),
            AFIS_7=bool(other_benefits),
            AFIS_8=bool(new_facts),
        ),
    )


def _granted_months(grants: Sequence[Span], month_rule: str) -> dict[Month, int]:
    """Return the months paid for the grants, each with the index of its first grant (MON-1)."""
    months: dict[Month, int] = {}
    for grant, index in sorted((grant, index) for index, grant in enumerate(grants)):
        month, last = Month.of(grant.start), Month.of(grant.end)
        if month_rule == "month_start" and grant.start > month.first:
            month = month.plus(1)
        if month_rule == "month_end" and grant.end < last.last:
            last = last.plus(-1)
        while month <= last:
            months.setdefault(month, index)
            month = month.plus(1)
    return months


class _ChildrenCount:
    """The number of children counted month by month (AFIS-5)."""

    def __init__(self, before: int, changes: Sequence[ChildrenChange], change_effective: str) -> None:
        delay = 1 if change_effective == "first_of_next_month" else 0
        ordered = sorted(changes, key=lambda change: change.on)
        self.effects = [Month.of(change.on).plus(delay) for change in ordered]
        self.numbers = [before, *(change.children for change in ordered)]

    def on(self, month: Month) -> int:
        return self.numbers[bisect_right(self.effects, month)]


def _due(month: Month, children: int, territory: str, grant: int) -> MonthDue:
    """Return what is due for a month: the amount of its first day."""
    base, supplement = _amounts(month.first, children, territory, f"grants[{grant}].start")
    return MonthDue(month, money.plus(base, supplement), children)


def _compare(months: Iterable[MonthDue], paid: Sequence[Payment]) -> tuple[Decimal, Decimal]:
    """Return the arrears and the overpaid sum over the months that were paid (AFIS-6)."""
    due = {one.month: one.amount for one in months}
    sums: dict[Month, Decimal] = {}
    for payment in paid:
        sums[payment.month] = money.plus(sums.get(payment.month, money.ZERO), payment.amount)
    differences = [money.minus(due.get(month, money.ZERO), amount) for month, amount in sums.items()]
    return (
        money.total(difference for difference in differences if difference > 0),
        money.total(difference.copy_negate() for difference in differences if difference < 0),
    )


def _overlaps(months: Sequence[MonthDue], benefits: Sequence[Benefit]) -> Sequence[Overlap]:
    """Return the months in which another benefit has a day (AFIS-7)."""
    paid = [due.month for due in months]
    kinds: dict[Month, list[str]] = {}
    for kind in sorted(BENEFITS):
        spans = merged(Span(one.from_, one.to or date.max) for one in benefits if one.kind == kind)
        touched = {month for span in spans for month in _within(paid, span)}
        for month in touched:
            kinds.setdefault(month, []).append(kind)
    return [Overlap(due.month, tuple(kinds[due.month]), due.amount) for due in months if due.month in kinds]


def _within(months: Sequence[Month], span: Span) -> Sequence[Month]:
    """Return those of sorted months in which a span has a day."""
    return months[bisect_left(months, Month.of(span.start)) : bisect_right(months, Month.of(span.end))]


def _is_partial(grants: Sequence[Span]) -> bool:
    """Say whether a calendar month is partly covered by the grants."""
    covered: dict[Month, int] = {}
    for grant in grants:
        for month in {Month.of(grant.start), Month.of(grant.end)}:
            days = Span(max(grant.start, month.first), min(grant.end, month.last)).days
            covered[month] = covered.get(month, 0) + days
    return any(days < month.last.day for month, days in covered.items())


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: met or not, and why."""

    met: bool
    why: str


@dataclass(frozen=True, slots=True)
class ResourcesCondition:
    """The third condition, with what it was compared with."""

    met: bool
    why: str
    ceiling: Decimal
    reference_month: Month


@dataclass(frozen=True, slots=True)
class ExclusionsCondition:
    """The fourth condition, with the benefits found."""

    met: bool
    why: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The four conditions."""

    age: Condition
    residence: Condition
    resources: ResourcesCondition
    exclusions: ExclusionsCondition


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether the four conditions are met."""

    eligible: bool
    failed: tuple[str, ...]
    ceiling: Decimal
    reference_month: Month
    conditions: Conditions
    rules: tuple[str, ...]


@calculation(
    "afis_eligibility",
    Field("decision_on", Day(), required=True),
    Field("request_on", Day(), required=True),
    Field("birth_date", Day(), required=True),
    Field("nationality", NATIONALITY, required=True),
    Field("household_resources", Money(), required=True),
    DOCUMENTS,
    Field("receives", Each(BENEFIT)),
    Field("could_claim", Each(BENEFIT)),
    follows=(("decision_on", "request_on"), ("request_on", "birth_date")),
)
def eligibility(
    decision_on: date,
    request_on: date,
    birth_date: date,
    nationality: str,
    household_resources: Decimal,
    documents: Sequence[Document] = (),
    receives: Sequence[str] = (),
    could_claim: Sequence[str] = (),
) -> Eligibility:
    """Say which of the four conditions of the aid are met on the day of the decision.

    `household_resources` are those of the whole household in the month before the request, in euro.
    Errors: LawError `end_before_start`, `out_of_parameter_range`. Rule AFIS-1 (CASF R.121-12-13-1).
    """
    ceiling = loader.amount("rsa.single", request_on, "request_on")
    reference_month = Month.of(request_on).plus(-1)
    below = household_resources < ceiling
    why = "below_ceiling" if below else "not_below_ceiling"
    conditions = Conditions(
        age=_age(birth_date, decision_on),
        residence=_residence(nationality, hold(documents), decision_on),
        resources=ResourcesCondition(below, why, ceiling, reference_month),
        exclusions=_exclusions(receives, could_claim, decision_on),
    )
    met = {
        "age": conditions.age.met,
        "residence": conditions.residence.met,
        "resources": conditions.resources.met,
        "exclusions": conditions.exclusions.met,
    }
    failed = tuple(name for name, holds in met.items() if not holds)
    return Eligibility(not failed, failed, ceiling, reference_month, conditions, ("AFIS-1",))


def _age(birth_date: date, on: date) -> Condition:
    adult_on = add_months(birth_date, 12 * loader.whole("afis.min_age", on, "decision_on"))
    return Condition(on >= adult_on, "adult" if on >= adult_on else "under_18")


def _residence(nationality: str, documents: Sequence[Held], on: date) -> Condition:
    """Return the first reason that holds, met ones first."""
    valid = [document for document in documents if document.valid_on(on)]
    if free_movement(nationality, on, "decision_on"):
        return Condition(met=True, why="nationality")
    if any(document.kind in LISTED_DOCUMENTS for document in valid):
        return Condition(met=True, why="document")
    permits = [document for document in valid if document.kind in PROVISIONAL]
    if any(document.work for document in permits):
        return Condition(met=True, why="aps_with_work")
    if permits:
        return Condition(met=False, why="aps_without_work")
    return Condition(met=False, why="receipt_not_listed" if valid else "no_document")


def _exclusions(receives: Sequence[str], could_claim: Sequence[str], on: date) -> ExclusionsCondition:
    excluded = set(loader.texts("afis.exclusions", on, "decision_on"))
    received, claimable = excluded.intersection(receives), excluded.intersection(could_claim)
    why = "receives" if received else "could_claim" if claimable else "none"
    return ExclusionsCondition(why == "none", why, tuple(sorted(received | claimable)))
