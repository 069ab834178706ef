"""The two papers of the plan: the shared layer alone, the agency's order, and no word that tells."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.papers import vocabulary
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.support import actions, papers
from jalon.support.reads import joint

from .factories import in_pathway, make_world, share

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def subject(world):
    """A plan in both layers, scales, a meeting held, a training."""
    dossier = in_pathway(world)
    share(world, dossier)
    ref = world.ref
    aim = actions.add_objective(ref, dossier, aim="26.0", words="Parler au travail")
    actions.add_objective(ref, dossier, aim="24.1")
    own = actions.add_objective(ref, dossier, aim="justice.0", words="SERIN", shared=False)
    actions.add_plan_step(ref, dossier, text="SERIN-PAS", holder="person", due_on=TODAY, objective=own)
    step = actions.add_plan_step(ref, dossier, text="Cours du soir", holder="association", due_on=TODAY, objective=aim)
    actions.add_plan_step(ref, dossier, text="Visite", holder="agency", due_on=TODAY)
    actions.finish_plan_step(ref, step, result="Inscrite")
    actions.record_placement(ref, dossier, title="Français intensif", starts_on=TODAY)
    actions.fill_scale(ref, dossier, values={"french": 1}, by="person")
    actions.fill_scale(ref, dossier, values={"french": 2}, by="worker")
    at = datetime(2026, 3, 10, 9, 0, tzinfo=clock.PARIS)
    meeting = actions.plan_meeting(ref, dossier, at=at, title="Rendez-vous")
    actions.hold_meeting(ref, meeting, outcomes={}, decisions="Chercher une place en avril.")
    return joint.subject(replace(ref, stepped_up=True)).get(pk=dossier.pk)


def test_the_summary_follows_the_order_of_the_agency(world, subject):
    made = papers.plan_summary(replace(world.ref, stepped_up=True), subject)
    sheet = read(made.content)
    labels = ["numérique", "mobilité", "familiales", "santé", "lecture", "logement", "financières", "juridiques"]
    places = [sheet.text.index(label) for label in labels]
    assert places == sorted(places)
    for said in ("Cours du soir", "Inscrite", "personne référente", "Parler au travail", "Chercher une place"):
        assert said in sheet.text
    for kept in ("SERIN", "Alizé", "Calandre"):
        assert kept not in sheet.text
    assert vocabulary.found([sheet.text, sheet.title, made.paper.file_name]) == []
    assert Paper.objects.get().kind == "plan_summary"


def test_the_sheet_of_six_months(world, subject):
    made = papers.progress_sheet(replace(world.ref, stepped_up=True), subject, period=1)
    sheet = read(made.content)
    for said in ("Cours du soir", "Français intensif", "1 sur 1", "ni somme, ni moyenne", "Visite"):
        assert said in sheet.text
    assert "SERIN" not in sheet.text
    assert vocabulary.found([sheet.text, sheet.title]) == []


def test_who_may_not_take_the_plan_away(world, subject):
    with pytest.raises(Refused):
        papers.plan_summary(replace(world.ref, stepped_up=False), subject)
    with pytest.raises(Hidden):
        papers.plan_summary(replace(world.emp, stepped_up=True), subject)
    assert not Paper.objects.exists()


def test_a_telling_word_blocks_the_paper(world, subject):
    actions.add_plan_step(world.ref, subject, text="Aller à la préfecture", holder="person", due_on=TODAY)
    with pytest.raises(Refused) as refusal:
        papers.plan_summary(replace(world.ref, stepped_up=True), subject)
    assert "prefecture" in refusal.value.why


def test_the_buttons_of_the_page(world, subject):
    client = browser(world.worker, stepped_up=True)
    answer = client.post(reverse("support:plan_paper", args=[subject.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    sheet = reverse("support:progress_sheet", args=[subject.pk])
    assert client.post(sheet, {"period": "1"}).status_code == 200
    assert client.post(sheet, {"period": "4"}).status_code == 422
    assert browser(make_world(name="Voisine").worker, stepped_up=True).post(sheet).status_code == 404
