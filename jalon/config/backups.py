"""``jalon backup DIR``, ``jalon restore DIR``, ``jalon restore --drill``.

A backup is two folders: the data (rows, files, manifest), and the keyring, to be kept elsewhere: one without the other
opens nothing, and neither holds the key-encryption keys. The manifest is signed by the installation.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from jalon import journal
from jalon.access import SYSTEM
from jalon.accounts.models import KeptForm
from jalon.config import clock
from jalon.config.start import RESTORED
from jalon.journal.verify import verify
from jalon.people import tombstones
from jalon.people.actions import replay_erasures
from jalon.vault import archive, keys, providers
from jalon.vault.errors import KeyMissing
from jalon.vault.models import Sealed

FORMAT = 1
IDENTITY = "backup.age"  # in the key folder, when no recipient is named: copy it away from the machine
MANIFEST, RING = "manifest.json", "keyring.age"
NAMED = "jalon-%Y%m%dT%H%M%SZ"
# Nobody is signed in after a restoration; a link that was used, a text that was sent or thrown away, do not come back.
SESSIONS = ("accounts.WebSession", "accounts.Invitation", KeptForm._meta.label)
PROBES = 30


class Refusal(Exception):
    """One sentence for the operator."""


# --- making ---------------------------------------------------------------------------------------------------------
def backup(folder: Path, keyring: Path | None = None) -> Path:
    """Write a backup into ``folder``, its keyring into ``keyring`` (beside it by default); returns the data's place."""
    providers.verify()
    recipients = settings.BACKUP_RECIPIENTS or [archive.recipient_of(_own_identity())]
    name = f"{clock.machine().astimezone(UTC):{NAMED}}"
    place = folder / name
    apart = (keyring or folder) / f"{name}-keyring"
    for one in (place, apart):
        one.mkdir(parents=True, mode=0o700)
    try:
        return _write(place, apart, recipients)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(apart, ignore_errors=True)
        raise


def prune(folder: Path, keyring: Path | None = None) -> tuple[int, int]:
    """Remove the backups and the keyrings whose time is over (``BACKUP_DAYS``, ``KEYRING_DAYS``); return how many.

    Only what this command makes, by its name and what is in it; the latest of each stays whatever its age.
    """
    kinds = ((folder, "", MANIFEST, settings.BACKUP_DAYS), (keyring or folder, "-keyring", RING, settings.KEYRING_DAYS))
    removed = []
    for where, suffix, inside, days in kinds:
        found = sorted(
            (made, place)
            for place in where.glob(f"jalon-*Z{suffix}")
            if (made := _made_at(place.name.removesuffix(suffix))) and (place / inside).is_file()
        )
        over = [place for made, place in found[:-1] if days and clock.machine() - made > timedelta(days=days)]
        for place in over:
            shutil.rmtree(place)
        removed.append(len(over))
    return removed[0], removed[1]


def _made_at(name: str) -> datetime | None:
    """When a backup of this name was made; nothing for a name that is not one of ours."""
    with suppress(ValueError):
        return datetime.strptime(name, NAMED).replace(tzinfo=UTC)
    return None


def _write(place: Path, apart: Path, recipients: Sequence[str]) -> Path:
    with transaction.atomic():
        journal.record(SYSTEM, "make_backup")
    data = archive.kept([archive.KEYRING, *SESSIONS])
    ring = [apps.get_model(archive.KEYRING)]
    with _snapshot():
        seq, head = journal.head()
        left = sorted(KeptForm.objects.values_list("pk", flat=True))
        with archive.sealing(place / "data.age", recipients) as stream:
            rows = archive.write_rows(stream, data)
        with archive.sealing(apart / "keyring.age", recipients) as stream:
            rows |= archive.write_rows(stream, ring)
    with archive.sealing(place / "media.age", recipients) as stream:
        files = archive.write_files(stream, Path(settings.MEDIA_DIR))
    archives = {path.name: path for path in (place / "data.age", place / "media.age", apart / "keyring.age")}
    told = {
        "format": FORMAT,
        "made_at": clock.machine().isoformat(),
        "rows": rows,
        "files": files,
        "journal": {"seq": seq, "hash": head},
        "left": left,  # ids of sealed rows that the trail knows and that the backup leaves: restoring tells their end
        "migrations": _migrations(),
        "archives": {n: {"bytes": p.stat().st_size, "sha256": archive.digest(p)} for n, p in archives.items()},
    }
    body = json.dumps(told, sort_keys=True)
    signed = json.dumps({"body": body, "signature": keys.sign(_signed(body)).hex()}, indent=1)
    (place / MANIFEST).write_text(signed + "\n", encoding="utf-8")
    return place


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the database for all the reads, without stopping those who write."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _own_identity() -> str:
    """The installation's own age identity, made at the first backup when no recipient is named."""
    place = Path(settings.KEY_DIR) / IDENTITY
    if not place.exists():
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write(archive.new_identity() + "\n")
    return place.read_text(encoding="ascii")


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _signed(body: str) -> bytes:
    return b"jalon backup\0" + body.encode()


