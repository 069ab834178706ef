"""The proxy that ships, before the application: who may ask, under which name, how much, and what is left behind."""

import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.conf import settings

from jalon.ui.uploads import FORM_SLACK
from tests.proxy.serving import HERS, OFFICE, SHIPPED, STAFF, proxy

LOGIN = "/comptes/connexion/"
FORM = "application/x-www-form-urlencoded"
LARGEST = settings.UPLOAD_MAX_BYTES + FORM_SLACK
FORGED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Ssl")
FORGED += ("X-Forwarded-Protocol", "X-Forwarded-Port", "X-Forwarded-Server", "True-Client-IP", "X_Forwarded_For")
FORGED += ("Script_Name", "Script-Name", "Remote_Addr", "Proxy")


# --- how much -------------------------------------------------------------------------------------------------------
def asked(site, source, times, path="/robots.txt"):
    link, found = site.link(source=source), []
    for _ in range(times):
        link.request("GET", path)
        answer = link.getresponse()
        found.append((answer.status, answer.headers, answer.read().decode()))
    link.close()
    return found


def test_three_hundred_requests_then_429_for_this_address_alone(site):
    """2.4.1. One comes back each second: as many more may have passed as the burst took seconds."""
    start = time.monotonic()
    found = asked(site, "127.0.0.21", 310)
    taken = time.monotonic() - start
    passed = [status for status, _headers, _body in found].index(429)
    assert 300 <= passed <= 300 + taken + 1
    _status, headers, body = found[passed]
    assert (headers["Retry-After"], headers.get_all("Strict-Transport-Security")) == ("60", [HSTS])
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert body == "Trop de demandes. Attendez quelques minutes, puis recommencez.\n"
    assert site.ask("/robots.txt", source="127.0.0.22")[0] == 200
    assert site.ask("/", name=HERS, source="127.0.0.21")[0] == 429, "both hosts count together"


def test_an_office_behind_one_address_has_ten_times_as_many(site):
    assert {status for status, _headers, _body in asked(site, OFFICE, 320)} == {200}


class Door:
    """Someone at the sign-in form, from one address, saying what suits her of where she comes from."""

    def __init__(self, site, source):
        self.site, self.source = site, source
        _status, headers, body = site.ask(LOGIN, source=source)
        self.token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', body)[1].decode()
        self.cookie = "; ".join(line.split(";")[0] for line in headers.get_all("Set-Cookie"))

    def knock(self, login, password, claimed):
        form = urlencode({"csrfmiddlewaretoken": self.token, "login": login, "password": password}).encode()
        headers = {"Content-Type": FORM, "Origin": f"https://{STAFF}", "Cookie": self.cookie}
        return self.site.ask(LOGIN, STAFF, self.source, "POST", headers | dict.fromkeys(FORGED, claimed), form)[0]


def test_the_door_shuts_for_the_true_address(site, application):
    """15.3.4: thirty wrong tries, each claiming another address; then the right password. Nobody else is shut out."""
    known = application.accounts["ref"]
    thief = Door(site, "127.0.0.31")
    for number in range(30):
        assert thief.knock(f"personne-{number}@demo.example", "mauvais mot de passe", f"203.0.113.{number}") == 422
    assert thief.knock(known["login"], known["password"], "203.0.113.200") == 422
    assert Door(site, "127.0.0.32").knock(known["login"], known["password"], "127.0.0.31") == 302


def test_what_is_claimed_never_reaches_the_application(spied):
    """4.1.3: one address, the one seen here; and naming these headers in « Connection » does not take them away."""
    site, spy = spied
    headers = dict.fromkeys(FORGED, "203.0.113.9") | {"Connection": "close, X-Forwarded-For, X-Forwarded-Proto, Host"}
    assert site.ask("/robots.txt", source="127.0.0.33", headers=headers)[0] == 200
    lines = bytes(spy.heard[-1]).decode().lower().split("\r\n")
    told = [line for line in lines if "203.0.113.9" in line]
    assert set(told) <= {"x-forwarded-server: 203.0.113.9", "true-client-ip: 203.0.113.9", "script-name: 203.0.113.9"}
    for line in ("x-forwarded-for: 127.0.0.33", "x-forwarded-proto: https", f"host: {STAFF}", "connection: close"):
        assert lines.count(line) == 1
    assert sum(line.startswith("x-forwarded-for") for line in lines) == 1


