"""What if: orders, children, resources, documents, a complaint, as typed, and what the law makes of them.

No dossier is read, nothing is written.

``simulate`` puts the calculations of the law room end to end and adds no rule of its own. Two things are said where
they are read: a decision that ends the pathway early also ends the aid (AFIS-4); no text gives rights to health cover,
so that line holds what was typed. A value that a calculation refuses becomes ``Misfit``, with the field that was typed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.law import afis, appeal, journey, money, residence, rsa
from jalon.law.dates import ONE_DAY, Month
from jalon.law.errors import LawError
from jalon.law.periods import Hole, Span, holes

from . import lawful
from .states import ADVERSE, OPENING, DecisionKind

# Nationality is typed by category, which is all that the rules ask: a member State stands for the Union, the EEA and
# Switzerland; XX is what the law room reads for anyone else, or when nothing is known.
NATIONALITIES = {"french": "FR", "european": "DE", "other": "XX"}


@dataclass(frozen=True)
class Order:
    """An order as typed; ``routes`` says whether the appeal routes are written in it."""

    kind: str
    signed_on: date
    effective_on: date | None = None
    ends_on: date | None = None
    notified_on: date | None = None
    routes: bool = True


@dataclass(frozen=True)
class Cover:
    """Something that covers some days: a benefit, or health cover. Without ``ends_on`` it goes on."""

    kind: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Child:
    """A child who is born or arrives (``more``), or who is no longer a dependant."""

    on: date
    more: bool = True


@dataclass(frozen=True)
class Settings:
    """The readings of the law that no text settles. The first values are those of the law room and of this room."""

    cap_mode: str = "cumulative"
    month_rule: str = lawful.MONTH_RULE
    change_effective: str = "first_of_next_month"
    total_cap: bool = False
    holidays: str = "metropole"


@dataclass(frozen=True)
class Scenario:
    """Everything that may be typed. The names are those of the fields of the form."""

    as_of: date
    orders: Sequence[Order] = ()
    projected: int = 0
    meetings: Sequence[date] = ()
    appeals: Sequence[appeal.AdministrativeAppeal] = ()
    aid: bool = True
    aid_requested_on: date | None = None
    aid_decided_on: date | None = None
    aid_ended_on: date | None = None
    territory: str = "metropole"
    children: int = 0
    births: Sequence[Child] = ()
    resources: Decimal | None = None
    benefits: Sequence[Cover] = ()
    could_claim: Sequence[str] = ()
    birth_date: date | None = None
    expecting: bool = False
    student: bool = False
    work_permit_since: date | None = None
    protected_status: str = "none"
    nationality: str = "other"
    documents: Sequence[residence.Document] = ()
    complaint_on: date | None = None
    links_broken: bool = False
    health: Sequence[Cover] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def country(self) -> str:
        return NATIONALITIES[self.nationality]

    @property
    def opening(self) -> Order | None:
        """The first order that opens a period: the decision from which the other rights follow."""
        return min((one for one in self.orders if one.kind in OPENING), key=lambda one: one.signed_on, default=None)

    @property
    def aid_decision_on(self) -> date | None:
        return self.aid_decided_on or (self.opening.signed_on if self.opening else None)

    def children_on(self, day: date) -> int:
        """The children counted from facts alone, without the month in which they begin to count."""
        return self.children + sum(1 if one.more else -1 for one in self.births if one.on <= day)


class MonthDue(NamedTuple):
    """A month of the aid: what the scale gives, what is payable, and what makes it."""

    month: Month
    amount: Decimal
    children: int
    scale: afis.Amount
    projected: bool


class Challenge(NamedTuple):
    """A notified decision that may be challenged, and until when."""

    order: Order
    limits: appeal.Appeal


@dataclass(frozen=True)
class Simulation:
    """What the law makes of a scenario."""

    scenario: Scenario
    journey: journey.Journey
    openings: Mapping[int, Order]  # period → the order that opened it; none for a projected one
    schedules: Sequence[afis.Schedule]
    months: Sequence[MonthDue]
    aid_holes: Sequence[Hole]
    eligibility: afis.Eligibility | None
    residence: residence.Residence | None
    rsa: rsa.RsaCheck | None
    challenges: Sequence[Challenge]
    health_holes: Sequence[Hole]

    @property
    def total(self) -> Decimal:
        return money.total(one.amount for one in self.months)

    @property
    def real(self) -> list[journey.Period]:
        return [one for one in self.journey.periods if not one.projected]

    @property
    def overlaps(self) -> list[afis.Overlap]:
        """Months with another benefit, each once; the amount is what is payable here."""
        payable = {one.month: one.amount for one in self.months}
        found: dict[Month, afis.Overlap] = {}
        for one in (one for schedule in self.schedules for one in schedule.overlap_months):
            found.setdefault(one.month, afis.Overlap(one.month, one.benefits, payable[one.month]))
        return [found[month] for month in sorted(found)]

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that was applied, sorted."""
        parts: list[Any] = [self.journey, *self.schedules, *(one.limits for one in self.challenges)]
        parts += [one for one in (self.eligibility, self.residence, self.rsa) if one is not None]
        found = {rule for part in parts for rule in part.rules}
        return tuple(sorted(found | ({"CAP-1"} if self.scenario.settings.total_cap and self.months else set())))


