from datetime import date, timedelta

import pytest

from jalon.law.dates import (
    Duration,
    Month,
    add_months,
    days_between,
    easter,
    holidays,
    is_clamped,
    is_working_day,
    next_working_day,
    period_end,
    used,
)
from jalon.law.spec import TERRITORIES


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 5, 31), -3, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 29), 2, date(2027, 2, 28)),
        (date(2026, 12, 28), 2, date(2027, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 1, 30), 12, date(2027, 1, 30)),
        (date(1900, 1, 29), 1, date(1900, 2, 28)),
        (date(2000, 1, 29), 1, date(2000, 2, 29)),
    ],
)
def test_add_months(start: date, months: int, expected: date) -> None:
    assert add_months(start, months) == expected
    assert is_clamped(start, months) == (expected.day != start.day)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 1), 6, date(2026, 8, 31)),
        (date(2026, 3, 1), 0, date(2026, 2, 28)),
        (date(2028, 8, 29), 6, date(2029, 2, 28)),
    ],
)
def test_period_end(start: date, months: int, expected: date) -> None:
    assert period_end(start, months) == expected


@pytest.mark.parametrize(
    ("start", "end", "months", "days"),
    [
        (date(2026, 7, 15), date(2026, 10, 22), 3, 8),
        (date(2026, 1, 15), date(2026, 1, 15), 0, 1),
        (date(2026, 7, 15), date(2026, 8, 13), 0, 30),
        (date(2026, 7, 15), date(2026, 8, 14), 1, 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1, 0),
        (date(2026, 1, 31), date(2026, 2, 27), 0, 28),
        (date(2026, 2, 1), date(2026, 3, 1), 1, 1),
        (date(2026, 3, 5), date(2026, 3, 4), 0, 0),
        (date(2026, 3, 5), date(2025, 3, 4), 0, 0),
        (date(2026, 1, 1), date(2027, 12, 31), 24, 0),
    ],
)
def test_used(start: date, end: date, months: int, days: int) -> None:
    assert used(start, end) == Duration(months, days)


def test_duration() -> None:
    assert Duration.of_days(59) == Duration(1, 29)
    assert Duration.of_days(60) == Duration(2, 0)
    assert Duration(2, 5).in_days == 65
    assert [bool(Duration(0, 0)), bool(Duration(1, 0)), bool(Duration(0, 1))] == [False, True, True]


def test_month() -> None:
    month = Month.of(date(2028, 2, 10))
    assert (month.first, month.last, str(month)) == (date(2028, 2, 1), date(2028, 2, 29), "2028-02")
    assert [month.plus(n) for n in (-2, -1, 0, 10, 11)] == [
        Month(2027, 12), Month(2028, 1), month, Month(2028, 12), Month(2029, 1),
    ]  # fmt: skip
    assert str(Month(900, 1)) == "0900-01"


def test_days_between_counts_both_ends() -> None:
    assert days_between(date(2026, 2, 27), date(2026, 3, 1)) == 3


# Easter Sundays of tables printed long ago; the first and last possible days are among them.
EASTERS = [
    "1900-04-15", "1913-03-23", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23",
    "2011-04-24", "2018-04-01", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16",
    "2038-04-25", "2049-04-18", "2076-04-19", "2100-03-28", "2160-03-23", "2199-04-14",
]  # fmt: skip


@pytest.mark.parametrize("day", EASTERS)
def test_easter(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day


def test_easter_by_the_formula_of_gauss() -> None:
    for year in range(1900, 2200):
        a, b, c = year % 19, year % 4, year % 7
        d = (19 * a + 24) % 30
        e = (2 * b + 4 * c + 6 * d + (5 if year < 2100 else 6)) % 7
        exception = e == 6 and (d == 29 or (d == 28 and a > 10))
        assert easter(year) == date(year, 3, 22) + timedelta(days=d + e - 7 * exception)


def test_holidays_of_metropole() -> None:
    assert sorted(day.isoformat()[5:] for day in holidays("metropole", 2026)) == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip


def test_holidays_of_territories() -> None:
    metropole = holidays("metropole", 2026)
    added = {name: sorted(d.isoformat()[5:] for d in holidays(name, 2026) - metropole) for name in TERRITORIES}
    assert added == {
        "metropole": [],
        "alsace_moselle": ["04-03", "12-26"],
        "guadeloupe": ["05-27"],
        "guyane": ["06-10"],
        "martinique": ["05-22"],
        "mayotte": ["04-27"],
        "reunion": ["12-20"],
    }
    assert all(metropole <= holidays(name, 2026) for name in TERRITORIES)


def test_working_days() -> None:
    assert is_working_day(date(2026, 4, 3))
    assert not is_working_day(date(2026, 4, 3), "alsace_moselle")
    assert not is_working_day(date(2026, 4, 4))
    assert not is_working_day(date(2026, 4, 5))
    assert next_working_day(date(2026, 4, 3), "alsace_moselle") == date(2026, 4, 7)
    assert next_working_day(date(2026, 4, 3)) == date(2026, 4, 3)
    assert next_working_day(date(2026, 12, 31)) == date(2026, 12, 31)
    assert next_working_day(date(2027, 1, 1)) == date(2027, 1, 4)