# --- under which name -----------------------------------------------------------------------------------------------
HSTS = "max-age=63072000; includeSubDomains"


def in_clear(site, host, path="/"):
    with socket.create_connection(("127.0.0.1", site.clear), timeout=20) as link:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        got = b""
        with suppress(ConnectionResetError):
            while some := link.recv(65536):
                got += some
        return got.decode()


def test_in_clear_one_is_led_to_the_first_page(site):
    for name in (STAFF, HERS):
        said = in_clear(site, name, "/dossiers/?q=canari")
        assert said.startswith("HTTP/1.1 301")
        assert f"\r\nLocation: https://{name}/\r\n" in said
        assert "canari" not in said
        assert "Strict-Transport" not in said
    assert in_clear(site, "ailleurs.example") == ""


def context(site, version=None, ciphers=""):
    made = ssl.create_default_context()
    for name in (STAFF, HERS):
        made.load_verify_locations(site.folder / f"{name}.pem")
    if version:
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = made.minimum_version = version
    if ciphers:
        made.set_ciphers(ciphers)
    return made


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("version", "ciphers", "refusal"),
    [
        ("TLSv1", "ALL:@SECLEVEL=0", "PROTOCOL_VERSION"),
        ("TLSv1_1", "ALL:@SECLEVEL=0", "PROTOCOL_VERSION"),
        ("TLSv1_2", "AES128-GCM-SHA256", "HANDSHAKE_FAILURE"),  # no key of the moment
        ("TLSv1_2", "ECDHE-ECDSA-AES128-SHA", "HANDSHAKE_FAILURE"),  # CBC
        ("TLSv1_2", "ECDHE", ""),
        ("TLSv1_3", "", ""),
    ],
)
def test_tls_of_today_only(version, ciphers, refusal, site):
    """12.1.1, 12.1.2, 12.2.1: the refusal is the server's, by its alert."""
    made = context(site, getattr(ssl.TLSVersion, version), ciphers)
    if refusal:
        with pytest.raises(ssl.SSLError) as refused:
            site.raw(context=made)
        assert f"ALERT_{refusal}" in str(refused.value)
    else:
        with site.raw(context=made) as link:
            assert link.version() == version.replace("_", ".")
            assert "GCM" in link.cipher()[0] or "CHACHA20" in link.cipher()[0]
            assert link.compression() is None


def test_each_name_has_its_own_certificate_and_no_other_name_has_one(site):
    for name, other in ((STAFF, HERS), (HERS, STAFF)):
        with site.raw(name) as link:
            assert link.getpeercert()["subjectAltName"] == (("DNS", name),)
        for asked in (
            "GET /",
            "GET /said",
            "TRACE /",
            "GET /robots.txt",
        ):  # one name to the lock, the other to the page
            with site.raw(name) as link:
                link.sendall(f"{asked} HTTP/1.1\r\nHost: {other}\r\nContent-Length: {LARGEST * 2}\r\n\r\n".encode())
                assert link.recv(100) == b""
    for name in ("ailleurs.example", "127.0.0.1", ""):
        bare = context(site)
        bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            site.raw(name, context=bare)


@pytest.mark.parametrize(
    ("name", "host"), [(STAFF, "ailleurs.example"), (STAFF, "127.0.0.1"), (STAFF, f"{STAFF}.ailleurs.example")]
)
def test_an_unknown_host_is_dropped(name, host, site):
    with site.raw(name) as link:
        link.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert link.recv(100) == b""


def test_the_host_of_the_persons_serves_no_page_of_the_professionals_and_conversely(site):
    """3.5.4, through the proxy."""
    status, _headers, hers = site.ask("/", name=HERS)
    assert status == 200
    assert b"Agenda" in hers
    assert b"Jalon" not in hers
    assert STAFF.encode() not in hers
    for path in (LOGIN, "/aide/", "/dossiers/", "/static/ui/app.css"):
        status, headers, body = site.ask(path, name=HERS)
        assert status == 404, path
        assert b"Jalon" not in body + str(headers).encode()
    assert site.ask("/")[1]["Location"].startswith(LOGIN)
    status, _headers, theirs = site.ask(LOGIN)
    assert status == 200
    assert HERS.encode() not in theirs
    assert site.ask("/static/agenda/app.css")[0] == 404


