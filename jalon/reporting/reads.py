"""The figures of a scope: one grouped statement for a page, and the lists that ``jalon demo --figures`` prints.

A cohort is the year in which requests were submitted and pathways begun. Nothing here opens a sealed record.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from jalon.access import Actor
from jalon.commissions.models import Meeting
from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.dossiers.states import Kind as RequestKind
from jalon.journal.models import Entry
from jalon.journeys import reads as journeys
from jalon.journeys.models import AfisMonth, Decision, FollowUp, Journey, Permit
from jalon.journeys.states import OPENING, DecisionState, ExitKind, ExitReason
from jalon.notices.models import Outbox
from jalon.people import wall
from jalon.people.models import Dossier
from jalon.support.models import Placement
from jalon.support.states import PlacementKind

from .access import Scope

ACCEPTED, REFUSED, PENDING, WITHDRAWN = "accepted", "refused", "pending", "withdrawn"
RESULTS = (ACCEPTED, REFUSED, PENDING, WITHDRAWN)
RUNNING, WAITING, LAPSED = STANDING = ("running", "waiting", "lapsed")
WORK = (
    ExitKind.DURABLE_JOB,
    ExitKind.OTHER_JOB,
    ExitKind.QUALIFIED,
)
MONTHS_SHOWN = 12


class Line(NamedTuple):
    """One group of the statement: ``part`` says which, the others are its keys and the number of rows."""

    part: str
    month: str
    kind: str
    result: str
    days: int | None
    n: int


@dataclass(frozen=True)
class Delay:
    """How long something took: the days of each case, grouped."""

    days: Counter[int] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        return self.days.total()

    @property
    def median(self) -> float | None:
        """The middle value; between the two middle ones when their number is even."""
        if not self.n:
            return None
        low = high = None
        seen = 0
        for value in sorted(self.days):
            seen += self.days[value]
            if low is None and seen >= (self.n + 1) // 2:
                low = value
            if seen >= self.n // 2 + 1:
                high = value
                break
        return ((low or 0) + (high or 0)) / 2

    @property
    def bounds(self) -> tuple[int, int] | None:
        return (min(self.days), max(self.days)) if self.days else None


@dataclass(frozen=True)
class Figures:
    """What the steering page shows, exact: the view passes it through disclosure control when it must."""

    results: Counter[str]
    by_month: dict[str, Counter[str]]
    by_line: dict[tuple[str, str, str], int]
    decision: Delay
    permit: Delay
    afis: Delay
    job: Delay
    # By kind of exit, the days spent in the pathway; by months after it and by answer, how many said so.
    stays: dict[str, Delay]
    news: Counter[tuple[int, str]]
    journeys: Counter[str]
    starts: Counter[str]
    outcomes: Counter[str]
    reasons: Counter[str]
    years: list[int]

    @property
    def requests(self) -> int:
        return self.results.total()

    @property
    def decided(self) -> int:
        return self.results[ACCEPTED] + self.results[REFUSED]

    @property
    def rate(self) -> float | None:
        return self.results[ACCEPTED] / self.decided if self.decided else None

    @property
    def exits(self) -> int:
        return self.outcomes.total()

    @property
    def in_work(self) -> int:
        """Pathways that ended with a job or a qualification."""
        return sum(self.outcomes[outcome] for outcome in WORK)


# --- the statement ------------------------------------------------------------------------------------------
def _month(column: str) -> str:
    return f"to_char({column}, 'YYYY-MM')" if connection.vendor == "postgresql" else f"substr({column}, 1, 7)"


def _days(later: str, earlier: str) -> str:
    if connection.vendor == "postgresql":
        return f"({later} - {earlier})"
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


def _kept(day: date) -> Any:
    """A day as the engine compares it."""
    return connection.ops.adapt_datefield_value(day)


def _condition(scope: Scope, own: str) -> tuple[str, list[Any]]:
    """Rows of the scope. ``own`` names the table that has a department of its own, else the dossier's counts."""
    if scope.organisation_id:
        return "p.organisation_id = %s", [scope.organisation_id]
    if scope.department:
        return f"{own}.department = %s", [scope.department]
    return "1 = 1", []


def _in_year(column: str, year: int | None) -> tuple[str, list[Any]]:
    if year is None:
        return f"{column} IS NOT NULL", []
    return f"{column} BETWEEN %s AND %s", [_kept(date(year, 1, 1)), _kept(date(year, 12, 31))]


# The SQL below holds names of tables and constants of this file; every value travels apart (hence the S608 exceptions).
PEOPLE = Dossier._meta.db_table
REQUESTS = Application._meta.db_table
DECISIONS = Decision._meta.db_table
JOURNEYS = Journey._meta.db_table
PERMITS = Permit._meta.db_table
AFIS = AfisMonth._meta.db_table
NEWS = FollowUp._meta.db_table
PLACEMENTS = Placement._meta.db_table
EARNING = ", ".join(f"'{kind}'" for kind in (PlacementKind.JOB, PlacementKind.INTEGRATION))


