"""The composition as dated data: read without a database."""

from datetime import date, time, timedelta

import pytest

from jalon.commissions import composition
from jalon.commissions.models import AgendaItem, Meeting, Seat
from jalon.commissions.reads import hours, year
from jalon.commissions.states import MeetingState


def codes(department, on):
    return set(composition.by_code(department, on))


def test_each_line_is_well_formed():
    for place in composition.places():
        assert place.kind in composition.KINDS
        assert place.seats >= 1
        assert place.label
        assert place.source
        assert len(place.code) <= Seat._meta.get_field("place").max_length
        assert place.valid_from is None or place.valid_to is None or place.valid_from <= place.valid_to


def test_a_place_is_filled_by_one_line_on_any_day():
    days = {place.valid_from for place in composition.places()} | {place.valid_to for place in composition.places()}
    for day in sorted((days - {None}) | {date(2020, 1, 1), date(2026, 11, 30)}):
        for department in ("31", "75", "13"):
            rows = [
                place.code
                for place in composition.places()
                if place.department in ("", department) and place.in_force(day)
            ]
            assert len(rows) == len(set(rows)), day


@pytest.mark.parametrize(("on", "label"), [
    (date(2021, 3, 31), "Direction départementale de la cohésion sociale"),
    (date(2021, 4, 1), "Direction départementale de l'emploi, du travail et des solidarités"),
])  # fmt: skip
def test_a_text_that_changes_keeps_its_place(on, label):
    assert composition.by_code("31", on)["social_cohesion"].label == label


def test_the_text_of_december_2023_and_the_two_prefects():
    assert "judicial_police" in codes("31", date(2023, 11, 30))
    assert "judicial_police" not in codes("31", date(2023, 12, 1))
    assert "co_chair" in codes("75", date(2026, 1, 1))
    assert "co_chair" not in codes("31", date(2026, 1, 1))


def test_who_may_be_replaced():
    """CRPA R.133-3: a function, an assembly, a body; not a person named for herself."""
    places = composition.by_code("31", date(2026, 1, 1))
    assert not places["doctor"].may_be_replaced
    assert not places["magistrate"].may_be_replaced
    assert places["gendarmerie"].may_be_replaced
    assert places["local_authority"].may_be_replaced


def items(*minutes):
    return [AgendaItem(id=str(n), minutes_planned=length) for n, length in enumerate(minutes)]


def test_each_point_has_its_hour():
    meeting = Meeting(on=date(2026, 12, 10), starts_at=time(14))
    found = hours(meeting, items(15, 20, 30))
    assert [found[key] for key in "012"] == [time(14), time(14, 15), time(14, 35)]
    assert hours(Meeting(on=date(2026, 12, 10)), items(15)) == {}


def test_the_year_has_twelve_months_without_what_was_cancelled():
    listed = [
        Meeting(on=date(2026, 3, 20)),
        Meeting(on=date(2026, 3, 2), state=MeetingState.CANCELLED),
        Meeting(on=date(2026, 3, 9), state=MeetingState.FAILED),
        Meeting(on=date(2025, 3, 9)),
    ]
    months = year(listed, 2026)
    assert len(months) == 12
    assert [row.on.day for row in months[2].meetings] == [9, 20]
    assert sum(len(month.meetings) for month in months) == 2
    assert months[0].on + timedelta(days=31) == months[1].on
