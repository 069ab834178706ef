"""Who works for whom, until when."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused
from jalon.accounts import actions as accounts
from jalon.accounts.logins import login_hash
from jalon.accounts.models import User
from jalon.config import clock
from jalon.vault import keys

from .. import access
from ..models import Membership, Organisation, on_day


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
    if access.of_operator(actor, role):
        raise Refused(access.OPERATOR_NAMES)
    if not access.may_name(actor, organisation, role, department):
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
    kept_by_operator = access.of_operator(actor, str(membership.role))
    if not access.may_keep(actor, membership.organisation, str(membership.role), membership.department):
        raise Refused(access.OPERATOR_NAMES if kept_by_operator else _("Vous ne pouvez pas retirer cette fonction."))
    day = ends_on or max(clock.today() - timedelta(days=1), membership.starts_on)
    if day < membership.starts_on:
        raise ValidationError({"ends_on": _("La fin ne peut pas précéder le début.")})
    later = day > membership.ends_on
    if later and membership.user_id == actor.user_id:
        raise Refused(_("Une autre personne que vous prolonge votre fonction."))
    if later and kept_by_operator:
        raise Refused(access.OPERATOR_NAMES)
    membership.ends_on = day
    membership.save(update_fields=["ends_on"])
    verb = "prolong_membership" if later else "end_membership"
    journal.record(actor, verb, objects=[membership.pk, membership.user_id])
    if later:  # a function that outlives its account opens nothing
        accounts.prolong_account(actor, membership.user, ends_on=day)
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
    left = [m for m in held if not access.may_keep(actor, m.organisation, str(m.role), m.department)]
    if any(access.of_operator(actor, str(m.role)) and m.organisation_id == actor.organisation_id for m in left):
        raise Refused(access.OPERATOR_KEEPS)
    if left:
        raise Refused(_("Cette personne travaille aussi ailleurs : fermez seulement sa fonction chez vous."))
    if actor != SYSTEM:
        access.require_step_up(actor)


@transaction.atomic
def invite_member(actor: Actor, *, login: str, name: str, phone: str = "", **given: Any) -> Membership:
    """Open an account with its function and its end (``grant_membership``), and send the link that opens it, once."""
    access.require_step_up(actor)
    if actor != SYSTEM and login_hash(login) == User.objects.get(pk=actor.user_id).login:
        raise ValidationError({"login": _("C'est votre propre adresse. Chacun reçoit son accès d'une autre personne.")})
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


@transaction.atomic
def choose_membership(actor: Actor, membership_id: str) -> None:
    """Work under another of one's functions, for this browser."""
    journal.record(actor, "choose_membership", objects=[membership_id])
