"""The yearly survey of a department or an association: what the files already know, and what somebody must still write.

The form of the national survey was not found; the questions are those that its published results answer (persons met,
judged eligible, presented, entered). What no file holds is left blank and said so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jalon.access import Actor
from jalon.commissions.models import AgendaItem, Meeting
from jalon.commissions.states import ItemState, MeetingState
from jalon.config import clock
from jalon.dossiers.models import Application, ComplementRequest, NotPresented
from jalon.dossiers.states import ApplicationState, Kind, Unpresented
from jalon.journeys.grounds import GROUNDS, REFUSALS
from jalon.journeys.models import AfisMonth, Decision, Journey, Permit
from jalon.journeys.states import DecisionKind, DecisionState
from jalon.people.access import dossiers_visible_to
from jalon.people.models import Dossier

from . import disclosure, reads
from .access import Scope, counting

A = ApplicationState
HELD = (MeetingState.HELD, MeetingState.SIGNED)
# Whom a request waits for, by its state.
WAITS_FOR: dict[str, Promise] = {
    A.SUBMITTED: _("le secrétariat, pour la complétude"),
    A.INCOMPLETE: _("l'association, pour une pièce"),
    A.COMPLETE: _("une inscription à une séance"),
    A.SCHEDULED: _("la convocation de la séance"),
    A.CONVENED: _("la séance"),
    A.OPINED: _("la décision du préfet"),
}


@dataclass(frozen=True)
class Question:
    """One line of the survey.

    ``value`` None: no file knows it, a person writes it. ``within``: a part of a line above. ``controlled``: of persons
    whom the reader does not know, so that small numbers are hidden even in her own scope. ``over``: a median, of how
    many.
    """

    code: str
    label: Promise
    value: int | float | None = None
    within: bool = False
    controlled: bool = False
    over: int | None = None


@dataclass(frozen=True)
class Waiting:
    """A request that somebody owes a step to: its file and number, since which day, for whom."""

    dossier: str
    number: str
    department: str
    since: date
    days: int
    state: str

    @property
    def waits_for(self) -> Promise:
        return WAITS_FOR[self.state]


def questions(scope: Scope, year: int) -> list[Question]:
    """Every line of the survey for a year, exact: the caller passes it through disclosure control when it must."""
    with counting(scope):
        return list(_asked(scope, year))


def filled(lines: list[Question]) -> float:
    """The share of questions that the files answer; what details one of them is not another."""
    asked = [line for line in lines if not line.within]
    return sum(line.value is not None for line in asked) / len(asked)


def _asked(scope: Scope, year: int) -> Iterator[Question]:
    first, last = date(year, 1, 1), min(date(year, 12, 31), scope.as_of)
    figures, requests = reads.steering(scope, year, today=scope.as_of), _requests(scope)
    lodged = Counter(requests.filter(submitted_on__range=(first, last)).values_list("kind", flat=True))
    signed = Counter(_decisions(scope).filter(signed_on__range=(first, last)).values_list("kind", flat=True))
    paths = Journey.objects.filter(dossier__in=_people(scope), starts_on__lte=last)
    yield Question("met", _("Personnes rencontrées par les associations"))
    held_back = unpresented(scope, year)
    kept, outside = sum(held_back.values()), not scope.organisation_id
    # Beside the number of requests, the sum would tell those who were not presented: it adds what is shown of them.
    added = (disclosure.count(kept) or 0) if outside else kept
    said = _("Personnes éligibles dont la demande n'a pas été présentée")
    yield Question("eligible", _("Personnes jugées éligibles"), lodged[Kind.ENGAGEMENT] + added, controlled=outside)
    yield Question("not_presented", said, kept, controlled=outside)
    cells = {str(reason): held_back[reason] for reason in Unpresented}
    for reason in () if outside and disclosure.telling(cells, {"kept": list(cells)}) else Unpresented:
        yield Question(f"not_presented_{reason}", reason.label, held_back[reason], within=True, controlled=outside)
    yield Question("entries", _("Demandes d'entrée transmises"), lodged[Kind.ENGAGEMENT])
    yield Question("renewals", _("Demandes de renouvellement transmises"), lodged[Kind.RENEWAL])
    for kind, label in DECIDED.items():
        yield Question(kind, label, signed[kind])
    coded = grounds_of(scope, year)
    refused = (signed[kind] if scope.exact else disclosure.count(signed[kind]) or 0 for kind in REFUSALS)
    yield Question("refused", _("Refus, entrées et renouvellements"), sum(refused))
    for one in (one for one in GROUNDS if one.in_force(last)):
        yield Question(f"refused_{one.code}", one.label, coded[one.code], within=True)
    yield Question("refused_uncoded", _("sans motif coché"), coded[""], within=True)
    yield Question("running", _("Personnes en parcours au dernier jour"), _running(paths, last).count())
    yield Question("began", _("Parcours commencés"), paths.filter(starts_on__gte=first).count())
    left = paths.filter(exited_on__range=(first, last))
    yield Question("left", _("Parcours terminés"), left.count())
    yield Question("work", _("dont vers un emploi ou une qualification"), left.filter(exit_kind__in=reads.WORK).count())
    yield Question(
        "afis", _("Personnes à qui l'AFIS a été versée"), _distinct(AfisMonth, scope, "paid_on", first, last)
    )
    yield Question(
        "permits", _("Personnes à qui un titre a été remis"), _distinct(Permit, scope, "issued_on", first, last)
    )
    delay = figures.decision
    yield Question("days", _("Jours entre la transmission et la décision, médiane"), delay.median, over=delay.n)
    if not scope.organisation_id:
        yield Question("meetings", _("Séances tenues"), _meetings(scope).filter(on__range=(first, last)).count())
    decided = Decision.objects.exclude(state=DecisionState.DRAFT).filter(
        application=OuterRef("pk"), signed_on__lte=last
    )
    lodged_by = requests.filter(submitted_on__lte=last).exclude(state=A.WITHDRAWN)
    late = lodged_by.exclude(Exists(decided)).count()
    yield Question("waiting", _("Demandes sans décision au dernier jour"), late)


def grounds_of(scope: Scope, year: int | None) -> Counter[str]:
    """How many signed refusals of a year bear each coded ground; "" for those that bear none. One may bear several."""
    rows = _decisions(scope).filter(kind__in=REFUSALS, signed_on__lte=scope.as_of)
    found: Counter[str] = Counter()
    with counting(scope):
        for codes in _in(rows, "signed_on", year).values_list("grounds", flat=True):
            found.update(codes.split() or [""])
    return found


def unpresented(scope: Scope, year: int | None) -> Counter[str]:
    """By reason, the persons who could enter and for whom no request was sent from that day to the end of the year."""
    sent = Application.objects.filter(
        dossier=OuterRef("dossier"),
        kind=Kind.ENGAGEMENT,
        submitted_on__gte=OuterRef("noted_on"),
        submitted_on__lte=scope.as_of,
    )
    if year:
        sent = sent.filter(submitted_on__year=year)
    of = {"dossier__organisation": scope.organisation_id} if scope.organisation_id else _here(scope)
    rows = NotPresented.objects.filter(~Exists(sent), noted_on__lte=scope.as_of, **of)
    with counting(scope):
        return Counter(_in(rows, "noted_on", year).values_list("reason", flat=True))


def _in(rows: QuerySet[Any], column: str, year: int | None) -> QuerySet[Any]:
    """The rows whose day is in a year; all of them without one."""
    return rows.filter(**{f"{column}__year": year}) if year else rows


DECIDED: dict[str, Promise] = {
    DecisionKind.AUTHORISE: _("Entrées autorisées"),
    DecisionKind.REFUSE: _("Entrées refusées"),
    DecisionKind.RENEW: _("Renouvellements accordés"),
    DecisionKind.REFUSE_RENEWAL: _("Renouvellements refusés"),
    DecisionKind.END_EARLY: _("Fins anticipées décidées"),
}


def _people(scope: Scope) -> QuerySet[Dossier]:
    if scope.organisation_id:
        return Dossier.objects.filter(organisation=scope.organisation_id)
    return Dossier.objects.filter(**_here(scope))


def _here(scope: Scope) -> dict[str, str]:
    return {"department": scope.department} if scope.department else {}


def _requests(scope: Scope) -> QuerySet[Application]:
    """Requests stay with the department where they were lodged, with the association that holds the file."""
    if scope.organisation_id:
        return Application.objects.filter(dossier__organisation=scope.organisation_id)
    return Application.objects.filter(**_here(scope))


def _decisions(scope: Scope) -> QuerySet[Decision]:
    rows = Decision.objects.exclude(state=DecisionState.DRAFT)
    if scope.organisation_id:
        return rows.filter(dossier__organisation=scope.organisation_id)
    return rows.filter(**_here(scope))


def _running(paths: QuerySet[Journey], day: date) -> QuerySet[Journey]:
    return paths.filter(Q(exited_on=None) | Q(exited_on__gt=day), ends_on__gte=day)


def _distinct(model: type[AfisMonth] | type[Permit], scope: Scope, column: str, first: date, last: date) -> int:
    rows = model.objects.filter(dossier__in=_people(scope), **{f"{column}__range": (first, last)})
    return rows.values("dossier").distinct().count()


def _meetings(scope: Scope) -> QuerySet[Meeting]:
    return Meeting.objects.filter(state__in=HELD, **_here(scope))


# --- who waits ------------------------------------------------------------------------------------------------------
def waiting(scope: Scope, actor: Actor | None = None) -> list[Waiting]:
    """Requests lodged and not decided, the longest wait first, with whom they wait for and since which day.

    A number tells that a file exists: for an ``actor``, only those of files in her own scope.
    """
    today = clock.today()
    asked = ComplementRequest.objects.filter(application=OuterRef("pk"), answered_on=None).order_by("-asked_on")
    heard = AgendaItem.objects.filter(application=OuterRef("pk"), state=ItemState.OPINED).order_by("-meeting__on")
    since = Case(
        When(state=A.INCOMPLETE, then=Coalesce(Subquery(asked.values("asked_on")[:1]), F("submitted_on"))),
        When(state=A.OPINED, then=Coalesce(Subquery(heard.values("meeting__on")[:1]), F("submitted_on"))),
        When(state=A.SUBMITTED, then=F("submitted_on")),
        default=Coalesce(F("complete_on"), F("submitted_on")),
    )
    rows = _requests(scope).filter(state__in=list(WAITS_FOR)).annotate(since=since).order_by("since", "dossier__number")
    if actor is not None:
        rows = rows.filter(dossier__in=dossiers_visible_to(actor).values("pk"))
    with counting(scope):
        found = list(rows.values_list("dossier_id", "dossier__number", "department", "since", "state"))
    return [Waiting(pk, number, place, on, (today - on).days, state) for pk, number, place, on, state in found]
