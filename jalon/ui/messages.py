"""The English catalogue: ``python -m jalon.ui.messages`` extracts, merges and compiles; French is in the source.

``--check``       fails when code, catalogue and compiled file disagree, or when an English text is missing
``--missing``     prints the French texts that have no English one, as JSON
``--fill FILE``   takes a JSON object {French: English} ({French: [one, many]} for plurals) and merges it

In both, a text with a context is named « context | French ».
"""

import argparse
import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
WHEN = datetime(2026, 1, 1, tzinfo=UTC)  # fixed: a catalogue changes only when its words do
HOLES = re.compile(r"%\((\w+)\)[sd]|%[sd]|(?<!%)\{(\w*)\}")


def sources() -> Iterator[Path]:
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted(PACKAGE.rglob(pattern)):
            if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts):
                yield path


def as_python(path: Path) -> str:
    """The text of a template seen as Python calls, as Django's own makemessages does."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(encoding="utf-8"), origin=path.name)
    return "\n".join(line.lstrip() for line in text.splitlines())


def as_calls(path: Path) -> str:
    """A Python file, then the calls that babel does not see: those inside f-strings, and the rules of the law.

    The law knows no Django: what its rules say, and where they come from, is translated by who shows them. An article
    reads the same in every language.
    """
    text = path.read_text(encoding="utf-8")
    calls = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            calls += [ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.Call)]
        elif path.match("law/rules.py") and isinstance(node, ast.Call) and ast.unparse(node.func) == "Rule":
            said, source, basis = (ast.literal_eval(argument) for argument in node.args[2:5])
            about = [on for part in basis.split(", ") if (on := part.partition(" ")[2])]
            calls += [f"_({words!r})" for words in (said, *([] if " art. " in source else [source]), *about)]
        elif path.match("law/rules.py") and isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "BASES_FR":
            calls += [f"_({words!r})" for words in ast.literal_eval(node.value).values()]  # type: ignore[arg-type]
    return "\n".join([text, *calls])


def found() -> Catalog:
    """A catalogue of every text of the code, without English."""
    catalog = empty()
    for path in sources():
        text = as_calls(path) if path.suffix == ".py" else as_python(path)
        place = str(path.relative_to(PACKAGE.parent))
        for _line, message, comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            if message:
                catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def empty() -> Catalog:
    return Catalog(
        "en",
        header_comment="# English texts of Jalon, merged by python -m jalon.ui.messages. The French is in the code.",
        project="Jalon",
        version="en",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        creation_date=WHEN,
        revision_date=WHEN,
        fuzzy=False,
    )


def present() -> Catalog:
    if not PO.exists():
        return empty()
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def name_of(message: Message) -> str:
    """How a text is called in the JSON of ``--missing`` and ``--fill``."""
    french = str(message.id[0] if isinstance(message.id, tuple) else message.id)
    return f"{message.context} | {french}" if message.context else french


def merged(translations: dict[str, object] | None = None) -> Catalog:
    """The texts of the code with the English that is known, in alphabetical order."""
    known = {(message.context, message.id): message.string for message in present() if message.id}
    catalog = empty()
    for message in found():
        if not message.id:
            continue
        key = name_of(message)
        string = known.get((message.context, message.id), "")
        if translations and translations.get(key):
            given = translations[key]
            string = tuple(given) if isinstance(given, list) else given
            if isinstance(message.id, tuple) and not isinstance(string, tuple):
                string = (string, string)
        catalog.add(message.id, string, locations=message.locations, context=message.context)
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    # No places: a text that moves to another file is no change of the catalogue.
    write_po(out, catalog, width=110, sort_output=True, no_location=True)
    # The version of the tool is no part of the texts.
    return re.sub(rb'"Generated-By: [^\n]*\n', b"", out.getvalue())


def compile_mo(catalog: Catalog) -> None:
    """Writes django.mo; a text without English is left out, so that the French is shown."""
    ready = empty()
    for message in catalog:
        if message.id and not lacking(message):
            ready.add(message.id, message.string, context=message.context)
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, ready)


def texts(catalog: Catalog) -> dict[object, object]:
    """(context, French) → English, in one form whatever file it was read from."""

    def plain(value: object) -> object:
        if isinstance(value, bytes):  # babel leaves the contexts of a compiled file undecoded
            return value.decode()
        return tuple(value) if isinstance(value, list) else value

    return {(plain(message.context), plain(message.id)): plain(message.string) for message in catalog if message.id}


def compiled() -> dict[object, object]:
    """What django.mo holds."""
    path = PO.with_suffix(".mo")
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return texts(read_mo(file))


def lacking(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return message.fuzzy or not all(strings)


def misfit(message: Message) -> bool:
    """The English must have the same holes to fill as the French."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = {found[0] for text in ids for found in HOLES.finditer(text)}
    return any({found[0] for found in HOLES.finditer(text)} - wanted for text in strings) or bool(
        wanted - {found[0] for text in strings for found in HOLES.finditer(text)}
    )


def problems() -> list[str]:
    """Why the catalogue is not ready; empty when it is."""
    catalog = merged()
    entries = [message for message in catalog if message.id]
    out = [f"no English: {message.id}" for message in entries if lacking(message)]
    out += [f"other values to fill in: {message.id}" for message in entries if not lacking(message) and misfit(message)]
    if not out and (not PO.exists() or PO.read_bytes() != po_bytes(catalog)):
        out.append("django.po does not hold the texts of the code: run python -m jalon.ui.messages")
    if not out and compiled() != texts(present()):
        out.append("django.mo is not compiled from django.po: run python -m jalon.ui.messages")
    return out


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m jalon.ui.messages", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--fill", type=Path)
    options = parser.parse_args(arguments)
    say = sys.stdout.write
    if options.check:
        faults = problems()
        say("".join(f"{fault}\n" for fault in faults) or "ok\n")
        return 1 if faults else 0
    if options.missing:
        wanted = [message for message in merged() if message.id and lacking(message)]
        blank = {name_of(message): ["", ""] if isinstance(message.id, tuple) else "" for message in wanted}
        say(json.dumps(blank, ensure_ascii=False, indent=1) + "\n")
        return 0
    catalog = merged(json.loads(options.fill.read_text(encoding="utf-8")) if options.fill else None)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalog))
    compile_mo(catalog)
    return 0


if __name__ == "__main__":
    sys.exit(main())
