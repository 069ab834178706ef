"""Erasing a closed file: two persons, keys destroyed, a tombstone, nothing left to read."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Condition, Refused, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership, on_day
from jalon.law.retention import PARTS
from jalon.notices import actions as notices
from jalon.notices.kinds import KINDS
from jalon.papers.actions import forget_papers
from jalon.people import reads, tombstones
from jalon.people.access import require
from jalon.people.models import (
    Agreement,
    Dossier,
    Erasure,
    ErasureConsent,
    Identity,
    Information,
    LegalHold,
    RightsRequest,
    SafeContact,
    Share,
    Statement,
)
from jalon.people.states import DOSSIER, Kept, Stage
from jalon.ui.errors import Conflict
from jalon.vault import files, formers, keys
from jalon.vault.models import Former, SealedFile

from .assignments import close_own_access
from .retention import notice_keys, why_not
from .rows import keep, locked, set_next_due

SEALED = (Identity, SafeContact, Agreement, Share, LegalHold, Information, RightsRequest, Statement)
# What the matrix is asked for each part.
COMPARTMENT_OF = {Kept.FILE: "C1", Kept.NOTES: "C11", Kept.PLACES: "C3"}

# Who may be the second pair of eyes: the association's manager or another officer.
SECOND = (Role.MGR, Role.DPO)
CONSENT_DAYS = 7
REASONS = ("retention", "request", "mistake", "order")


@transaction.atomic
def consent_to_erasure(actor: Actor, dossier: Dossier, part: str = Kept.FILE) -> ErasureConsent:
    """The manager agrees, from her own session, that this part of a closed file be erased; it holds seven days."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    if actor.role not in SECOND:
        raise Refused(_("Seule la personne responsable peut donner cet accord."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({Condition.STEPUP}))
    DOSSIER.target(dossier.stage, "erase")
    own = ErasureConsent.objects.filter(dossier=dossier, part=part, user=actor.user_id)
    if own.filter(expires_on__gte=clock.today()).exists():
        raise Conflict(_("Votre accord est déjà enregistré."))
    own.delete()
    row = ErasureConsent.objects.create(
        dossier=dossier,
        part=part,
        user_id=actor.user_id,
        given_at=clock.now(),
        expires_on=clock.today() + timedelta(days=CONSENT_DAYS),
    )
    journal.record(actor, "consent_to_erasure", dossier, relation="same_org", objects=[row.pk])
    return row


@transaction.atomic
def withdraw_consent(actor: Actor, dossier: Dossier, part: str = Kept.FILE) -> int:
    """She thinks again before the officer acts."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    count, _models = ErasureConsent.objects.filter(dossier=dossier, part=part, user=actor.user_id).delete()
    journal.record(actor, "withdraw_consent", dossier, relation="same_org", count=count)
    return count


@transaction.atomic
def erase_dossier(
    actor: Actor, dossier: Dossier, *, second_user: User, visa: str = "", reason: str, part: str = Kept.FILE
) -> Dossier:
    """Destroy the keys of a closed file, or of one part of it. What stays: its number, its dates, a tombstone.

    Refused while something holds the file, and before its time when time is the reason (``retention.why_not``).
    ``second_user`` is another active member of the association who agreed within seven days; ``visa`` the number of the
    archives' authorisation when there is one; ``reason`` a code of REASONS; ``part`` one of ``Kept``.
    """
    locked(dossier)
    if reason not in REASONS:
        raise Refused(_("Choisissez un motif dans la liste."))
    held = _second_held(actor, dossier, second_user, part)
    used = require(actor, dossier, COMPARTMENT_OF[part], "purge", also=held)
    DOSSIER.target(dossier.stage, "erase")
    if sentence := why_not(dossier, reason, part):
        raise Refused(sentence)
    done = {"erased_on": clock.today(), "reason": reason, "visa": visa}
    told = [second_user.pk, *([visa] if visa else [])]
    destroy = _destroy if part == Kept.FILE else partial(_destroy_part, part)
    return destroy(actor, dossier, done, relation="same_org", conditions=used.used, objects=told)


def _destroy_part(part: str, actor: Actor, dossier: Dossier, done: dict[str, Any], **event: Any) -> Dossier:
    """One part goes: its keys, its files, its words in every room. The file lives on, and may be written again."""
    group = PARTS[part]
    copies = list(SealedFile.objects.filter(owner=dossier.pk, group=group))
    rows = [row for found in reads.rows_of(dossier) for row in found.exclude(sealed=b"") if row.key_group == group]
    count = keys.destroy(dossier.pk, [group])
    keys.ensure(dossier.pk, group)
    journal.record(actor, "erase_part", dossier, purpose=done["reason"], count=count, gone=[*rows, *copies], **event)
    for row in rows:
        own = type(row)._base_manager.filter(pk=row.pk)
        own.delete() if row.GOES_WHOLE else own.update(sealed=b"", revision=0)
    for file in copies:
        files.delete(file)
    _listed(dossier, part, done)
    return dossier


def _listed(dossier: Dossier, part: str, done: dict[str, Any]) -> None:
    """The line of the list of eliminations, and the end of what led to it."""
    ErasureConsent.objects.filter(dossier=dossier, part=part).delete()
    notices.cancel(dossier, "retention", key=notice_keys(part), actor=SYSTEM)
    Erasure.objects.update_or_create(dossier=dossier, part=part, erased_on=None, defaults=done)
    set_next_due(dossier)


def _destroy(actor: Actor, dossier: Dossier, done: dict[str, Any], **event: Any) -> Dossier:
    """The keys, the rows of this room, the files, what is due, the salt of the trail; the line of the list stays."""
    copies = list(SealedFile.objects.filter(owner=dossier.pk))
    former = list(Former.objects.filter(owner=dossier.pk))
    rows = [row for model in SEALED for row in model.objects.filter(dossier=dossier)]
    notices.cancel(dossier, *KINDS, actor=actor)
    forget_papers(actor, dossier)
    close_own_access(actor, dossier)
    count = keys.destroy(dossier.pk)
    journal.record(
        actor, "erase", dossier, purpose=done["reason"], count=count, gone=[*rows, *copies, *former], **event
    )
    formers.drop(former)
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(sealed=b"", revision=0)
    for file in copies:
        files.delete(file)
    ErasureConsent.objects.filter(dossier=dossier).delete()
    Erasure.objects.filter(dossier=dossier, erased_on=None).exclude(part=Kept.FILE).delete()
    Erasure.objects.update_or_create(dossier=dossier, part=Kept.FILE, erased_on=None, defaults=done)
    return keep(dossier, stage=Stage.PURGED, erased_on=done["erased_on"], next_due_on=None, audit_salt=b"")


def replay_erasures(erased: Mapping[str, tuple[date, str, str]]) -> int:
    """After an older backup is put back: erase again what had been erased since (``tombstones.read``). Return how many.

    Nobody decides anything here: two persons did, on the day that the list says.
    """
    count = 0
    for pk in list(Dossier.objects.exclude(stage=Stage.PURGED).values_list("pk", flat=True)):
        for part in Kept.values:
            found = erased.get(tombstones.mark(pk, part))
            if found is None or Erasure.objects.filter(dossier=pk, part=part, erased_on__gte=found[0]).exists():
                continue
            on, reason, visa = found
            with transaction.atomic():
                dossier = Dossier.objects.select_for_update().get(pk=pk)
                done = {"erased_on": on, "reason": reason, "visa": visa}
                destroy = _destroy if part == Kept.FILE else partial(_destroy_part, part)
                destroy(SYSTEM, dossier, done, relation="replay")
            count += 1
            if part == Kept.FILE:
                break
    return count


def _second_held(actor: Actor, dossier: Dossier, second: User, part: str) -> frozenset[str]:
    """Another person who agreed, and whose account and function in the association are both in force today."""
    if second.pk == actor.user_id or not second.is_open():
        return frozenset()
    today = clock.today()
    agreed = ErasureConsent.objects.filter(dossier=dossier, part=part, user=second, expires_on__gte=today)
    held = Membership.objects.filter(on_day(today), user=second, organisation=dossier.organisation_id, role__in=SECOND)
    return frozenset({str(Condition.FOUREYES)}) if agreed.exists() and held.exists() else frozenset()
