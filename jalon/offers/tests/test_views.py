"""The pages: who opens which, the neighbour's department, filters, the outage that is never an empty list."""

from datetime import date, datetime, timedelta

import pytest

from jalon.access import SYSTEM
from jalon.config import clock
from jalon.directory.tests.factories import actor_of, browser, make_membership
from jalon.notices.models import Outbox
from jalon.offers import actions
from jalon.offers.models import Offer, Service, ServiceFact, Training
from jalon.offers.reads.cards import hours_of
from jalon.offers.states import CouldNotAsk, Reason, Source

from .factories import keep_offers, keep_services, keep_trainings

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 2, 10, tzinfo=clock.PARIS)
MORNING = NIGHT + timedelta(hours=7)


@pytest.fixture(autouse=True)
def day():
    with clock.at(MORNING):
        yield


@pytest.fixture
def worker():
    return make_membership("REF", department="30")


def said(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def at_night(act, *given, **named):
    with clock.at(NIGHT):
        return act(*given, **named)


# --- who ---------------------------------------------------------------------------------------------------------
def test_who_reads_and_whose_department(worker, django_assert_max_num_queries):
    keep_services()
    keep_trainings()
    at_night(keep_offers)
    service, training = Service.objects.first(), Training.objects.filter(department="30").first()
    offer = Offer.objects.get(number="201AAAB")
    lists = ("/catalogue/", "/catalogue/jobs/", "/catalogue/trainings/")
    cards = (
        f"/catalogue/services/{service.pk}/",
        f"/catalogue/jobs/{offer.pk}/",
        f"/catalogue/trainings/{training.pk}/",
    )
    for role in ("REF", "MGR", "EMP"):
        client = browser(worker if role == "REF" else make_membership(role, department="30"))
        for path in (*lists, *cards):
            with django_assert_max_num_queries(10):
                said(client, path)
    neighbour, member = (browser(make_membership(*who)) for who in (("REF",), ("MEM",)))
    for path in cards:
        said(neighbour, path, 404)
    for path in (*lists, *cards):
        said(member, path, 404)
    assert service.name not in said(neighbour, "/catalogue/")
    for verb in ("check", "keep", "facts"):
        assert neighbour.post(f"{cards[0]}{verb}/").status_code == 404
    service.refresh_from_db()
    assert service.revision == 0


# --- an outage is not an empty list --------------------------------------------------------------------------------
NOBODY_KNOWS = "on ne sait pas"


def test_never_asked_nothing_known(worker):
    text = said(browser(worker), "/catalogue/jobs/")
    assert "pas encore interrogé" in text
    assert NOBODY_KNOWS in text


def test_asked_and_nothing_there(worker):
    at_night(keep_offers, [])
    text = said(browser(worker), "/catalogue/jobs/")
    assert "aucune offre en ce moment" in text
    assert "interrogé le 20/11/2026 à 02:10, il y a 7 heures" in text


def test_could_not_ask_keeps_the_list_and_says_its_age(worker):
    with clock.at(NIGHT - timedelta(days=2)):
        keep_offers()
    at_night(actions.record_failure, SYSTEM, Source.OFFERS, "30", CouldNotAsk(Reason.SERVER))
    text = said(browser(worker), "/catalogue/jobs/")
    assert "pas pu interroger le 20/11/2026 à 02:10 (panne chez eux)" in text
    assert "La liste est celle du 18/11/2026 à 02:10, il y a 2 jours." in text
    assert Offer.objects.get(number="201AAAB").title.split(" / ")[0] in text
    offer = Offer.objects.get(number="201AAAB")
    assert "pas pu interroger" in said(browser(worker), f"/catalogue/jobs/{offer.pk}/")
    # another department's outage is not ours, and an answer ends it
    actions.record_failure(SYSTEM, Source.OFFERS, "31", CouldNotAsk(Reason.NETWORK))
    keep_offers()
    assert "pas pu interroger" not in said(browser(worker), "/catalogue/jobs/")


def test_could_not_ask_and_nothing_kept(worker):
    at_night(actions.record_failure, SYSTEM, Source.OFFERS, "30", CouldNotAsk(Reason.NETWORK))
    text = said(browser(worker), "/catalogue/jobs/")
    assert "pas pu interroger" in text
    assert NOBODY_KNOWS in text
    assert "aucune offre en ce moment" not in text


def test_nights_without_a_run_are_seen(worker):
    with clock.at(NIGHT - timedelta(days=3)):
        keep_offers([])
    text = said(browser(worker), "/catalogue/jobs/")
    assert "il y a 3 jours" in text
    assert "aucune offre en ce moment" not in text


def test_a_withdrawn_offer_is_gone_from_the_screens(worker):
    at_night(keep_offers)
    offer = Offer.objects.get(number="201AAAU")
    client = browser(worker)
    text = said(client, f"/catalogue/jobs/{offer.pk}/")
    assert "201AAAU" in text
    assert 'href="https://candidat.francetravail.fr/offres/recherche/detail/201AAAU" rel="external noreferrer"' in text
    keep_offers([], gone=["201AAAU"])
    said(client, f"/catalogue/jobs/{offer.pk}/", 404)
    offer.refresh_from_db()
    assert (offer.record, offer.title, offer.hidden_at is None) == ({}, "", False)


def test_offers_are_filtered_by_closed_lists(worker):
    at_night(keep_offers)
    client = browser(worker)
    assert "201AAAH" not in said(client, "/catalogue/jobs/?sector=K&contract=CDI")
    found = said(client, "/catalogue/jobs/?sector=J")
    assert found.count('<th scope="row">') == Offer.objects.filter(rome__startswith="J").count() > 0
    assert "Choisissez" in said(client, "/catalogue/jobs/?sector=Awa", 422)
    assert client.get("/catalogue/jobs/?q=Awa").status_code == 400


def test_signs_of_exploitation_are_shown_to_nobody(worker):
    at_night(keep_offers)
    aside = set(Offer.objects.exclude(withheld="").values_list("number", flat=True))
    assert aside == {"201AABB", "201AABC", "201AABD"}
    assert "consommation incitée" in Offer.objects.get(number="201AABC").withheld
    client = browser(worker)
    text = said(client, "/catalogue/jobs/") + said(client, "/catalogue/jobs/?page=2")
    assert "3 offres ne sont montrées à personne" in text
    for row in Offer.objects.filter(number__in=aside):
        assert row.title not in text
        said(client, f"/catalogue/jobs/{row.pk}/", 404)


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ("Mo-Fr 09:00-12:00,14:00-17:00; PH off", "lun.-ven. 09:00-12:00, 14:00-17:00 ; fermé les jours fériés"),
        ("Mar 1-Oct 31: Mo 09:00-12:00", "Mar 1-Oct 31: Mo 09:00-12:00"),
        ("", ""),
    ],
)
def test_opening_hours_in_words(hours, shown):
    assert hours_of(hours) == shown


