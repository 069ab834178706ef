"""What the person's life does to the pathway: renewal, another department, the end."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused, Role
from jalon.config import clock
from jalon.directory import departments
from jalon.directory import reads as directory
from jalon.directory.models import Organisation
from jalon.dossiers import actions as dossiers
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.journeys import lawful
from jalon.journeys.models import Journey, Transfer
from jalon.journeys.states import ExitKind, ExitReason
from jalon.notices import actions as notices
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people import wall
from jalon.people.models import Dossier
from jalon.people.states import Stage
from jalon.ui.errors import at_field
from jalon.ui.rules import sentence

from .afis import running_grant, stop
from .common import held, signed_decisions, state_key, with_facts
from .news import agree_news
from .reports import plan_report

ASSOCIATION = (Role.REF, Role.MGR)


@transaction.atomic
def prepare_renewal(actor: Actor, dossier: Dossier) -> Application:
    """Open the renewal from the previous request; beyond the 24 months it is blocked and explained (DUR-4)."""
    dossier = with_facts(actor, dossier)
    people_access.require(actor, dossier, "C12", "create")
    computed = lawful.compute(signed_decisions(dossier), as_of=clock.today())
    if not computed.periods:
        raise Refused(_("Aucune période à renouveler : aucun parcours n'est ouvert."))
    if not computed.next_application.allowed:
        raise Refused(_("Les 24 mois sont atteints.") + " " + sentence("DUR-4"))
    previous = Application.objects.filter(dossier=dossier, state=ApplicationState.DECIDED).order_by("-rank").first()
    application = dossiers.open_renewal(actor, dossier, previous)
    notices.complete(dossier, "renewal_open", "renewal_remind", actor=actor)
    journal.record(
        actor,
        "prepare_renewal",
        dossier,
        compartment="C12",
        relation=people_access.facts(actor, dossier).relation,
        objects=[application.id],
    )
    return application


@transaction.atomic
def transfer(
    actor: Actor,
    dossier: Dossier,
    *,
    to_organisation: Organisation,
    to_department: str,
    new_referent: Any,
    reason: str,
) -> Transfer:
    """Move to another department (TRF-1): the clock goes on, the orders stay, the former unit sees nothing more."""
    dossier = held(actor, dossier)
    people_access.require(actor, dossier, "C16", "edit")
    if actor.role not in ASSOCIATION:
        raise Refused(_("Le transfert est fait par l'association qui accompagne."))
    people_access.require_lead(actor, dossier)
    today = clock.today()
    if to_department not in departments.departments():
        raise at_field("to_department", _("Choisissez un département."))
    if to_organisation.pk == dossier.organisation_id and to_department == dossier.department:
        raise at_field("to_department", _("Le dossier est déjà suivi là."))
    if not directory.is_accredited(to_organisation.pk, to_department, today):
        raise at_field("to_organisation", _("Cette association n'est pas agréée dans ce département."))
    if not reason.strip():
        raise at_field("reason", _("Écrivez la raison du transfert."))
    row = Transfer(
        dossier=dossier,
        on=today,
        from_department=dossier.department,
        to_department=to_department,
        from_organisation_id=dossier.organisation_id,
        to_organisation=to_organisation,
    )
    row.seal({"reason": reason.strip()}, state_key(dossier.pk))
    row.save(force_insert=True)
    relation = people_access.facts(actor, dossier).relation
    with wall.beyond():  # from here on the file is another house's
        people.move_dossier(
            actor, dossier, organisation=to_organisation, department=to_department, referent=new_referent
        )
        plan_report(dossier, f"transfer:{row.id}", actor=actor)
    journal.record(actor, "transfer", dossier, compartment="C14", relation=relation, objects=[row.id], sealed=[row])
    return row


@transaction.atomic
def exit_journey(
    actor: Actor,
    dossier: Dossier,
    *,
    reason: str,
    exit_kind: str,
    follow_up: bool = False,
    note: str = "",
    on: date | None = None,
    housed_until: date | None = None,
) -> Journey:
    """The pathway ends: why, and where she goes. The dossier closes; the aid stops after this month (AFIS-4).

    ``follow_up``: she agrees to give news three, six and twelve months later.
    """
    dossier = held(actor, dossier)
    people_access.require(actor, dossier, "C16", "edit")
    if actor.role not in ASSOCIATION:
        raise Refused(_("La fin du parcours est enregistrée par l'association."))
    people_access.require_lead(actor, dossier)
    day = on or clock.today()
    if reason not in ExitReason.values:
        raise at_field("reason", _("Choisissez une réponse de la liste."))
    if exit_kind not in ExitKind.values:
        raise at_field("exit_kind", _("Choisissez une réponse de la liste."))
    journey = Journey.objects.select_for_update().filter(dossier=dossier).first()
    if journey is None or dossier.stage != Stage.PATHWAY:
        raise Refused(_("Aucun parcours n'est en cours."))
    if not journey.starts_on <= day <= clock.today():
        raise at_field("on", _("La fin se situe entre le début du parcours et aujourd'hui."))
    journey.exited_on, journey.exit_reason, journey.exit_kind = day, reason, exit_kind
    sealed: list[Any] = []
    gone: list[Any] = []
    if note.strip():
        journey.seal({"note": note.strip()}, state_key(dossier.pk))
        sealed.append(journey)
    journey.save()
    grant = running_grant(dossier)
    if grant is not None:
        months = stop(actor, grant, day, str(ExitReason(reason).label))
        sealed += [grant, *months.written]
        gone += months.dropped
    notices.cancel(dossier, actor=actor)
    journal.record(
        actor,
        "exit_journey",
        dossier,
        compartment="C14",
        relation=people_access.facts(actor, dossier).relation,
        objects=[journey.id],
        sealed=sealed,
        gone=gone,
    )
    if follow_up:
        agree_news(actor, dossier, journey)
    people.close_dossier(actor, dossier, housed_until=housed_until)
    return journey
