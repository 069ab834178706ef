"""The clock: what the orders signed so far make of a pathway, its periods, what comes next."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from jalon.commissions import reads as commissions
from jalon.config import clock as calendar
from jalon.journeys import lawful, reasons, wording
from jalon.journeys.models import Decision, Journey, Period
from jalon.law import loader
from jalon.law.dates import Duration, used
from jalon.law.journey import Journey as Computed
from jalon.law.journey import targets
from jalon.people.models import Dossier
from jalon.ui import timeline
from jalon.ui.html import Rule
from jalon.ui.rules import sentence

MONTHS = loader.whole("psp.max_months")
MAX_RENEWALS = MONTHS // loader.whole("psp.period_months") - 1


def exit_note(pathway: "Pathway") -> str:
    """What the association wrote of the end; nothing while it runs."""
    journey = pathway.journey
    return str(journey.unseal().get("note", "")) if journey is not None and journey.exited_on else ""


class Pathway(NamedTuple):
    """The pathway of one dossier on a day: what the law makes of its orders."""

    dossier: Dossier
    journey: Journey | None
    computed: Computed
    decisions: list[Decision]
    today: date

    @property
    def opened(self) -> bool:
        return bool(self.computed.periods)

    @property
    def current(self) -> Any:
        """The period that holds today, else the last one decided."""
        n = self.computed.current_period
        real = [period for period in self.computed.periods if not period.projected]
        return next((period for period in real if period.n == n), real[-1] if real else None)

    @property
    def month(self) -> int:
        """Which month of its time at most today is, counted in authorised time."""
        authorised = self.computed.months_used
        if self.current is None:
            return 0
        before = sum((p.used.in_days for p in self.computed.periods if p.n < self.current.n and not p.projected), 0)
        running = used(self.current.start, min(max(self.today, self.current.start), self.current.end))
        months = Duration.of_days(before + running.in_days).months + (1 if self.today <= self.current.end else 0)
        return min(months, MONTHS, authorised.months + 1)

    @property
    def months(self) -> int:
        """How many months a pathway lasts at most."""
        return MONTHS

    @property
    def exited_on(self) -> date | None:
        on = self.journey.exited_on if self.journey else None
        return on if on and on <= self.today else None

    @property
    def alerts(self) -> list[str]:
        return [wording.ALERTS[code] for code in self.computed.alerts if code in wording.ALERTS]

    @property
    def status(self) -> Any:
        if self.exited_on:
            return _("parcours terminé")
        return wording.STATUS.get(self.computed.status or "", "")

    @property
    def rules(self) -> list[Rule]:
        return reasons.of_journey(self.computed, self.decisions)


def clock(dossier: Dossier) -> Pathway:
    """What the orders signed so far make of the pathway today: four queries at most."""
    today = calendar.today()
    decisions = list(
        Decision.objects.filter(dossier=dossier, signed_on__isnull=False, signed_on__lte=today)
        .select_related("application")
        .order_by("signed_on", "drafted_on", "id")
    )
    computed = lawful.compute(
        decisions,
        as_of=today,
        meetings=commissions.meeting_dates(dossier.department) or None,
    )
    journey = Journey.objects.filter(dossier=dossier).first()
    return Pathway(dossier, journey, computed, decisions, today)


def figure(pathway: Pathway, lanes: Sequence[timeline.Lane] = ()) -> timeline.Clock | None:
    """The clock of 24 months, ready to be drawn: from the first start to the cap, with the periods that may follow."""
    computed = pathway.computed
    if computed.next_application.allowed and computed.periods and pathway.exited_on is None:
        computed = lawful.compute(pathway.decisions, as_of=pathway.today, project=MAX_RENEWALS)
    periods = computed.periods
    if not periods:
        return None
    start = periods[0].start
    end = max(pathway.computed.cap.end or periods[-1].end, periods[-1].end)
    segments = []
    for period in periods:
        state = "planned" if period.projected else "done" if period.end < pathway.today else "current"
        label = wording.period_name(period.n)
        segments.append(timeline.Segment(period.n, period.start, period.end, state, label))
    for gap in pathway.computed.gaps:
        segments.append(timeline.Segment(gap.after, gap.start, gap.end, "gap", ""))
    return timeline.Clock(
        start=start,
        end=end,
        today=pathway.today,
        segments=sorted(segments, key=lambda segment: segment.start),
        lanes=list(lanes),
        title=_("Parcours de 24 mois, du %(start)s au plus tard au %(end)s")
        % {"start": f"{start:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"},
        desc=wording.clock_words(pathway.computed, pathway.today),
        limit_label=_("plafond 24 mois"),
        id="parcours",
    )


def decisions_of(dossier: Dossier) -> list[Decision]:
    """The signed decisions of a dossier, the first to be signed first."""
    return list(
        Decision.objects.filter(dossier=dossier, signed_on__isnull=False, signed_on__lte=calendar.today()).order_by(
            "signed_on", "id"
        )
    )


class CurrentPeriod(NamedTuple):
    """For lists: the period that runs, or the last one."""

    number: int
    starts_on: date
    ends_on: date
    cap_on: date
    days_left: int
    running: bool


def current_periods(dossier_ids: Collection[str], today: date | None = None) -> dict[str, CurrentPeriod]:
    """The period of each dossier that holds today, else the last one begun, else the first to come: one query."""
    day = today or calendar.today()
    rows = Period.objects.filter(journey__dossier__in=list(dossier_ids)).select_related("journey").order_by("number")
    found: dict[str, CurrentPeriod] = {}
    for row in rows:
        journey = row.journey
        known = found.get(journey.dossier_id)
        if known is not None and row.starts_on > day:
            continue
        exited = journey.exited_on is not None and journey.exited_on < day
        running = row.starts_on <= day <= row.ends_on and not exited
        found[journey.dossier_id] = CurrentPeriod(
            row.number, row.starts_on, row.ends_on, journey.cap_on, (row.ends_on - day).days, running
        )
    return found


class PeriodLine(NamedTuple):
    """One period for the table."""

    name: str
    start: date
    end: date
    used: str
    reason: str
    gap: int
    running: bool
    computed_start: date | None = None  # what the rules give, when the order prints another day
    computed_end: date | None = None


def period_lines(pathway: Pathway) -> list[PeriodLine]:
    starts = _computed_starts(pathway)
    return [
        PeriodLine(
            wording.period_name(period.n),
            period.start,
            period.end,
            wording.duration(period.used.months, period.used.days),
            str(wording.END_REASONS[period.end_reason]),
            period.gap_before_days,
            period.start <= pathway.today <= period.end and pathway.exited_on is None,
            starts.get(period.n),
            period.computed_end if period.end_reason == "printed" else None,
        )
        for period in pathway.computed.periods
        if not period.projected
    ]


def _computed_starts(pathway: Pathway) -> dict[int, date]:
    """The start that the rules give to each period whose order prints another day, by number."""
    found, before = {}, None
    for period in (one for one in pathway.computed.periods if not one.projected):
        order = lawful.decision_of(period, before, pathway.decisions)
        start = lawful.computed_start(order, pathway.decisions) if order.effective_on else None
        if start is not None and start != period.start:
            found[period.n] = start
        before = period.end
    return found


class NextStep(NamedTuple):
    """What comes after the running period: the renewal, its dates, the meeting before the end; or why nothing."""

    allowed: bool
    start: date | None
    end: date | None
    meeting: Any
    file_by: date | None
    at_risk: bool
    why: str
    rules: list[Rule]


def next_step(pathway: Pathway) -> NextStep:
    computed = pathway.computed
    after = computed.next_application
    meeting = commissions.next_meeting(pathway.dossier.department, pathway.today) if after.allowed else None
    current = pathway.current
    file_by = targets(current.end)["file"] if current and after.allowed else None
    if meeting and meeting.files_due_on and meeting.files_due_on >= pathway.today:
        file_by = meeting.files_due_on  # the meeting's own last day, rather than the target D-60
    return NextStep(
        allowed=after.allowed and after.kind == "renewal" and pathway.exited_on is None,
        start=after.start,
        end=after.end,
        meeting=meeting,
        file_by=file_by,
        at_risk=bool(computed.rights_break_risk) and pathway.exited_on is None,
        why="" if after.allowed else sentence("DUR-4"),
        rules=reasons.of_next(computed, current, meeting),
    )
