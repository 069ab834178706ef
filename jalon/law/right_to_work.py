"""Which contracts a person may sign, by her residence documents and the day: yes, to check, or no.

Code du travail R.5221-2: the holder of a permit of the pathway (16°) or of a card L.425-1 (4°) needs no work permit.
What no text read says stays « to check »: a receipt of renewal or of reflection, another document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jalon.law.residence import DATED_KINDS, Document, Held, free_movement, hold

YES, CHECK, NO = "yes", "check", "no"
DATED: Final = DATED_KINDS
# An employment contract, whatever its kind. An immersion and a training are none: her status stays (L.5135-3).
EMPLOYMENT: Final = ("permanent", "fixed_term", "temporary", "insertion", "work_study")
WITHOUT_CONTRACT: Final = ("immersion", "training")
# Own account: another law, that no document of the pathway settles.
ASIDE: Final = ("own_account",)
CONTRACTS: Final = (*EMPLOYMENT, *WITHOUT_CONTRACT, *ASIDE)


@dataclass(frozen=True, slots=True)
class RightToWork:
    """The answer of the day. ``until``: the last day that is covered without a hole; None when there is no end."""

    state: str
    until: date | None
    contracts: dict[str, str]


def right(documents: Sequence[Document], on: date, nationality: str = "") -> RightToWork:
    """Say what her documents allow on a day. ``nationality``: two letters, or nothing when it is not known.

    Without any document and without free movement nothing is known: to check. Documents that have all ended: no.
    """
    if nationality and free_movement(nationality, on, "nationality"):
        return _answer(YES, None)
    every = hold(documents)
    held = [one for one in every if one.from_ <= on]
    if not held:
        return _answer(CHECK, None)
    valid = [one for one in held if one.valid_on(on)]
    working = [one for one in valid if one.work]
    if working:
        return _answer(YES, _covered(max(one.to for one in working), every))
    if valid:
        return _answer(CHECK, max(one.to for one in valid))
    return _answer(NO, max(one.to for one in held))


def _covered(end: date, held: Sequence[Held]) -> date:
    """The last day reached by documents that allow work and follow each other without a day between."""
    while later := [one.to for one in held if one.work and one.from_ <= end + timedelta(days=1) and one.to > end]:
        end = max(later)
    return end


def _answer(state: str, until: date | None) -> RightToWork:
    light = YES if state == YES else CHECK
    contracts = dict.fromkeys(EMPLOYMENT, state) | dict.fromkeys(WITHOUT_CONTRACT, light)
    return RightToWork(state, until, contracts | dict.fromkeys(ASIDE, CHECK))
