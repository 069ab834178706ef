"""What waits for the secretariat: requests, dates, papers to finish."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.commissions import access
from jalon.commissions.models import Meeting
from jalon.commissions.states import VOID, MeetingState
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.dossiers.models import Application, ComplementRequest
from jalon.dossiers.reads import pages, silence_on_aid
from jalon.dossiers.states import ApplicationState, PieceState
from jalon.law import journey
from jalon.law.silence import Silence
from jalon.notices import kinds
from jalon.notices import reads as notices
from jalon.notices.models import Deadline
from jalon.notices.why import reasons
from jalon.people.models import Dossier
from jalon.ui import html, paging
from jalon.ui.html import Rule
from jalon.ui.rules import why

from .calendar import SAT, meet_again_by, meetings

MOST_NUMBERS = 30
SOON = 30
UNSIGNED = (MeetingState.OPEN, MeetingState.HELD, MeetingState.FAILED)
RISK_HORIZON = timedelta(days=150)


class Received(NamedTuple):
    """One request that waits, for the lists of the secretariat."""

    application: Application
    number: str
    association: str
    days: int
    asked_until: date | None = None
    aid: bool = False


def expected_pieces(application: Application) -> tuple[list[tuple[str, str]], list[str]]:
    """The pieces of a request that leave with it, and those that did not come."""
    rows = {piece.code: (str(label), piece.state) for label, piece in pages.sent_pieces(application)}
    absent = [code for code, (_label, state) in rows.items() if state == PieceState.EXPECTED]
    return [(code, label) for code, (label, _state) in rows.items()], absent


def silence(application: Application) -> Silence | None:
    """What silence makes of the aid that the request asks for; None when it asks for none."""
    planned = notices.opened().filter(dossier=application.dossier_id, kind="afis_silence", key=application.pk)
    return silence_on_aid(application) if planned.exists() else None


class Risk(NamedTuple):
    """Periods that end without a meeting early enough before them (REN-2)."""

    on: date
    count: int
    numbers: str
    latest: date


class ToNotify(NamedTuple):
    decision_id: str
    number: str
    since: date


def waiting(actor: Actor, *states: str) -> QuerySet[Application]:
    """Requests that wait for the secretariat, the oldest first, with what ``row`` shows of each."""
    chosen = states or (ApplicationState.SUBMITTED, ApplicationState.INCOMPLETE, ApplicationState.COMPLETE)
    today = clock.today()
    asked = ComplementRequest.objects.filter(application=OuterRef("pk"), answered_on=None).order_by("-asked_on", "-pk")
    return (
        access.applications_visible_to(actor)
        .filter(state__in=chosen, submitted_on__isnull=False)
        .select_related("dossier")
        .annotate(
            association=name_subquery(OuterRef("dossier__organisation_id"), today),
            asked_until=Subquery(asked.values("due_on")[:1]),
            aid=Exists(notices.opened().filter(kind="afis_silence", key=OuterRef("pk"))),
        )
        .order_by("submitted_on", "dossier__number", "pk")
    )


def row(application: Application) -> Received:
    """A request of ``waiting`` as the lists show it."""
    days = (clock.today() - application.submitted_on).days  # type: ignore[operator]
    known: Any = application
    return Received(application, known.dossier.number, known.association or "", days, known.asked_until, known.aid)


def received(actor: Actor, number: int = 1) -> Page:
    """A page of the requests that wait."""
    return paging.page(waiting(actor), number, row)


def risks(department: str, dates: Sequence[date]) -> list[Risk]:
    """Ends of period before which no meeting is planned in time, with the files concerned (REN-2).

    Only periods that may still be renewed, and on whose renewal the commission has not given its opinion. The numbers
    of the files are listed up to a point, the count is of all.
    """
    today = clock.today()
    served_from = journey.at_risk_before(dates, today)
    rows = notices.opened().filter(kind="period_end", department=department, on__range=(today, today + RISK_HORIZON))
    if served_from is not None:
        rows = rows.filter(on__lt=served_from)
    renewable = Deadline.objects.filter(
        dossier=OuterRef("dossier"), key=OuterRef("key"), kind="renewal_session", cancelled_on=None
    )
    opined = Application.objects.filter(dossier=OuterRef("dossier"), state=ApplicationState.OPINED)
    number = Dossier.objects.filter(pk=OuterRef("dossier")).values("number")
    rows = rows.filter(Exists(renewable), ~Exists(opined)).annotate(number=Subquery(number))
    grouped: dict[date, list[str]] = {}
    for on, file in rows.order_by("on", "number").values_list("on", "number"):
        grouped.setdefault(on, []).append(file or "")
    return [
        Risk(on, len(listed), ", ".join(sorted(listed)[:MOST_NUMBERS]), on - journey.LATEST_MEETING)
        for on, listed in grouped.items()
    ]


def to_notify(department: str, number: int = 1) -> Page:
    """Signed decisions that wait for their notification, a page; the deadline's key is the decision."""
    numbered = Dossier.objects.filter(pk=OuterRef("dossier")).values("number")
    rows = notices.opened().filter(kind="notification", role="SEC", department=department)
    rows = rows.annotate(number=Coalesce(Subquery(numbered), Value(""))).order_by("on", "number", "pk")
    return paging.page(rows, number, lambda one: ToNotify(one.key, one.number, one.on))


