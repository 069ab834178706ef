"""The end of a period before its term: the person is heard first, unless she asks for it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.directory.lawful import LEAST_DAYS
from jalon.journeys import access
from jalon.journeys.models import Decision, Hearing, Period
from jalon.journeys.states import HEARING, DecisionKind, HearingState
from jalon.notices import actions as notices
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .common import state_key
from .decisions import sign_decision

DEADLINE = "observations"


@transaction.atomic
def invite_observations(
    actor: Actor,
    dossier: Dossier,
    *,
    reasons_of_law: str,
    reasons_of_fact: str,
    reply_by: date,
    capacity: str,
    service: str,
) -> Hearing:
    """The letter before an end: what is considered, and until when she may answer (CRPA L.121-1, L.122-1; G9)."""
    _one_at_a_time(dossier)
    access.require_act(actor, dossier)
    today = clock.today()
    if Hearing.objects.filter(dossier=dossier, state=HearingState.OPEN).exists():
        raise Refused(_("La personne est déjà invitée à présenter ses observations."))
    words = {"reasons_of_law": reasons_of_law, "reasons_of_fact": reasons_of_fact}
    for name, text in {**words, "capacity": capacity, "service": service}.items():
        if not text.strip():
            raise at_field(name, _("Écrivez cette mention : la personne doit savoir à quoi et à qui elle répond."))
    if reply_by < today + timedelta(days=LEAST_DAYS):
        raise at_field("reply_by", _("Laissez au moins %(n)d jours pour répondre.") % {"n": LEAST_DAYS})
    row = Hearing(dossier=dossier, department=dossier.department, sent_on=today, reply_by=reply_by)
    words |= {"capacity": capacity, "service": service}
    sealed = {name: text.strip() for name, text in words.items()}
    row.seal({**sealed, "signed_by": actor.user_id}, state_key(dossier.pk))
    row.save(force_insert=True)
    notices.plan(dossier, DEADLINE, reply_by, rule="G9", key=row.pk, actor=actor)
    people.refresh_next_due(dossier)
    _trace(actor, "invite_observations", row)
    return row


@transaction.atomic
def receive_observations(
    actor: Actor, hearing: Hearing, *, received_on: date, observations: str, heard: bool = False
) -> Hearing:
    """What she answered, in writing or (``heard``) at a meeting that she asked for."""
    row = _locked(hearing)
    access.require_hearing(actor, row)
    HEARING.target(row.state, "receive_observations")
    if not observations.strip():
        raise at_field("observations", _("Écrivez ce qu'elle a répondu."))
    if not row.sent_on <= received_on <= clock.today():
        raise at_field("received_on", _("La réponse se situe entre la lettre et aujourd'hui."))
    data = row.unseal()
    said = {"on": received_on.isoformat(), "text": observations.strip(), "heard": heard}
    if said in data.get("observations", []):
        raise Refused(_("Ces observations sont déjà enregistrées."))
    row.received_on = received_on
    row.seal({**data, "observations": [*data.get("observations", []), said]}, state_key(row.dossier_id))
    row.save()
    _trace(actor, "receive_observations", row)
    return row


@transaction.atomic
def drop_hearing(actor: Actor, hearing: Hearing) -> Hearing:
    """After her answer, or before it: the pathway goes on."""
    row = _locked(hearing)
    access.require_act(actor, row.dossier)
    row.state = HEARING.target(row.state, "drop_hearing")
    row.save()
    notices.cancel(row.dossier, DEADLINE, key=row.pk, actor=actor)
    people.refresh_next_due(row.dossier)
    _trace(actor, "drop_hearing", row)
    return row


@transaction.atomic
def end_early(
    actor: Actor,
    dossier: Dossier,
    *,
    reasons_of_law: str,
    reasons_of_fact: str,
    appeal_routes: str,
    capacity: str,
    service: str,
    ends_on: date | None = None,
    requested_by_person: bool = False,
) -> Decision:
    """The préfet ends the running period before its term: reasoned, and once the delay to answer is over (DEC-2, G9).

    Without a printed day the period ends on the day of the notification (DUR-6).
    """
    _one_at_a_time(dossier)
    access.require_act(actor, dossier)
    today = clock.today()
    day = ends_on or today
    running = Period.objects.filter(journey__dossier=dossier, starts_on__lte=day, ends_on__gte=day).first()
    if running is None:
        raise at_field("ends_on", _("Aucune période en cours ne contient ce jour."))
    earlier = Decision.objects.filter(dossier=dossier, kind=DecisionKind.END_EARLY, signed_on__gte=running.starts_on)
    if earlier.exists():
        raise Refused(_("Une fin anticipée est déjà signée pour cette période."))
    hearing = Hearing.objects.select_for_update().filter(dossier=dossier, state=HearingState.OPEN).first()
    if not requested_by_person:
        _require_delay_over(hearing, today)
    decision = Decision(
        dossier=dossier, department=dossier.department, kind=DecisionKind.END_EARLY, drafted_on=today, ends_on=ends_on
    )
    data = {
        "reasons_of_law": reasons_of_law.strip(),
        "reasons_of_fact": reasons_of_fact.strip(),
        "appeal_routes": appeal_routes.strip(),
        "requested_by_person": requested_by_person,
        "observations_invited_on": hearing.sent_on.isoformat() if hearing else "",
    }
    decision.seal(data, state_key(dossier.pk))
    decision.save(force_insert=True)
    made = sign_decision(actor, decision, capacity=capacity, service=service)
    if hearing is not None:
        hearing.state, hearing.decision = HEARING.target(hearing.state, "end_early"), made
        hearing.save()
        notices.complete(dossier, DEADLINE, key=hearing.pk, actor=actor)
        people.refresh_next_due(dossier)
    return made


def _require_delay_over(hearing: Hearing | None, today: date) -> None:
    if hearing is None:
        raise at_field("requested_by_person", _("Invitez d'abord la personne à présenter ses observations."))
    if hearing.reply_by >= today:
        said = _("La personne peut répondre jusqu'au %(day)s : la fin vient après.")
        raise at_field("requested_by_person", said % {"day": f"{hearing.reply_by:%d/%m/%Y}"})


def _one_at_a_time(dossier: Dossier) -> None:
    Dossier.objects.select_for_update().get(pk=dossier.pk)


def _locked(hearing: Hearing) -> Hearing:
    return Hearing.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=hearing.pk)


def _trace(actor: Actor, verb: str, row: Hearing) -> None:
    journal.record(
        actor,
        verb,
        row.dossier,
        compartment="C14",
        relation="same_dept",
        conditions=["stepup"],
        objects=[row.pk],
        sealed=[row],
    )
