"""The manager's exceptional access: who is told at once, who reviews it, who tells the person; and unusual reading."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Hidden, Refused, Role, breakglass
from jalon.access.models import BreakGlass, ReadingAlert
from jalon.accounts import actions as accounts
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.notices import actions as notices
from jalon.people import reads
from jalon.people.access import active_referents, require
from jalon.people.models import Dossier

from .rows import locked


@transaction.atomic
def open_exceptionally(actor: Actor, dossier: Dossier, *, category: str, reason: str) -> BreakGlass:
    """An hour's reading, with a reason. The referent and the data protection officer are told in the same act."""
    locked(dossier)  # the second of two clicks finds what the first opened
    require(actor, dossier, "C15", "read")
    running = breakglass.running(actor, dossier.pk)
    opening = breakglass.break_glass(actor, dossier, category, reason)
    if opening == running:
        return opening
    officers = {user.pk for user in directory.people_in(dossier.organisation_id, Role.DPO)}
    for user_id in sorted((officers | active_referents(dossier)) - {actor.user_id}):
        notices.queue(user_id, "task", f"exceptional:{opening.pk}", actor=actor)
    return opening


@transaction.atomic
def review_opening(actor: Actor, dossier: Dossier, opening_id: str, *, verdict: str) -> BreakGlass:
    """The officer has read the reason and the trail. An account stopped for want of review opens again."""
    opening = _opening(actor, dossier, opening_id)
    breakglass.review(actor, dossier, opening, verdict)
    user = User.objects.select_for_update().get(pk=opening.user)
    if user.suspended_at and not breakglass.overdue().filter(user=user.pk).exists():
        accounts.resume(actor, user)
    return opening


@transaction.atomic
def give_openings_back(actor: Actor, dossier: Dossier, opening_id: str) -> int:
    """The officer lets this manager open three more times this month."""
    opening = _opening(actor, dossier, opening_id)
    if opening.user == actor.user_id:
        raise Refused(_("Une autre personne que vous décide de cela."))
    return breakglass.give_back(actor, opening.user)


def _opening(actor: Actor, dossier: Dossier, opening_id: str) -> BreakGlass:
    """An opening of this very dossier, for its officer only."""
    require(actor, dossier, "C15", "read")
    if actor.role != Role.DPO:
        raise Refused(_("Seule la personne chargée de la protection des données relit un accès exceptionnel."))
    opening = BreakGlass.objects.select_for_update().filter(pk=opening_id, dossier_id=dossier.pk).first()
    if opening is None:
        raise Hidden
    return opening


@transaction.atomic
def tell_opening(actor: Actor, dossier: Dossier, opening_id: str) -> None:
    """The person was told, face to face, that her file was opened by exception."""
    require(actor, dossier, "C15", "edit")
    opening = BreakGlass.objects.select_for_update().filter(pk=opening_id, dossier_id=dossier.pk).first()
    if opening is None:
        raise Hidden
    if opening.told_on is None:
        breakglass.tell(actor, dossier, opening)


@transaction.atomic
def alert_readings() -> int:
    """Tell the managers and the officer of an organisation, once a day, of an account that opened too many files.

    Counted from the trail, with the reminders: no page waits for it. Nothing stops: a person may be in danger that day.
    """
    made = 0
    for (user_id, organisation_id, span), files in reads.files_opened().items():
        if files <= settings.READING_BUDGET[span]:
            continue
        alert, new = ReadingAlert.objects.get_or_create(
            user=user_id, organisation_id=organisation_id, span=span, on=clock.today(), defaults={"files": files}
        )
        if not new:
            continue
        made += 1
        journal.record(SYSTEM, "alert_readings", objects=[alert.pk, user_id], count=files)
        keepers = {user.pk for user in directory.people_in(organisation_id, Role.MGR, Role.DPO)}
        for keeper in sorted(keepers - {user_id}):
            notices.queue(keeper, "task", f"readings:{alert.pk}")
    return made


@transaction.atomic
def suspend_unreviewed() -> int:
    """Stop the accounts whose opening nobody reviewed within seven days; run with the reminders."""
    late = set(breakglass.overdue().values_list("user", flat=True))
    users = list(User.objects.select_for_update().filter(pk__in=late, suspended_at=None, is_active=True))
    for user in users:
        accounts.suspend(SYSTEM, user)
    return len(users)
