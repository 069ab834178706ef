"""Her space, told from the desk where it opens to the weather that takes its place; on a phone, script or no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.serving import code_of, serve
from tests.browser.test_look import TAGS, TOO_WIDE, violations
from tests.browser.test_sign_in import KEY
from tests.hostile.world import ids_of

pytestmark = pytest.mark.proof

NUMBER, ANOTHER = "31-2026-004", "31-2026-003"
PHRASE = "lune pomme bateau soleil clef jardin"
WEATHER = "https://meteofrance.com/"
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with serve("proof", tmp_path_factory.mktemp("space")) as server:
        yield server


@pytest.fixture
def phone(browser, world):
    opened = []

    def make(**options):
        context = browser.new_context(base_url=world.space_url, **{**PHONE, **options})
        weather = {"status": 200, "content_type": "text/html", "body": "<title>Météo</title><p>Soleil</p>"}
        context.route(f"{WEATHER}**", lambda route: route.fulfill(**weather))
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


def looked_at(page):
    assert page.title() == "Agenda"
    assert violations(page, TAGS) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360, page.evaluate(TOO_WIDE)
    assert page.evaluate("[localStorage.length, sessionStorage.length, location.pathname]") == [0, 0, "/"]
    small = "[...document.querySelectorAll('button')].filter((b) => b.checkVisibility() && b.offsetHeight < 44).length"
    assert page.evaluate(small) == 0, "targets of 44 pixels at least"


def press(page, name):
    with page.expect_navigation():  # every button sends a form: the next page is there, whole
        page.get_by_role("button", name=name).click()


def enter(page, number, phrase, code):
    page.goto("/")
    page.get_by_label("Votre numéro").fill(number)
    page.get_by_label("Votre phrase").fill(phrase)
    press(page, "Entrer")
    page.get_by_label("Votre code").fill(code)
    press(page, "Entrer")
    expect(page.get_by_role("heading", name="Mon agenda")).to_be_visible()


def test_opened_at_the_desk_then_used_on_her_phone_then_frozen(browser, world, phone):
    desk = Desk(world, browser, "ref.a1").sign_in().confirm()
    here = f"/dossiers/{ids_of(world)[NUMBER]}/space/"
    desk.go(here)
    assert violations(desk.page, TAGS) == []
    desk.press("Ouvrir avec une phrase")
    number, code = (desk.page.locator("code").nth(rank).inner_text() for rank in (0, 1))
    assert violations(desk.page, TAGS) == []

    page = phone()
    page.goto("/")
    looked_at(page)
    press(page, "C'est la première fois")
    looked_at(page)
    page.get_by_label("Votre numéro").fill(number)
    page.get_by_label("Le code de votre papier").fill(code)
    page.get_by_label("Choisissez votre phrase").fill(PHRASE)
    press(page, "Commencer")
    expect(page.get_by_role("heading", name="C'est prêt")).to_be_visible()
    codes = page.locator("ul code").all_inner_texts()
    looked_at(page)
    enter(page, number, PHRASE, codes[0])
    looked_at(page)
    for name in ("Mes accords", "Ma sécurité", "Mes demandes", "Qui a lu mes informations"):
        press(page, name)
        looked_at(page)
        if page.get_by_label("Votre code").count():
            page.get_by_label("Votre code").fill(codes[1])
            press(page, "Entrer")
            looked_at(page)
        press(page, "Revenir")
        expect(page.get_by_role("heading", name="Mon agenda")).to_be_visible()

    desk.go(here)
    desk.press("Geler tout de suite")
    page.goto("/")
    expect(page.get_by_label("Votre numéro")).to_be_visible()
    assert desk.complaints == []
    desk.close()


def test_her_own_telephone_opens_it_without_a_number_until_it_is_frozen(browser, world, phone):
    """Chromium's own software authenticator stands for the finger that she shows to her telephone."""
    desk = Desk(world, browser, "ref.a2").sign_in().confirm()
    here = f"/dossiers/{ids_of(world)[ANOTHER]}/space/"
    desk.go(here).press("Ouvrir avec une clé d'accès")
    assert violations(desk.page, TAGS) == []
    code = desk.page.locator("code").inner_text()
    page, complaints = phone(), []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    telephone = keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto("/")
    looked_at(page)
    press(page, "C'est la première fois")
    looked_at(page)
    page.get_by_label("Le code de notre écran").fill("aaaa-bbbb-cccc")
    press(page, "Utiliser ce téléphone")
    expect(page.get_by_text("Cela n'a pas marché.").first).to_be_visible()
    page.get_by_label("Le code de notre écran").fill(code)
    press(page, "Utiliser ce téléphone")
    expect(page.get_by_text("C'est prêt")).to_be_visible()
    looked_at(page)
    (kept,) = keys.send("WebAuthn.getCredentials", telephone)["credentials"]
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", True)
    assert {kept.get("userName", "Agenda"), kept.get("userDisplayName", "Agenda")} == {"Agenda"}
    press(page, "Avec ce téléphone")
    expect(page.get_by_role("heading", name="Mon agenda")).to_be_visible()
    press(page, "Qui a lu mes informations")
    expect(page.get_by_role("heading", name="C'est bien vous ?")).to_be_visible()
    looked_at(page)
    press(page, "Entrer")
    expect(page.get_by_role("heading", name="Qui a lu mes informations")).to_be_visible()
    looked_at(page)
    page.go_back()  # one line in the history: nothing of hers before it
    assert page.url in {"about:blank", f"{world.space_url}/"}

    desk.go(here).sees("Elle entre avec la clé d'accès").press("Geler tout de suite")
    page.goto("/")
    press(page, "Avec ce téléphone")
    expect(page.get_by_text("Cela n'a pas marché.").first).to_be_visible()
    assert desk.complaints == complaints == []
    desk.close()


