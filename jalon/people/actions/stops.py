"""The end of a day's reading: beyond the budget no further file opens to an account until somebody has looked at it."""

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Condition, Hidden, Refused, Role
from jalon.access.models import ReadingAlert
from jalon.config import clock
from jalon.directory import reads as directory
from jalon.notices import actions as notices
from jalon.people import reads, wall

KEEPERS = (Role.MGR, Role.DPO, Role.SEC)


def keepers(organisation_id: str, user_id: str) -> set[str]:
    """Who may lift a stop: the managers, officers or secretariat of the organisation that answers, but the account."""
    return {user.pk for user in directory.people_in(organisation_id, *KEEPERS)} - {user_id}


@transaction.atomic
def stop_reading(actor: Actor, files: int) -> ReadingAlert:
    """No further file opens to this account; whoever answers for it is told at once. Said once until it is lifted."""
    house = reads.answering(actor)
    with wall.beyond():
        row, new = ReadingAlert.objects.select_for_update().get_or_create(
            user=actor.user_id, organisation_id=house, span="stop", on=clock.today(), defaults={"files": files}
        )
        if not new and row.lifted_at is None:
            return row
        if not new:  # lifted this very day, and the second budget is spent
            row.files, row.lifted_at, row.lifted_by = files, None, ""
            row.save()
    journal.record(actor, "stop_reading", objects=[row.pk], count=files)
    for keeper in sorted(keepers(house, actor.user_id)):
        notices.queue(keeper, "task", f"stop:{row.pk}:{files}", actor=actor)
    return row


@transaction.atomic
def lift_stop(actor: Actor, alert_id: str) -> ReadingAlert:
    """Another day's budget, by the manager or the officer; by the account itself where nobody else could.

    Always by somebody who has just proved who she is.
    """
    rows = ReadingAlert.objects.select_for_update().filter(organisation_id=actor.organisation_id, span="stop")
    row = rows.filter(pk=alert_id).first()
    if row is None or (row.user != actor.user_id and actor.role not in KEEPERS):
        raise Hidden
    if row.user == actor.user_id and keepers(row.organisation_id, row.user):
        raise Refused(_("La personne responsable ou déléguée à la protection des données lève cet arrêt."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({Condition.STEPUP}))
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = clock.now(), actor.user_id
        row.save()
        journal.record(actor, "lift_stop", objects=[row.pk, row.user], count=row.files)
    return row
