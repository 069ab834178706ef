"""What holds whatever the dates, the orders and the input."""

import io
import json
import random
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jalon.law import compute, strictjson
from jalon.law.afis import Benefit, ChildrenChange, Fact, Payment, amount, schedule
from jalon.law.appeal import AdministrativeAppeal, appeal
from jalon.law.calculation import CALCULATIONS
from jalon.law.cli import main
from jalon.law.dates import Duration, Month, add_months, days_between, is_working_day, period_end, used
from jalon.law.errors import MESSAGES, LawError
from jalon.law.journey import Journey, Order, Transfer, journey
from jalon.law.periods import Span, holes, merged
from jalon.law.residence import DEFAULT_END, Document, residence
from jalon.law.silence import silence
from jalon.law.spec import SETTINGS, TERRITORIES, Choice, Count, Day, Each, Money, MonthKind, Record, Text

law = settings(
    deadline=None, max_examples=150, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
months = st.integers(0, 240)
recent = st.dates(date(2018, 1, 1), date(2040, 12, 31))


@law
@given(days, st.integers(-1200, 1200))
def test_add_months_there_and_back(day: date, n: int) -> None:
    there = add_months(day, n)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == n
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)
    if there.day == day.day:
        assert add_months(there, -n) == day


@law
@given(days, months)
def test_a_round_trip_loses_three_days_at_most(day: date, n: int) -> None:
    """The 31st becomes the 28th at worst."""
    for away in (n, -n):
        there = add_months(day, away)
        back = add_months(there, -away)
        assert day - timedelta(days=3) <= back <= day
        assert back == day or there.day == back.day < day.day


