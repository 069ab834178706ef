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
from jalon.law.retention import HOLDS, part_ends
from jalon.notices import actions as notices
from jalon.people import records
from jalon.people.access import accompanied, copies_held, holds_in_force, require
from jalon.people.models import Dossier, Erasure, LegalHold
from jalon.people.states import DOSSIER, Kept, Stage
from jalon.ui.errors import Conflict
from jalon.ui.html import day as written
from jalon.vault import formers, keys
from jalon.vault.models import Former

from .rows import keep, locked, set_next_due

NOTICE_DAYS = 30
PLACES = "C3"


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
    """What a run found: ends proposed, proposals withdrawn, due but held, still waiting; first contacts closed."""

    proposed: int
    withdrawn: int
    held: int
    waiting: int
    closed: int


def propose_erasures(dry: bool = False) -> Proposed:
    """Every night: propose what is due, part by part, withdraw what no longer is. ``dry``: count only, write nothing.

    A first contact that nothing followed is told in the same way, and closed once the notice is over.
    """
    kept = Dossier.objects.filter(stage__in=(Stage.CLOSED, Stage.CONTACT)).annotate(
        held=Exists(holds_in_force().filter(dossier=OuterRef("pk"))) | Exists(copies_held().filter(pk=OuterRef("pk"))),
        accompanied=accompanied(),
    )
    rows = list(kept.order_by("last_contact_on", "id"))
    due = [(row, part) for row in rows for part in records.due_parts(row, clock.today())]
    told = {(one.dossier_id, one.part): one for one in Erasure.objects.filter(erased_on=None)}
    named = {(row.pk, part) for row, part in due}
    fresh = [(row, part) for row, part in due if not row.held and (row.pk, part) not in told]
    waiting = [(row, told[row.pk, part]) for row, part in due if not row.held and (row.pk, part) in told]
    void = [one for key, one in told.items() if key not in named and one.reason != "request"]
    over = [row for row, one in waiting if row.stage == Stage.CONTACT and one.erasable_on <= clock.today()]
    if not dry:
        for row, part in fresh:
            _propose(row, part)
        for one in void:
            with transaction.atomic():
                _withdraw(locked(one.dossier), one.part)
        for row in over:
            _close(row)
    return Proposed(len(fresh), len(void), sum(row.held for row, _part in due), len(waiting), len(over))


def forget_left_places(dry: bool = False) -> int:
    """Every night: where she lived before goes thirty days after it was replaced, without waiting for the file.

    DAT-2 counts from the end of an accommodation: that of a former version ended, at the latest, when it was replaced.
    Nothing goes from a file that is held, or whose places she froze. Return how many go.
    """
    today, due = clock.today(), dict[str, list[Former]]()
    for row in Former.objects.filter(part=PLACES):
        if part_ends(Kept.PLACES, row.replaced_at.astimezone(clock.PARIS).date()) <= today:
            due.setdefault(row.owner, []).append(row)
    kept = Dossier.objects.filter(pk__in=due).exclude(Exists(holds_in_force().filter(dossier=OuterRef("pk"))))
    files = [file for file in kept if PLACES not in file.restricted.split()]
    if not dry:
        for file in files:
            with transaction.atomic():
                rows = due[file.pk]
                journal.record(
                    SYSTEM, "forget_places", file, compartment=PLACES, purpose="retention", count=len(rows), gone=rows
                )
                formers.drop(rows)
    return sum(len(due[file.pk]) for file in files)


@transaction.atomic
def _propose(dossier: Dossier, part: str) -> None:
    locked(dossier)
    if part not in records.due_parts(dossier, clock.today()):
        return
    day = clock.today() + timedelta(days=NOTICE_DAYS)
    Erasure.objects.create(dossier=dossier, part=part, proposed_on=clock.today(), erasable_on=day)
    rule = "DAT-1" if part == Kept.FILE and dossier.accompanied else "DAT-2"  # type: ignore[attr-defined]
    told = [
        notices.Due("retention", day, role=role, rule=rule, key=key)
        for role, key in zip(("DPO", "REF"), notice_keys(part), strict=True)
    ]
    notices.plan_many(dossier, told, actor=SYSTEM)
    set_next_due(dossier)
    journal.record(SYSTEM, "propose_erasure", dossier, purpose=part)


