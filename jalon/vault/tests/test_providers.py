"""The key folder: made without overwriting, refused when misplaced, readable, absent, doubled or a demonstration's."""

import base64
import os

import pytest

from jalon.vault import checks, cli, keys, providers
from jalon.vault.errors import KeyMissing, KeysAbsent, Misplaced

NAMES = {"kek-1.key", "journal.key", "token.key", "web.key"}


@pytest.fixture
def folder(settings, tmp_path):
    settings.KEY_DIR = tmp_path / "keys"
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_DIR = tmp_path / "data" / "media"
    settings.DATA_DIR.mkdir()
    providers.create_keys(settings.KEY_DIR)
    yield settings.KEY_DIR
    providers.forget()


def rewrite(path, text):
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o400)


def refused(kind=Misplaced):
    with pytest.raises(kind) as caught:
        providers.verify()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_keys_are_made_once_each_unreadable_to_others(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(before) == NAMES
    assert all(path.stat().st_mode & 0o777 == 0o400 for path in folder.iterdir())
    assert folder.stat().st_mode & 0o077 == 0
    assert providers.create_keys(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "token.key").unlink()
    assert providers.create_keys(folder) == ["token.key"]
    assert providers.verify() is None


def test_a_new_kek_becomes_the_current_one(folder):
    assert providers.create_kek(folder) == 2
    assert providers.provider().current() == 2
    assert providers.verify() is None


@pytest.mark.parametrize("place", ["data", "data/media", "data/media/keys", "data/keys"])
def test_under_the_data_or_media(folder, settings, tmp_path, place):
    settings.KEY_DIR = tmp_path / place
    providers.create_keys(settings.KEY_DIR)
    assert "données" in refused()
    with pytest.raises(Misplaced):
        providers.provider().secret("token")


def test_under_the_data_through_a_link(folder, settings, tmp_path):
    inside = settings.DATA_DIR / "keys"
    folder.rename(inside)
    folder.symlink_to(inside)
    assert "données" in refused()


def test_one_key_linked_into_the_data(folder, settings):
    inside = settings.DATA_DIR / "kek-1.key"
    (folder / "kek-1.key").rename(inside)
    (folder / "kek-1.key").symlink_to(inside)
    assert "données" in refused()


def test_beside_the_database(folder, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(folder / "jalon.sqlite3"))
    assert "base" in refused()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o644, 0o410])
@pytest.mark.parametrize("name", sorted(NAMES))
def test_readable_by_others(folder, name, mode):
    (folder / name).chmod(mode)
    assert name in refused()


def test_a_folder_that_others_may_change(folder):
    folder.chmod(0o770)
    assert "modifié" in refused()


def test_a_key_of_another_account(folder, monkeypatch):
    if os.geteuid() == 0:
        os.chown(folder / "kek-1.key", 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "compte" in refused()


def test_a_key_that_the_service_cannot_read(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "lisible" in refused()


def test_a_key_linked_from_another_sound_folder(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    (folder / "kek-1.key").rename(other / "kek-1.key")
    (folder / "kek-1.key").symlink_to(other / "kek-1.key")
    assert providers.verify() is None
    other.chmod(0o777)
    assert "modifié" in refused()


def test_without_any_kek_nothing_is_wrapped(folder):
    (folder / "kek-1.key").unlink()
    assert "kek-1.key" in refused(KeysAbsent)
    with pytest.raises(KeysAbsent):
        providers.provider().wrap(bytes(32), "dossier-1", "G1", 1)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_absent(folder, name):
    (folder / name).unlink()
    assert "absente" in refused(KeysAbsent)


def test_no_folder(settings, tmp_path):
    settings.KEY_DIR = tmp_path / "nowhere"
    assert "jalon keys init" in refused(KeysAbsent)


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31, "ab" * 33, base64.b64encode(bytes(31)).decode()])
def test_truncated_or_garbled(folder, text):
    rewrite(folder / "kek-1.key", text)
    assert "kek-1.key" in refused()


def test_a_short_web_key(folder):
    rewrite(folder / "web.key", "short")
    assert "web.key" in refused()


def test_hexadecimal_and_base64_are_the_same_key(folder):
    key = os.urandom(32)
    rewrite(folder / "token.key", key.hex())
    assert providers.load(folder, "token.key") == key
    rewrite(folder / "token.key", base64.b64encode(key).decode() + "\n")
    assert providers.load(folder, "token.key") == key
    assert providers.verify() is None


def test_the_same_key_for_two_uses(folder):
    rewrite(folder / "token.key", (folder / "journal.key").read_text())
    assert "identiques" in refused()


def test_a_demonstration_s_keys_only_in_a_demonstration(settings, tmp_path):
    settings.KEY_DIR = tmp_path / "keys"
    settings.DATA_DIR = settings.MEDIA_DIR = tmp_path / "data"
    assert "demo" in providers.create_keys(settings.KEY_DIR, demo=True)
    assert "démonstration" in refused()
    with pytest.raises(Misplaced):
        providers.provider().secret("token")
    settings.DEMO = True
    assert providers.verify() is None
    assert len(providers.provider().secret("token")) == 32


def test_real_keys_never_become_a_demonstration_s(folder, settings):
    assert providers.create_keys(folder, demo=True) == []
    settings.DEMO = True
    assert "vraies" in refused()


def test_an_unknown_secret_does_not_exist(folder):
    with pytest.raises(KeyMissing):
        providers.provider().secret("web")


def test_the_system_check_tells_absent_from_misplaced(folder):
    assert checks.keys_are_well_placed(None) == []
    (folder / "token.key").unlink()
    (absent,) = checks.keys_are_well_placed(None)
    assert (absent.id, absent.is_serious()) == ("vault.W001", False)
    (folder / "kek-1.key").chmod(0o444)
    (misplaced,) = checks.keys_are_well_placed(None)
    assert (misplaced.id, misplaced.is_serious()) == ("vault.E001", True)


@pytest.mark.django_db
def test_the_command(folder, capsys):
    assert cli.main(["check"]) == 0
    assert cli.main(["init"]) == 0
    assert cli.main(["renew"]) == 0
    assert (folder / "kek-2.key").exists()
    assert cli.main(["rewrap"]) == 0
    capsys.readouterr()
    assert cli.main(["status"]) == 0
    assert "courante : 2" in capsys.readouterr().out
    assert cli.main(["reencrypt"]) == 0
    keys.ensure("dossier-1", "G1")
    assert cli.main(["forget", "2", "--yes"]) == 1  # in use
    assert cli.main(["forget", "1"]) == 1  # not confirmed
    assert cli.main(["forget", "9", "--yes"]) == 1
    assert cli.main(["forget", "1", "--yes"]) == 0
    assert providers.versions(folder) == [2]
    assert keys.fetch("dossier-1", "G1")
    (folder / "token.key").chmod(0o444)
    capsys.readouterr()
    assert cli.main(["check"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1
    (folder / "token.key").unlink()
    assert cli.main(["init"]) == 0
    assert "token.key" in capsys.readouterr().out
