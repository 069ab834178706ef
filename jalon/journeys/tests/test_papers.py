"""The papers of the pathway: who may have them, what they say, what they never say."""

import hashlib

import pytest

from jalon.access import Hidden, Refused
from jalon.accounts.tests.factories import make_user
from jalon.directory.models import OrganisationName
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.journeys import papers
from jalon.journeys.forms import PLAIN
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import IDENTITY, make_team

from .factories import REASONS, make_draft, make_notified, make_opined, make_refused, make_renewed, make_signed, mine

pytestmark = pytest.mark.django_db
HER_NAMES = (IDENTITY["given_name"], IDENTITY["family_name"], IDENTITY["usual_name"], "Capucine")


@pytest.fixture
def team():
    return make_team()


def letter(team, decision, role="SEC", **given):
    if role in ("REF", "MGR", "COL"):
        decision.dossier = mine(team, decision.dossier, role)
    return papers.decision_letter(team.actor(role), decision, **given)


def no_name(sheet):
    assert not [name for name in HER_NAMES if name.lower() in sheet.text.lower()]
    assert not [name for name in HER_NAMES if name.lower() in sheet.title.lower()]


def test_an_authorisation(team):
    decision = make_notified(team)
    made = letter(team, decision, language="bg")
    sheet = read(made.content)
    assert (sheet.language, sheet.title) == ("fr", "Décision")
    assert len(sheet.pages) == 2
    front, plain = sheet.pages
    numbers = (decision.dossier.number, decision.application.receipt_number)
    who = ("Association Essai", "Préfète", "Organisme PRE", team.pre.user.name)
    for said in (*numbers, *who, "L. 121-9", "L. 425-4", "favorable", "Décide", "Notifiée le", "en bulgare"):
        assert said in front
    assert "Молбата Ви е приета" in plain
    assert "Информация без правна стойност" in plain
    no_name(sheet)
    assert made.paper.sha256 == hashlib.sha256(made.content).hexdigest()
    assert made.paper.dossier == decision.dossier_id
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.compartment, entry.purpose) == ("make_paper", "C14", "decision")


def test_a_refusal_says_why_and_how_to_appeal(team):
    sheet = read(letter(team, make_refused(team)).content)
    assert len(sheet.pages) == 2
    for said in (*REASONS.values(), "L. 211-2", "défavorable", "est refusé"):
        assert said in sheet.pages[0]
    assert "C'est la demande qui est jugée, pas vous." in sheet.pages[1]
    assert "jusqu'au" in sheet.pages[1]
    assert "aide d'argent" not in sheet.text
    no_name(sheet)


def test_a_renewal(team):
    sheet = read(letter(team, make_renewed(team, make_notified(team))).content)
    assert "est renouvelé" in sheet.pages[0]
    assert "(période 2)" in sheet.pages[0]


def test_a_draft_says_that_it_is_one(team):
    sheet = read(letter(team, make_draft(team), "PRE").content)
    assert "PROJET NON SIGNÉ" in sheet.text
    assert "Notifiée" not in sheet.text


def test_her_copy_bears_her_name_in_the_body_only(team):
    decision = make_notified(team)
    sheet = read(letter(team, decision, "REF").content)
    assert "Miroslava ZELENKOVA" in sheet.pages[0]
    assert "écrits à la main" not in sheet.text
    assert sheet.title == "Décision"
    assert b"Zelenkova" not in sheet.content


@pytest.mark.parametrize("language", PLAIN)
def test_simple_words_in_each_language(team, language):
    for decision in (make_refused(team), make_signed(team, make_opined(team, make_complete(team, alias="Sauge")))):
        sheet = read(letter(team, decision, language=language).content)
        assert len(sheet.pages) == 2
        assert len(sheet.pages[1]) > (90 if language == "zh" else 200)


def test_the_authority_has_the_name_of_the_day(team):
    decision = make_notified(team)
    OrganisationName.objects.filter(organisation=team.pre.organisation).update(ends_on=decision.signed_on)
    OrganisationName.objects.create(
        organisation=team.pre.organisation, name="Préfecture renommée", starts_on="2099-01-01"
    )
    assert "Organisme PRE" in read(letter(team, decision).content).text


def test_the_same_letter_has_the_same_number(team):
    decision = make_notified(team)
    first, again = letter(team, decision), letter(team, decision)
    assert first == again
    assert letter(team, decision, language="ar").paper.number == 2
    assert Paper.objects.count() == 2


@pytest.mark.parametrize("role", ["SEC", "PRE", "REF"])
def test_identity_is_confirmed_before_a_letter_leaves(team, role):
    decision = make_notified(team)
    if role == "REF":
        decision.dossier = mine(team, decision.dossier)
    with pytest.raises(Refused) as raised:
        papers.decision_letter(team.actor(role, stepped_up=False), decision)
    assert "identité" in raised.value.why
    assert not Paper.objects.exists()


def test_who_may_not(team):
    decision = make_notified(team)
    with pytest.raises(Refused):
        letter(team, decision, "MGR")
    other = make_team("33", "Autre")
    for role in ("SEC", "PRE", "REF", "MEM", "EMP", "ETR"):
        with pytest.raises(Hidden):
            papers.decision_letter(other.actor(role), decision)
    neighbour = make_team("31", "Voisine")
    with pytest.raises(Hidden):
        papers.decision_letter(neighbour.actor("REF"), decision)


def test_the_page_offers_it_and_the_button_answers(team):
    decision = make_notified(team)
    url = f"/decisions/{decision.pk}/"
    browser = team.browser("SEC", stepped_up=True)
    page = browser.get(url).content.decode()
    assert "Télécharger la lettre (PDF)" in page
    assert '<option value="bg" selected>' in page
    answer = browser.post(f"{url}letter/", {"letter-language": "bg"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert decision.dossier.number not in answer["Content-Disposition"]
    assert browser.post(f"{url}letter/", {"letter-language": "xx"}).status_code == 422
    assert team.browser("SEC").post(f"{url}letter/", {"letter-language": "fr"}).status_code == 403
    assert "Télécharger la lettre" not in team.browser("MGR", stepped_up=True).get(url).content.decode()
    assert make_team("33").browser("SEC").post(f"{url}letter/", {"letter-language": "fr"}).status_code == 404


def test_the_signatory_is_named(team):
    decision = make_signed(team)
    assert make_user().name not in read(letter(team, decision).content).text
    assert team.pre.user.name in read(letter(team, decision).content).text
