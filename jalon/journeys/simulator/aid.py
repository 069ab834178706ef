"""The aid month by month, its conditions, and the right to RSA."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from jalon.journeys.states import DecisionKind
from jalon.law import afis, journey, rsa
from jalon.law.dates import Month
from jalon.law.periods import Span

from .misfit import DOCUMENT_SENTENCES, Misfit, told
from .result import MonthDue
from .scenario import Order, Scenario


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


def schedules_of(scenario: Scenario, computed: journey.Journey, openings: Mapping[int, Order]) -> list[afis.Schedule]:
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
        with told(**_places(run, scenario, openings, computed), other_benefits="benefits"):
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


def months_of(scenario: Scenario, computed: journey.Journey, schedules: Sequence[afis.Schedule]) -> list[MonthDue]:
    """The months of all the runs, each once: a month in which one run ends and another begins is paid once."""
    cap = scenario.settings.total_cap
    if cap and schedules and scenario.resources is None:
        raise Misfit(
            "resources", _("Écrivez les ressources du foyer : le plafond de l'aide et des ressources les compte.")
        )
    last = max((one.end for one in computed.periods if not one.projected), default=date.min)
    found: dict[Month, MonthDue] = {}
    for due in (due for schedule in schedules for due in schedule.months):
        with told(on="total_cap"):
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


def eligibility_of(scenario: Scenario) -> afis.Eligibility | None:
    """The four conditions, on the day of the decision; None while a value is missing."""
    decided, asked = scenario.aid_decision_on, scenario.aid_requested_on
    if not scenario.aid or decided is None or asked is None:
        return None
    if scenario.birth_date is None or scenario.resources is None:
        return None
    held = [one for one in scenario.benefits if one.starts_on <= decided <= (one.ends_on or decided)]
    typed = "aid_decided_on" if scenario.aid_decided_on else "aid_requested_on"
    with told(DOCUMENT_SENTENCES, decision_on=typed, request_on="aid_requested_on", household_resources="resources"):
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


def rsa_of(scenario: Scenario) -> rsa.RsaCheck | None:
    if scenario.birth_date is None:
        return None
    with told():
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
