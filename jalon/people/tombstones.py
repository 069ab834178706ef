"""What was erased, kept outside the server: an older backup, put back, must not bring anybody back.

A signed file: one line for each erased file (a keyed hash of its id, the day, the reason, the archives' visa). It names
nobody, and without the installation's keys it points to nothing. Written beside the anchors of the journal.
"""

import json
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from jalon import journal
from jalon.vault import keys
from jalon.vault.errors import VaultError

from .models import Erasure
from .states import Kept


class BadList(VaultError):
    """The file is not one that this installation signed. The message is one sentence for the operator."""


def mark(dossier_id: str, part: str = Kept.FILE) -> str:
    """What the list keeps of a file, or of a part of it."""
    return keys.mac("tombstone", dossier_id, *([] if part == Kept.FILE else [part])).hex()


def write(folder: Path) -> Path:
    """Sign the list of today; its name says how long the journal was."""
    rows = Erasure.objects.exclude(erased_on=None).order_by("erased_on", "id")
    listed = [
        [mark(pk, part), on.isoformat(), reason, visa]
        for pk, part, on, reason, visa in rows.values_list("dossier_id", "part", "erased_on", "reason", "visa")
    ]
    body = json.dumps({"seq": journal.head()[0], "erased": listed}, separators=(",", ":"))
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"erased-{journal.head()[0]:010d}.json"
    place.write_text(json.dumps({"body": body, "signature": keys.sign(_signed(body)).hex()}) + "\n", encoding="ascii")
    return place


def read(place: Path) -> dict[str, tuple[date, str, str]]:
    """Day, reason and visa by mark. Raises BadList when the signature is not ours."""
    try:
        found = json.loads(place.read_text(encoding="ascii"))
        body, signature = found["body"], bytes.fromhex(found["signature"])
        sound = keys.signature_is_valid(signature, _signed(body))
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise BadList(_("Cette liste d'effacements n'est pas signée par cette installation."))
    return {line[0]: (date.fromisoformat(line[1]), line[2], line[3]) for line in json.loads(body)["erased"]}


def _signed(body: str) -> bytes:
    return b"jalon tombstones\0" + body.encode()
