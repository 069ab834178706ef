"""The approval of an association."""

from dataclasses import dataclass
from datetime import date

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import add_months, period_end
from jalon.law.errors import LawError
from jalon.law.spec import Day, Field


@dataclass(frozen=True, slots=True)
class Accreditation:
    """Whether and until when an association is approved."""

    deemed_complete_on: date | None
    tacit_on: date | None
    basis: str | None
    valid_from: date | None
    valid_to: date | None
    renewal_alert_on: date | None
    old_enough: bool | None
    valid: bool | None
    rules: tuple[str, ...]


@calculation(
    "accreditation",
    Field("received_on", Day(), required=True),
    Field("missing_asked_on", Day()),
    Field("completed_on", Day()),
    Field("granted_on", Day()),
    Field("declared_on", Day()),
    Field("as_of", Day()),
    follows=(
        ("missing_asked_on", "received_on"),
        ("granted_on", "received_on"),
        ("completed_on", "missing_asked_on"),
    ),
)
def accreditation(
    received_on: date,
    missing_asked_on: date | None = None,
    completed_on: date | None = None,
    granted_on: date | None = None,
    declared_on: date | None = None,
    as_of: date | None = None,
) -> Accreditation:
    """Return how an approval asked for on `received_on` came about, and how long it lasts.

    `granted_on` is the express approval, `declared_on` the declaration of the association.
    Errors: LawError `end_before_start`, `inconsistent_values`, `out_of_parameter_range` on `received_on`.
    Rules AGR-1, AGR-2 (CASF R.121-12-3), AGR-3 (CASF R.121-12-1, R.121-12-3).
    """
    if completed_on and not missing_asked_on:
        raise LawError("inconsistent_values", "The file was completed, but nothing was asked.", "completed_on")

    def length(name: str) -> int:
        return loader.whole(f"accreditation.{name}", received_on, "received_on")

    complete_on = add_months(received_on, length("complete_months"))
    asked = missing_asked_on is not None and missing_asked_on <= complete_on
    clock = completed_on if asked else received_on
    tacit_on = clock and add_months(clock, length("tacit_months"))
    express = granted_on is not None and (tacit_on is None or granted_on <= tacit_on)
    valid_from = granted_on if express else tacit_on
    valid_to = valid_from and period_end(valid_from, length("months"))
    min_age = 12 * length("min_age_years")
    return Accreditation(
        deemed_complete_on=None if asked else complete_on,
        tacit_on=tacit_on,
        basis="express" if express else "tacit" if tacit_on else None,
        valid_from=valid_from,
        valid_to=valid_to,
        renewal_alert_on=valid_to and add_months(valid_to, -loader.whole("accreditation.alert_months")),
        old_enough=None if declared_on is None else add_months(declared_on, min_age) <= received_on,
        valid=None if as_of is None else bool(valid_from and valid_to and valid_from <= as_of <= valid_to),
        rules=("AGR-1", "AGR-2", "AGR-3"),
    )
