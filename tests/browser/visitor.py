"""A plain HTTP client, without any script: it signs in through the forms, follows links and sends forms."""

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tests.browser.serving import Server, code_of

HTML = "text/html"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith(HTML)


@dataclass
class SeenForm:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """The links and the forms of a page, with what each form would send untouched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[SeenForm] = []
        self._form: SeenForm | None = None
        self._select, self._first = "", False
        self._area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "option" and self._select and self._form is not None:
            if "selected" in given or self._first:
                self._form.fields = [pair for pair in self._form.fields if pair[0] != self._select]
                self._form.fields.append((self._select, given.get("value", "")))
                self._first = False
        elif tag == "form":
            self._form = SeenForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        if "hx-get" in given:
            self.links.append(given["hx-get"])
        if "formaction" in given:
            self.forms.append(SeenForm(given["formaction"], "post"))
        if self._form is None or not given.get("name"):
            return
        if tag == "input" and given.get("type") not in {"submit", "button", "image", "file"}:
            if given.get("type") in {"radio", "checkbox"} and "checked" not in given:
                return
            self._form.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select, self._first = given["name"], "multiple" not in given
        elif tag == "textarea":
            self._area = [given["name"], ""]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area is not None:
            if self._form is not None:
                self._form.fields.append((self._area[0], self._area[1].removeprefix("\n")))
            self._area = None


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def words(page: str) -> str:
    """What a page says, without its markup."""
    main = page[page.find("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))[:1500]


class Visitor:
    """One account, one connection kept open, its own cookies."""

    def __init__(self, server: Server, account: str) -> None:
        self.server, self.id = server, account
        self.account: dict[str, Any] = server.accounts[account]
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.base_url = server.space_url if self.account["role"] == "PER" else server.base_url
        where = urlsplit(self.base_url)
        self._link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        try:
            self._link.request(method, path, body or None, sent)
            got = self._link.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self._link.close()  # the server closed an idle connection
            self._link.request(method, path, body or None, sent)
            got = self._link.getresponse()
        content = got.read()
        for line in got.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, content)
        if answer.is_page and (found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)):
            self.token = found[1]
        return answer

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, data: dict[str, Any] | list[tuple[str, str]] | None = None) -> Answer:
        pairs = list(data.items()) if isinstance(data, dict) else list(data or [])
        pairs = [("csrfmiddlewaretoken", self.token), *((n, v) for n, v in pairs if n != "csrfmiddlewaretoken")]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.base_url}
        return self.ask("POST", path, urlencode(pairs).encode(), headers)

    @classmethod
    def beside(cls, desk: Any) -> "Visitor":
        """The same session as a browser's, without its scripts."""
        visitor = cls(desk.server, desk.account["id"])
        visitor.cookies = {cookie["name"]: cookie["value"] for cookie in desk.context.cookies()}
        return visitor

    def send(self, page: str, given: dict[str, Any] | None = None, action: str = "") -> str:
        """Fill and send the form of a page (the one that leads to ``action``); return where it leads."""
        shown = self.get(page)
        assert shown.status == 200, f"{self.id}: {page} gave {shown.status}"
        given = given or {}
        names = {name for name, value in given.items() if value is not None}
        forms = [form for form in read(shown.text).forms if form.method == "post"]
        forms = [form for form in forms if not form.action.startswith((*LEFT_ALONE, SEARCH))]
        wanted = [form for form in forms if action in form.action] if action else forms
        form = max(wanted, key=lambda one: len(names & {name for name, _value in one.fields}))
        pairs = [pair for pair in form.fields if pair[0] not in given]
        for name, value in given.items():
            values = value if isinstance(value, list) else [value]
            pairs += [(name, one) for one in values if one is not None]
        answer = self.post(form.action or page, pairs)
        assert answer.status in (302, 303), (
            f"{self.id}: {form.action or page} gave {answer.status}\n{words(answer.text)}"
        )
        return answer.headers["location"]

    def sign_in(self) -> "Visitor":
        login, page = self.account["login"], "/comptes/connexion/"
        self.get(page)
        answer = self.post(page, {"login": login, "password": self.account["password"]})
        assert answer.status == 302, f"{self.id}: {answer.status}"
        code = urljoin(page, answer.headers["location"])
        self.get(code)
        answer = self.post(code, {"code": code_of(self.server, login, self.account["totp_secret"])})
        assert answer.status == 302, f"{self.id}: {answer.status}"
        self.get("/aide/")
        return self

    def confirm(self) -> "Visitor":
        page = "/comptes/confirmation/"
        self.get(page)
        code = code_of(self.server, self.account["login"], self.account["totp_secret"])
        assert self.post(page, {"code": code, "next": "/aide/"}).status == 302
        self.get("/aide/")
        return self

    def crawl(self, limit: int = 600) -> dict[str, Answer]:
        """Every page reached by links and by forms that read, from the home page. Nothing is sent by POST."""
        seen: dict[str, Answer] = {}
        waiting = ["/"]
        while waiting and len(seen) < limit:
            path = waiting.pop(0)
            if path in seen:
                continue
            answer = seen[path] = self.get(path)
            found: list[str] = []
            if "location" in answer.headers:
                found.append(answer.headers["location"])
            if answer.is_page:
                page = read(answer.text)
                found += page.links
                found += [form.action + query(form) for form in page.forms if form.method == "get"]
                # the address of a form that writes may have its own page
                found += [form.action for form in page.forms if form.method == "post"]
            for link in found:
                target = self.local(link, path)
                if target and target not in seen and not target.startswith(LEFT_ALONE):
                    waiting.append(target)
        assert len(seen) < limit, f"{self.id}: more than {limit} pages"
        return seen

    def local(self, link: str, page: str) -> str:
        """The path and query of a link of this server, else nothing."""
        address = urlsplit(urljoin(f"{self.base_url}{page}", link))
        if f"{address.scheme}://{address.netloc}" != self.base_url or address.path.startswith("/static/"):
            return ""
        return address.path + (f"?{address.query}" if address.query else "")


