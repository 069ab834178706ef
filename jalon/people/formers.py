"""What a record of a file said before it was written over: who reads it, and where (``vault.formers`` keeps it).

Whoever holds the record's compartment, as for the record itself, and nobody to whom its own page shows only a part of
it: the association for what it writes, the agency for what both write, the State's side for what it records itself.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from jalon.access import Actor, Condition, Role
from jalon.people.access import role_on, verdict
from jalon.people.models import Dossier
from jalon.vault.models import Former

HOUSE = (Role.REF, Role.COL, Role.MGR)
BOTH = (*HOUSE, Role.EMP)
SECRETARIAT = (Role.SEC,)


class Record(NamedTuple):
    """A record that somebody may write over: its word in an address, who reads it whole."""

    word: str
    readers: tuple[str, ...]


RECORDS = {
    "commissions.AgendaItem": Record("point", SECRETARIAT),
    "commissions.Opinion": Record("answer", SECRETARIAT),
    "dossiers.Part": Record("part", HOUSE),
    "dossiers.Piece": Record("paper", HOUSE),
    "journeys.AfisGrant": Record("grant", HOUSE),
    "journeys.AfisMonth": Record("month", HOUSE),
    "journeys.Decision": Record("order", (*HOUSE, *SECRETARIAT)),
    "journeys.Journey": Record("end", HOUSE),
    "journeys.Permit": Record("permit", HOUSE),
    "offers.Orientation": Record("service", HOUSE),
    "offers.Proposal": Record("offer", HOUSE),
    "offers.Resume": Record("cv", HOUSE),
    "offers.Wishes": Record("wishes", HOUSE),
    "people.Identity": Record("identity", HOUSE),
    "people.RightsRequest": Record("right", HOUSE),
    "people.SafeContact": Record("contact", HOUSE),
    "support.JointMeeting": Record("meeting", BOTH),
    "support.Objective": Record("objective", BOTH),
    "support.Placement": Record("placement", BOTH),
    "support.PlanStep": Record("step", BOTH),
    "support.ProgressScale": Record("scale", HOUSE),
}
BY_WORD = {record.word: label for label, record in RECORDS.items()}


def of_file(actor: Actor, dossier: Dossier) -> QuerySet[Former]:
    """Those of the records that this actor may read whole here, the latest first; each compartment is still asked."""
    role = role_on(actor, dossier)
    labels = [label for label, record in RECORDS.items() if role in record.readers]
    return Former.objects.filter(owner=dossier.pk, model__in=labels).order_by("-replaced_at", "-number")


def readable(actor: Actor, dossier: Dossier, compartments: Iterable[str]) -> set[str]:
    """The compartments that this actor reads, or would once recognised again."""
    answers = {code: verdict(actor, dossier, code, "read") for code in set(compartments)}
    return {code for code, one in answers.items() if one.allowed or one.missing == {Condition.STEPUP}}