class Misfit(Exception):
    """A calculation refused a typed value. ``place`` is its path in the scenario: ``orders[1].signed_on``."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(place)
        self.place = place
        self.sentence = sentence


SENTENCES = {
    "missing_field": gettext_lazy("Cette réponse est nécessaire pour le calcul."),
    "invalid_date": gettext_lazy("Écrivez une date entre 1900 et 2199."),
    "invalid_value": gettext_lazy("Choisissez une réponse de la liste."),
    "negative_amount": gettext_lazy("Ce nombre ne peut pas être négatif."),
    "end_before_start": gettext_lazy("Cette date précède celle qu'elle doit suivre : vérifiez l'ordre des deux dates."),
    "overlapping_orders": gettext_lazy("Cette période a un jour en commun avec une autre : vérifiez les dates."),
    "inconsistent_values": gettext_lazy("Ces réponses se contredisent : vérifiez-les."),
    "out_of_parameter_range": gettext_lazy(
        "Cette date est trop ancienne : aucune valeur de la loi n'est connue ce jour."
    ),
}
PLACE = re.compile(r"(?P<of>\w+)\[(?P<at>\d+)\](?:\.(?P<name>\w+))?")
NAMES = {"from": "starts_on", "to": "ends_on"}  # of a benefit


@contextmanager
def _told(said: Mapping[str, Any] | None = None, **places: str) -> Iterator[None]:
    """Tells a fault of the law where it was typed: ``places`` maps its fields to those of the scenario."""
    try:
        yield
    except LawError as error:
        path = error.field or ""
        sentence = str({**SENTENCES, **(said or {})}[error.code])
        if path not in places and (found := PLACE.fullmatch(path)):
            name = found["name"] or ""
            path = f"{places.get(found['of'], found['of'])}[{found['at']}].{NAMES.get(name, name)}"
        raise Misfit(places.get(path, path), sentence) from error


def simulate(scenario: Scenario) -> Simulation:
    """All the calculations on one scenario. Raises Misfit at the value that cannot be calculated with."""
    computed = _journey(scenario)
    openings = {one.n: _opening(scenario, computed, one) for one in computed.periods if not one.projected}
    schedules = _schedules(scenario, computed, openings) if scenario.aid else []
    months = _months(scenario, computed, schedules)
    spans = [Span(one.start, one.end) for one in computed.periods]
    return Simulation(
        scenario=scenario,
        journey=computed,
        openings=openings,
        schedules=schedules,
        months=months,
        aid_holes=holes(spans, [Span(one.month.first, one.month.last) for one in months]) if months else (),
        eligibility=_eligibility(scenario),
        residence=_residence(scenario, spans),
        rsa=_rsa(scenario),
        challenges=_challenges(scenario),
        health_holes=_health_holes(scenario, spans),
    )


# --- the pathway -------------------------------------------------------------------------------------------------
def _journey(scenario: Scenario) -> journey.Journey:
    orders = [
        journey.Order(one.kind, one.signed_on, one.effective_on, one.ends_on, one.notified_on)
        for one in scenario.orders
    ]
    try:
        return journey.journey(
            orders,
            project_renewals=scenario.projected,
            commission_dates=list(scenario.meetings) or None,
            as_of=scenario.as_of,
            cap_mode=scenario.settings.cap_mode,
        )
    except LawError as error:
        raise _order_misfit(scenario, error) from error


def _order_misfit(scenario: Scenario, error: LawError) -> Misfit:
    """A fault of the orders in the words of what was typed, at the answer to change."""
    found = PLACE.fullmatch(error.field or "")
    if found is None:
        return Misfit(error.field or "", str(SENTENCES[error.code]))
    at, name = int(found["at"]), found["name"] or "signed_on"
    order, code = scenario.orders[at], error.code
    if code == "missing_field":
        sentence = _("Écrivez le jour de la notification, ou la fin écrite dans l'arrêté : la fin anticipée en dépend.")
    elif code == "overlapping_orders":
        name = "effective_on" if order.effective_on else "signed_on"
        sentence = _("Cette période commence avant la fin de la précédente : vérifiez les dates des deux arrêtés.")
    elif code == "end_before_start" and name == "ends_on":
        sentence = _("La fin écrite dans l'arrêté précède le début de la période.")
    elif code == "end_before_start":
        sentence = _("La notification ne peut pas précéder la signature.")
    elif code != "inconsistent_values":
        sentence = str(SENTENCES[code])
    elif order.effective_on and order.kind not in OPENING:
        name, sentence = "effective_on", _("Seuls une autorisation ou un renouvellement ont une date d'effet.")
    elif order.kind == DecisionKind.RENEW:
        name, sentence = "kind", _("Aucune période ne précède ce renouvellement.")
    elif order.kind == DecisionKind.END_EARLY:
        name = "ends_on" if order.ends_on else "notified_on"
        sentence = _("Ce jour n'est dans aucune période : la fin anticipée arrête une période en cours.")
    else:
        name, sentence = "ends_on", _("Un refus n'ouvre aucune période : laissez la fin vide.")
    return Misfit(f"orders[{at}].{name}", sentence)


def _opening(scenario: Scenario, computed: journey.Journey, period: journey.Period) -> Order:
    """The order that opened a period: the last signed whose start, by DUR-2 and DUR-3, is the period's."""
    before = next((one.end for one in computed.periods if one.n == period.n - 1), None)
    found = None
    for one in sorted((one for one in scenario.orders if one.kind in OPENING), key=lambda one: one.signed_on):
        start = one.effective_on or one.signed_on
        if one.kind == DecisionKind.RENEW and not one.effective_on and before:
            start = max(start, before + ONE_DAY)
        if start == period.start:
            found = one
    if found is None:
        raise ValueError("a period without its order")
    return found


