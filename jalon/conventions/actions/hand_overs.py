"""A file is passed on: who leaves keeps access until a minute, who arrives has it now, she is told."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.accounts.models import User
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.access import running
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind
from jalon.ui.errors import Conflict, at_field

from ..access import pair_of
from ..models import HandOver, Pair
from ..states import CHECKLIST, HAND_OVER, HandOverState, Side

KINDS = {Side.ASSOCIATION: AssignmentKind.REFERENT, Side.AGENCY: AssignmentKind.ADVISER}


@transaction.atomic
def open_hand_over(actor: Actor, dossier: Dossier, *, side: str, arriving: User, ends_at: datetime) -> HandOver:
    """The referent (the manager decides) or the adviser changes; the pair follows, with its deputy."""
    people.require(actor, dossier, "C16", "edit")
    people.require_lead(actor, dossier)
    if side not in Side.values:
        raise ValidationError({"side": _("Choisissez une réponse de la liste.")})
    if HandOver.objects.filter(dossier=dossier, side=side, state=HandOverState.RUNNING).exists():
        raise Conflict(_("Un passage de relais est déjà en cours."))
    kind = KINDS[Side(side)]
    held = Assignment.objects.filter(running(), dossier=dossier, kind=kind, ends_at=None).first()
    if held is None:
        raise Refused(_("Personne ne tient aujourd'hui cette fonction sur ce dossier."))
    if held.user_id == arriving.pk:
        raise at_field("arriving", _("Un relais se passe à une autre personne."))
    moment = ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=clock.PARIS)
    people_actions.hand_over(actor, dossier, user=arriving, organisation=held.organisation, kind=kind, until=moment)
    row = HandOver.objects.create(
        dossier_id=dossier.pk,
        side=side,
        leaving_id=held.user_id,
        arriving=arriving,
        opened_on=clock.today(),
        ends_at=moment,
    )
    _follow(dossier, row)
    journal.record(actor, "open_hand_over", dossier, compartment="C16", objects=[row.pk, held.user_id, arriving.pk])
    _due(actor, dossier, row)
    notices.queue(arriving.pk, "task", f"hand_over:{row.pk}", actor=actor)
    return row


def _follow(dossier: Dossier, row: HandOver) -> None:
    """The pair of before ends, the same with the new member begins: one pair answers at a time."""
    pair = pair_of(dossier)
    if pair is None:
        return
    Pair.objects.filter(pk=pair.pk).update(ended_on=clock.today())
    member = "referent" if row.side == Side.ASSOCIATION else "adviser"
    members: dict[str, Any] = {"referent_id": pair.referent_id, "adviser_id": pair.adviser_id}
    members[f"{member}_id"] = row.arriving_id
    deputy = None if pair.deputy_id in members.values() else pair.deputy_id
    Pair.objects.create(
        dossier_id=dossier.pk, convention_id=pair.convention_id, deputy_id=deputy, named_on=clock.today(), **members
    )


def _due(actor: Actor, dossier: Dossier, row: HandOver) -> None:
    day = row.ends_at.astimezone(clock.PARIS).date()
    notices.plan(dossier, "hand_over", day, key=row.pk, actor=actor)
    people_actions.refresh_next_due(dossier)


def _locked(actor: Actor, row: HandOver, verb: str) -> HandOver:
    people.require(actor, row.dossier, "C16", "edit")
    people.require_lead(actor, row.dossier)
    found = HandOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found.state = HandOverState(HAND_OVER.target(found.state, verb))
    found.dossier = row.dossier
    return found


@transaction.atomic
def tick_hand_over(actor: Actor, row: HandOver, *, done: list[str], told_on: date | None = None) -> HandOver:
    """What has been passed on, line by line; the day on which she was told."""
    row = _locked(actor, row, "tick")
    if set(done) - set(CHECKLIST):
        raise ValidationError({"done": _("Choisissez une réponse de la liste.")})
    if "told" in done:
        told_on = told_on or row.told_on or clock.today()
        if not row.opened_on <= told_on <= clock.today():
            raise at_field("told_on", _("Elle l'a appris entre l'ouverture du relais et aujourd'hui."))
    row.told_on = told_on if "told" in done else None
    row.done = [code for code in CHECKLIST if code in done]
    row.save(update_fields=["told_on", "done"])
    journal.record(actor, "tick_hand_over", row.dossier, compartment="C16", objects=[row.pk])
    return row


@transaction.atomic
def end_hand_over_now(actor: Actor, row: HandOver) -> HandOver:
    """Who leaves has no access any more, from this minute."""
    row = _locked(actor, row, "end_now")
    if row.ends_at <= clock.now():
        raise Conflict(_("Cet accès est déjà terminé."))
    people_actions.end_access(actor, row.dossier, user_id=row.leaving_id)
    row.ends_at = clock.now()
    row.save(update_fields=["ends_at"])
    journal.record(actor, "end_hand_over_now", row.dossier, compartment="C16", objects=[row.pk, row.leaving_id])
    _due(actor, row.dossier, row)
    return row


@transaction.atomic
def finish_hand_over(actor: Actor, row: HandOver) -> HandOver:
    """Everything is passed on and she knows. The access of who leaves ends at its minute, not by this."""
    row = _locked(actor, row, "finish")
    if row.told_on is None or set(row.done) != set(CHECKLIST):
        raise Refused(_("Le relais se termine quand chaque ligne est cochée, et d'abord qu'elle est au courant."))
    row.finished_on = clock.today()
    row.save(update_fields=["state", "finished_on"])
    journal.record(actor, "finish_hand_over", row.dossier, compartment="C16", objects=[row.pk])
    notices.complete(row.dossier, "hand_over", key=row.pk, actor=actor)
    people_actions.refresh_next_due(row.dossier)
    return row
