"""4.2.1: requests that two servers could cut at different places: refused by the proxy, or said anew in one way.

Whatever comes, each connection to the application carries one request, whole, and nothing behind it; and who waits
on the same connection gets the answer to her own request.
"""

import re
import select
import time

import pytest

from tests.proxy.serving import STAFF

HIDDEN = "GET /cachee HTTP/1.1\r\nHost: jalon.example\r\n\r\n"
TO = "/comptes/connexion/"
CLOSED = 0  # nothing answered


def post(*headers, body="", line=f"POST {TO} HTTP/1.1", host=f"Host: {STAFF}"):
    return "\r\n".join([line, *([host] if host else []), *headers, "", body])


def get(*headers, **more):
    return post(*headers, **({"line": f"GET {TO} HTTP/1.1"} | more))


TE = "Transfer-Encoding: chunked"
# name → (what is sent, what may come back); a status under 300 or 403: read in one way, and answered once
CASES = {
    "CL.TE": (post(f"Content-Length: {5 + len(HIDDEN)}", TE, body="0\r\n\r\n" + HIDDEN), {400}),
    "TE.CL": (post(TE, "Content-Length: 4", body=f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n"), {400}),
    "TE.0": (post("Content-Length: 0", TE, body=f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n"), {400}),
    "TE twice": (post(TE, TE, body="0\r\n\r\n" + HIDDEN), {400}),
    "TE unknown": (post("Transfer-Encoding: xchunked", "Content-Length: 4", body="0\r\n" + HIDDEN), {400, 411, 501}),
    "TE list": (post("Transfer-Encoding: chunked, identity", body="0\r\n\r\n" + HIDDEN), {400, 411, 501}),
    "TE space before colon": (post("Transfer-Encoding : chunked", body="0\r\n\r\n" + HIDDEN), {400}),
    "TE tab": (post("Transfer-Encoding:\x0bchunked", body="0\r\n\r\n" + HIDDEN), {400, 411, 501}),
    "TE folded": (post("Transfer-Encoding:\r\n chunked", body="0\r\n\r\n" + HIDDEN), {400, 411, 501}),
    "TE underscore": (post("Transfer_Encoding: chunked", "Content-Length: 0"), {403}),
    "TE of HTTP/1.0": (post(TE, body="0\r\n\r\n" + HIDDEN, line=f"POST {TO} HTTP/1.0"), {CLOSED, 400}),
    "CL twice": (post("Content-Length: 5", "Content-Length: 5", body="a=bcd"), {400}),
    "CL and another": (post("Content-Length: 0", f"Content-Length: {len(HIDDEN)}", body=HIDDEN), {400}),
    "CL list": (post("Content-Length: 0, 5", body="a=bcd"), {400}),
    "CL plus": (post("Content-Length: +5", body="a=bcd"), {400}),
    "CL negative": (post("Content-Length: -1", body=HIDDEN), {400}),
    "CL hexadecimal": (post("Content-Length: 0x5", body="a=bcd"), {400}),
    "CL huge": (post("Content-Length: 18446744073709551617", body=HIDDEN), {400, 413}),
    "CL space before colon": (post("Content-Length : 5", body="a=bcd"), {400}),
    "CL underscore": (post("Content_Length: 44", "Content-Length: 0"), {403}),
    "fold": (get("X-A: a", " b: c"), {400}),
    "fold at the start": (get(host="", line=f"GET {TO} HTTP/1.1\r\n Host: {STAFF}"), {400}),
    "bare LF": (get("X-A: a").replace("\r\n", "\n"), {200}),
    "bare CR": (get("X-A: a\rX-B: b"), {400}),
    "NUL": (get("X-A: a\0b"), {400}),
    "space in a name": (get("X A: a"), {400}),
    "no name": (get(": a"), {400}),
    "chunk extension": (post(TE, body=f"5;a=b\r\na=bcd\r\n0;{'c' * 99}\r\n\r\n"), {411}),
    "chunk extension, bare LF": (post(TE, body="5;a\na=bcd\r\n0\r\n\r\n"), {411}),
    "chunk size, bare LF": (post(TE, body="5\na=bcd\r\n0\r\n\r\n"), {411}),
    "chunk overflow": (post(TE, body="fffffffffffffffff\r\na\r\n0\r\n\r\n"), {400, 411}),
    "chunk sign": (post(TE, body="+5\r\na=bcd\r\n0\r\n\r\n"), {400, 411}),
    "chunk longer than said": (post(TE, body="2\r\na=bcd\r\n0\r\n\r\n"), {400, 411}),
    "chunk without its end": (post(TE, body="5\r\na=bcdX0\r\n\r\n"), {400, 411}),
    "trailers": (post(TE, body="5\r\na=bcd\r\n0\r\nContent-Length: 44\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"), {411}),
    "a GET with a body": (get(f"Content-Length: {len(HIDDEN)}", body=HIDDEN), {200, 400}),
    "a GET with chunks": (get(TE, body=f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n"), {411}),
    "another host, absolute": (get(line="GET https://ailleurs.example/ HTTP/1.1"), {CLOSED}),
    "the other host, absolute": (get(line="GET https://agenda.example/ HTTP/1.1"), {CLOSED}),
    "this host, absolute": (get(line=f"GET https://{STAFF}{TO} HTTP/1.1", host="Host: ailleurs.example"), {200, 400}),
    "two hosts": (get("Host: agenda.example"), {400}),
    "no host": (get(host=""), {400}),
    "host with a path": (get(host=f"Host: {STAFF}/agenda"), {400, CLOSED}),
    "host with a name before": (get(host=f"Host: ailleurs.example@{STAFF}"), {400, CLOSED}),
    "HTTP/0.9": (f"GET {TO}\r\n", {CLOSED}),
    "HTTP/1.0": (get(line=f"GET {TO} HTTP/1.0"), {CLOSED}),
    "HTTP/1.2": (get(line=f"GET {TO} HTTP/1.2"), {CLOSED}),
    "HTTP/2 in clear text": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {CLOSED, 400, 405, 505}),
    "upgrade": (get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), {200}),
    "a line of 9 kB": (get(line=f"GET /{'a' * 9000} HTTP/1.1"), {CLOSED, 414}),
    "a header of 9 kB": (get(f"X-A: {'a' * 9000}"), {400, 431}),
    "40 kB of headers": (get(*(f"X-{n}: {'a' * 1000}" for n in range(40))), {400, 431}),
    "a line end in the path": (get(line=f"GET {TO}%0d%0aX-Forwarded-For:%201.2.3.4 HTTP/1.1"), {404}),
    "a space in the path": (get(line=f"GET {TO} /cachee HTTP/1.1"), {CLOSED, 400}),
    "a method that does not exist": (get(line=f"get {TO} HTTP/1.1"), {CLOSED, 400}),
}  # fmt: skip


def answer(link):
    """One answer: its status, or CLOSED. Whatever follows it without being asked is an error."""
    got = b""
    while b"\r\n\r\n" not in got:
        some = link.recv(65536)
        if not some:
            assert got == b"", got
            return CLOSED
        got += some
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    if length:
        while len(body) < int(length[1]):
            body += link.recv(65536)
        assert len(body) == int(length[1]), body
    else:
        assert b"\r\nTransfer-Encoding: chunked" in head, head
        while not body.endswith(b"0\r\n\r\n"):
            body += link.recv(65536)
    assert not link.pending()
    if select.select([link], [], [], 0.1)[0]:
        assert link.recv(100) == b"", "two answers"
    return int(head[9:12])


@pytest.mark.parametrize("name", list(CASES))
def test_never_two_answers_and_never_another_s(name, spied):
    site, spy = spied
    sent, expected = CASES[name]
    heard = len(spy.heard)
    with site.raw(source="127.0.3.1") as link:
        link.settimeout(15)
        link.sendall(sent.encode("latin-1"))
        found = answer(link)
        assert found in expected, found
        if found != CLOSED:  # the same connection, if it is still open, serves the next request as itself
            try:
                link.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: {STAFF}\r\n\r\n".encode())
                assert answer(link) in {200, CLOSED}
            except (ConnectionError, OSError):
                pass
    time.sleep(0.05)
    for said in spy.heard[heard:]:
        head, _, body = bytes(said).partition(b"\r\n\r\n")
        line, *headers = head.decode("latin-1").split("\r\n")
        assert re.fullmatch(rf"(GET|POST) ({re.escape(TO)}\S*|/robots\.txt) HTTP/1\.0", line), line
        names = [one.partition(":")[0].lower() for one in headers]
        assert len(names) == len(set(names))
        assert {"transfer-encoding", "upgrade", "te"}.isdisjoint(names)
        lengths = [one for one in headers if one.lower().startswith("content-length:")]
        assert len(body) == (int(lengths[0].split(":")[1]) if lengths else 0)
        assert f"Host: {STAFF}" in headers
        assert "X-Forwarded-For: 127.0.3.1" in headers
    if found in {CLOSED, 400, 411, 414, 501}:
        assert [one for one in spy.heard[heard:] if b"/robots.txt" not in one] == [], "refused before the application"
