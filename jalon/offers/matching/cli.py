"""The command ``jalon match [FILE]``: one JSON object in, one out."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jalon.offers.matching import compute


def main(argv: Sequence[str] | None = None) -> int:
    """Answer FILE or standard input; 2 with one line on standard error when there is nothing to answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(
        prog="jalon match", description="Match projects with job offers and trainings, on rules."
    )
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="- or absent: standard input")
    try:
        options = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return int(stop.code or 0)
    try:
        text = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        sys.stdout.buffer.write(compute.run(text) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader is gone: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, RecursionError) as problem:
        print(f"jalon match: {' '.join(str(problem).split())[:300]}", file=sys.stderr)
        return 2
    return 0
