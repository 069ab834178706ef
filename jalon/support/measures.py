"""What the joint support tells of a convention: days to answer, shared diagnoses in time, persons at work."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q

from jalon.config import clock
from jalon.conventions.exchange import working_days
from jalon.conventions.measures import NOTHING, Point, median_of, share_of
from jalon.conventions.models import Convention, ConventionMessage
from jalon.people.models import Share

from .models import LiaisonMessage, Placement, PlanStep
from .states import PlacementKind

# A shared diagnosis is due thirty days after she agreed to share; measured over the last year.
IN_TIME, YEAR = timedelta(days=30), timedelta(days=365)
# What counts as being at work or on the way to a qualification.
OUTCOMES = (PlacementKind.JOB, PlacementKind.INTEGRATION, PlacementKind.TRAINING)


def shares_of(convention: Convention, day: date) -> dict[str, date]:
    """Of the persons who agreed to share between the two structures until a day: when they first did."""
    rows = Share.objects.filter(
        organisation=convention.agency_id,
        dossier__organisation=convention.association_id,
        dossier__department=convention.department,
        given_on__lte=day,
    )
    return dict(rows.values_list("dossier").annotate(first=Min("given_on")))


def answer_days(convention: Convention, day: date) -> Point:
    """The median of the working days to answer the requests of the last three months, waiting ones counted so far.

    A request that waits in a thread closed by her waits no more: it is not counted.
    """
    start, end = _evening(day - timedelta(days=91)), _evening(day)
    asked = Q(sent_at__gte=start, sent_at__lt=end, answer_due_on__isnull=False)
    running = Share.objects.filter(organisation=convention.agency_id, dossier=OuterRef("dossier"), revoked_at=None)
    persons = LiaisonMessage.objects.filter(
        asked, Q(answered_by__isnull=False) | Exists(running), dossier__in=shares_of(convention, day)
    )
    own = ConventionMessage.objects.filter(asked, convention=convention)
    found = [*_answers(persons), *_answers(own)]
    late = [working_days(_day(sent), min(_day(answered) if answered else day, day)) for sent, answered in found]
    return median_of(late)


def _answers(rows: Any) -> list[tuple[datetime, datetime | None]]:
    return list(rows.values_list("sent_at", "answered_by__sent_at"))


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.PARIS).date()


def _evening(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.PARIS)


def diagnosis_in_time(convention: Convention, day: date) -> Point:
    """Of the persons whose thirty days ended within the last year, those whose joint plan had begun by then."""
    due = {dossier: first + IN_TIME for dossier, first in shares_of(convention, day).items()}
    due = {dossier: on for dossier, on in due.items() if day - YEAR < on <= day}
    begun = dict(
        PlanStep.objects.filter(dossier__in=due, shared=True).values_list("dossier").annotate(first=Min("created_on"))
    )
    in_time = sum(1 for dossier, on in due.items() if dossier in begun and begun[dossier] <= on)
    return share_of(in_time, len(due))


def outcomes(convention: Convention, day: date) -> Point:
    """The persons who began a job, a work-integration path or a training since the two structures work together."""
    since = convention.predecessor.starts_on if convention.predecessor else convention.starts_on
    persons = shares_of(convention, day)
    if not persons:
        return NOTHING
    began = Placement.objects.filter(
        dossier__in=persons, kind__in=OUTCOMES, starts_on__gte=min(since, convention.starts_on), starts_on__lte=day
    )
    return Point(Decimal(began.values("dossier").distinct().count()), len(persons))
