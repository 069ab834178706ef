"""Who works for whom, until when."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.config import clock
from jalon.vault import keys

from .. import access
from ..models import MEMBER_ROLES, Kind, Membership, Organisation, on_day

# Who may name whom: an administrator or a manager inside the own organisation, the secretariat inside its department
# for the members of the commission, the operator for the first accounts of an organisation.
OWN_ORGANISATION = {"ADM", "MGR"}
FOR_COMMISSION = {"MEM", "PRE", "ETR", "SEC"}
# A function exists only in the sort of organisation that holds it: an association cannot make a secretariat, and
# nobody becomes préfet elsewhere than in the State's services. Anyone may sit in a commission (MEM).
STATE = {Kind.PREFECTURE, Kind.DDETS}
HELD_IN = {
    "REF": {Kind.ASSOCIATION},
    "COL": {Kind.ASSOCIATION},
    "EMP": {Kind.EMPLOYMENT_AGENCY},
    "SEC": STATE,
    "PRE": STATE,
    "ETR": STATE,
}


def _may_keep(actor: Actor, organisation: Organisation, role: str, department: str) -> bool:
    """Is this function among those that the actor keeps: own organisation, own commission?"""
    if actor == SYSTEM or actor.role == "OPS":
        return True
    if actor.role in OWN_ORGANISATION:
        return organisation.pk == actor.organisation_id and role not in {"OPS", "STA"}
    return actor.role == "SEC" and role in FOR_COMMISSION and department == actor.department


def _may_name(actor: Actor, organisation: Organisation, role: str, department: str) -> bool:
    """May the actor give this function? Never one that this sort of organisation does not hold."""
    if actor == SYSTEM:
        return True
    if organisation.kind not in HELD_IN.get(role, {organisation.kind}):
        return False
    if role == "MEM" and actor.role != "SEC":
        return False  # a mandate in a commission comes from its secretariat, whoever the member works for
    return _may_keep(actor, organisation, role, department)


@transaction.atomic
def grant_membership(
    actor: Actor,
    *,
    user: User,
    organisation: Organisation,
    role: str,
    ends_on: date,
    starts_on: date | None = None,
    department: str = "",
    title: str = "",
    college: str = "",
) -> Membership:
    """A role in an organisation, from today unless said otherwise, to a compulsory end."""
    if not _may_name(actor, organisation, role, department):
        raise Refused(_("Vous ne pouvez pas donner cette fonction dans cet organisme."))
    if actor != SYSTEM and user.pk == actor.user_id:
        raise Refused(_("Chacun reçoit sa fonction d'une autre personne."))
    membership = Membership(
        user=user,
        organisation=organisation,
        role=role,
        department=department,
        college=college,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
        granted_by=actor.user_id,
    )
    membership.full_clean(exclude=["id", "sealed"])
    same = Membership.objects.filter(user=user, organisation=organisation, role=role, department=department)
    if same.filter(starts_on__lte=membership.ends_on, ends_on__gte=membership.starts_on).exists():
        raise ValidationError(_("Cette personne a déjà cette fonction à ces dates."))
    keys.ensure(keys.STAFF, "GS")
    membership.seal({"title": title})
    membership.save(force_insert=True)
    journal.record(actor, "grant_membership", objects=[membership.pk, user.pk, organisation.pk], sealed=[membership])
    return membership


@transaction.atomic
def end_membership(actor: Actor, membership: Membership, *, ends_on: date | None = None) -> Membership:
    """The role stops at the end of this day (yesterday: at once). A later day prolongs it, and the trail says so."""
    membership = Membership.objects.select_for_update().select_related("organisation", "user").get(pk=membership.pk)
    if not _may_keep(actor, membership.organisation, str(membership.role), membership.department):
        raise Refused(_("Vous ne pouvez pas retirer cette fonction."))
    day = ends_on or max(clock.today() - timedelta(days=1), membership.starts_on)
    if day < membership.starts_on:
        raise ValidationError({"ends_on": _("La fin ne peut pas précéder le début.")})
    later = day > membership.ends_on
    if later and membership.user_id == actor.user_id:
        raise Refused(_("Une autre personne que vous prolonge votre fonction."))
    membership.ends_on = day
    membership.save(update_fields=["ends_on"])
    verb = "prolong_membership" if later else "end_membership"
    journal.record(actor, verb, objects=[membership.pk, membership.user_id])
    return membership


@transaction.atomic
def close_account(actor: Actor, user: User) -> User:
    """The account stops at once, with everything it held in the keeper's organisation."""
    _require_kept(actor, user)
    return accounts.close_account(actor, user)


def _require_kept(actor: Actor, user: User) -> None:
    """Everything that this account holds today must be the actor's to keep, and nobody keeps one's own."""
    if actor != SYSTEM and user.pk == actor.user_id:
        raise Refused(_("Une autre personne que vous s'occupe de votre compte."))
    held = Membership.objects.filter(on_day(clock.today()), user=user).select_related("organisation")
    if not all(_may_keep(actor, m.organisation, str(m.role), m.department) for m in held):
        raise Refused(_("Cette personne travaille aussi ailleurs : fermez seulement sa fonction chez vous."))
    if actor != SYSTEM:
        access.require_step_up(actor)


@transaction.atomic
def invite_member(actor: Actor, *, login: str, name: str, phone: str = "", **given: Any) -> Membership:
    """Open an account with its function and its end (``grant_membership``), and send the link that opens it, once."""
    access.require_step_up(actor)
    user = accounts.create_account(actor, login=login, name=name, phone=phone, ends_on=given["ends_on"])
    membership = grant_membership(actor, user=user, **given)
    accounts.invite(actor, user)
    return membership


@transaction.atomic
def invite_again(actor: Actor, user: User) -> None:
    """Password forgotten, link too old, telephone lost: everything starts again from a new link.

    The keeper has seen the person; the link goes to her own mailbox: neither of them is enough alone.
    """
    _require_kept(actor, user)
    accounts.reset_second_factor(actor, user)
    accounts.invite(actor, user)


@transaction.atomic
def end_sessions_of(actor: Actor, user: User) -> int:
    _require_kept(actor, user)
    return accounts.end_sessions_of(actor, user)


def roles_to_give(actor: Actor, organisation: Organisation) -> list[str]:
    """The functions that the actor may give in this organisation."""
    return [role for role in map(str, MEMBER_ROLES) if _may_name(actor, organisation, role, actor.department)]


@transaction.atomic
def choose_membership(actor: Actor, membership_id: str) -> None:
    """Work under another of one's functions, for this browser."""
    journal.record(actor, "choose_membership", objects=[membership_id])
