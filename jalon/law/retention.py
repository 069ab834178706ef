"""How long the data of a person stay active after the last contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import add_months
from jalon.law.spec import Choice, Day, Each, Field

HOLDS: Final = ("appeal", "overpayment", "criminal_case", "compensation")


@dataclass(frozen=True, slots=True)
class Retention:
    """When the data are reviewed, and whether something keeps them."""

    review_on: date
    held: bool
    due: bool | None
    rules: tuple[str, ...]


@calculation(
    "retention",
    Field("last_contact_on", Day(), required=True),
    Field("holds", Each(Choice.of(*HOLDS))),
    Field("as_of", Day()),
)
def retention(last_contact_on: date, holds: Sequence[str] = (), as_of: date | None = None) -> Retention:
    """Return the day on which active data are reviewed; `holds` are the legal reasons (HOLDS) that keep them.

    Rule DAT-1 (CNIL, deliberation 2021-028).
    """
    review_on = add_months(last_contact_on, loader.whole("retention.active_months"))
    due = None if as_of is None else as_of >= review_on and not holds
    return Retention(review_on, bool(holds), due, ("DAT-1",))
