"""AFIS: the préfet's decision, the months that follow, what was paid and what was not."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.journeys import access, lawful
from jalon.journeys.models import AfisGrant, AfisMonth, Period
from jalon.journeys.states import AfisState, PayerEvent
from jalon.law.errors import LawError
from jalon.law.periods import Span
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.ui.errors import at_field
from jalon.vault import keys

from .common import with_facts
from .payer import tell
from .reports import plan_report

MOST_CHILDREN = 20
MOST_TIMES = 3  # the scale: an amount written beyond it is a slip of the pen


class Months(NamedTuple):
    """The months that an act wrote, and those that it dropped: both are told in the trail."""

    written: Sequence[Any] = ()
    dropped: Sequence[AfisMonth] = ()
    stops_on: date | None = None


@transaction.atomic
def decide_afis(
    actor: Actor,
    dossier: Dossier,
    *,
    granted: bool,
    children: int = 0,
    amount: Decimal | None = None,
    reason: str = "",
    appeal_routes: str = "",
) -> AfisGrant:
    """Grant or refuse the aid, for the period of the authorisation (AFIS-3); later periods extend it by themselves.

    ``amount``: euros a month, when the order prints it; it wins over the scale for the months of that scale.
    """
    Dossier.objects.select_for_update().get(pk=dossier.pk)  # one signature at a time
    access.require_act(actor, dossier)
    today = clock.today()
    if not 0 <= children <= MOST_CHILDREN:
        raise at_field("children", _("Écrivez le nombre d'enfants à charge en France."))
    scale = lawful.amount_of(today, children, dossier.department)
    if amount is not None and scale is not None and amount > MOST_TIMES * scale:
        raise at_field("amount", _("Ce montant dépasse trois fois le barème : vérifiez les chiffres."))
    if AfisGrant.objects.filter(dossier=dossier, state=AfisState.GRANTED).exists():
        raise Refused(_("L'aide est déjà accordée pour ce parcours."))
    if not granted and not reason.strip():
        raise at_field("reason", _("Écrivez le motif : un refus sans motif ne peut pas être enregistré."))
    periods = list(Period.objects.filter(journey__dossier=dossier, ends_on__gte=today).order_by("number"))
    grant = AfisGrant(
        dossier=dossier,
        state=AfisState.GRANTED if granted else AfisState.REFUSED,
        decided_on=today,
        starts_on=periods[0].starts_on if granted else None,
        ends_on=periods[-1].ends_on if granted else None,
    )
    words = {"children": children, "changes": [], "reason": reason.strip(), "appeal_routes": appeal_routes.strip()}
    grant.seal({**words, "printed": str(amount) if granted and amount is not None else ""})
    grant.save(force_insert=True)
    months = _sync(grant) if granted else Months()
    told = [tell(grant, PayerEvent.GRANTED, months.written)] if granted else []
    close_silence(actor, dossier)
    sealed = [grant, *months.written, *told]
    _trace(actor, "decide_afis", dossier, "C14", ["stepup", "window"], sealed, months.dropped)
    return grant


@transaction.atomic
def notify_afis(actor: Actor, grant: AfisGrant) -> AfisGrant:
    """The secretariat told her of the decision on the aid today: a refusal may be challenged from that day (APP-1)."""
    row = AfisGrant.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=grant.pk)
    access.require_notice(actor, row.dossier)
    if row.notified_on is not None:
        raise Refused(_("Cette décision est déjà notifiée."))
    row.notified_on = clock.today()
    row.save()
    limits = lawful.aid_limits(row, bool(row.unseal().get("appeal_routes")), row.dossier.department)
    on = limits and (limits.court_limit or limits.outer_limit)
    if row.state == AfisState.REFUSED and on:
        notices.plan(row.dossier, "appeal", on, rule="APP-1", key=row.pk, actor=actor)
        people_actions.refresh_next_due(row.dossier)
    _trace(actor, "notify_afis", row.dossier, "C14", ["stepup"], [row])
    return row


@transaction.atomic
def change_children(actor: Actor, dossier: Dossier, *, on: date, children: int) -> AfisGrant:
    """Another number of dependent children: it counts from the month after (AFIS-5); the payer confirms."""
    dossier = with_facts(actor, dossier)
    people.require(actor, dossier, "C8", "edit")
    people.require_lead(actor, dossier)
    if not 0 <= children <= MOST_CHILDREN:
        raise at_field("children", _("Écrivez le nombre d'enfants à charge en France."))
    grant = _running(dossier)
    data = grant.unseal()
    change = {"on": on.isoformat(), "children": children}
    if data.get("changes", [])[-1:] == [change]:  # the same form sent twice
        return grant
    data["changes"] = [*data.get("changes", []), change]
    grant.seal(data)
    grant.save()
    months = _sync(grant)
    told = tell(grant, PayerEvent.CHILDREN, months.written, on=on, children=children)
    plan_report(dossier, f"children:{len(data['changes'])}", actor=actor)
    _trace(actor, "change_children", dossier, "C8", ["agreement"], [grant, *months.written, told], months.dropped)
    return grant


@transaction.atomic
def end_afis(actor: Actor, dossier: Dossier, *, ended_on: date, reason: str) -> AfisGrant:
    """The aid stops from the month after the decision (AFIS-4): the préfet's act, or its record by the referent."""
    if actor.role == Role.PRE:
        access.require_act(actor, dossier)
    else:
        dossier = with_facts(actor, dossier)
        people.require(actor, dossier, "C8", "edit")
        people.require_lead(actor, dossier)
    if not reason.strip():
        raise at_field("reason", _("Écrivez le motif de la fin."))
    grant = _running(dossier)
    if grant.starts_on and ended_on < grant.starts_on:
        raise at_field("ended_on", _("La fin ne peut pas précéder le début de l'aide."))
    months = stop(actor, grant, ended_on, reason)
    _trace(actor, "end_afis", dossier, "C8", (), [grant, *months.written], months.dropped)
    return grant