class Owed(NamedTuple):
    """A date that the secretariat must keep, with the file concerned when there is one."""

    label: str
    number: str
    on: date
    why: tuple[str, str]  # kind, rule


# What the lists of the home page do not already show.
OWED = ("silence_2m", "afis_silence", "appeal_answer", "reasons_answer", "mandate_end", "yearly_meeting")


def owed(actor: Actor) -> list[Owed]:
    """The answers that the State owes, late or within a month, and the commission's own dates within three."""
    rows = notices.told_to(actor, within=90, kinds=OWED)
    rows = [row for row in rows if not row.dossier or notices.days_left(row) <= SOON]
    rows = [row for row in rows if row.kind != "mandate_end" or row.on >= clock.today()]  # over, it asks for nothing
    numbers = dict(Dossier.objects.filter(pk__in={row.dossier for row in rows}).values_list("pk", "number"))
    return [Owed(kinds.label(row.kind), numbers.get(row.dossier, ""), row.on, (row.kind, row.rule)) for row in rows]


class SecretariatHome(NamedTuple):
    meetings: list[Meeting]
    received: Page  # as the others, fifty lines at most: the numbers of their pages are in ``at``
    risks: Page
    to_notify: Page
    minutes: Page
    deadlines: Page
    last_held: date | None
    complete: int
    persons_at_risk: int
    sitting: Meeting | None  # the meeting that is open: what the secretariat goes back to

    @property
    def meet_by(self) -> date | None:
        """The commission meets once a year at least (COM-15)."""
        return meet_again_by([self.last_held] if self.last_held else [])

    @property
    def no_meeting_for_a_year(self) -> bool:
        return self.meet_by is not None and self.meet_by < clock.today()

    @property
    def why_meet(self) -> list[Rule]:
        used = {_("Dernière séance"): html.day(self.last_held), _("Suivante au plus tard le"): html.day(self.meet_by)}
        return why("COM-15", on=self.last_held, inputs=used)

    @property
    def why_deadlines(self) -> list[Rule]:
        return reasons(one.why for one in self.deadlines)


def secretariat_home(actor: Actor, at: Mapping[str, int] = paging.FIRST) -> SecretariatHome:
    """What the secretariat must do next; ``at``: the page of each list."""
    today = clock.today()
    rows = [meeting for meeting in meetings(actor) if meeting.state != MeetingState.CANCELLED]
    live = [meeting for meeting in rows if meeting.state not in VOID]
    at_risk = risks(actor.department, [row.on for row in live])
    ahead = sorted((row for row in live if row.on >= today), key=lambda row: row.on)
    to_sign = [row for row in rows if row.state in UNSIGNED and not row.signed_at]  # type: ignore[attr-defined]
    return SecretariatHome(
        meetings=ahead[:6],
        received=received(actor, at.get("page", 1)),
        risks=paging.page(at_risk, at.get("risks", 1)),
        to_notify=to_notify(actor.department, at.get("notify", 1)),
        minutes=paging.page(to_sign, at.get("minutes", 1)),
        deadlines=paging.page(owed(actor), at.get("due", 1)),
        last_held=max((row.on for row in rows if row.state in SAT), default=None),
        complete=access.applications_visible_to(actor).filter(state=ApplicationState.COMPLETE).count(),
        persons_at_risk=sum(risk.count for risk in at_risk),
        sitting=next((row for row in to_sign if row.state == MeetingState.OPEN), None),
    )
