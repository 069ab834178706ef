"""The client against the stand-in: every status, the limits, the faults, and what left."""

import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jalon.offers.francetravail import client as module
from jalon.offers.francetravail.client import MOST, Client, Credentials, Query
from jalon.offers.francetravail.shape import tidied
from jalon.offers.states import CouldNotAsk, Reason
from tests.standins.francetravail import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, Standin, serving

GARD = Query("30")


@pytest.fixture(scope="module")
def running():
    with serving() as standin:
        yield standin


class Asking(Client):
    """With a sleep that only notes how long it was asked to."""

    slept: list[float]


@pytest.fixture
def standin(running):
    """The same server for all, as new."""
    for name, value in Standin().__dict__.items():
        if name != "base_url":
            setattr(running, name, value)
    return running


@pytest.fixture(scope="module")
def http():
    with httpx.Client(trust_env=False, verify=False) as connection:  # one of them: to make it is what takes time
        yield connection


@pytest.fixture
def client(standin, http):
    http.timeout = 5
    return asking(standin, http)


def asking(standin, http, **given):
    slept = []
    known = {"token_url": standin.token_url, "api_url": standin.api_url, "rate": 10_000, "sleep": slept.append}
    made = Asking(**{**known, "http": http, "credentials": Credentials(CLIENT_ID, CLIENT_SECRET), **given})
    made.slept = slept
    return made


@pytest.fixture
def small(monkeypatch, standin):
    """Pages of 5, a limit of 25: the same arithmetic, shorter."""
    for name, value in {"A_PAGE": 5, "LAST_START": 20, "MOST": 25}.items():
        monkeypatch.setattr(module, name, value)
    standin.a_page, standin.last_start = 5, 20