# --- the aid -----------------------------------------------------------------------------------------------------
class Run(NamedTuple):
    """Periods of aid that one decision may end together."""

    grants: list[Span]
    ended_on: date | None


def runs(scenario: Scenario, computed: journey.Journey, openings: Mapping[int, Order]) -> list[Run]:
    """The aid is granted for each period as it was decided (AFIS-3); the decision that ends a period early ends it."""
    found: list[Run] = []
    grants: list[Span] = []
    for period in computed.periods:
        if period.end_reason != "early_end":
            grants.append(Span(period.start, period.end))
            continue
        decided = openings[period.n].ends_on or period.computed_end or period.end
        grants.append(Span(period.start, decided))
        found.append(Run(grants, _end_signed_on(scenario, period)))
        grants = []
    return [*found, Run(grants, None)] if grants else found


def _end_signed_on(scenario: Scenario, period: journey.Period) -> date:
    """The day from which an early end stops the aid: its signature (AFIS-4), or the later day printed in it."""
    ends = [one for one in scenario.orders if one.kind == DecisionKind.END_EARLY]
    order = next(one for one in ends if (one.ends_on or one.notified_on) == period.end)
    return max(order.signed_on, order.ends_on or order.signed_on)


def _schedules(scenario: Scenario, computed: journey.Journey, openings: Mapping[int, Order]) -> list[afis.Schedule]:
    changes, number = [], scenario.children
    for at, one in sorted(enumerate(scenario.births), key=lambda numbered: numbered[1].on):
        number += 1 if one.more else -1
        if number < 0:
            raise Misfit(
                f"births[{at}].more", _("Aucun enfant n'est à charge ce jour-là : vérifiez le nombre de départ.")
            )
        changes.append(afis.ChildrenChange(one.on, number))
    found = []
    for run in runs(scenario, computed, openings):
        ends = [day for day in (run.ended_on, scenario.aid_ended_on) if day]
        with _told(**_places(run, scenario, openings, computed), other_benefits="benefits"):
            found.append(
                afis.schedule(
                    grants=run.grants,
                    territory=scenario.territory,
                    children=scenario.children,
                    children_changes=changes,
                    end_decision_on=min(ends, default=None),
                    other_benefits=[afis.Benefit(one.kind, one.starts_on, one.ends_on) for one in scenario.benefits],
                    change_effective=scenario.settings.change_effective,
                    month_rule=scenario.settings.month_rule,
                )
            )
    return found