def test_trainings_to_come(worker):
    keep_trainings()
    client = browser(worker)
    text = said(client, "/catalogue/trainings/?kind=certified")
    assert "petite enfance" in text
    assert "langue étrangère" not in text
    with clock.at(date(2030, 1, 1)):
        assert "Aucune formation à venir" in said(client, "/catalogue/trainings/")


# --- cards ---------------------------------------------------------------------------------------------------------
def test_search_by_need_place_language_children_and_among_women(worker):
    found = keep_services()
    note = {"languages": "ar en", "children": "yes", "mixity": "choice"}
    actions.note_facts(actor_of(worker), found["francais"], note)
    actions.note_facts(actor_of(worker), found["chantier"], {"languages": "rom", "mixity": "mixed", "children": "no"})
    client = browser(worker)

    def names(query):
        text = said(client, f"/catalogue/?{query}")
        return {short for short, row in found.items() if f"/catalogue/services/{row.pk}/" in text}

    assert names("") == set(found)
    assert names("need=famille") == {"garde"}
    assert names("place=30007") == {"francais"}
    assert names("language=ar") == names("language=en") == names("children=yes") == {"francais"}
    assert names("language=ro") == set(), "« rom » is another language"
    assert names("mixity=women") == {"francais"}
    assert names("need=sante&place=30007") == set()
    assert "ne répond à ces choix" in said(client, "/catalogue/?need=sante&place=30007")


