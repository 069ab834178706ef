"""Jalon beside the yardstick: the same five members as ``DjangoAdmin`` in bench.py. Real sign-in, everything on."""

import base64
import hashlib
import hmac
import os
import re
import subprocess
import sys
import time

from bench import HERE, SEARCHES, Server, free_port, gunicorn
from forms import encode, fields
from httpload import Session

HOST = "127.0.0.1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTMX = {"HX-Request": "true"}


def current_code(secret):
    """RFC 6238, six digits, thirty seconds: this file runs outside Django."""
    counter = (int(time.time()) // 30).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


class Jalon:
    name = "jalon"
    first_page = "/comptes/connexion/"

    def __init__(self, cases, db, work):
        self.cases = cases
        self.dir = work / f"jalon-{cases}"
        self.env = {
            "DJANGO_SETTINGS_MODULE": "jalon.config.settings",
            "JALON_DATA_DIR": str(self.dir / "data"),
            "JALON_KEY_DIR": str(self.dir / "keys"),
            "JALON_PASSKEY_ROLES": "",  # the client of the bench signs in with a password and a code
            "JALON_EXPORTS_DAY": "1000000",  # each answer of W4 is a file taken away
            "DATABASE_URL": pg_url(db) if db.startswith("pg:") else f"sqlite:///{self.dir / 'data' / 'jalon.sqlite3'}",
        }

    def load(self):
        from jalon.vault.providers import create_keys

        (self.dir / "data").mkdir(parents=True, exist_ok=True)
        create_keys(self.dir / "keys")
        argv = [sys.executable, str(HERE / "load_jalon.py"), str(self.cases)]
        subprocess.run(argv, env={**os.environ, **self.env}, check=True, stdout=sys.stderr)

    def start(self, workers=2):
        port = free_port()
        argv = [*gunicorn("jalon.config.wsgi:application", port, workers), "--no-control-socket"]
        return Server(argv, port, self.env, log=os.environ.get("BENCH_LOG"))

    def login(self, port, user="worker000"):
        from bench_accounts import PASSWORD, SECRET

        s = Session(HOST, port)
        _, _, page = s.request("GET", "/comptes/connexion/")
        status, hdr, page = self._post(s, "/comptes/connexion/", page, {"login": user, "password": PASSWORD})
        assert b'name="code"' in page, page[:2000]
        status, hdr, page = self._post(s, "/comptes/connexion/code/", page, {"code": current_code(SECRET)})
        assert status == 200, (status, page[:2000])
        return s

    def _post(self, s, path, page, values):
        body = [(k, v) for k, v in fields(page) if k == "csrfmiddlewaretoken"][:1] + list(values.items())
        return s.request("POST", path, encode(body), {**FORM, "Referer": f"http://{HOST}:{s.port}{path}"})

    def scenarios(self, s):
        h = {"Cookie": s.cookie()}

        def get(path, *expect, **headers):
            return {"method": "GET", "path": path, "headers": {**h, **headers}, "expect": list(expect)}

        _, _, page = s.request("GET", "/")
        ids = list(dict.fromkeys(re.findall(rb'/dossiers/([A-Za-z0-9_-]{22})/"', page)))[:20]
        assert len(ids) == 20, page[:3000]
        token = next(v for k, v in fields(page) if k == "csrfmiddlewaretoken")
        post = {**h, **FORM, "Referer": f"http://{HOST}:{s.port}/"}
        saves = []
        for i in ids[:8]:
            path = f"/notes/{i.decode()}/"
            _, _, form = s.request("GET", path)
            token = next(v for k, v in fields(form) if k == "csrfmiddlewaretoken")
            pairs = [
                ("csrfmiddlewaretoken", token),
                ("text", "note {RAND}"),
                ("kind", "interview"),
                ("visibility", "team"),
            ]
            assert b'name="text"' in form, form[:3000]
            body = encode(pairs).replace(b"%7BRAND%7D", b"{RAND}")
            saves.append(
                {
                    "method": "POST",
                    "path": path,
                    "ok": (303,),
                    "headers": {**post, "Referer": f"http://{HOST}:{s.port}{path}"},
                    "body": body,
                }
            )
        searches = [
            {"method": "POST", "path": "/search/", "headers": {**post, **HTMX}, "expect": [b"<t"] if self.cases >= 10_000 else None,
             "body": encode([("csrfmiddlewaretoken", token), ("q", q)])}
            for q in SEARCHES
        ]  # fmt: skip
        # a single result goes straight to the file: keep the words that make a list
        searches = [r for r in searches if s.request("POST", r["path"], r["body"], r["headers"])[0] == 200]
        assert len(searches) >= 4, "the caseload is too small for these words"
        mine = dict(h)
        h = {"Cookie": self.login(s.port, "statistician").cookie()}  # every dossier, for the figures
        stats = [get("/steering/", b"<svg")]
        if self.cases > 10_000:  # the export is that of 10,000 dossiers: one department's
            h = {"Cookie": self.login(s.port, "secretary").cookie()}
        exports = {
            "W4 csv": [get("/steering/figures.csv", b";")],
            "W4 xlsx": [get("/steering/figures.xlsx", b"PK")],
        }
        h = mine
        return {
            "W1 list": [get("/", b"/dossiers/", b"</html>")],
            "W1 status": [get(f"/?stage={x}", b"/dossiers/", **HTMX) for x in ("S5", "S2", "S1")],
            "W1 search": searches,
            "W2 detail": [get(f"/dossiers/{i.decode()}/", b"</html>") for i in ids],
            "W3 save": saves,
            "W5 stats": stats,
        }, exports


def pg_url(db):
    host, port = os.environ.get("PGHOST", "127.0.0.1"), os.environ.get("PGPORT", "5432")
    user, password = os.environ.get("PGUSER", ""), os.environ.get("PGPASSWORD", "")
    return f"postgresql://{user}:{password}@{host}:{port}/{db[3:]}_jalon"


def targets(cases, db, work):
    return [Jalon(cases, db, work)]
