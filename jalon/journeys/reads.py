"""One function per screen, and what the rooms above show of a pathway. ``access`` has allowed what is read here."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.commissions import reads as commissions
from jalon.commissions.models import Opinion
from jalon.config import clock as calendar
from jalon.directory import reads as directory
from jalon.directory.models import Accreditation, Organisation, name_subquery
from jalon.dossiers.models import Application
from jalon.dossiers.states import Kind as ApplicationKind
from jalon.law import afis as afis_law
from jalon.law import money, residence
from jalon.law.dates import used
from jalon.law.journey import Journey as Computed
from jalon.law.journey import targets
from jalon.law.periods import Span
from jalon.people import access as people
from jalon.people import countries, languages
from jalon.people.models import Dossier, Identity
from jalon.people.states import Stage
from jalon.ui import html, timeline
from jalon.ui.html import Rule
from jalon.ui.rules import sentence, why
from jalon.vault import keys

from . import access, lawful, reasons, wording
from .models import AfisGrant, AfisMonth, Appeal, Decision, Journey, Period, Permit, Transfer
from .states import ADVERSE, OPENING, AfisState, AppealKind, DecisionKind, DecisionState, PermitKind

MOST = 200
MAX_RENEWALS = 3


# --- the clock ---------------------------------------------------------------------------------------------------
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
        """Which month of the 24 today is, counted in authorised time."""
        authorised = self.computed.months_used
        if self.current is None:
            return 0
        before = sum((p.used.in_days for p in self.computed.periods if p.n < self.current.n and not p.projected), 0)
        running = used(self.current.start, min(max(self.today, self.current.start), self.current.end))
        months = (before + running.in_days) // 30 + (1 if self.today <= self.current.end else 0)
        return int(min(months, 24, authorised.months + 1))

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


def late_months(dossiers: Iterable[Dossier | str], today: date | None = None) -> dict[str, list[date]]:
    """Months of AFIS due before today and not paid by then, by dossier: one query, no content opened."""
    day = today or calendar.today()
    ids = [one if isinstance(one, str) else one.pk for one in dossiers]
    rows = AfisMonth.objects.filter(Q(paid_on__isnull=True) | Q(paid_on__gt=day), dossier__in=ids, due_on__lt=day)
    found: dict[str, list[date]] = {}
    for dossier_id, month in rows.order_by("month").values_list("dossier_id", "month"):
        found.setdefault(dossier_id, []).append(month)
    return found


# --- rights ------------------------------------------------------------------------------------------------------
class Month(NamedTuple):
    """One month of AFIS as the screen shows it."""

    row: AfisMonth
    amount: Decimal
    children: int
    paid_on: date | None
    state: str  # paid, paid_late, late, due, coming
    late_days: int
    computed: Decimal | None = None  # what the law gives for this month, when it can be said
    paid: Decimal | None = None  # what was received, when it was noted

    @property
    def differs(self) -> bool:
        """Is the amount kept another one than the law's? The one that was notified wins."""
        return self.computed is not None and self.computed != self.amount

    @property
    def arrears(self) -> Decimal:
        """Due less received (AFIS-6); zero when nothing was received yet."""
        return money.minus(self.amount, self.paid) if self.paid is not None else money.ZERO


class Afis(NamedTuple):
    grant: AfisGrant | None
    reason: str
    months: list[Month]
    amount: afis_law.Amount | None
    children: int
    rules: list[Rule]

    @property
    def received(self) -> Decimal:
        return money.total(month.amount for month in self.months if month.paid_on)

    @property
    def expected(self) -> Decimal:
        """What is due by now and not received."""
        return money.total(month.amount for month in self.months if month.state in ("late", "due"))

    @property
    def late(self) -> list[Month]:
        return [month for month in self.months if month.state == "late"]

    @property
    def told(self) -> list[Month]:
        """The months whose amount is not the law's, or of which a part is still due."""
        return [month for month in self.months if month.differs or month.arrears]

    @property
    def next_due(self) -> Month | None:
        return next((month for month in self.months if month.state in ("late", "due")), None)