def many(count):
    """So many offers, one a minute."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        {
            "id": f"X{n:05d}",
            "dateCreation": (first + timedelta(minutes=n)).isoformat(),
            "lieuTravail": {"libelle": "30 - NIMES"},
        }
        for n in range(count)
    ]


def reason(call):
    with pytest.raises(CouldNotAsk) as raised:
        call()
    return raised.value.reason


# --- answers -----------------------------------------------------------------------------------------------------
def test_one_page_is_the_whole_answer(client, standin):
    found = client.search(GARD)
    assert (len(found.offers), found.total, found.complete) == (len(standin.offers), len(standin.offers), True)


def test_nothing_is_an_answer(client):
    found = client.search(Query("30", rome=("M1805",)))
    assert (found.offers, found.total, found.complete) == ({}, 0, True)


def test_pages_follow_each_other(client, standin):
    standin.offers = many(310)
    found = client.search(GARD)
    assert (len(found.offers), found.total, found.complete) == (310, 310, True)
    assert [call.query["range"] for call in standin.searches()] == [["0-149"], ["150-299"], ["300-449"]]


def test_a_search_stops_at_its_limit_and_says_so(client, standin):
    standin.offers = many(MOST + 20)
    found = client.search(GARD)
    assert (len(found.offers), found.total, found.complete) == (MOST, MOST + 20, False)
    assert standin.searches()[-1].query["range"] == ["3000-3149"]


def test_beyond_the_limit_everything_is_had_by_halves(client, standin, small):
    standin.offers = many(90)
    found = client.everything(GARD)
    assert (len(found.offers), found.total, found.complete) == (90, 90, True)


def test_offers_of_one_instant_beyond_the_limit_are_said_incomplete(client, standin, small):
    standin.offers = [{**offer, "dateCreation": "2026-01-01T00:00:00+00:00"} for offer in many(26)]
    found = client.everything(GARD)
    assert (len(found.offers), found.complete) == (25, False)


def test_offers_without_a_day_are_missed_by_the_halves_and_it_is_said(client, standin, small):
    standin.offers = [*many(60), *({**offer, "id": f"N{offer['id']}", "dateCreation": None} for offer in many(5))]
    found = client.everything(GARD)
    assert (len(found.offers), found.complete) == (60, False)


def test_public_codes_narrow_a_search(client):
    kinds = {offer["natureContrat"] for offer in client.search(Query("30", nature=("I1",))).offers.values()}
    assert len(kinds) == 1
    either = client.search(Query("30", contract=("CDI",), nature=("I1",))).offers
    assert {offer["typeContrat"] for offer in either.values()} > {"CDI"}


def test_one_offer_or_its_absence(client):
    assert client.offer("201AAAU")["id"] == "201AAAU"
    assert client.offer("201ZZZZ") is None


def test_a_list_of_theirs(client):
    assert client.reference("departements") == [{"code": "30", "libelle": "GARD"}]
    with pytest.raises(ValueError, match="not a list"):
        client.reference("../offres/201AAAU")


# --- the token ---------------------------------------------------------------------------------------------------
def test_one_token_serves_until_it_ends(client, standin):
    now = [0.0]
    client.monotonic = lambda: now[0]
    client.search(GARD)
    now[0] = 1400
    client.search(GARD)
    assert standin.asked_tokens() == 1
    now[0] = 1450  # less than a minute before its end
    client.search(GARD)
    assert standin.asked_tokens() == 2


def test_a_token_that_ended_over_there_is_asked_again_once(client, standin):
    client.search(GARD)
    standin.later(2000)
    assert client.search(GARD).total
    assert standin.asked_tokens() == 2


def test_a_token_always_refused_is_no_answer(client, standin):
    standin.expires_in = -1
    assert reason(lambda: client.search(GARD)) == Reason.CREDENTIALS
    assert standin.asked_tokens() == 2


@pytest.mark.parametrize("wrong", [Credentials(CLIENT_ID, "autre"), Credentials("", "")])
def test_wrong_credentials_are_told(standin, http, wrong):
    with pytest.raises(CouldNotAsk) as raised:
        asking(standin, http, credentials=wrong).search(GARD)
    assert (raised.value.reason, raised.value.detail) == (Reason.CREDENTIALS, "invalid_client")


# --- faults ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("500-json", Reason.SERVER),
        ("500-html", Reason.SERVER),
        ("cut", Reason.NETWORK),
        ("429", Reason.LIMIT),
    ],
)
def test_a_passing_fault_is_tried_again_a_lasting_one_is_told(client, standin, fault, why):
    standin.faults.extend([fault] * 2)
    assert client.search(GARD).total == len(standin.offers)
    assert len(client.slept) == 2
    standin.faults.extend([fault] * 3)
    assert reason(lambda: client.search(GARD)) == why
    assert len(standin.searches()) == 6


def test_a_fault_of_the_token_address_too(client, standin):
    standin.token_faults.extend(["500-html", "429"])
    assert client.search(GARD).total
    standin.token_faults.extend(["200-html"])
    client._token = ""
    assert reason(lambda: client.search(GARD)) == Reason.UNREADABLE


def test_a_slow_answer_is_no_answer(client, standin):
    client.http.timeout = httpx.Timeout(0.05)
    standin.slow = 0.2
    standin.faults.extend(["slow"] * 3)
    assert reason(lambda: client.search(GARD)) == Reason.NETWORK


def test_nobody_at_the_address(standin, http):
    away = asking(standin, http, token_url="http://127.0.0.1:9/x")
    assert reason(lambda: away.search(GARD)) == Reason.NETWORK


def test_the_wait_that_is_asked_for_is_kept(client, standin):
    standin.faults.append("429")
    client.search(GARD)
    assert client.slept == [1.0]


def test_a_burst_is_refused_then_answered(client, standin):
    standin.rate = 2
    for _ in range(2):
        client.page(GARD)
    assert reason(lambda: client.page(GARD)) == Reason.LIMIT


def test_calls_keep_the_rate(standin, http):
    client = asking(standin, http, rate=4, monotonic=lambda: 100.0)
    client.search(GARD)
    client.search(GARD)
    assert client.slept == [0.25, 0.5]


@pytest.mark.parametrize(("fault", "why"), [("200-html", Reason.UNREADABLE), ("403", Reason.CREDENTIALS)])
def test_what_cannot_be_read_is_no_answer(client, standin, fault, why):
    standin.faults.append(fault)
    assert reason(lambda: client.search(GARD)) == why
    assert client.slept == [], "asking again would not help"


def test_a_refused_request_says_why(client):
    with pytest.raises(CouldNotAsk) as raised:
        client.page(GARD, 3001, 3100)
    assert raised.value.reason == Reason.REJECTED
    assert "3000" in raised.value.detail


@pytest.mark.parametrize("fault", ["lists", "unknown-codes", "no-commune", "wrong-types"])
def test_an_odd_offer_is_kept_and_mended(client, standin, fault):
    standin.faults.append(fault)
    found = client.search(GARD)
    assert len(found.offers) == len(standin.offers)
    for offer in map(tidied, found.offers.values()):
        assert all(isinstance(offer.get(name, {}), dict) for name in ("salaire", "agence", "lieuTravail"))
        assert all(isinstance(offer.get(name, []), list) for name in ("permis", "langues"))
        assert isinstance(offer.get("description", ""), str)
        context = offer.get("contexteTravail", {})
        assert all(isinstance(text, str) for texts in context.values() for text in texts)
    if fault == "unknown-codes":
        assert {offer["typeContrat"] for offer in found.offers.values()} == {"ZZZ"}


def test_an_offer_without_a_number_is_counted(client, standin):
    standin.faults.append("no-id")
    found = client.search(GARD)
    assert (found.offers, found.nameless) == ({}, len(standin.offers))


# --- what leaves -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "given",
    [
        {"department": "Nîmes"},
        {"department": "30", "rome": ("femme de ménage",)},
        {"department": "30", "contract": ("CDI&motsCles=x",)},
        {"department": "30", "nature": ("Awa",)},
        {"department": "30189"},
        {"department": "30", "rome": ("K1304",) * 201},
    ],
)
def test_only_public_codes_can_be_asked_for(given):
    with pytest.raises(ValueError, match="code"):
        Query(**given)


def test_nothing_else_leaves(client, standin, small, caplog):
    """Addresses, parameters, headers and bodies, whole; and the secrets are in no log, however loud."""
    caplog.set_level(logging.DEBUG)
    standin.offers = many(26)
    client.everything(Query("30", rome=("K1304",)))
    standin.faults.append("500-html")
    client.everything(GARD)
    client.offer("X00001")
    allowed = {"departement", "range", "sort", "codeROME", "minCreationDate", "maxCreationDate"}
    for call in standin.calls:
        if call.path == TOKEN_PATH:
            assert sorted(part.split("=")[0] for part in call.body.split("&")) == [
                "client_id",
                "client_secret",
                "grant_type",
                "scope",
            ]
        else:
            assert call.body == ""
            assert set(call.query) <= allowed
            assert call.query.get("departement", ["30"]) == ["30"]
        assert set(call.headers) <= {
            "Host", "Accept", "Accept-Encoding", "Connection", "User-Agent", "Authorization", "Content-Length",
            "Content-Type",
        }  # fmt: skip
    assert len(standin.calls) > 5
    for secret in (CLIENT_SECRET, CLIENT_ID, *standin.tokens):
        assert secret not in caplog.text
    assert CLIENT_SECRET not in repr(client)
