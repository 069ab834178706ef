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
# Nobody is believed by this server about the scheme or the path, on the same machine either: behind a proxy,
# ``JALON_BEHIND_PROXY`` says which header is read, and by whom.
forwarded_allow_ips, forwarder_headers = "", ""
secure_scheme_headers: dict[str, str] = {}


def when_ready(server: Any) -> None:
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENT_SECONDS, 0))
