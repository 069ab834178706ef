"""Keys held by a key service: the Transit engine of HashiCorp Vault (and OpenBao, which answers alike).

The key-encryption key never comes here: each data key is wrapped and unwrapped there, where it is counted, limited and
logged. The two secrets of the journal and of the tokens are kept in the key folder sealed by the service
(``journal.kms``, ``token.kms``), opened once at the first use. Routes used, under ``/v1/<mount>``:

    GET  keys/<name>            latest version
    POST keys/<name>/rotate     next version
    POST encrypt/<name>         {"plaintext", "associated_data"} -> {"ciphertext": "vault:v<version>:…"}
    POST decrypt/<name>         {"ciphertext", "associated_data"} -> {"plaintext"}

The associated data bind a wrapped key to its owner, group and version: a slot put in another's place is refused there.
"""

import base64
import binascii
import http.client
import json
import logging
import re
import secrets
import ssl
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from . import crypto, providers
from .errors import KeyMissing, KeysAbsent, KeysUnavailable, Misplaced, Tampered

log = logging.getLogger(__name__)

# The version of a slot's key-encryption key says who holds it: from here on, the service's.
BASE = 20_000
TIMEOUT = 3.0
REST = 5.0  # seconds during which a service that did not answer is not asked again
FRESH = 60.0  # seconds during which the latest version is believed
CIPHERTEXT = re.compile(r"vault:v([1-9][0-9]{0,3}):[A-Za-z0-9+/=]+")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TransitProvider:
    """Wraps and unwraps through the service. What was wrapped by the key folder still opens while its key is there."""

    def __init__(self, folder: Path, url: str, mount: str, key: str, token: str, ca: str = "", cert: str = "") -> None:
        self.folder = folder
        self._files = providers.FileProvider(folder)
        self._address = urlsplit(url)
        self._root = f"/v1/{quote(mount)}/"
        self._name = quote(key, safe="")
        self._token, self._ca, self._cert = Path(token), ca, cert
        self._local = threading.local()
        self._secrets: dict[str, bytes] = {}
        self._latest, self._asked, self._rest_until = 0, 0.0, 0.0

    # --- what a provider does ---------------------------------------------------------------------------------
    def current(self) -> int:
        if not self._latest or time.monotonic() - self._asked > FRESH:
            found = self._ask("GET", "keys").get("latest_version")
            if not isinstance(found, int) or not 0 < found < 10_000:
                raise KeysUnavailable
            self._latest, self._asked = found, time.monotonic()
        return BASE + self._latest

    def wrap(self, key: bytes, owner: str, group: str, key_version: int) -> bytes:
        ciphertext, version = self._encrypt(key, _context("dek", owner, group, key_version))
        return crypto.external_slot(key_version, BASE + version, ciphertext.encode())

    def unwrap(self, wrapped: bytes, owner: str, group: str) -> bytes:
        body = crypto.external_body(wrapped)
        if body is None:
            return self._files.unwrap(wrapped, owner, group)
        context = _context("dek", owner, group, crypto.slot_versions(wrapped)[0])
        return self._decrypt(body.decode("ascii", "replace"), context)

    def secret(self, name: str) -> bytes:
        found = self._secrets.get(name)
        if found is None:
            if name not in providers.SECRETS:
                raise KeyMissing
            providers.check_folder(self.folder)
            path = self.folder / f"{name}.kms"
            providers.check_file(path)
            found = self._decrypt(path.read_text(encoding="ascii").strip(), _context("secret", name))
            self._secrets[name] = found
        return found

    def create(self) -> list[str]:
        """Seal the secrets by the service: those of the key folder when it has some (a move), else new ones."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = []
        for name in providers.SECRETS:
            clear = self.folder / f"{name}.key"
            if not (self.folder / f"{name}.kms").exists():
                key = providers.load(self.folder, clear.name) if clear.exists() else crypto.new_key()
                made += providers.write_once(
                    self.folder / f"{name}.kms", self._encrypt(key, _context("secret", name))[0] + "\n"
                )
            if clear.exists() and providers.load(self.folder, clear.name) == self.secret(name):
                clear.unlink()
        return made + providers.write_once(self.folder / providers.WEB, secrets.token_urlsafe(48) + "\n")

    def renew(self) -> int:
        self._ask("POST", "keys", "/rotate", {})
        self._asked = 0.0
        self._latest = 0
        return self.current()

    def verify(self) -> None:
        if self._address.scheme != "https" and self._address.hostname not in LOOPBACK:
            raise Misplaced(_("Le service de clés doit être joint en https."))
        providers.check_folder(self.folder)
        for name in providers.SECRETS:
            if (self.folder / f"{name}.key").exists():
                raise Misplaced(
                    _("La clé %(name)s est restée en clair : lancez « jalon keys init ».") % {"name": f"{name}.key"}
                )
            providers.check_file(self.folder / f"{name}.kms")
        providers.check_file(self._token)
        if self._cert:
            providers.check_file(Path(self._cert))
        try:
            self.current()
        except KeysUnavailable:
            raise KeysAbsent(_("Le service de clés ne répond pas.")) from None

    # --- asking -----------------------------------------------------------------------------------------------
    def _encrypt(self, key: bytes, context: bytes) -> tuple[str, int]:
        asked = {"plaintext": _text(key), "associated_data": _text(context)}
        ciphertext = self._ask("POST", "encrypt", "", asked).get("ciphertext")
        match = CIPHERTEXT.fullmatch(ciphertext) if isinstance(ciphertext, str) else None
        if match is None:
            raise KeysUnavailable
        version = int(match[1])
        self._latest = max(self._latest, version)
        return match[0], version

    def _decrypt(self, ciphertext: str, context: bytes) -> bytes:
        if not CIPHERTEXT.fullmatch(ciphertext):
            raise Tampered
        asked = {"ciphertext": ciphertext, "associated_data": _text(context)}
        try:
            key = base64.b64decode(self._ask("POST", "decrypt", "", asked).get("plaintext", ""), validate=True)
        except (TypeError, binascii.Error):
            raise KeysUnavailable from None
        if len(key) != crypto.KEY_BYTES:
            raise Tampered
        return key

    def _ask(self, method: str, verb: str, rest: str = "", body: dict[str, str] | None = None) -> dict[str, Any]:
        """The ``data`` of the answer. 400 is Tampered, 404 KeyMissing, anything else KeysUnavailable."""
        if time.monotonic() < self._rest_until:
            raise KeysUnavailable
        sent = None if body is None else json.dumps(body)
        headers = {"X-Vault-Token": self._read_token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        try:
            status, answer = self._exchange(method, f"{self._root}{verb}/{self._name}{rest}", sent, headers)
        except (OSError, http.client.HTTPException) as error:
            # The error's text may hold what was sent: its kind is enough.
            log.error("the key service does not answer: %s", type(error).__name__)
            self._rest_until = time.monotonic() + REST
            raise KeysUnavailable from None
        if status == 400:
            raise Tampered
        if status == 404:
            raise KeyMissing
        if status not in (200, 204):
            log.error("the key service answers %d", status)
            raise KeysUnavailable
        try:
            data = json.loads(answer)["data"] if answer else {}
        except (ValueError, KeyError, TypeError):
            raise KeysUnavailable from None
        return data if isinstance(data, dict) else {}

    def _exchange(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request on the thread's open connection; a connection that the service had closed is opened again."""
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        for connection in [kept, None] if kept else [None]:
            connection = connection or self._connect()
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                answer = response.read(64 * 1024)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._local.connection = None
                if connection is kept and not isinstance(error, TimeoutError):
                    continue
                raise
            self._local.connection = connection
            return response.status, answer
        raise http.client.NotConnected

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme != "https":
            if host not in LOOPBACK:
                raise OSError("the key service is asked in https only")
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        context = ssl.create_default_context(cafile=self._ca or None)
        if self._cert:
            context.load_cert_chain(self._cert)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)

    def _read_token(self) -> str:
        # Read at each call: an agent renews it in place.
        providers.check_file(self._token)
        return self._token.read_text(encoding="ascii", errors="replace").strip()


def _context(*parts: crypto.Part) -> bytes:
    return crypto.prefixed("psp1", *parts)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
