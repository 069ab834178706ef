"""Two structures of a department and a convention between them, made through the actions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from jalon.access import Actor
from jalon.conventions import actions
from jalon.conventions.models import Convention
from jalon.directory.models import Membership, Organisation
from jalon.directory.tests.factories import actor_of, make_membership, make_organisation
from jalon.journal.tests.replay import replayed

STARTS, ENDS = date(2020, 2, 20), date(2023, 2, 19)


@dataclass
class Parties:
    """An association and an agency, each with who works and who signs."""

    association: Organisation
    agency: Organisation
    worker: Membership
    manager: Membership
    adviser: Membership
    director: Membership
    secretariat: Membership

    @property
    def ref(self) -> Actor:
        return actor_of(self.worker)

    @property
    def emp(self) -> Actor:
        return actor_of(self.adviser)

    @property
    def sec(self) -> Actor:
        return actor_of(self.secretariat)

    @property
    def mgr(self) -> Actor:
        return actor_of(self.manager, stepped_up=True)

    @property
    def head(self) -> Actor:
        return actor_of(self.director, stepped_up=True)


@replayed
def make_parties(department: str = "30", name: str = "Calandre") -> Parties:
    association = make_organisation("association", f"Association {name}", department)
    agency = make_organisation("employment_agency", f"Agence {name}", department)

    def member(role: str, organisation: Organisation | None) -> Membership:
        return make_membership(role, organisation=organisation, department=department)

    return Parties(
        association,
        agency,
        member("REF", association),
        member("MGR", association),
        member("EMP", agency),
        member("EMP", agency),
        member("SEC", None),
    )


def axes(parties: Parties) -> list[dict[str, Any]]:
    return [
        {
            "title": "Faciliter les relations",
            "objective": "Une réponse en deux jours ouvrés",
            "commitments": [
                {"title": "Nommer les référents", "owner": parties.manager.user, "due_on": date(2020, 3, 6)},
                {"title": "Point téléphonique mensuel"},
            ],
            "indicators": [{"measure": "paired", "target": 100}],
        },
        {"title": "Connaissance des offres"},
        {"title": "Accompagnement global"},
    ]


@replayed
def draft(parties: Parties, **given: Any) -> Convention:
    values: dict[str, Any] = {
        "department": parties.association.department,
        "title": "Convention d'accompagnement",
        "association": parties.association,
        "agency": parties.agency,
        "starts_on": STARTS,
        "ends_on": ENDS,
        "axes": axes(parties),
    }
    return actions.draft_convention(parties.mgr, **{**values, **given})


@replayed
def signed(parties: Parties, **given: Any) -> Convention:
    convention = draft(parties, **given)
    actions.sign_convention(parties.mgr, convention)
    return actions.sign_convention(parties.head, convention)
