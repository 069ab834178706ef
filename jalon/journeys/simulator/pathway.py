"""The periods that typed orders make."""

from django.utils.translation import gettext as _

from jalon.journeys.states import OPENING, DecisionKind
from jalon.law import journey
from jalon.law.dates import ONE_DAY
from jalon.law.errors import LawError

from .misfit import PLACE, SENTENCES, Misfit
from .scenario import Order, Scenario


def journey_of(scenario: Scenario) -> journey.Journey:
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


def opening_order(scenario: Scenario, computed: journey.Journey, period: journey.Period) -> Order:
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
