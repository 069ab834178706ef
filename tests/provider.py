"""A stand-in for ProConnect on this machine: discovery, keys, tokens; each test says what it must claim or break."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "jalon-essai", "un secret d'essai"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    def __init__(self) -> None:
        self.key = new_key()
        self.claims: dict[str, Any] = {}  # in place of the right ones; None: left out
        self.signing: dict[str, Any] = {}  # "key", "algorithm", "kid"
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def authorise(self, url: str) -> dict[str, str]:
        """What the browser brings back after the person has proved who she is."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or sent.get("client_secret") != SECRET or proof != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "agent-31", "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"], "acr": "eidas1", "auth_time": now - 5} | self.claims
        kept = {name: value for name, value in claims.items() if value is not None}
        how = {"key": self.key, "algorithm": "RS256", "kid": "essai", **self.signing}
        return {"id_token": jwt.encode(kept, how["key"], how["algorithm"], headers={"kid": how["kid"]})}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def answer(self, found: Any) -> None:
                body = json.dumps(found).encode()
                self.send_response(200 if found is not None else 400)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                provider.asked.append(self.path)
                here = provider.issuer
                known = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(provider.key.public_key()))
                pages = {
                    "/.well-known/openid-configuration": {
                        "issuer": here,
                        "authorization_endpoint": f"{here}/authorize",
                        "token_endpoint": f"{here}/token",
                        "jwks_uri": f"{here}/jwks",
                    },
                    "/jwks": {"keys": [{**known, "kid": "essai", "use": "sig", "alg": "RS256"}]},
                }
                self.answer(pages.get(self.path))

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(provider.token({name: values[0] for name, values in parse_qs(body).items()}))

            def log_message(self, *_given: Any) -> None:
                return

        return Handler

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
