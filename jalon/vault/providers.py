"""Where the key-encryption keys are, and the rules of their placement.

The ``file`` provider reads a folder that is neither under the data nor in the backup set. A key is one line, 32 bytes
in hexadecimal or base64, in a file that only the service account can read (mode 0400). Every load checks the rules
again, so that a program that forgot ``verify()`` is refused at its first use of a key.

Rule of refusal: a server, or a command that opens data, calls ``verify()`` and refuses everything. The system check
reports a misplaced, readable or demonstration key as an error and an absent key as a warning, so that ``keys``,
``check`` and ``migrate`` run before the keys are made.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from . import crypto
from .errors import KeyMissing, KeysAbsent, Misplaced, Tampered

SECRETS = ("journal", "token")
WEB = "web.key"
DEMO = "demo"
KEK = re.compile(r"kek-([1-9][0-9]{0,4})\.key")


class KeyProvider(Protocol):
    """Wraps and unwraps data keys; holds the secrets of the journal and of the tokens."""

    def current(self) -> int:
        """The version of the key-encryption key that wraps new keys."""

    def wrap(self, key: bytes, owner: str, group: str, key_version: int) -> bytes: ...

    def unwrap(self, wrapped: bytes, owner: str, group: str) -> bytes: ...

    def secret(self, name: str) -> bytes:
        """The 32 bytes of ``journal`` or ``token``."""

    def create(self) -> list[str]:
        """Make what is missing before a first start, and return the names. What exists is never overwritten."""

    def renew(self) -> int:
        """Make the next version of the key-encryption key, used from now on. ``keys.rewrap_all()`` follows."""

    def verify(self) -> None:
        """Raises one sentence when a server must not start."""


class FileProvider:
    """Keys in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keks: dict[int, crypto.Cipher] = {}
        self._secrets: dict[str, bytes] = {}
        self._current = 0
        self._seen = 0

    def current(self) -> int:
        changed = self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0
        if not self._current or changed != self._seen:
            # A key made by another process is used from now on.
            self._current, self._seen = max(versions(self.folder), default=0), changed
        if not self._current:
            raise KeysAbsent(_absent("kek-1.key"))
        return self._current

    def _kek(self, version: int) -> crypto.Cipher:
        kek = self._keks.get(version)
        if kek is None:
            try:
                kek = crypto.cipher(load(self.folder, f"kek-{version}.key"))
            except KeysAbsent:
                raise KeyMissing from None
            self._keks[version] = kek
        return kek

    def wrap(self, key: bytes, owner: str, group: str, key_version: int) -> bytes:
        version = self.current()
        return crypto.wrap_key(self._kek(version), version, key, owner, group, key_version)

    def unwrap(self, wrapped: bytes, owner: str, group: str) -> bytes:
        kek_version = crypto.slot_versions(wrapped)[1]
        return crypto.unwrap_key(self._kek(kek_version), wrapped, owner, group)

    def secret(self, name: str) -> bytes:
        found = self._secrets.get(name)
        if found is None:
            if name not in SECRETS:
                raise KeyMissing
            found = self._secrets[name] = load(self.folder, f"{name}.key")
        return found

    def create(self) -> list[str]:
        return create_keys(self.folder)

    def renew(self) -> int:
        return create_kek(self.folder)

    def verify(self) -> None:
        """Every key is present, well placed, unreadable to others, and unlike the others."""
        check_folder(self.folder)
        found = versions(self.folder)
        if not found:
            raise KeysAbsent(_absent("kek-1.key"))
        keys = [load(self.folder, f"kek-{version}.key") for version in found]
        keys += [load(self.folder, f"{name}.key") for name in SECRETS]
        if len(set(keys)) != len(keys):
            raise Misplaced(_("Deux clés sont identiques : chaque usage a la sienne."))


@lru_cache(maxsize=8)
def _provider(folder: str, demo: bool, service: tuple[str, ...]) -> KeyProvider:
    if not service:
        return FileProvider(Path(folder))
    from .kms import TransitProvider

    return TransitProvider(Path(folder), *service)


def provider() -> KeyProvider:
    """The provider of the present settings: a key service when it is named, else the folder."""
    demo = bool(settings.DEMO)
    return _provider(str(settings.KEY_DIR), demo, () if demo else tuple(settings.KMS))


def forget() -> None:
    """Drop every key held in memory by this process (a new key-encryption key, a test)."""
    _provider.cache_clear()


