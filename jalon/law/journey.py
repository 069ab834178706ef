"""From the prefect's orders to the periods of a pathway, its cap, its gaps and its state on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jalon.law import loader
from jalon.law.calculation import applied, calculation
from jalon.law.dates import ONE_DAY, Duration, is_clamped, period_end, used
from jalon.law.decision import KINDS
from jalon.law.errors import LawError
from jalon.law.spec import REMINDER_DAYS, Choice, Count, Day, Each, Field, Record, Text

OPENING: Final = frozenset({"authorise", "renew"})
# REN-1: what each of the reminder days before an end is for. Internal targets, not law.
TARGETS: Final = dict(zip(("remind", "open", "file", "session", "decision"), REMINDER_DAYS, strict=True))
LATEST_MEETING: Final = timedelta(days=TARGETS["decision"])  # REN-2: a later meeting comes too late.


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the prefect; `ends_on` is the end printed in it."""

    kind: str
    signed_on: date
    effective_on: date | None = None
    ends_on: date | None = None
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A move to another department."""

    on: date
    to: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day so many days before the end of a period."""

    days_before: int
    on: date


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the pathway, both days included."""

    n: int
    start: date
    end: date
    computed_end: date | None
    used: Duration
    clamped: bool
    shortened: bool
    projected: bool
    end_reason: str
    gap_before_days: int
    late_days: int
    reminders: tuple[Reminder, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """How far the pathway may go (DUR-4)."""

    mode: str
    end: date | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without pathway after period `after` (DUR-5)."""

    after: int
    start: date
    end: date
    days: int


@dataclass(frozen=True, slots=True)
class DecidedLate:
    """Days of period `n` that had passed when its order was signed (DUR-5)."""

    n: int
    start: date
    end: date
    days: int


@dataclass(frozen=True, slots=True)
class NextApplication:
    """What may be applied for next."""

    allowed: bool
    kind: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Journey:
    """All that follows from the orders."""

    periods: tuple[Period, ...]
    months_used: Duration
    remaining: Duration
    cap: Cap
    gaps: tuple[Gap, ...]
    gap_days: int
    decided_late: tuple[DecidedLate, ...]
    decided_late_days: int
    status: str | None
    current_period: int | None
    days_left: int | None
    next_application: NextApplication
    department: str | None
    read_only_departments: tuple[str, ...]
    rights_break_risk: bool | None
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """A period being made. `limit` is the last day DUR-4 leaves it, None when nothing is left."""

    start: date
    end: date
    computed_end: date | None
    limit: date | None
    clamped: bool
    shortened: bool
    reason: str
    late_days: int
    order: int | None  # its place among the orders taken; None for a projected one
    time: Duration
    used_before: int  # in days, by the periods before it