# --- what an answer carries -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", LOGIN, 200), ("GET", "/", 302), ("GET", "/robots.txt", 200), ("GET", "/.git/config", 404),
        ("GET", "/media/", 404), ("GET", "/media/aa/bb", 404), ("GET", "/admin/", 404), ("GET", "/nginx_status", 404),
        ("GET", "/docs/", 404), ("GET", "/static/", 404), ("GET", "/static/../../etc/passwd", 400),
        ("GET", "/static/..%2f..%2fetc/passwd", 400), ("TRACE", "/", 405), ("TRACE", LOGIN, 405), ("TRACK", LOGIN, 405),
        ("CONNECT", LOGIN, 405), ("PROPFIND", LOGIN, 405), ("POST", LOGIN, 403),
    ],
)  # fmt: skip
def test_what_an_address_answers(method, path, status, site):
    """13.4, and of every answer: HSTS once, no version, nothing compressed but static files, nothing kept."""
    found, headers, body = site.ask(path, method=method, headers={"Accept-Encoding": "gzip, br"})
    assert found == status or (method in ("PROPFIND", "TRACK") and found == 403)
    assert headers.get_all("Strict-Transport-Security") == [HSTS]
    assert headers.get_all("Server") == ["nginx"]
    assert "Content-Encoding" not in headers
    assert headers.get_all("Cache-Control", ["no-store"]) == ["no-store"] or path == "/robots.txt"
    assert b"Traceback" not in body
    assert b"nginx" not in body


# --- what is left behind --------------------------------------------------------------------------------------------
def posted(site, length, name=STAFF, before_the_end=lambda: None):
    """A form with a file, ``length`` bytes in all; looked at when all but its last byte was sent."""
    start = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n%PDF-1.7 canari-en-clair '
    end = b"\r\n--xx--\r\n"
    body = start + b"a" * (length - len(start) - len(end)) + end
    link = site.link(name)
    link.putrequest("POST", LOGIN if name == STAFF else "/")
    for key, value in {"Content-Type": "multipart/form-data; boundary=xx", "Content-Length": str(length)}.items():
        link.putheader(key, value)
    link.endheaders()
    with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        link.send(body[:-1])
        before_the_end()
        link.send(body[-1:])
    answer = link.getresponse()
    found = answer.status, answer.read().decode()
    link.close()
    return found


def look_at(site, seen):
    time.sleep(0.5)
    seen.extend(path.read_bytes()[:200] for path in site.written())


def test_a_body_is_never_written(site, application, tmp_path):
    """5.2.1: the largest file that the application takes passes through memory; with a smaller buffer it would not."""
    seen = []
    status, said = posted(site, settings.UPLOAD_MAX_BYTES, before_the_end=lambda: look_at(site, seen))
    assert (status, seen) == (403, []), said[:200]  # no token: read whole, and refused by the application
    with proxy(tmp_path / "nginx", application.socket, client_body_buffer_size="16k") as other:
        posted(other, LARGEST, before_the_end=lambda: look_at(other, seen))
    assert b"canari-en-clair" in seen[0]