def test_without_script_the_phrase_is_the_way(world, phone):
    page = phone(java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("button", name="Avec ce téléphone")).to_be_hidden()
    press(page, "C'est la première fois")
    expect(page.get_by_label("Le code de notre écran")).to_be_hidden()
    expect(page.get_by_label("Choisissez votre phrase")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_quitter_leaves_nothing_on_the_screen_nor_behind(world, phone, script):
    page = phone(java_script_enabled=script)
    given = world.accounts["per.1" if script else "per.3"]
    enter(page, given["login"], given["password"], code_of(world, given["login"], given["totp_secret"]))
    press(page, "Mes accords")
    expect(page.get_by_role("heading", name="Mes accords")).to_be_visible()
    with page.expect_request(WEATHER):  # a redirection is not intercepted: without a network it ends there
        page.get_by_role("button", name="Quitter").click()
    expect(page).to_have_url(re.compile("^(https://meteofrance|chrome-error)"))
    page.wait_for_timeout(300)
    page.go_back()
    expect(page.get_by_role("heading", name="Bonjour")).to_be_visible()
    assert not re.search("accord|rendez-vous", page.content())


def test_shift_three_times_leaves_too(world, phone):
    page = phone()
    given = world.accounts["per.2"]
    enter(page, given["login"], given["password"], code_of(world, given["login"], given["totp_secret"]))
    for _ in range(3):
        page.keyboard.press("Shift")
    expect(page).to_have_url(WEATHER)
    page.goto(world.space_url)
    expect(page.get_by_label("Votre numéro")).to_be_visible()


def test_do_not_write_to_me_any_more_is_two_touches(world, phone):
    page = phone()
    given = world.accounts["per.1"]
    enter(page, given["login"], given["password"], code_of(world, given["login"], given["totp_secret"]))
    press(page, "Ma sécurité")
    press(page, "Ne m'écrivez plus")
    expect(page.get_by_text("Nous ne vous envoyons aucun message.")).to_be_visible()
