"""The opinion on a point: given, corrected with a reason, or postponed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import Actor, Refused
from jalon.commissions import access, reads
from jalon.commissions.models import AgendaItem, Opinion
from jalon.commissions.states import ITEM, Outcome
from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.states import ApplicationState, Kind
from jalon.law import commission
from jalon.notices import actions as notices
from jalon.people import actions as people
from jalon.ui.errors import at_field

from .common import live_copies, locked_item, state_key

NOBODY = {"association": False, "person": False, "others": ""}


class Count(NamedTuple):
    """What was counted on a point; ``outcome`` is what the law makes of it."""

    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    outcome: str
    casting_vote: bool


class Given(TypedDict, total=False):
    """The votes, and the reasons; or the outcome alone, when nothing was counted."""

    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    chair_vote: str
    reasons: str
    outcome: str | None


def _counted(item: AgendaItem, written: Given) -> Count:
    """The outcome by the law when votes are given, else the one that is written (written consultation, no count)."""
    votes = (written.get("votes_for"), written.get("votes_against"), written.get("abstentions"))
    outcome, chair_vote = written.get("outcome"), written.get("chair_vote", "none")
    if votes == (None, None, None):
        if outcome not in Outcome.values:
            raise at_field("outcome", _("Indiquez le sens de l'avis, ou le nombre de voix."))
        return Count(None, None, None, outcome, False)
    pour, contre, abstained = (number or 0 for number in votes)
    if chair_vote not in commission.CHAIR_VOTES:
        raise at_field("chair_vote", _("Choisissez une réponse de la liste."))
    base = reads.voting_base(item)
    given = pour + contre + abstained
    if given > base.taking_part:
        raise at_field(
            "votes_for",
            _("Il y a %(votes)d voix pour %(members)d membres qui prennent part à ce point : vérifiez le décompte.")
            % {"votes": given, "members": base.taking_part},
        )
    vote = commission.vote(
        members=base.members,
        present=base.present,
        recused=base.recused,
        votes_for=pour,
        votes_against=contre,
        abstain=abstained,
        chair_vote=chair_vote,
        quorum_waived=base.quorum_waived,
    )
    if outcome and outcome != vote.opinion:
        raise at_field("outcome", _("Le sens de l'avis ne correspond pas au décompte des voix."))
    return Count(pour, contre, abstained, vote.opinion, vote.casting_vote)


def _write(opinion: Opinion, count: Count, given: Given, corrections: Sequence[str] = ()) -> None:
    reasons = given.get("reasons", "").strip()
    if count.outcome == Outcome.UNFAVOURABLE and not reasons:
        raise at_field("reasons", _("Écrivez le motif : un avis défavorable est toujours motivé."))
    opinion.outcome = count.outcome
    opinion.votes_for = count.votes_for
    opinion.votes_against = count.votes_against
    opinion.abstentions = count.abstentions
    opinion.casting_vote = count.casting_vote
    data = {"reasons": reasons, "corrections": list(corrections)}
    opinion.seal(data, state_key(opinion.dossier_id))


@transaction.atomic
def record_opinion(actor: Actor, item: AgendaItem, **given: Unpack[Given]) -> Opinion:
    """The opinion of the commission on an application (COM-4, COM-11): computed from the votes when they are given."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "record_opinion")
    if row.application is None:
        raise Refused(_("Ce point n'appelle pas d'avis."))
    access.require(actor, row, "C13", "create")
    opinion = Opinion(item=row, dossier=row.application.dossier, given_on=clock.today())
    _write(opinion, _counted(row, given), given)
    opinion.save(force_insert=True)
    row.state = ITEM.target(row.state, "record_opinion")
    row.save(update_fields=["state"])
    dossiers.advance(row.application, "give_opinion")
    notices.complete(row.application.dossier, "meeting", key=row.meeting_id, actor=actor)
    people.refresh_next_due(row.application.dossier)
    _trace(actor, "record_opinion", row, opinion)
    return opinion


@transaction.atomic
def correct_opinion(actor: Actor, item: AgendaItem, *, why: str, **given: Unpack[Given]) -> Opinion:
    """Correct what was recorded, with a reason, until the minutes are signed or the préfet has decided."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "correct_opinion")
    access.require(actor, row, "C13", "edit")
    if row.application is None or row.application.state != ApplicationState.OPINED:
        raise Refused(_("La décision est prise : l'avis ne se corrige plus."))
    if not why.strip():
        raise at_field("why", _("Écrivez pourquoi l'avis est corrigé."))
    opinion = Opinion.objects.select_for_update().get(item=row)
    corrections = [*opinion.unseal().get("corrections", []), why.strip()]
    _write(opinion, _counted(row, given), given, corrections)
    opinion.save()
    _trace(actor, "correct_opinion", row, opinion)
    return opinion


@transaction.atomic
def record_hearing(
    actor: Actor, item: AgendaItem, *, association: bool = False, person: bool = False, others: str = ""
) -> AgendaItem:
    """Who was heard on this point without a vote (CRPA R.133-6): the association, herself if she wished it, others.

    Written again, it replaces what was written."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "record_hearing")
    if row.application is None:
        raise Refused(_("Ce point n'appelle pas d'avis."))
    access.require(actor, row, "C13", "edit")
    heard = {"association": association, "person": person, "others": others.strip()}
    known = row.unseal() if row.revision else {}
    if known.get("heard", NOBODY) == heard:
        return row
    row.seal({**known, "heard": heard}, state_key(row.key_owner))
    row.save(update_fields=["sealed", "revision"])
    journal.record(
        actor,
        "record_hearing",
        row.application.dossier,
        compartment="C13",
        relation="same_dept",
        objects=[row.id],
        sealed=[row],
    )
    return row


@transaction.atomic
def postpone_item(actor: Actor, item: AgendaItem, *, to: date | None = None, reason: str = "") -> AgendaItem:
    """Put off to a later meeting: the application waits again for an agenda; members read it no more."""
    access.require_secretariat(actor, item.meeting)
    row = locked_item(item, "postpone_item")
    if to is not None and to <= row.meeting.on:
        raise at_field("to", _("Choisissez une date après celle de la séance."))
    subject = row.application.dossier if row.application else None
    copies = live_copies(subject) if subject else []
    put_off(actor, row, to=to, reason=reason)
    journal.record(
        actor,
        "postpone_item",
        subject,
        compartment="C13",
        relation="same_dept",
        objects=[row.id],
        sealed=[row] if row.revision else (),
        gone=copies,
    )
    return row


@transaction.atomic
def put_off(actor: Actor, row: AgendaItem, *, to: date | None = None, reason: str = "") -> None:
    """Shared with the cancellation of a meeting, which journals it with the others."""
    row.state = ITEM.target(row.state, "postpone_item")
    row.postponed_to = to
    if reason.strip():
        known = row.unseal() if row.revision else {}
        row.seal({**known, "reason": reason.strip()}, state_key(row.key_owner))
    row.save()
    if row.application is not None:
        dossiers.advance(row.application, "postpone")
        notices.cancel(row.application.dossier, "meeting", key=row.meeting_id, actor=actor)
        if row.application.kind == Kind.RENEWAL:  # a meeting is to be found again
            notices.reopen_renewal(row.application.dossier, "renewal_session", actor=actor)
        people.refresh_next_due(row.application.dossier)


def _trace(actor: Actor, verb: str, row: AgendaItem, opinion: Opinion) -> None:
    journal.record(
        actor,
        verb,
        row.application.dossier,  # type: ignore[union-attr]
        compartment="C13",
        relation="same_dept",
        objects=[row.id],
        sealed=[opinion],
    )
