"""Opening by break-glass (security study §2d): a reason, one dossier, 60 minutes, read only, three a month."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.config import clock

from .gate import Refused
from .models import BreakGlass
from .policy import Actor
from .roles import Role

MINUTES = 60
PER_MONTH = 3
REASON_LENGTH = 20
CATEGORIES = ("absence", "danger", "continuity", "authority")


def is_open(actor: Actor, dossier_id: str) -> bool:
    """Does an opening by this manager on this dossier run now?"""
    return (
        actor.role == Role.MGR
        and BreakGlass.objects.filter(user=actor.user_id, dossier_id=dossier_id, expires_at__gt=clock.now()).exists()
    )


@transaction.atomic
def break_glass(actor: Actor, dossier: Any, category: str, reason: str) -> BreakGlass:
    """Open the dossier for an hour. The caller has checked that it belongs to the manager's organisation.

    Raises Refused when the role is another, the reason too short, or the month's three openings are spent.
    """
    if actor.role != Role.MGR:
        raise Refused(_("Seule la personne responsable de l'association peut ouvrir un accès exceptionnel."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    if category not in CATEGORIES:
        raise Refused(_("Choisissez un motif dans la liste."))
    if len(reason.strip()) < REASON_LENGTH:
        raise Refused(_("Écrivez la raison en vingt caractères au moins."))
    now = clock.now()
    if _spent(actor, now) >= PER_MONTH:
        raise Refused(_("Trois accès exceptionnels ont déjà été ouverts ce mois-ci."))
    opening = BreakGlass(
        user=actor.user_id,
        dossier_id=dossier.id,
        category=category,
        opened_at=now,
        expires_at=now + timedelta(minutes=MINUTES),
    )
    opening.seal({"reason": reason.strip()})
    opening.save(force_insert=True)
    journal.record(actor, "break_glass", dossier, compartment="C15", relation="same_org", sealed=[opening])
    # Counted again: the trail's writers take turns, so that an opening asked at the same instant is seen now.
    if _spent(actor, now) > PER_MONTH:
        raise Refused(_("Trois accès exceptionnels ont déjà été ouverts ce mois-ci."))
    return opening


def _spent(actor: Actor, now: datetime) -> int:
    start = now.astimezone(clock.PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return BreakGlass.objects.filter(user=actor.user_id, opened_at__gte=start).count()
