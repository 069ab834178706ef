"""Erasing a closed file: two persons, keys destroyed, a tombstone, nothing left to read."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM, Actor, Condition, Refused, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership, on_day
from jalon.notices import actions as notices
from jalon.notices.kinds import KINDS
from jalon.papers.actions import forget_papers
from jalon.people import tombstones
from jalon.people.access import require
from jalon.people.models import (
    Agreement,
    Dossier,
    Erasure,
    ErasureConsent,
    Identity,
    LegalHold,
    SafeContact,
    Share,
)
from jalon.people.states import DOSSIER, Stage
from jalon.ui.errors import Conflict
from jalon.vault import files, keys
from jalon.vault.models import SealedFile

from .assignments import close_own_access
from .retention import why_not
from .rows import keep, locked

SEALED = (Identity, SafeContact, Agreement, Share, LegalHold)

# Who may be the second pair of eyes: the association's manager or another officer.
SECOND = (Role.MGR, Role.DPO)
CONSENT_DAYS = 7
REASONS = ("retention", "request", "mistake", "order")


@transaction.atomic
def consent_to_erasure(actor: Actor, dossier: Dossier) -> ErasureConsent:
    """The manager agrees, from her own session, that this closed file be erased; it holds seven days."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    if actor.role not in SECOND:
        raise Refused(_("Seule la personne responsable peut donner cet accord."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({Condition.STEPUP}))
    DOSSIER.target(dossier.stage, "erase")
    if ErasureConsent.objects.filter(dossier=dossier, user=actor.user_id, expires_on__gte=clock.today()).exists():
        raise Conflict(_("Votre accord est déjà enregistré."))
    ErasureConsent.objects.filter(dossier=dossier, user=actor.user_id).delete()
    row = ErasureConsent.objects.create(
        dossier=dossier,
        user_id=actor.user_id,
        given_at=clock.now(),
        expires_on=clock.today() + timedelta(days=CONSENT_DAYS),
    )
    journal.record(actor, "consent_to_erasure", dossier, relation="same_org", objects=[row.pk])
    return row


@transaction.atomic
def withdraw_consent(actor: Actor, dossier: Dossier) -> int:
    """She thinks again before the officer acts."""
    locked(dossier)
    require(actor, dossier, "C16", "edit")
    count, _models = ErasureConsent.objects.filter(dossier=dossier, user=actor.user_id).delete()
    journal.record(actor, "withdraw_consent", dossier, relation="same_org", count=count)
    return count


@transaction.atomic
def erase_dossier(actor: Actor, dossier: Dossier, *, second_user: User, visa: str = "", reason: str) -> Dossier:
    """Destroy the keys of a closed file. What stays: its number, its dates, a tombstone in the trail.

    Refused while something holds the file, and before its time when time is the reason (``retention.why_not``).
    ``second_user`` is another active member of the association who agreed within seven days; ``visa`` the number of the
    archives' authorisation when there is one; ``reason`` a code of REASONS.
    """
    locked(dossier)
    if reason not in REASONS:
        raise Refused(_("Choisissez un motif dans la liste."))
    held = _second_held(actor, dossier, second_user)
    used = require(actor, dossier, "C1", "purge", also=held)
    DOSSIER.target(dossier.stage, "erase")
    if sentence := why_not(dossier, reason):
        raise Refused(sentence)
    done = {"erased_on": clock.today(), "reason": reason, "visa": visa}
    told = [second_user.pk, *([visa] if visa else [])]
    return _destroy(actor, dossier, done, relation="same_org", conditions=used.used, objects=told)


def _destroy(actor: Actor, dossier: Dossier, done: dict[str, Any], **event: Any) -> Dossier:
    """The keys, the rows of this room, the files, what is due, the salt of the trail; the line of the list stays."""
    copies = list(SealedFile.objects.filter(owner=dossier.pk))
    rows = [row for model in SEALED for row in model.objects.filter(dossier=dossier)]
    notices.cancel(dossier, *KINDS, actor=actor)
    forget_papers(actor, dossier)
    close_own_access(actor, dossier)
    count = keys.destroy(dossier.pk)
    journal.record(actor, "erase", dossier, purpose=done["reason"], count=count, gone=[*rows, *copies], **event)
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(sealed=b"", revision=0)
    for file in copies:
        files.delete(file)
    ErasureConsent.objects.filter(dossier=dossier).delete()
    Erasure.objects.update_or_create(dossier=dossier, defaults=done)
    return keep(dossier, stage=Stage.PURGED, erased_on=done["erased_on"], next_due_on=None, audit_salt=b"")


def replay_erasures(erased: Mapping[str, tuple[date, str, str]]) -> int:
    """After an older backup is put back: erase again what had been erased since (``tombstones.read``). Return how many.

    Nobody decides anything here: two persons did, on the day that the list says.
    """
    count = 0
    for pk in list(Dossier.objects.exclude(stage=Stage.PURGED).values_list("pk", flat=True)):
        found = erased.get(tombstones.mark(pk))
        if found is None:
            continue
        on, reason, visa = found
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update().get(pk=pk)
            done = {"erased_on": on, "reason": reason, "visa": visa}
            _destroy(SYSTEM, dossier, done, relation="replay")
        count += 1
    return count


def _second_held(actor: Actor, dossier: Dossier, second: User) -> frozenset[str]:
    """Another person who agreed, and whose account and function in the association are both in force today."""
    if second.pk == actor.user_id or not second.is_open():
        return frozenset()
    today = clock.today()
    agreed = ErasureConsent.objects.filter(dossier=dossier, user=second, expires_on__gte=today)
    held = Membership.objects.filter(on_day(today), user=second, organisation=dossier.organisation_id, role__in=SECOND)
    return frozenset({str(Condition.FOUREYES)}) if agreed.exists() and held.exists() else frozenset()