# --- the folder -------------------------------------------------------------------------------------------
def create_keys(folder: Path, demo: bool = False) -> list[str]:
    """Make the keys that are missing and return their names. What exists is never overwritten."""
    folder = Path(folder)
    fresh = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    if demo and (fresh or not any(folder.glob("*.key"))):
        made += write_once(folder / DEMO, "demo\n")
    names = [f"{name}.key" for name in SECRETS] + [WEB]
    if not versions(folder):
        names.insert(0, "kek-1.key")
    for name in names:
        text = secrets.token_urlsafe(48) if name == WEB else secrets.token_hex(crypto.KEY_BYTES)
        made += write_once(folder / name, text + "\n")
    forget()
    return made


def create_kek(folder: Path) -> int:
    """Make the next version of the key-encryption key; ``keys.rewrap_all()`` then moves every slot to it."""
    version = max(versions(folder), default=0) + 1
    write_once(folder / f"kek-{version}.key", secrets.token_hex(crypto.KEY_BYTES) + "\n")
    forget()
    return version


def destroy_kek(folder: Path, version: int) -> None:
    """Remove a former version of the key-encryption key. ``keys.forget_kek`` asks first that no slot needs it."""
    (folder / f"kek-{version}.key").unlink()
    forget()


def write_once(path: Path, text: str) -> list[str]:
    """Make the file whole or not at all; what exists is left as it is."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        return []
    finally:
        part.unlink(missing_ok=True)
    return [path.name]


def versions(folder: Path) -> list[int]:
    """The versions of the key-encryption key found in the folder."""
    if not folder.is_dir():
        return []
    return sorted(int(match[1]) for path in folder.iterdir() if (match := KEK.fullmatch(path.name)))


def load(folder: Path, name: str) -> bytes:
    """The 32 bytes of one key, after the rules of placement. Raises Misplaced with one sentence."""
    check_folder(folder)
    path = folder / name
    check_file(path)
    key = _decoded(path.read_text(encoding="ascii", errors="replace").strip())
    if key is None:
        raise Misplaced(_("La clé %(name)s n'est pas lisible : 32 octets en hexadécimal ou base64.") % {"name": name})
    return key


def _decoded(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text) if len(text) == 2 * crypto.KEY_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return key if len(key) == crypto.KEY_BYTES else None


def check_folder(folder: Path) -> None:
    """The folder is outside the data, not writable by others, and is a demonstration's only in a demonstration."""
    real = folder.resolve()
    for setting in ("DATA_DIR", "MEDIA_DIR"):
        place = Path(getattr(settings, setting)).resolve()
        if real == place or place in real.parents:
            raise Misplaced(_("Le dossier des clés est dans les données (%(setting)s).") % {"setting": setting})
    database = settings.DATABASES["default"]
    if "sqlite" in str(database["ENGINE"]) and real == Path(str(database["NAME"])).resolve().parent:
        raise Misplaced(_("Le dossier des clés est celui de la base de données."))
    if not real.is_dir():
        raise KeysAbsent(_("Le dossier des clés est absent : lancez « jalon keys init »."))
    if real.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Misplaced(_("Le dossier des clés peut être modifié par d'autres comptes."))
    if (real / DEMO).exists() and not settings.DEMO:
        raise Misplaced(_("Ces clés sont celles d'une démonstration ; elles ne servent pas hors de « jalon demo »."))
    if settings.DEMO and not (real / DEMO).exists():
        raise Misplaced(_("Une démonstration n'ouvre pas de vraies clés."))


def check_file(path: Path) -> None:
    """The file exists, belongs to the service account, and nobody else can read it."""
    named = {"name": path.name}
    if not path.is_file():
        raise KeysAbsent(_absent(path.name))
    if path.resolve().parent != path.parent.resolve():
        check_folder(path.resolve().parent)
    found = path.stat()
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Misplaced(_("La clé %(name)s est lisible par d'autres comptes : chmod 400.") % named)
    if found.st_uid not in (os.geteuid(), 0):
        raise Misplaced(_("La clé %(name)s n'appartient pas au compte du service.") % named)
    if not os.access(path, os.R_OK):
        raise Misplaced(_("La clé %(name)s n'est pas lisible par le service.") % named)


def _absent(name: str) -> str:
    return _("La clé %(name)s est absente : lancez « jalon keys init ».") % {"name": name}


def verify() -> None:
    """Refuse to go on unless the keys are in place: those of the provider, and the one that signs cookies."""
    folder = Path(settings.KEY_DIR)
    provider().verify()
    check_file(folder / WEB)
    if len((folder / WEB).read_text(encoding="ascii", errors="replace").strip()) < 43:
        raise Misplaced(_("La clé %(name)s est trop courte.") % {"name": WEB})


__all__ = [
    "FileProvider",
    "KeyMissing",
    "KeyProvider",
    "KeysAbsent",
    "Misplaced",
    "Tampered",
    "create_kek",
    "create_keys",
    "forget",
    "provider",
    "verify",
    "write_once",
]
