"""Three papers: two open everything, one opens nothing, and a drill says so."""

import io
import itertools

import pytest

from jalon.vault import cli, crypto, escrow, keys, providers
from jalon.vault.errors import BadShares, Misplaced


@pytest.fixture
def folder(settings, tmp_path):
    settings.KEY_DIR, settings.DATA_DIR = tmp_path / "keys", tmp_path / "data"
    settings.MEDIA_DIR = settings.DATA_DIR / "media"
    settings.DATA_DIR.mkdir()
    providers.create_keys(settings.KEY_DIR)
    keys.forget()
    yield settings.KEY_DIR
    keys.forget()


def lines(*papers):
    return [line for paper in papers for line in paper.lines]


def test_any_two_papers_rebuild_the_key_and_one_never():
    private = crypto.new_key()
    papers = escrow.split(private)
    assert [paper.custodian for paper in papers] == ["A", "B", "C"]
    for two in itertools.permutations(papers, 2):
        assert escrow.rebuild(lines(*two)) == private
    for one in papers:
        with pytest.raises(BadShares, match="deux personnes"):
            escrow.rebuild(lines(one))
        assert private.hex() not in "".join(lines(one)).replace("-", "")
    assert set(lines(*papers)).isdisjoint(lines(*escrow.split(private)))


def test_a_line_badly_copied_is_named():
    first, second, *_rest = escrow.split(crypto.new_key())
    typed = lines(first, second)
    assert escrow.rebuild([line.upper().replace("-", " ") for line in typed])
    digit = "0" if typed[2][8] != "0" else "1"
    typed[2] = typed[2][:8] + digit + typed[2][9:]
    with pytest.raises(BadShares, match="ligne 3"):
        escrow.rebuild(typed)


def test_papers_of_another_key_open_nothing(folder):
    escrow.make(folder)
    with pytest.raises(BadShares, match="autre clé"):
        escrow.read(escrow.rebuild(lines(*escrow.split(crypto.new_key()))))
    escrow.bundle_path().unlink()
    with pytest.raises(BadShares, match="absent"):
        escrow.read(crypto.new_key())


def test_new_papers_only_on_purpose(folder):
    old = escrow.make(folder)
    with pytest.raises(Misplaced):
        escrow.make(folder)
    escrow.make(folder, replace=True)
    with pytest.raises(BadShares):
        escrow.read(escrow.rebuild(lines(*old)))


def test_no_clear_key_leaves_the_folder(folder):
    papers = escrow.make(folder)
    held = [path.read_text().strip() for path in folder.glob("*.key")]
    written = escrow.bundle_path().read_bytes().decode() + "".join(lines(*papers))
    assert not any(key in written for key in held)
    private = escrow.rebuild(lines(*papers[:2])).hex()
    assert not any(private in path.read_text() for path in [*folder.iterdir(), escrow.bundle_path()])
    assert escrow.bundle_path().stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_from_the_loss_of_the_folder_to_the_drill_by_the_command(folder, capsys, monkeypatch):
    def run(*argv, typed=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(typed)))
        status = cli.main(list(argv))
        return status, capsys.readouterr().out

    keys.ensure("dossier-1", "G1")
    slot = keys.fetch("dossier-1", "G1")
    opened = providers.provider().unwrap(slot, "dossier-1", "G1")
    status, printed = run("escrow")
    assert status == 0
    sheets = printed.split("\f")
    typed = [
        line
        for sheet in (sheets[0], sheets[2])
        for line in sheet.splitlines()
        if escrow.LINE.match(line[:3] + "0" * 68)
    ]
    assert len(typed) == 4
    assert run("renew")[0] == 0  # the papers open what came after them
    assert "réussi" in run("drill", typed=typed)[1]
    for path in folder.iterdir():
        path.unlink()
    keys.forget()
    assert run("drill", typed=typed)[0] == 0
    assert run("restore", typed=typed[:2])[0] == 1
    assert run("restore", typed=typed)[0] == 0
    assert run("init")[1].count(".key") == 1  # only the one that signs cookies
    assert run("check")[0] == 0
    assert providers.provider().unwrap(keys.fetch("dossier-1", "G1"), "dossier-1", "G1") == opened
    # A key that the papers do not know: the drill fails aloud.
    providers.create_kek(folder)
    assert run("drill", typed=typed)[0] == 1
