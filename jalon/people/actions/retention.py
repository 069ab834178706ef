"""How long a closed file is kept: proposed when the law says so, told thirty days before, held if a right needs it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Refused, Role
from jalon.config import clock
from jalon.law.retention import HOLDS, retention
from jalon.notices import actions as notices
from jalon.people.access import holds_in_force, require
from jalon.people.models import Dossier, Erasure, LegalHold
from jalon.people.states import Stage
from jalon.ui.errors import Conflict
from jalon.ui.html import day as written
from jalon.vault import keys

from .rows import locked, set_next_due

NOTICE_DAYS = 30
NOTICES = ("erasure.dpo", "erasure.ref")


# --- holds ------------------------------------------------------------------------------------------------
@transaction.atomic
def place_hold(actor: Actor, dossier: Dossier, *, kind: str, ends_on: date, reason: str) -> LegalHold:
    """Something under way needs this file (``kind``, one of HOLDS): nothing of it is erased until ``ends_on``.

    One at a time. What it is for is sealed; that it exists and until when is in clear, for whoever would erase.
    """
    locked(dossier)
    used = require(actor, dossier, "C16", "create")
    if actor.role != Role.MGR:
        raise Refused(_("Seule la personne responsable peut retenir un dossier."))
    if kind not in HOLDS:
        raise ValidationError({"kind": _("Choisissez une réponse de la liste.")})
    if ends_on <= clock.today():
        raise ValidationError({"ends_on": _("Une retenue finit après aujourd'hui.")})
    if holds_in_force().filter(dossier=dossier).exists():
        raise Conflict(_("Ce dossier est déjà retenu."))
    row = LegalHold(dossier=dossier, ends_on=ends_on, placed_at=clock.now(), placed_by_id=actor.user_id)
    row.seal({"kind": kind, "reason": reason.strip()}, keys.ensure(dossier.pk, row.key_group)[row.key_group])
    row.save(force_insert=True)
    journal.record(actor, "place_hold", dossier, compartment="C16", conditions=used.used, sealed=[row])
    _withdraw(dossier)
    return row


@transaction.atomic
def lift_hold(actor: Actor, dossier: Dossier) -> None:
    """It is over sooner than thought."""
    locked(dossier)
    used = require(actor, dossier, "C16", "edit")
    if actor.role != Role.MGR:
        raise Refused(_("Seule la personne responsable peut lever une retenue."))
    if not holds_in_force().filter(dossier=dossier).update(lifted_at=clock.now()):
        raise Conflict(_("Cette retenue est déjà levée."))
    journal.record(actor, "lift_hold", dossier, compartment="C16", conditions=used.used)


# --- proposals --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run found: files proposed, proposals withdrawn, files due but held, proposals still waiting."""

    proposed: int
    withdrawn: int
    held: int
    waiting: int


def propose_erasures(dry: bool = False) -> Proposed:
    """Every night: propose what is due, withdraw what no longer is. ``dry``: count only, write nothing."""
    closed = Dossier.objects.filter(stage=Stage.CLOSED).annotate(
        held=Exists(holds_in_force().filter(dossier=OuterRef("pk"))),
        waits=Exists(Erasure.objects.filter(dossier=OuterRef("pk"), erased_on=None)),
    )
    rows = [row for row in closed.order_by("last_contact_on", "id") if _due(row)]
    fresh = [row for row in rows if not row.held and not row.waits]
    void = list(
        Dossier.objects.filter(erasure__isnull=False, erasure__erased_on=None).exclude(pk__in=[row.pk for row in rows])
    )
    if not dry:
        for dossier in fresh:
            _propose(dossier)
        for dossier in void:
            with transaction.atomic():
                _withdraw(locked(dossier))
    held = sum(row.held for row in rows)
    return Proposed(len(fresh), len(void), held, sum(row.waits and not row.held for row in rows))


@transaction.atomic
def _propose(dossier: Dossier) -> None:
    locked(dossier)
    if dossier.stage != Stage.CLOSED or not _due(dossier):
        return
    day = clock.today() + timedelta(days=NOTICE_DAYS)
    Erasure.objects.create(dossier=dossier, proposed_on=clock.today(), erasable_on=day)
    dpo, ref = NOTICES
    told = [
        notices.Due("retention", day, role="DPO", rule="DAT-1", key=dpo),
        notices.Due("retention", day, role="REF", rule="DAT-1", key=ref),
    ]
    notices.plan_many(dossier, told, actor=SYSTEM)
    set_next_due(dossier)
    journal.record(SYSTEM, "propose_erasure", dossier)


def _withdraw(dossier: Dossier) -> None:
    """The file is needed again, or its dates changed: the notice falls."""
    count, _models = Erasure.objects.filter(dossier=dossier, erased_on=None).delete()
    if count:
        notices.cancel(dossier, "retention", key=NOTICES[0], actor=SYSTEM)
        notices.cancel(dossier, "retention", key=NOTICES[1], actor=SYSTEM)
        set_next_due(dossier)
        journal.record(SYSTEM, "withdraw_erasure_proposal", dossier)


def _due(dossier: Dossier) -> bool:
    return bool(retention(dossier.last_contact_on, as_of=clock.today()).due)


def why_not(dossier: Dossier, reason: str) -> str:
    """The sentence that forbids erasing this file today for this reason, or nothing."""
    hold = holds_in_force().filter(dossier=dossier).order_by("-ends_on").first()
    if hold is not None:
        return _("Une retenue légale court jusqu'au %(day)s : rien n'est effacé.") % {"day": written(hold.ends_on)}
    if reason != "retention":
        return ""
    if not _due(dossier):
        return _("La durée de conservation court encore.")
    told = Erasure.objects.filter(dossier=dossier).first()
    if told is None or told.erasable_on is None:
        return _("L'effacement n'a pas encore été annoncé : il l'est 30 jours avant, par la tâche de nuit.")
    if told.erasable_on > clock.today():
        return _("L'effacement est annoncé pour le %(day)s.") % {"day": written(told.erasable_on)}
    return ""
