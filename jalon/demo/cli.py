"""``jalon demo``: make what is missing, load the world, serve it. Progress goes to standard error."""

import argparse
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from . import folder
from .folder import Mark, environment

__all__ = ["environment", "main"]

HOST, PORT = "127.0.0.1", 8000
EVERYWHERE = ("0.0.0.0", "::", "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jalon demo", description="Serve a demonstration world. All persons are invented."
    )
    parser.add_argument("--world", choices=folder.WORLDS, help="story (default) or proof")
    parser.add_argument("--data", type=Path, default=folder.DEFAULT, metavar="DIR", help="where it lives (var/demo)")
    parser.add_argument("--host", help="127.0.0.1 unless said otherwise")
    parser.add_argument("--port", type=int, help="8000 unless said otherwise")
    parser.add_argument("--now", metavar="ISO", help="the present of the world proof (2026-03-16T10:00)")
    parser.add_argument("--mail-sink", default="", metavar="DIR", help="each mail is written here, one file each")
    parser.add_argument("--sms-sink", default="", metavar="DIR", help="each SMS is written here, one file each")
    parser.add_argument("--reset", action="store_true", help="forget what was loaded and start again")
    parser.add_argument("--no-serve", action="store_true", help="load, print the accounts, and stop")
    parser.add_argument("--accounts", action="store_true", help="print accounts, dossiers and meetings as JSON")
    parser.add_argument("--figures", action="store_true", help="print the figures of the world as JSON")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Returns the exit status; serving replaces this process."""
    given = _parser().parse_args(argv)
    started = time.monotonic()
    data: Path = given.data.resolve()
    if given.reset:
        folder.erase(data)
    wanted = _wanted(given, folder.read_mark(data))
    if isinstance(wanted, str):
        print(f"jalon demo: {wanted}", file=sys.stderr)
        return 2
    prepare(data, wanted, given.host or HOST)
    mark = ensure(data, wanted)
    if given.accounts or given.figures:
        from . import figures, listing

        found = listing.listing(data, mark) if given.accounts else figures.figures(data, mark)
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    from . import listing, serving

    print(listing.table(data, mark))
    print(f"\n{_ready(mark, time.monotonic() - started)}")
    if given.no_serve:
        return 0
    known = urlsplit(mark.base_url)
    return serving.serve(given.host or known.hostname or HOST, given.port or known.port or PORT)


def _ready(mark: Mark, seconds: float) -> str:
    space = folder.space_url(mark.base_url)
    return f"Jalon, monde « {mark.world} » : {mark.base_url} ; les personnes : {space}   (prêt en {seconds:.1f} s)"


def _wanted(given: argparse.Namespace, known: Mark | None) -> Mark | str:
    """The demonstration asked for, or one sentence that says why it cannot be."""
    world = given.world or (known.world if known else "story")
    if known is not None and known.loaded and known.world != world:
        return f"{given.data} holds the world « {known.world} »: add --reset, or choose another --data"
    now = given.now or (known.now if known else "") or folder.DEFAULT_NOW
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        return f"--now {now}: expected a day and an hour such as {folder.DEFAULT_NOW}"
    if known is not None and known.loaded and known.now and known.now != now:
        return f"{given.data} was loaded with --now {known.now}: add --reset to change it"
    return Mark(
        world=world,
        days=folder.STORY_DAYS if world == "story" else {"*": moment.date().isoformat()},
        now="" if world == "story" else now,
        mail_sink=str(Path(given.mail_sink).resolve()) if given.mail_sink else (known.mail_sink if known else ""),
        sms_sink=str(Path(given.sms_sink).resolve()) if given.sms_sink else (known.sms_sink if known else ""),
        base_url=_base_url(given, known),
        loaded=known.loaded if known else False,
        ids=known.ids if known else {},
    )


def _base_url(given: argparse.Namespace, known: Mark | None) -> str:
    """Where it answers: as asked, else as the last time."""
    if known is not None and given.host is None and given.port is None:
        return known.base_url
    host = "127.0.0.1" if given.host in (None, *EVERYWHERE) else given.host
    return f"http://[{host}]:{given.port or PORT}" if ":" in host else f"http://{host}:{given.port or PORT}"


def prepare(data: Path, mark: Mark, host: str = HOST) -> None:
    """Keys, folders and environment; then Django."""
    if not mark.loaded and (data / folder.DATABASE).exists():
        folder.erase(data)  # a load that was interrupted: nothing of it is kept
    os.environ.update(JALON_MAIL_SINK="", JALON_SMS_SINK="")
    environment(data, mail_sink=mark.mail_sink, sms_sink=mark.sms_sink, base_url=mark.base_url)
    if host not in {"127.0.0.1", "localhost", "::1"}:
        os.environ["JALON_HOSTS"] = "*" if host in EVERYWHERE else f"localhost,127.0.0.1,{host}"
    from jalon.vault.providers import create_keys

    create_keys(folder.keys_of(data), demo=True)
    import django

    django.setup()


def ensure(data: Path, mark: Mark) -> Mark:
    """Load the world when it is not there yet."""
    from django.conf import settings

    mark.mail_sink, mark.sms_sink = settings.MAIL_SINK, settings.SMS_SINK
    if not mark.loaded:
        from .loading import load

        mark.save(data)
        load(data, mark)
        mark.loaded = True
    mark.save(data)
    return mark
