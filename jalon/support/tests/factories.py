"""A worker, an adviser, a manager, and persons at every stage, made through the actions."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from jalon.access import Actor
from jalon.config import clock
from jalon.directory.models import Membership, Organisation
from jalon.directory.tests.factories import actor_of, make_membership, make_organisation
from jalon.journal.tests.replay import replayed
from jalon.journeys.models import AfisMonth, Decision, Journey, Period, Permit
from jalon.people import access as people
from jalon.people import actions as people_actions
from jalon.people.models import Dossier
from jalon.people.states import AssignmentKind, Stage
from jalon.support.reads import file as files
from jalon.vault import keys

SHARED = ["prénom", "projet", "disponibilités"]


@dataclass
class World:
    """One association, one agency, and who works there."""

    association: Organisation
    agency: Organisation
    worker: Membership
    colleague: Membership
    manager: Membership
    adviser: Membership

    @property
    def ref(self) -> Actor:
        return actor_of(self.worker)

    @property
    def emp(self) -> Actor:
        return actor_of(self.adviser)

    @property
    def mgr(self) -> Actor:
        return actor_of(self.manager)


@replayed
def make_world(department: str = "31", name: str = "Calandre") -> World:
    association = make_organisation("association", f"Association {name}", department)
    agency = make_organisation("employment_agency", f"Agence {name}", department)

    def member(role: str, organisation: Organisation) -> Membership:
        return make_membership(role, organisation=organisation, department=department)

    return World(
        association,
        agency,
        member("REF", association),
        member("REF", association),
        member("MGR", association),
        member("EMP", agency),
    )


@replayed
def make_person(world: World, alias: str = "Alizé", stage: str = Stage.PREPARATION, **contact: Any) -> Dossier:
    """A person met by the worker; with her agreement unless she is at first contact."""
    dossier = people_actions.open_dossier(world.ref, alias=alias, languages=["en"], contact=contact)
    if stage == Stage.CONTACT:
        return dossier
    people_actions.record_agreement(world.ref, dossier, language="en")
    if stage != dossier.stage:
        Dossier.objects.filter(pk=dossier.pk).update(stage=stage)
        dossier.stage = stage
    return dossier


@replayed
def share(world: World, dossier: Dossier, what: list[str] | None = None, adviser: bool = True) -> Any:
    """She shares with the agency, and the adviser is named."""
    row = people_actions.grant_share(
        replace(world.ref, stepped_up=True),
        dossier,
        organisation=world.agency,
        what=SHARED if what is None else what,
        not_shared=["parcours de vie", "santé"],
        language="en",
    )
    if adviser:
        people_actions.assign(
            world.ref, dossier, user=world.adviser.user, organisation=world.agency, kind=AssignmentKind.ADVISER
        )
    return row


@replayed
def start_journey(dossier: Dossier, starts_on: date, ends_on: date, cap_on: date) -> Journey:
    """A journey with its first period, as the journeys room leaves them."""
    keys.ensure(dossier.pk, "G6")  # as the first paper of the State's side leaves it
    decision = Decision.objects.create(
        dossier=dossier,
        department=dossier.department,
        kind="authorise",
        state="notified",
        drafted_on=starts_on,
        signed_on=starts_on,
        effective_on=starts_on,
        notified_on=starts_on,
    )
    journey = Journey.objects.create(dossier=dossier, starts_on=starts_on, ends_on=ends_on, cap_on=cap_on)
    Period.objects.create(
        journey=journey, decision=decision, number=1, starts_on=starts_on, ends_on=ends_on, end_reason="term"
    )
    Dossier.objects.filter(pk=dossier.pk).update(stage=Stage.PATHWAY, next_due_on=ends_on)
    dossier.stage, dossier.next_due_on = Stage.PATHWAY, ends_on
    return journey


@replayed
def in_pathway(world: World, alias: str = "Alizé", left: int = 46) -> Dossier:
    """A person in her pathway, whose period ends in ``left`` days."""
    dossier = make_person(world, alias)
    end = clock.today() + timedelta(days=left)
    start_journey(dossier, end - timedelta(days=181), end, end + timedelta(days=549))
    return dossier


@replayed
def pay(dossier: Dossier, due_on: date, paid_on: date | None = None) -> AfisMonth:
    month = AfisMonth(dossier=dossier, month=due_on.replace(day=1), due_on=due_on, paid_on=paid_on)
    month.seal({"amount": "330.00"})
    month.save()
    return month


@replayed
def permit(dossier: Dossier, issued_on: date, valid_to: date) -> Permit:
    row = Permit(dossier=dossier, kind="aps_l425_4", issued_on=issued_on, valid_to=valid_to)
    row.seal({"number": "X1"})
    row.save()
    return row


def seen_by(actor: Actor, dossier: Dossier) -> Dossier:
    """The dossier as the actor's own pages fetch it: with its facts and its keys."""
    return files.opened(actor).get(pk=dossier.pk)


def visible(actor: Actor) -> set[str]:
    return set(people.dossiers_visible_to(actor).values_list("pk", flat=True))
