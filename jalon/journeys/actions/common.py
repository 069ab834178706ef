"""What the verbs share: keys, refusals at a field, the pathway recomputed from its orders."""

from django.utils.translation import gettext as _

from jalon.access import Actor, Hidden
from jalon.journeys import lawful
from jalon.journeys.models import Decision, Journey, Period
from jalon.journeys.states import DecisionKind
from jalon.law.errors import LawError
from jalon.law.journey import Journey as Computed
from jalon.law.landmarks import LANDMARKS, RENEWALS, landmarks
from jalon.notices import actions as notices
from jalon.notices.kinds import OF_PERIOD, RENEWAL
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field
from jalon.vault import keys


def state_key(owner: str) -> bytes:
    """The key of the State's side (G6) of a dossier, made at its first writing."""
    return keys.ensure(owner, "G6")["G6"]


def with_facts(actor: Actor, dossier: Dossier) -> Dossier:
    """The dossier as the actor's scope gives it, with the facts that the matrix needs; Hidden outside the scope."""
    if hasattr(dossier, "assignment_kind"):
        return dossier
    found = people_access.seen(actor, dossier.pk)
    if found is None:
        raise Hidden
    return found


def held(actor: Actor, dossier: Dossier) -> Dossier:
    """The dossier locked until the end of the act, as it is now: what ends or moves a pathway is done once."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    found = people_access.seen(actor, dossier.pk)
    if found is None:
        raise Hidden
    return found


def signed_decisions(dossier: Dossier) -> list[Decision]:
    return list(
        Decision.objects.filter(dossier=dossier, signed_on__isnull=False).order_by("signed_on", "drafted_on", "id")
    )


def lawful_journey(decisions: list[Decision]) -> Computed:
    """The pathway that these orders make, or the refusal at the date that is at fault."""
    try:
        return lawful.compute(decisions)
    except LawError as error:
        field = "ends_on" if error.code == "end_before_start" else "effective_on"
        raise at_field(field, _refusal(error)) from error


def _refusal(error: LawError) -> str:
    if error.code == "overlapping_orders":
        return _("La période commencerait avant la fin de la précédente : choisissez une date d'effet postérieure.")
    if error.code == "end_before_start":
        return _("La fin ne peut pas précéder le début de la période.")
    if error.code == "inconsistent_values":
        return _("Aucune période en cours ne correspond à cette décision.")
    return error.message_fr


def materialise(dossier: Dossier, *, actor: Actor) -> Journey | None:
    """Write the pathway and its periods as the law computes them from all the orders, and plan its deadlines.

    The caller journals the act. Rows of periods keep their id as long as their number exists.
    """
    decisions = signed_decisions(dossier)
    computed = lawful_journey(decisions)
    journey = Journey.objects.select_for_update().filter(dossier=dossier).first()
    if not computed.periods or computed.cap.end is None:
        return journey
    last = computed.periods[-1]
    journey = journey or Journey(dossier=dossier)
    journey.starts_on, journey.ends_on, journey.cap_on = computed.periods[0].start, last.end, computed.cap.end
    journey.save()
    rows = {row.number: row for row in journey.periods.all()}
    before = None
    for one in computed.periods:
        row = rows.pop(one.n, None) or Period(journey=journey, number=one.n)
        row.decision = lawful.decision_of(one, before, decisions)
        row.starts_on, row.ends_on = one.start, one.end
        row.computed_end_on, row.end_reason = one.computed_end, one.end_reason
        row.save()
        before = one.end
    Period.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    if journey.exited_on is None:  # nothing falls due on a path that has ended
        refused = lawful.in_force(decisions)[-1].kind == DecisionKind.REFUSE_RENEWAL
        _plan(dossier, computed, [str(number) for number in rows], refused, actor)
    return journey


def plan_notification(actor: Actor, decision: Decision) -> None:
    """A signed decision waits for its notification where it was taken: a transfer leaves it on that list."""
    notices.plan(
        decision.dossier,
        "notification",
        decision.signed_on,  # type: ignore[arg-type]
        rule="DEC-2",
        key=decision.id,
        department=decision.department,
        actor=actor,
    )
    people.refresh_next_due(decision.dossier)


def _plan(dossier: Dossier, computed: Computed, dropped: list[str], refused: bool, actor: Actor) -> None:
    """The deadlines of the last period (REN-1); the former ones are over, the dropped ones will not come.

    No renewal is expected beyond the cap, after an early end or after a refusal to renew.
    """
    last = computed.periods[-1]
    key, ended_early = str(last.n), last.end_reason == "early_end"
    if former := [str(one.n) for one in computed.periods[:-1]]:
        notices.complete(dossier, *OF_PERIOD, key=former, actor=actor)
    if dropped:
        notices.cancel(dossier, *OF_PERIOD, key=dropped, actor=actor)
    if computed.next_application.allowed and not ended_early and not refused:
        notices.plan_renewal(dossier, last.end, key=key, actor=actor)
    else:
        rule = "DUR-6" if ended_early else "DUR-2" if refused else "DUR-4"
        notices.cancel(dossier, *RENEWAL, key=key, actor=actor)
        notices.plan(dossier, "period_end", last.end, rule=rule, key=key, actor=actor)
    if ended_early:
        notices.cancel(dossier, "journey_cap", *LANDMARKS, actor=actor)
    elif computed.cap.end:
        days = landmarks(computed.periods[0].start, computed.cap.end)
        dues = [notices.Due(kind, on, rule="SUIVI-24") for kind, on in days.items()]
        notices.plan_many(dossier, [notices.Due("journey_cap", computed.cap.end, rule="DUR-4"), *dues], actor=actor)
        if renewed := RENEWALS[: last.n - 1]:
            notices.complete(dossier, *renewed, actor=actor)
    people.refresh_next_due(dossier)
