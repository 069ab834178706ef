from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from jalon.config import clock
from jalon.journeys.models import FollowUp
from jalon.journeys.states import ExitKind
from jalon.reporting import reads
from jalon.reporting.access import COUNTRY, Scope
from jalon.reporting.presentation import Shown
from jalon.reporting.reads import ACCEPTED, PENDING, REFUSED, RUNNING, WITHDRAWN, Delay
from jalon.support.models import Placement

from . import factories as make
from .factories import DAY

pytestmark = pytest.mark.django_db
A, D31 = Scope(organisation_id="org-a"), Scope(department="31")
LATER = DAY + timedelta(days=100)


@pytest.fixture(autouse=True)
def later():
    with clock.at(LATER):
        yield


def test_an_empty_scope_counts_nothing():
    figures = reads.steering(A)
    assert figures.requests == 0
    assert figures.rate is None
    assert figures.decision.median is None
    assert figures.years == [LATER.year]


def test_requests_by_result():
    make.accepted("1")
    make.accepted("2", after=30)
    make.refused("3")
    make.request(make.dossier("4"))
    make.request(make.dossier("5"), state="withdrawn")
    figures = reads.steering(A)
    assert figures.results == Counter({ACCEPTED: 2, REFUSED: 1, PENDING: 1, WITHDRAWN: 1})
    assert figures.requests == 5
    assert figures.rate == pytest.approx(2 / 3)
    assert figures.by_month == {"2024-03": figures.results}
    assert figures.decision.n == 3
    assert figures.decision.median == 23


@pytest.mark.parametrize("scope", [A, D31])
def test_neighbours_are_never_counted(scope):
    make.accepted("1", permit_after=18, outcome="durable_job")
    make.accepted("2", org="org-b", department="13", permit_after=70, outcome="other_step")
    figures = reads.steering(scope)
    assert figures.requests == 1
    assert figures.permit.days == {18: 1}
    assert figures.outcomes == {"durable_job": 1}
    assert reads.steering(COUNTRY).requests == 2


def test_a_request_lodged_stays_with_its_department():
    moved = make.accepted("1")
    moved.department, moved.organisation = "13", make.organisation("org-b", "13")
    moved.save()
    assert reads.steering(D31).requests == 1
    assert reads.steering(A).requests == 0
    assert reads.dossiers_by_department(COUNTRY) == {"13": 1}


def test_cohort_and_kind():
    make.accepted("1", submitted_on=date(2023, 11, 6))
    twice = make.accepted("2")
    make.decision(make.request(twice, DAY + timedelta(days=30), "renewal", rank=2), "renew", after=10)
    assert reads.steering(A, year=2023).requests == 1
    assert reads.steering(A, year=2024).requests == 2
    assert reads.steering(A, kind="renewal").results == {ACCEPTED: 1}
    assert reads.steering(A, year=2024, kind="renewal").decision.days == {10: 1}


def test_nothing_of_tomorrow_is_counted():
    make.accepted("1", submitted_on=LATER - timedelta(days=3), after=10)
    make.request(make.dossier("2"), LATER + timedelta(days=1))
    figures = reads.steering(A)
    assert figures.results == {PENDING: 1}
    assert figures.decision.n == 0


def test_delays_to_permit_and_to_the_first_payment():
    one = make.accepted("1", permit_after=18)
    make.permit(one, one.decisions.get().signed_on + timedelta(days=200))
    make.afis(one, date(2024, 4, 1), date(2024, 5, 5), paid_on=one.journey.starts_on + timedelta(days=52))
    make.afis(one, date(2024, 5, 1), date(2024, 6, 5))
    figures = reads.steering(A)
    assert figures.permit.days == {18: 1}
    assert figures.afis.days == {52: 1}


def test_outcomes():
    for at, outcome in enumerate(("durable_job", "other_job", "qualified", "in_training", "other_step", "stopped")):
        make.accepted(str(at), outcome=outcome)
    make.accepted("still there")
    figures = reads.steering(A)
    assert figures.exits == 6
    assert figures.in_work == 3
    assert figures.journeys == {RUNNING: 1}


def left(number, kind="durable_job", days=60, news=(), **where):
    """She left so many days after the start, and gave these news: (months, code)."""
    one = make.accepted(number, outcome=kind, **where)
    journey = one.journey
    journey.exited_on = journey.starts_on + timedelta(days=days)
    journey.save()
    for months, code in news:
        FollowUp.objects.create(journey=journey, months=months, due_on=LATER, answered_on=LATER, news=code)
    return one


