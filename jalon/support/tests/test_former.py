"""« Versions précédentes »: who reads what was written over, how it is told in the trail, and her copy of it."""

import pytest
from django.urls import reverse

from jalon.config import clock
from jalon.dossiers import actions as dossiers
from jalon.dossiers.tests.factories import make_application
from jalon.journal.models import Entry
from jalon.journeys import actions as journeys
from jalon.journeys.tests.factories import make_notified
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import Identity, SafeContact
from jalon.people.tests.factories import make_prepared, make_team, share_with_agency
from jalon.support import actions, copies
from jalon.vault.models import Former

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def url(dossier, *args):
    return reverse("support:former" if args else "support:formers", args=[dossier.pk, *args])


def corrected(team, dossier, before="CanariAvant", after="Bleuet"):
    persons.update_identity(team.actor("REF"), dossier, data={"alias": before})
    Former.objects.all().delete()
    persons.update_identity(team.actor("REF"), dossier, data={"alias": after})
    return Identity.objects.get(dossier=dossier)


def read(client, place):
    response = client.get(place)
    return response.status_code, response.content.decode()


def test_the_former_words_are_read_at_their_own_address_and_in_the_trail(team, django_assert_max_num_queries):
    dossier, client = make_prepared(team), team.browser("REF")
    row = corrected(team, dossier)
    place = url(dossier, "identity", row.pk)
    form = client.get(reverse("people:identity", args=[dossier.pk])).content.decode()
    assert place in form
    assert "CanariAvant" not in form  # on demand
    with django_assert_max_num_queries(14):
        status, page = read(client, place)
    assert status == 200
    assert "CanariAvant" in page
    assert team.ref.user.name in page
    last = Entry.objects.filter(purpose="former").latest("seq")
    assert (last.verb, last.compartment, last.decision) == ("read", "C1", "allowed")
    status, listed = read(client, url(dossier))
    assert place in listed
    assert "CanariAvant" not in listed  # dates and hands, no word


def test_a_record_that_was_written_once_shows_no_way_and_says_so(team):
    dossier, client = make_prepared(team), team.browser("REF")
    row = SafeContact.objects.get(dossier=dossier)
    assert (
        url(dossier, "contact", row.pk) not in client.get(reverse("people:contact", args=[dossier.pk])).content.decode()
    )
    status, page = read(client, url(dossier, "contact", row.pk))
    assert status == 200
    assert "on y a seulement ajouté" in page
    assert "remplacé dans ce que vous lisez" in read(client, url(dossier))[1]


