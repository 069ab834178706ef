"""The landmarks of the 24 months, the last start of a training, what follows a missed meeting and an exit."""

from datetime import date

import pytest

from jalon.law.dates import add_months, period_end
from jalon.law.landmarks import LANDMARKS, after_absence, after_exit, landmarks, last_starts
from jalon.law.work import last_start

START, CAP = date(2019, 10, 7), date(2021, 10, 6)


def test_the_seven_landmarks_of_a_pathway() -> None:
    assert landmarks(START, CAP) == {
        "clock_day30": date(2019, 11, 6),
        "clock_day75": date(2019, 12, 21),
        "clock_day150": date(2020, 3, 5),
        "clock_month5": date(2020, 3, 7),
        "clock_month11": date(2020, 9, 7),
        "clock_month17": date(2021, 3, 7),
        "clock_month20": date(2021, 6, 7),
    }


def test_they_come_in_order_and_each_is_there() -> None:
    found = landmarks(START, CAP)
    assert set(found) == set(LANDMARKS)
    assert list(found.values()) == sorted(found.values())


def test_only_the_last_one_follows_the_cap() -> None:
    """A gap between two periods moves the cap: the next permit is still prepared four months before."""
    before, after = landmarks(START, CAP), landmarks(START, date(2021, 11, 20))
    assert {name for name in LANDMARKS if before[name] != after[name]} == {"clock_month20"}
    assert after["clock_month20"] == date(2021, 7, 21)


@pytest.mark.parametrize("months", [1, 3, 6, 9, 12])
def test_a_training_that_starts_on_its_last_day_ends_in_time(months: int) -> None:
    today = date(2020, 1, 6)
    end = period_end(today, months)
    last = last_start(CAP, today, end, certifying=True)
    length = end - today
    assert last + length <= add_months(CAP, -1) < last + length.__class__(days=1) + length
    assert last_start(CAP, today, end) > last


def test_the_last_starts_of_common_lengths() -> None:
    found = last_starts(CAP, date(2020, 2, 20))
    assert list(found) == [3, 6, 9, 12]
    assert found[12] == date(2020, 9, 6)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_missed_meeting_is_followed_by_a_call_on_a_working_day() -> None:
    assert after_absence(date(2026, 3, 5)) == date(2026, 3, 6)
    assert after_absence(date(2026, 3, 6)) == date(2026, 3, 9)


def test_news_after_the_exit() -> None:
    assert after_exit(date(2026, 11, 30)) == {3: date(2027, 2, 28), 6: date(2027, 5, 30), 12: date(2027, 11, 30)}
