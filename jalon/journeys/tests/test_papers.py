"""The papers of the pathway: who may have them, what they say, what they never say."""

import hashlib
import io
import zipfile
from datetime import timedelta
from html import unescape

import pytest

from jalon.access import Hidden, Refused
from jalon.accounts.tests.factories import make_user
from jalon.config import clock
from jalon.directory.models import OrganisationName
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.models import Entry
from jalon.journeys import actions, lawful, papers
from jalon.journeys.forms import PLAIN
from jalon.papers.engine import in_words
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.people import actions as people_actions
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


def test_all_the_letters_to_hand_over_in_one_file(team):
    """Of the department, signed and not notified; each as it would come alone, in the language she heard."""
    first = make_signed(team)
    make_signed(team, make_opined(team, make_complete(team, alias="Sauge")))
    last = make_notified(team, make_opined(team, make_complete(team, alias="Thym")))
    url = "/decisions/letters/"
    with clock.at(last.signed_on):
        listed = team.browser("SEC").get("/decisions/").content.decode()
        assert "Les 2 lettres à remettre (PDF)" in listed
        assert team.browser("SEC").post(url).status_code == 403  # identity is confirmed before a letter leaves
        for role in ("SEC", "PRE"):
            answer = team.browser(role, stepped_up=True).post(url)
            assert answer["Content-Type"] == "application/zip"
            assert answer["Content-Disposition"] == 'attachment; filename="papiers.zip"'
            with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
                names = bundle.namelist()
                said = [read(bundle.read(name)) for name in names]
            assert sorted(names) == [f"papier-{clock.today().year}-{n:04d}.pdf" for n in (1, 2)]
            assert any(first.dossier.number in sheet.pages[0] for sheet in said)
            assert all("Вашето решение с прости думи" in sheet.pages[1] for sheet in said), "read to her in Bulgarian"
            assert all(sheet.title == "Décision" for sheet in said)
            for sheet in said:
                no_name(sheet)
        assert Entry.objects.filter(verb="make_paper", purpose="decision").count() == 4
        elsewhere = make_team("33", "Autre").browser("SEC", stepped_up=True)
        assert elsewhere.post(url).status_code == 303
        assert "Aucune lettre" in elsewhere.get("/decisions/").content.decode()
        assert team.browser("REF", stepped_up=True).post(url).status_code == 404


# --- proof of authorisation ---
def shared_with_desk(team, decision):
    people_actions.grant_share(
        team.actor("REF"),
        mine(team, decision.dossier),
        organisation=team.etr.organisation,
        what=["titre de séjour"],
        language="bg",
        ends_on=clock.today() + timedelta(days=300),
    )


def test_a_proof_for_the_residence_desk(team):
    decision = make_notified(team)
    decision.dossier = mine(team, decision.dossier)
    made = papers.proof_of_authorisation(team.actor("REF"), decision)
    sheet = read(made.content)
    assert (sheet.title, sheet.language, len(sheet.pages)) == ("Justificatif d'autorisation", "fr", 1)
    for said in ("Miroslava ZELENKOVA", "12/05/1996", "Bulgarie", "L. 425-4", "Organisme PRE", "Association Essai"):
        assert said in sheet.text
    assert "Plovdiv" not in sheet.text
    assert made.paper.sha256 == hashlib.sha256(made.content).hexdigest()


def test_the_desk_makes_its_own_copy_while_she_shares(team):
    decision = make_notified(team)
    with pytest.raises(Hidden):
        papers.proof_of_authorisation(team.actor("ETR"), decision)
    shared_with_desk(team, decision)
    url = f"/decisions/{decision.pk}/"
    with clock.at(decision.signed_on):
        browser = team.browser("ETR", stepped_up=True)
        page = browser.get(url).content.decode()
        assert "Justificatif d'autorisation (PDF)" in unescape(page)
        assert "Télécharger la lettre" not in page
        answer = browser.post(f"{url}proof/")
        assert answer.status_code == 200
        assert "Miroslava ZELENKOVA" in read(answer.content).text
        assert team.browser("ETR").post(f"{url}proof/").status_code == 403


def test_no_proof_of_a_refusal_nor_for_others(team):
    refused = make_refused(team)
    refused.dossier = mine(team, refused.dossier)
    with pytest.raises(Refused):
        papers.proof_of_authorisation(team.actor("REF"), refused)
    granted = make_notified(team, make_opined(team, make_complete(team, alias="Sauge")))
    for role in ("SEC", "PRE", "MGR"):
        with pytest.raises(Refused):
            papers.proof_of_authorisation(team.actor(role), granted)


