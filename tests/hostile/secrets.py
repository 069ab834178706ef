"""Looking for a word in everything that a server has written: its database, its files, its logs, what it sends."""

import base64
from collections.abc import Iterable, Iterator

from tests.browser.serving import Server


def disguises(word: str) -> list[bytes]:
    """The word as bytes, and as it would look in hexadecimal, in base64, or in a wide encoding."""
    plain = word.encode()
    shifted = [base64.b64encode(b" " * shift + plain)[4 * (shift > 0) : -4] for shift in (0, 1, 2)]
    return [plain, plain.lower(), plain.hex().encode(), word.encode("utf-16-le"), *shifted]


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


def corrupt(server: Server, seq: int) -> None:
    """One byte of one event, by somebody who holds the database: the triggers are taken away first."""
    one = f"UPDATE journal_entry SET verb = 'R' || substr(verb, 2) WHERE seq = {seq}"
    triggers = ("journal_entry_no_update", "journal_entry_no_delete", "journal_entry_only_next")
    if server.database.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(server.data / "jalon.sqlite3", timeout=20) as link:
            for name in triggers:
                link.execute(f"DROP TRIGGER {name}")
            link.execute(one)
        link.close()
        return
    import psycopg

    with psycopg.connect(server.database) as link:
        for name in triggers:
            link.execute(f"DROP TRIGGER {name} ON journal_entry")
        link.execute(one)