def announce_erasure(actor: Actor, dossier: Dossier) -> None:
    """She asked, and it was accepted: two persons may erase her closed file from now on. Refused while something holds.

    The caller holds the lock and journals. A proposal that her request made does not fall with the dates of the law.
    """
    if dossier.stage != Stage.CLOSED:
        raise Refused(_("Le dossier est ouvert : clôturez-le d'abord avec elle, ou refusez en expliquant pourquoi."))
    if sentence := why_not(dossier, "request"):
        raise Refused(sentence)
    today = clock.today()
    asked = {"proposed_on": today, "erasable_on": today, "reason": "request"}
    Erasure.objects.update_or_create(dossier=dossier, part=Kept.FILE, erased_on=None, defaults=asked)
    told = [
        notices.Due("retention", today, role=role, rule="DAT-3", key=key)
        for role, key in zip(("DPO", "REF"), notice_keys(Kept.FILE), strict=True)
    ]
    notices.plan_many(dossier, told, actor=actor)
    set_next_due(dossier)
    journal.record(actor, "propose_erasure", dossier, purpose="request")


def notice_keys(part: str) -> tuple[str, str]:
    """The keys of the two deadlines that tell the end of this part."""
    return (f"erasure.{part}.dpo", f"erasure.{part}.ref")


@transaction.atomic
def _close(dossier: Dossier) -> None:
    """Nobody met her again, and the notice is over: what was noted of the first contact may now be erased by two."""
    locked(dossier)
    keep(dossier, stage=DOSSIER.target(dossier.stage, "close"), closed_on=clock.today())
    journal.record(SYSTEM, "close", dossier, purpose="retention")


def _withdraw(dossier: Dossier, *parts: str) -> None:
    """The file is needed again, or its dates changed: the notice falls (of every part, when none is named)."""
    rows = Erasure.objects.filter(dossier=dossier, erased_on=None, reason="")
    rows = rows.filter(part__in=parts) if parts else rows
    gone = list(rows.values_list("part", flat=True))
    if gone:
        rows.delete()
        for part in gone:
            for key in notice_keys(part):
                notices.cancel(dossier, "retention", key=key, actor=SYSTEM)
        set_next_due(dossier)
        journal.record(SYSTEM, "withdraw_erasure_proposal", dossier, count=len(gone))


def why_not(dossier: Dossier, reason: str, part: str = Kept.FILE) -> str:
    """The sentence that forbids erasing this part of the file today for this reason, or nothing."""
    hold = holds_in_force().filter(dossier=dossier).order_by("-ends_on").first()
    if hold is not None:
        return _("Une retenue légale court jusqu'au %(day)s : rien n'est effacé.") % {"day": written(hold.ends_on)}
    if part == Kept.FILE and copies_held().filter(pk=dossier.pk).exists():
        return _("Le dossier de séance est retenu par la commission : le dossier n'est pas effacé avant la fin.")
    if dossier.restricted:
        return _("Une partie de ce dossier est gelée à sa demande : rien ne s'efface avant la fin du gel.")
    if reason != "retention":
        return ""
    if records.ends(dossier)[part] > clock.today():
        return _("La durée de conservation court encore.")
    told = Erasure.objects.filter(dossier=dossier, part=part, erased_on=None).first()
    if told is None or told.erasable_on is None:
        return _("L'effacement n'a pas encore été annoncé : il l'est 30 jours avant, par la tâche de nuit.")
    if told.erasable_on > clock.today():
        return _("L'effacement est annoncé pour le %(day)s.") % {"day": written(told.erasable_on)}
    return ""