class Document(NamedTuple):
    row: Permit
    number: str
    end: date | None
    computed_end: bool
    extension_reason: str
    computed: date | None = None  # the end that the law gives to such a document, beside the printed one


class Residence(NamedTuple):
    documents: list[Document]
    law: residence.Residence | None
    rules: list[Rule]
    alerts: list[str]
    gaps: list[int | None]

    @property
    def needed(self) -> bool:
        return self.law is None or self.law.aps_needed or bool(self.documents)


class Rights(NamedTuple):
    """What one actor may see of a dossier's rights: None for a part that is hidden by the rules of access."""

    pathway: Pathway
    afis: Afis | None
    residence: Residence | None


def rights(dossier: Dossier, actor: Actor) -> Rights:
    """Periods, permits and aid, each only when the matrix opens its compartment to the actor."""
    pathway = clock(dossier)
    aid = afis(dossier, pathway.today) if people.can(actor, dossier, "C8", "read") else None
    stay = None
    if people.can(actor, dossier, "C7", "read"):
        known = people.can(actor, dossier, "C1", "read")
        stay = residence_of(pathway, nationality(dossier) if known else "")
    return Rights(pathway, aid, stay)


def afis(dossier: Dossier, today: date) -> Afis:
    slot = keys.fetch(dossier.pk, "G1")
    grants = list(AfisGrant.objects.filter(dossier=dossier, decided_on__lte=today).order_by("-decided_on", "-id"))
    grant = grants[0] if grants else None
    data = grant.unseal(slot) if grant else {}
    months = [_month(row, slot, today) for row in AfisMonth.objects.filter(dossier=dossier)] if grant else []
    now = next((month for month in months if month.row.month.replace(day=1) == today.replace(day=1)), None)
    shown = now or (months[-1] if months else None)
    amount = afis_law.amount(on=shown.row.month, children=shown.children) if shown else None
    rules = why("AFIS-1")
    if shown is not None:
        rules = reasons.of_aid(
            shown.row.month,
            shown.children,
            ended=bool(grant and grant.ended_on),
            changed=bool(data.get("changes")),
            arrears=any(month.arrears for month in months),
            reading=str(wording.MONTH_RULES[lawful.MONTH_RULE]),
        )
    return Afis(
        grant=grant,
        reason=data.get("end_reason") or data.get("reason", ""),
        months=months,
        amount=amount,
        children=shown.children if shown else 0,
        rules=rules,
    )


def _month(row: AfisMonth, slot: bytes, today: date) -> Month:
    data = row.unseal(slot)
    paid_on = row.paid_on if row.paid_on and row.paid_on <= today else None
    if paid_on:
        late_days = max((paid_on - row.due_on).days, 0)
        # The 5th is a target: a payment of the day after is on time for the eye.
        state = "paid_late" if late_days > 1 else "paid"
    elif row.due_on < today:
        late_days, state = (today - row.due_on).days, "late"
    else:
        late_days, state = 0, "due" if row.month <= today else "coming"
    return Month(
        row,
        Decimal(data["amount"]),
        data["children"],
        paid_on,
        state,
        late_days,
        lawful.amount_of(row.month, data["children"]),
        Decimal(data["paid"]) if paid_on and data.get("paid") else None,
    )


def nationality(dossier: Dossier) -> str:
    """Two capital letters for the law, from the identity (C1). The caller has checked C1."""
    identity = Identity.objects.filter(dossier=dossier).first()
    return countries.iso2(identity.unseal().get("nationality") or "") if identity else ""