# --- appeal kit ---
def test_an_appeal_kit_has_the_delays_and_two_letters(team):
    decision = make_refused(team)
    decision.dossier = mine(team, decision.dossier)
    made = papers.appeal_kit(team.actor("REF"), decision, language="ro")
    sheet = read(made.content)
    assert (sheet.title, sheet.language, len(sheet.pages)) == ("Dossier de recours", "fr", 4)
    limit = lawful.limits(decision, (), True).court_limit
    for said in (in_words(limit, "fr"), "Organisme PRE", "Modèle de recours gracieux", "tribunal administratif",
                 "R. 772-6", REASONS["reasons_of_fact"], "Miroslava ZELENKOVA"):  # fmt: skip
        assert said in sheet.text
    assert in_words(limit, "ro") in sheet.pages[3]
    assert b"Zelenkova" not in made.content


def test_an_appeal_already_filed_is_told(team):
    decision = make_refused(team)
    with clock.at(decision.notified_on + timedelta(days=10)):
        decision.dossier = mine(team, decision.dossier)
        actions.file_appeal(team.actor("REF"), decision, kind="gracious", filed_on=clock.today())
        sheet = read(papers.appeal_kit(team.actor("REF"), decision).content)
    assert "Déjà faits" in sheet.text
    assert "Recours gracieux, le" in sheet.text


def test_no_appeal_kit_of_an_authorisation_nor_for_others(team):
    granted = make_notified(team)
    granted.dossier = mine(team, granted.dossier)
    with pytest.raises(Refused):
        papers.appeal_kit(team.actor("REF"), granted)
    refused = make_refused(team_of := make_team("33", "Autre"))
    url = f"/decisions/{refused.pk}/"
    assert team_of.browser("SEC", stepped_up=True).post(f"{url}appeal-kit/", {"kit-language": "fr"}).status_code == 404
    assert team.browser("REF", stepped_up=True).post(f"{url}appeal-kit/", {"kit-language": "fr"}).status_code == 404
    browser = team_of.browser("REF", stepped_up=True)
    assert "Dossier de recours" in browser.get(url).content.decode()
    assert browser.post(f"{url}appeal-kit/", {"kit-language": "ro"}).status_code == 200
    assert browser.post(f"{url}appeal-kit/", {"kit-language": ""}).status_code == 422
    assert team_of.browser("REF").post(f"{url}appeal-kit/", {"kit-language": "ro"}).status_code == 403


# --- neutral certificate ---
# What would tell an employer or a landlord (any case).
PROGRAMME = ("prostitu", "proxén", "traite", "parcours de sortie", "psp", "afis", "commission", "préfe", "ddets",
             "association", "séjour", "victime", "organisme", "social")  # fmt: skip


@pytest.mark.parametrize("language", PLAIN)
def test_a_certificate_says_days_and_nothing_else(team, language):
    decision = make_notified(team)
    with clock.at(decision.signed_on):
        made = papers.certificate(team.actor("REF"), mine(team, decision.dossier), language=language)
    sheet = read(made.content)
    assert (sheet.title, sheet.language, len(sheet.pages)) == ("Attestation", "fr", 1)
    period = decision.periods.get()
    assert f"du {in_words(period.starts_on, 'fr')} au {in_words(period.ends_on, 'fr')}" in sheet.text
    assert in_words(period.ends_on, language).replace(" ", "") in sheet.text.replace(" ", "")
    said = (sheet.text + sheet.title + made.paper.file_name).lower()
    assert [word for word in PROGRAMME if word in said] == []
    no_name(sheet)
    assert decision.dossier.number not in sheet.text


def test_who_may_have_a_certificate(team):
    decision = make_notified(team)
    url = f"/journeys/{decision.dossier_id}/"
    neighbour = make_team("31", "Voisine")
    with clock.at(decision.signed_on):
        browser = team.browser("REF", stepped_up=True)
        assert "Attestation neutre" in browser.get(url).content.decode()
        assert browser.post(f"{url}certificate/", {"certificate-language": "ar"}).status_code == 200
        assert browser.post(f"{url}certificate/", {"certificate-language": "xx"}).status_code == 422
        assert team.browser("REF").post(f"{url}certificate/", {"certificate-language": "ar"}).status_code == 403
        assert "Attestation neutre" not in team.browser("MGR").get(url).content.decode()
        assert neighbour.browser("REF", stepped_up=True).post(f"{url}certificate/").status_code == 404


def test_no_certificate_before_a_period(team):
    refused = make_refused(team)
    with pytest.raises(Refused) as raised:
        papers.certificate(team.actor("REF"), mine(team, refused.dossier))
    assert "période" in raised.value.why
