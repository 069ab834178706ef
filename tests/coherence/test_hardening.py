"""Settings, cookies, passwords, logs and sources, as the requirements of ASVS name them (``docs/asvs.md``)."""

import ast
import logging
import re
import runpy
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import get_resolver, resolve

from jalon.people.tests.factories import make_team
from jalon.ui import logs

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for path in (ROOT / "jalon").rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
# What may start a process, open a connection or draw lots, and why.
ALLOWED = {
    "subprocess": {"ui/files.py", "config/backups.py", "demo/serving.py"},  # the parser apart, pg_dump, gunicorn
    "socket": {"ui/antivirus.py", "config/gunicorn.py"},  # clamd, a time limit on clients
    "httpx": {f"offers/{name}.py" for name in ("mirror", "outgoing", "francetravail/client", "francetravail/fetch")},
    "urllib.request": {"accounts/proconnect.py"},
    "http.client": {"vault/kms.py"},
    "random": {"people/oversight.py", "offers/outgoing.py"},  # a lot with a seed, a delay between two tries
}
CALLS = r"os\.system\(|shell=True|(?<![\w.])(eval|exec)\(|\.extra\(|RawSQL|modes\.(CBC|ECB)"
MARKUP = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
FORBIDDEN = {"pickle", "marshal", "shelve", "telnetlib", "ftplib", "xmlrpc", "cryptography.fernet"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_what_opens_something_outside_is_counted():
    """1.2.5, 1.3.6, 1.5.2, 11.3: no command, no address, no lot, no object read from elsewhere but where it is said."""
    for path in SOURCES:
        place = str(path.relative_to(ROOT / "jalon"))
        names = set(imported(path))
        assert not names & FORBIDDEN, place
        for module, places in ALLOWED.items():
            assert module not in names or place in places, f"{place} imports {module}"
        text = path.read_text(encoding="utf-8")
        assert not re.search(CALLS, text), place


def test_scripts_write_text_and_keep_nothing():
    """3.2.2, 14.3.1: no markup made of data, nothing left in the browser."""
    scripts = list((ROOT / "jalon").rglob("*.js"))
    assert len(scripts) >= 3
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(MARKUP, text), path
        assert not re.search(r"localStorage|indexedDB|document\.cookie", text), path


def installed(monkeypatch, **given):
    """The settings of an installation behind this address."""
    for name in ("JALON_DEMO", "JALON_CLOCK_OVERRIDE", "JALON_PASSWORD_WORK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"JALON_{name}", value)
    return runpy.run_path(str(ROOT / "jalon" / "config" / "settings.py"))


def test_cookies_and_transport_of_an_installation(monkeypatch):
    """3.3.1 – 3.3.4, 3.4.1, 13.4: ``__Host-``, Secure, HttpOnly, Strict; two years of HTTPS; never a debug page."""
    found = installed(monkeypatch, BASE_URL="https://jalon.exemple.fr", HOSTS="jalon.exemple.fr")
    for name in ("SESSION", "CSRF"):
        assert found[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert (found[f"{name}_COOKIE_SECURE"], found[f"{name}_COOKIE_HTTPONLY"]) == (True, True)
        assert found[f"{name}_COOKIE_SAMESITE"] == "Strict"
    assert (found["SECURE_HSTS_SECONDS"], found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]) == (63_072_000, True)
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["ALLOWED_HOSTS"] == ["jalon.exemple.fr"]
    assert (found["DEBUG"], found["CLOCK_OVERRIDE"], found["SECURE_PROXY_SSL_HEADER"]) == (False, False, None)
    assert found["PASSKEY_ROLES"] == {"SEC", "PRE", "MGR", "DPO"}
    assert "django.contrib.admin" not in found["INSTALLED_APPS"]


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("agrafe torrent ", False),  # 14 once the space is gone
        ("agrafe torrents", True),
        ("agrafe torrent cheval bougie " * 4, True),
        ("🦊 renards au bord du lac", True),
        ("un mot  et deux espaces", True),
    ],
)
def test_length_is_all_that_is_asked(password, taken):
    """6.2.1 – 6.2.10: fifteen characters, no composition rule, nothing cut, spaces and drawings kept, no rotation."""
    try:
        validate_password(password.strip() if not taken else password)
    except ValidationError:
        assert not taken
    else:
        assert taken
        kept = make_password(password)
        assert check_password(password, kept)
        assert not check_password(password[:-1], kept)
    assert not [name for name in dir(settings) if "PASSWORD" in name and ("EXPIR" in name or "ROTAT" in name)]


FORGED = ("a\r\nERROR forged", "a\x1b[2Jb", "a\u2028b", "a\x00b", '{"level": "x"}\n{"forged": 1}')


@pytest.mark.parametrize("text", FORGED)
def test_a_log_line_stays_one_line(text):
    """16.4.1"""
    record = logging.LogRecord("x", 30, "f", 1, "Not Found: %s", (text,), None)
    assert logs.Scrub().filter(record)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", record.getMessage())


@pytest.mark.django_db
def test_signed_out_is_signed_out():
    """7.4.1, 7.4.4: the way out is on each page; the cookie that was used opens nothing afterwards. 4.1.1: charset."""
    browser = make_team().browser("REF")
    for path in ("/", "/dossiers/", "/comptes/", "/rules/"):
        page = browser.get(path)
        assert page["Content-Type"] == "text/html; charset=utf-8"
        assert 'action="/comptes/deconnexion/"' in page.content.decode()
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert browser.post("/comptes/deconnexion/").status_code in (302, 303)
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert browser.get("/dossiers/").status_code == 302


def test_an_installation_has_no_test_code():
    """15.2.3"""
    import tomllib

    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert found["packages"]["find"]["exclude"] == ["*.tests", "*.tests.*"]


def test_no_address_hides_another():
    """The address of each page, with an identifier as long as ours, leads to that page and not to one named before."""
    hidden = []
    for route, name in named(get_resolver()):
        path = "/" + re.sub(r"<[^>]*>", "A" * 22, re.sub(r"<int:[^>]*>", "7", route))
        if resolve(path).view_name != name:
            hidden.append(name)
    assert hidden == ["account_reauthenticate"]  # ours, by the second factor (accounts/urls.py)


def named(resolver, before="", spaces=()):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from named(each, f"{before}{each.pattern}", (*spaces, each.namespace) if each.namespace else spaces)
        elif each.name:
            yield f"{before}{each.pattern}", ":".join((*spaces, each.name))
