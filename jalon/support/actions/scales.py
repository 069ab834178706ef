"""The six scales, as she sees them and as her worker does."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon.access import Actor, Refused
from jalon.config import clock
from jalon.people import access as people
from jalon.people.models import Dossier

from .. import access
from ..models import ProgressScale
from ..states import HIGHEST, LOWEST, Domain, Rater
from .common import seal, trail


@transaction.atomic
def fill_scale(actor: Actor, dossier: Dossier, *, values: Mapping[str, int | None], by: str) -> ProgressScale:
    """What one of them answers; some may be left out. Filled again the same day, the last answers stand."""
    people.require(actor, dossier, "C10", "create")
    access.require_project(actor, dossier)
    if actor.role not in access.ASSOCIATION:
        raise Refused(_("Les points d'appui se remplissent avec l'association."))
    if by not in Rater.values:
        raise ValidationError({"by": _("Choisissez une réponse de la liste.")})
    kept = {domain: int(value) for domain, value in values.items() if value is not None}
    if not kept:
        raise ValidationError(_("Remplissez au moins un domaine."))
    for domain, value in kept.items():
        if domain not in Domain.values or not LOWEST <= value <= HIGHEST:
            raise ValidationError(_("Chaque domaine se note de 0 à 4."))
    today = clock.today()
    rows = ProgressScale.objects.select_for_update(of=("self",)).filter(dossier=dossier, filled_on=today, by=by)
    scale = rows.first() or ProgressScale(dossier_id=dossier.pk, filled_on=today, by=by)
    seal(scale, dossier, {"values": kept})
    scale.save()
    trail(actor, "fill_scale", dossier, scale)
    return scale
