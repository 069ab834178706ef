"""A served world is saved while it answers, then put back elsewhere: the same rows and files, or nothing at all."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.browser.serving import ROOT

pytestmark = pytest.mark.proof

ASIDE = {"accounts_websession", "django_session", "rate_limits", "django_migrations", "django_content_type"}
ASIDE |= {"accounts_keptform", "accounts_invitation"}  # what is over stays over: no link, no text comes back
ASIDE |= {"auth_permission", "journal_entry", "sqlite_sequence", "sqlite_stat1"}
KEEP = """
from jalon.accounts import actions, models
user = models.User.objects.first()
form = {"path": "/", "back": "/", "fields": [("text", "waits")], "files": False}
actions.keep_form(user.pk, browser="one", form=form)
"""


@pytest.fixture(scope="module")
def saved(visit, proof, tmp_path_factory):
    """(folder of the backup, folder of the keyring) of the served world, with a file of its own in it."""
    visit("ref.a1").get("/")
    proof.run("-m", "jalon.cli", "manage", "shell", "-c", KEEP)
    folder = tmp_path_factory.mktemp("saved")
    proof.run("-m", "jalon.cli", "backup", str(folder / "data"), "--keyring", str(folder / "ring"))
    return folder / "data", folder / "ring"


def restore(proof, place, folder, keyring, *more):
    (place / "data").mkdir(parents=True, exist_ok=True)
    return cli(proof, place, "restore", str(folder), "--keyring", str(keyring), *more)


def cli(proof, place, *command):
    """A command of the product on the world put back in this place."""
    environment = {
        **proof.environment,
        "JALON_DATA_DIR": str(place / "data"),
        "JALON_MEDIA_DIR": str(place / "data" / "media"),
        "DATABASE_URL": f"sqlite:///{place / 'data' / 'jalon.sqlite3'}",
    }
    whole = [sys.executable, "-m", "jalon.cli", *command]
    return subprocess.run(whole, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180)


def content(path):
    with closing(sqlite3.connect(path)) as link:
        names = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, link.execute(f'SELECT * FROM "{name}"'))) for name in names if name not in ASIDE}


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_put_back_row_for_row_and_byte_for_byte(proof, saved, tmp_path):
    done = restore(proof, tmp_path, *saved)
    assert done.returncode == 0, done.stdout + done.stderr
    if proof.database.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / "data" / "jalon.sqlite3")) as link:
            assert link.execute("SELECT count(*) FROM accounts_keptform").fetchone() == (0,)
        assert content(tmp_path / "data" / "jalon.sqlite3") == content(proof.data / "jalon.sqlite3")
    assert files(tmp_path / "data" / "media") == files(proof.data / "media")
    assert (tmp_path / "data" / "restored").exists()  # no server starts before the erasures are replayed
    told = cli(proof, tmp_path, "journal", "verify", "--records")
    assert told.returncode == 0, told.stdout  # the trail knows that the texts left behind are gone
    again = restore(proof, tmp_path, *saved)
    assert again.returncode == 1
    assert "vide" in again.stdout
    assert "Traceback" not in again.stderr


def test_no_canary_and_no_key_in_the_archives(proof, saved):
    kept = b"".join(path.read_bytes() for folder in saved for path in folder.rglob("*") if path.is_file())
    assert [word for word in proof.world["canaries"].values() if word.encode() in kept] == []
    for key in proof.keys.glob("*.key"):
        assert key.read_bytes().strip() not in kept


def test_data_and_keyring_are_apart(proof, saved, tmp_path):
    data, ring = saved
    names = {path.name for path in data.rglob("*.age")}, {path.name for path in ring.rglob("*.age")}
    assert names == ({"data.age", "media.age"}, {"keyring.age"})
    done = restore(proof, tmp_path, data, tmp_path / "elsewhere")
    assert done.returncode == 1
    assert "keyring.age" in done.stdout


@pytest.mark.parametrize("name", ["data.age", "media.age", "manifest.json", "keyring.age"])
def test_one_changed_byte_and_nothing_is_written(name, proof, saved, tmp_path):
    shutil.copytree(saved[0], tmp_path / "copy")
    shutil.copytree(saved[1], tmp_path / "ring")
    (place,) = [*(tmp_path / "copy").rglob(name), *(tmp_path / "ring").rglob(name)]
    raw = bytearray(place.read_bytes())
    raw[len(raw) // 2] ^= 1
    place.write_bytes(bytes(raw))
    done = restore(proof, tmp_path, tmp_path / "copy", tmp_path / "ring")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "jalon.sqlite3").exists()


def test_another_identity_opens_nothing(proof, saved, tmp_path):
    from jalon.vault.archive import new_identity

    (tmp_path / "id").write_text(new_identity())
    done = restore(proof, tmp_path, *saved, "--identity", str(tmp_path / "id"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(rows == [] for rows in content(tmp_path / "data" / "jalon.sqlite3").values())


def test_the_drill(proof, saved):
    before = set(os.listdir(proof.data))
    done = proof.run("-m", "jalon.cli", "restore", "--drill", str(saved[0]), "--keyring", str(saved[1]))
    assert "restore" in done.stdout
    assert set(os.listdir(proof.data)) == before


def test_a_manifest_says_what_is_inside(saved):
    (place,) = saved[0].rglob("manifest.json")
    told = json.loads(json.loads(place.read_text())["body"])
    assert told["rows"]["people.Dossier"] == 10
    assert told["rows"]["vault.KeySlot"] > 50
    assert "accounts.WebSession" not in told["rows"]


def test_who_was_erased_since_is_erased_again(proof, saved, tmp_path):
    proof.run("-m", "jalon.cli", "manage", "erasures", "export", str(tmp_path / "lists"))
    (erased,) = (tmp_path / "lists").glob("erased-*.json")
    done = restore(proof, tmp_path, *saved, "--erased", str(erased))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "data" / "restored").exists()
    forged = tmp_path / "forged.json"
    forged.write_text(erased.read_text().replace("seq", "sek"))
    assert restore(proof, tmp_path / "second", *saved, "--erased", str(forged)).returncode == 1
    assert not (tmp_path / "second" / "data" / "jalon.sqlite3").exists()
