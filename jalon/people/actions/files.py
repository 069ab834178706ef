"""The file itself: opened, moved through its stages, handed over, closed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused, Relation, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Organisation
from jalon.notices import actions as notices
from jalon.people import records
from jalon.people.access import require, require_lead, require_opening
from jalon.people.models import Assignment, Dossier, Identity, SafeContact, Share
from jalon.people.states import DOSSIER, AssignmentKind, Stage
from jalon.vault import ids, keys
from jalon.vault.classification import DOSSIER_GROUPS

from .assignments import close_own_access
from .rows import keep, locked, set_next_due


@transaction.atomic
def open_dossier(
    actor: Actor,
    *,
    alias: str,
    languages: list[str],
    contact: Mapping[str, Any],
    identity: Mapping[str, Any] | None = None,
    number: str | None = None,
    pk: str = "",
) -> Dossier:
    """A first contact: an alias, her languages, and how she may be reached. The actor becomes the referent.

    ``number`` is given for a file taken over; otherwise drawn by lot (``vault.ids.rank``).
    ``pk`` is the identifier that the page has promised: the same page sent twice opens one file (Refused).
    """
    require_opening(actor)
    about = records.identity({**(identity or {}), "alias": alias}, languages)
    safe = records.safe_contact(contact, languages)
    today = clock.today()
    dossier = _numbered(
        number,
        organisation_id=actor.organisation_id,
        department=actor.department,
        opened_on=today,
        last_contact_on=today,
        next_due_on=records.contact_holds_to(today),
        **({"id": pk} if pk else {}),
    )
    slots = keys.ensure(dossier.pk, *DOSSIER_GROUPS)
    who = Identity(dossier=dossier)
    who.seal(about, slots["G1"])
    who.save(force_insert=True)
    reach = SafeContact(dossier=dossier, reviewed_on=today)
    reach.seal(safe, slots["G1"])
    reach.save(force_insert=True)
    Assignment.objects.create(
        dossier=dossier,
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        kind=AssignmentKind.REFERENT,
        starts_on=today,
    )
    journal.record(actor, "open_dossier", dossier, compartment="C1", relation=Relation.ASSIGNED, sealed=[who, reach])
    dues = [
        notices.Due("safe_contact_check", records.check_due_on(reach), rule="NNEDV-90"),
        notices.Due("retention", records.review_on(dossier), rule="DAT-2"),
    ]
    notices.plan_many(dossier, dues, actor=actor)
    return dossier


def _numbered(number: str | None, **columns: Any) -> Dossier:
    """Insert under this number, or under one drawn by lot: another, as long as it is taken."""
    for _attempt in range(20):
        chosen = number or f"{columns['department']}-{clock.today().year}-{ids.rank()}"
        try:
            with transaction.atomic():
                return Dossier.objects.create(number=chosen, **columns)
        except IntegrityError:
            if number:
                break
    raise Refused(_("Ce numéro de dossier est déjà pris."))


def contacted(dossier: Dossier, on: date, *, actor: Actor = SYSTEM) -> None:
    """Somebody of the association met or reached her on this day; retention counts from the last one."""
    if on > dossier.last_contact_on:
        dossier.last_contact_on = on
        dossier.save(update_fields=["last_contact_on"])
        plan_review(dossier, actor=actor)


def plan_review(dossier: Dossier, *, actor: Actor) -> None:
    """The day on which keeping this file is looked at again: later once she has agreed to be accompanied."""
    rule = "DAT-2" if dossier.stage == Stage.CONTACT else "DAT-1"
    notices.plan(dossier, "retention", records.review_on(dossier), rule=rule, actor=actor)


def move_stage(dossier: Dossier, verb: str) -> Dossier:
    """Apply a verb of the table of stages; the caller's act is the one that is journaled."""
    locked(dossier)
    target = DOSSIER.target(dossier.stage, verb)
    return keep(dossier, stage=target) if target != dossier.stage else dossier


def refresh_next_due(*dossiers: Dossier) -> None:
    """To be called by whoever planned or closed deadlines of these files."""
    for dossier in dossiers:
        set_next_due(dossier)


@transaction.atomic
def let_pass(scope: Q | None = None) -> int:
    """Close the deadlines whose day was all there was to them, and set the next date of their files."""
    ids = notices.let_pass(scope)
    refresh_next_due(*Dossier.objects.filter(pk__in=ids))
    return len(ids)


@transaction.atomic
def move_dossier(
    actor: Actor, dossier: Dossier, *, organisation: Organisation, department: str, referent: User
) -> Dossier:
    """Another association takes over, perhaps elsewhere. Shares end: they were given for the former place."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    require_lead(actor, dossier)
    if dossier.stage in (Stage.CLOSED, Stage.PURGED):
        raise Refused(_("Ce dossier est clos : il ne peut plus être transféré."))
    today = clock.today()
    journal.record(actor, "move_dossier", dossier, objects=[organisation.pk, referent.pk])
    close_own_access(actor, dossier)
    running = Assignment.objects.filter(dossier=dossier, starts_on__lte=today).exclude(ends_on__lt=today)
    running.filter(starts_on=today).delete()
    running.update(ends_on=today - timedelta(days=1))
    Share.objects.filter(dossier=dossier, revoked_at__isnull=True).update(revoked_at=clock.now())
    keep(dossier, organisation_id=organisation.pk, department=department)
    Assignment.objects.create(
        dossier=dossier, user=referent, organisation=organisation, kind=AssignmentKind.REFERENT, starts_on=today
    )
    notices.moved(dossier, actor=actor)
    notices.cancel(dossier, "share_end", actor=actor)
    return dossier


@transaction.atomic
def close_dossier(actor: Actor, dossier: Dossier, *, housed_until: date | None = None) -> Dossier:
    """The path ends or the request stops. What is due falls; retention starts from the last contact.

    ``housed_until``: the end of her accommodation when it is known, from which her places are kept a month (DAT-2).
    """
    locked(dossier)
    if actor.role == Role.PRE:
        require(actor, dossier, "C14", "read")
    else:
        require(actor, dossier, "C16", "edit")
        require_lead(actor, dossier)
    target = DOSSIER.target(dossier.stage, "close")
    keep(dossier, stage=target, closed_on=clock.today(), housed_until=housed_until)
    journal.record(actor, "close", dossier, relation=Relation.ASSIGNED if actor.role == "REF" else "")
    notices.cancel(dossier, actor=actor)
    plan_review(dossier, actor=actor)
    set_next_due(dossier)
    return dossier
