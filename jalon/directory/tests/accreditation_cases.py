"""An accreditation in each state, reached by the verbs: for the tests of this room and of those above."""

from datetime import date, timedelta
from typing import Any

from jalon.access import Actor
from jalon.config import clock
from jalon.directory import actions, pieces
from jalon.directory.models import Accreditation, Organisation
from jalon.journal.tests.replay import replayed

from .factories import make_actor, make_organisation

DAY = date(2026, 1, 12)
SIGNATORY = {"capacity": "Préfète", "service": "Préfecture"}
REASONS = {
    "reasons_of_law": "Article R. 121-12-2.",
    "reasons_of_fact": "Aucune formation n'est suivie.",
    "appeal_routes": "Deux mois devant le tribunal administratif.",
}
WORDS = {"representative": "Rosa Présidente", "capacity": "Présidente"}


class Parties:
    """An association and its manager, the secretariat and the préfet of a department."""

    def __init__(self, department: str = "31", name: str = "Association Essai") -> None:
        self.association: Organisation = make_organisation(name=name, department=department)
        self.manager: Actor = make_actor("MGR", self.association, department, stepped_up=True)
        self.secretariat: Actor = make_actor("SEC", department=department, stepped_up=True)
        self.prefect: Actor = make_actor("PRE", department=department, stepped_up=True)

    @classmethod
    def among(cls, association: Organisation, manager: Actor, secretariat: Actor, prefect: Actor) -> "Parties":
        """People who exist already."""
        parties = cls.__new__(cls)
        parties.association, parties.manager = association, manager
        parties.secretariat, parties.prefect = secretariat, prefect
        return parties

    def of(self, role: str) -> Actor:
        return {"MGR": self.manager, "SEC": self.secretariat, "PRE": self.prefect}[role]


@replayed
def draft(parties: Parties, *, whole: bool = True) -> Accreditation:
    row = actions.prepare_accreditation(parties.manager)
    if whole:
        row = actions.edit_accreditation_request(parties.manager, row, declared_on=date(2015, 3, 2), **WORDS)
        for code in pieces.CERTAIN:
            actions.add_accreditation_piece(parties.manager, row, code=code)
    return row


@replayed
def requested(parties: Parties) -> Accreditation:
    return actions.request_accreditation(parties.manager, draft(parties))


@replayed
def received(parties: Parties) -> Accreditation:
    return actions.receive_accreditation(parties.secretariat, requested(parties))


def ask(parties: Parties, row: Accreditation, code: str = "accounts") -> Any:
    due_on = clock.today() + timedelta(days=15)
    return actions.ask_for_accreditation_piece(
        parties.secretariat, row, code=code, why="Le bilan signé.", due_on=due_on
    )


@replayed
def incomplete(parties: Parties) -> Accreditation:
    row = received(parties)
    ask(parties, row)
    return Accreditation.objects.get(pk=row.pk)


@replayed
def complete(parties: Parties) -> Accreditation:
    return actions.declare_accreditation_complete(parties.secretariat, received(parties))


@replayed
def granted(parties: Parties) -> Accreditation:
    return actions.grant_accreditation(parties.prefect, complete(parties), order_number="31-2026-01", **SIGNATORY)


@replayed
def heard(parties: Parties) -> Accreditation:
    """In force, and the association invited to present its observations."""
    due_on = clock.today() + timedelta(days=15)
    return actions.invite_observations(
        parties.secretariat,
        granted(parties),
        reasons_of_law=REASONS["reasons_of_law"],
        reasons_of_fact=REASONS["reasons_of_fact"],
        due_on=due_on,
    )


@replayed
def refused(parties: Parties) -> Accreditation:
    return actions.refuse_accreditation(parties.prefect, complete(parties), **SIGNATORY, **REASONS)


@replayed
def withdrawn(parties: Parties) -> Accreditation:
    row = actions.present_observations(parties.manager, heard(parties), text="Les formations reprennent.")
    return actions.withdraw_accreditation(parties.prefect, row, **SIGNATORY, **REASONS)


@replayed
def abandoned(parties: Parties) -> Accreditation:
    return actions.abandon_accreditation_request(parties.manager, requested(parties))


@replayed
def ended(parties: Parties) -> Accreditation:
    """An approval of four years before."""
    day = clock.today() - timedelta(days=4 * 365)
    with clock.at(day):
        return actions.record_accreditation(
            parties.secretariat,
            organisation=parties.association,
            department=parties.secretariat.department,
            received_on=day - timedelta(days=30),
            granted_on=day,
        )


IN_STATE = {
    "draft": draft,
    "requested": requested,
    "received": received,
    "incomplete": incomplete,
    "complete": complete,
    "in_force": granted,
    "observations": heard,
    "ended": ended,
    "refused": refused,
    "withdrawn": withdrawn,
    "abandoned": abandoned,
}
