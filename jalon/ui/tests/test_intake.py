"""The way in and the way out of files: confined, scanned when a daemon is named, limited, never opened by a page."""

import ast
import contextlib
import io
import socket
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

import jalon
from jalon.ui import antivirus, fields, files, intake
from jalon.vault import files as sealed
from jalon.vault import keys

from .test_files import document, picture

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# --- antivirus ------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def clamd(answer=None):
    """A daemon on the loopback: reads INSTREAM, finds EICAR, or answers as told."""
    server = socket.create_server(("127.0.0.1", 0))
    heard = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                wire, _address = server.accept()
                with wire, wire.makefile("rb") as stream:
                    assert stream.read(10) == b"zINSTREAM\0"
                    body = b""
                    while size := int.from_bytes(stream.read(4), "big"):
                        body += stream.read(size)
                    heard.append(body)
                    found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"
                    wire.sendall(found if answer is None else answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}", heard
    finally:
        server.close()


def refused(content, name="x.png"):
    with pytest.raises(ValidationError) as caught:
        fields.UploadField().clean(SimpleUploadedFile(name, content))
    return caught.value.code


def test_the_daemon_hears_what_was_sent_whole_and_its_word_is_final(settings):
    content = picture("PNG", size=(300, 300))
    with clamd() as (address, heard):
        settings.CLAMD = address
        assert fields.UploadField().clean(SimpleUploadedFile("x.png", content)).kind == files.PNG
        assert refused(content + EICAR) == "virus"
        antivirus.scan(bytes(3 * antivirus.PIECE + 1))
    assert [len(body) for body in heard] == [len(content), len(content) + len(EICAR), 3 * antivirus.PIECE + 1]


@pytest.mark.parametrize("answer", [b"", b"stream: size limit exceeded. ERROR\0", b"OK\0"])
def test_without_a_clear_word_nothing_enters(settings, answer):
    with clamd(answer) as (address, _heard):
        settings.CLAMD = address
        assert refused(picture("PNG")) == "unchecked"


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:9", "unix:/nowhere/clamd.ctl", "clamd", "tcp:host:port"])
def test_a_daemon_that_is_named_and_absent_lets_nothing_in(settings, address):
    settings.CLAMD = address
    assert refused(picture("PNG")) == "unchecked"


# --- the process apart ----------------------------------------------------------------------------------------
PROBE = """
import socket, sys
from jalon.ui import files
files._confined(5, files.MEMORY)
done = []
for name, act in {
    "file": lambda: open("/etc/hostname"),
    "temporary": lambda: __import__("tempfile").TemporaryFile(),
    "network": lambda: socket.socket(),
}.items():
    try:
        act()
        done.append(name)
    except Exception:
        pass
sys.stdout.write(" ".join(done))
"""


def test_the_parser_opens_no_file_and_no_socket():
    ran = subprocess.run([sys.executable, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def bomb(size):
    """A page whose drawing instructions swell to ``size`` bytes."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 300))
    page.Contents = pikepdf.Stream(pdf, zlib.compress(bytes(size), 9), Filter=pikepdf.Name.FlateDecode)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_a_bomb_hurts_nobody_else():
    content = bomb(400_000_000)
    assert len(content) < 1_000_000
    with pytest.raises(files.BadFile) as caught:
        files.check_apart(content, "x.pdf", memory=300_000_000)
    assert caught.value.code in {"slow", "unreadable"}
    assert files.check_apart(document(), "x.pdf").pages == 1


def test_what_takes_too_long_is_stopped(monkeypatch):
    spin = [sys.executable, "-I", "-c", "while True: pass"]
    run = subprocess.run
    monkeypatch.setattr(files.subprocess, "run", lambda _argv, **given: run(spin, **{**given, "timeout": 0.2}))
    with pytest.raises(files.BadFile, match="slow"):
        files.check_apart(document(), "x.pdf")


# --- kept, and given back ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_file_is_kept_up_to_the_limit_and_given_back_unopened(settings, tmp_path, monkeypatch):
    settings.MEDIA_DIR = tmp_path
    keys.ensure("dossier-1", "G1")
    clean = intake.take(document(), "scan.pdf")
    file = intake.keep("dossier-1", "G1", clean)
    answer = intake.sandboxed(file, "AbCdEfGhIj")
    assert answer.content == clean.content
    assert answer.headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="piece-abcdef.pdf"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    monkeypatch.setattr(intake, "MAX_TOTAL", sealed.weight("dossier-1") + len(clean.content))
    intake.keep("dossier-1", "G1", clean)
    with pytest.raises(ValidationError) as caught:
        intake.keep("dossier-1", "G1", clean)
    assert list(caught.value.message_dict) == ["file"]


# Who may write bytes into the store: the intake, and the copy of what it kept.
STORES = {"ui/intake.py", "dossiers/actions/packages.py"}


def test_no_other_road_leads_in_or_out():
    """Nothing stores bytes or builds a download of a sealed file outside this module."""
    root = Path(jalon.__file__).parent
    stores, downloads = set(), set()
    for path in root.rglob("*.py"):
        name = str(path.relative_to(root))
        if "tests" in path.parts or name.startswith("vault/"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        named = {(ast.unparse(f.value), f.attr) for f in calls if isinstance(f, ast.Attribute)}
        if named & {("files", "store"), ("sealed", "store")}:
            stores.add(name)
        if named & {("files", "read"), ("sealed", "read")}:
            downloads.add(name)
    assert stores == STORES
    assert downloads == STORES