def test_a_body_over_the_limit_is_refused_by_both(site):
    """5.2.1: the proxy's limits are the application's; the host of the persons takes no file."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert re.findall(r"client_(?:max_body|body_buffer)_size (\d+)k;", text) == [str(LARGEST // 1024)] * 2
    assert f"client_max_body_size {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024}m;" in text
    seen = []
    for name, length in ((STAFF, LARGEST + 1), (HERS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)):
        status, said = posted(site, length, name, lambda: look_at(site, seen))
        assert (status, said) == (413, "Envoi trop lourd : 10 Mo au plus.\n")
    assert seen == []
    # one that says no length is not listened to
    with site.raw() as link:
        link.sendall(f"POST {LOGIN} HTTP/1.1\r\nHost: {STAFF}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        assert link.recv(12) == b"HTTP/1.1 411"
    assert site.written() == []


# --- slow clients ---------------------------------------------------------------------------------------------------
def test_clients_that_send_a_byte_a_second_hold_no_thread(site):
    """Forty of them, five times the threads: half in the middle of a form, half in the middle of their headers."""
    links = []
    for number in range(40):
        link = site.raw(source=f"127.0.1.{number // 8 + 1}")
        form = f"POST {LOGIN} HTTP/1.1\r\nHost: {STAFF}\r\nContent-Type: {FORM}\r\nContent-Length: 5000\r\n\r\ntext="
        link.sendall((form if number % 2 else f"GET {LOGIN} HTTP/1.1\r\nHost: {STAFF}\r\nX-A: ").encode())
        links.append(link)
    taken = []
    for _ in range(6):
        for link in links:
            with suppress(OSError):
                link.sendall(b"a")
        start = time.monotonic()
        assert site.ask(LOGIN, source="127.0.1.9")[0] == 200
        taken.append(time.monotonic() - start)
        time.sleep(max(0.0, 1 - taken[-1]))
    assert max(taken) < 2, taken
    time.sleep(5)
    for link in links[::2]:  # headers have ten seconds in all
        with suppress(OSError):
            assert link.recv(100) == b""
    for link in links:
        link.close()


def test_one_address_holds_forty_requests_at_once(site):
    links = []
    for _ in range(45):
        link = site.raw(source="127.0.2.1")
        link.sendall(f"POST {LOGIN} HTTP/1.1\r\nHost: {STAFF}\r\nContent-Length: 9\r\n\r\na".encode())
        links.append(link)
    time.sleep(0.5)
    assert site.ask(LOGIN, source="127.0.2.2")[0] == 200
    refused = []
    for link in links:
        link.settimeout(0.05)
        with suppress(TimeoutError):
            refused.append(link.recv(12))
        link.close()
    assert refused == [b"HTTP/1.1 429"] * 5


def test_who_reads_nothing_holds_no_thread(site, tmp_path):
    """The application is done with an answer of 10 MB while nobody has read it; it waits in memory."""
    size, done = settings.UPLOAD_MAX_BYTES, threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "answers.sock"))
        listener.listen()

        def answer():
            link = listener.accept()[0]
            link.recv(65536)
            link.sendall(f"HTTP/1.0 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"a" * size)
            link.close()
            done.set()

        threading.Thread(target=answer, daemon=True).start()
        with proxy(tmp_path / "nginx", tmp_path / "answers.sock") as other, other.raw() as link:
            link.sendall(f"GET / HTTP/1.1\r\nHost: {STAFF}\r\nConnection: close\r\n\r\n".encode())
            assert done.wait(5)
            assert other.written() == []
            head = link.recv(65536)
            got = len(head.partition(b"\r\n\r\n")[2])
            while some := link.recv(65536):
                got += len(some)
            assert got == size


# --- what is written ------------------------------------------------------------------------------------------------
LINE = {
    "jalon.log": r"\S{25} 127\.0\.\d+\.\d+ [A-Z]+ \d{3} \d+ [\d.]+",
    "agenda.log": r"\S{25} [A-Z]+ \d{3} \d+ [\d.]+",
}


def test_no_line_of_the_logs_says_what_was_asked(site, application, tmp_path):
    """14.2.1: neither path, query, page before, browser nor cookie; her host, no address; even when nothing answers."""
    canary = "fatoumata-canari"
    headers = {"Referer": f"https://{STAFF}/?q={canary}", "User-Agent": canary, "Cookie": f"{canary}={canary}"}
    with proxy(tmp_path / "nginx", tmp_path / "nobody.sock") as broken:
        for one in (site, broken):
            for name in (STAFF, HERS):
                for path in (f"/?q={canary}", f"/{canary}/", f"/static/../../{canary}"):
                    status, _headers, body = one.ask(path, name, headers=headers)
                    assert canary.encode() not in body or one is site
                    if one is broken and ".." not in path:
                        assert (status, body.decode()[:29]) == (502, "Service momentanément indispo"), body
            with one.raw() as link:
                link.sendall(f"{canary} ?\r\nHost: {canary}\r\n\r\n".encode())
                link.recv(1000)
            with suppress(ssl.SSLError):
                one.raw(f"{canary}.example")
        time.sleep(0.3)
        for one in (site, broken):
            assert canary not in one.logs()
            for name, line in LINE.items():
                lines = (one.folder / name).read_text().splitlines()
                assert lines
                assert [found for found in lines if not re.fullmatch(line, found)] == []
    assert canary not in application.log.read_text()