def residence_of(pathway: Pathway, country: str) -> Residence:
    """Documents, holes in their cover, next steps (APS-1 to APS-4)."""
    today = pathway.today
    slot = keys.fetch(pathway.dossier.pk, "G1")
    rows = list(Permit.objects.filter(dossier=pathway.dossier))
    rows = [row for row in rows if (row.issued_on or row.requested_on or today) <= today]
    rows.sort(key=lambda row: row.issued_on or row.requested_on or today)
    documents = []
    for row in rows:
        data = row.unseal(slot)
        documents.append(
            Document(
                row,
                data.get("number", ""),
                row.extended_to or row.valid_to,
                bool(data.get("computed_end")),
                data.get("extension_reason", ""),
                lawful.last_day(row.kind, row.issued_on) if row.issued_on and not row.extended_to else None,
            )
        )
    periods = [period for period in pathway.computed.periods if not period.projected]
    first = next((one for one in pathway.decisions if one.kind in OPENING), None)
    law = None
    if first is not None and first.signed_on is not None:
        spans = [Span(period.start, min(period.end, max(today, period.start))) for period in periods]
        spans = [span for span in spans if span.start <= today]
        law = lawful.residence_of(country, first.signed_on, spans, rows)
    return Residence(
        documents=documents,
        law=law,
        rules=reasons.of_stay(law, first.signed_on, rows) if law and first and first.signed_on else [],
        alerts=[wording.RESIDENCE_ALERTS[code] for code in law.alerts] if law else [],
        gaps=permit_gaps(rows),
    )


def permit_gaps(permits: Iterable[Permit]) -> list[int | None]:
    """Days without a permit before each one, by the printed ends; None for the first."""
    gaps: list[int | None] = []
    end: date | None = None
    for permit in sorted((one for one in permits if one.issued_on), key=lambda one: one.issued_on or date.min):
        gaps.append(None if end is None else max((permit.issued_on - end).days - 1, 0))  # type: ignore[operator]
        end = permit.valid_to
    return gaps


def lanes(shown: Rights) -> list[timeline.Lane]:
    """The lanes séjour and AFIS of the clock; the caller adds its own (emploi, hébergement…)."""
    found = []
    if shown.residence is not None:
        bars = [
            timeline.Bar(one.row.issued_on, one.end, wording.short_kind(one.row.kind))
            for one in shown.residence.documents
            if one.row.issued_on and one.end
        ]
        law = shown.residence.law
        holes = [timeline.Bar(hole.start, hole.end, "", "gap") for hole in law.cover_holes] if law else []
        found.append(timeline.Lane(_("Séjour"), [*bars, *holes]))
    if shown.afis is not None and shown.afis.months:
        points = [
            timeline.Point(month.paid_on or month.row.due_on, "", "full" if month.paid_on else "hollow")
            for month in shown.afis.months
        ]
        found.append(timeline.Lane(_("AFIS"), (), points))
    return found


# --- decisions ---------------------------------------------------------------------------------------------------
class Pending(NamedTuple):
    """One request that waits for the préfet: since when, what was advised, what is drafted."""

    application: Application
    opinion: str
    since: date
    days: int
    association: str
    draft: Decision | None
    words: dict[str, Any]
    box: Any = None

    @property
    def missing(self) -> list[str]:
        """What a refusal still lacks."""
        if self.draft is None or self.draft.kind not in ADVERSE:
            return []
        return [name for name in ("reasons_of_law", "reasons_of_fact", "appeal_routes") if not self.words.get(name)]

    @property
    def ready(self) -> bool:
        return self.draft is not None and not self.missing

    @property
    def against(self) -> bool:
        """Does the draft depart from the opinion? Possible, and shown (DEC-1)."""
        if self.draft is None or self.opinion == "none":
            return False
        return (self.draft.kind in ADVERSE) == (self.opinion == "favourable")

    @property
    def hints(self) -> list[str]:
        return wording.hints(self.words.get("reasons_of_fact", "") + " " + self.words.get("reasons_of_law", ""))


def with_box(row: Pending, box: Any) -> Pending:
    """The row with its check box."""
    return row._replace(box=box)


class PrefectHome(NamedTuple):
    pending: list[Pending]
    signed: list[Decision]
    running: int

    @property
    def ready(self) -> list[Pending]:
        return [row for row in self.pending if row.ready]

    @property
    def to_prepare(self) -> int:
        """How many decisions only have to follow a favourable opinion."""
        return sum(row.draft is None and row.opinion == "favourable" for row in self.pending)


