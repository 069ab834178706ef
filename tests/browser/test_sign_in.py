"""A passkey in a real browser, with Chromium's own software authenticator: made, then used three ways, without a code.

WebAuthn wants a name of host: the pages are asked at ``localhost``.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.proof
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def at_localhost(empty_department):
    served = empty_department.base_url
    empty_department.base_url = served.replace("127.0.0.1", "localhost")
    yield empty_department
    empty_department.base_url = served


def test_a_passkey_is_made_then_opens_then_confirms(browser: Any, at_localhost: Any) -> None:
    desk = Desk(at_localhost, browser, "ref")
    keys = desk.context.new_cdp_session(desk.page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    desk.sign_in().go("/comptes/cles/").confirm().press("Créer une clé d'accès sur cet appareil")
    desk.told("Votre clé d'accès est prête.")
    desk.context.clear_cookies()
    desk.go("/comptes/connexion/").press("Me connecter avec une clé d'accès")
    expect(desk.page).to_have_url(f"{at_localhost.base_url}/")
    desk.go("/comptes/confirmation/?next=/comptes/").press("Confirmer avec ma clé d'accès")
    expect(desk.page).to_have_url(f"{at_localhost.base_url}/comptes/")
    desk.go("/comptes/mot-de-passe/").sees("Nouveau mot de passe")  # the proof of identity is fresh
    desk.context.clear_cookies()
    desk.go("/")
    desk.field("Adresse de connexion").fill(desk.account["login"])
    desk.field("Mot de passe").fill(desk.account["password"])
    desk.press("Continuer").press("Utiliser ma clé d'accès")
    expect(desk.page).to_have_url(f"{at_localhost.base_url}/")
    assert desk.complaints == []
    desk.close()


def test_the_end_of_a_session_is_said_and_nothing_stays_on_the_screen(browser: Any, at_localhost: Any) -> None:
    desk = Desk(at_localhost, browser, "sec").sign_in()
    desk.page.clock.install()
    desk.go("/comptes/")
    note = desk.page.locator("#session-note")
    desk.page.clock.fast_forward("17:30")
    expect(note).to_be_hidden()
    desk.page.clock.fast_forward("01:00")
    expect(note).to_contain_text("dans deux minutes")
    note.get_by_role("button", name="Je suis là").click()
    expect(note).to_be_hidden()
    desk.page.clock.fast_forward("18:30")
    expect(note).to_be_visible()
    desk.context.clear_cookies()  # as if the server had ended it
    desk.page.clock.fast_forward("02:00")
    expect(desk.page).to_have_url(f"{at_localhost.base_url}/comptes/connexion/?next=/comptes/")
    desk.close()


def test_without_script_the_code_still_opens(browser: Any, at_localhost: Any) -> None:
    desk = Desk(at_localhost, browser, "mgr", java_script_enabled=False)
    desk.go("/comptes/connexion/")
    assert not desk.main.get_by_role("button", name="Me connecter avec une clé d'accès").is_visible()
    desk.sign_in().close()