def _places(run: Run, scenario: Scenario, openings: Mapping[int, Order], computed: journey.Journey) -> dict[str, str]:
    """The typed value behind each grant: the order that opened its period, or the number of projected renewals."""
    by_start = {one.start: openings.get(one.n) for one in computed.periods}
    orders = list(scenario.orders)
    places = {}
    for at, grant in enumerate(run.grants):
        order = by_start[grant.start]
        places[f"grants[{at}].start"] = f"orders[{orders.index(order)}].signed_on" if order else "projected"
    return places


def _months(scenario: Scenario, computed: journey.Journey, schedules: Sequence[afis.Schedule]) -> list[MonthDue]:
    """The months of all the runs, each once: a month in which one run ends and another begins is paid once."""
    cap = scenario.settings.total_cap
    if cap and schedules and scenario.resources is None:
        raise Misfit(
            "resources", _("Écrivez les ressources du foyer : le plafond de l'aide et des ressources les compte.")
        )
    last = max((one.end for one in computed.periods if not one.projected), default=date.min)
    found: dict[Month, MonthDue] = {}
    for due in (due for schedule in schedules for due in schedule.months):
        with _told(on="total_cap"):
            scale = afis.amount(
                on=due.month.first,
                children=due.children,
                territory=scenario.territory,
                household_resources=scenario.resources if cap else None,
                total_cap=cap,
            )
        amount = scale.payable if cap else due.amount
        one = MonthDue(due.month, amount, due.children, scale, due.month.first > last)
        found.setdefault(due.month, one)
    return [found[month] for month in sorted(found)]