def pending(actor: Actor) -> list[Pending]:
    """Requests whose opinion is given and whose decision is not signed, the longest wait first."""
    today = calendar.today()
    drafts = keys.with_key(Decision.objects.all(), "G6", owner="dossier_id")
    rows = (
        commissions.awaiting_decision(actor)
        .select_related("dossier")
        .prefetch_related(Prefetch("decision", queryset=drafts))[:MOST]
    )
    found = []
    for row in rows:
        draft = getattr(row, "decision", None)
        words = draft.unseal(draft.key_G6) if draft is not None else {}
        since = row.opinion_on or today
        found.append(
            Pending(row, row.opinion_outcome or "", since, (today - since).days, row.association or "", draft, words)
        )
    return found


def prefect_home(actor: Actor) -> PrefectHome:
    """Decisions to sign, those signed lately, how many pathways run in the department."""
    today = calendar.today()
    signed = (
        access.decisions_visible_to(actor)
        .filter(signed_on__gte=today - timedelta(days=60), signed_on__lte=today)
        .select_related("dossier")
        .order_by("-signed_on", "id")[:20]
    )
    running = Period.objects.filter(
        journey__dossier__department=actor.department,
        journey__exited_on__isnull=True,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return PrefectHome(pending(actor), list(signed), running.count())


class DecisionPage(NamedTuple):
    """One decision: its words, what it opens, how long it may be challenged."""

    decision: Decision
    words: dict[str, Any]
    opinion: Opinion | None
    period: Period | None
    limits: Any
    appeals: list[Appeal]
    rules: list[Rule]
    period_rules: list[Rule]
    appeal_rules: list[Rule]
    computed_start: date | None
    hints: list[str]

    @property
    def computed_end(self) -> date | None:
        """The end that the rules give to the period, beside the one printed in the order."""
        printed = self.period is not None and self.period.end_reason == "printed"
        return self.period.computed_end_on if self.period is not None and printed else None

    @property
    def filed(self) -> list[tuple[Appeal, date | None]]:
        """Each appeal with the day on which silence rejects it (APP-3), while it waits for an answer."""
        effects = iter(self.limits.appeals if self.limits else ())
        listed = []
        for one in self.appeals:
            effect = next(effects, None) if one.kind != AppealKind.COURT else None
            listed.append((one, effect.implicit_rejection_on if effect and one.answered_on is None else None))
        return listed

    @property
    def language(self) -> str:
        """The language of the notification."""
        return language_name(self.words.get("language", ""))

    @property
    def explained_language(self) -> str:
        return language_name(self.words.get("explained", {}).get("language", ""))


def language_name(code: str) -> str:
    return str(languages.LANGUAGES.get(code, code))


class WouldOpen(NamedTuple):
    """The period that a decision opens if it is signed today: with its printed dates, and by the rules alone."""

    start: date
    end: date
    computed_start: date | None
    computed_end: date | None
    rules: list[Rule]


def would_open(application: Application, draft: Decision | None) -> WouldOpen | None:
    """For the draft of a decision; None when the request cannot open a period (24 months reached, dates at fault)."""
    today = calendar.today()
    kind = DecisionKind.RENEW if application.kind == ApplicationKind.RENEWAL else DecisionKind.AUTHORISE
    before = decisions_of(application.dossier)
    dates = {"effective_on": draft.effective_on, "ends_on": draft.ends_on} if draft and draft.kind == kind else {}
    kept = lawful.opening(kind, today, before, **dates)
    if kept is None:
        return None
    alone = lawful.opening(kind, today, before) if any(dates.values()) else kept
    used = {_("Signature supposée"): html.day(today), **reasons.orders(before)}
    rules = why(*reasons.PERIOD, on=today, inputs=used)
    return WouldOpen(kept.start, kept.end, alone.start if alone else None, kept.computed_end, rules)


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


def _asked_of(kind: str) -> list[str]:
    """What a decision of this kind must come after, and say."""
    first = "G9" if kind == DecisionKind.END_EARLY else "G5"
    return [first, "DEC-2"] if kind in ADVERSE else [first]


def decision_page(decision: Decision) -> DecisionPage:
    slot = keys.fetch(decision.dossier_id, "G6")
    words = decision.unseal(slot)
    appeals = list(decision.appeals.order_by("filed_on", "id"))
    limits = lawful.limits(decision, appeals, bool(words.get("appeal_routes")))
    period = decision.periods.order_by("number").first()
    start = None
    if decision.effective_on and decision.signed_on and decision.kind in OPENING:
        start = lawful.computed_start(decision, decisions_of(decision.dossier))
    opens = period is not None or (decision.kind in OPENING and decision.effective_on is not None)
    return DecisionPage(
        decision=decision,
        words=words,
        opinion=commissions.opinion_of(decision.application) if decision.application else None,
        period=period,
        limits=limits,
        appeals=appeals,
        rules=why("DEC-1", *_asked_of(decision.kind), on=decision.signed_on),
        period_rules=reasons.of_period(decision, start, period.computed_end_on if period else None) if opens else [],
        appeal_rules=reasons.of_limits(decision, limits, appeals) if limits else [],
        computed_start=start,
        hints=wording.hints(words.get("reasons_of_fact", "") + " " + words.get("reasons_of_law", "")),
    )


def decisions_of(dossier: Dossier) -> list[Decision]:
    """The signed decisions of a dossier, the first to be signed first."""
    return list(
        Decision.objects.filter(dossier=dossier, signed_on__isnull=False, signed_on__lte=calendar.today()).order_by(
            "signed_on", "id"
        )
    )


def transfers_of(dossier: Dossier) -> list[Transfer]:
    day = calendar.today()
    rows = Transfer.objects.filter(dossier=dossier, on__lte=day)
    return list(rows.annotate(to_label=name_subquery(OuterRef("to_organisation_id"), day)).order_by("on"))


# --- the residence desk --------------------------------------------------------------------------------------------
class Stay(NamedTuple):
    """One dossier of the residence desk."""

    dossier: Dossier
    decision: Decision | None
    period: CurrentPeriod | None
    permit: Permit | None
    opened: bool
    writable: bool
    days: int

    @property
    def end(self) -> date | None:
        return (self.permit.extended_to or self.permit.valid_to) if self.permit else None

    @property
    def to_do(self) -> bool:
        """No document yet, or one that ends before the period."""
        return self.end is None or (self.period is not None and self.end < self.period.ends_on)


def residence_home(actor: Actor) -> list[Stay]:
    """Decisions to execute and permits that end, for dossiers shared with the préfecture only: four queries."""
    today = calendar.today()
    last = Decision.objects.filter(dossier=OuterRef("pk"), kind__in=OPENING, signed_on__lte=today).order_by(
        "-signed_on"
    )
    dossiers = list(
        people.dossiers_visible_to(actor)
        .annotate(decision_id=Subquery(last.values("pk")[:1]))
        .order_by("number")[:MOST]
    )
    decisions = Decision.objects.in_bulk([row.decision_id for row in dossiers if row.decision_id])
    periods = current_periods([row.pk for row in dossiers], today)
    permits: dict[str, Permit] = {}
    for row in Permit.objects.filter(dossier__in=dossiers, issued_on__lte=today).order_by("issued_on"):
        permits[row.dossier_id] = row
    found = []
    for dossier in dossiers:
        decision = decisions.get(dossier.decision_id or "")
        opened = people.can(actor, dossier, "C7", "read")
        found.append(
            Stay(
                dossier,
                decision,
                periods.get(dossier.pk),
                permits.get(dossier.pk) if opened else None,
                opened,
                people.can(actor, dossier, "C7", "comment"),
                (today - decision.signed_on).days if decision and decision.signed_on else 0,
            )
        )
    return sorted(found, key=lambda row: (not row.to_do, row.end or date.min, row.dossier.number))


# --- for reporting -------------------------------------------------------------------------------------------------
def decisions(scope: Q | None = None) -> QuerySet[Decision]:
    """Signed decisions with the day of their request and of their opinion: kinds and dates are in clear."""
    opinion = Opinion.objects.filter(item__application=OuterRef("application")).order_by("-given_on")
    rows = Decision.objects.filter(signed_on__isnull=False, signed_on__lte=calendar.today()).annotate(
        opinion_on=Subquery(opinion.values("given_on")[:1]), opinion_outcome=Subquery(opinion.values("outcome")[:1])
    )
    return rows.filter(scope) if scope is not None else rows


def outcomes(scope: Q | None = None) -> QuerySet[Journey]:
    """Pathways ended by today, with the code of their outcome."""
    rows = Journey.objects.filter(exited_on__isnull=False, exited_on__lte=calendar.today())
    return rows.filter(scope) if scope is not None else rows


def waiting_notification(department: str) -> QuerySet[Decision]:
    return Decision.objects.filter(department=department, state=DecisionState.SIGNED)


def permit_kinds() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in PermitKind]


