"""Silence that refused: the reasons are asked for, given, and the delay to go to court follows (SIL-2)."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers import reads as dossiers
from jalon.dossiers.models import Application
from jalon.journeys.models import Permit, ReasonsRequest
from jalon.journeys.states import Silent
from jalon.law.silence import Silence, silence
from jalon.law.territories import holidays_of
from jalon.notices import actions as notices
from jalon.notices import reads as due
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field

from .common import with_facts

COMPARTMENT = {Silent.AFIS: "C8", Silent.APS: "C7"}


@transaction.atomic
def ask_reasons(actor: Actor, dossier: Dossier, *, about: str, asked_on: date) -> ReasonsRequest:
    """She asks why silence refused: the administration has a month to answer, and the delay waits for it."""
    dossier = _allowed(actor, dossier, about)
    waiting = due.opened().filter(dossier=dossier.pk, kind=f"{about}_silence").order_by("on").first()
    if waiting is None:
        raise Refused(_("Aucune demande n'attend de réponse."))
    if ReasonsRequest.objects.filter(dossier=dossier, request=waiting.key).exists():
        raise Refused(_("Les motifs sont déjà demandés."))
    if asked_on > clock.today():
        raise at_field("asked_on", _("La demande ne peut pas être à venir."))
    row = ReasonsRequest(dossier=dossier, about=about, request=waiting.key, asked_on=asked_on)
    law = _law(row)
    if law.reasons_due_on is None:
        raise at_field("asked_on", _too_early_or_late(law, asked_on))
    row.save(force_insert=True)
    notices.cancel(dossier, "silence_appeal", key=row.request, actor=actor)
    place = {"key": row.request, "department": waiting.department}
    notices.plan(dossier, "reasons_answer", law.reasons_due_on, rule="SIL-2", actor=actor, **place)
    people.refresh_next_due(dossier)
    _trace(actor, "ask_reasons", row)
    return row


def _too_early_or_late(law: Silence, asked_on: date) -> str:
    born = law.implicit_refusal_on
    if born and asked_on < born:
        return _("Le silence ne vaut refus qu'à partir du %(day)s.") % {"day": f"{born:%d/%m/%Y}"}
    return _("Le délai de recours est passé : les motifs ne prolongent plus rien.")


@transaction.atomic
def receive_reasons(actor: Actor, dossier: Dossier, *, about: str, given_on: date) -> ReasonsRequest:
    """The reasons came on this day: two more months to go to court."""
    dossier = _allowed(actor, dossier, about)
    rows = ReasonsRequest.objects.select_for_update().filter(dossier=dossier, about=about, given_on=None)
    row = rows.order_by("-asked_on").first()
    if row is None:
        raise Refused(_("Aucuns motifs ne sont attendus."))
    if not row.asked_on <= given_on <= clock.today():
        raise at_field("given_on", _("La réponse se situe entre la demande et aujourd'hui."))
    row.given_on = given_on
    row.save(update_fields=["given_on"])
    notices.complete(dossier, "reasons_answer", key=row.request, actor=actor)
    limit = _law(row).court_limit
    if limit:
        notices.plan(dossier, "silence_appeal", limit, rule="SIL-2", key=row.request, actor=actor)
    people.refresh_next_due(dossier)
    _trace(actor, "receive_reasons", row)
    return row


def _allowed(actor: Actor, dossier: Dossier, about: str) -> Dossier:
    if about not in Silent.values:
        raise at_field("about", _("Choisissez une réponse de la liste."))
    dossier = with_facts(actor, dossier)
    people_access.require(actor, dossier, COMPARTMENT[Silent(about)], "edit")
    people_access.require_lead(actor, dossier)
    return dossier


def _law(row: ReasonsRequest) -> Silence:
    asked = {"reasons_requested_on": row.asked_on, "reasons_given_on": row.given_on}
    if row.about == Silent.AFIS:
        return dossiers.silence_on_aid(Application.objects.get(pk=row.request), **asked)
    permit = Permit.objects.get(pk=row.request)
    holidays = holidays_of(permit.dossier.department)
    return silence("aps", permit.requested_on, holidays=holidays, **asked)  # type: ignore[arg-type]


def _trace(actor: Actor, verb: str, row: ReasonsRequest) -> None:
    journal.record(
        actor,
        verb,
        row.dossier,
        compartment=COMPARTMENT[Silent(row.about)],
        relation=people_access.facts(actor, row.dossier).relation,
        conditions=["agreement"],
        objects=[row.id],
    )
