"""One person at a screen: an account signed in through the real forms, its page, its gestures counted.

Fields are found by their label and buttons by their name, as a person finds them.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.browser.serving import Server, code_of
from tests.environment import BUDGETS

QUICK = 20_000  # a page that has not answered by then, on a machine however busy, is a failure

# Is the focus visible where it stands?
SHOWN = """() => {
  const s = getComputedStyle(document.activeElement);
  return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none';
}"""

# An interaction of the budgets: a click, a changed field, or Enter. A click on a label or in a text field that is then
# changed counts once; what the browser makes of one gesture (label → box, Enter → button) counts once too.
COUNTER = """
(() => {
  const KEY = "gestures";
  let last = -1000;
  const add = (event) => {
    if (!event.isTrusted || event.timeStamp - last < 30) return;
    last = event.timeStamp;
    sessionStorage.setItem(KEY, String(Number(sessionStorage.getItem(KEY) || 0) + 1));
  };
  const boxes = /^(radio|checkbox|submit|button|image|file)$/;
  const box = (node) => node instanceof HTMLInputElement && boxes.test(node.type);
  const written = (node) => node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement
    || (node instanceof HTMLInputElement && !box(node));
  addEventListener("click", (event) => { if (!written(event.target)) add(event); }, true);
  addEventListener("change", (event) => { if (written(event.target)) add(event); }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement)) add(event);
  }, true);
})();
"""


class Desk:
    """An account at work in its own browser profile."""

    def __init__(self, server: Server, browser: Browser, account: str, **options: Any) -> None:
        self.server = server
        self.account = server.accounts[account]
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=server.base_url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            service_workers="block",
            **{"viewport": {"width": 1366, "height": 900}, **options},
        )
        self.context.set_default_timeout(QUICK)
        self.context.add_init_script(COUNTER)
        self.context.on("request", self._own_host_only)
        self.context.on("response", self._no_breakdown)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.confirmed_at = 0.0

    # --- what a browser may complain of -----------------------------------------------------------------------
    def _own_host_only(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and f"{address.scheme}://{address.netloc}" != self.server.base_url:
            self.complaints.append(f"request to another host: {address.netloc}")

    def _no_breakdown(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} at {urlsplit(response.url).path}")

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.complaints.append(f"policy: {message.text}")

    # --- sign-in -------------------------------------------------------------------------------------------------
    def sign_in(self) -> "Desk":
        self.page.goto("/")
        self.field("Adresse de connexion").fill(self.account["login"])
        self.field("Mot de passe").fill(self.account["password"])
        self.press("Continuer")
        self.field("Code à six chiffres").fill(code_of(self.server, self.account["login"], self.account["totp_secret"]))
        self.press("Me connecter")
        expect(self.page).to_have_url(f"{self.server.base_url}/")
        return self

    def enter(self, cookies: dict[str, str]) -> "Desk":
        """Go on with a session already open elsewhere."""
        url = self.server.base_url
        self.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        return self

    def confirm(self) -> "Desk":
        """Step-up by code; it lasts five minutes, and comes back where it started."""
        if time.time() - self.confirmed_at < 240:
            return self
        here = self.path
        self.page.goto(f"/comptes/confirmation/?next={quote(here)}")
        self.field("Code à six chiffres").fill(code_of(self.server, self.account["login"], self.account["totp_secret"]))
        self.press("Confirmer")
        expect(self.page).to_have_url(f"{self.server.base_url}{here}")
        self.confirmed_at = time.time()
        return self

    # --- gestures --------------------------------------------------------------------------------------------------
    @property
    def path(self) -> str:
        address = urlsplit(self.page.url)
        return address.path + (f"?{address.query}" if address.query else "")

    def go(self, path: str = "/", status: int = 200) -> "Desk":
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{self.account['id']}: {path} gave {answer.status}\n{self.text[:400]}"
        return self

    def status(self, path: str) -> int:
        """What a page would answer to this browser, without leaving the present one."""
        answer = self.context.request.get(path, max_redirects=0)
        return int(answer.status)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def text(self) -> str:
        return re.sub(r"[\u00a0\u202f]", " ", self.main.inner_text())

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """By its label, whole (« (facultatif) » aside); else by a part of it."""
        place = within or self.main
        whole = place.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(facultatif\))?\s*$"))
        return whole.first if whole.count() else place.get_by_label(label).first

    def fill(self, values: dict[str, str], within: Locator | None = None) -> "Desk":
        for label, value in values.items():
            self.field(label, within).fill(value)
        return self

    def choose(self, label: str, option: str, within: Locator | None = None) -> "Desk":
        self.field(label, within).select_option(label=option)
        return self

    def check(self, *labels: str, within: Locator | None = None) -> "Desk":
        for label in labels:
            (within or self.main).get_by_label(label, exact=True).first.check()
        return self

    def pick(self, question: str, *options: str) -> "Desk":
        """Answer one question, whether its answers are shown as boxes or in a list."""
        group = self.main.get_by_role("group", name=question).first
        for option in options:
            if group.count():
                group.get_by_label(option, exact=True).first.check()
            else:
                self.choose(question, option)
        return self

    def press(self, name: str, within: Locator | None = None, exact: bool = True, at: int = 0) -> "Desk":
        (within or self.main).get_by_role("button", name=name, exact=exact).nth(at).click()
        self.page.wait_for_load_state()
        return self

    def follow(self, name: str, within: Locator | None = None, exact: bool = True) -> "Desk":
        (within or self.main).get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()
        return self

    def reach(self, wanted: Locator, most: int = 200) -> "Desk":
        """With the Tab key alone, each step of it seen."""
        wanted.evaluate("(node) => { window.wanted = node }")
        for _ in range(most):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(SHOWN), self.page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
            if self.page.evaluate("document.activeElement === window.wanted"):
                return self
        raise AssertionError(f"not reached with Tab at {self.path}: {wanted}")

    def key(self, wanted: Locator, text: str = "") -> "Desk":
        """Reach it, then write in it, or press Enter on it."""
        self.reach(wanted)
        if text:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)
        else:
            self.page.keyboard.press("Enter")
            self.page.wait_for_load_state()
        return self

    def sees(self, *words: str) -> "Desk":
        shown = self.text
        for word in words:
            assert word in shown, f"{self.account['id']} at {self.path} does not read « {word} »:\n{shown[:3000]}"
        return self

    def does_not_see(self, *words: str) -> "Desk":
        shown = self.page.content()
        for word in words:
            at = shown.find(word)
            around = shown[max(at - 200, 0) : at + 80]
            assert at < 0, f"{self.account['id']} at {self.path} reads « {word} »: {around}"
        return self

    def told(self, message: str) -> "Desk":
        """The sentence that follows an act."""
        expect(self.page.locator("body")).to_contain_text(message)
        return self

    @contextmanager
    def within(self, budget: int, task: str) -> Iterator[None]:
        """The gestures made inside must not exceed the budget of the task."""
        self.page.evaluate("sessionStorage.removeItem('gestures')")
        yield
        # leave the field, so that what was typed last counts
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        made = int(self.page.evaluate("Number(sessionStorage.getItem('gestures') || 0)"))
        with BUDGETS.open("a", encoding="utf-8") as table:
            table.write(f"{task}\t{budget}\t{made}\n")
        assert made <= budget, f"{task}: {made} interactions, budget {budget}"
        self.gestures = made

    def saves(self, press: Callable[[], object]) -> Path:
        """The file that a gesture brings, read at once and kept nowhere."""
        with self.page.expect_download() as coming:
            press()
        return Path(coming.value.path())

    def close(self) -> None:
        self.context.close()


class Desks:
    """The open desks of a module: each account signs in once, because a code opens once."""

    def __init__(self, server: Server, browser: Browser, visit: Any = None) -> None:
        self.server, self.browser, self.visit = server, browser, visit
        self._open: dict[str, Desk] = {}

    def __call__(self, account: str) -> Desk:
        if account not in self._open:
            desk = Desk(self.server, self.browser, account)
            self._open[account] = desk.enter(self.visit(account).cookies) if self.visit else desk.sign_in()
        return self._open[account]

    def beside(self, account: str, **options: Any) -> Desk:
        """The same account in a browser of another shape (a phone, a dark screen), with the same session."""
        state = self(account).context.storage_state()
        desk = Desk(self.server, self.browser, account, storage_state=state, **options)
        self._open[f"{account} {len(self._open)}"] = desk
        return desk

    def complaints(self) -> list[str]:
        found = [f"{name}: {what}" for name, desk in self._open.items() for what in desk.complaints]
        for desk in self._open.values():
            desk.complaints.clear()
        return found

    def close(self) -> None:
        for desk in self._open.values():
            desk.close()