# --- words and small facts for the pages -----------------------------------------------------------------------------
def called(dossier: Dossier, actor: Actor) -> str:
    """The alias for who accompanies her, the number for everybody else."""
    if actor.role == "REF" and people.can(actor, dossier, "C1", "read"):
        identity = Identity.objects.filter(dossier=dossier).first()
        return (identity.unseal().get("alias") if identity else "") or dossier.number
    return dossier.number


def opinion_given(application: Application) -> Opinion | None:
    return commissions.opinion_of(application)


def last_opening(dossier: Dossier) -> Decision | None:
    rows = Decision.objects.filter(dossier=dossier, kind__in=OPENING, signed_on__isnull=False)
    return rows.order_by("-signed_on", "-id").first()


def afis_to_decide(actor: Actor, decision: Decision) -> bool:
    """Does this decision open an aid on which the préfet has not decided yet?"""
    if decision.kind not in OPENING or decision.signed_on is None or not access.may_act(actor, decision.dossier):
        return False
    return not AfisGrant.objects.filter(dossier=decision.dossier_id, state=AfisState.GRANTED).exists()


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


def chips(shown: Afis) -> list[Any]:
    """The months of AFIS as a row of chips."""
    found = []
    for month in shown.months:
        label = html.short_month(month.row.month)
        state, tone, detail = wording.month_words(month.state, month.paid_on, month.row.due_on, month.late_days)
        found.append(html.Chip(label, state, tone, detail))
    return found


