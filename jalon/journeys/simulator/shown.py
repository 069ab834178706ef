"""Everything that the page and the paper say of a simulation."""

from .drawing import clock
from .result import Simulation
from .sentences import aid_facts, alerts_of, pathway_facts, sentence
from .tables import (
    aid_table,
    challenges_table,
    conditions_table,
    health_table,
    periods_table,
    reminders_table,
    stay_table,
)
from .words import Shown, explain


def shown(made: Simulation) -> Shown:
    """Everything that the page and the paper say of a simulation."""
    tables = [
        periods_table(made),
        reminders_table(made),
        aid_table(made),
        conditions_table(made),
        stay_table(made),
        health_table(made),
    ]
    tables.append(challenges_table(made))
    return Shown(
        sentence=sentence(made),
        facts=[*pathway_facts(made), *aid_facts(made)],
        alerts=alerts_of(made),
        clock=clock(made),
        tables=[table for table in tables if table.lines or table.facts],
        rules=explain(*made.rules),
    )