def _eligibility(scenario: Scenario) -> afis.Eligibility | None:
    """The four conditions, on the day of the decision; None while a value is missing."""
    decided, asked = scenario.aid_decision_on, scenario.aid_requested_on
    if not scenario.aid or decided is None or asked is None:
        return None
    if scenario.birth_date is None or scenario.resources is None:
        return None
    held = [one for one in scenario.benefits if one.starts_on <= decided <= (one.ends_on or decided)]
    typed = "aid_decided_on" if scenario.aid_decided_on else "aid_requested_on"
    with _told(DOCUMENT_SENTENCES, decision_on=typed, request_on="aid_requested_on", household_resources="resources"):
        return afis.eligibility(
            decision_on=decided,
            request_on=asked,
            birth_date=scenario.birth_date,
            nationality=scenario.country,
            household_resources=scenario.resources,
            documents=list(scenario.documents),
            receives=[one.kind for one in held],
            could_claim=list(scenario.could_claim),
        )


def _rsa(scenario: Scenario) -> rsa.RsaCheck | None:
    if scenario.birth_date is None:
        return None
    with _told():
        return rsa.rsa_check(
            as_of=scenario.as_of,
            birth_date=scenario.birth_date,
            nationality=scenario.country,
            children=max(scenario.children_on(scenario.as_of), 0),
            expecting_child=scenario.expecting,
            student=scenario.student,
            work_permit_since=scenario.work_permit_since,
            protected_status=scenario.protected_status,
        )


# --- residence, appeals, health ------------------------------------------------------------------------------------
DOCUMENT_SENTENCES = {
    "missing_field": gettext_lazy("Écrivez la fin de validité : aucun texte ne donne la durée de ce document."),
}


def _residence(scenario: Scenario, spans: Sequence[Span]) -> residence.Residence | None:
    if not (spans or scenario.documents or scenario.complaint_on):
        return None
    opening = scenario.opening
    place = f"orders[{list(scenario.orders).index(opening)}].signed_on" if opening else "as_of"
    with _told(DOCUMENT_SENTENCES, decision_on=place):
        return residence.residence(
            nationality=scenario.country,
            decision_on=opening.signed_on if opening else scenario.as_of,
            psp_periods=list(spans),
            documents=list(scenario.documents),
            complaint_on=scenario.complaint_on,
            links_broken=scenario.links_broken,
        )


def _challenges(scenario: Scenario) -> list[Challenge]:
    """The court limit of each adverse decision that is notified, with the appeals made against it."""
    adverse = [(at, one) for at, one in enumerate(scenario.orders) if one.kind in ADVERSE and one.notified_on]
    against: dict[int, list[int]] = {at: [] for at, _one in adverse}
    for at, made in enumerate(scenario.appeals):
        before = [(one.notified_on, place) for place, one in adverse if one.notified_on <= made.received_on]  # type: ignore[operator]
        if not before:
            raise Misfit(f"appeals[{at}].received_on", _("Aucune décision défavorable n'est notifiée avant ce jour."))
        against[max(before)[1]].append(at)  # type: ignore[type-var]
    return [Challenge(one, _limits(scenario, at, one, against[at])) for at, one in adverse]


def _limits(scenario: Scenario, at: int, order: Order, against: Sequence[int]) -> appeal.Appeal:
    places = {f"appeals[{n}].{name}": f"appeals[{typed}].{name}" for n, typed in enumerate(against)
              for name in ("received_on", "rejected_on")}  # fmt: skip
    with _told(**places, notified_on=f"orders[{at}].notified_on"):
        return appeal.appeal(
            notified_on=order.notified_on,  # type: ignore[arg-type]
            routes_mentioned=order.routes,
            appeals=[scenario.appeals[typed] for typed in against],
            holidays=scenario.settings.holidays,
        )


def _health_holes(scenario: Scenario, spans: Sequence[Span]) -> Sequence[Hole]:
    """Days of pathway without the cover that was typed; nothing typed, nothing said."""
    for at, one in enumerate(scenario.health):
        if one.ends_on and one.ends_on < one.starts_on:
            raise Misfit(f"health[{at}].ends_on", str(SENTENCES["end_before_start"]))
    if not scenario.health or not spans:
        return ()
    last = max(span.end for span in spans)
    return holes(spans, [Span(one.starts_on, one.ends_on or max(last, one.starts_on)) for one in scenario.health])
