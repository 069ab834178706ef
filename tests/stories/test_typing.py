"""What is typed is never lost: kept while it is written, whatever happens to the network or to the session."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.test_look import TAGS, TOO_WIDE, violations

pytestmark = pytest.mark.proof
STORY = "Ce qu'elle veut dire de son parcours"


@pytest.fixture(scope="module")
def made(empty_department):
    who = [empty_department.accounts[name]["membership_id"] for name in ("ref", "mgr")]
    return json.loads(empty_department.run("-m", "tests.stories.requests_apart", *who).stdout)


def test_what_is_typed_survives_a_cut_and_the_end_of_the_session(desks, made):
    worker = desks("ref").confirm()
    page, path = worker.page, f"/applications/{made['prepared']}/parts/life_path/"
    worker.go(path)
    box = worker.field(STORY)
    box.fill("Elle est venue seule.")
    expect(page.locator("#garde")).to_contain_text("Texte gardé")
    # The page is left without saving: the words are there when it is opened again.
    worker.go(path).sees("pas encore enregistré")
    expect(box).to_have_value("Elle est venue seule.")
    # No network: the page says so and keeps the text.
    page.context.set_offline(True)
    box.fill("Elle est venue seule. Elle coud.")
    expect(page.locator("[data-quiet-failed]")).to_be_visible()
    page.context.set_offline(False)
    box.fill("Elle est venue seule. Elle coud. Bien.")
    expect(page.locator("#garde")).to_contain_text("Texte gardé")
    expect(page.locator("[data-quiet-failed]")).to_be_hidden()
    # The session ends elsewhere: the page does not move, nothing is swapped into it.
    kept = page.context.cookies()
    page.context.clear_cookies()
    box.fill("Elle est venue seule. Elle coud. Bien. Trop tard.")
    expect(page.locator("[data-quiet-failed]")).to_be_visible()
    expect(box).to_have_value("Elle est venue seule. Elle coud. Bien. Trop tard.")
    page.context.add_cookies(kept)
    worker.complaints.clear()  # the browser notes each refused request
    worker.go(path)
    expect(box).to_have_value("Elle est venue seule. Elle coud. Bien.")
    worker.press("Oui, c'est terminé").told("Enregistré")


def test_without_scripts_the_buttons_save(desks, made):
    worker = desks.beside("ref", java_script_enabled=False)
    worker.go(f"/applications/{made['prepared']}/parts/opinion/")
    worker.fill({"Motifs": "Projet solide."})
    worker.press("Non, j'y reviendrai").told("Enregistré")


def test_a_part_is_filled_with_the_keyboard_alone(desks, made):
    worker = desks("ref").confirm()
    worker.go(f"/applications/{made['prepared']}/")
    worker.key(worker.main.get_by_role("link", name="Ressources"))
    worker.key(worker.field("Ressources du mois dernier"), "310,50")
    worker.key(worker.main.get_by_role("button", name="Oui, c'est terminé")).told("Enregistré")
    worker.key(worker.main.get_by_role("link", name="Ressources"))
    assert worker.field("Ressources du mois dernier").input_value() == "310,50"


PAGES = {
    "agreement in Arabic": "/dossiers/{dossier}/agreements/new/?page=readers&langue=ar",
    "agreement, an oral language": "/dossiers/{dossier}/agreements/new/?page=stays&langue=bin",
    "agreement, the answer": "/dossiers/{dossier}/agreements/new/?page=answer",
    "information": "/dossiers/{dossier}/agreements/information/?langue=zh",
    "agreements": "/dossiers/{dossier}/agreements/",
    "needs": "/applications/{request}/parts/needs/",
    "a draft that may not leave": "/applications/{request}/parts/summary/",
    "papers": "/applications/{request}/pieces/",
    "read again and send": "/applications/{request}/review/",
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_request_are_accessible(desks, made, name):
    worker = desks("ref")
    worker.go(PAGES[name].format(dossier=made["prepared_dossier"], request=made["prepared"]))
    if "may not leave" in name:
        worker.field("Résumé").fill("Vit à Colomiers.")
        expect(worker.page.locator("#garde")).to_contain_text("est à retirer (mot 3)")
    assert not violations(worker.page, TAGS)
    worker.page.set_viewport_size({"width": 360, "height": 740})
    scrolls, wide = worker.page.evaluate("document.scrollingElement.scrollWidth"), worker.page.evaluate(TOO_WIDE)
    worker.page.set_viewport_size({"width": 1366, "height": 900})
    assert scrolls <= 360, wide
