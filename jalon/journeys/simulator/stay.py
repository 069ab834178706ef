"""Residence documents, appeals and health cover."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jalon.journeys.states import ADVERSE
from jalon.law import appeal, residence
from jalon.law.periods import Hole, Span, holes

from .misfit import DOCUMENT_SENTENCES, SENTENCES, Misfit, told
from .result import Challenge
from .scenario import Order, Scenario


def residence_of(scenario: Scenario, spans: Sequence[Span]) -> residence.Residence | None:
    if not (spans or scenario.documents or scenario.complaint_on):
        return None
    opening = scenario.opening
    place = f"orders[{list(scenario.orders).index(opening)}].signed_on" if opening else "as_of"
    with told(DOCUMENT_SENTENCES, decision_on=place):
        return residence.residence(
            nationality=scenario.country,
            decision_on=opening.signed_on if opening else scenario.as_of,
            psp_periods=list(spans),
            documents=list(scenario.documents),
            complaint_on=scenario.complaint_on,
            links_broken=scenario.links_broken,
        )


def challenges_of(scenario: Scenario) -> list[Challenge]:
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
    with told(**places, notified_on=f"orders[{at}].notified_on"):
        return appeal.appeal(
            notified_on=order.notified_on,  # type: ignore[arg-type]
            routes_mentioned=order.routes,
            appeals=[scenario.appeals[typed] for typed in against],
            holidays=scenario.settings.holidays,
        )


def health_holes(scenario: Scenario, spans: Sequence[Span]) -> Sequence[Hole]:
    """Days of pathway without the cover that was typed; nothing typed, nothing said."""
    for at, one in enumerate(scenario.health):
        if one.ends_on and one.ends_on < one.starts_on:
            raise Misfit(f"health[{at}].ends_on", str(SENTENCES["end_before_start"]))
    if not scenario.health or not spans:
        return ()
    last = max(span.end for span in spans)
    return holes(spans, [Span(one.starts_on, one.ends_on or max(last, one.starts_on)) for one in scenario.health])
