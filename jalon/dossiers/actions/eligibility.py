"""She could enter the pathway, and her request is not presented: the reason, by its code."""

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.dossiers.access import BEFORE
from jalon.dossiers.models import NotPresented
from jalon.dossiers.states import Unpresented
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui.errors import at_field


@transaction.atomic
def note_not_presented(actor: Actor, dossier: Dossier, *, reason: str) -> NotPresented:
    """The association judges that she could enter, and says by a code why nothing is presented yet.

    Said again, the reason and the day are those of the last time. A request that is sent makes it void for the figures.
    """
    dossier = _allowed(actor, dossier)
    if reason not in Unpresented.values:
        raise at_field("reason", _("Choisissez une réponse de la liste."))
    given = {"reason": reason, "department": dossier.department, "noted_on": clock.today()}
    row, _made = NotPresented.objects.update_or_create(dossier=dossier, defaults=given)
    _trace(actor, "note_not_presented", dossier, row.pk)
    return row


@transaction.atomic
def lift_not_presented(actor: Actor, dossier: Dossier) -> bool:
    """It is no longer so: she is not counted. Nothing to lift is no fault."""
    dossier = _allowed(actor, dossier)
    row = NotPresented.objects.filter(dossier=dossier).first()
    if row is not None:
        _trace(actor, "lift_not_presented", dossier, row.pk)
        row.delete()
    return True


def _allowed(actor: Actor, dossier: Dossier) -> Dossier:
    dossier.refresh_from_db(from_queryset=Dossier.objects.select_for_update())
    people.require(actor, dossier, "C16", "edit")
    if dossier.stage not in BEFORE:
        raise Refused(_("Une demande a déjà été transmise pour cette personne."))
    return dossier


def _trace(actor: Actor, verb: str, dossier: Dossier, row: str) -> None:
    journal.record(actor, verb, dossier, compartment="C16", relation="assigned", objects=[row])