def test_noting_checking_keeping(worker):
    row = keep_services()["francais"]
    client, path = browser(worker), f"/catalogue/services/{row.pk}/"
    assert "à revérifier" in said(client, path)
    assert "2 rue Exemple" in said(client, path)
    sent = {"mixity": "women", "languages": ["ar", "en"], "address": "yes", "contact": "Mme Roux, poste 12"}
    answer = client.post(f"{path}facts/", {**sent, "revision": "0"})
    assert answer.status_code == 303
    text = said(client, path)
    assert "femmes seulement" in text
    assert "anglais, arabe" in text or "arabe, anglais" in text
    assert "demandez-la à la structure" in text
    assert "2 rue Exemple" not in text
    contact = ServiceFact.objects.get(fact="contact")
    assert (contact.value, b"Roux" in bytes(contact.sealed), contact.kept()) == ("", False, "Mme Roux, poste 12")
    assert client.post(f"{path}check/").status_code == 303
    text = said(client, path)
    assert "vérifiée le 20/11/2026" in text
    assert "Je tiens cette fiche" not in text, "who checks a card that nobody keeps, keeps it"
    colleague = browser(make_membership("EMP", department="30"))
    text = said(colleague, path)
    assert "femmes seulement" in text
    assert "Mme Roux" not in text, "the association's own"
    assert colleague.post(f"{path}facts/", {"contact": "x", "revision": "2"}).status_code == 400
    assert colleague.post(f"{path}keep/").status_code == 303
    with clock.at(MORNING + timedelta(days=200)):
        assert "à revérifier" in said(browser(worker), path)


def test_who_keeps_an_old_card_is_told_once(worker):
    found = keep_services()
    actions.keep_service(actor_of(worker), found["sante"])
    actions.check_service(actor_of(worker), found["garde"])
    assert [actions.remind_owners(SYSTEM) for _night in range(2)] == [1, 0]
    row = Outbox.objects.get()
    assert (row.recipient_id, row.template, row.reason[:5]) == (worker.user_id, "task", "card:")
    client = browser(worker)
    mine, again = (said(client, f"/catalogue/?kept={kept}") for kept in ("mine", "old"))
    assert (mine.count('<th scope="row">'), again.count('<th scope="row">')) == (2, 5)
    with clock.at(MORNING + timedelta(days=183)):
        assert actions.remind_owners(SYSTEM) == 1, "the other card has become old too"


def test_refused_at_the_field_and_nothing_lost(worker):
    row = keep_services()["sante"]
    client, path = browser(worker), f"/catalogue/services/{row.pk}/facts/"
    answer = client.post(path, {"answer": "900", "trained": "2031-01-01", "contact": "poste 4", "revision": "0"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "poste 4" in text
    assert not ServiceFact.objects.exists()
    client.post(path, {"answer": "7", "revision": "0"})
    assert client.post(path, {"answer": "8", "revision": "0"}).status_code == 409
    assert ServiceFact.objects.get().value == "7"
    client.post(path, {"answer": "", "revision": "1"})
    assert not ServiceFact.objects.exists()


def test_what_a_house_notes_for_itself_stays_its_own(worker):
    keep_services()
    service = Service.objects.first()
    neighbour = make_membership("REF", department="30")
    mine, theirs = actor_of(worker), actor_of(neighbour)
    actions.note_facts(mine, service, {"contact": "Mme Roux, poste 12", "mixity": "women"})
    page = said(browser(neighbour), f"/catalogue/services/{service.pk}/")
    assert "Roux" not in page
    assert "femmes seulement" in page
    actions.note_facts(theirs, service, {"contact": "M. Noir"})
    actions.note_facts(theirs, service, {"contact": ""})
    assert ServiceFact.objects.get(fact="contact").kept() == "Mme Roux, poste 12"
    assert "Roux" in said(browser(worker), f"/catalogue/services/{service.pk}/")
