"""Decisions: those that wait, one with its words, what it would open."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.commissions import reads as commissions
from jalon.commissions.models import Opinion
from jalon.config import clock as calendar
from jalon.dossiers.models import Application
from jalon.dossiers.states import Kind as ApplicationKind
from jalon.journeys import access, lawful, reasons, wording
from jalon.journeys.actions.decisions import against
from jalon.journeys.grounds import Ground, chosen
from jalon.journeys.models import Appeal, Decision, Period
from jalon.journeys.states import ADVERSE, OPENING, AppealKind, DecisionKind, DecisionState, Misprint
from jalon.people import languages
from jalon.people.models import Dossier
from jalon.ui import html, paging
from jalon.ui.html import Rule
from jalon.ui.rules import why
from jalon.vault import keys

from .pathway import decisions_of


class Pending(NamedTuple):
    """One request that waits for the préfet: since when, what was advised, what is drafted."""

    application: Application
    opinion: str
    since: date
    days: int
    association: str
    draft: Decision | None
    words: dict[str, Any]
    meeting: str = ""
    box: Any = None
    changed: bool = False

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
        return self.draft is not None and against(self.draft.kind, self.opinion)

    @property
    def hints(self) -> list[str]:
        coded = self.draft.grounds.split() if self.draft else ()
        return wording.hints(self.words.get("reasons_of_fact", "") + " " + self.words.get("reasons_of_law", ""), coded)


def with_box(row: Pending, box: Any, changed: bool = False) -> Pending:
    """The row with its check box, and whether the draft changed since it was ticked."""
    return row._replace(box=box, changed=changed)


class PrefectHome(NamedTuple):
    """``to_hand_over``: letters that wait to be notified; ``to_prepare``: decisions that only have to follow a
    favourable opinion; ``sessions``: those whose points wait (id, day, how many).
    """

    pending: Page
    signed: Page
    running: int
    to_hand_over: int
    sessions: list[tuple[str, date, int]]
    to_prepare: int

    @property
    def ready(self) -> list[Pending]:
        """Those of this page that may be signed."""
        return [row for row in self.pending if row.ready]


def awaiting(actor: Actor, meeting: str = "") -> QuerySet[Application]:
    """Requests whose opinion is given and whose decision is not signed, of one meeting or all; longest wait first."""
    given = Opinion.objects.filter(item__application=OuterRef("pk")).order_by("-given_on", "-pk")
    drafts = keys.with_key(Decision.objects.all(), "G6", owner="dossier_id")
    return (
        commissions.awaiting_decision(actor)
        .annotate(opined_at=Subquery(given.values("item__meeting")[:1]))
        .filter(Q(opined_at=meeting) if meeting else Q())
        .select_related("dossier")
        .prefetch_related(Prefetch("decision", queryset=drafts))
    )


def _pending(row: Any) -> Pending:
    draft = getattr(row, "decision", None)
    words = draft.unseal(draft.key_G6) if draft is not None else {}
    since = row.opinion_on or calendar.today()
    days = (calendar.today() - since).days
    return Pending(
        row, row.opinion_outcome or "", since, days, row.association or "", draft, words, row.opined_at or ""
    )


def pending(actor: Actor, meeting: str = "", number: int = 1) -> Page:
    """A page of ``awaiting``: the drafts of the others stay sealed."""
    return paging.page(awaiting(actor, meeting), number, _pending)


def answered(actor: Actor, meeting: str, sent: Collection[str]) -> list[Pending]:
    """The requests of a meeting that the page sent answers for."""
    return [_pending(row) for row in awaiting(actor, meeting).filter(pk__in=sent)]


def chosen_of(actor: Actor, drafts: Collection[str]) -> list[Pending]:
    """The requests whose drafts were chosen on the page, wherever its pages stand now."""
    return [_pending(row) for row in awaiting(actor).filter(decision__in=drafts)]


def to_follow(actor: Actor) -> list[Application]:
    """The requests whose decision only has to follow a favourable opinion, and is not drafted."""
    return list(awaiting(actor).filter(decision=None, opinion_outcome="favourable"))


def _sessions(points: Iterable[tuple[str | None, date | None, str, str | None]]) -> list[tuple[str, date, int]]:
    days: dict[str, date] = {}
    count: Counter[str] = Counter()
    for meeting, on, *_rest in points:
        if meeting:
            days[meeting] = on or calendar.today()
            count[meeting] += 1
    return [(meeting, on, count[meeting]) for meeting, on in days.items()]


def prefect_home(actor: Actor, number: int = 1, at_signed: int = 1) -> PrefectHome:
    """Decisions to sign, those signed lately or not notified yet, how many pathways run in the department."""
    today = calendar.today()
    signed = (
        access.decisions_visible_to(actor)
        .filter(Q(signed_on__gte=today - timedelta(days=60)) | Q(state=DecisionState.SIGNED), signed_on__lte=today)
        .select_related("dossier")
        .order_by("-signed_on", "dossier__number", "pk")
    )
    running = Period.objects.filter(
        journey__dossier__department=actor.department,
        journey__exited_on__isnull=True,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    points = list(awaiting(actor).values_list("opined_at", "opinion_on", "opinion_outcome", "decision"))
    return PrefectHome(
        pending=pending(actor, number=number),
        signed=paging.page(signed, at_signed),
        running=running.count(),
        to_hand_over=signed.filter(state=DecisionState.SIGNED).count(),
        sessions=_sessions(points),
        to_prepare=sum(outcome == "favourable" and draft is None for *_where, outcome, draft in points),
    )


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
    corrections: list[Decision]  # the signed orders that correct this one, the last one first

    @property
    def grounds(self) -> list[Ground]:
        """The coded grounds of a refusal."""
        return chosen(self.decision.grounds)

    @property
    def misprint(self) -> str:
        """What a rectification corrects, in words."""
        return str(Misprint(self.words["misprint"]).label) if self.words.get("misprint") else ""

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


def _asked_of(kind: str) -> list[str]:
    """What a decision of this kind must come after, and say."""
    if kind == DecisionKind.CORRECT:
        return ["DUR-2", "DUR-3"]
    first = "G9" if kind == DecisionKind.END_EARLY else "G5"
    return ["DEC-1", first, "DEC-2"] if kind in ADVERSE else ["DEC-1", first]


def decision_page(decision: Decision) -> DecisionPage:
    slot = keys.fetch(decision.dossier_id, "G6")
    words = decision.unseal(slot)
    appeals = list(decision.appeals.order_by("filed_on", "id"))
    limits = lawful.limits(decision, appeals, bool(words.get("appeal_routes")))
    period = decision.periods.order_by("number").first()
    start, signed = None, decisions_of(decision.dossier) if decision.signed_on else []
    if decision.effective_on and decision.signed_on and decision.kind in OPENING:
        start = lawful.computed_start(decision, signed)
    opens = period is not None or (decision.kind in OPENING and decision.effective_on is not None)
    return DecisionPage(
        decision=decision,
        words=words,
        opinion=commissions.opinion_of(decision.application) if decision.application else None,
        period=period,
        limits=limits,
        appeals=appeals,
        rules=why(*_asked_of(decision.kind), on=decision.signed_on),
        period_rules=reasons.of_period(decision, start, period.computed_end_on if period else None) if opens else [],
        appeal_rules=reasons.of_limits(decision, limits, appeals) if limits else [],
        computed_start=start,
        hints=wording.hints(
            words.get("reasons_of_fact", "") + " " + words.get("reasons_of_law", ""), decision.grounds.split()
        ),
        corrections=[one for one in reversed(signed) if one.corrects_id == decision.pk],
    )


def opinion_given(application: Application) -> Opinion | None:
    return commissions.opinion_of(application)


def last_opening(dossier: Dossier) -> Decision | None:
    rows = Decision.objects.filter(dossier=dossier, kind__in=OPENING, signed_on__isnull=False)
    return rows.order_by("-signed_on", "-id").first()
