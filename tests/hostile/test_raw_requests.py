"""Requests that no browser sends: bodies, types, hosts, methods and paths of an attacker, signed in and not.

What must come back: a refusal that says nothing, with every header, and nothing written but its trace.
"""

import http.client
import time
from urllib.parse import urlsplit

import pytest

from tests.hostile.test_foreign_ids import rows
from tests.hostile.world import ids_of

FORM = "application/x-www-form-urlencoded"
REFUSED = {400, 403, 404, 405, 413, 415, 422}
# name → (content type, body); TOKEN stands for the token of the session. The others are rows of ``test_catalogue.py``.
BODIES = {
    "not utf-8": (FORM, b"csrfmiddlewaretoken=TOKEN&visibility=team&kind=interview&text=\xff\xfe"),
    "utf-16": (f"{FORM}; charset=utf-16", "csrfmiddlewaretoken=TOKEN&text=x".encode("utf-16")),
    "no token": (FORM, b"text=x"),
    "xml": ("application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
}
HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "permissions-policy",
)


@pytest.mark.parametrize("name", list(BODIES))
def test_a_body_that_no_page_of_ours_sends(name, visit, proof):
    visitor = visit("ref.a1")
    path = f"/notes/{ids_of(proof)['31-2026-002']}/"
    visitor.get(path)
    before = rows(proof)
    kind, body = BODIES[name]
    headers = {"Content-Type": kind, "Origin": proof.base_url}
    if kind != FORM:
        headers["X-CSRFToken"] = visitor.token
    answer = visitor.ask("POST", path, body.replace(b"TOKEN", visitor.token.encode()), headers)
    assert answer.status in REFUSED, answer.status
    assert b"Traceback" not in answer.body
    assert [one for one in HEADERS if one not in answer.headers] == []
    assert rows(proof) == before


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/comptes/connexion/", {"Host": "evil.example"}, {400}),
        ("GET", "/comptes/connexion/", {"Host": "127.0.0.1:1@evil.example"}, {400}),
        ("GET", "/", {"Cookie": "sessionid=" + "A" * 7000}, {302}),
        ("GET", "/.git/config", {}, {404}),
        ("GET", "/static/../../etc/passwd", {}, {404}),
        ("GET", "/static/%2e%2e/%2e%2e/etc/passwd", {}, {404}),
        ("GET", "/media/", {}, {404}),
        ("GET", "/admin/", {}, {404}),
        ("GET", "/dossiers/a%2fb/", {}, {302, 404}),
        ("GET", "/dossiers/%00/", {}, {302, 404}),
        ("TRACE", "/comptes/connexion/", {}, {405}),
        ("PROPFIND", "/comptes/connexion/", {}, {403, 405}),
        ("POST", "/comptes/connexion/", {"X-HTTP-Method-Override": "DELETE"}, {403}),
        ("POST", "/comptes/connexion/", {"Sec-Fetch-Site": "cross-site"}, {403}),
        ("POST", "/comptes/connexion/", {"Sec-Fetch-Site": "same-site", "Content-Type": "application/json"}, {403}),
        ("GET", "/", {"HX-Request": "true", "HX-Current-URL": "javascript:1", "HX-Target": '"><script>'}, {302}),
    ],
)  # fmt: skip
def test_a_stranger_s_request(method, path, headers, expected, proof):
    where = urlsplit(proof.base_url)
    link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=20)
    link.request(method, path, headers=headers)
    answer = link.getresponse()
    body = answer.read()
    assert answer.status in expected, answer.status
    assert b"Traceback" not in body
    assert b"evil" not in body
    assert [one for one in HEADERS if one not in {name.lower() for name in answer.headers}] == []
    assert "access-control-allow-origin" not in {name.lower() for name in answer.headers}


def test_a_forwarded_address_has_no_effect(proof):
    where = urlsplit(proof.base_url)
    link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=20)
    link.request("GET", "/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    answer = link.getresponse()
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"])
def test_a_way_back_stays_here(target, visit, proof):
    visitor = visit("ref.a2")
    answer = visitor.post("/affichage/", {"theme": "dark", "suite": target})
    assert answer.status in (302, 303)
    assert answer.headers["location"].startswith("/")
    assert "evil" not in answer.headers["location"]


def test_a_body_that_is_cut_or_slow(visit, proof):
    """The proxy hangs up in the middle, or sends a form drop by drop: nothing of it is written, others are served."""
    visitor, where = visit("ref.a2"), urlsplit(proof.base_url)
    path = f"/notes/{ids_of(proof)['31-2026-003']}/"
    visitor.get(path)
    before = rows(proof)
    head = {
        "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "5000", "Origin": proof.base_url,
        "Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()),
        "X-Forwarded-For": "1.2.3.4, evil", "X-CSRFToken": visitor.token,
    }  # fmt: skip
    links = []
    for _ in range(3):
        link = http.client.HTTPConnection(str(where.hostname), where.port, timeout=5)
        link.putrequest("POST", path)
        for name, value in head.items():
            link.putheader(name, value)
        link.endheaders(b"text=jamais&visibility=team&kind=interview")
        links.append(link)
    assert visitor.get("/aide/").status == 200, "one thread is left for the others"
    for link in links:
        link.close()
    time.sleep(0.2)
    assert visitor.get(path).status == 200
    assert rows(proof) == before