def test_exits_by_kind_with_the_days_they_took():
    for number, days in enumerate((10, 20, 30, 40, 50)):
        left(f"a{number}", days=days)
    left("stop", "stopped", days=44)
    stays = reads.steering(A).stays
    assert {kind: (stay.n, stay.median) for kind, stay in stays.items()} == {"durable_job": (5, 30), "stopped": (1, 44)}
    rows = {kind: (n, median) for kind, n, median in Shown(A, None, "").exits}
    assert rows == {
        "emploi durable (sans terme, ou six mois et plus)": ("5", "30"),
        "arrêt à sa demande": ("1", "–"),
    }
    outside = Shown(replace(A, exact=False), None, "").exits
    assert len(outside) == len(ExitKind)
    assert {median for _kind, _n, median in outside} == {"–"}
    assert {n for _kind, n, _median in outside} == {"5", "moins de 5"}


def test_news_are_counted_by_months_and_small_counts_stay_hidden():
    left("1", news=[(3, "working"), (6, "no_answer")])
    left("2", news=[(3, "working")])
    left("3", org="org-b", department="13", news=[(3, "other")])
    assert reads.steering(A).news == {(3, "working"): 2, (6, "no_answer"): 1}
    assert Shown(A, None, "").news[0] == ("3 mois après", ["2", "0", "0", "0", "0"])
    assert Shown(A, None, "").asked
    assert not Shown(replace(A, exact=False), None, "").asked


def test_the_days_to_a_first_job():
    one = make.accepted("1")
    start = one.journey.starts_on
    for kind, after in (("training", 3), ("job", 40), ("job", 50)):
        Placement.objects.create(dossier=one, kind=kind, starts_on=start + timedelta(days=after))
    assert reads.steering(A).job.days == {40: 1}


@pytest.mark.parametrize(
    ("days", "median"), [([], None), ([5], 5), ([1, 2], 1.5), ([3, 1, 2], 2), ([1, 1, 1, 9], 1), ([1, 2, 8, 9], 5)]
)
def test_median(days, median):
    assert Delay(Counter(days)).median == median


def test_the_page_is_one_statement(django_assert_num_queries):
    make.accepted("1")
    with django_assert_num_queries(1):
        reads.steering(D31, year=2024, kind="engagement")


def test_months_become_years_when_they_are_many():
    for at in range(reads.MONTHS_SHOWN + 1):
        make.request(make.dossier(str(at)), date(2021 + at // 12, at % 12 + 1, 1))
    assert [key for key, _ in reads.by_period(reads.steering(A))] == ["2021", "2022"]


def test_lists_for_the_figures():
    one = make.accepted("31-1")
    make.refused("31-2")
    make.request(make.dossier("31-3"), state="opined")
    assert reads.days_left(D31) == {"31-1": (one.journey.ends_on - LATER).days}
    assert reads.decisions_pending(D31) == ["31-3"]
    assert reads.dossiers_by_result(D31) == {ACCEPTED: 1, REFUSED: 1}


def test_renewal_not_filed():
    one = make.accepted("31-1")
    end = one.journey.ends_on
    assert reads.renewals_not_filed(D31, today=end - timedelta(days=61)) == []
    assert reads.renewals_not_filed(D31, today=end - timedelta(days=8)) == ["31-1"]
    make.request(one, DAY + timedelta(days=90), "renewal", rank=2)
    assert reads.renewals_not_filed(D31, today=end - timedelta(days=8)) == []


def test_a_cohort_follows_its_persons():
    one = make.accepted("31-1", permit_after=3, outcome="other_job")
    make.afis(one, date(2024, 4, 1), date(2024, 5, 5))
    make.accepted("31-2", submitted_on=date(2023, 3, 4))
    make.accepted("13-1", org="org-b", department="13")
    one.department, one.organisation = "13", make.organisation("org-b", "13")
    one.save()
    cohort = list(reads.cohort(D31, 2024))
    assert cohort == [one]
    assert reads.first_starts(cohort) == {one.journey.starts_on.isoformat(): 1}
    assert (reads.with_permit(cohort), reads.with_afis(cohort), reads.in_work_at_exit(cohort)) == (1, 1, 1)


def test_technical_counts_without_anyone():
    make.accepted("1")
    state = reads.technical()
    assert (state.dossiers, state.applications, state.entries, state.waiting) == (1, 1, 0, 0)