def stop(actor: Actor, grant: AfisGrant, ended_on: date, reason: str) -> Months:
    """Shared with the exit from the pathway; the caller journals."""
    grant.state = AfisState.ENDED
    grant.ended_on = ended_on
    grant.seal({**grant.unseal(), "end_reason": reason.strip()})
    grant.save()
    months = _sync(grant)
    _plan_stop(actor, grant, months)
    return months._replace(written=[*months.written, tell(grant, PayerEvent.ENDED, (), on=ended_on)])


def _plan_stop(actor: Actor, grant: AfisGrant, months: Months) -> None:
    """The first day of the month in which nothing is paid any more (AFIS-4): she must know it before."""
    if months.stops_on is not None:
        notices.plan(grant.dossier, "afis_stop", months.stops_on, rule="AFIS-4", key=grant.pk, actor=actor)
        people_actions.refresh_next_due(grant.dossier)


@transaction.atomic
def record_payment(actor: Actor, afis_month: AfisMonth, *, paid_on: date) -> AfisMonth:
    """The month was received on this day."""
    row = _locked_month(actor, afis_month)
    if row.paid_on is not None:
        raise Refused(_("Ce versement est déjà marqué comme reçu."))
    if paid_on > clock.today():
        raise at_field("paid_on", _("Un versement reçu ne peut pas être à venir."))
    if paid_on < row.month:
        raise at_field("paid_on", _("Un versement ne peut pas précéder le mois qu'il paie."))
    row.paid_on = paid_on
    data = row.unseal()
    row.seal({**data, "paid": data["amount"]})
    row.save()
    _trace(actor, "record_payment", row.dossier, "C8", ["agreement"], [row])
    return row


@transaction.atomic
def cancel_payment(actor: Actor, afis_month: AfisMonth, *, reason: str) -> AfisMonth:
    """Marked by mistake: the month is expected again. The reason stays in the sealed record."""
    row = _locked_month(actor, afis_month)
    if row.paid_on is None:
        raise Refused(_("Ce versement n'est pas marqué comme reçu."))
    if not reason.strip():
        raise at_field("reason", _("Écrivez pourquoi."))
    data = row.unseal()
    data.pop("paid", None)
    undone = {"paid_on": row.paid_on.isoformat(), "reason": reason.strip()}
    row.paid_on = None
    row.seal({**data, "undone": [*data.get("undone", []), undone]})
    row.save()
    _trace(actor, "cancel_payment", row.dossier, "C8", ["agreement"], [row])
    return row


