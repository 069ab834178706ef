"""Her rights over her data (GDPR, articles 15 to 21): asked, answered in time; her statement; what she froze."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.law.retention import answer_by
from jalon.notices import actions as notices
from jalon.people.access import FREEZABLE, OPPOSABLE, require, require_rights, shares_of
from jalon.people.models import Dossier, RightsRequest, Statement
from jalon.people.states import REQUEST, RequestState, Right
from jalon.ui.errors import at_field
from jalon.vault import keys
from jalon.vault.classification import GROUP_OF
from jalon.vault.models import Sealed

from .agreements import end_share
from .retention import announce_erasure
from .rows import keep, locked, set_next_due

DECIDING = (Role.MGR, Role.DPO)
# Answered in writing, whatever the answer.
WRITTEN = (Right.OBJECTION, Right.ERASURE)
# Asked again before the answer, it is the same request.
ONCE = (Right.ACCESS, Right.READERS)


@transaction.atomic
def record_request(
    actor: Actor,
    dossier: Dossier,
    *,
    right: str,
    words: str = "",
    asked_on: date | None = None,
    parts: Collection[str] = (),
) -> RightsRequest:
    """She asks, orally, in writing or from her space: the answer is due within a month of ``asked_on``.

    A restriction names its ``parts`` (FREEZABLE) and holds from now on, before any answer.
    """
    locked(dossier)
    hers = actor.role == Role.PER
    used = require(actor, dossier, "C15", "create").used if hers else require_rights(actor, dossier)
    if right not in Right.values:
        raise at_field("right", _("Choisissez une réponse de la liste."))
    same = RightsRequest.objects.filter(dossier=dossier, right=right, state=RequestState.OPEN)
    if right in ONCE and (known := same.first()) is not None:
        return known
    day = asked_on or clock.today()
    if day > clock.today():
        raise at_field("asked_on", _("Ce jour n'est pas encore venu."))
    if right == Right.RESTRICTION and (not parts or not set(parts) <= set(FREEZABLE)):
        raise at_field("parts", _("Choisissez ce qu'elle veut geler."))
    row = RightsRequest(dossier=dossier, right=right, asked_on=day, due_on=answer_by(day), recorded_by_id=actor.user_id)
    frozen = sorted(parts) if right == Right.RESTRICTION else []
    row.seal({"words": words.strip(), "answer": "", "parts": frozen}, keys.ensure(dossier.pk, "G1")["G1"])
    row.save(force_insert=True)
    journal.record(actor, "record_request", dossier, compartment="C15", purpose=right, conditions=used, sealed=[row])
    if frozen:
        _restrict(dossier, {*dossier.restricted.split(), *frozen})
    for key, role in _told(row):
        notices.plan(dossier, "rights", row.due_on, role=role, rule="DAT-3", key=key, actor=actor)
    set_next_due(dossier)
    return row


def _told(row: RightsRequest) -> tuple[tuple[str, str], ...]:
    """Whose list holds the date, by the key of each: the officer's, and that of whoever meets her."""
    return ((row.pk, Role.DPO), (f"{row.pk}:ref", Role.REF))


@transaction.atomic
def extend_request(actor: Actor, row: RightsRequest, *, reason: str) -> RightsRequest:
    """Two months more, once, told to her with the reason before the first month is over."""
    row, used = _open(actor, row, "extend_request")
    if not reason.strip():
        raise at_field("reason", _("Écrivez la raison, que vous direz à la personne."))
    if row.due_on != answer_by(row.asked_on) or clock.today() > row.due_on:
        raise Refused(_("Le délai se prolonge une fois, avant la fin du premier mois."))
    row.due_on = answer_by(row.asked_on, extended=True)
    row.seal({**row.unseal(), "extended": reason.strip()})
    row.save(update_fields=["due_on", "sealed", "revision"])
    journal.record(actor, "extend_request", row.dossier, compartment="C15", conditions=used, sealed=[row])
    for key, role in _told(row):
        notices.plan(row.dossier, "rights", row.due_on, role=role, rule="DAT-3", key=key, actor=actor)
    set_next_due(row.dossier)
    return row


