"""The one way in and the one way out of people's files.

In: ``take`` (antivirus when there is one, then ``files`` in a process apart) gives a ``Clean``; ``keep`` seals it, and
takes nothing else. Out: ``sandboxed``, a download that no page opens.
"""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from jalon.vault import files as sealed
from jalon.vault.models import SealedFile

from . import antivirus, files
from .files import EXTENSION, Clean

MAX_TOTAL = 100 * 1024 * 1024  # bytes for one owner: a dossier, an association
TYPES = {extension: kind for kind, extension in EXTENSION.items()}
SANDBOX = "sandbox; default-src 'none'"


def take(content: bytes, name: str = "") -> Clean:
    """What was sent, rebuilt without hidden data. Raises BadFile."""
    if content:
        antivirus.scan(content)
    return files.check_apart(content, name)


def keep(owner: str, group: str, clean: Clean) -> SealedFile:
    """Seal a rebuilt file; the owner has a key in this group. Raises ValidationError at ``file`` past the limit."""
    if sealed.weight(owner) + len(clean.content) > MAX_TOTAL:
        sentence = _("Ce dossier a déjà 100 Mo de fichiers. Gardez cette pièce sur papier.")
        raise ValidationError({"file": sentence})
    return sealed.store(owner, group, clean.content, {"type": clean.extension})


def sandboxed(file: SealedFile, name: str) -> HttpResponse:
    """A download under a neutral name (``name`` is the id of its row): no script, no frame, nothing guessed."""
    content, meta = sealed.read(file)
    extension = meta.get("type", "bin")
    return HttpResponse(
        content,
        content_type=TYPES.get(extension, "application/octet-stream"),
        headers={
            "Content-Disposition": f'attachment; filename="piece-{name[:6].lower()}.{extension}"',
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
