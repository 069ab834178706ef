"""The rule of the street in the officer's month: who opened the file of a neighbour, and nothing of where she lives."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from jalon import journal
from jalon.accounts import actions as accounts
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser
from jalon.dossiers.models import Part
from jalon.dossiers.reads.places import addresses
from jalon.dossiers.tests.factories import make_application
from jalon.journal.models import Entry
from jalon.people import oversight
from jalon.people.models import Dossier
from jalon.people.tests.factories import make_team

OCTOBER, HERS = date(2026, 10, 1), ("12 bis, RUE DE L EGLISE", "Toulouse")
STREET = {"street": "rue de l'Église", "postcode": "31000", "town": "Toulouse"}


@pytest.fixture
def world(db):
    """October: the address of a person is known; the officer reads in November."""
    with clock.at(date(2026, 10, 6)):
        team = make_team()
        application = make_application(team)
        part = Part.objects.get(application=application, code="housing")
        part.seal({"address": HERS[0], "town": HERS[1]})
        part.save()
    with clock.at(date(2026, 11, 3)):
        yield team, application.dossier


def give(team, role, street=STREET, day=5):
    with clock.at(date(2026, 10, day)):
        accounts.keep_street(team.actor(role), getattr(team, role.lower()).user, **street)


def opens(team, role, dossier, day=6):
    with clock.at(date(2026, 10, day)), transaction.atomic():
        journal.record(team.actor(role), "read", dossier, compartment="C10")


def hits(team):
    found = oversight.month(team.actor("DPO"), OCTOBER)
    return [(hit.who, hit.on.day, hit.count) for hit in found.hits if hit.rule == "street"], found.compared


def test_who_opens_the_file_of_a_neighbour_is_told_by_rule_person_day_and_count(world):
    team, dossier = world
    opens(team, "REF", dossier)
    assert hits(team) == ([], [])  # nobody gave a street: no address is opened
    give(team, "REF", {**STREET, "town": "Muret", "postcode": "31600"})
    assert hits(team) == ([], [dossier])
    give(team, "REF")
    assert hits(team) == ([(team.ref.user.name, 6, 1)], [dossier])
    give(team, "EMP")  # of another house: by her function
    opens(team, "EMP", dossier)
    assert ("Conseil à l'emploi", 6, 1) in hits(team)[0]
    client = browser(team.dpo, stepped_up=True)
    page = client.get("/trail/2026-10/").content.decode()
    assert "habite sa rue" in page
    assert not any(word in page.casefold() for word in ("eglise", "église", "toulouse"))
    (told,) = Entry.objects.filter(verb="compare_street").values_list("compartment", "objects_seen")
    assert told == ("C3", f'["{journal.subject_ref(dossier)}"]')  # unlinked from her once she is erased
    accounts.withdraw_street(team.actor("REF"), team.ref.user)
    accounts.withdraw_street(team.actor("EMP"), team.emp.user)
    assert hits(team) == ([], [])


def test_no_address_is_found_by_trying_streets(world):
    """What was opened before the street was given says nothing of it; the officer's own openings never do."""
    team, dossier = world
    opens(team, "REF", dossier)
    accounts.keep_street(team.actor("REF"), team.ref.user, **STREET)  # in November
    assert hits(team) == ([], [])
    give(team, "DPO")
    opens(team, "DPO", dossier)
    another = replace(team.actor("DPO"), user_id=team.mgr.user_id)  # two officers try nothing for each other
    assert not [hit for hit in oversight.month(another, OCTOBER).hits if hit.rule == "street"]
    for place in ({**STREET, "street": "rue Haute"}, STREET):
        accounts.keep_street(team.actor("DPO"), team.dpo.user, **place)
        assert hits(team) == ([], [])


def test_no_street_of_a_colleague_is_found_by_trying_addresses(world):
    """An officer who also accompanies: what she writes herself is not compared."""
    team, dossier = world
    give(team, "REF")
    opens(team, "REF", dossier)
    Part.objects.filter(dossier=dossier).update(updated_by=team.dpo.user)
    assert hits(team) == ([], [])
    Part.objects.filter(dossier=dossier).update(updated_by=team.ref.user)
    assert hits(team) == ([(team.ref.user.name, 6, 1)], [dossier])


def test_places_that_are_frozen_are_not_opened_nor_those_whose_key_is_gone(world):
    team, dossier = world
    give(team, "REF")
    opens(team, "REF", dossier)
    assert hits(team)[1] == [dossier]
    Dossier.objects.filter(pk=dossier.pk).update(restricted="C3 C11")
    assert hits(team) == ([], [])
    assert addresses([dossier.pk], "") == {dossier.pk: HERS}
    Part.objects.filter(dossier=dossier, code="housing").update(sealed=b"")
    assert addresses([dossier.pk], "") == {}


def test_the_neighbour_s_house_is_told_nothing(world):
    team, dossier = world
    give(team, "REF")
    opens(team, "REF", dossier)
    with clock.at(date(2026, 10, 7)):
        other = make_team("31", "Association voisine")
    assert hits(other) == ([], [])
    assert actor_of(other.ref).user_id != team.ref.user_id
