"""The pages of the agreement read aloud: by a voice of the device, in the language of the text, never by the network.

Chromium has no voice here: the browser's own speech is replaced by one that writes down what it is asked to say.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.hostile.world import ids_of

pytestmark = pytest.mark.proof
STUB = """
(() => {
  const voices = VOICES.map(([lang, localService]) => ({ lang, localService, name: lang }));
  const heard = (window.heard = []);
  const speech = new EventTarget();
  let listed = false;
  speech.getVoices = () => (listed ? voices : []);
  speech.speak = (said) => heard.push([said.text, said.voice.lang, said.voice.localService, said.lang]);
  speech.cancel = () => heard.push("cancel");
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  setTimeout(() => { listed = true; speech.dispatchEvent(new Event("voiceschanged")); }, 100);
})();
"""
NETWORK = [["fr-FR", False], ["ar-SA", False]]
FRENCH, ARABIC = "Écouter", "استماع"
NOTE = "Pas de bouton « Écouter » ?"


def opened(
    screens: Any, proof: Any, voices: list[list[Any]] | None, *, page: str = "new/?page=readers&langue=ar"
) -> Any:
    desk = screens.beside("ref.a1", java_script_enabled=voices is not None)
    if voices is not None:
        listed = str(voices).replace("True", "true").replace("False", "false")
        desk.context.add_init_script(STUB.replace("VOICES", listed))
    return desk.go(f"/dossiers/{ids_of(proof)['31-2026-001']}/agreements/{page}")


@pytest.mark.parametrize(("voices", "buttons", "note"), [
    ([*NETWORK, ["fr_CA", True], ["ar", True]], [FRENCH, ARABIC], False),
    ([*NETWORK, ["fr-CA", True], ["frr", True]], [FRENCH], True),
    ([*NETWORK, ["ar-EG", True]], [ARABIC], True),
    (NETWORK, [], True),
    ([], [], True),
    (None, [], False),  # no script: the text
])  # fmt: skip
def test_a_button_only_where_the_device_has_a_voice_of_its_own(screens, proof, voices, buttons, note):
    desk = opened(screens, proof, voices)
    expect(desk.main.get_by_text(NOTE)).to_be_visible(visible=note)
    for one in buttons:
        expect(desk.main.get_by_role("button", name=one, exact=True)).to_be_visible()
    shown = [one for one in (FRENCH, ARABIC) if desk.main.get_by_role("button", name=one, exact=True).count()]
    assert shown == buttons
    desk.sees("la police")


@pytest.mark.parametrize(("button", "stop", "lang", "voice"), [
    (FRENCH, "Arrêter", "fr", "fr-CA"), (ARABIC, "إيقاف", "ar", "ar-EG"),
])  # fmt: skip
def test_what_is_read_is_the_page_by_the_voice_of_its_language(screens, proof, button, stop, lang, voice):
    desk = opened(screens, proof, [*NETWORK, ["fr-CA", True], ["ar-EG", True]])
    lines = desk.main.locator(f"[data-read][lang={lang}]").locator("h2, p").all_inner_texts()
    desk.press(button)
    heard = desk.page.evaluate("heard.filter((one) => one !== 'cancel')")
    assert heard == [[line, voice, True, voice] for line in lines]
    assert len(lines) == 4
    desk.press(stop)
    assert desk.page.evaluate("heard.at(-1)") == "cancel"
    expect(desk.main.get_by_role("button", name=button, exact=True)).to_be_visible()


def test_what_the_law_makes_compulsory_is_read_aloud_too(screens, proof):
    desk = opened(screens, proof, [["zh-HK", True], ["zh-CN", True]], page="information/?langue=zh")
    desk.press("收听")
    assert {one[1] for one in desk.page.evaluate("heard.filter((one) => one !== 'cancel')")} == {"zh-CN"}
