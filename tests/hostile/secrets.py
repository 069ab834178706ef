"""Looking for a word in everything that a server has written: its database, its files, its logs, what it sends."""

import base64
import contextlib
import sqlite3
from collections.abc import Iterable, Iterator

from tests.browser.serving import Server

LEAST = 8  # characters of base64: fewer stand by chance in any random identifier


def disguises(word: str) -> list[bytes]:
    """The word as bytes, and as it would look in hexadecimal, in base64, or in a wide encoding."""
    plain = word.encode()
    shifted = [base64.b64encode(b" " * shift + plain)[4 * (shift > 0) : -4] for shift in (0, 1, 2)]
    told = [part for part in shifted if len(part) >= LEAST]
    return [plain, plain.lower(), plain.hex().encode(), word.encode("utf-16-le"), *told]


def places(server: Server) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file of the data folder, and of every table when the database is elsewhere."""
    for path in sorted(server.data.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(server.data)), path.read_bytes()
    if not server.database.startswith("sqlite"):
        for table in server.tables():
            rows = server.query(f'SELECT t::text FROM "{table}" t')
            yield f"table {table}", "\n".join(row for (row,) in rows).encode()


def found(server: Server, words: Iterable[str]) -> list[str]:
    contents = list(places(server))
    return [
        f"« {word} » in {name}"
        for word in words
        for disguise in disguises(word)
        for name, content in contents
        if disguise in content
    ]


def sizes(server: Server) -> dict[str, int]:
    return {name: len(content) for name, content in places(server)}


@contextlib.contextmanager
def one_byte_changed(server: Server, seq: int) -> Iterator[None]:
    """One byte of one event, by somebody who holds the database and silences the triggers; then put back."""
    change = "UPDATE journal_entry SET verb = '{}' || substr(verb, 2) WHERE seq = {}"
    ((verb,),) = server.query(f"SELECT verb FROM journal_entry WHERE seq = {seq}")
    _untold(server, change.format("#", seq))
    try:
        yield
    finally:
        _untold(server, change.format(verb[0], seq))


def _untold(server: Server, statement: str) -> None:
    """Run it without the triggers of the journal, which are there again afterwards."""
    if server.database.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(server.data / "jalon.sqlite3", timeout=20)) as link, link:
            rows = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            triggers = [(name, sql) for name, sql in rows if name.startswith("journal_entry")]
            for name, _sql in triggers:
                link.execute(f"DROP TRIGGER {name}")
            link.execute(statement)
            for _name, sql in triggers:
                link.execute(sql)
        return
    import psycopg

    with psycopg.connect(server.database) as link:
        link.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        link.execute(statement)
        link.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