@transaction.atomic
def answer_request(
    actor: Actor,
    row: RightsRequest,
    *,
    outcome: str,
    answer: str = "",
    shares: Collection[str] = (),
    parts: Collection[str] = (),
) -> RightsRequest:
    """``granted``, or ``refused`` and explained to her in writing. A refused restriction ends.

    An accepted objection ends ``shares`` (ids) and freezes ``parts`` (OPPOSABLE), at the next request; one at least.
    An accepted erasure announces the end of her closed file, that two persons then erase. Both are answered in writing.
    """
    granted = outcome == RequestState.GRANTED
    row, used = _open(actor, row, "grant_request" if granted else "refuse_request")
    if not granted and actor.role not in DECIDING:
        raise Refused(_("Un refus est décidé par la personne responsable ou déléguée à la protection des données."))
    if not granted and not answer.strip():
        raise at_field("answer", _("Un refus s'explique à la personne, par écrit."))
    if row.right in WRITTEN and not answer.strip():
        raise at_field("answer", _("Écrivez ce qui lui est répondu : la réponse lui est remise par écrit."))
    if granted and row.right == Right.OBJECTION:
        _object(actor, row.dossier, shares, parts)
    if granted and row.right == Right.ERASURE:
        announce_erasure(actor, row.dossier)
    row.state = RequestState.GRANTED if granted else RequestState.REFUSED
    row.answered_on, row.answered_by_id = clock.today(), actor.user_id
    known = row.unseal()
    row.seal({**known, "answer": answer.strip()})
    row.save(update_fields=["state", "answered_on", "answered_by", "sealed", "revision"])
    dossier, verb = row.dossier, "grant_request" if granted else "refuse_request"
    journal.record(actor, verb, dossier, compartment="C15", purpose=row.right, conditions=used, sealed=[row])
    notices.complete(dossier, "rights", key=[key for key, _role in _told(row)], actor=actor)
    set_next_due(dossier)
    if not granted and known["parts"]:
        _restrict(dossier, set(dossier.restricted.split()) - set(known["parts"]))
    return row


def _open(actor: Actor, row: RightsRequest, verb: str) -> tuple[RightsRequest, frozenset[str]]:
    """The request under a lock, still waiting, and the actor's right to answer it."""
    found = RightsRequest.objects.select_for_update().select_related("dossier").filter(pk=row.pk).first()
    if found is None:
        raise Hidden
    locked(found.dossier)
    used = require_rights(actor, found.dossier)
    REQUEST.target(found.state, verb)
    return found, used


def _object(actor: Actor, dossier: Dossier, shares: Collection[str], parts: Collection[str]) -> None:
    """What she objects to stops: these shares end, these parts are neither written nor used."""
    rows = list(shares_of(dossier).select_for_update().filter(pk__in=shares))
    if len(rows) != len(set(shares)) or not set(parts) <= set(OPPOSABLE):
        raise at_field("shares", _("Choisissez dans la liste ce qui s'arrête."))
    if not rows and not parts:
        raise at_field("shares", _("Choisissez ce qui s'arrête : un partage, ou une partie facultative."))
    for share in rows:
        share.dossier = dossier
        end_share(actor, share)
    if parts:
        _restrict(dossier, {*dossier.restricted.split(), *parts})


def _restrict(dossier: Dossier, parts: Collection[str]) -> None:
    keep(dossier, restricted=" ".join(code for code in FREEZABLE if code in parts))


@transaction.atomic
def lift_restriction(actor: Actor, dossier: Dossier, *, told: bool) -> Dossier:
    """What was frozen is used again: the officer alone, once the person has been told (GDPR, art. 18.3)."""
    locked(dossier)
    used = require(actor, dossier, "C15", "read")
    if actor.role != Role.DPO:
        raise Refused(_("Seule la personne déléguée à la protection des données lève un gel."))
    if not told:
        raise at_field("told", _("Dites-le d'abord à la personne : elle peut s'y opposer."))
    if not dossier.restricted:
        raise Refused(_("Rien n'est gelé dans ce dossier."))
    count = len(dossier.restricted.split())
    _restrict(dossier, ())
    journal.record(actor, "lift_restriction", dossier, compartment="C15", conditions=used.used, count=count)
    return dossier


@transaction.atomic
def attach_statement(actor: Actor, dossier: Dossier, *, about: Sealed, words: str) -> Statement:
    """Her own words beside a record that she contests. Nothing of the record changes; hers are never written over."""
    locked(dossier)
    require_rights(actor, dossier)
    used = require(actor, dossier, about.compartment, "read")
    if about.key_owner != dossier.pk:
        raise Hidden
    if not words.strip():
        raise at_field("words", _("Écrivez ce qu'elle veut dire."))
    row = Statement(
        dossier=dossier, about=about.pk, part=about.compartment, written_on=clock.today(), recorded_by_id=actor.user_id
    )
    group = GROUP_OF[row.part]
    row.seal({"words": words.strip()}, keys.ensure(dossier.pk, group)[group])
    row.save(force_insert=True)
    keep(dossier, contested=True)
    journal.record(
        actor, "attach_statement", dossier, compartment=row.part, conditions=used.used, objects=[about.pk], sealed=[row]
    )
    return row
