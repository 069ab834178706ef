"""Settings of gunicorn (``-c python:jalon.config.gunicorn``), for the demonstration and for real.

A client that begins a request and falls silent would keep one of a few threads for ever: after five seconds it is let
go. The sockets that are accepted inherit the option of the one that listens; what is sent to slow clients is not timed.
Clients slower than the proxy lets through are its business: docs/deploy/nginx.conf.
"""

import socket
import struct
from typing import Any

SILENT_SECONDS = 5

workers, threads, worker_class = 2, 4, "gthread"
control_socket_disable = True
# Nothing that a client says of its way here is believed at this level; ``JALON_BEHIND_PROXY`` decides in the settings.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def when_ready(server: Any) -> None:
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENT_SECONDS, 0))