def _requests_part(scope: Scope, year: int | None, kind: str, today: Any) -> tuple[str, list[Any]]:
    """Requests by month of submission, kind and result, with the days that the decision took."""
    where, given = _condition(scope, "a")
    dated, days = _in_year("a.submitted_on", year)
    opening = ", ".join(f"'{k}'" for k in OPENING)
    join = f"JOIN {PEOPLE} p ON p.id = a.dossier_id" if scope.organisation_id else ""
    sql = f"""
        SELECT 'request', {_month("a.submitted_on")}, a.kind,
            CASE WHEN d.kind IN ({opening}) THEN '{ACCEPTED}' WHEN d.kind IS NOT NULL THEN '{REFUSED}'
                WHEN a.state = '{ApplicationState.WITHDRAWN}' THEN '{WITHDRAWN}' ELSE '{PENDING}' END,
            {_days("d.signed_on", "a.submitted_on")}, COUNT(*)
        FROM {REQUESTS} a {join}
        LEFT JOIN {DECISIONS} d ON d.application_id = a.id AND d.state <> '{DecisionState.DRAFT}' AND d.signed_on <= %s
        WHERE {where} AND {dated} AND a.submitted_on <= %s {"AND a.kind = %s" if kind else ""}
        GROUP BY 2, 3, 4, 5"""  # noqa: S608
    return sql, [today, *given, *days, today, *([kind] if kind else [])]


def _journeys_part(scope: Scope, year: int | None, today: Any) -> tuple[str, list[Any]]:
    """Pathways by month of start, where they stand today, and how they ended."""
    where, given = _condition(scope, "p")
    dated, days = _in_year("j.starts_on", year)
    sql = f"""
        SELECT 'journey', {_month("j.starts_on")}, j.exit_kind,
            CASE WHEN j.exited_on <= %s THEN j.exit_reason WHEN j.starts_on > %s THEN '{WAITING}'
                WHEN j.ends_on < %s THEN '{LAPSED}' ELSE '{RUNNING}' END,
            CASE WHEN j.exited_on <= %s THEN {_days("j.exited_on", "j.starts_on")} END, COUNT(*)
        FROM {PEOPLE} p JOIN {JOURNEYS} j ON j.dossier_id = p.id
        WHERE {where} AND {dated}
        GROUP BY 2, 3, 4, 5"""  # noqa: S608
    return sql, [today, today, today, today, *given, *days]


def _news_part(scope: Scope, year: int | None, today: Any) -> tuple[str, list[Any]]:
    """What they said three, six and twelve months after the exit: how many months, and the code of the answer."""
    where, given = _condition(scope, "p")
    dated, days = _in_year("j.starts_on", year)
    sql = f"""
        SELECT 'news', '', CAST(f.months AS VARCHAR(2)), f.news, NULL, COUNT(*)
        FROM {PEOPLE} p JOIN {JOURNEYS} j ON j.dossier_id = p.id JOIN {NEWS} f ON f.journey_id = j.id
        WHERE {where} AND {dated} AND f.answered_on <= %s
        GROUP BY 3, 4"""  # noqa: S608
    return sql, [*given, *days, today]


def _delays_part(scope: Scope, year: int | None, today: Any) -> tuple[str, list[Any]]:
    """Days from the authorisation to the first permit; from the start to the first AFIS paid, to the first job."""
    where, given = _condition(scope, "p")
    dated, days = _in_year("j.starts_on", year)
    permit = f"""(SELECT MIN(t.issued_on) FROM {PERMITS} t
        WHERE t.dossier_id = d.dossier_id AND t.issued_on >= d.signed_on AND t.issued_on <= %s)"""  # noqa: S608
    paid = f"""(SELECT MIN(m.paid_on) FROM {AFIS} m WHERE m.dossier_id = j.dossier_id AND m.paid_on <= %s)"""  # noqa: S608
    permits = f"""
        SELECT 'permit', '', '', '', {_days(permit, "d.signed_on")}, COUNT(*)
        FROM {PEOPLE} p JOIN {JOURNEYS} j ON j.dossier_id = p.id JOIN {DECISIONS} d ON d.dossier_id = p.id
        WHERE {where} AND {dated} AND d.kind = 'authorise' AND d.state <> '{DecisionState.DRAFT}'
        GROUP BY 5"""  # noqa: S608
    payments = f"""
        SELECT 'afis', '', '', '', {_days(paid, "j.starts_on")}, COUNT(*)
        FROM {PEOPLE} p JOIN {JOURNEYS} j ON j.dossier_id = p.id
        WHERE {where} AND {dated}
        GROUP BY 5"""  # noqa: S608
    hired = f"""(SELECT MIN(w.starts_on) FROM {PLACEMENTS} w WHERE w.dossier_id = j.dossier_id
        AND w.kind IN ({EARNING}) AND w.starts_on >= j.starts_on AND w.starts_on <= %s)"""  # noqa: S608
    jobs = f"""
        SELECT 'job', '', '', '', {_days(hired, "j.starts_on")}, COUNT(*)
        FROM {PEOPLE} p JOIN {JOURNEYS} j ON j.dossier_id = p.id
        WHERE {where} AND {dated}
        GROUP BY 5"""  # noqa: S608
    return f"{permits} UNION ALL {payments} UNION ALL {jobs}", 3 * [today, *given, *days]


