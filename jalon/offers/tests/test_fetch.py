"""A night from end to end: the stand-in, the command, what is kept, hidden, or left as it was."""

import pytest

from jalon.access import Refused
from jalon.directory.tests.factories import make_actor
from jalon.journal.models import Entry
from jalon.offers import actions
from jalon.offers.cli import main
from jalon.offers.models import Offer, SourceFetch
from jalon.offers.states import Source
from tests.standins.francetravail import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, serving

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    with serving() as standin:
        yield standin


@pytest.fixture
def standin(running, settings, tmp_path, monkeypatch):
    """The command's own settings, with credentials in files."""
    for name, text in {"id": CLIENT_ID, "secret": CLIENT_SECRET}.items():
        (tmp_path / name).write_text(text + "\n")
        (tmp_path / name).chmod(0o600)
    settings.FRANCETRAVAIL_ID_FILE, settings.FRANCETRAVAIL_SECRET_FILE = tmp_path / "id", tmp_path / "secret"
    settings.FRANCETRAVAIL_TOKEN_URL, settings.FRANCETRAVAIL_API_URL = running.token_url, running.api_url
    settings.FRANCETRAVAIL_RATE, settings.OUTGOING_TIMEOUT = 10_000, 2
    monkeypatch.setattr("jalon.offers.outgoing.TRIES", 1)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    fresh = type(running)()
    running.offers, running.calls = fresh.offers, fresh.calls
    running.faults, running.token_faults = fresh.faults, fresh.token_faults
    return running


def night():
    return main(["fetch", "--department", "30"])


def open_numbers():
    return set(Offer.objects.filter(hidden_at=None).values_list("number", flat=True))


def test_a_night_keeps_the_department_and_hides_what_is_withdrawn(standin, capsys):
    before = Entry.objects.count()
    assert night() == 0
    assert open_numbers() == {offer["id"] for offer in standin.offers}
    assert Entry.objects.count() == before + 1
    first = Offer.objects.get(number="201AAAU")
    del standin.offers[0]
    missed = standin.offers.pop(5)
    missed["lieuTravail"]["libelle"] = "34 - MONTPELLIER"  # the search lacks it, but it still exists
    standin.offers.append(missed)
    standin.offers[3]["intitule"] = "Autre intitulé"
    assert night() == 0
    assert open_numbers() == {offer["id"] for offer in standin.offers}
    assert Offer.objects.get(number="201AAAA").hidden_at
    assert Offer.objects.get(number=standin.offers[3]["id"]).title == "Autre intitulé"
    assert Offer.objects.get(number="201AAAU").pk == first.pk
    row = SourceFetch.objects.order_by("-asked_at").first()
    assert (row.failure, row.gone, row.added, row.complete) == ("", 1, 0, True)
    assert "30 : 29 offres, 0 nouvelles entrées, 1 retirées." in capsys.readouterr().out


def test_an_outage_changes_nothing_but_says_so(standin, capsys):
    night()
    kept = open_numbers()
    standin.faults.append("500-html")
    standin.offers.clear()
    assert night() == 1
    assert open_numbers() == kept
    assert SourceFetch.objects.order_by("-asked_at").first().failure == "server"
    assert "pas pu interroger" in capsys.readouterr().err


def test_an_empty_answer_is_an_answer(standin):
    night()
    kept, standin.offers = standin.offers, []
    assert night() == 0
    assert open_numbers() == set()
    standin.offers = kept
    assert night() == 0
    assert len(open_numbers()) == len(kept), "back again"


def test_an_outage_half_way_through_the_withdrawals_hides_no_more_than_was_answered(standin):
    night()
    standin.offers.clear()
    standin.faults.extend(["", "", "500-json"])
    assert night() == 0
    assert len(open_numbers()) == 30


@pytest.mark.parametrize("spoil", ["absent", "open to others", "empty", "wrong"])
def test_credentials_that_do_not_serve(standin, settings, spoil, capsys, caplog):
    path = settings.FRANCETRAVAIL_SECRET_FILE
    match spoil:
        case "absent":
            path.unlink()
        case "open to others":
            path.chmod(0o644)
        case "empty":
            path.write_text("")
        case "wrong":
            path.write_text("faux-secret-77")
    assert night() == 1
    assert SourceFetch.objects.get().failure == "credentials"
    assert "faux-secret-77" not in caplog.text + "".join(capsys.readouterr())
    assert ("JALON_FRANCETRAVAIL_SECRET_FILE" in caplog.text) == (spoil != "wrong")


def test_one_night_for_everybody_says_nothing_of_anybody(standin):
    night()
    for call in standin.calls:
        assert call.path == TOKEN_PATH or call.query == {"departement": ["30"], "range": ["0-149"], "sort": ["1"]}
        assert call.headers["User-Agent"] == "client-offres"


def test_an_unknown_department_is_a_mistake(capsys):
    with pytest.raises(SystemExit):
        main(["fetch", "--department", "99"])
    assert "n'existe pas" in capsys.readouterr().err
    assert not SourceFetch.objects.exists()


def test_no_screen_runs_the_jobs():
    with pytest.raises(Refused):
        actions.record_offers(make_actor("MGR"), "30", offers=[], gone=[], total=0)
    with pytest.raises(Refused):
        actions.record_failure(make_actor("REF"), Source.OFFERS, "30", None)
