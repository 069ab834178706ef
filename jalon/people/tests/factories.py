"""Files at the first stages, made through the real verbs; people of one department ready to work on them."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client

from jalon.access import Actor
from jalon.config import clock
from jalon.directory.models import Membership, Organisation
from jalon.directory.tests.factories import actor_of, browser, make_membership, make_organisation
from jalon.journal.tests.replay import replayed
from jalon.people import actions
from jalon.people.models import Dossier

IDENTITY = {
    "usual_name": "Mira",
    "given_name": "Miroslava",
    "family_name": "Zelenkova",
    "birth_date": "1996-05-12",
    "birth_place": "Plovdiv",
    "gender": "F",
    "nationality": "BGR",
    "french_level": "A1",
}


@dataclass
class Team:
    """One association, its agency, its State side, in one department: memberships, actors, browsers by role."""

    organisation: Organisation
    department: str = "31"

    def member(self, role: str, organisation: Organisation | None = None) -> Membership:
        own = {"REF", "COL", "MGR", "ADM", "DPO"}
        place = organisation or (self.organisation if role in own else None)
        return make_membership(role, organisation=place, department=self.department)

    def __getattr__(self, name: str) -> Membership:
        """``team.ref``, ``team.mgr``…: one membership of each role, made at first use."""
        if len(name) != 3 or not name.isalpha():
            raise AttributeError(name)
        made = self.member(name.upper())
        self.__dict__[name] = made
        return made

    def actor(self, role: str, *, stepped_up: bool = True) -> Actor:
        return actor_of(getattr(self, role.lower()), stepped_up=stepped_up)

    def browser(self, role: str, *, stepped_up: bool = False) -> Client:
        return browser(getattr(self, role.lower()), stepped_up=stepped_up)

    @cached_property
    def agency(self) -> Organisation:
        return self.emp.organisation


@replayed
def make_team(department: str = "31", name: str = "Association Essai") -> Team:
    return Team(make_organisation("association", name, department), department)


@replayed
def make_dossier(team: Team, *, actor: Actor | None = None, alias: str = "Capucine", **given: Any) -> Dossier:
    """S0: alias, language, every channel off."""
    defaults: dict[str, Any] = {"languages": ["bg"], "contact": {}, "identity": IDENTITY}
    return actions.open_dossier(actor or team.actor("REF"), alias=alias, **{**defaults, **given})


@replayed
def make_prepared(team: Team, **given: Any) -> Dossier:
    """S1: her agreement is recorded."""
    dossier = make_dossier(team, **given)
    actions.record_agreement(given.get("actor") or team.actor("REF"), dossier, language="bg", interpreter="Interprète")
    return dossier


@replayed
def share_with_agency(team: Team, dossier: Dossier) -> None:
    """The adviser is named and she lets the agency see four items."""
    actor = team.actor("REF")
    actions.grant_share(
        actor,
        dossier,
        organisation=team.agency,
        what=["prénom", "niveau de français", "disponibilités", "projet"],
        not_shared=["parcours de vie", "santé"],
        language="bg",
        ends_on=clock.today() + timedelta(days=300),
    )
    actions.assign(actor, dossier, user=team.emp.user, organisation=team.agency, kind="adviser")


@replayed
def make_closed(team: Team, **given: Any) -> Dossier:
    """S6."""
    dossier = make_prepared(team, **given)
    return actions.close_dossier(given.get("actor") or team.actor("REF"), dossier)
