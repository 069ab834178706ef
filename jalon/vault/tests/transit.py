"""A stand-in for the Transit engine: versions, associated data, tokens; down, slow or limited at will."""

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jalon.vault.crypto import new_key

TOKEN = "s.test"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def _send(self, status, data=None):
        body = json.dumps({"data": data} if status == 200 else {"errors": []}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self._route({})

    def do_POST(self):
        self._route(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}"))

    def _route(self, asked):
        service = self.server.service
        service.calls.append(self.path)
        time.sleep(service.delay)
        if service.status:
            return self._send(service.status)
        if self.headers["X-Vault-Token"] != TOKEN:
            return self._send(403)
        verb, name, *rest = self.path.removeprefix("/v1/transit/").split("/")
        if name != "jalon":
            return self._send(404)
        return self._send(*getattr(service, f"do_{verb}")(asked, rest))


class Service:
    def __init__(self):
        self.keys, self.calls, self.delay, self.status = [new_key()], [], 0, 0

    def do_keys(self, asked, rest):
        if rest == ["rotate"]:
            self.keys.append(new_key())
        return 200, {"latest_version": len(self.keys), "type": "aes256-gcm96"}

    def do_encrypt(self, asked, rest):
        plain, extra = (base64.b64decode(asked[name]) for name in ("plaintext", "associated_data"))
        nonce = new_key()[:12]
        blob = nonce + AESGCM(self.keys[-1]).encrypt(nonce, plain, extra)
        return 200, {"ciphertext": f"vault:v{len(self.keys)}:{base64.b64encode(blob).decode()}"}

    def do_decrypt(self, asked, rest):
        _vault, version, blob = asked["ciphertext"].split(":")
        raw, extra = base64.b64decode(blob), base64.b64decode(asked["associated_data"])
        try:
            plain = AESGCM(self.keys[int(version[1:]) - 1]).decrypt(raw[:12], raw[12:], extra)
        except (InvalidTag, IndexError):
            return 400, None
        return 200, {"plaintext": base64.b64encode(plain).decode()}


@contextmanager
def serving(tls=None):
    """(service, address) on the loopback; ``tls`` is an SSL context."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.service, server.daemon_threads = Service(), True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.service, f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
