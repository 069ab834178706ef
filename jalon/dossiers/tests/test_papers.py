"""The papers of a request: what leaves, on paper, and the acknowledgement that names nobody."""

import re

import pytest

from jalon.access import Hidden, Refused
from jalon.dossiers import package, papers
from jalon.journal.models import Entry
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.people import access as people
from jalon.people.tests.factories import IDENTITY, make_team

from .factories import ANSWERS, draft, make_complete, make_filled, make_submitted

pytestmark = pytest.mark.django_db
HER_NAMES = [IDENTITY[name] for name in ("given_name", "family_name", "usual_name", "birth_place")] + ["Capucine"]
TOKENS = [ANSWERS["housing"]["address"], "Colomiers", "Jules-Vallès", "Boyan", "Radka", "venue seule", "ponctualité"]


@pytest.fixture
def team():
    return make_team()


def mine(team, application, role="REF"):
    application.dossier = people.dossiers_visible_to(team.actor(role)).get(pk=application.dossier_id)
    return application


def silent(sheet):
    said = sheet.text.lower() + sheet.title.lower()
    assert [word for word in (*HER_NAMES, *TOKENS) if word.lower() in said] == []


# --- the file -----------------------------------------------------------------------------------------------------
def test_the_file_is_the_package_and_nothing_else(team):
    application = mine(team, make_submitted(team))
    made = papers.dossier_file(team.actor("REF"), application, copy_for="REF A. B.")
    sheet = read(made.content)
    assert (sheet.title, sheet.language) == ("Dossier de présentation", "fr")
    assert 3 <= len(sheet.pages) <= 5
    for said in (application.dossier.number, application.receipt_number, "Association Essai", "30 ans", "Bulgarie",
                 ANSWERS["summary"]["summary"], "Français A2", "30 juin 2027", "Venir aux rendez-vous",
                 "Projet réaliste", "Favorable", "oui, avec 1 enfant", "en bulgare"):  # fmt: skip
        assert said in sheet.text
    silent(sheet)
    assert "Couverture santé" not in sheet.text
    assert "DOCUMENT DE TRAVAIL" not in sheet.text
    assert "exemplaire REF A. B." in sheet.text
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.compartment, entry.purpose) == ("make_paper", "C12", "dossier")
    assert papers.dossier_file(team.actor("REF"), application, copy_for="REF A. B.") == made


def test_what_she_asks_for_is_drawn_by_domain(team, monkeypatch):
    monkeypatch.setitem(ANSWERS, "needs", {"housing": "urgent", "work": "strong", "health": "none"})
    sheet = read(papers.dossier_file(team.actor("REF"), mine(team, make_submitted(team))).content)
    assert 3 <= len(sheet.pages) <= 5
    drawn = sheet.pages[2]
    for label, words in (("Hébergement", "c'est urgent"), ("Emploi, formation", "une aide importante"),
                         ("Santé", "rien pour l'instant"), ("Langue", "non dit")):  # fmt: skip
        assert re.search(rf"{label}\s+{words}", drawn.replace("’", "'"))
    silent(sheet)


def test_only_the_levels_whose_sentence_leaves_are_drawn():
    said = {"housing": "urgent", "work": "some", "health": "none"}
    urgent, some = package.proposals({"needs": said}, {})["needs"]
    assert package.needs_told(said, [urgent]) == {"housing": "urgent", "health": "none"}
    assert package.needs_told(said, [some]) == {"work": "some", "health": "none"}
    assert package.needs_told(said, []) == {}
    assert papers.need_bars({}) == []
    assert [bar["level"] for bar in papers.need_bars({"needs": {"safety": "urgent"}})] == [3, 0, 0, 0, 0, 0, 0, 0]


def test_before_the_signature_it_is_a_draft(team):
    application = mine(team, make_filled(team))
    with pytest.raises(Refused) as raised:
        papers.dossier_file(team.actor("REF"), application)
    assert "pas encore préparé" in raised.value.why
    draft(team.actor("REF"), application)
    assert "DOCUMENT DE TRAVAIL" in read(papers.dossier_file(team.actor("REF"), application).content).text


def test_who_may_have_the_file(team):
    application = mine(team, make_submitted(team))
    with pytest.raises(Refused) as raised:
        papers.dossier_file(team.actor("REF", stepped_up=False), application)
    assert "identité" in raised.value.why
    assert papers.dossier_file(team.actor("MGR"), mine(team, application, "MGR"))
    with pytest.raises(Refused):
        papers.dossier_file(team.actor("SEC"), application)
    for stranger in (make_team("31", "Voisine").actor("REF"), make_team("33").actor("REF"), team.actor("EMP")):
        with pytest.raises(Hidden):
            papers.dossier_file(stranger, application)


def test_the_review_offers_it(team):
    application = make_submitted(team)
    url = f"/applications/{application.pk}/"
    browser = team.browser("REF", stepped_up=True)
    assert "Dossier (PDF)" in browser.get(f"{url}review/").content.decode()
    answer = browser.post(f"{url}paper/")
    assert answer["Content-Type"] == "application/pdf"
    assert f"exemplaire REF {team.ref.user.initials}" in read(answer.content).text
    assert team.browser("REF").post(f"{url}paper/").status_code == 403
    assert team.browser("SEC", stepped_up=True).post(f"{url}paper/").status_code == 404


# --- acknowledgement ----------------------------------------------------------------------------------------------
def test_an_acknowledgement_has_dates_and_no_name(team):
    team.pre, team.sec  # noqa: B018 - the préfecture and the service exist
    application = make_submitted(team)
    made = papers.acknowledgement(team.actor("SEC"), application)
    sheet = read(made.content)
    assert (sheet.title, sheet.language, len(sheet.pages)) == ("Accusé de réception", "fr", 1)
    for said in (application.receipt_number, "Organisme PRE", "Organisme SEC", "Association Essai", "R. 112-5"):
        assert said in sheet.text
    silent(sheet)
    assert application.dossier.number not in sheet.text
    assert not Paper.objects.exclude(pk=made.paper.pk).exists()


def test_a_complete_request_says_so(team):
    sheet = read(papers.acknowledgement(team.actor("SEC"), make_complete(team)).content)
    assert "complet depuis le" in sheet.text


def test_both_sides_have_it(team):
    application = make_submitted(team)
    url = f"/applications/{application.pk}/"
    for role, screen in (("REF", "receipt"), ("MGR", "receipt"), ("SEC", "received")):
        browser = team.browser(role)
        assert "Accusé de réception (PDF)" in browser.get(f"{url}{screen}/").content.decode()
        assert browser.post(f"{url}acknowledgement/").status_code == 200
    assert make_team("33").browser("SEC").post(f"{url}acknowledgement/").status_code == 404
    assert team.browser("PRE").post(f"{url}acknowledgement/").status_code == 404


def test_nothing_to_acknowledge_before_it_is_sent(team):
    application = mine(team, make_filled(team))
    with pytest.raises(Refused):
        papers.acknowledgement(team.actor("REF"), application)
    with pytest.raises(Hidden):
        papers.acknowledgement(team.actor("SEC"), application)
