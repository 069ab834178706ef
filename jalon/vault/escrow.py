"""The escrow: three papers, any two of which open the keys again when the key folder is lost.

``make`` draws a key pair. The public half stays in the key folder (``escrow.pub``) and seals every key of the folder
into one file of the data folder (``escrow.sealed``), again at each renewal: papers last, the file goes with the backups
and opens nothing without them. The private half is never written to a disk. It is split by XOR once for each pair of
custodians (A-B, A-C, B-C): one half is drawn at random, the other is what it lacks. One paper alone is only chance.

A paper has two lines, one for each of the other two custodians:

    AB1 2f0c-77d1-…-9a31   pair AB, first half: 32 bytes in hexadecimal by groups of four, then four digits of control
"""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from . import crypto, providers
from .errors import BadShares, KeyMissing, Misplaced, Tampered
from .models import KeySlot

PUBLIC = "escrow.pub"
BUNDLE = "escrow.sealed"
PURPOSE = "escrow"
CUSTODIANS = ("A", "B", "C")
PAIRS = ("AB", "AC", "BC")
LINE = re.compile(r"(AB|AC|BC)([12])([0-9a-f]{68})")


@dataclass(frozen=True, slots=True)
class Paper:
    """What one custodian keeps: ``lines`` to type back, ``mark`` the first digits of the public key."""

    custodian: str
    mark: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """What an exercise found: keys rebuilt, those that differ from the folder's, slots opened, versions without key."""

    names: tuple[str, ...]
    differing: tuple[str, ...]
    opened: int
    closed: int

    @property
    def passed(self) -> bool:
        return bool(self.names) and not self.differing and not self.closed


def bundle_path() -> Path:
    return Path(settings.DATA_DIR) / BUNDLE


# --- making -----------------------------------------------------------------------------------------------
def make(folder: Path, replace: bool = False) -> list[Paper]:
    """Draw the escrow key, seal the keys of the folder for it, and return the three papers: they exist nowhere else."""
    if settings.KMS:
        raise Misplaced(_("La clé d'enveloppe est au service de clés : c'est lui qui en garde la copie de secours."))
    if (folder / PUBLIC).exists():
        if not replace:
            raise Misplaced(
                _("Trois parts existent déjà. Pour les remplacer : jalon keys escrow --replace, puis détruisez-les.")
            )
        (folder / PUBLIC).unlink()
    private = secrets.token_bytes(crypto.KEY_BYTES)
    public = crypto.recipient_of(private)
    providers.write_once(folder / PUBLIC, public.hex() + "\n")
    refresh(folder)
    return split(private)


def split(private: bytes) -> list[Paper]:
    """The three papers of a private key."""
    lines: dict[str, list[str]] = {name: [] for name in CUSTODIANS}
    for pair in PAIRS:
        drawn = secrets.token_bytes(len(private))
        for half, (custodian, part) in enumerate(zip(pair, (drawn, _xor(private, drawn)), strict=True), start=1):
            lines[custodian].append(_line(f"{pair}{half}", part))
    mark = crypto.recipient_of(private).hex()[:8]
    return [Paper(name, mark, tuple(found)) for name, found in lines.items()]


def refresh(folder: Path) -> bool:
    """Seal the keys of the folder for the escrow; False when there is none. Called at each renewal."""
    if not (folder / PUBLIC).exists() or settings.KMS:
        return False
    public = providers.load(folder, PUBLIC)
    names = [f"kek-{version}.key" for version in providers.versions(folder)]
    names += [f"{name}.key" for name in providers.SECRETS]
    keys = {name: providers.load(folder, name).hex() for name in names}
    place = bundle_path()
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.unlink(missing_ok=True)
    providers.write_once(part, (public + crypto.seal_for(public, PURPOSE, crypto.canonical(keys))).hex() + "\n")
    part.chmod(0o600)
    part.replace(place)
    return True