def test_ends_of_months_from_1900_to_2199() -> None:
    """Each month of three centuries against the rule of leap years, written here once more."""
    for year in range(1900, 2200):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        before = date(year - 1, 12, 31)
        for month, length in enumerate((31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
            last = date(year, month, length)
            assert Month(year, month).last == last
            assert last - timedelta(days=length - 1) == Month(year, month).first == before + timedelta(days=1)
            for day in range(28, before.day + 1):
                start = before.replace(day=day)
                there = date(year, month, min(day, length))
                assert add_months(start, 1) == there
                assert period_end(start, 1) == (there if day > length else there - timedelta(days=1))
                assert add_months(start, 13).day == min(day, Month(year + 1, month).last.day)
            before = last


@law
@given(days, months, months)
def test_months_add_up(day: date, one: int, other: int) -> None:
    if day.day <= 28:
        assert add_months(add_months(day, one), other) == add_months(day, one + other)
    assert add_months(day, one) <= add_months(day, one + other)
    assert add_months(day, one) <= add_months(day + timedelta(days=1), one)


@law
@given(days, st.integers(1, 240))
def test_period_end(day: date, n: int) -> None:
    end = period_end(day, n)
    assert period_end(day, n - 1) < end <= add_months(day, n) <= end + timedelta(days=1)
    assert used(day, end) == Duration(n, 0)


@law
@given(days, st.integers(0, 4000))
def test_used(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    time = used(start, end)
    assert period_end(start, time.months) + timedelta(days=time.days) == end
    assert period_end(start, time.months) <= end < period_end(start, time.months + 1)
    assert used(start, end) < used(start, end + timedelta(days=1))


KINDS = ("authorise", "renew", "renew", "renew", "refuse", "refuse_renewal", "end_early")


@st.composite
def orders(draw: st.DrawFn, printed: bool = True) -> list[Order]:
    """Orders that the law room accepts, tried one by one."""
    kept: list[Order] = []
    day = draw(recent)
    for kind in ["authorise", *draw(st.lists(st.sampled_from(KINDS), max_size=8))]:
        day += timedelta(days=draw(st.integers(1, 260)))
        shift = timedelta(days=draw(st.integers(-40, 200)))
        order = Order(
            kind,
            day,
            effective_on=day + shift if kind in ("authorise", "renew") and draw(st.integers(0, 3)) == 0 else None,
            ends_on=day + abs(shift) if printed and kind != "refuse" and draw(st.integers(0, 4)) == 0 else None,
            notified_on=day + timedelta(days=3) if kind == "end_early" else None,
        )
        try:
            for mode in ("cumulative", "calendar"):
                journey([*kept, order], cap_mode=mode)
        except LawError:
            continue
        kept.append(order)
    return kept


MODES = st.sampled_from(["cumulative", "calendar"])


def check(found: Journey) -> None:
    before: date | None = None
    for n, period in enumerate(found.periods, 1):
        assert period.n == n
        assert period.start <= period.end
        assert before is None or before < period.start
        if before is not None:
            assert period.gap_before_days == (period.start - before).days - 1
        assert period.used == used(period.start, period.end)
        assert period.computed_end is None or period.start <= period.computed_end
        before = period.end
    assert found.months_used.in_days == sum(period.used.in_days for period in found.periods)
    assert found.gap_days == sum(gap.days for gap in found.gaps)
    assert all(gap.days == days_between(gap.start, gap.end) > 0 for gap in found.gaps)
    assert list(found.alerts) == sorted(set(found.alerts))
    assert found.cap.reached is (not found.remaining)
    assert found.next_application.allowed is (not found.cap.reached)


@law
@given(orders(), MODES, st.integers(0, 5), st.integers(-50, 900))
def test_periods_never_overlap(given: list[Order], mode: str, renewals: int, later: int) -> None:
    as_of = (given[0].signed_on if given else date(2026, 1, 1)) + timedelta(days=later)
    found = journey(given, renewals, as_of=as_of, cap_mode=mode)
    check(found)
    if found.current_period is not None:
        period = found.periods[found.current_period - 1]
        assert period.start <= as_of <= period.end
        assert found.days_left == (period.end - as_of).days
        assert found.status == "active"
    else:
        assert found.status != "active"


@law
@given(orders(printed=False), MODES, st.integers(0, 9))
def test_the_cap_is_never_passed(given: list[Order], mode: str, renewals: int) -> None:
    found = journey(given, renewals, cap_mode=mode)
    assert "cap_exceeded" not in found.alerts
    if found.periods and mode == "calendar":
        assert found.periods[-1].end <= period_end(found.periods[0].start, 24) == found.cap.end
    if mode == "cumulative":
        before = 0
        for period in found.periods:
            left = Duration.of_days(24 * 30 - before)
            assert period.end <= period_end(period.start, left.months) + timedelta(days=left.days)
            before += period.used.in_days
        # Days left over may fill a February, which then counts for a month: two days more, in a sum, at most.
        assert found.months_used.in_days <= 24 * 30 + 2
    if renewals == 9 and found.periods:
        assert found.cap.reached
        assert "renewal_blocked_by_cap" in found.alerts


@law
@given(orders(), MODES, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(given: list[Order], mode: str, shuffler: random.Random) -> None:
    shuffled = list(given)
    shuffler.shuffle(shuffled)
    as_of = given[-1].signed_on if given else date(2026, 1, 1)
    assert journey(shuffled, cap_mode=mode, as_of=as_of) == journey(given, cap_mode=mode, as_of=as_of)


@law
@given(orders(), st.lists(recent, max_size=4), st.lists(recent, max_size=4, unique=True), recent, st.data())
def test_the_order_of_meetings_and_moves_does_not_matter(
    given: list[Order], meetings: list[date], moves: list[date], as_of: date, data: st.DataObject
) -> None:
    transfers = [Transfer(day, f"{n % 3}") for n, day in enumerate(moves)]
    found = [
        journey(given, commission_dates=one, as_of=as_of, department="30", transfers=other)
        for one, other in (
            (meetings, transfers),
            (data.draw(st.permutations(meetings)), data.draw(st.permutations(transfers))),
        )
    ]
    assert found[0] == found[1]


@law
@given(
    st.lists(st.tuples(recent, st.integers(0, 90)), min_size=1, max_size=3),
    st.lists(st.tuples(recent, st.decimals(0, 999, places=2)), max_size=4),
    st.lists(st.tuples(recent, st.sampled_from(["rsa", "ada", "ata"]), st.integers(0, 90)), max_size=4),
    st.data(),
)
def test_the_order_of_grants_and_payments_does_not_matter(
    grants: list[tuple[date, int]],
    payments: list[tuple[date, Decimal]],
    others: list[tuple[date, str, int]],
    data: st.DataObject,
) -> None:
    apart = merged(Span(start, start + timedelta(days=length)) for start, length in grants)
    paid = [Payment(Month.of(day), amount) for day, amount in payments]
    benefits = [Benefit(kind, start, start + timedelta(days=length)) for start, kind, length in others]
    facts = [Fact(day, "job") for day, _ in payments]
    found = schedule(apart, paid=paid, other_benefits=benefits, new_facts=facts)
    again = schedule(
        data.draw(st.permutations(apart)),
        paid=data.draw(st.permutations(paid)),
        other_benefits=data.draw(st.permutations(benefits)),
        new_facts=data.draw(st.permutations(facts)),
    )
    assert again == found
    more = schedule(apart, children=1, paid=paid, other_benefits=benefits, new_facts=facts)
    assert [due.month for due in more.months] == [due.month for due in found.months]
    assert all(due.amount < one.amount for due, one in zip(found.months, more.months, strict=True))
    assert more.arrears >= found.arrears
    assert more.overpaid <= found.overpaid


@law
@given(
    st.dates(date(2018, 1, 1), date(2040, 12, 31)),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(DEFAULT_END)), st.dates(date(2021, 5, 1), date(2040, 12, 31)), st.integers(0, 400)
        ),
        max_size=5,
    ),
    st.lists(st.integers(0, 200), max_size=4, unique=True),
    st.data(),
)
def test_the_order_of_documents_and_appeals_does_not_matter(
    on: date, papers: list[tuple[str, date, int]], received: list[int], data: st.DataObject
) -> None:
    documents = [Document(kind, day, day + timedelta(days=length)) for kind, day, length in papers]
    one, other = (residence("NG", on, documents=some) for some in (documents, data.draw(st.permutations(documents))))
    assert sorted(map(repr, one.documents)) == sorted(map(repr, other.documents))
    assert replace(one, documents=()) == replace(other, documents=())
    appeals = [AdministrativeAppeal(("gracious", "hierarchical")[n % 2], on + timedelta(days=n)) for n in received]
    before, after = (appeal(on, appeals=some) for some in (appeals, data.draw(st.permutations(appeals))))
    assert sorted(map(repr, before.appeals)) == sorted(map(repr, after.appeals))
    assert replace(before, appeals=()) == replace(after, appeals=())


@law
@given(
    st.dates(date(2017, 4, 15), date(2199, 12, 31)), st.integers(0, 10**6), st.sampled_from(["metropole", "mayotte"])
)
def test_amounts_grow_with_children(on: date, children: int, territory: str) -> None:
    one, more = amount(on, children, territory), amount(on, children + 1, territory)
    assert one.amount < more.amount
    assert one.base == more.base
    capped = amount(on, children, territory, Decimal(children), total_cap=True)
    assert 0 <= capped.payable <= capped.amount


@law
@given(
    st.dates(date(2018, 1, 1), date(2026, 1, 1)),
    st.integers(0, 800),
    st.lists(st.tuples(recent, st.integers(0, 4)), max_size=4),
)
def test_schedules(start: date, length: int, changes: list[tuple[date, int]]) -> None:
    grant = Span(start, start + timedelta(days=length))
    given = [ChildrenChange(*change) for change in changes]
    found = {
        rule: schedule([grant], children_changes=given, month_rule=rule)
        for rule in ("touched", "month_start", "month_end")
    }
    touched = {due.month for due in found["touched"].months}
    assert {due.month for due in found["month_start"].months} <= touched
    assert {due.month for due in found["month_end"].months} <= touched
    cut = start + timedelta(days=length // 2)
    split = schedule(
        [Span(cut + timedelta(days=1), grant.end), Span(start, cut)] if length else [grant], children_changes=given
    )
    assert split.months == found["touched"].months
    assert split.total == sum(due.amount for due in split.months)
    assert split.alerts == found["touched"].alerts


@law
@given(
    st.dates(date(2016, 7, 13), date(2199, 12, 31)),
    st.sampled_from(TERRITORIES),
    st.lists(st.integers(0, 300), max_size=3),
)
def test_limits_fall_on_working_days(notified: date, territory: str, shifts: list[int]) -> None:
    appeals = [
        AdministrativeAppeal(("gracious", "hierarchical")[n % 2], min(notified + timedelta(days=n), date(2199, 12, 31)))
        for n in shifts
    ]
    found = appeal(notified, True, appeals, territory)
    for limit in (found.initial_limit, found.court_limit, *(one.court_limit for one in found.appeals)):
        assert limit is None or is_working_day(limit, territory)
    assert found.initial_limit is not None
    assert found.court_limit is not None
    assert add_months(notified, 2) < found.initial_limit <= found.court_limit
    refusal = silence("afis", notified, holidays=territory)
    assert refusal.court_limit is not None
    assert is_working_day(refusal.court_limit, territory)


spans = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    st.integers(0, 20),
)


@law
@given(st.lists(spans, max_size=5), st.lists(spans, max_size=5))
def test_holes_day_by_day(wanted: list[Span], cover: list[Span]) -> None:
    every = {date(2026, 1, 1) + timedelta(days=n) for n in range(90)}

    def held(spans: list[Span]) -> set[date]:
        return {day for day in every if any(span.start <= day <= span.end for span in spans)}

    missing = held(wanted) - held(cover)
    found = holes(wanted, cover)
    assert {day for day in every if any(hole.start <= day <= hole.end for hole in found)} == missing
    assert sum(hole.days for hole in found) == len(missing)
    apart = merged(wanted)
    assert all(one.end + timedelta(days=1) < other.start for one, other in zip(apart, apart[1:], strict=False))


# `compute` answers anything.

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
iso_days = st.dates(date(2008, 1, 1), date(2199, 12, 31)).map(date.isoformat)
plausible = (
    st.sampled_from(["2026-01-15", "2026-07-15", "2027-01-15", "2016-02-29", "2199-12-31"])
    | iso_days
    | st.sampled_from([None, "", "FR", "NG", "343.20", "-1.00", 0, 1, 3, -1, True, False, [], {}])
)


def likely(kind: Any) -> st.SearchStrategy[Any]:
    """Values that a kind mostly accepts."""
    if isinstance(kind, Day):
        return iso_days
    if isinstance(kind, Count):
        return st.integers(0, 12)
    if isinstance(kind, Choice):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, Money):
        return st.sampled_from(["0.00", "343.20", "1000.00"])
    if isinstance(kind, MonthKind):
        return st.sampled_from(["2026-01", "2026-07"])
    if isinstance(kind, Text):
        return st.sampled_from(["FR", "NG", "RO"])
    if isinstance(kind, Each):
        return st.lists(likely(kind.item), max_size=4)
    if isinstance(kind, Record):
        return fields(kind.fields)
    return st.booleans()


