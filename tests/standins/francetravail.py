"""A stand-in for France Travail's *Offres d'emploi* v2: the same statuses, limits and surprises, and faults on demand.

``python -m tests.standins.francetravail`` serves it, so that ``jalon offers fetch`` can be tried by hand.
The offers of ``jobs-gard.json`` are synthetic.
"""

import json
import math
import re
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

OFFERS = json.loads((Path(__file__).parent / "jobs-gard.json").read_text(encoding="utf-8"))["resultats"]
CLIENT_ID, CLIENT_SECRET = "application-essai", "secret-essai-8f3c"
SCOPES = {"api_offresdemploiv2", "o2dsoffre"}
TOKEN_PATH = "/connexion/oauth2/access_token"
API = "/partenaire/offresdemploi/v2"
NATURES = {
    "E1": "Contrat travail",
    "E2": "Contrat apprentissage",
    "FS": "Cont. professionnalisation",
    "I1": "Insertion par l'activ.éco.",
}
WEEKLY = re.compile(r"(\d{2})H")
REFERENCES = {"departements": [{"code": "30", "libelle": "GARD"}], "typesContrats": [{"code": "CDI", "libelle": "CDI"}]}


@dataclass
class Call:
    """What was asked, whole: nothing else left."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str


@dataclass
class Standin:
    """``faults`` are used up in their order, one a call of the API; ``token_faults`` one a call for a token."""

    offers: list[dict[str, Any]] = field(default_factory=lambda: json.loads(json.dumps(OFFERS)))
    calls: list[Call] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    token_faults: deque[str] = field(default_factory=deque)
    expires_in: int = 1499
    rate: int = 0  # calls a second, 0: no limit
    last_start: int = 3000
    a_page: int = 150
    slow: float = 0.0
    base_url: str = ""
    shift: float = 0.0
    tokens: dict[str, float] = field(default_factory=dict)
    recent: deque[float] = field(default_factory=deque)

    def now(self) -> float:
        return time.monotonic() + self.shift

    def later(self, seconds: float) -> None:
        """Let time pass for the tokens."""
        self.shift += seconds

    @property
    def token_url(self) -> str:
        return f"{self.base_url}{TOKEN_PATH}?realm=%2Fpartenaire"

    @property
    def api_url(self) -> str:
        return self.base_url + API

    def searches(self) -> list[Call]:
        return [call for call in self.calls if call.path.endswith("/offres/search")]

    def asked_tokens(self) -> int:
        return sum(call.path == TOKEN_PATH for call in self.calls)


def km(a: dict[str, Any], b: dict[str, Any]) -> float:
    x = math.radians(b["longitude"] - a["longitude"]) * math.cos(math.radians(a["latitude"]))
    return 6371 * math.hypot(x, math.radians(b["latitude"] - a["latitude"]))


def away(offer: dict[str, Any], middle: dict[str, Any]) -> float:
    place = offer.get("lieuTravail") or {}
    return km(place, middle) if "latitude" in place else math.inf


def values(query: dict[str, list[str]], name: str) -> list[str]:
    return [value for value in query.get(name, [""])[0].split(",") if value]


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def folded(text: str) -> str:
    return text.lower().translate(str.maketrans("éèêàâîïôûç", "eeeaaiiouc"))


def kept(every: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The offers that answer a query: each parameter narrows, contract and nature are one or the other."""
    found = every
    if wanted := values(query, "departement"):
        starts = tuple(f"{code} " for code in wanted)
        found = [o for o in found if str((o.get("lieuTravail") or {}).get("libelle", "")).startswith(starts)]
    if codes := values(query, "codeROME"):
        found = [o for o in found if o.get("romeCode") in codes]
    kinds, natures = values(query, "typeContrat"), [NATURES.get(code) for code in values(query, "natureContrat")]
    if kinds or natures:
        found = [o for o in found if o.get("typeContrat") in kinds or o.get("natureContrat") in natures]
    if level := values(query, "experienceExigence"):
        found = [o for o in found if o.get("experienceExige") in level]
    if communes := values(query, "commune"):
        reach = float(query.get("distance", ["10"])[0]) * 1.3  # soft: up to 30 % further; 0 is that commune only
        centres = [o["lieuTravail"] for o in every if (o.get("lieuTravail") or {}).get("commune") in communes]
        found = [o for o in found if near(o.get("lieuTravail") or {}, communes, centres, reach)]
    if wish := values(query, "dureeHebdo"):
        found = [o for o in found if weekly(o) in wish]
    for word in values(query, "motsCles"):
        found = [o for o in found if folded(word) in folded(f"{o.get('intitule')} {o.get('description')}")]
    if days := values(query, "publieeDepuis"):
        latest = max(when(o["dateCreation"]) for o in every if o.get("dateCreation"))
        since = latest - timedelta(days=int(days[0]))
        found = [o for o in found if o.get("dateCreation") and when(o["dateCreation"]) >= since]
    if lower := values(query, "minCreationDate"):
        start, end = when(lower[0]), when(query["maxCreationDate"][0])
        found = [o for o in found if o.get("dateCreation") and start <= when(o["dateCreation"]) <= end]
    return found