class HerVisitor(Visitor):
    """A person in her own space: one address, where everything is posted."""

    def follow(self, data: dict[str, Any]) -> Answer:
        sent = self.post("/", data)
        assert sent.status in (302, 303), f"{self.id}: {sent.status}\n{words(sent.text)}"
        return self.get("/")

    def sign_in(self) -> "HerVisitor":
        self.get("/")
        self.follow({"login": self.account["login"], "password": self.account["password"]})
        self.follow({"code": code_of(self.server, self.account["login"], self.account["totp_secret"])})
        return self

    def confirm(self) -> "HerVisitor":
        self.follow({"go": "readers"})
        if 'name="code"' in self.get("/").text:
            self.follow({"code": code_of(self.server, self.account["login"], self.account["totp_secret"])})
        return self

    def crawl(self, limit: int = 600) -> dict[str, Answer]:
        """Every page that her buttons lead to, from the first one; nothing is done."""
        seen: dict[str, Answer] = {}
        waiting = ["home"]
        while waiting and len(seen) < limit:
            name = waiting.pop(0)
            if name in seen:
                continue
            sent = self.post("/", {"go": name})
            answer = seen[name] = self.get("/") if sent.status == 303 else sent
            waiting += re.findall(r'name="go" value="([a-z_]+)"', answer.text)
        return seen


def visitor(server: Server, account: str) -> Visitor:
    """The visitor that suits this account."""
    return (HerVisitor if server.accounts[account]["role"] == "PER" else Visitor)(server, account)


# signing out ends the visit; the display settings only come back
SEARCH = "/search/"  # in the header of every page
LEFT_ALONE = ("/comptes/deconnexion/", "/affichage/", "/comptes/connexion/")


def query(form: SeenForm) -> str:
    return f"?{urlencode(form.fields)}" if form.fields else ""
