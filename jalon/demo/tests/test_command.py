"""The command's refusals, its folders, its clock."""

import json
import socket
import struct
from datetime import date
from types import SimpleNamespace

import pytest

from jalon.config import clock, gunicorn
from jalon.demo import cli, folder, listing, serving
from jalon.demo.cli import main
from jalon.demo.timeline import OPENING, SUPPORT, Timeline
from jalon.vault import providers
from jalon.vault.errors import Misplaced


def test_the_keys_of_a_demonstration_open_nothing_else(tmp_path, settings):
    keys = tmp_path / "world-keys"
    providers.create_keys(keys, demo=True)
    settings.DEMO, settings.KEY_DIR = False, keys
    with pytest.raises(Misplaced) as refused:
        providers.verify()
    assert "jalon demo" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_demonstration_opens_no_real_keys(tmp_path, settings):
    keys = tmp_path / "keys"
    providers.create_keys(keys)
    settings.DEMO, settings.KEY_DIR = True, keys
    with pytest.raises(Misplaced):
        providers.verify()


def test_the_clock_is_refused_outside(settings):
    settings.CLOCK_OVERRIDE = False
    with pytest.raises(RuntimeError), clock.at(date(2020, 2, 20)):
        pass


def test_keys_are_beside_the_data_never_inside(tmp_path):
    data = tmp_path / "world"
    assert data not in folder.keys_of(data).parents
    assert folder.keys_of(data) != data


def mark(data, **given):
    data.mkdir(parents=True, exist_ok=True)
    found = folder.Mark(**{"world": "story", "days": folder.STORY_DAYS, "loaded": True, **given})
    found.save(data)
    return found


def test_another_world_needs_a_reset(tmp_path, capsys):
    mark(tmp_path / "d")
    assert main(["--data", str(tmp_path / "d"), "--world", "proof"]) == 2
    assert "--reset" in capsys.readouterr().err


def test_another_now_needs_a_reset(tmp_path, capsys):
    mark(tmp_path / "d", world="proof", days={"*": "2026-03-16"}, now="2026-03-16T10:00")
    assert main(["--data", str(tmp_path / "d"), "--now", "2026-04-01T10:00"]) == 2
    assert "2026-03-16T10:00" in capsys.readouterr().err


def test_now_is_an_instant(tmp_path, capsys):
    assert main(["--data", str(tmp_path / "d"), "--world", "proof", "--now", "demain"]) == 2
    assert "demain" in capsys.readouterr().err


def test_erasing_leaves_what_is_not_a_demonstration_s(tmp_path):
    data = tmp_path / "d"
    mark(data)
    (data / "mine.txt").write_text("kept")
    (data / folder.DATABASE).write_text("x")
    real = folder.keys_of(data)
    providers.create_keys(real)
    folder.erase(data)
    assert [path.name for path in data.iterdir()] == ["mine.txt"]
    assert real.is_dir()


def test_erasing_takes_the_keys_of_a_demonstration(tmp_path):
    data = tmp_path / "d"
    mark(data)
    providers.create_keys(folder.keys_of(data), demo=True)
    folder.erase(data)
    assert not folder.keys_of(data).exists()


def test_a_mark_holds_no_secret(tmp_path):
    mark(tmp_path / "d", ids={"ts-maiwenn": "x" * 22})
    kept = json.loads((tmp_path / "d" / folder.MARK).read_text())
    assert set(kept) == {"world", "days", "now", "mail_sink", "sms_sink", "base_url", "loaded", "ids"}


def test_days(tmp_path):
    found = mark(tmp_path / "d")
    assert folder.day_of(found, "30") == "2020-02-20"
    assert folder.day_of(found, "34") == "2026-11-23"
    assert folder.day_of(found, "") == "2026-11-23"


def test_the_server_has_two_workers_and_lets_a_silent_client_go():
    argv = serving.command("127.0.0.1", 8001)
    assert argv[argv.index("--config") + 1] == f"python:{gunicorn.__name__}"
    assert (gunicorn.workers, gunicorn.control_socket_disable) == (2, True)
    assert (gunicorn.secure_scheme_headers, gunicorn.forwarder_headers) == ({}, "")
    assert "[::1]:8001" in serving.command("::1", 8001)
    assert (gunicorn.forwarded_allow_ips, gunicorn.forwarder_headers) == ("", ""), "a client says neither"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gunicorn.when_ready(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            kept = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
            assert struct.unpack("ll", kept) == (gunicorn.SILENT_SECONDS, 0)


def test_it_is_served_again_where_it_was(tmp_path, monkeypatch):
    """The address printed is the one that answers."""
    kept = mark(tmp_path / "d", base_url="http://127.0.0.1:8123")
    for name in ("prepare", "ensure"):
        monkeypatch.setattr(cli, name, lambda *_given: kept)
    monkeypatch.setattr(listing, "table", lambda *_given: "")
    monkeypatch.setattr(serving, "serve", lambda *given: given)
    assert main(["--data", str(tmp_path / "d")]) == ("127.0.0.1", 8123)


@pytest.mark.django_db
def test_a_day_is_told_in_order():
    told = []
    timeline = Timeline()
    timeline.add(date(2020, 1, 2), SUPPORT, lambda: told.append(("c", clock.today())))
    timeline.add(date(2020, 1, 2), OPENING, lambda: told.append(("b", clock.today())))
    timeline.add(date(2020, 1, 1), SUPPORT, lambda: told.append(("a", clock.today())))
    timeline.add(date(2020, 2, 1), OPENING, lambda: told.append(("later", clock.today())))
    assert timeline.upto(date(2020, 1, 2)) == 3
    assert timeline.run(date(2020, 1, 2)) == 3
    assert told == [("a", date(2020, 1, 1)), ("b", date(2020, 1, 2)), ("c", date(2020, 1, 2))]
    timeline.skip(date(2020, 2, 1))
    assert len(timeline) == 0
