"""Objection and erasure, from her request to what it changes; the answer is written and handed over."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journal.verify import verify
from jalon.notices.models import Deadline
from jalon.papers.tests.reading import read
from jalon.people import access, actions, papers
from jalon.people.models import Dossier, Erasure, RightsRequest, Share
from jalon.people.reads import shares_in_force

from .factories import make_closed, make_prepared, make_team, share_with_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def asked(team, dossier, right, role="DPO"):
    return actions.record_request(team.actor(role), dossier, right=right, words="Je ne veux plus")


def granted(team, row, role="DPO", **given):
    return actions.answer_request(team.actor(role), row, outcome="granted", **{"answer": "C'est fait.", **given})


def test_an_accepted_objection_stops_the_share_at_the_next_request(team):
    dossier, other = make_prepared(team), make_prepared(team)
    share_with_agency(team, dossier)
    share_with_agency(team, other)
    row, adviser = asked(team, dossier, "objection"), team.actor("EMP")
    share = Share.objects.get(dossier=dossier)
    assert access.seen(adviser, dossier.pk)
    for wrong in (
        {},
        {"shares": [Share.objects.get(dossier=other).pk]},
        {"parts": ["C1"]},
        {"shares": [], "answer": " "},
    ):
        with pytest.raises(ValidationError):
            granted(team, row, **wrong)
    assert shares_in_force(dossier) == [(share.pk, team.agency.name)]
    granted(team, row, shares=[share.pk])
    assert access.seen(adviser, dossier.pk) is None
    assert access.seen(adviser, other.pk)
    assert list(Entry.objects.filter(verb__in=("revoke_share", "grant_request")).values_list("verb", flat=True)) == [
        "revoke_share",
        "grant_request",
    ]
    assert not Deadline.objects.filter(kind="rights", done_on=None).exists()
    assert verify(records=True).status == 0


def test_an_accepted_objection_to_a_part_freezes_it_and_a_refused_one_changes_nothing(team):
    dossier = make_prepared(team)
    with pytest.raises(ValidationError):
        actions.answer_request(team.actor("DPO"), asked(team, dossier, "objection"), outcome="refused")
    row = RightsRequest.objects.get()
    actions.answer_request(team.actor("DPO"), row, outcome="refused", answer="La loi l'impose.")
    assert Dossier.objects.get(pk=dossier.pk).restricted == ""
    granted(team, asked(team, dossier, "objection"), parts=["C11"])
    fresh = Dossier.objects.get(pk=dossier.pk)
    assert fresh.restricted == "C11"
    assert not access.can(team.actor("REF"), fresh, "C11", "create")
    assert access.can(team.actor("REF"), fresh, "C10", "edit")  # the rest of the file goes on


def test_an_accepted_erasure_reaches_the_two_who_erase_and_no_night_takes_it_back(team):
    opened = make_prepared(team)
    with pytest.raises(Refused) as refused:
        granted(team, asked(team, opened, "erasure"))
    assert "clôturez" in refused.value.why
    dossier = make_closed(team)
    with pytest.raises(ValidationError):
        granted(team, asked(team, dossier, "erasure"), answer="")
    granted(team, RightsRequest.objects.get(dossier=dossier))
    assert Erasure.objects.get().reason == "request"
    assert actions.propose_erasures().withdrawn == 0  # its dates are those of her request
    told = Deadline.objects.filter(kind="retention", key__startswith="erasure.file", done_on=None, cancelled_on=None)
    assert set(told.values_list("role", "on")) == {("DPO", clock.today()), ("REF", clock.today())}
    page = team.browser("DPO").get("/").content.decode()
    assert reverse("people:erase", args=[dossier.pk]) in page or dossier.number in page
    actions.consent_to_erasure(team.actor("MGR"), dossier)
    done = actions.erase_dossier(team.actor("DPO"), dossier, second_user=team.mgr.user, reason="request")
    assert done.stage == "S7"
    assert bytes(RightsRequest.objects.get(dossier=dossier).sealed) == b""
    assert verify(records=True).status == 0


def test_a_hold_forbids_to_accept_and_keeps_what_was_accepted(team):
    dossier = make_closed(team)
    hold = {"kind": "appeal", "ends_on": clock.today() + timedelta(days=60), "reason": ""}
    row = asked(team, dossier, "erasure")
    actions.place_hold(team.actor("MGR"), dossier, **hold)
    with pytest.raises(Refused, match="refused"):
        granted(team, row)
    actions.lift_hold(team.actor("MGR"), dossier)
    granted(team, row)
    actions.place_hold(team.actor("MGR"), dossier, **hold)
    assert Erasure.objects.get().reason == "request"  # it waits for the end of the hold


def test_the_written_answer_is_for_who_answers_just_recognised(team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    row = asked(team, dossier, "objection")
    url = reverse("people:answer_paper", args=[row.pk])
    with pytest.raises(Refused):
        papers.rights_answer(team.actor("DPO"), dossier, row)
    row = actions.answer_request(team.actor("DPO"), row, outcome="refused", answer="La loi impose cet avis.")
    assert neighbour.browser("DPO", stepped_up=True).post(url).status_code == 404
    assert team.browser("SEC", stepped_up=True).post(url).status_code == 404
    assert team.browser("REF", stepped_up=False).post(url).status_code == 403
    assert not Entry.objects.filter(verb="make_answer").exists()
    answer = team.browser("REF", stepped_up=True).post(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    said = read(papers.rights_answer(team.actor("DPO", stepped_up=True), dossier, row).content).text
    assert "La loi impose cet avis." in said
    assert "CNIL" in said
    assert "Zelenkova" not in said
    assert Entry.objects.filter(verb="make_answer", compartment="C15").count() == 2


def test_by_the_pages_from_the_request_to_the_answer(team):
    dossier = make_prepared(team)
    share_with_agency(team, dossier)
    row, client = asked(team, dossier, "objection"), team.browser("DPO", stepped_up=True)
    url = reverse("people:answer", args=[row.pk])
    assert team.agency.name in client.get(url).content.decode()
    assert client.post(url, {"outcome": "granted", "answer": "D'accord."}).status_code == 422
    share = Share.objects.get(dossier=dossier)
    given = {"outcome": "granted", "answer": "D'accord.", "shares": [share.pk]}
    done = client.post(url, given)
    assert (done.status_code, done["Location"]) == (303, url)
    page = client.get(url).content.decode()
    assert "D&#x27;accord." in page
    assert reverse("people:answer_paper", args=[row.pk]) in page
    with pytest.raises(Hidden):
        actions.answer_request(make_team("13", "Ailleurs").actor("DPO"), row, outcome="granted")
