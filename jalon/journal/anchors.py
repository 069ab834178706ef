"""Heads of the trail, signed and kept elsewhere: a chain cannot show that its own end was cut, an anchor does.

An anchor is a small JSON file for a second organisation's keeping, or a short code printed at the foot of minutes.
"""

import base64
import json
import os
from pathlib import Path
from typing import NamedTuple

from jalon.config import clock
from jalon.vault import crypto, keys

from . import trail

PATTERN = "anchor-*.json"


class Anchor(NamedTuple):
    """A head that was seen at an instant. ``sound`` is false when its file is unreadable or wrongly signed."""

    seq: int
    hash: str
    at: str
    sound: bool
    name: str


def write(folder: Path) -> Path | None:
    """Sign the present head into ``folder``; return the file, or None when the trail is empty."""
    seq, head = trail.head()
    if not seq:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"anchor-{seq:012d}.json"
    at = clock.now().isoformat(timespec="seconds")
    content = {
        "seq": seq,
        "hash": head,
        "at": at,
        "key": keys.public_key().hex(),
        "signature": keys.sign(_message(seq, head, at)).hex(),
    }
    part = place.with_suffix(".part")
    with part.open("w", encoding="ascii") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.rename(place)
    return place


def read(folder: Path) -> list[Anchor]:
    """The anchors of a folder, in the order of their names, unsound ones included."""
    return [_read(place) for place in sorted(folder.glob(PATTERN))]


def _read(place: Path) -> Anchor:
    try:
        content = json.loads(place.read_text(encoding="ascii"))
        seq, head, at = int(content["seq"]), str(content["hash"]), str(content["at"])
        sound = keys.signature_is_valid(bytes.fromhex(content["signature"]), _message(seq, head, at))
    except (ValueError, KeyError, TypeError, OSError):
        return Anchor(0, "", "", False, place.name)
    return Anchor(seq, head, at, sound, place.name)


def _message(seq: int, head: str, at: str) -> bytes:
    return crypto.prefixed("jalon-anchor-1", seq, head, at)


def short_code(seq: int, head: str) -> str:
    """An anchor for paper: the sequence and 60 bits of the head, as 1234-ABCD-EFGH-IJKL."""
    letters = base64.b32encode(bytes.fromhex(crypto.sha256(crypto.prefixed(seq, head)))).decode()
    return f"{seq}-{letters[:4]}-{letters[4:8]}-{letters[8:12]}"


def paper_code() -> str:
    """The short code of the present head, for the foot of a session's minutes."""
    return short_code(*trail.head())
