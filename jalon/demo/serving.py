"""Serve the demonstration: gunicorn where processes fork, Django's own server elsewhere."""

import os
import sys


def command(host: str, port: int) -> list[str]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if hasattr(os, "fork"):
        return [
            *(sys.executable, "-m", "gunicorn", "jalon.config.wsgi:application", "--bind", address),
            *("--config", "python:jalon.config.gunicorn", "--log-level", "warning"),
        ]
    return [sys.executable, "-m", "django", "runserver", "--noreload", "--insecure", address]


def serve(host: str, port: int) -> int:
    """Become the server: the signals of the terminal reach it directly."""
    argv = command(host, port)
    sys.stdout.flush()
    sys.stderr.flush()
    if hasattr(os, "fork"):
        os.execv(argv[0], argv)  # never returns
    import subprocess

    return subprocess.call(argv)
