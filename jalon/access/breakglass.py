"""Opening by break-glass: a reason, one dossier, 60 minutes, read only, three a month, reviewed in seven days.

Who is told, and who may review what, is decided by ``people``, which knows whose dossier it is.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
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
REVIEW_WITHIN = timedelta(days=7)
VERDICTS = ("justified", "unjustified")
CATEGORIES = ("absence", "danger", "continuity", "authority")


def is_open(actor: Actor, dossier_id: str) -> bool:
    """Does an opening by this manager on this dossier run now?"""
    return actor.role == Role.MGR and _running(actor, dossier_id).exists()


def running(actor: Actor, dossier_id: str) -> BreakGlass | None:
    """The opening by this manager on this dossier that runs now."""
    return _running(actor, dossier_id).order_by("-opened_at").first()


def _running(actor: Actor, dossier_id: str) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(user=actor.user_id, dossier_id=dossier_id, expires_at__gt=clock.now())


@transaction.atomic
def break_glass(actor: Actor, dossier: Any, category: str, reason: str) -> BreakGlass:
    """Open the dossier for an hour. The caller has checked that it belongs to the manager's organisation.

    Asked again while it is open, it is the same opening: none of the month's three is spent.
    Raises Refused when the role is another, the reason too short, the month's three openings are spent, or an opening
    has waited for its review too long.
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
    known = running(actor, dossier.id)
    if known is not None:
        return known
    if overdue().filter(user=actor.user_id).exists():
        raise Refused(_("Un accès précédent attend sa relecture depuis plus de sept jours."))
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


def overdue() -> QuerySet[BreakGlass]:
    """Openings that nobody has reviewed in time."""
    return BreakGlass.objects.filter(reviewed_at=None, opened_at__lt=clock.now() - REVIEW_WITHIN)


def left(user_id: str) -> int:
    """How many openings this manager may still make this month."""
    return max(PER_MONTH - _this_month(user_id, clock.now()).filter(counted=True).count(), 0)


def review(actor: Actor, dossier: Any, opening: BreakGlass, verdict: str) -> None:
    """Say whether the opening was justified. The caller has checked who the officer of this dossier is."""
    if opening.user == actor.user_id:
        raise Refused(_("Une autre personne que vous relit cet accès."))
    if opening.reviewed_at is not None or verdict not in VERDICTS:
        raise Refused(_("Cet accès est déjà relu."))
    opening.reviewed_at, opening.reviewed_by, opening.verdict = clock.now(), actor.user_id, verdict
    opening.save(update_fields=["reviewed_at", "reviewed_by", "verdict"])
    journal.record(actor, "review_break_glass", dossier, compartment="C15", conditions=[verdict], objects=[opening.pk])


def give_back(actor: Actor, user_id: str) -> int:
    """Three more this month: once every opening of the month was reviewed, the officer stops counting them."""
    rows = _this_month(user_id, clock.now()).filter(counted=True)
    if rows.filter(reviewed_at=None).exists():
        raise Refused(_("Relisez d'abord les accès de ce mois."))
    count = rows.update(counted=False)
    journal.record(actor, "give_back_break_glass", objects=[user_id], count=count)
    return count


def tell(actor: Actor, dossier: Any, opening: BreakGlass) -> None:
    """The person knows: somebody told her, on this day."""
    opening.told_on = clock.today()
    opening.save(update_fields=["told_on"])
    journal.record(actor, "tell_break_glass", dossier, compartment="C15", objects=[opening.pk])


def _this_month(user_id: str, now: datetime) -> QuerySet[BreakGlass]:
    start = now.astimezone(clock.PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return BreakGlass.objects.filter(user=user_id, opened_at__gte=start)


def _spent(actor: Actor, now: datetime) -> int:
    return _this_month(actor.user_id, now).filter(counted=True).count()
