"""After the world was loaded, crawled and attacked: no secret in what the server keeps; the journal tells the truth."""

import sqlite3

import pytest

from tests.hostile.secrets import found, one_byte_changed, sizes


def test_no_canary_in_what_the_server_keeps(visit, proof):
    visit("ref.a1").get("/")  # something was read
    canaries = proof.world["canaries"]
    assert len(canaries) >= 80
    kept = sizes(proof)
    assert any(name.startswith(("mail", "server.log")) for name in kept)
    if proof.database.startswith("sqlite"):
        assert "jalon.sqlite3-wal" in kept, "the log of the database is looked through too"
    assert all(not size for name, size in kept.items() if name.startswith("tmp/")), (
        "nothing is written to a temporary file"
    )
    assert found(proof, canaries.values()) == []


def test_the_search_would_find_a_word(proof):
    """Otherwise its silence would prove nothing: the file numbers are kept in clear, by design."""
    assert found(proof, ["31-2026-006"])


def test_the_journal_refuses_to_be_changed(visit, proof):
    if not proof.database.startswith("sqlite"):
        import psycopg

        with psycopg.connect(proof.database) as link, pytest.raises(psycopg.errors.IntegrityError):
            link.execute("DELETE FROM journal_entry WHERE seq = 3")
        return
    with sqlite3.connect(proof.data / "jalon.sqlite3", timeout=20) as link:
        for attempt in ("DELETE FROM journal_entry WHERE seq = 3", "UPDATE journal_entry SET verb = 'x' WHERE seq = 3"):
            with pytest.raises(sqlite3.IntegrityError):
                link.execute(attempt)
    link.close()


def test_one_flipped_byte_and_the_journal_says_so(visit, proof):
    def verified():
        return proof.run("-m", "jalon.cli", "journal", "verify", check=False)

    whole = verified()
    assert whole.returncode == 0, whole.stdout
    with one_byte_changed(proof, 7):
        broken = verified()
    assert broken.returncode == 1, broken.stdout
    assert "7" in broken.stdout
    assert verified().returncode == 0
