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
from jalon.people.access import FREEZABLE, require, require_rights
from jalon.people.models import Dossier, RightsRequest, Statement
from jalon.people.states import REQUEST, RequestState, Right
from jalon.ui.errors import at_field
from jalon.vault import keys
from jalon.vault.classification import GROUP_OF
from jalon.vault.models import Sealed

from .rows import keep, locked, set_next_due

DECIDING = (Role.MGR, Role.DPO)


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
    """She asks, orally or in writing: the answer is due within a month of ``asked_on``.

    A restriction names its ``parts`` (FREEZABLE) and holds from now on, before any answer.
    """
    locked(dossier)
    used = require_rights(actor, dossier)
    if right not in Right.values:
        raise at_field("right", _("Choisissez une réponse de la liste."))
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
    notices.plan(dossier, "rights", row.due_on, rule="DAT-3", key=row.pk, actor=actor)
    set_next_due(dossier)
    return row


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
    notices.plan(row.dossier, "rights", row.due_on, rule="DAT-3", key=row.pk, actor=actor)
    set_next_due(row.dossier)
    return row


@transaction.atomic
def answer_request(actor: Actor, row: RightsRequest, *, outcome: str, answer: str = "") -> RightsRequest:
    """``granted``, or ``refused`` and explained to her in writing. A refused restriction ends."""
    granted = outcome == RequestState.GRANTED
    row, used = _open(actor, row, "grant_request" if granted else "refuse_request")
    if not granted and actor.role not in DECIDING:
        raise Refused(_("Un refus est décidé par la personne responsable ou déléguée à la protection des données."))
    if not granted and not answer.strip():
        raise at_field("answer", _("Un refus s'explique à la personne, par écrit."))
    row.state = RequestState.GRANTED if granted else RequestState.REFUSED
    row.answered_on, row.answered_by_id = clock.today(), actor.user_id
    known = row.unseal()
    row.seal({**known, "answer": answer.strip()})
    row.save(update_fields=["state", "answered_on", "answered_by", "sealed", "revision"])
    dossier, verb = row.dossier, "grant_request" if granted else "refuse_request"
    journal.record(actor, verb, dossier, compartment="C15", purpose=row.right, conditions=used, sealed=[row])
    notices.complete(dossier, "rights", key=row.pk, actor=actor)
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
