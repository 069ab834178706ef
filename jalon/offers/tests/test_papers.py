"""CV, letter, right to work: what an employer reads tells neither the pathway, nor who accompanies her."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Refused
from jalon.config import clock
from jalon.journal.models import Entry
from jalon.journeys.models import Permit
from jalon.offers import actions, papers
from jalon.offers.models import Resume
from jalon.papers import vocabulary
from jalon.papers.tests.reading import read
from jalon.people import access as people
from jalon.people.tests.factories import make_prepared, make_team

DAY = date(2026, 3, 10)
FIELDS = {
    "name": "Mira Z.", "phone": "06 00 00 00 00", "town": "Nîmes", "title": "Employée d'étage",
    "skills": "Ménage de chambres\nTravail en équipe", "experiences": "2022 : hôtel, Sofia", "gap": "Projet personnel",
    "trainings": "Français A2", "languages": "bulgare\nanglais", "letter_to": "Hôtel des Arènes",
    "letter_object": "Candidature", "letter": "Madame, Monsieur,\nJe souhaite travailler le matin.",
}  # fmt: skip


@pytest.fixture
def world(db):
    with clock.at(DAY):
        team = make_team("30", name="Association Les Tamaris")
        yield team, make_prepared(team)


def mine(team, dossier):
    return people.seen(team.actor("REF"), dossier.pk)


def written(team, dossier, **changed):
    return actions.write_resume(team.actor("REF"), mine(team, dossier), {**FIELDS, **changed})


def test_what_an_employer_reads_tells_nothing(world):
    team, dossier = world
    written(team, dossier)
    names = ["Association Les Tamaris", "Les Tamaris"]
    for make, title in ((papers.cv, "Curriculum vitae"), (papers.letter, "Lettre")):
        made = make(team.actor("REF"), mine(team, dossier))
        sheet = read(made.content)
        assert "Mira Z." in sheet.text
        assert sheet.title == title
        assert vocabulary.found([sheet.text, sheet.title], names) == []
        assert made.paper.label not in sheet.text, "no number: nobody can ask where it comes from"
        assert b"Jalon" not in made.content
        assert "/Author" not in sheet.title
    cv = read(papers.cv(team.actor("REF"), mine(team, dossier)).content).text
    for word in ("Ménage de chambres", "Projet personnel", "bulgare", "Français A2"):
        assert word in cv
    assert "Sofia" in cv
    assert "Monsieur" not in cv


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("experiences", "2025 : accompagnée par l'association"),
        ("skills", "suivie par Les Tamaris"),
        ("gap", "parcours de sortie de la prostitution"),
        ("letter", "Je suis en PSP."),
        ("title", "victime de traite"),
    ],
)
def test_a_word_that_tells_is_refused_at_its_field(world, field, text):
    team, dossier = world
    with pytest.raises(ValidationError) as told:
        written(team, dossier, **{field: text})
    assert set(told.value.message_dict) == {field}
    assert not Resume.objects.exists()
    answer = team.browser("REF").post(f"/matches/{dossier.pk}/cv/", {**FIELDS, field: text, "revision": "0"})
    assert answer.status_code == 422
    assert "Un employeur lira ces mots" in answer.content.decode()


def test_the_page_and_the_files(world):
    team, dossier = world
    client, path = team.browser("REF", stepped_up=True), f"/matches/{dossier.pk}/"
    text = client.get(f"{path}cv/").content.decode()
    assert "bulgare" in text, "begun from what her file says"
    assert "Zelenkova" not in text, "her name is hers to give"
    assert "PDF" not in text
    assert client.post(f"{path}cv/", {**FIELDS, "revision": "0"}).status_code == 303
    for paper, name in (("cv", "cv.pdf"), ("letter", "lettre.pdf")):
        answer = client.post(f"{path}papers/{paper}/")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(f"{path}papers/nothing/").status_code == 404
    assert team.browser("REF").post(f"{path}papers/cv/").status_code in (302, 303, 403), "a step-up is asked"
    assert Entry.objects.filter(verb="make_paper", purpose="cv").exists()
    assert Entry.objects.filter(verb="write_resume", compartment="C10").count() == 1
    assert b"Sofia" not in bytes(Resume.objects.get().sealed)


# --- the right to work -------------------------------------------------------------------------------------------------
def permit(dossier, kind, start, end):
    row = Permit(dossier=dossier, kind=kind, issued_on=start, valid_to=end)
    row.seal({"number": "X"})
    row.save(force_insert=True)


def test_the_sheet_for_an_employer(world):
    team, dossier = world
    with clock.at(DAY):
        other = make_prepared(team, alias="Menthe", identity={"given_name": "Ana", "nationality": "NGA"})
        ref = team.actor("REF")
        with pytest.raises(Refused):
            papers.right_sheet(ref, mine(team, other))
        permit(other, "aps_l425_4", date(2026, 1, 5), date(2026, 7, 4))
        sheet = read(papers.right_sheet(ref, mine(team, other)).content)
        page = team.browser("REF").get(f"/matches/{other.pk}/rights/").content.decode()
    assert "4 juillet 2026" in sheet.text
    assert "CDI" in sheet.text
    for word in ("APS", "provisoire", "parcours", "NGA", "Ana", "préfecture", "L. 425"):
        assert word not in sheet.text
    assert vocabulary.found([sheet.text, sheet.title]) == []
    assert "04/07/2026" in page
    assert "à vérifier" in page, "own account is never settled here"


def test_her_right_feeds_the_matcher(world):
    from jalon.offers.reads import subjects

    team, dossier = world
    one = subjects.subject(team.actor("REF"), mine(team, dossier))
    assert one.profile["droit_travail"] == {"statut": "oui", "jusqu_au": None}, "Bulgarian: free movement"
    assert "nationality" not in str(one.profile)
    permit(dossier, "renewal_receipt", DAY, DAY + timedelta(days=60))
    assert subjects.subject(team.actor("REF"), mine(team, dossier)).profile["droit_travail"]["statut"] == "oui"
