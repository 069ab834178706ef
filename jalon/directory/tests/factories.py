"""Organisations, members, actors and signed-in browsers for the tests of every room."""

from datetime import date
from typing import Any

from django.db import transaction
from django.test import Client

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.accounts.models import User
from jalon.accounts.tests.factories import make_user, sign_in
from jalon.directory.actions import register_organisation
from jalon.directory.models import Membership, Organisation
from jalon.journal.tests.replay import replayed
from jalon.vault import keys

KIND_OF = {
    "REF": "association",
    "COL": "association",
    "MGR": "association",
    "ADM": "association",
    "DPO": "association",
    "EMP": "employment_agency",
    "SEC": "ddets",
    "STA": "ddets",
    "OPS": "ddets",
    "MEM": "prefecture",
    "PRE": "prefecture",
    "ETR": "prefecture",
    "PER": "association",
}
STARTS, ENDS = date(2015, 1, 1), date(2099, 12, 31)


@replayed
def make_organisation(
    kind: str = "association", name: str = "Association Essai", department: str = "31"
) -> Organisation:
    return register_organisation(SYSTEM, kind=kind, name=name, department=department)


@replayed
@transaction.atomic
def make_membership(
    role: str = "REF",
    *,
    organisation: Organisation | None = None,
    department: str = "31",
    user: User | None = None,
    starts_on: date = STARTS,
    ends_on: date = ENDS,
    **given: Any,
) -> Membership:
    """Somebody with a role, written without the verb's checks; organisation and account are made when not given."""
    title = given.pop("title", "")
    membership = Membership(
        user=user or make_user(),
        organisation=organisation or make_organisation(KIND_OF[role], f"Organisme {role}", department),
        role=role,
        department=department,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=SYSTEM.user_id,
        **given,
    )
    keys.ensure(keys.STAFF, "GS")
    membership.seal({"title": title})
    membership.save(force_insert=True)
    journal.record(SYSTEM, "grant_membership", objects=[membership.pk], sealed=[membership])
    return membership


def actor_of(membership: Membership, *, stepped_up: bool = False) -> Actor:
    """The actor of a membership, as the middleware makes it."""
    return Actor(
        user_id=membership.user_id,
        role=str(membership.role),
        organisation_id=membership.organisation_id,
        department=membership.department,
        membership_id=membership.pk,
        session_ref="test",
        stepped_up=stepped_up,
    )


@replayed
def make_actor(
    role: str = "REF", organisation: Organisation | None = None, department: str = "31", *, stepped_up: bool = False
) -> Actor:
    return actor_of(make_membership(role, organisation=organisation, department=department), stepped_up=stepped_up)


def browser(membership: Membership, *, stepped_up: bool = False) -> Client:
    """A browser signed in as this member, with both factors."""
    return sign_in(Client(), membership.user, stepped_up=stepped_up)