class _Pathway:
    """The periods made so far, and the count of the cap."""

    def __init__(self, mode: str, max_months: int) -> None:
        self.mode = mode
        self.max_months = max_months
        self.drafts: list[_Draft] = []
        self.blocked = False

    @property
    def days_used(self) -> int:
        return self.drafts[-1].used_before + self.drafts[-1].time.in_days if self.drafts else 0

    @property
    def next_start(self) -> date:
        return self.drafts[-1].end + ONE_DAY

    def remaining(self, drafts: Sequence[_Draft]) -> Duration:
        """Return what is left after these periods, the first ones of the pathway (DUR-4)."""
        if not drafts:
            return Duration(self.max_months, 0)
        last = drafts[-1]
        if self.mode == "calendar":
            return used(last.end + ONE_DAY, period_end(drafts[0].start, self.max_months))
        left = Duration(self.max_months, 0).in_days - last.used_before - last.time.in_days
        return Duration.of_days(max(left, 0))

    def limit(self, start: date) -> date | None:
        """Return the last day that DUR-4 allows for a period that begins on `start`, None when nothing is left."""
        if self.mode == "calendar":
            end = period_end(self.drafts[0].start if self.drafts else start, self.max_months)
            return end if end >= start else None
        left = self.remaining(self.drafts)
        return period_end(start, left.months) + timedelta(days=left.days) if left else None

    def computed(self, start: date, months: int) -> tuple[date | None, date | None, bool]:
        """Return the end of so many months cut by DUR-4, the limit of DUR-4, and whether it cut."""
        end, limit = period_end(start, months), self.limit(start)
        if limit is None:
            return None, None, True
        return min(end, limit), limit, limit < end

    def open(
        self, start: date, months: int, printed: date | None = None, late_days: int = 0, order: int | None = None
    ) -> bool:
        """Add a period; False, and noted, when the cap leaves nothing for it and no end is printed."""
        computed, limit, shortened = self.computed(start, months)
        end = printed or computed
        if end is None:
            self.blocked = True
            return False
        self.drafts.append(
            _Draft(
                start=start,
                end=end,
                computed_end=computed,
                limit=limit,
                clamped=is_clamped(start, months),
                shortened=shortened,
                reason="printed" if end != computed else "cap" if shortened else "term",
                late_days=late_days,
                order=order,
                time=used(start, end),
                used_before=self.days_used,
            )
        )
        return True

    def cut(self, day: date) -> bool:
        """End the period that holds a day on that day and drop later ones; False when none holds it (DUR-6)."""
        while self.drafts and self.drafts[-1].start > day:
            self.drafts.pop()
        if not self.drafts or self.drafts[-1].end < day:
            return False
        last = self.drafts[-1]
        last.end, last.reason, last.time = day, "early_end", used(last.start, day)
        return True

    def cap(self) -> Cap:
        """Return the end of the cap, seen from the last period."""
        if not self.drafts:
            return Cap(self.mode, None, reached=False)
        left = self.remaining(self.drafts)
        if self.mode == "calendar":
            end = period_end(self.drafts[0].start, self.max_months)
        else:
            end = period_end(self.next_start, left.months) + timedelta(days=left.days)
        return Cap(self.mode, end, reached=not left)


def targets(end: date) -> dict[str, date]:
    """Return the internal targets (TARGETS) before the end of a period. Rule REN-1."""
    return {name: end - timedelta(days=days) for name, days in TARGETS.items()}


def at_risk_before(meetings: Sequence[date], as_of: date) -> date | None:
    """Return the day before which every end of period comes without a meeting early enough; None: each one does.

    Rule REN-2: the first meeting to come on or after `as_of` serves the ends fifteen days after it and later.
    """
    first = min((meeting for meeting in meetings if meeting >= as_of), default=None)
    return first + LATEST_MEETING if first else None


