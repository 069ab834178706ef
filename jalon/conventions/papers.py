"""The minutes of a steering meeting: figures and commitments, no person."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from jalon import papers
from jalon.access import Actor, Hidden
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper

from . import access
from .models import Commitment, SteeringMeeting

HERE = Path(__file__).parent / "templates/conventions/papers"

MINUTES = papers.register(
    "committee_minutes",
    1,
    HERE / "committee-1.typ",
    {
        "title": str,
        "association": str,
        "agency": str,
        "held_on": date,
        "present": str,
        "points": [{"title": str, "lines": [str], "said": str}],
        "decisions": [{"title": str, "owner": str, "due_on": maybe(date)}],
        "next_on": maybe(date),
    },
)


@transaction.atomic
def make_minutes(actor: Actor, meeting: SteeringMeeting) -> Made:
    """The paper of a meeting fetched by ``reads.meeting``, for who reads its convention."""
    convention = meeting.convention
    if not access.visible_to(actor).filter(pk=convention.pk).exists():
        raise Hidden
    with translation.override("fr"):
        context = {
            "title": convention.title,
            "association": meeting.association_label,  # type: ignore[attr-defined]
            "agency": meeting.agency_label,  # type: ignore[attr-defined]
            "held_on": meeting.held_on,
            "present": meeting.present,
            "points": [{name: point[name] for name in ("title", "lines", "said")} for point in meeting.points],
            "decisions": [_decision(row, meeting) for row in meeting.decisions.all()],
            "next_on": convention.next_committee_on,
        }
    return make_paper(
        actor,
        MINUTES.code,
        MINUTES.version,
        context,
        about=meeting.pk,
        organisation_id=convention.association_id,
    )


def _decision(row: Commitment, meeting: SteeringMeeting) -> dict[str, Any]:
    owner = ""
    if row.owner is not None:
        row.owner.profile_key = meeting.key_GS  # type: ignore[attr-defined]
        owner = row.owner.name
    return {"title": row.title, "owner": owner, "due_on": row.due_on}