@transaction.atomic
def follow_periods(actor: Actor, dossier: Dossier) -> None:
    """A renewal extends a running aid to the new period, an early end shortens it (AFIS-3)."""
    grant = AfisGrant.objects.select_for_update().filter(dossier=dossier, state=AfisState.GRANTED).first()
    last = Period.objects.filter(journey__dossier=dossier).order_by("-number").first()
    if grant is None or last is None:
        return
    # An order corrected at its first day moves that of the aid with it.
    first = Period.objects.filter(journey__dossier=dossier, ends_on__gte=grant.starts_on).order_by("number").first()
    starts_on = first.starts_on if first else grant.starts_on
    if (grant.starts_on, grant.ends_on) == (starts_on, last.ends_on):
        return
    grant.starts_on, grant.ends_on = starts_on, last.ends_on
    grant.save()
    months = _sync(grant)
    if last.end_reason == "early_end":
        _plan_stop(actor, grant, months)
    told = tell(grant, PayerEvent.EXTENDED, months.written)
    _trace(actor, "follow_periods", dossier, "C8", (), [*months.written, told], months.dropped)


def close_silence(actor: Actor, dossier: Dossier) -> None:
    """The aid was answered, by its own decision, by the refusal of the pathway or by a renewal that extends it."""
    asked = list(Application.objects.filter(dossier=dossier).values_list("pk", flat=True))
    notices.complete(dossier, "afis_silence", actor=actor)
    notices.complete(dossier, "reasons_answer", key=asked, actor=actor)
    notices.cancel(dossier, "silence_appeal", key=asked, actor=actor)


def running_grant(dossier: Dossier) -> AfisGrant | None:
    return AfisGrant.objects.select_for_update().filter(dossier=dossier, state=AfisState.GRANTED).first()


def _running(dossier: Dossier) -> AfisGrant:
    grant = running_grant(dossier)
    if grant is None:
        raise Refused(_("Aucune aide n'est accordée en ce moment."))
    return grant


def _locked_month(actor: Actor, afis_month: AfisMonth) -> AfisMonth:
    row = AfisMonth.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=afis_month.pk)
    row.dossier = with_facts(actor, row.dossier)
    people.require(actor, row.dossier, "C8", "edit")
    return row


def _sync(grant: AfisGrant) -> Months:
    """Make, change or drop the months of a grant by the law's schedule. What was paid is never touched."""
    data = grant.unseal()
    periods = Period.objects.filter(journey__dossier=grant.dossier_id).order_by("number")
    spans = [Span(period.starts_on, period.ends_on) for period in periods]
    kept = lawful.clipped(spans, grant.starts_on, grant.ends_on)  # type: ignore[arg-type]
    due, stops_on = {}, None
    if kept:
        try:
            schedule = lawful.schedule(
                kept,
                department=grant.dossier.department,
                children=data["children"],
                changes=data.get("changes", []),
                ended_on=grant.ended_on,
            )
        except LawError as error:
            raise at_field("children", error.message_fr) from error
        due, stops_on = {one.month.first: one for one in schedule.months}, schedule.stops_on
    slot = keys.ensure(grant.dossier_id, "G1")["G1"]
    # The printed amount stands for the scale of the day it was decided: another scale, other children, the law again.
    printed = data.get("printed", "")
    scale = lawful.amount_of(grant.decided_on, data["children"], grant.dossier.department)
    rows = {row.month: row for row in AfisMonth.objects.filter(dossier=grant.dossier_id)}
    changed = []
    for month, one in due.items():
        row = rows.get(month)
        amount = printed if printed and one.amount == scale else str(one.amount)
        wanted = {"amount": amount, "children": one.children, "grant": grant.id}
        if row is None:
            row = AfisMonth(dossier_id=grant.dossier_id, month=month, due_on=lawful.due_on(month))
        known: dict[str, Any] = row.unseal(slot) if row.revision else {}
        if {**known, **wanted} != known:
            row.seal({**known, **wanted}, slot)
            row.save()
            changed.append(row)
    dropped = [
        row
        for month, row in rows.items()
        if month not in due and row.paid_on is None and row.unseal(slot).get("grant") == grant.id
    ]
    AfisMonth.objects.filter(pk__in=[row.pk for row in dropped]).delete()
    return Months(changed, dropped, stops_on)


def amount_of(row: AfisMonth, wrapped: bytes | None = None) -> Decimal:
    return Decimal(row.unseal(wrapped)["amount"])


def _trace(
    actor: Actor,
    verb: str,
    dossier: Dossier,
    compartment: str,
    conditions: list[str] | tuple[str, ...],
    sealed: Sequence[Any],
    gone: Sequence[Any] = (),
) -> None:
    relation = "same_dept" if actor.role in access.STATE_SIDE else people.facts(actor, dossier).relation
    journal.record(
        actor,
        verb,
        dossier,
        compartment=compartment,
        relation=relation,
        conditions=conditions,
        sealed=sealed,
        gone=gone,
    )