class Place(NamedTuple):
    """Where a dossier may be transferred: an association approved in a department."""

    key: str
    organisation: Organisation
    department: str
    label: str


def places(dossier: Dossier) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for row in directory.approved_on(calendar.today()):
        if row.organisation_id == dossier.organisation_id and row.department == dossier.department:
            continue
        label = f"{row.department} · {row.label}"  # type: ignore[attr-defined]
        found[row.pk] = Place(row.pk, row.organisation, row.department, label)
    return found


# --- when an association is no longer approved ------------------------------------------------------------------
class Orphan(NamedTuple):
    """A running pathway whose association is not, or soon not, approved any more: by its number."""

    dossier: Dossier
    ends_on: date | None
    moves: bool


class Successors(NamedTuple):
    """The pathways of an association in a department that need another one, and those that may take over.

    ``until``: the last day on which the association is approved there; None when it is not any more.
    """

    until: date | None
    pathways: list[Orphan]
    others: list[str]


def successors(actor: Actor, accreditation: Accreditation) -> Successors:
    """What the end of an accreditation leaves behind: four queries. ``access`` of the directory gave the row."""
    today = calendar.today()
    organisation, department = accreditation.organisation_id, accreditation.department
    here = people.dossiers_visible_to(actor).filter(organisation=organisation, department=department)
    rows = here.filter(stage=Stage.PATHWAY, journey__exited_on=None).select_related("journey").order_by("number")
    shown = [
        Orphan(row, row.journey.ends_on if hasattr(row, "journey") else None, people.can(actor, row, "C16", "edit"))
        for row in rows[:MOST]
        if people.can(actor, row, "C14", "exist")
    ]
    approved = directory.approved_on(today, department)
    others = sorted({row.label for row in approved if row.organisation_id != organisation})  # type: ignore[attr-defined]
    return Successors(directory.cover(organisation, department, today), shown, others)
