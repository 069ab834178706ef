"""The triggers that make the trail append-only, with their twin on each engine.

UPDATE and DELETE are refused (TRUNCATE too on PostgreSQL). An INSERT is accepted only at the next sequence and on the
hash of the last event, which also closes ``INSERT OR REPLACE``, the way around a DELETE trigger on SQLite.
"""

from typing import Any

TABLE = "journal_entry"
NAMES = ("journal_entry_no_update", "journal_entry_no_delete", "journal_entry_only_next")

SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS journal_entry_no_update BEFORE UPDATE ON journal_entry "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS journal_entry_no_delete BEFORE DELETE ON journal_entry "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    """CREATE TRIGGER IF NOT EXISTS journal_entry_only_next BEFORE INSERT ON journal_entry
    WHEN NEW.seq IS NOT COALESCE((SELECT MAX(seq) FROM journal_entry), 0) + 1
    OR NEW.prev IS NOT COALESCE((SELECT hash FROM journal_entry WHERE seq = NEW.seq - 1), printf('%064d', 0))
    BEGIN SELECT RAISE(ABORT, 'the journal only grows at its end'); END""",
)
SQLITE_DROP = tuple(f"DROP TRIGGER IF EXISTS {name}" for name in NAMES)

POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE OR REPLACE FUNCTION journal_entry_next() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last_seq bigint; last_hash text;
    BEGIN
        SELECT seq, hash INTO last_seq, last_hash FROM journal_entry ORDER BY seq DESC LIMIT 1;
        IF NEW.seq IS DISTINCT FROM COALESCE(last_seq, 0) + 1
        OR NEW.prev IS DISTINCT FROM COALESCE(last_hash, repeat('0', 64)) THEN
            RAISE EXCEPTION 'the journal only grows at its end' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    "CREATE OR REPLACE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_refuse()",
    "CREATE OR REPLACE TRIGGER journal_entry_no_delete BEFORE DELETE OR TRUNCATE ON journal_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_refuse()",
    "CREATE OR REPLACE TRIGGER journal_entry_only_next BEFORE INSERT ON journal_entry "
    "FOR EACH ROW EXECUTE FUNCTION journal_entry_next()",
)
POSTGRESQL_DROP = tuple(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in NAMES)


def create(connection: Any) -> None:
    """Put the triggers in place; nothing happens when they are there."""
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def drop(connection: Any) -> None:
    """Take the triggers away: only a test that empties its database, or the undoing of the migration, may."""
    _run(connection, SQLITE_DROP if connection.vendor == "sqlite" else POSTGRESQL_DROP)


def missing(connection: Any) -> list[str]:
    """The triggers that are not in place, or are disabled."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entry'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'journal_entry'::regclass AND tgenabled IN ('O', 'A')"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in NAMES if name not in found]


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