@calculation(
    "journey",
    Field(
        "orders",
        Each(
            Record(
                Order,
                Field("kind", Choice.of(*KINDS), required=True),
                Field("signed_on", Day(), required=True),
                Field("effective_on", Day()),
                Field("ends_on", Day()),
                Field(
                    "notified_on",
                    Day(),
                    required=lambda order: order.get("kind") == "end_early" and order.get("ends_on") is None,
                ),
                follows=(("notified_on", "signed_on"),),
            )
        ),
        required=True,
    ),
    Field("project_renewals", Count(), default=0),
    Field("commission_dates", Each(Day())),
    Field("as_of", Day()),
    Field("department", Text(), required=lambda given: bool(given.get("transfers"))),
    Field(
        "transfers",
        Each(Record(Transfer, Field("on", Day(), required=True), Field("to", Text(), required=True))),
    ),
    settings=("cap_mode", "reminder_days"),
)
def journey(
    orders: Sequence[Order],
    project_renewals: int = 0,
    commission_dates: Sequence[date] | None = None,
    as_of: date | None = None,
    department: str | None = None,
    transfers: Sequence[Transfer] | None = None,
    cap_mode: str = "cumulative",
    reminder_days: Sequence[int] = REMINDER_DAYS,
) -> Journey:
    """Return the periods that orders make, what is used of the 24 months, and the state on `as_of`.

    `project_renewals` adds as many forecast renewals, each the day after the last end. `cap_mode` is `cumulative`
    or `calendar`, `reminder_days` the days before each end.
    Errors: LawError `overlapping_orders`, `end_before_start`, `inconsistent_values`, `out_of_parameter_range`.
    Rules DUR-1 to DUR-6 (CASF R.121-12-10, R.121-12-13), REN-1, REN-2, TRF-1.
    """
    taken = sorted(enumerate(orders), key=lambda numbered: numbered[1].signed_on)
    pathway = _Pathway(cap_mode, loader.whole("psp.max_months"))
    for place, (index, order) in enumerate(taken):
        _take(pathway, order, place, f"orders[{index}]")
    _project(pathway, project_renewals)

    drafts = pathway.drafts
    periods = tuple(_periods(drafts, reminder_days))
    gaps = tuple(_gaps(periods))
    late = tuple(
        DecidedLate(period.n, period.start, period.start + timedelta(days=period.late_days - 1), period.late_days)
        for period in periods
        if period.late_days
    )
    now = next((p for p in periods if as_of and p.start <= as_of <= p.end and not p.projected), None)
    here, left_behind = _departments(department, transfers or (), as_of)
    alerts = {
        "cap_exceeded": any(draft.limit is None or draft.end > draft.limit for draft in drafts),
        "decided_late": bool(late),
        "gap": bool(gaps),
        "printed_end_differs": any(draft.reason == "printed" for draft in drafts),
        "renewal_blocked_by_cap": pathway.blocked,
    }
    return Journey(
        periods=periods,
        months_used=Duration.of_days(pathway.days_used),
        remaining=pathway.remaining(drafts),
        cap=pathway.cap(),
        gaps=gaps,
        gap_days=sum(gap.days for gap in gaps),
        decided_late=late,
        decided_late_days=sum(period.days for period in late),
        status=_status(pathway, [order for _, order in taken], as_of) if as_of else None,
        current_period=now.n if now else None,
        days_left=(now.end - as_of).days if as_of and now else None,
        next_application=_next_application(pathway),
        department=here,
        read_only_departments=left_behind,
        rights_break_risk=_rights_break_risk(periods, now, as_of, commission_dates or ()),
        alerts=tuple(name for name, holds in alerts.items() if holds),
        rules=applied(
            ("DUR-1", "DUR-2", "DUR-3", "DUR-4", "REN-1"),
            DUR_5=bool(gaps or late),
            DUR_6=any(order.kind == "end_early" for order in orders),
            REN_2=bool(commission_dates),
            TRF_1=bool(transfers),
        ),
    )


def _take(pathway: _Pathway, order: Order, place: int, path: str) -> None:
    """Let one order make, cut or leave the periods (DUR-2, DUR-3, DUR-6)."""
    months = loader.whole("psp.period_months", order.signed_on, f"{path}.signed_on")
    if order.effective_on and order.kind not in OPENING:
        raise LawError("inconsistent_values", "Only an authorisation or a renewal takes effect on a day.", path)
    if order.kind == "end_early":
        day = order.ends_on or order.notified_on
        if day is None or not pathway.cut(day):
            raise LawError("inconsistent_values", "No period holds the day of this end.", path)
    elif order.kind in OPENING:
        start = _start(pathway, order, path)
        if pathway.drafts and start <= pathway.drafts[-1].end:
            raise LawError("overlapping_orders", "The order starts before the end of the previous period.", path)
        if order.ends_on and order.ends_on < start:
            raise LawError("end_before_start", "The printed end comes before the start.", f"{path}.ends_on")
        pathway.open(start, months, order.ends_on, max((order.signed_on - start).days, 0), place)
    elif order.ends_on:
        raise LawError("inconsistent_values", "A refusal has no end.", path)


def _start(pathway: _Pathway, order: Order, path: str) -> date:
    """Return the first day of the period of an authorisation or renewal (DUR-2, DUR-3)."""
    if order.kind == "authorise":
        return opening_day(order)
    if not pathway.drafts:
        raise LawError("inconsistent_values", "There is no period before this renewal.", path)
    return opening_day(order, pathway.drafts[-1].end)


