"""She could enter and her request is not presented: one code, of the association alone, counted and never told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Refused
from jalon.config import clock
from jalon.dossiers import actions
from jalon.dossiers.models import NotPresented
from jalon.journal.models import Entry
from jalon.people.tests.factories import make_dossier, make_prepared, make_team

from .factories import make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def page_of(dossier):
    return reverse("dossiers:not_presented", args=[dossier.pk])


def test_a_reason_is_noted_changed_and_lifted(team):
    actor, dossier = team.actor("REF"), make_dossier(team)
    actions.note_not_presented(actor, dossier, reason="E02")
    with clock.at(clock.today() + timedelta(days=3)):
        row = actions.note_not_presented(actor, dossier, reason="E09")
        assert (row.reason, row.noted_on, row.department) == ("E09", clock.today(), "31")
    assert NotPresented.objects.count() == 1
    assert actions.lift_not_presented(actor, dossier)
    assert actions.lift_not_presented(actor, dossier)  # twice is no fault
    assert not NotPresented.objects.exists()
    verbs = Entry.objects.filter(compartment="C16")
    assert list(verbs.order_by("seq").values_list("verb", flat=True))[-3:] == [
        "note_not_presented", "note_not_presented", "lift_not_presented",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "E00", "none", "E02 "])
def test_only_a_code_of_the_list_is_kept(team, reason):
    with pytest.raises(ValidationError) as error:
        actions.note_not_presented(team.actor("REF"), make_dossier(team), reason=reason)
    assert set(error.value.message_dict) == {"reason"}
    assert not NotPresented.objects.exists()


def test_once_a_request_is_sent_there_is_nothing_to_say(team):
    application = make_submitted(team)
    for act in (
        lambda: actions.note_not_presented(team.actor("REF"), application.dossier, reason="E02"),
        lambda: actions.lift_not_presented(team.actor("REF"), application.dossier),
    ):
        with pytest.raises(Refused):
            act()
    start = team.browser("REF").get(reverse("dossiers:application", args=[application.pk])).content.decode()
    assert page_of(application.dossier) not in start


def test_the_page_says_it_in_two_interactions_and_refuses_another_word(team):
    client, dossier = team.browser("REF"), make_prepared(team)
    start = reverse("dossiers:start", args=[dossier.pk])
    assert page_of(dossier) in client.get(start).content.decode()
    assert client.post(page_of(dossier), {"reason": "E77"}).status_code == 422
    answer = client.post(page_of(dossier), {"reason": "E03"})
    assert (answer.status_code, answer["Location"]) == (303, start)
    assert "Il manque des pièces" in client.get(start).content.decode()
    assert client.post(page_of(dossier), {"reason": "none"}).status_code == 303
    assert not NotPresented.objects.exists()


@pytest.mark.parametrize("role", ["SEC", "PRE", "MEM", "EMP", "STA", "DPO"])
def test_nobody_else_knows_the_page(team, role):
    dossier = make_prepared(team)
    assert team.browser(role).get(page_of(dossier)).status_code in (403, 404)


def test_a_neighbour_gets_the_page_of_nobody(team):
    dossier = make_prepared(team)
    stranger = make_team("31", "Association voisine").browser("REF")
    assert (
        stranger.get(page_of(dossier)).status_code
        == stranger.get(page_of(type(dossier)(pk="A" * 22))).status_code
        == 404
    )
