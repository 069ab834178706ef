"""``--accounts``, and signing in with nothing but what it prints."""

import http.cookiejar
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

pytestmark = pytest.mark.xdist_group("demo-story")
KEYS = {"base_url", "space_url", "mail_sink", "sms_sink", "accounts", "dossiers", "meetings", "canaries"}
ACCOUNT = {"login", "id", "role", "organisation", "department", "password", "totp_secret", "today"}
ROLES = {
    "ts-maiwenn": "REF",
    "cs-odile": "MGR",
    "pdt-calandre": "MGR",
    "ft-clement": "EMP",
    "ft-dir30": "EMP",
    "dd-anouk": "SEC",
    "mb-cd-30": "MEM",
    "pref-30": "PRE",
    "sej-30": "ETR",
    "nat-stat": "STA",
    "admin-tech": "OPS",
}


def test_the_shape_is_the_one_agreed(story):
    found = story.accounts
    assert set(found) == KEYS
    assert all(set(account) == ACCOUNT for account in found["accounts"])
    assert all(len(account["password"]) >= 15 for account in found["accounts"])
    assert len({account["totp_secret"] for account in found["accounts"]}) == len(found["accounts"])
    for dossier in found["dossiers"]:
        assert set(dossier) == {"number", "alias", "id", "stage", "organisation", "urls"}
        assert set(dossier["urls"]) == {"dossier", "application", "journey"}
        assert all(url.startswith("/") for url in dossier["urls"].values())
    assert all(set(meeting) == {"id", "on", "department", "url"} for meeting in found["meetings"])
    assert found["canaries"] == {}


def test_roles_and_days(story):
    accounts = {account["id"]: account for account in story.accounts["accounts"]}
    assert {name: accounts[name]["role"] for name in ROLES} == ROLES
    assert {a["today"] for a in accounts.values() if a["department"] == "30"} == {"2020-02-20"}
    assert {a["today"] for a in accounts.values() if a["department"] != "30"} == {"2026-11-23"}


def test_ids_are_opaque(story):
    ids = [dossier["id"] for dossier in story.accounts["dossiers"]]
    assert all(re.fullmatch(r"[\w-]{22}", one) for one in ids)
    assert not any(dossier["number"] in dossier["urls"]["dossier"] for dossier in story.accounts["dossiers"])


def test_the_same_secrets_at_the_next_start(story):
    import json

    assert json.loads(story.run("--accounts"))["accounts"] == story.accounts["accounts"]


def test_the_second_start_finds_its_data_again(story):
    before = (story.data / "jalon.sqlite3").stat().st_mtime_ns
    said = story.run("--no-serve")
    assert "ts-maiwenn@demo.example" in said
    assert (story.data / "jalon.sqlite3").stat().st_mtime_ns == before


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


class Browser:
    """A plain HTTP client: cookies, the token of each page, nothing else."""

    def __init__(self, base):
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path):
        with self.opener.open(self.base + path, timeout=20) as answer:
            self.url, self.page = answer.geturl(), answer.read().decode()
        return self.page

    def post(self, path, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)[1]
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.base + path, body, {"Referer": self.url})
        with self.opener.open(request, timeout=20) as answer:
            self.url, self.page = answer.geturl(), answer.read().decode()
        return self.page


@pytest.fixture(scope="module")
def served(story):
    """The world served by the command, as a user starts it."""
    import os

    port = free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith("JALON_") and k != "DATABASE_URL"}
    argv = [sys.executable, "-m", "jalon.cli", "demo", "--data", str(story.data), "--port", str(port)]
    server = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            with socket.socket() as opened:
                if opened.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize("name", ["ts-maiwenn", "nat-stat"])
def test_sign_in_with_password_then_code(story, served, name):
    from jalon.accounts.totp import current_code

    account = next(account for account in story.accounts["accounts"] if account["id"] == name)
    browser = Browser(served)
    browser.get("/")
    where = urllib.parse.urlsplit(browser.url).path
    browser.post(where, login=account["login"], password=account["password"])
    code = urllib.parse.urlsplit(browser.url).path
    assert code != where
    assert 'name="code"' in browser.page
    home = browser.post(code, code=current_code(account["totp_secret"]))
    assert 'name="code"' not in home
    assert urllib.parse.urlsplit(browser.url).path == "/"
    assert "Jalon" in home
