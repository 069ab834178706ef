"""A life told in order: what happens on which day. Each day is one transaction under a frozen clock."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from jalon.config import clock

Act = Callable[[], object]

# In which order the acts of one day come.
(
    DIRECTORY,
    OPENING,
    PREPARING,
    SIGNING,
    RECEIVING,
    AGENDA,
    CONVENING,
    SITTING,
    MINUTES,
    DECIDING,
    NOTIFYING,
    RIGHTS,
    PAYING,
    SUPPORT,
    LEAVING,
    CLEANING,
) = range(16)
DAY_STARTS = time(9)


class Timeline:
    """Acts by day and rank. Running them empties the timeline up to the day asked."""

    def __init__(self) -> None:
        self._acts: dict[date, list[tuple[int, int, Act]]] = defaultdict(list)
        self._count = 0

    def add(self, day: date, rank: int, act: Act) -> None:
        self._count += 1
        self._acts[day].append((rank, self._count, act))

    def __len__(self) -> int:
        return sum(map(len, self._acts.values()))

    def upto(self, day: date) -> int:
        """How many acts are planned until this day, included."""
        return sum(len(acts) for when, acts in self._acts.items() if when <= day)

    def skip(self, day: date) -> None:
        """Forget what was told already: every act until this day, included."""
        for when in [when for when in self._acts if when <= day]:
            del self._acts[when]

    def run(self, until: date | None = None, told: Callable[[int], object] = lambda done: None) -> int:
        """Run what is planned up to ``until`` included, oldest first; acts may plan others. Return how many ran."""
        done = 0
        while days := [day for day in self._acts if until is None or day <= until]:
            day = min(days)
            moment = datetime.combine(day, DAY_STARTS, clock.PARIS)
            with transaction.atomic():
                while acts := self._acts.pop(day, []):
                    for _rank, _order, act in sorted(acts, key=lambda planned: planned[:2]):
                        with clock.at(moment):
                            act()
                        moment += timedelta(seconds=20)
                        done += 1
            told(done)
        return done
