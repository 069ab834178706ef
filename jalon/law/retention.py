"""How long the data of a person are kept, part by part, and by when a request of hers is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jalon.law import loader
from jalon.law.calculation import calculation
from jalon.law.dates import add_months
from jalon.law.spec import Choice, Day, Each, Field

# What goes before the file itself: the key group of each part, and the parameter that says when after the closing.
PARTS: Final = {"places": "G3", "notes": "G4"}
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


def part_ends(part: str, closed_on: date, housed_until: date | None = None) -> date:
    """The day from which a part of a closed file (PARTS) is no longer kept. Rule DAT-2.

    Places count from the end of her accommodation when it is known, else from the closing; notes from the closing.
    """
    if part == "places":
        return (housed_until or closed_on) + timedelta(days=loader.whole("retention.places_days"))
    return add_months(closed_on, loader.whole("retention.notes_months"))


def unused_file_ends(received_on: date) -> date:
    """The day from which a file that left with no request is no longer kept. Rule DAT-4."""
    return add_months(received_on, loader.whole("retention.unused_files_months"))


def copy_held_to(asked_on: date) -> date:
    """The last day to which a session's copy may be held for a challenge. Rule DAT-4."""
    return add_months(asked_on, loader.whole("retention.session_copy_months"))


def first_contact_ends(last_contact_on: date) -> date:
    """The day from which a first contact that nothing followed is no longer kept. Rule DAT-2."""
    return add_months(last_contact_on, loader.whole("retention.first_contact_months"))


def answer_by(asked_on: date, extended: bool = False) -> date:
    """The last day to answer a request of the person on her data. Rule DAT-3 (GDPR, art. 12.3)."""
    months = loader.whole("rights.answer_months")
    return add_months(asked_on, months + loader.whole("rights.extension_months") if extended else months)
