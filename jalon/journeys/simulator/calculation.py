"""What if: orders, children, resources, documents, a complaint, as typed, and what the law makes of them.

No dossier is read, nothing is written.

``simulate`` puts the calculations of the law room end to end and adds no rule of its own. Two things are said where
they are read: a decision that ends the pathway early also ends the aid (AFIS-4); no text gives rights to health cover,
so that line holds what was typed. A value that a calculation refuses becomes ``Misfit``, with the field that was typed.
"""

from jalon.law.periods import Span, holes

from .aid import eligibility_of, months_of, rsa_of, schedules_of
from .pathway import journey_of, opening_order
from .result import Simulation
from .scenario import Scenario
from .stay import challenges_of, health_holes, residence_of


def simulate(scenario: Scenario) -> Simulation:
    """All the calculations on one scenario. Raises Misfit at the value that cannot be calculated with."""
    computed = journey_of(scenario)
    openings = {one.n: opening_order(scenario, computed, one) for one in computed.periods if not one.projected}
    schedules = schedules_of(scenario, computed, openings) if scenario.aid else []
    months = months_of(scenario, computed, schedules)
    spans = [Span(one.start, one.end) for one in computed.periods]
    return Simulation(
        scenario=scenario,
        journey=computed,
        openings=openings,
        schedules=schedules,
        months=months,
        aid_holes=holes(spans, [Span(one.month.first, one.month.last) for one in months]) if months else (),
        eligibility=eligibility_of(scenario),
        residence=residence_of(scenario, spans),
        rsa=rsa_of(scenario),
        challenges=challenges_of(scenario),
        health_holes=health_holes(scenario, spans),
    )
