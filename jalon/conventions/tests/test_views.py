"""The pages: who opens which, forms that refuse in words and keep what was typed, a bounded number of queries."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from jalon.access import SYSTEM
from jalon.config import clock
from jalon.conventions import actions
from jalon.conventions.models import Commitment, Convention, Indicator, Pair
from jalon.directory.tests.factories import browser, make_membership

from .factories import draft, make_parties, signed
from .test_actions import _followed

pytestmark = pytest.mark.django_db
TODAY = date(2020, 2, 20)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def parties():
    return make_parties()


def page(convention):
    return reverse("conventions:convention", args=[convention.pk])


def test_the_list_and_the_page(parties, django_assert_max_num_queries):
    convention = signed(parties)
    _followed(parties)
    for member in (parties.worker, parties.manager, parties.adviser, parties.director, parties.secretariat):
        client = browser(member)
        assert escape(convention.title) in client.get("/conventions/").content.decode()
        with django_assert_max_num_queries(16):
            text = client.get(page(convention)).content.decode()
        assert "Nommer les référents" in text
        assert "signée le 20/02/2020" in text


def test_an_empty_list_says_what_to_do(parties):
    assert "Aucune convention : en créer une." in browser(parties.manager).get("/conventions/").content.decode()
    assert "Aucune convention pour" in browser(parties.worker).get("/conventions/").content.decode()


def test_the_neighbour_gets_the_stranger_s_page(parties):
    convention = signed(parties)
    row, axis, indicator = Commitment.objects.first(), convention.axes.first(), Indicator.objects.get()
    unknown = "A" * 22
    for member in (make_parties("31", "Voisine").manager, make_parties("30", "Autre").director):
        client = browser(member, stepped_up=True)
        for name, pk, method in (
            ("convention", convention.pk, "get"),
            ("edit", convention.pk, "get"),
            ("sign", convention.pk, "post"),
            ("committee", convention.pk, "post"),
            ("commitment", row.pk, "get"),
            ("drop_indicator", indicator.pk, "post"),
            ("committees", convention.pk, "get"),
            ("hold", convention.pk, "post"),
            ("thread", convention.pk, "get"),
            ("seen", convention.pk, "post"),
            ("add_commitment", axis.pk, "get"),
            ("add_indicator", axis.pk, "post"),
        ):
            mine = getattr(client, method)(reverse(f"conventions:{name}", args=[pk]))
            none = getattr(client, method)(reverse(f"conventions:{name}", args=[unknown]))
            assert (mine.status_code, none.status_code) == (404, 404)
            assert _plain(mine) == _plain(none)


def _plain(response):
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_other_roles_do_not_know_the_room(parties):
    signed(parties)
    for role in ("MEM", "PRE", "ETR", "DPO", "STA", "OPS", "ADM"):
        assert browser(make_membership(role, department="30")).get("/conventions/").status_code == 404


def test_the_secretariat_reads_and_does_nothing(parties):
    convention = signed(parties)
    client = browser(parties.secretariat)
    text = client.get(page(convention)).content.decode()
    assert "Mettre à jour" not in text
    assert client.post(reverse("conventions:committee", args=[convention.pk]), {"on": ""}).status_code == 404


NEW = {
    "title": "Convention",
    "starts_on": "20/02/2020",
    "ends_on": "19/02/2023",
    "next_committee_on": "17/09/2020",
    "axis_1": "Relations",
    "objective_1": "",
    "commitments_1": "Nommer les référents\nSe parler",
    "axis_2": "Offres",
    "objective_2": "",
    "commitments_2": "",
    "axis_3": "Accompagnement",
    "objective_3": "",
    "commitments_3": "",
    "predecessor": "",
}


def test_from_draft_to_signed(parties):
    manager = browser(parties.manager, stepped_up=True)
    assert parties.agency.name in manager.get("/conventions/new/").content.decode()
    answer = manager.post("/conventions/new/", {**NEW, "party": parties.agency.pk})
    assert answer.status_code == 303
    convention = Convention.objects.get()
    assert [c.title for c in Commitment.objects.order_by("title")] == ["Nommer les référents", "Se parler"]
    shown = manager.get(page(convention)).content.decode()
    assert f'name="revision" value="{convention.revision}"' in shown
    assert "Signer pour ma structure" in shown
    late = {"revision": convention.revision + 1}
    assert manager.post(reverse("conventions:sign", args=[convention.pk]), late).status_code == 409
    for client in (manager, browser(parties.director, stepped_up=True)):
        assert client.post(reverse("conventions:sign", args=[convention.pk])).status_code == 303
    convention.refresh_from_db()
    assert convention.state == "signed"
    assert "Signer pour" not in manager.get(page(convention)).content.decode()


def test_signing_asks_to_confirm_one_s_identity(parties):
    convention = draft(parties)
    answer = browser(parties.manager).post(reverse("conventions:sign", args=[convention.pk]))
    assert answer.status_code == 403
    assert "identité" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "Ce champ est obligatoire"),
        ({"ends_on": "19/02/2019"}, "ne peut pas précéder son début"),
        ({"starts_on": "31/02/2020"}, "31 février 2020"),
        ({"party": ""}, "Choisissez une réponse"),
        ({"commitments_1": "\n".join(f"ligne {n}" for n in range(13))}, "Douze engagements"),
        ({"commitments_1": "x" * 201}, "200 caractères"),
    ],
)
def test_a_bad_draft_is_told_in_words(parties, given, said):
    answer = browser(parties.manager).post("/conventions/new/", {**NEW, "party": parties.agency.pk, **given})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "Accompagnement" in text
    assert not Convention.objects.exists()


def test_an_overlap_is_told_at_the_date(parties):
    draft(parties)
    answer = browser(parties.manager).post("/conventions/new/", {**NEW, "party": parties.agency.pk})
    assert answer.status_code == 422
    assert "lie déjà ces deux structures du 20/02/2020 au 19/02/2023" in answer.content.decode()


def test_the_next_one_proposes_the_same_party(parties):
    before = signed(parties, ends_on=date(2020, 6, 1))
    text = browser(parties.manager).get(f"/conventions/new/?after={before.pk}").content.decode()
    assert f'value="{before.pk}" selected' in text
    assert "checked" in text


def test_places_are_counted_while_it_runs(parties):
    convention = signed(parties, ends_on=date(2020, 6, 1))
    _followed(parties)
    address = reverse("conventions:convention", args=[convention.pk])
    shown = {}
    for day in (date(2020, 6, 1), date(2020, 6, 2)):
        with clock.at(day):
            shown[day.day] = "<h2>Places</h2>" in browser(parties.manager).get(address).content.decode()
    assert shown == {1: True, 2: False}


def test_a_commitment_is_updated(parties):
    convention = signed(parties)
    row = Commitment.objects.get(title="Nommer les référents")
    client = browser(parties.adviser)
    address = reverse("conventions:commitment", args=[row.pk])
    assert "fait" in client.get(address).content.decode()
    data = {"state": "done", "done_on": "", "evidence": "Compte rendu", "revision": "0"}
    assert client.post(address, data)["Location"] == page(convention)
    row.refresh_from_db()
    assert (row.state, row.evidence) == ("done", "Compte rendu")
    assert client.post(address, data).status_code == 409
    wrong = client.post(address, {**data, "state": "postponed", "revision": "1"})
    assert wrong.status_code == 422
    assert "Compte rendu" in wrong.content.decode()
    late = client.post(address, {**data, "done_on": "21/02/2020", "revision": "1"})
    assert late.status_code == 422
    assert "trop tard" in late.content.decode()


def test_a_plot_and_its_table(parties):
    """What is measured of two months that are over, and today: the trend is drawn, and said in a table."""
    convention, dossier = signed(parties), _followed(parties)
    for day in (date(2020, 4, 1), date(2020, 5, 1)):
        with clock.at(day):
            assert actions.take_measures(SYSTEM, convention) == (2 if day.month == 4 else 1)
            assert actions.take_measures(SYSTEM, convention) == 0
    with clock.at(date(2020, 5, 2)):
        actions.name_pair(parties.mgr, dossier, referent=parties.worker.user, adviser=parties.adviser.user)
        text = browser(parties.worker).get(page(convention)).content.decode()
        hidden = browser(parties.secretariat).get(page(convention)).content.decode()
    assert "<svg" in text
    assert "0\u202f% → 100\u202f%" in text
    assert "mars 20" in text
    assert "moins de cinq personnes : masqué" in hidden
    assert "100\u202f%</b>" not in hidden


def test_edit_and_committee(parties):
    convention = draft(parties)
    client = browser(parties.manager)
    data = {"title": "Autre", "starts_on": "20/02/2020", "ends_on": "19/02/2023", "next_committee_on": ""}
    assert client.post(reverse("conventions:edit", args=[convention.pk]), {**data, "revision": "0"}).status_code == 303
    assert client.post(reverse("conventions:edit", args=[convention.pk]), {**data, "revision": "0"}).status_code == 409
    committee = reverse("conventions:committee", args=[convention.pk])
    assert client.post(committee, {"on": "01/01/2019"}).status_code == 422
    assert client.post(committee, {"on": "17/09/2020"}).status_code == 303
    axis = convention.axes.first()
    added = {"title": "Immersion", "owner": parties.adviser.user_id, "due_on": "01/06/2020"}
    assert client.post(reverse("conventions:add_commitment", args=[axis.pk]), added).status_code == 303
    assert client.post(reverse("conventions:add_commitment", args=[axis.pk]), {**added, "title": ""}).status_code == 422
    given = {"measure": "answer_days", "target": "2,5"}
    address = reverse("conventions:add_indicator", args=[axis.pk])
    assert client.post(address, {**given, "measure": "typed"}).status_code == 422
    assert client.post(address, {**given, "target": "beaucoup"}).status_code == 422
    assert client.post(address, given).status_code == 303
    assert "Délai médian de réponse" in client.get(page(convention)).content.decode()
    row = Indicator.objects.get(measure="answer_days")
    assert client.post(reverse("conventions:drop_indicator", args=[row.pk])).status_code == 303
    assert "Délai médian de réponse" not in client.get(page(convention)).content.decode()


def test_the_pair_of_one_person(parties):
    convention, dossier = signed(parties), _followed(parties)
    address = reverse("conventions:pair", args=[dossier.pk])
    client = browser(parties.worker)
    assert parties.adviser.user.name in client.get(address).content.decode()
    given = {"convention": convention.pk, "deputy": parties.director.user_id}
    assert client.post(address, given).status_code == 303
    assert Pair.objects.get().convention_id == convention.pk
    text = client.get(address).content.decode()
    assert parties.director.user.name in text
    assert "Alizé" not in text
    assert client.post(reverse("conventions:end_pair", args=[dossier.pk])).status_code == 303
    assert client.post(reverse("conventions:end_pair", args=[dossier.pk])).status_code == 404
    assert browser(make_parties("31", "Voisine").manager).get(address).status_code == 404


def test_no_page_writes_when_read(parties):
    convention = signed(parties)
    client = browser(parties.manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(page(convention))
        client.get("/conventions/")
    writes = [q["sql"] for q in queries if q["sql"].split()[0] in ("UPDATE", "DELETE")]
    assert writes == []
