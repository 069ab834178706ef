"""The aid month by month: due, received, late."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from jalon.access import Actor
from jalon.config import clock as calendar
from jalon.journeys import access, lawful, reasons, wording
from jalon.journeys.models import AfisGrant, AfisMonth, Decision
from jalon.journeys.states import OPENING, AfisState
from jalon.law import afis as afis_law
from jalon.law import appeal as appeal_law
from jalon.law import money
from jalon.law.territories import scale_of
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.html import Rule
from jalon.ui.rules import why
from jalon.vault import keys


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
    printed: Decimal | None = None  # a month, as the order prints it
    computed: Decimal | None = None  # what the scale gave that day, for the same children
    limits: appeal_law.Appeal | None = None  # how long a refusal may be challenged
    limit_rules: Sequence[Rule] = ()

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


def afis(dossier: Dossier, today: date) -> Afis:
    slot = keys.fetch(dossier.pk, "G1")
    grants = list(AfisGrant.objects.filter(dossier=dossier, decided_on__lte=today).order_by("-decided_on", "-id"))
    grant = grants[0] if grants else None
    data = grant.unseal(slot) if grant else {}
    months = (
        [_month(row, slot, today, dossier.department) for row in AfisMonth.objects.filter(dossier=dossier)]
        if grant
        else []
    )
    now = next((month for month in months if month.row.month.replace(day=1) == today.replace(day=1)), None)
    shown = now or (months[-1] if months else None)
    amount = afis_law.amount(shown.row.month, shown.children, scale_of(dossier.department)) if shown else None
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
    refused = grant is not None and grant.state == AfisState.REFUSED
    limits = (
        lawful.aid_limits(grant, bool(data.get("appeal_routes")), dossier.department) if grant and refused else None
    )
    return Afis(
        grant=grant,
        reason=data.get("end_reason") or data.get("reason", ""),
        months=months,
        amount=amount,
        children=shown.children if shown else 0,
        rules=rules,
        printed=Decimal(data["printed"]) if data.get("printed") else None,
        computed=lawful.amount_of(grant.decided_on, data["children"], dossier.department) if grant else None,
        limits=limits,
        limit_rules=reasons.of_aid_refusal(grant, limits, dossier.department) if grant and limits else (),
    )


def _month(row: AfisMonth, slot: bytes, today: date, department: str) -> Month:
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
        lawful.amount_of(row.month, data["children"], department),
        Decimal(data["paid"]) if paid_on and data.get("paid") else None,
    )


def late_months(dossiers: Iterable[Dossier | str], today: date | None = None) -> dict[str, list[date]]:
    """Months of AFIS due before today and not paid by then, by dossier: one query, no content opened."""
    day = today or calendar.today()
    ids = [one if isinstance(one, str) else one.pk for one in dossiers]
    rows = AfisMonth.objects.filter(Q(paid_on__isnull=True) | Q(paid_on__gt=day), dossier__in=ids, due_on__lt=day)
    found: dict[str, list[date]] = {}
    for dossier_id, month in rows.order_by("month").values_list("dossier_id", "month"):
        found.setdefault(dossier_id, []).append(month)
    return found


def chips(shown: Afis) -> list[Any]:
    """The months of AFIS as a row of chips."""
    found = []
    for month in shown.months:
        label = html.short_month(month.row.month)
        state, tone, detail = wording.month_words(month.state, month.paid_on, month.row.due_on, month.late_days)
        found.append(html.Chip(label, state, tone, detail))
    return found


def afis_to_decide(actor: Actor, decision: Decision) -> bool:
    """Does this decision open an aid on which the préfet has not decided yet?"""
    if decision.kind not in OPENING or decision.signed_on is None or not access.may_act(actor, decision.dossier):
        return False
    return not AfisGrant.objects.filter(dossier=decision.dossier_id, state=AfisState.GRANTED).exists()


def afis_to_notify(decision: Decision) -> AfisGrant | None:
    """The decision on the aid that this order led to, while nobody has told her of it."""
    if decision.kind not in OPENING or decision.signed_on is None:
        return None
    rows = AfisGrant.objects.filter(dossier=decision.dossier_id, notified_on=None, decided_on__lte=calendar.today())
    return rows.exclude(state=AfisState.ENDED).order_by("-decided_on", "-id").first()
