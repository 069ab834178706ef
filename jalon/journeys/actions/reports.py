"""A new fact while the aid is paid: it is reported to the payer and to the secretariat at once (AFIS-8)."""

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.journeys.models import AfisGrant
from jalon.journeys.states import AfisState
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier

from .common import with_facts


@transaction.atomic
def plan_report(dossier: Dossier, fact: str, *, actor: Actor) -> None:
    """``fact``: what changed, as a code with its number (never a word about her). Nothing without a running aid."""
    if AfisGrant.objects.filter(dossier=dossier, state=AfisState.GRANTED).exists():
        notices.plan(dossier, "situation_report", clock.today(), rule="AFIS-8", key=fact, actor=actor)
        people.refresh_next_due(dossier)


@transaction.atomic
def report_change(actor: Actor, dossier: Dossier) -> int:
    """The changes were reported. Return how many waited."""
    dossier = with_facts(actor, dossier)
    people_access.require(actor, dossier, "C8", "edit")
    people_access.require_lead(actor, dossier)
    count = notices.complete(dossier, "situation_report", actor=actor)
    if not count:
        raise Refused(_("Aucun changement n'attend d'être signalé."))
    people.refresh_next_due(dossier)
    relation = people_access.facts(actor, dossier).relation
    journal.record(
        actor, "report_change", dossier, compartment="C8", relation=relation, conditions=["agreement"], count=count
    )
    return count
