"""An antivirus daemon (clamd), when the installation names one: then no file enters without its word.

``JALON_CLAMD`` is ``unix:/run/clamav/clamd.ctl`` or ``tcp:127.0.0.1:3310``. The bytes go through a socket (INSTREAM),
never through a file: a length on four bytes before each piece, an empty piece at the end, one line in answer.
"""

import logging
import socket

from django.conf import settings

from .files import BadFile

log = logging.getLogger(__name__)

PIECE = 64 * 1024
SECONDS = 20.0
REST = 1024


def scan(content: bytes) -> None:
    """Silent when no daemon is named or the file is clean. Raises BadFile: ``virus``, or ``unchecked`` for no word."""
    if not settings.CLAMD:
        return
    try:
        answer = _ask(settings.CLAMD, content)
    except (OSError, ValueError) as error:
        log.error("the antivirus does not answer: %s", type(error).__name__)
        raise BadFile("unchecked") from None
    if answer.endswith("FOUND"):
        raise BadFile("virus")
    if answer != "stream: OK":
        log.error("the antivirus gave no verdict")
        raise BadFile("unchecked")


def _ask(address: str, content: bytes) -> str:
    with _connected(address) as wire:
        wire.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), PIECE):
            piece = content[at : at + PIECE]
            wire.sendall(len(piece).to_bytes(4, "big") + piece)
        wire.sendall(bytes(4))
        answer = b""
        while len(answer) < REST and (more := wire.recv(REST)):
            answer += more
    return answer.rstrip(b"\0\n").decode("ascii", "replace")


def _connected(address: str) -> socket.socket:
    kind, _colon, place = address.partition(":")
    if kind == "unix":
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(SECONDS)
        wire.connect(place)
        return wire
    if kind == "tcp":
        host, _colon, port = place.rpartition(":")
        return socket.create_connection((host, int(port)), SECONDS)
    raise ValueError