def lines(scope: Scope, year: int | None = None, kind: str = "", today: date | None = None) -> list[Line]:
    """Every group of the page in one statement."""
    day = _kept(today or clock.today())
    parts = [
        _requests_part(scope, year, kind, day),
        _journeys_part(scope, year, day),
        _delays_part(scope, year, day),
        _news_part(scope, year, day),
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql for sql, _ in parts), [value for _, given in parts for value in given])
        return [Line(*row) for row in cursor.fetchall()]


def steering(scope: Scope, year: int | None = None, kind: str = "", today: date | None = None) -> Figures:
    """The figures of a scope, for a cohort or for all of them, for a kind of request or for both."""
    day = today or clock.today()
    return _figures(lines(scope, year, kind, day), day)


def _figures(rows: Iterable[Line], today: date) -> Figures:
    results, months, by_line = Counter[str](), dict[str, Counter[str]](), Counter[tuple[str, str, str]]()
    delays = {part: Counter[int]() for part in ("request", "permit", "afis", "job")}
    stays, news = dict[str, Counter[int]](), Counter[tuple[int, str]]()
    journeys, starts, outcomes, reasons = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        if row.part == "request":
            results[row.result] += row.n
            months.setdefault(row.month, Counter())[row.result] += row.n
            by_line[row.month, row.kind, row.result] += row.n
        elif row.part == "journey":
            starts[row.month] += row.n
            if row.result in STANDING:
                journeys[row.result] += row.n
            else:
                outcomes[row.kind] += row.n
                reasons[row.result] += row.n
                stays.setdefault(row.kind, Counter())[row.days or 0] += row.n
        elif row.part == "news":
            news[int(row.kind), row.result] += row.n
        if row.days is not None and row.part in delays:
            delays[row.part][row.days] += row.n
    first = min((int(month[:4]) for month in months), default=today.year)
    return Figures(
        results=results,
        by_month=dict(sorted(months.items())),
        by_line=dict(sorted(by_line.items())),
        decision=Delay(delays["request"]),
        permit=Delay(delays["permit"]),
        afis=Delay(delays["afis"]),
        job=Delay(delays["job"]),
        stays={kind: Delay(days) for kind, days in stays.items()},
        news=news,
        journeys=journeys,
        starts=starts,
        outcomes=outcomes,
        reasons=reasons,
        years=list(range(today.year, first - 1, -1)),
    )


def by_period(figures: Figures) -> list[tuple[str, Counter[str]]]:
    """Results by month, or by year when there are too many months for a plot."""
    if len(figures.by_month) <= MONTHS_SHOWN:
        return list(figures.by_month.items())
    years: dict[str, Counter[str]] = {}
    for month, results in figures.by_month.items():
        years.setdefault(month[:4], Counter()).update(results)
    return list(years.items())


# --- lists of the department or organisation ----------------------------------------------------------------
def _dossiers(scope: Scope) -> Any:
    rows = Dossier.objects.all()
    if scope.organisation_id:
        return rows.filter(organisation=scope.organisation_id)
    return rows.filter(department=scope.department) if scope.department else rows


def days_left(scope: Scope) -> dict[str, int]:
    """File number → days left in the period that runs today."""
    numbers = dict(_dossiers(scope).filter(journey__isnull=False).values_list("id", "number"))
    periods = journeys.current_periods(numbers)
    running = {numbers[pk]: period.days_left for pk, period in periods.items() if period.running}
    return dict(sorted(running.items()))


def decisions_pending(scope: Scope) -> list[str]:
    """File numbers whose opinion is given and whose decision is not signed."""
    rows = Application.objects.filter(state=ApplicationState.OPINED, dossier__in=_dossiers(scope))
    return list(rows.order_by("dossier__number").values_list("dossier__number", flat=True))


