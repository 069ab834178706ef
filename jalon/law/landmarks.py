"""The landmarks of the support over the 24 months, and what follows a missed meeting and an exit.

The law gives the 24 months and the renewals; what is looked at on the way is the practice of the two structures that
support her. Every date comes from the first day of the pathway and from its cap: it moves when an order moves them.
"""

from datetime import date, timedelta
from typing import Final

from jalon.law.dates import ONE_DAY, add_months, next_working_day, period_end
from jalon.law.work import last_start

# Days, then months, after the entry. The last one is counted back from the cap: the next permit takes four months.
DAYS: Final = {"clock_day30": 30, "clock_day75": 75, "clock_day150": 150}
MONTHS: Final = {"clock_month5": 5, "clock_month11": 11, "clock_month17": 17}
# Those of the renewals, by the period that is renewed.
RENEWALS: Final = tuple(MONTHS)
BEFORE_CAP: Final = {"clock_month20": 4}
LANDMARKS: Final = (*DAYS, *MONTHS, *BEFORE_CAP)
AFTER_EXIT: Final = (3, 6, 12)
# Lengths of training, in months.
LENGTHS: Final = (3, 6, 9, 12)


def landmarks(starts_on: date, cap_on: date) -> dict[str, date]:
    """Return the day of each landmark, the first to come first. ``cap_on``: the last day of the 24 months."""
    found = {name: starts_on + timedelta(days=days) for name, days in DAYS.items()}
    found |= {name: add_months(starts_on, months) for name, months in MONTHS.items()}
    found |= {name: add_months(cap_on + ONE_DAY, -months) for name, months in BEFORE_CAP.items()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def last_starts(cap_on: date, on: date) -> dict[int, date]:
    """Return months of a certifying training → the last day on which it may start, told before any session is chosen.

    ``on``: the day of the question, from which such a training is measured.
    """
    return {months: last_start(cap_on, on, period_end(on, months), certifying=True) for months in LENGTHS}


def after_absence(day: date) -> date:
    """Return the first working day after a meeting that she missed: the association calls her."""
    return next_working_day(day + ONE_DAY)


def after_exit(day: date) -> dict[int, date]:
    """Return months after the exit → the day on which she is asked how she is, if she agreed."""
    return {months: add_months(day, months) for months in AFTER_EXIT}
