"""What the law makes of the dates of an accreditation: rules AGR-1 to AGR-3."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from jalon.law.accreditation import Accreditation as Computed
from jalon.law.accreditation import accreditation
from jalon.law.appeal import AdministrativeAppeal, Appeal, appeal
from jalon.law.territories import holidays_of

from .states import AppealKind, AppealOutcome

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


class Challenged(Protocol):
    """An order against the association, as the law reads it."""

    department: str
    notified_on: date | None


class Filed(Protocol):
    """An appeal of the association."""

    kind: str
    filed_on: date
    answered_on: date | None
    outcome: str


def limits(row: Challenged, appeals: Iterable[Filed]) -> Appeal | None:
    """How long a refusal or a withdrawal may be challenged; None before its notification.

    It cannot be signed without its routes and delays, which therefore always run (DEC-2).
    """
    if row.notified_on is None:
        return None
    given = [
        AdministrativeAppeal(
            kind=one.kind,
            received_on=one.filed_on,
            rejected_on=one.answered_on if one.outcome == AppealOutcome.REJECTED else None,
        )
        for one in appeals
        if one.kind != AppealKind.COURT
    ]
    return appeal(row.notified_on, appeals=given, holidays=holidays_of(row.department))
