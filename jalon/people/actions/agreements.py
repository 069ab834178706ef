"""Her agreement to apply, her optional shares: given, read back, taken back at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.accounts import actions as accounts
from jalon.config import clock
from jalon.directory.models import Membership, Organisation
from jalon.notices import actions as notices
from jalon.notices.kinds import OF_ANSWER
from jalon.people import records
from jalon.people.access import require
from jalon.people.models import Agreement, Assignment, Dossier, Information, SafeContact, Share
from jalon.people.states import DOSSIER, Stage
from jalon.ui.errors import Conflict, at_field

from .files import plan_review
from .rows import keep, locked, set_next_due


@transaction.atomic
def record_agreement(
    actor: Actor,
    dossier: Dossier,
    *,
    language: str,
    read_back: bool = True,
    interpreter: str = "",
    witness: str = "",
    presence: Sequence[str] = (),
    how: str = "",
    copy: bool = False,
    representative: str = "",
    read_how: str = "",
) -> Agreement:
    """She agrees that a request be prepared and sent, after hearing who will read it, in her language.

    ``presence``: codes of ``records.PRESENCE``, who was there when it was read; ``how``: ``signed`` or ``oral`` (then
    with a witness); ``copy``: she wants one on paper. ``representative`` (or why nobody) and ``read_how``: asked when a
    need of hers says so (``records.NEEDS``), refused at their field without. What the law makes compulsory was told:
    another record.
    """
    locked(dossier)
    require(actor, dossier, "C15", "create")
    verb = "record_agreement" if dossier.stage == Stage.CONTACT else "renew_agreement"
    target = DOSSIER.target(dossier.stage, verb)
    if not language.strip():
        raise Refused(_("Indiquez dans quelle langue l'accord a été expliqué."))
    if not read_back:
        raise Refused(_("Relisez l'accord avec elle avant de l'enregistrer."))
    if how == "oral" and not witness.strip():
        raise at_field("witness", _("Écrivez qui est témoin de l'accord donné à l'oral."))
    if Agreement.objects.filter(dossier=dossier, withdrawn_at__isnull=True).exists():
        raise Conflict(_("Un accord est déjà en vigueur."))
    contact = SafeContact.objects.filter(dossier=dossier).first()
    needs = contact.unseal().get("needs", []) if contact else []
    if records.REPRESENTED.intersection(needs) and not representative.strip():
        raise at_field("representative", _("Écrivez qui la représente ou l'assiste, ou pourquoi personne n'était là."))
    if records.READ_OTHERWISE.intersection(needs) and read_how not in dict(records.READINGS):
        raise at_field("read_how", _("Dites comment ces pages lui ont été lues."))
    row = Agreement(dossier=dossier, given_on=clock.today(), recorded_by_id=actor.user_id)
    row.seal(
        {
            "language": language,
            "read_back": read_back,
            "interpreter": interpreter,
            "witness": witness,
            "presence": list(presence),
            "how": how,
            "copy": copy,
            "needs": needs,
            "representative": representative.strip(),
            "read_how": read_how,
            "wording": records.WORDING,
        }
    )
    row.save(force_insert=True)
    keep(dossier, stage=target)
    _know(dossier, agreement=True)
    journal.record(actor, "record_agreement", dossier, compartment="C15", relation="assigned", sealed=[row])
    record_information(actor, dossier, language=language, presence=presence)
    if verb == "record_agreement":
        plan_review(dossier, actor=actor)
    return row


@transaction.atomic
def record_information(actor: Actor, dossier: Dossier, *, language: str, presence: Sequence[str] = ()) -> Information:
    """She was told what the law makes compulsory: who gives an opinion, who decides, who receives the decision.

    Recorded again the same day, in the same language and before the same people, it is the same record.
    """
    locked(dossier)
    require(actor, dossier, "C15", "create")
    told = {"language": language, "presence": list(presence), "wording": records.WORDING}
    morning = clock.now().astimezone(clock.PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Information.objects.filter(dossier=dossier, told_at__gte=morning)
    known = next((row for row in today if row.unseal() == told), None)
    if known is not None:
        return known
    row = Information(dossier=dossier, told_at=clock.now(), recorded_by_id=actor.user_id)
    row.seal(told)
    row.save(force_insert=True)
    journal.record(actor, "record_information", dossier, compartment="C15", relation="assigned", sealed=[row])
    return row


@transaction.atomic
def withdraw_agreement(actor: Actor, dossier: Dossier) -> Agreement:
    """She changes her mind: from the next request on, nothing that needed her agreement opens or leaves."""
    locked(dossier)
    require(actor, dossier, "C15", "withdraw")
    DOSSIER.target(dossier.stage, "withdraw_agreement")
    row = Agreement.objects.select_for_update().filter(dossier=dossier, withdrawn_at__isnull=True).first()
    if row is None:
        raise Conflict(_("Aucun accord n'est en vigueur."))
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    _know(dossier, agreement=False)
    _forget_typed(dossier)
    journal.record(actor, "withdraw_agreement", dossier, compartment="C15", relation="assigned", objects=[row.pk])
    return row


@transaction.atomic
def grant_share(
    actor: Actor,
    dossier: Dossier,
    *,
    organisation: Organisation,
    what: Sequence[str],
    not_shared: Sequence[str] = (),
    language: str,
    ends_on: date | None = None,
) -> Share:
    """She lets one organisation see these items, until a day or until she takes it back.

    What leaves the house is recorded by somebody who has just proved who she is; taking it back asks for nothing.
    """
    locked(dossier)
    require(actor, dossier, "C15", "create")
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({"stepup"}))
    if not what:
        raise Refused(_("Indiquez ce qu'elle accepte de partager."))
    if organisation.pk == dossier.organisation_id:
        raise Refused(_("L'association tient déjà ce dossier : un partage se donne à un autre organisme."))
    today = clock.today()
    if ends_on is not None and ends_on < today:
        raise Refused(_("La fin du partage est déjà passée."))
    for former in _in_force(dossier, organisation):
        if former.ends_on is None or former.ends_on >= today:
            raise Conflict(_("Un partage avec cet organisme est déjà en vigueur."))
        former.revoked_at = clock.now()  # it had ended by its date: it leaves the place to the new one
        former.save(update_fields=["revoked_at"])
    row = Share(
        dossier=dossier, organisation=organisation, given_on=today, ends_on=ends_on, recorded_by_id=actor.user_id
    )
    row.seal({"what": list(what), "not_shared": list(not_shared), "language": language, "wording": records.WORDING})
    row.save(force_insert=True)
    journal.record(
        actor, "grant_share", dossier, compartment="C15", relation="assigned", objects=[organisation.pk], sealed=[row]
    )
    if ends_on is not None:
        notices.plan(dossier, "share_end", ends_on, role="REF", key=row.pk, actor=actor)
        set_next_due(dossier)
    return row


def _in_force(dossier: Dossier, organisation: Organisation) -> list[Share]:
    rows = Share.objects.select_for_update().filter(dossier=dossier, organisation=organisation, revoked_at__isnull=True)
    return list(rows)


@transaction.atomic
def revoke_share(actor: Actor, share: Share) -> Share:
    """Taken back: the organisation sees nothing more from its next request on."""
    share.refresh_from_db(from_queryset=Share.objects.select_for_update().select_related("dossier"))
    require(actor, share.dossier, "C15", "withdraw")
    if share.revoked_at is not None:
        raise Conflict(_("Ce partage a déjà été retiré."))
    return end_share(actor, share)


def end_share(actor: Actor, share: Share) -> Share:
    """The share ends now; the caller has checked who may (she takes it back, or her objection to it is accepted)."""
    share.revoked_at = clock.now()
    share.save(update_fields=["revoked_at"])
    _forget_typed(share.dossier, share.organisation_id)
    journal.record(actor, "revoke_share", share.dossier, compartment="C15", relation="assigned", objects=[share.pk])
    closed = notices.cancel(share.dossier, "share_end", key=share.pk, actor=actor)
    # The thread is closed with it: nobody can answer there any more.
    closed += notices.cancel(share.dossier, *OF_ANSWER, actor=actor)
    if closed:
        set_next_due(share.dossier)
    return share


def _forget_typed(dossier: Dossier, *houses: str) -> None:
    """What waits to be sent again, of anybody who could have been writing about her, goes with what allowed it.

    A kept form is sealed: which file it is about is not known here, so all of theirs go. They live a day at most.
    """
    named = Assignment.objects.filter(dossier=dossier).values_list("user_id", flat=True)
    held = Membership.objects.filter(organisation__in=houses or (dossier.organisation_id,))
    accounts.drop_forms_of({*named, *held.values_list("user_id", flat=True)})


def _know(dossier: Dossier, **facts: Any) -> None:
    """The facts fetched with the file follow what has just been written."""
    for name, value in facts.items():
        if hasattr(dossier, name):
            setattr(dossier, name, value)
