"""The opinions given, for the screens of this room and for the rooms above."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery

from jalon.access import Actor
from jalon.commissions import access, wording
from jalon.commissions.models import AgendaItem, Opinion, WrittenOpinion
from jalon.commissions.states import Outcome
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.vault import keys

from .sessions import taking_part


def opinion_of(application: Application) -> Opinion | None:
    """The last opinion given on a request. The caller has checked C13 or C14."""
    return Opinion.objects.filter(item__application=application).order_by("-given_on", "-pk").first()


def opinions(department: str | None = None) -> QuerySet[Opinion]:
    """Opinions with their meeting's day and department, for figures: outcome and votes are in clear."""
    rows = Opinion.objects.annotate(department=F("item__meeting__department"), meeting_on=F("item__meeting__on"))
    return rows.filter(department=department) if department else rows


def awaiting_decision(actor: Actor) -> QuerySet[Application]:
    """Requests whose opinion is given and whose decision is not signed, the longest wait first."""
    given = Opinion.objects.filter(item__application=OuterRef("pk")).order_by("-given_on", "-pk")
    return (
        access.applications_visible_to(actor)
        .filter(state=ApplicationState.OPINED)
        .annotate(
            opinion_outcome=Subquery(given.values("outcome")[:1]),
            opinion_on=Subquery(given.values("given_on")[:1]),
            association=name_subquery(OuterRef("dossier__organisation_id"), clock.today()),
        )
        .order_by("opinion_on", "dossier__number")
    )


class Answer(NamedTuple):
    """What one seat answered in a written consultation; ``sense`` empty: nothing yet."""

    college: str
    organisation: str
    sense: str
    reasons: str
    given_at: datetime | None


def written(item: AgendaItem) -> list[Answer]:
    """Every seat that was asked and takes part, with its answer. The caller has checked C13 for the secretariat."""
    rows = keys.with_key(WrittenOpinion.objects.filter(item=item), "G6", owner="dossier_id")
    given = {row.seat_id: row for row in rows}
    found = []
    for seat, label in taking_part(item):
        row = given.get(seat)
        words = row.unseal(row.key_G6) if row else {}
        college, _sep, organisation = label.partition(" · ")
        said = Answer(college, organisation, words.get("sense", ""), words.get("reasons", ""), row and row.given_at)
        found.append(said)
    return found


def tally(answers: Iterable[Answer]) -> dict[str, int]:
    """The votes of a written consultation, by the names of the fields of the opinion."""
    counted = Counter(answer.sense for answer in answers)
    return {"votes_for": counted["for"], "votes_against": counted["against"], "abstentions": counted["abstain"]}


def own_answer(actor: Actor, item: AgendaItem) -> dict[str, str]:
    """What this member answered herself for her seat; empty before."""
    seats = access.convoked(actor).filter(meeting=item.meeting_id).values("seat")
    row = WrittenOpinion.objects.filter(item=item, seat__in=seats, user_id=actor.user_id).first()
    return row.unseal() if row else {}


def opinion_words(item: AgendaItem) -> dict[str, Any]:
    """The opinion of one point, its reasons unsealed; empty before it is given. The caller has checked C13."""
    found = Opinion.objects.filter(item=item).first()
    if found is None:
        return {}
    return {
        "pk": found.pk,
        "revision": found.revision,
        "outcome": found.outcome,
        "label": str(Outcome(found.outcome).label),
        "votes": wording.votes_text(found),
        "votes_for": found.votes_for,
        "votes_against": found.votes_against,
        "abstentions": found.abstentions,
        "casting_vote": found.casting_vote,
        "given_on": found.given_on,
        **found.unseal(),
    }
