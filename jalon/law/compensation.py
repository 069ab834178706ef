"""The compensation of victims: until when to claim."""

from dataclasses import dataclass
from datetime import date

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import add_months
from jalon.law.spec import Day, Field


@dataclass(frozen=True, slots=True)
class VictimCompensation:
    """The last day to claim, and what gave it."""

    claim_until: date
    basis: str
    rules: tuple[str, ...]


@calculation(
    "victim_compensation",
    Field("offence_on", Day(), required=True),
    Field("final_decision_on", Day()),
    follows=(("final_decision_on", "offence_on"),),
)
def victim_compensation(offence_on: date, final_decision_on: date | None = None) -> VictimCompensation:
    """Return the last day to claim from the compensation board.

    Errors: LawError `end_before_start`, `out_of_parameter_range` on `offence_on`.
    Rule CIVI-1 (code de procédure pénale 706-5).
    """
    years = loader.whole("civi.years", offence_on, "offence_on")
    after_decision = loader.whole("civi.after_decision_years", offence_on, "offence_on")
    until, basis = add_months(offence_on, 12 * years), "offence"
    if final_decision_on and add_months(final_decision_on, 12 * after_decision) > until:
        until, basis = add_months(final_decision_on, 12 * after_decision), "final_decision"
    return VictimCompensation(until, basis, ("CIVI-1",))
