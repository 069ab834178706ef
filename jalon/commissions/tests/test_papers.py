"""The papers of the commission: who may have them, what they say, what they never say."""

from datetime import timedelta

import pytest

from jalon.access import Hidden, Refused
from jalon.commissions import actions, papers
from jalon.dossiers.tests.factories import ANSWERS, make_complete
from jalon.journal.models import Entry
from jalon.papers.models import Paper
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import IDENTITY, make_team

from .factories import Commission, make_commission, make_convened, make_held, make_opined, make_scheduled, on, seat_all

pytestmark = pytest.mark.django_db
HER_NAMES = [IDENTITY[name] for name in ("given_name", "family_name", "usual_name", "birth_place")] + ["Capucine"]
# Raw words of C3 to C6, C9 and C11.
TOKENS = [ANSWERS["housing"]["address"], "Colomiers", "Jules-Vallès", "Boyan", "Radka", "venue seule", "ponctualité"]


@pytest.fixture
def team():
    return make_team()


def silent(sheet):
    """No name of the person, no word of the compartments that stay inside."""
    said = sheet.text.lower() + sheet.title.lower()
    assert [word for word in (*HER_NAMES, *TOKENS) if word.lower() in said] == []


def signed(team, *applications):
    meeting = make_held(team, *applications)
    with on(meeting.on):
        actions.sign_minutes(team.actor("SEC"), meeting)
    meeting.refresh_from_db()
    return meeting


def several(team, count):
    return [make_complete(team, alias=alias) for alias in ("Acanthe", "Aster", "Bleuet", "Cosmos")[:count]]


# --- minutes --------------------------------------------------------------------------------------------------------
def test_the_minutes_say_who_sat_and_the_sense_of_each_opinion(team):
    files = several(team, 3)
    meeting = signed(team, *files)
    made = papers.minutes_paper(team.actor("SEC"), meeting)
    sheet = read(made.content)
    assert (sheet.title, sheet.language) == ("Procès-verbal", "fr")
    assert 1 <= len(sheet.pages) <= 4
    for said in ("Organisme PRE", "Membre 1", team.mem.user.name, "quorum : ", "Avis favorable", "Le secrétariat"):
        assert said in sheet.text
    assert all(one.dossier.number in sheet.text for one in files)
    assert "Projet à préparer" not in sheet.text  # the reasons belong to the other layer
    assert "Annexe" not in sheet.text
    assert "DOCUMENT DE TRAVAIL" not in sheet.text
    silent(sheet)
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.compartment, entry.purpose) == ("make_paper", "C13", "minutes")


def test_the_annex_is_another_layer_for_the_secretariat(team):
    files = several(team, 3)
    meeting = signed(team, *files)
    sheet = read(papers.minutes_paper(team.actor("SEC"), meeting, annex=True, copy_for="SEC A. B.").content)
    assert 2 <= len(sheet.pages) <= 4
    assert sheet.title == "Procès-verbal et annexe"
    assert "Projet à préparer." in sheet.text
    assert "exemplaire SEC A. B." in sheet.text
    assert all(one.receipt_number in sheet.text for one in files)
    silent(sheet)
    for role in ("PRE", "MEM"):
        with pytest.raises((Refused, Hidden)):
            papers.minutes_paper(team.actor(role), meeting, annex=True)
    with pytest.raises(Refused) as raised:
        papers.minutes_paper(team.actor("SEC", stepped_up=False), meeting, annex=True)
    assert "identité" in raised.value.why


def test_minutes_not_yet_signed_are_a_draft_and_not_for_members(team):
    meeting = make_held(team)
    actions.generate_minutes(team.actor("SEC"), meeting)
    assert "DOCUMENT DE TRAVAIL" in read(papers.minutes_paper(team.actor("SEC"), meeting).content).text
    with pytest.raises(Hidden):
        papers.minutes_paper(team.actor("MEM"), meeting)


def test_no_minutes_no_paper(team):
    with pytest.raises(Hidden):
        papers.minutes_paper(team.actor("SEC"), make_held(team))


def test_a_member_has_the_minutes_marked_as_hers(team):
    meeting = signed(team)
    url = f"/meetings/{meeting.pk}/minutes/"
    browser = team.browser("MEM")
    page = browser.get(url).content.decode()
    assert "Télécharger (PDF)" in page
    assert "annexe nominative" not in page
    answer = browser.post(f"{url}paper/")
    assert answer["Content-Type"] == "application/pdf"
    assert f"exemplaire MEM {team.mem.user.initials}" in read(answer.content).text
    assert browser.post(f"{url}annex/").status_code == 404
    assert team.browser("SEC").post(f"{url}annex/").status_code == 403
    assert team.browser("SEC", stepped_up=True).post(f"{url}annex/").status_code == 200
    assert "annexe nominative" in team.browser("SEC").get(url).content.decode()
    assert make_team("33").browser("SEC").post(f"{url}paper/").status_code == 404


def test_the_same_minutes_have_the_same_number(team):
    meeting = signed(team)
    assert papers.minutes_paper(team.actor("SEC"), meeting) == papers.minutes_paper(team.actor("SEC"), meeting)
    assert Paper.objects.count() == 1


# --- convocation ------------------------------------------------------------------------------------------------------
def test_one_page_for_each_seat_numbers_and_no_name(team):
    commission = make_commission(team)
    meeting, items = make_convened(team, *several(team, 2))
    sheet = read(papers.convocations(team.actor("SEC"), meeting).content)
    assert (sheet.title, sheet.language) == ("Convocation", "fr")
    assert len(sheet.pages) == len(commission.all)
    names = [seat.user.name for seat in commission.all if seat.user]
    for page in sheet.pages:
        assert "226-13" in page
        assert "Préfecture" in page
        assert not [name for name in names if name in page]
    silent(sheet)
    assert items[0].application.dossier.number in sheet.pages[0]


