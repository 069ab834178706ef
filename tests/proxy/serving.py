"""The proxy that ships (``docs/deploy/nginx.conf``) as a child process, before gunicorn as an installation runs it.

Only what ``shipped`` lists differs from the file: places, ports, and the address of an example.
"""

import getpass
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.serving import PATIENCE, ROOT, Server, free_port

SHIPPED = ROOT / "docs" / "deploy" / "nginx.conf"
STAFF, HERS = "jalon.example", "agenda.example"
OFFICE = "127.0.0.10"  # the address that the file lets ask more
UNUSED = ("fastcgi", "uwsgi", "scgi")  # nginx makes the folders of these at its start, even so


def nginx() -> str:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin") or ""


@dataclass
class Application(Server):
    """gunicorn with the project's settings on a socket that the proxy alone reaches, for two names under TLS."""

    def __post_init__(self) -> None:
        self.base_url, self.space_url = f"https://{STAFF}", f"https://{HERS}"

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"JALON_HOSTS": f"{STAFF},{HERS}", "JALON_BEHIND_PROXY": "1"}

    @property
    def socket(self) -> Path:
        return self.data.parent / "jalon.sock"

    def start(self) -> None:
        command = (sys.executable, "-m", "gunicorn", "-c", "python:jalon.config.gunicorn", "--log-level", "warning")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--bind", f"unix:{self.socket}", "tests.browser.served:application"],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and self.process.poll() is None:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as link:
                link.settimeout(PATIENCE)
                link.connect(str(self.socket))
                link.sendall(f"GET /robots.txt HTTP/1.0\r\nHost: {STAFF}\r\nX-Forwarded-Proto: https\r\n\r\n".encode())
                if link.recv(12).endswith(b"200"):
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the application did not start:\n{self.log.read_text()[-4000:]}")


class Spy:
    """Between the proxy and the application: what each connection said, whole."""

    def __init__(self, place: Path, target: Path) -> None:
        self.heard: list[bytearray] = []
        self.target = str(target)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(place))
        self.listener.listen(64)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
                far.connect(self.target)
                said = bytearray()
                self.heard.append(said)
                for one in ((near, far, said), (far, near, bytearray())):
                    threading.Thread(target=self._pump, args=one, daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while some := source.recv(65536):
                kept += some
                target.sendall(some)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@dataclass
class Proxy:
    folder: Path
    tls: int
    clear: int
    process: "subprocess.Popen[bytes] | None" = None
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def link(self, name: str = STAFF, source: str = "127.0.0.1") -> "Link":
        return Link(self, name, source)

    def ask(
        self, path: str, name: str = STAFF, source: str = "127.0.0.1", method: str = "GET",
        headers: dict[str, str] | None = None, body: bytes | None = None,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:  # fmt: skip
        link = self.link(name, source)
        try:
            link.request(method, path, body, headers or {})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    def raw(self, name: str = STAFF, source: str = "127.0.0.1", context: Any = None) -> ssl.SSLSocket:
        bare = socket.create_connection(("127.0.0.1", self.tls), timeout=30, source_address=(source, 0))
        return (context or self.context).wrap_socket(bare, server_hostname=name or None)

    def written(self) -> list[Path]:
        """The files of bodies and answers: nginx takes their names away at once, and keeps them open."""
        assert self.process is not None
        workers = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        opened = [one for worker in workers for one in Path(f"/proc/{worker}/fd").iterdir()]
        places = tuple(str(self.folder / name) for name in ("bodies", "answers"))
        return [one for one in opened if os.readlink(one).startswith(places)]

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


class Link(http.client.HTTPSConnection):
    """As a browser asks on port 443: the ports of the test are seen by nobody."""

    def __init__(self, proxy: Proxy, name: str, source: str) -> None:
        super().__init__(name, 443, context=proxy.context, timeout=30)
        self.proxy, self.name, self.source = proxy, name, source

    def connect(self) -> None:
        self.sock = self.proxy.raw(self.name, self.source)


def shipped(folder: Path, upstream: Path, tls: int, clear: int) -> str:
    """The file, with the places of this test. Raises when it no longer says what is replaced."""
    six = socket.has_ipv6 and Path("/proc/net/if_inet6").exists()
    text = SHIPPED.read_text(encoding="utf-8")
    for said, here in {
        "user www-data;": f"user {getpass.getuser()};",
        "worker_processes auto;": "worker_processes 2;",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx/": f"{folder}/",
        "/run/nginx-": f"{folder}/",
        "/etc/jalon/tls/": f"{folder}/",
        "unix:/run/jalon/jalon.sock": f"unix:{upstream}",
        "192.0.2.10 1;": f"{OFFICE} 1;",
        "listen 443": f"listen 127.0.0.1:{tls}",
        "listen 80": f"listen 127.0.0.1:{clear}",
        "http {\n": "http {\n" + "".join(f"    {name}_temp_path {folder}/{name};\n" for name in UNUSED),
    }.items():
        assert said in text, said
        text = text.replace(said, here)
    text = text.replace("listen [::]:443", f"listen [::1]:{tls}").replace("listen [::]:80", f"listen [::1]:{clear}")
    return text if six else re.sub(r"listen \[::1\][^;]*;", "", text)


def certificate(folder: Path, name: str) -> None:
    """A throwaway one, for one name."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def proxy(folder: Path, upstream: Path, **changed: str) -> Iterator[Proxy]:
    """nginx on free ports. ``changed``: for a counter-proof, a directive by name and what it says instead."""
    folder.mkdir(parents=True)
    served = Proxy(folder, free_port(), free_port())
    text = shipped(folder, upstream, served.tls, served.clear)
    for name, value in changed.items():
        text, count = re.subn(rf"^    {name} [^;]+;", f"    {name} {value};", text, flags=re.M)
        assert count == 1, name
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    for name in (STAFF, HERS):
        certificate(folder, name)
        served.context.load_verify_locations(folder / f"{name}.pem")
    with (folder / "start.log").open("wb") as log:
        served.process = subprocess.Popen(
            [nginx(), "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"], stdout=log, stderr=log
        )
    try:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            assert served.process.poll() is None, (folder / "start.log").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", served.tls), timeout=2):
                break
            time.sleep(0.02)
        yield served
    finally:
        served.process.terminate()
        served.process.wait(20)
