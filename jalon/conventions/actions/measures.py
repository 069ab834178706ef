"""The measures of the months that are over, taken once and kept."""

from datetime import date, timedelta

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock
from jalon.people import wall

from .. import measures
from ..models import Convention, Indicator, IndicatorValue
from ..states import ConventionState

# How far back a month may still be measured: at the signature it says where the two structures start from.
MONTHS = 6


def months_over(convention: Convention, today: date) -> list[tuple[date, date]]:
    """The first and last days of the last months that are over, none after the end of the convention."""
    found, first = [], min(today, convention.ends_on + timedelta(days=1)).replace(day=1)
    for _back in range(MONTHS):
        last = first - timedelta(days=1)
        first = last.replace(day=1)
        found.append((first, last))
    return found[::-1]


@transaction.atomic
def take_measures(actor: Actor, convention: Convention) -> int:
    """Measure the months that are over and were not yet; return how many values were kept."""
    known = set(IndicatorValue.objects.filter(indicator__axis__convention=convention).values_list("indicator", "month"))
    taken = []
    for indicator in Indicator.objects.filter(axis__convention=convention):
        measure = measures.get(indicator.measure)
        for first, last in months_over(convention, clock.today()):
            if measure is None or (indicator.pk, first) in known:
                continue
            with wall.beyond():  # counted for both houses, whichever signs last
                point = measure.compute(convention, last)
            if point.value is not None:
                taken.append(IndicatorValue(indicator=indicator, month=first, value=point.value, facts=point.facts))
    IndicatorValue.objects.bulk_create(taken)
    if taken:
        journal.record(actor, "take_measures", objects=[convention.pk], count=len(taken))
    return len(taken)


@transaction.atomic
def measure_all() -> int:
    """The conventions in force, and those that ended since: the operator's command, every night."""
    rows = Convention.objects.exclude(state=ConventionState.DRAFT)
    return sum(take_measures(SYSTEM, row) for row in rows)
