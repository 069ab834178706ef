"""From her yes to the structure's answer: states, deadlines, who reads, and what the card learns."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import browser, make_actor
from jalon.journal.models import Entry
from jalon.notices.models import Deadline
from jalon.offers import actions
from jalon.offers.models import Orientation, Service, ServiceFact
from jalon.offers.states import ORIENTATION, OrientationState
from jalon.people.tests.factories import make_dossier, make_prepared, make_team, share_with_agency

from .factories import keep_services

DAY = date(2026, 3, 10)
STATES = {
    ("prepared", "agree"), ("agreed", "send"), ("sent", "wait"), ("sent", "accept"), ("waiting", "accept"),
    ("sent", "refuse"), ("waiting", "refuse"), ("accepted", "attend"),
    *((state, "drop") for state in ("prepared", "agreed", "sent", "waiting", "accepted")),
}  # fmt: skip


@pytest.mark.parametrize("state", OrientationState.values)
@pytest.mark.parametrize("verb", ORIENTATION.transitions)
def test_each_state_and_verb(state, verb):
    assert ORIENTATION.allows(state, verb) == ((state, verb) in STATES)


@pytest.fixture
def world(db):
    with clock.at(DAY):
        team = make_team("30")
        services = keep_services()
        dossier = make_prepared(team)
        yield team, dossier, services["sante"]


def sent(team, dossier, service):
    ref = team.actor("REF")
    row = actions.prepare_orientation(ref, dossier, service, note="le matin")
    row = actions.agree_orientation(ref, row, told=["language", "name"])
    return ref, actions.send_orientation(ref, row, on=DAY)


def dues():
    return {(row.on, row.done_on is None) for row in Deadline.objects.filter(kind="orientation")}


def test_from_her_yes_to_the_first_day(world):
    team, dossier, service = world
    before = Entry.objects.count()
    ref, row = sent(team, dossier, service)
    assert dues() == {(date(2026, 3, 20), True), (date(2026, 4, 9), True)}
    with clock.at(DAY + timedelta(days=3)):
        row = actions.answer_orientation(ref, row, "accept", on=clock.today(), next_on=date(2026, 3, 20))
        assert {still for _on, still in dues()} == {False}
    with clock.at(date(2026, 3, 20)):
        row = actions.attend_orientation(ref, row, on=clock.today())
    assert row.state == "attended"
    assert row.unseal()["told"] == ["language", "name"]
    fact = ServiceFact.objects.get(service=service)
    assert (fact.fact, fact.value, fact.noted_on) == ("outcome", "accepted", date(2026, 3, 13))
    verbs = list(Entry.objects.order_by("seq").values_list("verb", flat=True))[before:]
    assert [verb for verb in verbs if verb.endswith("_orientation")] == [
        "prepare_orientation",
        "agree_orientation",
        "send_orientation",
        "accept_orientation",
        "attend_orientation",
    ]
    for name in ("sante", "Consultation", "le matin"):
        assert name.encode() not in bytes(row.sealed), "which service is sealed: a need tells much"


def test_a_refusal_says_why_and_what_would_make_it_possible(world):
    ref, row = sent(*world)
    for given in ({}, {"reason": "full"}, {"reason": "zzz", "possible_if": "une place"}):
        with pytest.raises(ValidationError):
            actions.answer_orientation(ref, row, "refuse", on=DAY, **given)
    row.refresh_from_db()
    assert row.state == "sent"
    actions.answer_orientation(ref, row, "refuse", on=DAY, reason="full", possible_if="rappeler en avril")
    assert ServiceFact.objects.get().value == "refused"
    with pytest.raises(Refused):
        actions.attend_orientation(ref, row, on=DAY)


def test_silence_is_a_value(world):
    team, dossier, service = world
    ref, row = sent(team, dossier, service)
    early = actions.prepare_orientation(ref, dossier, service)
    with pytest.raises(ValidationError):
        actions.drop_orientation(ref, early, reason="silence")
    client = browser(team.ref)
    for days, said in ((2, "envoyée"), (12, "à relancer"), (30, "sans réponse depuis 30 jours")):
        with clock.at(DAY + timedelta(days=days)):
            assert said in client.get("/orientations/").content.decode()
    with clock.at(DAY + timedelta(days=30)):
        assert "?need=sante" in client.get(f"/orientations/{row.pk}/").content.decode()
        actions.drop_orientation(ref, row, reason="silence")
    assert ServiceFact.objects.get().value == "silence"


def test_days_that_cannot_be(world):
    team, dossier, service = world
    ref = team.actor("REF")
    row = actions.agree_orientation(ref, actions.prepare_orientation(ref, dossier, service), told=[])
    for on in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        with pytest.raises(ValidationError):
            actions.send_orientation(ref, row, on=on)


def test_who_may_and_who_does_not_know(world):
    team, dossier, service = world
    ref, row = sent(team, dossier, service)
    share_with_agency(team, dossier)
    neighbour = make_actor("REF", team.organisation, "30")
    for stranger, error in ((neighbour, Hidden), (team.actor("EMP"), Refused), (team.actor("MGR"), Refused)):
        with pytest.raises(error):
            actions.prepare_orientation(stranger, dossier, service)
        with pytest.raises(error):
            actions.drop_orientation(stranger, row, reason="her")
    elsewhere = Service.objects.exclude(pk=service.pk).first()
    Service.objects.filter(pk=elsewhere.pk).update(department="34")
    with pytest.raises(Hidden):
        actions.prepare_orientation(ref, dossier, elsewhere)
    assert browser(team.emp).get(f"/orientations/{row.pk}/").status_code == 404
    assert team.browser("MGR").get(f"/orientations/{row.pk}/").status_code == 404


def test_the_pages(world, django_assert_max_num_queries):
    team, dossier, service = world
    make_dossier(team, alias="Premier contact")
    make_prepared(team, actor=make_actor("REF", team.organisation, "30"), alias="Voisine")
    client = browser(team.ref)
    form = client.get(f"/catalogue/services/{service.pk}/orient/").content.decode()
    assert "Capucine" in form
    assert "Premier contact" in form, "what is noted of her may be done for her"
    assert "Voisine" not in form
    assert client.post(f"/catalogue/services/{service.pk}/orient/", {"person": "x"}).status_code == 422
    answer = client.post(f"/catalogue/services/{service.pk}/orient/", {"person": dossier.pk, "note": "le matin"})
    path = answer.headers["Location"]
    row = Orientation.objects.get()
    assert path == f"/orientations/{row.pk}/"
    with django_assert_max_num_queries(14):
        text = client.get(path).content.decode()
    assert "Capucine" in text
    assert "Consultation santé" in text
    assert client.post(f"{path}send/", {"send-on": "10/03/2026"}).status_code == 403, "she has not said yes"
    assert client.post(f"{path}agree/", {"agree-told": ["name"]}).status_code == 303
    assert client.post(f"{path}send/", {"send-on": "10/03/2026"}).status_code == 303
    answer = client.post(f"{path}refuse/", {"refuse-on": "10/03/2026", "refuse-reason": "full"})
    assert answer.status_code == 422
    assert client.post(f"{path}refuse/", {"strange": "1"}).status_code == 400
    assert client.post(f"{path}nothing/", {}).status_code == 404
    with django_assert_max_num_queries(9):
        listed = client.get("/orientations/").content.decode()
    assert "Consultation santé" in listed
    of_her = f"/orientations/of/{dossier.pk}/"
    assert of_her in client.get(f"/dossiers/{dossier.pk}/").content.decode()
    assert "Consultation santé" in client.get(of_her).content.decode()
    assert team.browser("MGR").get(of_her).status_code in (403, 404)
    assert Entry.objects.filter(verb="read", compartment="C11").count() >= 3
