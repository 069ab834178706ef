"""The copy of her data, and her own words beside what she contests."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from jalon.access import Refused
from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.dossiers import redlist
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.journeys.tests.factories import make_notified
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import Dossier, Statement
from jalon.people.tests.factories import make_closed, make_prepared, make_team
from jalon.support import actions, copies
from jalon.support.models import Note
from jalon.vault.reencryption import sealed_models

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


def url(name, *args):
    return reverse(f"support:{name}", args=args)


def asked(team, dossier, role="REF"):
    persons.record_request(team.actor(role), dossier, right="access")
    return dossier


def of_file():
    return {
        model._meta.label
        for model in sealed_models()
        if any(field.attname == "dossier_id" for field in model._meta.concrete_fields)
    }


# --- what it holds ------------------------------------------------------------------------------------------
def test_every_record_of_a_file_is_in_the_copy_or_left_out_for_a_reason():
    assert of_file() <= set(copies.TITLES) | set(copies.LEFT_OUT)
    assert not set(copies.TITLES) & set(copies.LEFT_OUT)
    assert all(copies.LEFT_OUT.values())


def test_the_copy_holds_every_part_with_third_parties_by_their_role(team):
    application = make_complete(team)
    dossier = asked(team, application.dossier)
    actions.write_note(team.actor("REF"), dossier, text="Vue ce matin, elle va mieux", visibility="team", kind="event")
    found, closed = copies.records_of(team.actor("REF"), dossier)
    assert closed == []
    every = {f"C{number}" for number in range(1, 12)} | {"C15"}
    assert {one.compartment for one in found} >= every - {"C6"}  # no legal matter in this request
    words = json.dumps([one.data for one in found], ensure_ascii=False)
    named = redlist.third_parties({part.code: part.unseal() for part in application.parts.exclude(sealed=b"")})
    assert named
    for name, _role in named:
        assert name.split()[0] not in words
    assert "Vue ce matin" in words
    for one in found:  # every label is a word, none a name of the program
        assert not [label for label, _value in one.lines if "_" in label], one.title


def test_the_paper_is_numbered_neutral_and_in_the_trail(team):
    dossier = asked(team, make_complete(team).dossier)
    made = copies.make_copy(team.actor("REF"), dossier)
    sheet = read(made.content)
    assert sheet.title == "Copie de vos données"
    assert "Zelenkova" in sheet.text
    assert Paper.objects.get(kind="access").dossier == dossier.pk
    events = Entry.objects.filter(verb="make_access_copy")
    assert {"C1", "C3", "C4"} <= set(events.values_list("compartment", flat=True))
    assert set(events.values_list("conditions", flat=True)) == {"stepup"}


# --- who, and when ------------------------------------------------------------------------------------------
def test_only_the_referent_just_recognised_for_a_request_that_waits(team):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    with pytest.raises(Refused) as refused:
        copies.make_copy(team.actor("REF"), dossier)
    assert "demande" in refused.value.why
    asked(team, dossier)
    with pytest.raises(Refused) as refused:
        copies.make_copy(team.actor("REF", stepped_up=False), dossier)
    assert refused.value.missing == {"stepup"}
    for actor in (team.actor("MGR"), team.actor("DPO"), team.actor("SEC"), neighbour.actor("REF")):
        for make in (copies.make_copy, copies.make_data):
            with pytest.raises(Refused):
                make(actor, dossier)
    assert not Paper.objects.exists()


@pytest.mark.parametrize("make", [make_prepared, make_closed])
def test_neither_a_withdrawal_nor_the_closing_ends_her_right(team, make):
    dossier = make(team)
    asked(team, dossier, "MGR")
    if dossier.stage != "S6":
        persons.withdraw_agreement(team.actor("REF"), dossier)
    found, closed = copies.records_of(team.actor("REF"), people.seen(team.actor("REF"), dossier.pk))
    assert closed == []
    assert {"C1", "C2", "C15"} <= {one.compartment for one in found}


def test_the_pages_of_the_copy(team, mailoutbox):
    dossier, neighbour = make_prepared(team), make_team("31", "Association voisine")
    referent = team.browser("REF", stepped_up=True)
    assert "Préparer la copie" not in referent.get(url("copy", dossier.pk)).content.decode()
    asked(team, dossier)
    assert "Préparer la copie" in referent.get(url("copy", dossier.pk)).content.decode()
    paper = referent.post(url("copy", dossier.pk), {"form": "paper"})
    assert (paper.status_code, paper["Content-Type"], paper["Cache-Control"]) == (200, "application/pdf", "no-store")
    data = referent.post(url("copy", dossier.pk), {"form": "data"})
    assert json.loads(data.content)["file"] == dossier.number
    assert "zelenkova" not in (paper["Content-Disposition"] + data["Content-Disposition"]).lower()
    assert not mailoutbox
    assert team.browser("REF").post(url("copy", dossier.pk)).status_code == 403  # not just recognised
    unknown = neighbour.browser("REF").get(url("copy", "nowhere"))
    other = neighbour.browser("REF").get(url("copy", dossier.pk))
    assert (other.status_code, other.content) == (404, unknown.content)


# --- her statement --------------------------------------------------------------------------------------------
def test_her_words_follow_a_note_wherever_it_is_read_and_go_with_it(team):
    dossier, referent = make_prepared(team), team.browser("REF")
    note = actions.write_note(team.actor("REF"), dossier, text="Elle a manqué", visibility="team", kind="event")
    place = url("statement", dossier.pk, "note", note.pk)
    assert place in referent.get(url("history", dossier.pk)).content.decode()
    assert referent.post(place, {"words": ""}).status_code == 422
    assert referent.post(place, {"words": "J'étais malade"}).status_code == 303
    for page in (url("history", dossier.pk), url("dossier", dossier.pk)):
        assert "J&#x27;étais malade" in referent.get(page).content.decode()
    assert Statement.objects.get().part == "C11"
    for wrong in (url("statement", dossier.pk, "note", "nothing"), url("statement", dossier.pk, "user", note.pk)):
        assert referent.get(wrong).status_code == 404
    persons.close_dossier(team.actor("REF"), dossier)
    Dossier.objects.filter(pk=dossier.pk).update(closed_on=clock.today() - timedelta(days=400))
    persons.propose_erasures()
    with clock.at(clock.today() + timedelta(days=30)):
        dossier = Dossier.objects.get(pk=dossier.pk)
        persons.consent_to_erasure(team.actor("MGR"), dossier, "notes")
        done = {"second_user": team.mgr.user, "reason": "retention", "part": "notes"}
        persons.erase_dossier(team.actor("DPO"), dossier, **done)
    assert not Note.objects.exists()
    assert not Statement.objects.exists()


def test_a_private_note_of_a_colleague_is_not_to_be_contested(team):
    dossier = make_prepared(team)
    note = actions.write_note(team.actor("REF"), dossier, text="Pour moi", visibility="private", kind="event")
    member = team.member("REF")
    persons.assign(team.actor("MGR"), dossier, user=member.user, organisation=team.organisation, kind="referent")
    place = url("statement", dossier.pk, "note", note.pk)
    assert browser(member).get(url("history", dossier.pk)).status_code == 200
    assert browser(member).get(place).status_code == 404


def test_her_words_are_beside_the_decision_for_the_state_too(team):
    decision = make_notified(team)
    dossier = people.seen(team.actor("REF"), decision.dossier_id)
    persons.attach_statement(team.actor("REF"), dossier, about=decision, words="Je ne suis pas d'accord")
    page = team.browser("SEC").get(reverse("journeys:decision", args=[decision.pk])).content.decode()
    assert "Je ne suis pas d&#x27;accord" in page
    page = team.browser("REF").get(reverse("journeys:decision", args=[decision.pk])).content.decode()
    assert url("statement", dossier.pk, "decision", decision.pk) in page
