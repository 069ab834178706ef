"""The accreditation on paper: the association's file in each state, no word of a person accompanied."""

import pytest

from jalon.access import Hidden
from jalon.directory import papers
from jalon.journal.models import Entry
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read

from .accreditation_cases import IN_STATE, REASONS, WORDS, Parties, granted, refused
from .factories import browser, make_actor, make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties():
    return Parties()


@pytest.mark.parametrize("state", sorted(IN_STATE))
def test_a_file_in_each_state(parties, state):
    row = IN_STATE[state](parties)
    sheet = read(papers.accreditation_file(parties.manager, row).content)
    assert (sheet.title, sheet.language) == ("Dossier d'agrément", "fr")
    assert 1 <= len(sheet.pages) <= 4
    assert "Association Essai" in sheet.text


def test_what_it_says_of_an_approval(parties):
    row = granted(parties)
    made = papers.accreditation_file(parties.secretariat, row)
    sheet = read(made.content)
    for said in ("31-2026-01", WORDS["representative"], "Préfète", "Pièces", "reçue le", "R. 121-12-2"):
        assert said in sheet.text
    assert papers.accreditation_file(parties.secretariat, row) == made
    assert Paper.objects.get().dossier == ""
    assert Entry.objects.latest("seq").purpose == "accreditation_file"


def test_a_refusal_gives_its_reasons_and_routes(parties):
    sheet = read(papers.accreditation_file(parties.manager, refused(parties)).content)
    assert all(said in sheet.text for said in REASONS.values())


def test_outside_the_scope_it_does_not_exist(parties):
    row = granted(parties)
    for stranger in (make_actor("MGR", department="33"), make_actor("SEC", department="33"), make_actor("REF")):
        with pytest.raises(Hidden):
            papers.accreditation_file(stranger, row)


def test_the_page_offers_it(parties):
    row = granted(parties)
    url = f"/accreditations/{row.pk}/"
    client = browser(make_membership("SEC"))
    assert "agrément (PDF)" in client.get(url).content.decode()
    assert client.post(f"{url}paper/")["Content-Type"] == "application/pdf"
    assert browser(make_membership("SEC", department="33")).post(f"{url}paper/").status_code == 404
