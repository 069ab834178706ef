"""What the law makes of the dates of an accreditation: rules AGR-1 to AGR-3."""

from datetime import date
from typing import Protocol

from jalon.law.accreditation import Accreditation as Computed
from jalon.law.accreditation import accreditation

# What may be left to answer: the texts give no number of days, only that the delay to present observations is
# sufficient (CRPA, art. L. 122-1). Fifteen days are proposed, a week is the least.
DAYS_TO_ANSWER, LEAST_DAYS = 15, 7


class Dated(Protocol):
    """The dates that the law reads."""

    received_on: date | None
    missing_asked_on: date | None
    completed_on: date | None
    granted_on: date | None
    declared_on: date | None


def compute(row: Dated, day: date | None = None) -> Computed | None:
    """The law on these dates; None before the request was sent. Raises LawError on impossible dates."""
    if row.received_on is None:
        return None
    return accreditation(
        row.received_on, row.missing_asked_on, row.completed_on, row.granted_on, row.declared_on, as_of=day
    )
