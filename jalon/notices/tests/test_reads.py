"""What a list of deadlines shows."""

from datetime import date
from typing import NamedTuple

from jalon.notices import reads


class Line(NamedTuple):
    dossier: str
    kind: str
    key: str
    on: date


def series(*kinds_and_days: tuple[str, int], key: str = "1") -> list[Line]:
    return [Line("d", kind, key, date(2026, 1, day)) for kind, day in kinds_and_days]


def test_a_later_target_that_has_come_replaces_the_earlier_ones() -> None:
    rows = series(("renewal_remind", 1), ("renewal_open", 5), ("renewal_file", 9), ("renewal_session", 20))
    assert [row.kind for row in reads.current(rows, date(2026, 1, 10))] == ["renewal_file", "renewal_session"]


def test_before_any_target_nothing_is_replaced() -> None:
    rows = series(("renewal_remind", 11), ("renewal_open", 15))
    assert reads.current(rows, date(2026, 1, 10)) == rows


def test_other_kinds_and_other_periods_are_left_alone() -> None:
    other = series(("renewal_remind", 1), key="2")
    rows = [*series(("permit_end", 1), ("renewal_file", 9)), *other]
    assert reads.current(rows, date(2026, 1, 10)) == rows