def near(place: dict[str, Any], communes: list[str], centres: list[dict[str, Any]], reach: float) -> bool:
    if place.get("commune") in communes:
        return True
    return bool(reach) and "latitude" in place and any("latitude" in c and km(place, c) <= reach for c in centres)


def weekly(offer: dict[str, Any]) -> str:
    """0 not told, 1 full time, 2 part time."""
    hours = WEEKLY.search(offer.get("dureeTravailLibelle") or "")
    return "0" if not hours else ("1" if int(hours[1]) >= 35 else "2")


class Handler(BaseHTTPRequestHandler):
    standin: Standin
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet an answer

    def handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked did not wait
            super().handle()

    def log_message(self, *args: Any) -> None:
        pass

    def answer(
        self, status: int, body: Any = None, kind: str = "application/json;charset=utf-8", **headers: str
    ) -> None:
        content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if content:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def noted(self) -> tuple[str, dict[str, list[str]], str]:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        query = {name.strip(): found for name, found in parse_qs(parts.query, keep_blank_values=True).items()}
        self.standin.calls.append(Call(self.command, parts.path, query, dict(self.headers), body))
        return parts.path, query, body

    # --- the token -------------------------------------------------------------------------------------
    def do_POST(self) -> None:
        path, query, body = self.noted()
        if path != TOKEN_PATH or query != {"realm": ["/partenaire"]}:
            return self.answer(404)
        if self.standin.token_faults and self.fault(self.standin.token_faults.popleft()):
            return None
        form = {name: found[0] for name, found in parse_qs(body).items()}
        if form.get("grant_type") != "client_credentials":
            return self.answer(400, {"error": "unsupported_grant_type", "error_description": "grant"})
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return self.answer(400, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if not set(form.get("scope", "").split()) <= SCOPES or not form.get("scope"):
            return self.answer(400, {"error": "invalid_scope", "error_description": "Unknown scope"})
        token = f"t-{len(self.standin.tokens) + 1:03d}"
        self.standin.tokens[token] = self.standin.now() + self.standin.expires_in
        said = {"scope": form["scope"], "expires_in": self.standin.expires_in, "token_type": "Bearer"}
        return self.answer(200, {**said, "access_token": token})

    # --- the offers ------------------------------------------------------------------------------------
    def do_GET(self) -> None:
        path, query, _ = self.noted()
        if self.too_many():
            return None
        fault = self.standin.faults.popleft() if self.standin.faults else ""
        if fault and self.fault(fault):
            return None
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.standin.tokens.get(token, 0) < self.standin.now():
            return self.answer(401)
        rest = path.removeprefix(API)
        if rest == "/offres/search":
            return self.search(query, fault)
        if rest.startswith("/offres/"):
            found = [offer for offer in self.standin.offers if offer["id"] == rest.removeprefix("/offres/")]
            return self.answer(200, found[0]) if found else self.answer(204)
        if rest.startswith("/referentiel/"):
            return self.answer(200, REFERENCES.get(rest.removeprefix("/referentiel/"), []))
        return self.answer(404)

    def too_many(self) -> bool:
        recent, now = self.standin.recent, time.monotonic()
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if self.standin.rate and len(recent) >= self.standin.rate:
            self.limit()
            return True
        recent.append(now)
        return False

    def limit(self) -> None:
        headers = {
            "Retry-After": "1",
            "X-Ratelimit-Burst-Capacity-Clientidlimiter": str(self.standin.rate),
            "X-Ratelimit-Remaining-Clientidlimiter": "0",
        }
        self.send_response(429)
        for name, value in {**headers, "Content-Type": "text/plain", "Content-Length": "17"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"Too Many Requests")

    def fault(self, name: str) -> bool:
        """Whether the fault is the whole answer; the others change the offers."""
        if name == "500-json":
            self.answer(500, {"codeErreur": "T01", "codeHttp": 500, "message": "Erreur technique"})
        elif name in ("500-html", "200-html"):
            self.answer(int(name[:3]), "<html><body>Service indisponible</body></html>", "text/html")
        elif name == "429":
            self.limit()
        elif name == "403":
            self.answer(403)
        elif name == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"resultats": [')
            self.close_connection = True
        elif name == "slow":
            time.sleep(self.standin.slow)
            return False
        else:
            return False
        return True

    def search(self, query: dict[str, list[str]], fault: str) -> None:
        every = self.standin.offers
        if values(query, "departement") == ["00"]:
            return self.answer(400, {"message": "Valeur du paramètre « departement » incorrecte."})
        found = kept(every, query)
        start, end = (int(part) for part in query.get("range", ["0-149"])[0].split("-"))
        last_start, a_page = self.standin.last_start, self.standin.a_page
        if start > last_start:
            said = f"La position de début doit être inférieure ou égale à {last_start}."
            return self.answer(400, {"message": said})
        if end >= last_start + a_page or end - start >= a_page:
            return self.answer(400, {"message": "La plage de résultats demandée est trop importante."})
        order = query.get("sort", ["0"])[0]
        if order == "1":
            found = sorted(found, key=lambda offer: offer.get("dateCreation") or "", reverse=True)
        elif order == "2" and (centre := values(query, "commune")):
            middle = next(o["lieuTravail"] for o in every if (o.get("lieuTravail") or {}).get("commune") in centre)
            found = sorted(found, key=lambda o: away(o, middle))
        part = [json.loads(json.dumps(offer)) for offer in found[start : end + 1]]
        if not part:
            return self.answer(204, Content_Range="*/0")
        for offer in part:
            spoil(offer, fault)
        last = start + len(part) - 1
        status = 200 if last + 1 >= len(found) else 206
        header = f"offres {start}-{last}/{len(found)}"
        return self.answer(status, {"resultats": part, "filtresPossibles": []}, Content_Range=header)


def spoil(offer: dict[str, Any], fault: str) -> None:
    if fault == "lists":
        offer["salaire"], offer["agence"] = [offer.get("salaire") or {}], [{"courriel": "x"}]
        offer["permis"] = {"libelle": "B - Véhicule léger", "exigence": "E"}
    elif fault == "unknown-codes":
        offer["typeContrat"], offer["experienceExige"], offer["nouveauChamp"] = "ZZZ", "X", {"a": 1}
    elif fault == "no-commune" and "lieuTravail" in offer:
        offer["lieuTravail"].pop("commune", None)
    elif fault == "wrong-types":
        offer["description"], offer["contexteTravail"] = None, {"horaires": "matin", "conditionsExercice": [3]}
        offer["lieuTravail"] = "30 - NIMES"
    elif fault == "no-id":
        offer.pop("id")


@contextmanager
def serving(standin: Standin | None = None, port: int = 0):
    """A stand-in that listens on this machine, stopped at the end."""
    standin = standin or Standin()
    handler = type("Bound", (Handler,), {"standin": standin})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    standin.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving(port=8788) as running:
        print(f"JALON_FRANCETRAVAIL_TOKEN_URL='{running.token_url}'")
        print(f"JALON_FRANCETRAVAIL_API_URL='{running.api_url}'")
        print(f"identifiant {CLIENT_ID}, secret {CLIENT_SECRET} ; Ctrl-C pour arrêter")
        threading.Event().wait()
