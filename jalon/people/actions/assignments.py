"""Who works with her: the referent, a colleague for a time, the employment adviser."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Hidden, Refused, Role
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership, Organisation, on_day
from jalon.people.access import require, require_lead, running
from jalon.people.models import Assignment, Dossier
from jalon.people.states import AssignmentKind, Stage
from jalon.ui.errors import Conflict, at_field

from .rows import locked

# The roles that an account must hold in its organisation to receive the assignment.
HOLDERS = {
    AssignmentKind.REFERENT: (Role.REF,),
    AssignmentKind.DELEGATE: (Role.REF, Role.COL),
    AssignmentKind.ADVISER: (Role.EMP,),
    AssignmentKind.PERSON: (Role.PER,),
}


@transaction.atomic
def assign(
    actor: Actor,
    dossier: Dossier,
    *,
    user: User,
    organisation: Organisation,
    kind: str,
    ends_on: date | None = None,
) -> Assignment:
    """Name a referent (the manager), a colleague until a day, or the adviser (the referent)."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    require_lead(actor, dossier)
    kind = AssignmentKind(kind)
    _may_name(actor, dossier, kind)
    today = clock.today()
    if kind == AssignmentKind.DELEGATE and ends_on is None:
        raise Refused(_("Une délégation a toujours une date de fin."))
    if ends_on is not None and ends_on < today:
        raise Refused(_("La fin ne peut pas précéder le début."))
    if (kind == AssignmentKind.ADVISER) == (organisation.pk == dossier.organisation_id):
        raise Refused(_("Cette personne ne travaille pas dans l'organisme attendu."))
    held = Membership.objects.filter(on_day(today), user=user, organisation=organisation, role__in=HOLDERS[kind])
    if not held.exists():
        raise Refused(_("Cette personne n'a pas aujourd'hui la fonction demandée dans cet organisme."))
    held_now = _running(dossier).filter(kind=kind)
    if held_now.filter(user=user).exists():
        raise Conflict(_("Cette personne est déjà nommée sur ce dossier."))
    if kind != AssignmentKind.DELEGATE:
        _stop(list(held_now))  # one referent, one adviser at a time
    return _named(actor, dossier, user, organisation, kind, ends_on)


def _named(
    actor: Actor, dossier: Dossier, user: User, organisation: Organisation, kind: str, ends_on: date | None = None
) -> Assignment:
    today = clock.today()
    row = Assignment.objects.create(
        dossier=dossier, user=user, organisation=organisation, kind=kind, starts_on=today, ends_on=ends_on
    )
    journal.record(actor, f"assign_{kind}", dossier, compartment="C16", objects=[row.pk, user.pk, organisation.pk])
    return row


@transaction.atomic
def close_own_access(actor: Actor, dossier: Dossier) -> int:
    """Her own space opens no more: her account closes, her sessions end in this transaction. Return how many closed."""
    rows = list(Assignment.objects.filter(dossier=dossier, kind=AssignmentKind.PERSON).select_related("user"))
    opened = [row for row in rows if row.user.is_active]
    for row in opened:
        accounts.close_account(SYSTEM, row.user)
        journal.record(actor, "close_own_access", dossier, compartment="C15", objects=[row.pk, row.user_id])
    _stop([row for row in opened if row.ends_on is None])
    return len(opened)


@transaction.atomic
def hand_over(
    actor: Actor, dossier: Dossier, *, user: User, organisation: Organisation, kind: str, until: datetime
) -> str:
    """Another referent or adviser from now on; who leaves keeps access until a minute. Return who leaves.

    A leaving referent becomes a delegate, so that one person answers at a time; a leaving adviser stays one.
    """
    if until <= clock.now():
        raise at_field("ends_at", _("La fin de l'accès est déjà passée."))
    locked(dossier)
    kind = AssignmentKind(kind)
    former = _running(dossier).filter(kind=kind, ends_at=None).first()
    if kind == AssignmentKind.DELEGATE or former is None:
        raise Refused(_("Personne ne tient aujourd'hui cette fonction sur ce dossier."))
    assign(actor, dossier, user=user, organisation=organisation, kind=kind)
    last = {"ends_on": until.astimezone(clock.PARIS).date(), "ends_at": until}
    row = Assignment.objects.create(
        dossier=dossier,
        user_id=former.user_id,
        organisation_id=former.organisation_id,
        kind=AssignmentKind.ADVISER if kind == AssignmentKind.ADVISER else AssignmentKind.DELEGATE,
        starts_on=clock.today(),
        **last,
    )
    journal.record(actor, "hand_over", dossier, compartment="C16", objects=[row.pk, former.user_id, user.pk])
    return former.user_id


@transaction.atomic
def end_access(actor: Actor, dossier: Dossier, *, user_id: str) -> int:
    """The access that a hand-over left ends now. Return how many assignments ended."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    require_lead(actor, dossier)
    rows = _running(dossier).filter(user=user_id, ends_at__gt=clock.now())
    count = rows.update(ends_at=clock.now(), ends_on=clock.today())
    if count:
        journal.record(actor, "end_access", dossier, compartment="C16", objects=[user_id], count=count)
    return count


def _may_name(actor: Actor, dossier: Dossier, kind: str) -> None:
    if dossier.stage in (Stage.CLOSED, Stage.PURGED):
        raise Refused(_("Ce dossier est clos."))
    if kind == AssignmentKind.REFERENT and actor.role != Role.MGR:
        raise Refused(_("Seule la personne responsable réattribue un dossier."))
    if kind == AssignmentKind.ADVISER and dossier.stage == Stage.CONTACT:
        raise Refused(_("Il faut d'abord recueillir l'accord de la personne."))


def _running(dossier: Dossier):  # type: ignore[no-untyped-def]
    return Assignment.objects.select_for_update().filter(running(), dossier=dossier)


def _stop(rows: list[Assignment]) -> None:
    """Ended yesterday; an assignment of this very day never took effect and leaves."""
    yesterday = clock.today() - timedelta(days=1)
    for row in rows:
        if row.starts_on > yesterday:
            row.delete()
        else:
            row.ends_on = yesterday
            row.save(update_fields=["ends_on"])


@transaction.atomic
def end_assignment(actor: Actor, assignment: Assignment) -> Dossier:
    """The colleague or the adviser stops at once. A referent is replaced, never only removed."""
    rows = Assignment.objects.select_for_update().select_related("dossier")
    row = rows.filter(pk=assignment.pk).first()
    if row is None:
        raise Hidden
    require(actor, row.dossier, "C16", "edit")
    require_lead(actor, row.dossier)
    if row.kind == AssignmentKind.REFERENT:
        raise Refused(_("Un dossier garde toujours une personne référente : nommez-en une autre."))
    if row.ends_on is not None and row.ends_on < clock.today():
        raise Conflict(_("Cette nomination est déjà terminée."))
    journal.record(actor, "end_assignment", row.dossier, compartment="C16", objects=[row.pk, row.user_id])
    _stop([row])
    return row.dossier
