"""Whether RSA is to be checked: never decided here."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import add_months
from jalon.law.residence import free_movement
from jalon.law.spec import NATIONALITY, Bool, Choice, Count, Day, Field

STATUSES: Final = (
    "none",
    "refugee",
    "subsidiary_protection",
    "stateless",
    "resident_card",
    "single_parent_increase",
)


@dataclass(frozen=True, slots=True)
class RsaCheck:
    """Whether RSA is to be checked, and the day that decides."""

    to_check: bool
    from_: date | None
    reasons: tuple[str, ...]
    rules: tuple[str, ...]


@calculation(
    "rsa_check",
    Field("as_of", Day(), required=True),
    Field("birth_date", Day(), required=True),
    Field("nationality", NATIONALITY, required=True),
    Field("children", Count(), default=0),
    Field("expecting_child", Bool(), default=False),
    Field("student", Bool(), default=False),
    Field("work_permit_since", Day()),
    Field("protected_status", Choice.of(*STATUSES), default="none"),
)
def rsa_check(
    as_of: date,
    birth_date: date,
    nationality: str,
    children: int = 0,
    expecting_child: bool = False,
    student: bool = False,
    work_permit_since: date | None = None,
    protected_status: str = "none",
) -> RsaCheck:
    """Say whether RSA is to be checked on `as_of`, and from which day.

    `work_permit_since` is the first day of a permit allowing work, `protected_status` one of STATUSES.
    Errors: LawError `negative_amount`, `invalid_value`, `out_of_parameter_range` on `as_of`.
    Rule RSA-1 (CASF L.262-4).
    """
    min_age = loader.whole("rsa.min_age", as_of, "as_of")
    permit_years = loader.whole("rsa.third_country_permit_years", as_of, "as_of")
    if student:
        return RsaCheck(False, None, ("student",), ("RSA-1",))
    with_child = children > 0 or expecting_child
    reasons = ["child" if with_child else "age_25"]
    days = [] if with_child else [add_months(birth_date, 12 * min_age)]
    known = True
    if nationality == "FR":
        pass
    elif free_movement(nationality, as_of, "as_of"):
        reasons.append("right_of_residence")
    elif protected_status != "none":
        reasons.append("protected_status")
    elif work_permit_since:
        reasons.append("permit_5_years")
        days.append(add_months(work_permit_since, 12 * permit_years))
    else:
        reasons.append("permit_years_unknown")
        known = False
    day = max(days, default=None) if known else None
    to_check = known and (day is None or as_of >= day)
    return RsaCheck(to_check, day, tuple(sorted(reasons)), ("RSA-1",))
