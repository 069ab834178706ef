"""The corners of the pathway, called as the screens call it."""

from datetime import date, timedelta
from typing import Any

import pytest

from jalon.law.dates import Duration
from jalon.law.errors import LawError
from jalon.law.journey import (
    Cap,
    DecidedLate,
    Gap,
    Journey,
    NextApplication,
    Order,
    Reminder,
    Transfer,
    at_risk_before,
    journey,
    opening_day,
    targets,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def order(kind: str, signed: str, **days: str) -> Order:
    return Order(kind, day(signed), **{name: day(text) for name, text in days.items()})


def spans(found: Journey) -> list[tuple[str, str]]:
    return [(period.start.isoformat(), period.end.isoformat()) for period in found.periods]


PLAIN = [
    order("authorise", "2026-01-15"),
    order("renew", "2026-07-02"),
    order("renew", "2026-12-18"),
    order("renew", "2027-06-25"),
]


def test_all_of_a_plain_answer() -> None:
    found = journey(PLAIN[:2], as_of=day("2026-08-01"), reminder_days=[15, 0])
    first, second = found.periods
    assert (first.n, second.n) == (1, 2)
    assert first.computed_end == first.end
    assert first.used == Duration(6, 0)
    assert [first.clamped, first.shortened, first.projected] == [False, False, False]
    assert first.end_reason == "term"
    assert (first.gap_before_days, first.late_days) == (0, 0)
    assert second.reminders == (Reminder(15, day("2026-12-30")), Reminder(0, day("2027-01-14")))
    assert found.cap == Cap("cumulative", day("2028-01-14"), False)
    assert found.next_application == NextApplication(True, "renewal", day("2027-01-15"), day("2027-07-14"))
    assert (found.status, found.current_period, found.days_left) == ("active", 2, 166)
    assert (found.gaps, found.decided_late, found.alerts) == ((), (), ())
    assert (found.gap_days, found.decided_late_days) == (0, 0)
    assert (found.department, found.read_only_departments, found.rights_break_risk) == (None, (), None)


def test_nothing_yet() -> None:
    found = journey([], as_of=day("2026-01-01"), project_renewals=3, commission_dates=[day("2026-01-01")])
    assert found.periods == ()
    assert found.cap == Cap("cumulative", None, False)
    assert found.next_application == NextApplication(True, "engagement", None, None)
    assert (found.status, found.rights_break_risk, found.alerts) == ("not_started", None, ())
    assert journey([], cap_mode="calendar").remaining == Duration(24, 0)
    assert journey([], cap_mode="calendar").cap == Cap("calendar", None, False)
    assert journey([]).status is None


@pytest.mark.parametrize(
    ("signed", "starts"),
    [
        ("2026-07-01", "2026-07-15"),
        ("2026-07-14", "2026-07-15"),
        ("2026-07-15", "2026-07-15"),
        ("2026-07-16", "2026-07-16"),
    ],
)
def test_start_of_a_renewal(signed: str, starts: str) -> None:
    assert spans(journey([PLAIN[0], order("renew", signed)]))[1][0] == starts


def test_a_second_authorisation_starts_when_signed() -> None:
    found = journey([PLAIN[0], order("authorise", "2026-09-01"), order("renew", "2027-01-01")])
    assert spans(found) == [("2026-01-15", "2026-07-14"), ("2026-09-01", "2027-02-28"), ("2027-03-01", "2027-08-31")]
    assert found.gaps == (Gap(1, day("2026-07-15"), day("2026-08-31"), 48),)
    assert [period.gap_before_days for period in found.periods] == [0, 48, 0]


def test_effective_before_and_after_signature() -> None:
    found = journey(
        [
            order("authorise", "2026-01-15", effective_on="2026-01-05"),
            order("renew", "2026-06-20", effective_on="2026-07-10"),
        ]
    )
    assert spans(found) == [("2026-01-05", "2026-07-04"), ("2026-07-10", "2027-01-09")]
    assert [period.late_days for period in found.periods] == [10, 0]
    assert found.decided_late == (DecidedLate(1, day("2026-01-05"), day("2026-01-14"), 10),)
    assert found.decided_late_days == 10
    assert found.gap_days == 5
    assert found.alerts == ("decided_late", "gap")
    assert "DUR-5" in found.rules


@pytest.mark.parametrize(
    ("ends_on", "reason", "alerts"),
    [
        ("2026-07-14", "term", ()),
        ("2026-07-13", "printed", ("printed_end_differs",)),
        ("2026-12-31", "printed", ("printed_end_differs",)),
        ("2028-01-14", "printed", ("printed_end_differs",)),
        ("2028-01-15", "printed", ("cap_exceeded", "printed_end_differs")),
        ("2026-01-15", "printed", ("printed_end_differs",)),
    ],
)
@pytest.mark.parametrize("mode", ["cumulative", "calendar"])
def test_printed_end(ends_on: str, reason: str, alerts: tuple[str, ...], mode: str) -> None:
    found = journey([order("authorise", "2026-01-15", ends_on=ends_on)], cap_mode=mode)
    assert (found.periods[0].end, found.periods[0].end_reason) == (day(ends_on), reason)
    assert found.periods[0].computed_end == day("2026-07-14")
    assert found.alerts == alerts


def test_printed_end_equal_to_the_shortened_one() -> None:
    orders = [*PLAIN[:3], order("renew", "2027-09-01", ends_on="2028-01-14")]
    found = journey(orders, cap_mode="calendar")
    assert (found.periods[3].end_reason, found.periods[3].shortened, found.alerts) == ("cap", True, ("gap",))


def test_printed_past_the_cap_then_ended_within_it() -> None:
    orders = [
        *PLAIN[:3],
        order("renew", "2027-06-25", ends_on="2028-06-30"),
        order("end_early", "2027-09-01", ends_on="2027-09-30"),
    ]
    found = journey(orders)
    assert found.periods[3].end_reason == "early_end"
    assert found.alerts == ()
    assert found.remaining == Duration(3, 14)


def test_calendar_cap() -> None:
    found = journey([PLAIN[0]], project_renewals=9, cap_mode="calendar")
    assert len(found.periods) == 4
    assert found.cap == Cap("calendar", day("2028-01-14"), True)
    assert found.alerts == ("renewal_blocked_by_cap",)
    assert found.next_application == NextApplication(False, "renewal", None, None)
    last_day = journey([PLAIN[0], order("renew", "2028-01-14")], cap_mode="calendar")
    assert spans(last_day)[1] == ("2028-01-14", "2028-01-14")
    assert (last_day.periods[1].end_reason, last_day.periods[1].used) == ("cap", Duration(0, 1))
    too_late = journey([PLAIN[0], order("renew", "2028-01-15")], cap_mode="calendar")
    assert len(too_late.periods) == 1
    assert too_late.alerts == ("renewal_blocked_by_cap",)
    assert too_late.remaining == Duration(18, 0)
    printed = journey([PLAIN[0], order("renew", "2028-01-15", ends_on="2028-02-01")], cap_mode="calendar")
    assert (printed.periods[1].computed_end, printed.periods[1].shortened) == (None, True)
    assert printed.alerts == ("cap_exceeded", "gap", "printed_end_differs")
    assert printed.remaining == Duration(0, 0)


def test_projection_stops_where_asked() -> None:
    for asked, blocked in ((0, False), (2, False), (3, False), (4, True), (10**30, True)):
        found = journey([PLAIN[0]], project_renewals=asked)
        assert len(found.periods) == 1 + min(asked, 3)
        assert [period.projected for period in found.periods] == [False] + [True] * min(asked, 3)
        assert found.alerts == (("renewal_blocked_by_cap",) if blocked else ())


def test_an_authorisation_is_blocked_by_the_cap_too() -> None:
    found = journey([*PLAIN, order("authorise", "2029-01-01")], as_of=day("2029-02-01"))
    assert len(found.periods) == 4
    assert found.alerts == ("renewal_blocked_by_cap",)
    assert found.status == "ended"


def test_days_left_by_an_early_end_make_a_short_period() -> None:
    orders = [*PLAIN[:3], order("renew", "2027-06-25", ends_on="2027-12-16"), order("renew", "2028-02-01")]
    found = journey(orders)
    assert found.periods[3].used == Duration(5, 2)
    assert spans(found)[4] == ("2028-02-01", "2028-02-28")
    assert found.periods[4].used == Duration(0, 28)
    assert found.remaining == Duration(0, 0)


def test_the_cap_counts_a_short_february_as_a_month() -> None:
    # 29 days are left; from 1 February 2027 they are 1 month and 1 day.
    orders = [
        order("authorise", "2024-01-01", ends_on="2025-12-01"),
        order("renew", "2027-02-01"),
    ]
    found = journey(orders)
    assert found.periods[0].used == Duration(23, 1)
    assert spans(found)[1] == ("2027-02-01", "2027-03-01")
    assert found.periods[1].used == Duration(1, 1)
    assert found.months_used == Duration(24, 2)
    assert found.cap == Cap("cumulative", day("2027-03-01"), True)


@pytest.mark.parametrize(
    "ends",
    [{"ends_on": "2026-03-31"}, {"notified_on": "2026-03-31"}, {"ends_on": "2026-03-31", "notified_on": "2026-03-20"}],
)
def test_early_end(ends: dict[str, str]) -> None:
    found = journey([*PLAIN[:1], order("end_early", "2026-03-10", **ends)], as_of=day("2026-04-01"))
    assert spans(found) == [("2026-01-15", "2026-03-31")]
    assert found.periods[0].computed_end == day("2026-07-14")
    assert found.periods[0].reminders[0] == Reminder(120, day("2025-12-01"))
    assert (found.status, found.alerts) == ("terminated", ())
    assert "DUR-6" in found.rules


def test_early_end_of_an_earlier_period() -> None:
    found = journey([*PLAIN[:3], order("end_early", "2027-02-01", ends_on="2026-08-31"), order("renew", "2027-03-01")])
    assert spans(found) == [("2026-01-15", "2026-07-14"), ("2026-07-15", "2026-08-31"), ("2027-03-01", "2027-08-31")]
    assert found.months_used == Duration(13, 17)


def test_early_end_in_a_gap() -> None:
    with pytest.raises(LawError) as caught:
        journey([PLAIN[0], order("renew", "2026-07-20"), order("end_early", "2026-08-01", ends_on="2026-07-17")])
    assert (caught.value.code, caught.value.field) == ("inconsistent_values", "orders[2]")


REFUSED = [PLAIN[0], order("refuse_renewal", "2026-07-01")]


@pytest.mark.parametrize(
    ("orders", "as_of", "status"),
    [
        (REFUSED, "2026-07-14", "active"),
        (REFUSED, "2026-07-15", "renewal_refused"),
        ([PLAIN[0], order("refuse_renewal", "2026-07-20")], "2026-07-19", "lapsed"),
        ([PLAIN[0], order("refuse_renewal", "2026-07-20")], "2026-07-20", "renewal_refused"),
        ([PLAIN[0], order("refuse_renewal", "2026-01-15")], "2026-07-20", "renewal_refused"),
        ([order("refuse_renewal", "2026-01-15"), PLAIN[0]], "2026-07-20", "lapsed"),
        ([order("refuse", "2025-09-01"), PLAIN[0]], "2025-10-01", "refused"),
        ([order("refuse", "2025-09-01"), PLAIN[0]], "2026-01-14", "refused"),
        ([order("refuse", "2025-09-01"), PLAIN[0]], "2026-01-15", "active"),
        ([order("refuse", "2025-09-01"), PLAIN[0]], "2026-07-15", "lapsed"),
        ([order("refuse_renewal", "2025-09-01")], "2025-10-01", "not_started"),
        (PLAIN, "2028-01-14", "active"),
        (PLAIN, "2028-01-15", "ended"),
        ([*PLAIN, order("refuse_renewal", "2028-01-10")], "2028-01-15", "renewal_refused"),
        ([*PLAIN, order("end_early", "2028-01-10", ends_on="2028-01-14")], "2028-01-15", "terminated"),
        (PLAIN[:2], "2026-07-14", "active"),
        ([*PLAIN[:1], order("renew", "2026-08-01")], "2026-07-31", "lapsed"),
    ],
)
def test_status(orders: list[Order], as_of: str, status: str) -> None:
    assert journey(orders, as_of=day(as_of)).status == status


def test_forecasts_do_not_count_in_the_status() -> None:
    found = journey([PLAIN[0]], project_renewals=3, as_of=day("2026-08-01"))
    assert (found.status, found.current_period, found.days_left) == ("lapsed", None, None)
    assert journey([PLAIN[0]], project_renewals=3, as_of=day("2029-08-01")).status == "lapsed"


def test_ended_in_the_calendar_reading() -> None:
    orders = [PLAIN[0], order("renew", "2027-09-01")]
    assert journey(orders, as_of=day("2028-02-01"), cap_mode="calendar").status == "ended"
    assert journey(orders, as_of=day("2028-03-01")).status == "lapsed"
    assert journey(orders, as_of=day("2026-08-01"), cap_mode="calendar").status == "lapsed"


@pytest.mark.parametrize(
    ("as_of", "meetings", "risk"),
    [
        (None, ["2026-01-15"], False),
        (None, ["2026-01-14"], True),
        (None, ["2026-06-29"], False),
        (None, ["2026-06-30"], True),
        ("2026-03-01", ["2026-02-28"], True),
        ("2026-03-01", ["2026-03-01"], False),
        ("2026-09-01", ["2026-02-28"], False),
        ("2025-09-01", ["2026-02-28"], False),
        ("2026-06-30", ["2026-06-30"], True),
        ("2026-03-01", [], None),
    ],
)
def test_rights_break_risk(as_of: str | None, meetings: list[str], risk: bool | None) -> None:
    found = journey([PLAIN[0]], as_of=as_of and day(as_of), commission_dates=map(day, meetings), project_renewals=1)
    assert found.rights_break_risk is risk
    assert ("REN-2" in found.rules) is bool(meetings)


def test_departments() -> None:
    moves = [Transfer(day("2026-06-01"), "13"), Transfer(day("2026-03-01"), "34"), Transfer(day("2026-09-01"), "34")]

    def here(as_of: str | None) -> tuple[str | None, tuple[str, ...]]:
        found = journey(PLAIN, department="30", transfers=moves, as_of=as_of and day(as_of))
        return found.department, found.read_only_departments

    assert here("2026-02-28") == ("30", ())
    assert here("2026-03-01") == ("34", ("30",))
    assert here("2026-06-01") == ("13", ("30", "34"))
    assert here(None) == ("34", ("30", "13"))
    back = [
        *moves,
        Transfer(day("2026-10-01"), "30"),
        Transfer(day("2026-11-01"), "34"),
        Transfer(day("2026-12-01"), "06"),
    ]
    assert journey(PLAIN, department="30", transfers=back).read_only_departments == ("30", "34", "13")
    assert journey(PLAIN, department="30", transfers=[Transfer(day("2026-10-01"), "30")]).read_only_departments == ()
    assert journey(PLAIN, department="30").department == "30"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"orders": None}, "missing_field", "orders"),
        ({"orders": "abc"}, "wrong_type", "orders"),
        ({"orders": [{"kind": "authorise", "signed_on": date(2026, 1, 1)}]}, "wrong_type", "orders[0]"),
        ({"orders": [Order("authorise", "2026-01-01")]}, "wrong_type", "orders[0].signed_on"),
        ({"orders": [Order("prolong", date(2026, 1, 1))]}, "invalid_value", "orders[0].kind"),
        ({"orders": [Order("authorise", date(2200, 1, 1))]}, "invalid_date", "orders[0].signed_on"),
        ({"orders": [Order("end_early", date(2026, 1, 1))]}, "missing_field", "orders[0].notified_on"),
        ({"orders": [], "project_renewals": -1}, "negative_amount", "project_renewals"),
        ({"orders": [], "transfers": [Transfer(date(2026, 1, 1), "30")]}, "missing_field", "department"),
        ({"orders": [], "cap_mode": "x"}, "invalid_value", "settings.cap_mode"),
        ({"orders": [], "reminder_days": [4000]}, "invalid_value", "settings.reminder_days[0]"),
    ],
)
def test_direct_calls_are_checked(given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(LawError) as caught:
        journey(**given)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_unknown_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        journey([], nothing=1)  # type: ignore[call-arg]


def test_reminders_keep_the_order_of_the_setting() -> None:
    reminders = journey([PLAIN[0]], reminder_days=[1, 3650, 1]).periods[0].reminders
    end = day("2026-07-14")
    assert reminders == tuple(Reminder(days, end - timedelta(days=days)) for days in (1, 3650, 1))
    assert journey([PLAIN[0]], reminder_days=[]).periods[0].reminders == ()
    assert [reminder.days_before for reminder in journey([PLAIN[0]]).periods[0].reminders] == [120, 90, 60, 30, 15]


def test_the_targets_are_the_reminders_under_their_names() -> None:
    (period,) = journey(PLAIN[:1]).periods
    assert list(targets(period.end).values()) == [reminder.on for reminder in period.reminders]
    assert targets(day("2026-07-14")) == {
        "remind": day("2026-03-16"),
        "open": day("2026-04-15"),
        "file": day("2026-05-15"),
        "session": day("2026-06-14"),
        "decision": day("2026-06-29"),
    }


@pytest.mark.parametrize(
    ("meetings", "served_from"),
    [
        ([], None),
        (["2026-04-30"], None),
        (["2026-05-01"], "2026-05-16"),
        (["2026-06-12", "2026-05-20", "2026-04-01"], "2026-06-04"),
    ],
)
def test_ends_before_any_meeting(meetings: list[str], served_from: str | None) -> None:
    found = at_risk_before([day(one) for one in meetings], as_of=day("2026-05-01"))
    assert found == (served_from and day(served_from))


@pytest.mark.parametrize(
    ("opening", "before", "first"),
    [
        (order("authorise", "2026-01-15"), None, "2026-01-15"),
        (order("authorise", "2026-01-15", effective_on="2026-02-01"), None, "2026-02-01"),
        (order("renew", "2026-07-02"), "2026-07-14", "2026-07-15"),
        (order("renew", "2026-07-28"), "2026-07-14", "2026-07-28"),
        (order("renew", "2026-07-28", effective_on="2026-07-15"), "2026-07-14", "2026-07-15"),
    ],
)
def test_opening_day(opening: Order, before: str | None, first: str) -> None:
    assert opening_day(opening, before and day(before)) == day(first)  # type: ignore[arg-type]