def opening_day(order: Order, before: date | None = None) -> date:
    """Return the first day of the period that an order opens, `before` being the end of the one that it renews.

    Rules DUR-2, DUR-3.
    """
    if order.effective_on or order.kind == "authorise" or before is None:
        return order.effective_on or order.signed_on
    return max(order.signed_on, before + ONE_DAY)


def _project(pathway: _Pathway, renewals: int) -> None:
    """Add forecast renewals, each the day after the last end, until the cap leaves nothing."""
    months = loader.whole("psp.period_months")
    for _ in range(renewals if pathway.drafts else 0):
        if not pathway.open(pathway.next_start, months):
            break


def _periods(drafts: Sequence[_Draft], reminder_days: Sequence[int]) -> Iterable[Period]:
    """Number the periods and plan their reminders (REN-1)."""
    shifts = [(days, timedelta(days=days)) for days in reminder_days]
    before: date | None = None
    for n, draft in enumerate(drafts, 1):
        yield Period(
            n=n,
            start=draft.start,
            end=draft.end,
            computed_end=draft.computed_end,
            used=draft.time,
            clamped=draft.clamped,
            shortened=draft.shortened,
            projected=draft.order is None,
            end_reason=draft.reason,
            gap_before_days=(draft.start - before).days - 1 if before else 0,
            late_days=draft.late_days,
            reminders=tuple([Reminder(days, draft.end - shift) for days, shift in shifts]),
        )
        before = draft.end


def _gaps(periods: Sequence[Period]) -> Iterable[Gap]:
    """Return the days without cover between periods (DUR-5)."""
    for before, period in zip(periods, periods[1:], strict=False):
        if period.gap_before_days:
            yield Gap(before.n, before.end + ONE_DAY, period.start - ONE_DAY, period.gap_before_days)


def _status(pathway: _Pathway, orders: Sequence[Order], as_of: date) -> str:
    """Return the state of the pathway on a day; forecasts do not count."""
    begun = [draft for draft in pathway.drafts if draft.order is not None and draft.start <= as_of]
    if not begun:
        refused = any(order.kind == "refuse" and order.signed_on <= as_of for order in orders)
        return "refused" if refused else "not_started"
    last = begun[-1]
    later = orders[last.order + 1 :] if last.order is not None else ()
    if as_of <= last.end:
        return "active"
    if last.reason == "early_end":
        return "terminated"
    if any(order.kind == "refuse_renewal" and order.signed_on <= as_of for order in later):
        return "renewal_refused"
    return "lapsed" if pathway.remaining(begun) else "ended"


def _next_application(pathway: _Pathway) -> NextApplication:
    """Return what may be applied for after the last period."""
    if not pathway.drafts:
        return NextApplication(allowed=True, kind="engagement", start=None, end=None)
    start = pathway.next_start
    end, _, _ = pathway.computed(start, loader.whole("psp.period_months"))
    return NextApplication(allowed=end is not None, kind="renewal", start=start if end else None, end=end)


def _departments(
    first: str | None, transfers: Sequence[Transfer], as_of: date | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the department in charge, and those that were left and read only (TRF-1)."""
    here, left = first, []
    for transfer in sorted(transfers, key=lambda transfer: transfer.on):
        if as_of is None or transfer.on <= as_of:
            left.append(here)
            here = transfer.to
    return here, tuple(dict.fromkeys(name for name in left if name is not None and name != here))


def _rights_break_risk(
    periods: Sequence[Period], now: Period | None, as_of: date | None, meetings: Sequence[date]
) -> bool | None:
    """Say whether no meeting comes early enough before the end (REN-2); None without meeting or period."""
    real = [period for period in periods if not period.projected]
    if not meetings or not real:
        return None
    period = now or real[-1]
    first = as_of if as_of and now else period.start
    served_from = at_risk_before(meetings, first)
    return served_from is None or period.end < served_from