def renewals_not_filed(scope: Scope, within: int = 60, today: date | None = None) -> list[str]:
    """File numbers whose pathway ends soon, could go on, and for which no renewal has been submitted."""
    day = today or clock.today()
    rows = _dossiers(scope).filter(journey__exited_on=None, journey__ends_on__gte=day)
    soon = [
        (number, dossier_id)
        for number, dossier_id, ends_on, cap_on in rows.order_by("number").values_list(
            "number", "id", "journey__ends_on", "journey__cap_on"
        )
        if (ends_on - day).days <= within and ends_on < cap_on
    ]
    filed = set(
        Application.objects.filter(dossier__in=[pk for _, pk in soon], kind=RequestKind.RENEWAL)
        .exclude(state__in=(ApplicationState.DRAFT, ApplicationState.SIGNED, *CLOSED))
        .values_list("dossier", flat=True)
    )
    return [number for number, pk in soon if pk not in filed]


CLOSED = (ApplicationState.DECIDED, ApplicationState.WITHDRAWN)


def dossiers_by_department(scope: Scope) -> dict[str, int]:
    return dict(sorted(Counter(_dossiers(scope).values_list("department", flat=True)).items()))


def dossiers_by_result(scope: Scope) -> Counter[str]:
    """Dossiers by the result of their last entry request: a refusal followed by an authorisation is accepted."""
    rows = Decision.objects.filter(application__kind=RequestKind.ENGAGEMENT, dossier__in=_dossiers(scope))
    rows = rows.exclude(state=DecisionState.DRAFT).order_by("signed_on", "drafted_on")
    last = dict(rows.values_list("dossier", "kind"))
    return Counter(ACCEPTED if kind in OPENING else REFUSED for kind in last.values())


# --- a cohort -----------------------------------------------------------------------------------------------
def cohort(scope: Scope, year: int) -> Any:
    """Dossiers for which a request to enter was submitted that year in this scope, wherever they are now."""
    requests = Application.objects.filter(kind=RequestKind.ENGAGEMENT, submitted_on__year=year)
    if scope.department:
        requests = requests.filter(department=scope.department)
    if scope.organisation_id:
        requests = requests.filter(dossier__organisation=scope.organisation_id)
    return Dossier.objects.filter(pk__in=requests.values("dossier"))


def first_starts(dossiers: Collection[Dossier]) -> dict[str, int]:
    """First day of the pathway → how many."""
    days = Journey.objects.filter(dossier__in=dossiers).order_by("starts_on").values_list("starts_on", flat=True)
    return dict(Counter(day.isoformat() for day in days))


def with_permit(dossiers: Collection[Dossier]) -> int:
    """How many hold or held a residence document."""
    return Permit.objects.filter(dossier__in=dossiers, issued_on__isnull=False).values("dossier").distinct().count()


def with_afis(dossiers: Collection[Dossier]) -> int:
    """To how many the aid was granted."""
    return AfisMonth.objects.filter(dossier__in=dossiers).values("dossier").distinct().count()


def in_work_at_exit(dossiers: Collection[Dossier]) -> int:
    """How many left their pathway with a job or a qualification."""
    return Journey.objects.filter(dossier__in=dossiers, exited_on__isnull=False, exit_kind__in=WORK).count()


# --- the technical page -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Technical:
    """What an operator needs: sizes and queues. No person, no organisation, no content."""

    dossiers: int
    applications: int
    meetings: int
    entries: int
    last_entry_at: Any
    last_hash: str
    waiting: int
    oldest_waiting_at: Any
    failing: int


def exported_today(actor: Actor) -> int:
    """How many files of figures this account took away today, from the trail: whatever process served them."""
    morning = clock.now().astimezone(clock.PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    own = Entry.objects.filter(organisation=actor.organisation_id, actor=actor.user_id, at__gte=morning)
    return own.filter(verb="export_figures", decision="allowed").count()


def technical() -> Technical:
    """Counts, the head of the journal and the state of the outbox."""
    head = Entry.objects.order_by("-seq").values_list("seq", "at", "hash").first()
    unsent = Outbox.objects.filter(sent_at=None).order_by("queued_at").values_list("queued_at", "attempts")
    queue = list(unsent[:10_000])
    with wall.beyond():  # two counts of the whole installation, of nobody
        dossiers, applications = Dossier.objects.count(), Application.objects.count()
    return Technical(
        dossiers=dossiers,
        applications=applications,
        meetings=Meeting.objects.count(),
        entries=head[0] if head else 0,
        last_entry_at=head[1] if head else None,
        last_hash=head[2][:16] if head else "",
        waiting=len(queue),
        oldest_waiting_at=queue[0][0] if queue else None,
        failing=sum(attempts > 0 for _, attempts in queue),
    )


LABELS: dict[str, dict[str, Any]] = {
    "kind": dict(RequestKind.choices),
    "outcome": {**dict(ExitKind.choices), "": ""},
    "reason": dict(ExitReason.choices),
}