def test_who_takes_no_part_does_not_see_the_number(team):
    make_commission(team)
    meeting, items = make_convened(team)
    pages = read(papers.convocations(team.actor("SEC"), meeting).content).pages
    own = next(page for page in pages if "Association agréée" in page)
    assert "Point auquel vous ne prenez pas part" in own
    assert items[0].application.dossier.number not in own


def test_a_member_has_her_own_page(team):
    commission: Commission = make_commission(team)
    meeting, _items = make_convened(team)
    answer = team.browser("MEM").post(f"/meetings/{meeting.pk}/convocations/")
    pages = read(answer.content).pages
    assert len(pages) == 1
    assert commission.seats[0].college in pages[0]
    assert "Ma convocation (PDF)" in team.browser("MEM").get(f"/meetings/{meeting.pk}/").content.decode()
    with on(meeting.window_ends_on + timedelta(days=1)):  # the numbers close with the files; the secretariat keeps it
        assert team.browser("MEM").post(f"/meetings/{meeting.pk}/convocations/").status_code == 403
        assert "Ma convocation (PDF)" not in team.browser("MEM").get(f"/meetings/{meeting.pk}/").content.decode()
        assert papers.convocations(team.actor("SEC"), meeting).content


def test_a_member_reads_no_number_that_another_seat_of_hers_hides(team):
    commission: Commission = make_commission(team)
    meeting, items = make_convened(team, *several(team, 2))
    other = commission.seats[1]
    other.deputy_id = team.mem.user_id
    other.save(update_fields=["deputy"])
    actions.note_conflict(team.actor("SEC"), items[0], seat=other.pk)
    said = read(papers.convocations(team.actor("MEM"), meeting).content).text
    assert items[0].application.dossier.number not in said
    assert items[1].application.dossier.number in said


def test_a_second_convocation_says_that_no_quorum_is_needed(team):
    meeting, _items = make_convened(team)
    with on(meeting.on):
        seat_all(team, meeting, "absent")
        actions.record_failure(team.actor("SEC"), meeting)
        again = actions.convene_again(team.actor("SEC"), meeting, on=meeting.on + timedelta(days=7))
        actions.convene(team.actor("SEC"), again)
        again.refresh_from_db()
        sheet = read(papers.convocations(team.actor("SEC"), again).content)
    assert "aucun quorum ne sera exigé" in sheet.text


def test_no_convocation_before_it_is_convened_nor_for_others(team):
    meeting, _items = make_scheduled(team)
    with pytest.raises(Refused):
        papers.convocations(team.actor("SEC"), meeting)
    convened, _items = make_convened(team, make_complete(team, alias="Sauge"))
    with pytest.raises(Refused):
        papers.convocations(team.actor("PRE"), convened)
    with pytest.raises(Hidden):
        papers.convocations(make_team("33").actor("SEC"), convened)


# --- reading sheet ----------------------------------------------------------------------------------------------------
def test_a_reading_sheet_of_one_page_for_one_seat(team):
    commission = make_commission(team)
    _meeting, items = make_convened(team)
    seat = commission.seats[0]
    made = papers.reading_sheet(team.actor("SEC"), items[0], seat=seat.pk)
    sheet = read(made.content)
    assert (sheet.title, len(sheet.pages)) == ("Fiche de lecture", 1)
    for said in (ANSWERS["project"]["goal"], "Français A2", "30 juin 2027", "Projet réaliste", "Venir aux rendez-vous",
                 "Notes", "30 ans", "1 enfant", "parle bulgare"):  # fmt: skip
        assert said in sheet.text
    assert f"exemplaire MEM {seat.user.initials}" in sheet.text
    silent(sheet)
    assert "Couverture santé" not in sheet.text  # C5 stays on the screen
    assert made.paper.dossier == items[0].application.dossier_id


def test_who_takes_no_part_gets_no_sheet(team):
    commission = make_commission(team)
    _meeting, items = make_convened(team)
    with pytest.raises(Refused):
        papers.reading_sheet(team.actor("SEC"), items[0], seat=commission.own.pk)


def test_only_the_secretariat_and_confirmed(team):
    commission = make_commission(team)
    _meeting, items = make_convened(team)
    seat = commission.seats[0].pk
    with pytest.raises(Refused, match="refused"):
        papers.reading_sheet(team.actor("SEC", stepped_up=False), items[0], seat=seat)
    for role in ("MEM", "PRE"):
        with pytest.raises(Refused):
            papers.reading_sheet(team.actor(role), items[0], seat=seat)
    with pytest.raises(Hidden):
        papers.reading_sheet(make_team("33").actor("SEC"), items[0], seat=seat)
    assert not Paper.objects.exists()


def test_the_room_offers_a_copy(team):
    commission = make_commission(team)
    _meeting, items = make_convened(team)
    url = f"/meetings/points/{items[0].pk}/"
    browser = team.browser("SEC", stepped_up=True)
    assert "Exemplaire papier" in browser.get(url).content.decode()
    assert "Exemplaire papier" not in team.browser("PRE").get(url).content.decode()
    assert browser.post(f"{url}sheet/", {"sheet-seat": commission.seats[0].pk}).status_code == 200
    assert browser.post(f"{url}sheet/", {"sheet-seat": commission.own.pk}).status_code == 422


def test_after_the_window_no_sheet(team):
    item = make_opined(team)[0]
    with on(item.meeting.window_ends_on + timedelta(days=1)), pytest.raises(Refused):
        papers.reading_sheet(team.actor("SEC"), item, seat=item.meeting.attendances.first().seat_id)