def fields(declared: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the required fields, some of the others, and now and then a value out of place."""
    required = {field.name: likely(field.kind) for field in declared if field.required is True}
    others = [field for field in declared if field.required is not True and field.name != "settings"]
    optional = {
        field.name: st.integers(0, 15).flatmap(lambda n, kind=field.kind: likely(kind) if n else plausible)
        for field in others
    }
    chosen = {name: likely(field.kind.kind) for name, field in SETTINGS.items()}  # type: ignore[attr-defined]
    if any(field.name == "settings" for field in declared):
        optional["settings"] = st.fixed_dictionaries({}, optional=chosen)
    return st.fixed_dictionaries(required, optional=optional)


elements = st.sampled_from(sorted(CALCULATIONS)).flatmap(
    lambda name: st.fixed_dictionaries(
        {"id": st.text(max_size=4), "calculation": st.just(name), "input": fields(CALCULATIONS[name].record.fields)}
    )
)


def check_answer(element: Any, answer: dict[str, Any]) -> None:
    assert ("result" in answer) != ("error" in answer)
    if "error" in answer:
        assert answer["error"]["code"] in MESSAGES
        assert answer["error"]["message"]
        assert answer["error"]["field"] is None or isinstance(answer["error"]["field"], str)
    else:
        assert answer["result"]["rules"] == sorted(set(answer["result"]["rules"]))
        assert answer["id"] == element["id"]


@law
@given(st.lists(elements, min_size=1, max_size=4))
def test_compute_answers_what_looks_right(given: list[Any]) -> None:
    status, text = compute.run(json.dumps(given).encode())
    answers = json.loads(text)
    assert status == any("error" in answer for answer in answers)
    for element, answer in zip(given, answers, strict=True):
        check_answer(element, answer)
    assert compute.run(json.dumps(given).encode()) == (status, text)


@law
@given(
    st.lists(anything | st.fixed_dictionaries({"id": anything, "calculation": anything, "input": anything}), max_size=4)
)
def test_compute_answers_anything(given: list[Any]) -> None:
    status, text = compute.run(json.dumps(given).encode())
    answers = json.loads(text)
    assert status == any("error" in answer for answer in answers)
    for element, answer in zip(given, answers, strict=True):
        check_answer(element, answer)


@law
@given(
    st.sampled_from(sorted(CALCULATIONS)),
    st.dictionaries(
        st.sampled_from(sorted({f.name for c in CALCULATIONS.values() for f in c.record.fields})), anything
    ),
)
def test_compute_answers_known_fields_with_anything(name: str, given: dict[str, Any]) -> None:
    check_answer({"id": "x"}, compute.answer({"id": "x", "calculation": name, "input": given}))


@law
@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: ("[" + text).encode("utf-8", "replace")))
def test_compute_refuses_what_is_not_json(text: bytes) -> None:
    try:
        expected = len(json.loads(text.decode("utf-8-sig"), parse_constant=strictjson._refuse))
    except (ValueError, TypeError):
        expected = None
    if expected is None or text.lstrip()[:1] != b"[":
        with pytest.raises(ValueError, match="the input is not"):
            compute.run(text)
    else:
        assert len(json.loads(compute.run(text)[1])) == expected


@law
@given(
    st.binary(max_size=60)
    | st.lists(anything | elements, max_size=3).map(lambda given: json.dumps(given).encode())
    | st.lists(elements, max_size=2).map(lambda given: json.dumps(given, ensure_ascii=False).encode()[:-1])
)
def test_the_command_never_fails(text: bytes) -> None:
    """Status 0 or 1 with a JSON array, or 2 with one sentence and nothing on standard output."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(err), redirect_stdout(out):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        status = main(["compute"])
    printed = out.buffer.getvalue()  # type: ignore[attr-defined]
    if status == 2:
        assert (printed, err.getvalue().count("\n")) == (b"", 1)
        assert err.getvalue().startswith("jalon law: the input is not ")
    else:
        answers = json.loads(printed)
        assert len(answers) == len(json.loads(text))
        assert status == any("error" in answer for answer in answers)
        assert err.getvalue() == ""


@law
@given(anything)
def test_deep_reader(value: Any) -> None:
    for indent in (None, 2):
        text = json.dumps(value, indent=indent)
        assert strictjson._Deep(text).read() == value


@law
@given(st.text('[]{}",:1a \\n', max_size=12))
def test_deep_reader_refuses_the_same(text: str) -> None:
    def tried(read: Any) -> Any:
        try:
            return read()
        except ValueError:
            return "refused"

    assert tried(lambda: strictjson._Deep(text).read()) == tried(lambda: json.loads(text))
