"""The employment side: work integration and the engagement contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import add_months, period_end
from jalon.law.errors import LawError
from jalon.law.spec import Bool, Choice, Day, Each, Field

LEVEL_1: Final = ("rsa", "ass", "aah", "unemployed_24_months")
LEVEL_2: Final = (
    "school_level_3_or_less",
    "under_26",
    "over_50",
    "former_child_welfare",
    "unemployed_12_to_24_months",
    "disabled_worker",
    "single_parent",
    "no_home",
    "refugee_or_asylum",
    "rural_zone",
    "priority_district",
    "leaving_detention",
    "french_below_a1",
    "mobility",
)
CONTRADICTIONS: Final = (
    frozenset({"under_26", "over_50"}),
    frozenset({"unemployed_24_months", "unemployed_12_to_24_months"}),
)
# The kinds of work-integration structures, each with the number of level-2 criteria it asks.
STRUCTURES: Final = {
    "ACI": "iae.level2.aci_ei_eiti",
    "AI": "iae.level2.ai_etti",
    "EI": "iae.level2.aci_ei_eiti",
    "EITI": "iae.level2.aci_ei_eiti",
    "ETTI": "iae.level2.ai_etti",
}


@dataclass(frozen=True, slots=True)
class WorkIntegration:
    """In which kinds of structures a person may be taken on."""

    level_1: tuple[str, ...]
    level_2: tuple[str, ...]
    eligible: dict[str, bool]
    basis: str | None
    pass_until: date | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmploymentContract:
    """The last day to sign the engagement contract."""

    sign_by: date
    rules: tuple[str, ...]


def pass_end(receipt_on: date, field: str = "receipt_on") -> date:
    """Return the last day of the work-integration path opened by a pass received on a day (rule EMP-4)."""
    return period_end(receipt_on, loader.whole("iae.pass_months", receipt_on, field))


@calculation(
    "work_integration",
    Field("criteria", Each(Choice.of(*LEVEL_1, *LEVEL_2)), required=True),
    Field("prescriber_decision", Bool(), default=False),
    Field("in_psp", Bool(), default=False),
    Field("pass_receipt_on", Day()),
)
def work_integration(
    criteria: Sequence[str],
    prescriber_decision: bool = False,
    in_psp: bool = False,
    pass_receipt_on: date | None = None,
) -> WorkIntegration:
    """Say for which kinds of structures the criteria are met. Being in the pathway (`in_psp`) never counts.

    Errors: LawError `inconsistent_values`, `invalid_value`, `out_of_parameter_range` on `pass_receipt_on`.
    Rules EMP-2 (code du travail R.5132-1-7), EMP-4 (R.5132-1-2).
    """
    found = frozenset(criteria)
    if any(pair <= found for pair in CONTRADICTIONS):
        raise LawError("inconsistent_values", "Two criteria contradict each other.", "criteria")
    level_1 = tuple(sorted(found.intersection(LEVEL_1)))
    level_2 = tuple(sorted(found.intersection(LEVEL_2)))
    enough = prescriber_decision or bool(level_1)
    eligible = {kind: enough or len(level_2) >= loader.whole(key) for kind, key in STRUCTURES.items()}
    reasons = {"prescriber": prescriber_decision, "level_1": bool(level_1), "level_2": any(eligible.values())}
    until = None
    if pass_receipt_on:
        until = pass_end(pass_receipt_on, "pass_receipt_on")
    return WorkIntegration(
        level_1=level_1,
        level_2=level_2,
        eligible=eligible,
        basis=next((name for name, holds in reasons.items() if holds), None),
        pass_until=until,
        rules=applied(["EMP-2"], EMP_4=pass_receipt_on is not None),
    )


@calculation(
    "employment_contract",
    Field(
        "orientation_notified_on",
        Day(),
        required=lambda given: given.get("followed_before_2025") is not True,
    ),
    Field("followed_before_2025", Bool(), default=False),
)
def employment_contract(
    orientation_notified_on: date | None = None, followed_before_2025: bool = False
) -> EmploymentContract:
    """Return the last day to sign the engagement contract.

    Errors: LawError `missing_field`, `out_of_parameter_range` on `orientation_notified_on`.
    Rule EMP-1 (code du travail D.5411-14-1).
    """
    if followed_before_2025 or orientation_notified_on is None:
        return EmploymentContract(date.fromisoformat(str(loader.latest("ft.transition_until"))), ("EMP-1",))
    months = loader.whole("ft.contract_months", orientation_notified_on, "orientation_notified_on")
    return EmploymentContract(add_months(orientation_notified_on, months), ("EMP-1",))


RESIT_MONTHS: Final = 1


def last_start(cap_on: date, starts_on: date, ends_on: date, certifying: bool = False) -> date:
    """Return the last day on which a training this long may begin and still end by `cap_on`, the end of the 24 months.

    One that leads to a certificate keeps a month for a second try: twelve months begin by the end of the eleventh.
    """
    limit = add_months(cap_on, -RESIT_MONTHS) if certifying else cap_on
    return limit - (ends_on - starts_on)
