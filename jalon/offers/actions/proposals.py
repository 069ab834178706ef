"""An offer or a training proposed to her, her answer, the employer's, and the first day. She decides at each step."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Hidden, Refused, Role
from jalon.config import clock
from jalon.notices import actions as notices
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.support import actions as support
from jalon.support.states import PlacementKind

from .. import access
from ..models import Proposal
from ..reads import matches
from ..states import EMPLOYER_REFUSALS, KNOWLEDGE, PROPOSAL, RUNNING, SENDERS, OfferKind, ProposalState

SILENCE = timedelta(days=15)
MOST_LETTERS = 400
DUE = "application"
# What an employer may do, and whether that is a word of his: silence is an answer without a day.
HEARD = {"welcome": True, "refuse": True, "silence": False}


@transaction.atomic
def propose_offer(
    actor: Actor, dossier: Dossier, kind: str, number: str, *, lifted: Mapping[str, str] | None = None
) -> Proposal:
    """Speak of an offer with her. What the rules set aside is proposed only with a written reason for each filter.

    ``lifted``: code → reason. Never for level 0, which is not found here; by the association alone. What was shown
    that day is kept with it: the answer can be explained later.
    """
    access.require_together(actor, dossier)
    Dossier.objects.select_for_update().get(pk=dossier.pk)  # a second click finds the first
    match = matches.one_match(actor, dossier, kind, number)
    if match is None:
        raise Hidden
    reasons = [line.code for line in match.reasons]
    if reasons and not access.can_edit_project(actor, dossier):
        raise Refused(_("Seule l'association lève un filtre, avec elle."))
    wrong = {code: _written(lifted or {}, code) for code in reasons}
    if errors := {code: said for code, said in wrong.items() if said}:
        raise ValidationError(errors)
    if any(row["number"] == number and row["state"] in RUNNING for row in matches.proposed(dossier)):
        raise ValidationError(_("Cette offre lui est déjà proposée."))
    row = Proposal(dossier_id=dossier.pk, kind=kind)
    row.seal(
        {
            "number": number,
            "title": match.title,
            "who": match.who,
            "place": match.place,
            "model": matches.model(),
            "questions": [[str(line.label), line.quote] for line in match.questions],
            "lifted": [
                [line.code, str(line.label), line.quote, (lifted or {})[line.code].strip()] for line in match.reasons
            ],
            "insertion": any(line.code == "C_IAE" for line in match.conditions),
            "ends_on": match.ends_on.isoformat() if match.ends_on else None,
        }
    )
    row.save(force_insert=True)
    _trail(actor, "propose_offer", row, dossier)
    return row


def _written(lifted: Mapping[str, str], code: str) -> str:
    text = lifted.get(code, "").strip()
    if len(text) < 10:
        return _("Écrivez pourquoi ce filtre est levé, en une phrase.")
    return _short_error(text)


@transaction.atomic
def agree_proposal(actor: Actor, proposal: Proposal) -> Proposal:
    """She wants to try. She may change her mind, in both directions."""
    return _kept(actor, "agree_proposal", _moved(actor, proposal, "agree"))


@transaction.atomic
def decline_proposal(actor: Actor, proposal: Proposal, *, words: str = "", shared: bool = False) -> Proposal:
    """She says no, in her own words if she wants. It is no failure, and the next list is the same."""
    row = _moved(actor, proposal, "decline")
    _check(words, "words")
    row.shared_words = shared or actor.role == Role.EMP
    return _kept(actor, "decline_proposal", row, words=words.strip())


@transaction.atomic
def apply_proposal(actor: Actor, proposal: Proposal, *, on: date, sender: str, knows: str = "nothing") -> Proposal:
    """Her application left: on a day, under a label never the association's. An answer is due in fifteen days."""
    row = _moved(actor, proposal, "apply")
    if sender not in SENDERS:
        raise ValidationError({"sender": _("Choisissez une réponse de la liste.")})
    if knows not in KNOWLEDGE:
        raise ValidationError({"knows": _("Choisissez une réponse de la liste.")})
    _between(on, row.proposed_on)
    row.applied_on = on
    notices.plan(row.dossier, DUE, on + SILENCE, key=row.pk, actor=actor)
    told = {"knows": knows, "decided_on": clock.today().isoformat(), "decided_by": actor.user_id}
    return _kept(actor, "apply_proposal", row, sender=sender, **told)


@transaction.atomic
def answer_proposal(
    actor: Actor, proposal: Proposal, verb: str, *, on: date, reason: str = "", possible_if: str = ""
) -> Proposal:
    """The employer answered: welcome or refuse; or stayed silent, which is an answer too."""
    if verb not in HEARD:
        raise ValueError("not an answer")
    row = _moved(actor, proposal, verb)
    _between(on, row.applied_on or on)
    said: dict[str, str] = {}
    if verb == "refuse":
        if reason not in EMPLOYER_REFUSALS:
            raise ValidationError({"reason": _("Choisissez une réponse de la liste.")})
        _check(possible_if, "possible_if")
        said = {"reason": reason, "possible_if": possible_if.strip()}
    row.answered_on = on if HEARD[verb] else None
    notices.complete(row.dossier, DUE, key=row.pk, actor=actor)
    return _kept(actor, f"{verb}_proposal", row, **said)


@transaction.atomic
def start_proposal(actor: Actor, proposal: Proposal, *, on: date) -> Proposal:
    """The first day: noted once, among what began (jobs, trainings, insertion), with what follows from it."""
    row = _moved(actor, proposal, "start")
    _between(on, row.answered_on or on)
    data = row.unseal()
    kind = PlacementKind.TRAINING if row.kind == OfferKind.TRAINING else PlacementKind.JOB
    if data.get("insertion"):
        kind = PlacementKind.INTEGRATION
    support.record_placement(
        actor, row.dossier, title=data["title"][:160], kind=str(kind), organisation=data["who"][:120], starts_on=on
    )
    return _kept(actor, "start_proposal", row, started_on=on.isoformat())


@transaction.atomic
def drop_proposal(actor: Actor, proposal: Proposal) -> Proposal:
    """It is no longer possible: the offer is gone, or both sides leave it."""
    row = _moved(actor, proposal, "drop")
    notices.complete(row.dossier, DUE, key=row.pk, actor=actor)
    return _kept(actor, "drop_proposal", row)


def _moved(actor: Actor, proposal: Proposal, verb: str) -> Proposal:
    """The row, locked, in its next state; or a refusal."""
    dossier = people.seen(actor, proposal.dossier_id)
    if dossier is None:
        raise Hidden
    access.require_together(actor, dossier)
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    row.dossier = dossier
    row.state = ProposalState(PROPOSAL.target(row.state, verb))
    return row


def _kept(actor: Actor, verb: str, row: Proposal, **said: Any) -> Proposal:
    row.seal({**row.unseal(), **said})
    row.save()
    _trail(actor, verb, row, row.dossier)
    people_actions.refresh_next_due(row.dossier)
    return row


def _trail(actor: Actor, verb: str, row: Proposal, dossier: Dossier) -> None:
    journal.record(actor, verb, dossier, compartment="C10", sealed=[row], objects=[row.pk])


def _between(on: date, start: date) -> None:
    if on < start or on > clock.today():
        raise ValidationError({"on": _("Ce jour ne va pas avec les autres dates de la proposition.")})


def _check(text: str, field: str) -> None:
    if said := _short_error(text):
        raise ValidationError({field: said})


def _short_error(text: str) -> str:
    return "" if len(text) <= MOST_LETTERS else _("Écrivez au plus %(most)d caractères.") % {"most": MOST_LETTERS}