# --- putting back ---------------------------------------------------------------------------------------------------
def restore(
    folder: Path, *, identities: Sequence[str] = (), keyring: Path | None = None, erased: Path | None = None
) -> dict[str, Any]:
    """Put a backup into the empty place that the settings name. All of it, or nothing.

    ``erased`` is the latest list of erasures: whoever was erased since is erased again. Without it, servers refuse to
    start until it is replayed. Returns the manifest and ``opened``, the number of sealed records read again.
    """
    providers.verify()
    again = tombstones.read(erased) if erased else None
    place = _one_of(folder)
    apart = (keyring or place.parent) / f"{place.name}-keyring"
    told = manifest(place)
    paths = {name: (apart if name == "keyring.age" else place) / name for name in told["archives"]}
    for name, path in paths.items():
        if not path.is_file() or archive.digest(path) != told["archives"][name]["sha256"]:
            raise Refusal(_("L'archive %(name)s manque ou n'est pas celle de cette sauvegarde.") % {"name": name})
    opened_by = list(identities) or [_own_identity()]
    media = Path(settings.MEDIA_DIR)
    if any(path.is_file() for path in media.rglob("*")):
        raise Refusal(_("Le dossier des fichiers n'est pas vide."))
    call_command("migrate", verbosity=0)
    if _migrations() != told["migrations"]:
        raise Refusal(_("Cette sauvegarde vient d'une autre version de Jalon : restaurez avec cette version-là."))
    if archive.filled(archive.kept([*SESSIONS])):
        raise Refusal(_("La base n'est pas vide : une restauration n'écrase rien."))
    closed = settings.DATA_DIR / RESTORED
    closed.touch()  # before the first row: no server starts on a file that should have been erased
    try:
        with transaction.atomic():
            rows: dict[str, int] = {}
            for name in ("data.age", "keyring.age"):
                with archive.opening(paths[name], opened_by) as stream:
                    rows |= archive.read_rows(stream)
            archive.renumber()
            if rows != told["rows"] or list(journal.head()) != [told["journal"]["seq"], told["journal"]["hash"]]:
                raise Refusal(_("Ce qui a été lu n'est pas ce que la sauvegarde annonce."))
            media.mkdir(parents=True, exist_ok=True)
            with archive.opening(paths["media.age"], opened_by) as stream:
                if archive.read_files(stream, media) != told["files"]:
                    raise Refusal(_("Ce qui a été lu n'est pas ce que la sauvegarde annonce."))
            opened = probe()
            gone = [KeptForm(pk=pk) for pk in told.get("left", ())]
            journal.record(SYSTEM, "restore_backup", count=sum(rows.values()), gone=gone)
    except BaseException:
        shutil.rmtree(media, ignore_errors=True)
        closed.unlink(missing_ok=True)
        raise
    report = verify()
    if report.status:
        raise Refusal(_("Le journal restauré n'est pas entier."))
    if again is not None:
        with journal.collecting():
            replay_erasures(again)
        closed.unlink()
    return {**told, "opened": opened}


def manifest(place: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises Refusal when this installation did not sign it."""
    try:
        found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        body, signature = found["body"], bytes.fromhex(found["signature"])
        sound = keys.signature_is_valid(signature, _signed(body))
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise Refusal(_("Ce dossier n'est pas une sauvegarde signée par cette installation."))
    told: dict[str, Any] = json.loads(body)
    return told


def _one_of(folder: Path) -> Path:
    """The folder of a backup, or the latest backup that it holds."""
    if (folder / MANIFEST).is_file():
        return folder
    found = sorted(path.parent for path in folder.glob(f"jalon-*/{MANIFEST}"))
    if not found:
        raise Refusal(_("Aucune sauvegarde dans %(folder)s.") % {"folder": folder})
    return found[-1]


def probe(most: int = PROBES) -> int:
    """Open sealed records of every kind; raises Tampered when one is not whole. How many were opened."""
    count = 0
    for model in apps.get_models():
        if issubclass(model, Sealed):
            for row in model._base_manager.exclude(sealed=b"").order_by("?")[:most]:
                with suppress(KeyMissing):  # its key was destroyed: a window that closed, a file that was erased
                    row.unseal()
                    count += 1
    return count


# --- rehearsing -------------------------------------------------------------------------------------------------------
def drill(folder: Path | None, *, identities: Sequence[str] = (), keyring: Path | None = None) -> dict[str, float]:
    """Restore into an empty place that is thrown away, in a process of its own; seconds of each step."""
    with tempfile.TemporaryDirectory(prefix="jalon-drill-") as name:
        spent: dict[str, float] = {}
        start = time.monotonic()
        if folder is None:
            folder = backup(Path(name) / "backup")
            keyring = None
            spent["backup"] = time.monotonic() - start
        start = time.monotonic()
        data = Path(name) / "data"
        environment = {
            **os.environ,
            "JALON_DATA_DIR": str(data),
            "JALON_MEDIA_DIR": str(data / "media"),
            "JALON_KEY_DIR": str(settings.KEY_DIR),
            "DATABASE_URL": f"sqlite:///{data / 'jalon.sqlite3'}",
        }
        data.mkdir()
        command = [sys.executable, "-m", "jalon.cli", "restore", str(folder)]
        command += ["--keyring", str(keyring)] if keyring else []
        ids = Path(name) / "ids"
        if identities:
            with os.fdopen(os.open(ids, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
                file.write("\n".join(identities))
            command += ["--identity", str(ids)]
        # our own program, on paths of the operator
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refusal(done.stdout.strip() or done.stderr.strip()[-500:])
        spent["restore"] = time.monotonic() - start
        return spent
