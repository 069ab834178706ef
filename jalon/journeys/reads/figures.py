"""For reporting: rows by their kinds and dates, no content opened."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from jalon.commissions.models import Opinion
from jalon.config import clock as calendar
from jalon.journeys.models import Decision, Journey
from jalon.journeys.states import DecisionKind, DecisionState


def decisions(scope: Q | None = None) -> QuerySet[Decision]:
    """Signed decisions but rectifications, with the day of their opinion: kinds and dates are in clear."""
    opinion = Opinion.objects.filter(item__application=OuterRef("application")).order_by("-given_on")
    signed = Decision.objects.filter(signed_on__isnull=False, signed_on__lte=calendar.today())
    rows = signed.exclude(kind=DecisionKind.CORRECT).annotate(
        opinion_on=Subquery(opinion.values("given_on")[:1]), opinion_outcome=Subquery(opinion.values("outcome")[:1])
    )
    return rows.filter(scope) if scope is not None else rows


def outcomes(scope: Q | None = None) -> QuerySet[Journey]:
    """Pathways ended by today, with the code of their outcome."""
    rows = Journey.objects.filter(exited_on__isnull=False, exited_on__lte=calendar.today())
    return rows.filter(scope) if scope is not None else rows


def waiting_notification(department: str) -> QuerySet[Decision]:
    return Decision.objects.filter(department=department, state=DecisionState.SIGNED)
