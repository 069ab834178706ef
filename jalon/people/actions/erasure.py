"""Erasing a closed file: two persons, keys destroyed, a tombstone, nothing left to read."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Condition, Refused, Role
from jalon.accounts.models import User
from jalon.config import clock
from jalon.directory.models import Membership, on_day
from jalon.notices import actions as notices
from jalon.notices.kinds import KINDS
from jalon.papers.actions import forget_papers
from jalon.people.access import require
from jalon.people.models import Agreement, Dossier, ErasureConsent, Identity, SafeContact, Share
from jalon.people.states import DOSSIER
from jalon.ui.errors import Conflict
from jalon.vault import files, keys
from jalon.vault.models import SealedFile

from .rows import keep, locked

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

    ``second_user`` is another active member of the association who agreed within seven days; ``visa`` the number of the
    archives' authorisation when there is one; ``reason`` a code of REASONS.
    """
    locked(dossier)
    if reason not in REASONS:
        raise Refused(_("Choisissez un motif dans la liste."))
    held = _second_held(actor, dossier, second_user)
    copies = list(SealedFile.objects.filter(owner=dossier.pk))
    used = require(actor, dossier, "C1", "purge", also=held)
    target = DOSSIER.target(dossier.stage, "erase")
    rows = [*Identity.objects.filter(dossier=dossier), *SafeContact.objects.filter(dossier=dossier)]
    rows += [*Agreement.objects.filter(dossier=dossier), *Share.objects.filter(dossier=dossier)]
    notices.cancel(dossier, *KINDS, actor=actor)
    forget_papers(actor, dossier)
    destroyed = keys.destroy(dossier.pk)
    journal.record(
        actor,
        "erase",
        dossier,
        relation="same_org",
        conditions=used.used,
        purpose=reason,
        count=destroyed,
        objects=[second_user.pk, *([visa] if visa else [])],
        gone=[*rows, *copies],
    )
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(sealed=b"", revision=0)
    for file in copies:
        files.delete(file)
    ErasureConsent.objects.filter(dossier=dossier).delete()
    return keep(dossier, stage=target, erased_on=clock.today(), next_due_on=None, audit_salt=b"")


def _second_held(actor: Actor, dossier: Dossier, second: User) -> frozenset[str]:
    """Another person who agreed, and whose account and function in the association are both in force today."""
    if second.pk == actor.user_id or not second.is_open():
        return frozenset()
    today = clock.today()
    agreed = ErasureConsent.objects.filter(dossier=dossier, user=second, expires_on__gte=today)
    held = Membership.objects.filter(on_day(today), user=second, organisation=dossier.organisation_id, role__in=SECOND)
    return frozenset({str(Condition.FOUREYES)}) if agreed.exists() and held.exists() else frozenset()
