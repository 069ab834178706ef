"""The officer's monthly reading of the trail."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor
from jalon.config import clock
from jalon.people.access import require_oversight
from jalon.people.models import TrailReview
from jalon.people.oversight import ended
from jalon.people.states import ReviewOutcome
from jalon.ui.errors import Conflict, at_field


@transaction.atomic
def review_trail(actor: Actor, month: date, outcome: str) -> TrailReview:
    """She reread an ended month of her organisation's trail; once a month, for good.

    ``month`` is its first day, ``outcome`` a code of ReviewOutcome. What she does about it is told to the people
    concerned, not written here. Raises Conflict when the month is already reread.
    """
    require_oversight(actor)
    if month not in ended(clock.today()):
        raise at_field("outcome", _("Ce mois n'est pas fini, ou il est trop ancien."))
    if outcome not in ReviewOutcome.values:
        raise at_field("outcome", _("Choisissez une réponse dans la liste."))
    row, made = TrailReview.objects.get_or_create(
        organisation_id=actor.organisation_id,
        month=month,
        defaults={"user_id": actor.user_id, "reviewed_on": clock.today(), "outcome": outcome},
    )
    if not made:
        raise Conflict(_("Ce mois est déjà relu."))
    journal.record(actor, "review_trail", compartment="C17", relation="same_org", objects=[row.pk])
    return row
