"""The scope: the two parties in their department, the department's secretariat for what is signed, nobody else."""

from datetime import date

import pytest

from jalon.config import clock
from jalon.conventions import access
from jalon.directory.tests.factories import actor_of, make_actor, make_membership

from .factories import draft, make_parties, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day():
    with clock.at(date(2020, 2, 20)):
        yield


def seen(actor):
    return set(access.visible_to(actor).values_list("pk", flat=True))


def test_the_parties_see_theirs():
    parties = make_parties()
    convention = draft(parties)
    for actor in (parties.ref, parties.mgr, parties.emp, parties.head):
        assert seen(actor) == {convention.pk}


def test_the_secretariat_reads_what_is_signed():
    parties = make_parties()
    draft(parties)
    assert seen(parties.sec) == set()
    other = make_parties("30", "Autre")
    convention = signed(other)
    assert seen(parties.sec) == {convention.pk}
    assert seen(make_parties("31", "Loin").sec) == set()


@pytest.mark.parametrize("role", ["ADM", "MEM", "PRE", "ETR", "DPO", "STA", "OPS", "REF", "COL", "MGR", "EMP", "SEC"])
def test_everybody_else_sees_nothing(role):
    signed(make_parties())
    assert seen(make_actor(role, department="31")) == set()


def test_another_department_of_the_same_association_sees_nothing():
    parties = make_parties()
    draft(parties)
    away = make_membership("MGR", organisation=parties.association, department="34")
    assert seen(actor_of(away)) == set()


def test_buttons_ask_what_the_actions_ask():
    parties = make_parties()
    convention = draft(parties)
    assert access.can_sign(parties.mgr, convention)
    assert access.can_sign(parties.head, convention)
    assert not access.can_sign(parties.ref, convention)
    assert not access.can_sign(parties.sec, convention)
    assert access.can(parties.ref, convention, "update_commitment")
    assert not access.can(parties.sec, convention, "update_commitment")
    assert not access.can(parties.ref, convention, "edit")


def test_a_colleague_of_the_association_reads_its_conventions():
    parties = make_parties()
    convention = signed(parties)
    colleague = actor_of(make_membership("COL", organisation=parties.association, department="30"))
    assert seen(colleague) == {convention.pk}
    assert not access.can_draft(colleague)
    assert not any(access.can(colleague, convention, verb) for verb in ("edit", "sign", "update_commitment"))
