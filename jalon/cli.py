"""The command ``jalon``. Each subject is answered by its own room; Django is set up only when it is needed."""

import os
import sys
from pathlib import Path

USAGE = """jalon: the shared case platform of the exit pathway

  jalon demo [--world story|proof] [--data DIR] …   serve a demonstration world
  jalon law compute|explain|parameters …            the law as dated data
  jalon match [FILE]                                projects matched with offers, JSON in and out
  jalon journal verify|anchor …                     is the trail whole?
  jalon backup DIR · restore DIR · restore --drill  sealed backups, put back, rehearsed
  jalon offers fetch|mirror|import-… …              job offers, trainings, services, ROME
  jalon keys init|status|renew|reencrypt|escrow …   make, check, renew the keys; the papers that open them again
  jalon bench [--size N] [--quick] [--json]         measure, as ratios, in one run
  jalon manage …                                    Django's own commands
"""


def main(argv: list[str] | None = None) -> int:
    """Dispatch; returns the exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or args[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0
    command, rest = args[0], args[1:]
    if command == "law":
        from jalon.law.cli import main as law

        return law(rest)
    if command == "match":
        from jalon.offers.matching.cli import main as match

        return match(rest)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jalon.config.settings")
    if command == "demo":
        from jalon.demo.cli import main as demo

        return demo(rest)
    if command == "bench":
        from tests.bench.run import main as bench  # a tool of the source tree, not of an installation

        return bench(rest)
    if command == "keys":
        return _keys(rest)
    if command == "journal":
        return _journal(rest)
    if command in {"backup", "restore"}:
        return _backups(command, rest)
    if command == "offers":
        return _offers(rest)
    if command == "manage":
        from django.conf import settings
        from django.core.management import execute_from_command_line

        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)

        execute_from_command_line(["jalon manage", *rest])
        return 0
    print(f"jalon: unknown command: {command}\n\n{USAGE}", file=sys.stderr)
    return 2


def _data_option(rest: list[str]) -> list[str]:
    """Take ``--data DIR`` (a demonstration's folder) out of the arguments and read its environment."""
    if "--data" not in rest:
        return rest
    at = rest.index("--data")
    if at + 1 >= len(rest):
        raise SystemExit("jalon: --data needs a folder")
    from jalon.demo.cli import environment

    environment(Path(rest[at + 1]))
    return rest[:at] + rest[at + 2 :]


def _keys(rest: list[str]) -> int:
    import django

    django.setup()
    from jalon.vault.cli import main as keys

    return keys(rest)


def _backups(command: str, rest: list[str]) -> int:
    rest = _data_option(rest)
    import django

    django.setup()
    from jalon.config.cli import main as backups

    return backups(command, rest)


def _journal(rest: list[str]) -> int:
    rest = _data_option(rest)
    import django

    django.setup()
    from jalon.journal.cli import main as journal

    return journal(rest)


def _offers(rest: list[str]) -> int:
    rest = _data_option(rest)
    import django

    django.setup()
    from jalon.offers.cli import main as offers

    return offers(rest)


if __name__ == "__main__":
    sys.exit(main())