def test_the_neighbour_gets_what_a_stranger_gets(team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    row = corrected(team, dossier)
    theirs = make_prepared(neighbour)
    stranger = read(neighbour.browser("REF"), url(dossier, "identity", "nothing"))
    assert stranger[0] == 404
    for client in (neighbour.browser("REF"), neighbour.browser("MGR"), team.browser("COL"), team.browser("EMP")):
        assert read(client, url(dossier, "identity", row.pk))[0] == 404
        assert read(client, url(dossier))[0] == 404
    assert read(neighbour.browser("REF"), url(dossier, "identity", row.pk)) == stranger
    # the record of another file, under the address of one's own
    assert read(neighbour.browser("REF"), url(theirs, "identity", row.pk))[0] == 404
    for word, about in (("nothing", row.pk), ("contact", row.pk), ("part", row.pk)):
        assert read(team.browser("REF"), url(dossier, word, about))[0] == 404


def test_a_sensitive_part_asks_for_the_proof_of_identity_and_the_manager_for_a_reason(team):
    application = make_application(team)
    dossier, ref = application.dossier, team.actor("REF")
    for words in ("CanariUn", "CanariDeux"):
        dossiers.save_part(ref, application, "life_path", data={"story": words}, state="in_progress")
    row = application.parts.get(code="life_path")
    place = url(dossier, "part", row.pk)
    assert Former.objects.get(about=row.pk).group == "G2"
    refused = team.browser("REF").get(place)
    assert refused.status_code == 403
    assert "CanariUn" not in refused.content.decode()
    assert "CanariUn" in read(team.browser("REF", stepped_up=True), place)[1]
    assert place in read(team.browser("REF"), url(dossier))[1]  # she knows that there is one
    manager = team.browser("MGR", stepped_up=True)
    assert manager.get(place).status_code == 403
    assert place not in read(manager, url(dossier))[1]
    persons.open_exceptionally(team.actor("MGR"), dossier, category="danger", reason="x" * 40)
    assert "CanariUn" in read(manager, place)[1]


def test_the_agency_reads_what_both_write_and_nothing_else(team):
    dossier, ref = make_prepared(team), team.actor("REF")
    share_with_agency(team, dossier)
    persons.update_identity(ref, dossier, data={"alias": "Bleuet"})
    aims = [actions.add_objective(ref, dossier, aim="26.0", shared=shared) for shared in (True, False)]
    steps = [actions.add_plan_step(ref, dossier, text="CanariPas", holder="person", objective=aim) for aim in aims]
    for step in steps:
        actions.change_plan_step(ref, step, text="Autre pas", holder="person")
    mine, client = Identity.objects.get(dossier=dossier), team.browser("EMP")
    places = [url(dossier, "step", step.pk) for step in steps]
    assert "CanariPas" in read(client, places[0])[1]
    assert client.get(places[1]).status_code in (403, 404)
    assert client.get(url(dossier, "identity", mine.pk)).status_code == 404
    listed = read(client, url(dossier))[1]
    assert [place in listed for place in (*places, url(dossier, "identity", mine.pk))] == [True, False, False]
    both = read(team.browser("REF"), url(dossier))[1]
    assert all(place in both for place in places)


@pytest.mark.parametrize("role", ["DPO", "PRE", "ETR", "ADM"])
def test_no_other_role_enters(team, role):
    dossier = make_prepared(team)
    row = corrected(team, dossier)
    client = team.browser(role, stepped_up=True)
    assert client.get(url(dossier)).status_code == 404
    assert client.get(url(dossier, "identity", row.pk)).status_code == 404


def test_her_copy_holds_what_was_said_before_third_parties_by_their_role(team):
    dossier, ref = make_prepared(team), team.actor("REF")
    corrected(team, dossier)
    persons.record_request(ref, dossier, right="access")
    found, _closed = copies.records_of(ref, dossier)
    (before,) = [one for one in found if "version précédente" in one.title]
    assert (before.compartment, before.data["alias"]) == ("C1", "CanariAvant")
    assert before.on.startswith("jusqu'au")
    assert [one.data["alias"] for one in found if one.title == "Identité"] == ["Bleuet"]
    said = dict(before.lines)  # in words, as the rest of the copy
    assert (said["Date de naissance"], said["Nationalité"]) == ("12/05/1996", "Bulgarie")


def test_the_secretariat_reads_what_the_state_wrote_over_and_nothing_of_the_association(team):
    decision = make_notified(team)
    dossier = people.seen(team.actor("REF"), decision.dossier_id)
    with clock.at(decision.notified_on):
        corrected(team, dossier)
        for language in ("bg", "fr"):
            journeys.explain_decision(team.actor("REF"), decision, language=language, interpreter=f"Canari-{language}")
        row = Identity.objects.get(dossier=dossier)
        order, mine = url(dossier, "order", decision.pk), url(dossier, "identity", row.pk)
        secretary = team.browser("SEC")
        status, page = read(secretary, order)
        assert status == 200
        assert "Canari-bg" in page
        assert f'href="{reverse("support:dossier", args=[dossier.pk])}"' not in page  # not a page of hers
        assert secretary.get(mine).status_code == 404
        listed = read(secretary, url(dossier))[1]
        assert (order in listed, mine in listed) == (True, False)
        assert make_team("13", "Ailleurs").browser("SEC").get(order).status_code == 404