# --- opening ----------------------------------------------------------------------------------------------
def rebuild(typed: Iterable[str]) -> bytes:
    """The private key from the lines of two papers. Raises BadShares with one sentence."""
    halves: dict[str, dict[str, bytes]] = {}
    for number, text in enumerate(typed, start=1):
        squeezed = re.sub(r"[\s-]", "", text)
        if not squeezed:
            continue
        match = LINE.fullmatch(squeezed[:3].upper() + squeezed[3:].lower())
        raw = bytes.fromhex(match[3]) if match else b""
        if match is None or raw[-2:] != _control(match[1] + match[2], raw[:-2]):
            raise BadShares(_("La ligne %(number)d est mal recopiée : relisez-la.") % {"number": number})
        halves.setdefault(match[1], {})[match[2]] = raw[:-2]
    whole = next((found for found in halves.values() if len(found) == 2), None)
    if whole is None:
        raise BadShares(_("Il faut les parts de deux personnes différentes."))
    return _xor(whole["1"], whole["2"])


def read(private: bytes, bundle: Path | None = None) -> dict[str, bytes]:
    """The keys of the sealed file by name. Raises BadShares when these papers are not those of this file."""
    try:
        raw = bytes.fromhex((bundle or bundle_path()).read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise BadShares(_("Le fichier %(name)s est absent.") % {"name": BUNDLE}) from None
    except ValueError:
        raise BadShares(_("Le fichier %(name)s est abîmé.") % {"name": BUNDLE}) from None
    public, sealed = raw[: crypto.KEY_BYTES], raw[crypto.KEY_BYTES :]
    if crypto.recipient_of(private) != public:
        raise BadShares(_("Ces parts sont celles d'une autre clé de secours."))
    try:
        found = json.loads(crypto.open_with(private, PURPOSE, sealed))
    except Tampered:
        raise BadShares(_("Le fichier %(name)s est abîmé.") % {"name": BUNDLE}) from None
    return {name: bytes.fromhex(text) for name, text in found.items()}


def drill(typed: Iterable[str], folder: Path, bundle: Path | None = None) -> Drill:
    """Rebuild the keys in memory, compare them with the folder if it is here, open one slot of each version."""
    keys = read(rebuild(typed), bundle)
    differing = [name for name in keys if (folder / name).exists() and providers.load(folder, name) != keys[name]]
    differing += [f"kek-{n}.key" for n in providers.versions(folder) if f"kek-{n}.key" not in keys]
    opened = closed = 0
    slots = KeySlot.objects.filter(slot_type=KeySlot.SlotType.KEK)
    try:
        held = sorted(set(slots.values_list("kek_version", flat=True)))
    except DatabaseError:
        held = []  # the keys alone were brought here
    for version in held:
        slot = slots.filter(kek_version=version).order_by("id").last()
        kek = keys.get(f"kek-{version}.key")
        try:
            if slot is None or kek is None:
                raise KeyMissing
            crypto.unwrap_key(crypto.cipher(kek), bytes(slot.wrapped), slot.owner, slot.group)
            opened += 1
        except (KeyMissing, Tampered):
            closed += 1
    return Drill(tuple(keys), tuple(differing), opened, closed)


def restore(typed: Iterable[str], folder: Path, bundle: Path | None = None) -> list[str]:
    """Write the keys into a folder that lacks them; return the names. What exists is never overwritten."""
    private = rebuild(typed)
    keys = read(private, bundle)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name, key in keys.items() for name in providers.write_once(folder / name, key.hex() + "\n")]
    made += providers.write_once(folder / PUBLIC, crypto.recipient_of(private).hex() + "\n")
    providers.forget()
    return made


def _line(name: str, part: bytes) -> str:
    digits = (part + _control(name, part)).hex()
    return f"{name} " + "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _control(name: str, part: bytes) -> bytes:
    return bytes.fromhex(crypto.sha256(name.encode() + part)[:4])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
