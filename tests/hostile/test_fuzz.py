"""Every address that takes a form, with whatever hypothesis makes of its fields, by each account that it lets in.

An empty sending tells which form an address reads and its fields; then each field gets, or not, a value of its kind, a
choice of its list, a bad one of the catalogue, or any text. Never a 500, and a refusal leaves every row as it was.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jalon.config import clock
from jalon.ui.forms import Form
from tests.coherence.test_urls import PATTERNS
from tests.hostile.inside import NOW, TRACES, browser, undone, written
from tests.hostile.objects import KINDS, objects
from tests.hostile.test_bad_input import ACCOUNTS, BAD
from tests.hostile.test_foreign_ids import UNKNOWN, WORDS

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bad input"), pytest.mark.proof]

CASES = 16  # of each address and account
OTHERS = {"token": UNKNOWN, "organisation_id": "org-a", "rule_id": "DUR-1", "month": "2026-03"}
LEFT = ("comptes/deconnexion/", "affichage/")  # sign out; three cookies, tested by their room
GOOD = (
    "", "1", "0", "12", "oui", "non", "on", "20/02/2026", "16/03/2026", "16/09/2026", "2026-03-20", "14:30", "03/2026",
    "343,20", "06 12 34 56 78", "a@exemple.fr", "Un texte.", "é" * 300, "x" * 9000, "A" * 22, "1.1", "{}", "[]", "null",
)  # fmt: skip
NASTY = tuple({value for values in BAD.values() for value in values})


class Door(NamedTuple):
    """An address that this account may send a form to, and the fields that it reads there."""

    account: str
    path: str
    fields: dict[str, tuple[str, ...]]  # name → the choices of its list


def addresses() -> Iterator[str]:
    """Each address of the URLconf, with the ids of objects of every kind, at most three of each."""
    held = {kind: [one["id"] for one in objects(*where)] for kind, where in KINDS.items()}
    for path, view in PATTERNS:
        if view.__module__.startswith("allauth.") or path.startswith(LEFT):
            continue
        main = next((name for name in held if f"<str:{name}>" in path), "")
        for one in (held[main][:: max(1, len(held[main]) // 3)] or [UNKNOWN]) if main else [""]:
            where = f"/{path}"
            for name, value in {**WORDS, **OTHERS, main: one}.items():
                where = where.replace(f"<str:{name}>", value)
            if "<" not in where:
                yield where


class Browsers:
    """One for each account; a session that has ended (ten minutes of proof, on a busy machine) begins again."""

    def __init__(self, world: dict[str, Client]) -> None:
        self.clients = {account: world[account] for account in ACCOUNTS}
        self.users = {account: client.session["_auth_user_id"] for account, client in self.clients.items()}

    def ask(self, account: str, method: str, path: str, *body: Any) -> Any:
        answer = getattr(self.clients[account], method)(path, *body)
        if answer.status_code == 302 and answer["Location"].startswith("/comptes/connexion/"):
            self.clients[account] = browser(self.users[account])
            answer = getattr(self.clients[account], method)(path, *body)
        return answer


def read_by(browsers: Browsers, account: str, path: str) -> tuple[int, dict[str, tuple[str, ...]]]:
    """The status of an empty form, and the fields of the forms that were read."""
    found: dict[str, tuple[str, ...]] = {}

    def note(form: Form) -> None:
        for bound in form:
            choices = tuple(str(value) for value, _label in getattr(bound.field, "choices", ()))
            names = [f"{bound.html_name}_0", f"{bound.html_name}_1"] if "Moment" in type(bound.field).__name__ else []
            found.update(dict.fromkeys(names or [bound.html_name], choices))

    clean = Form.full_clean

    def spied(form: Form) -> None:
        if form.is_bound:
            note(form)
        clean(form)

    with patch.object(Form, "full_clean", spied), undone():
        return browsers.ask(account, "post", path).status_code, found


def doors(browsers: Browsers) -> Iterator[Door]:
    known: set[tuple[str, ...]] = set()
    for path in addresses():
        for account in ACCOUNTS:
            status, fields = read_by(browsers, account, path)
            assert status < 500, (account, path)
            shape = (account, *(part for part in path.split("/") if len(part) != 22), *sorted(fields))
            if status not in (403, 404, 405) and shape not in known:
                known.add(shape)
                yield Door(account, path, fields)


def state() -> str:
    """A digest of every row, but for the traces."""
    digest = sha256()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - TRACES):
            cursor.execute(f'SELECT * FROM "{table}"')
            digest.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return digest.hexdigest()


def bodies(door: Door) -> st.SearchStrategy[dict[str, list[str]]]:
    def value(choices: tuple[str, ...]) -> st.SearchStrategy[str]:
        kinds = [st.sampled_from(GOOD), st.sampled_from(NASTY), st.text(max_size=40)]
        return st.one_of(*([st.sampled_from(choices)] * 3 if choices else []), *kinds)

    each = {name: st.lists(value(choices), min_size=0, max_size=2) for name, choices in door.fields.items()}
    often = {name: value(choices).map(lambda one: [one]) for name, choices in door.fields.items()}
    return st.one_of(*[st.fixed_dictionaries(often)] * 4, st.fixed_dictionaries({}, optional=each))


class Tally:
    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.wrong: dict[str, None] = {}

    def fuzz(self, browsers: Browsers, door: Door) -> None:
        @settings(
            max_examples=CASES if door.fields else 1,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(bodies(door))
        def send(body: Any) -> None:
            self.send(browsers, door, body)

        send()

    def send(self, browsers: Browsers, door: Door, body: Any) -> None:
        with undone(), written() as tables:
            answer = browsers.ask(door.account, "post", door.path, body)
        status = answer.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        told = f"{status} {door.account} {door.path} {body!r:.300}"
        if status >= 500 or b"Traceback" in getattr(answer, "content", b""):
            self.wrong[told] = None
        if status >= 400 and tables:  # perhaps taken back by its own verb
            with undone():
                before = state()
                browsers.ask(door.account, "post", door.path, body)
                if state() != before:
                    self.wrong[f"written by a refusal: {told} {tables}"] = None


def test_whatever_is_sent(world):
    tally, browsers = Tally(), Browsers(world)
    with clock.at(NOW):
        found = list(doors(browsers))
        for door in found:
            tally.fuzz(browsers, door)
    tried = sum(tally.statuses.values())
    print(f"{len(found)} forms, {tried} sendings, {dict(sorted(tally.statuses.items()))}")
    assert not tally.wrong, "\n".join(tally.wrong)
    assert len({door.path.split("/")[1] for door in found}) > 15
    assert tried > 2_000
    assert tally.statuses[422] > 500
    assert tally.statuses.get(303, 0) > 100, "some sendings must pass, or the verbs would not be tried"


ASKED = ("after", "annee", "kind", "langue", "next", "note", "page", "piece", "q", "role", "stage", "suite")
STRANGE = (
    "-1", "0", "9" * 30, "1e309", "\x00", "\ufffd", "a" * 3000, "'\"><script>x</script>", "../../", "NaN", "2026-13-45",
    "\r\nSet-Cookie: x=1", "S0", "%", "٣",
)  # fmt: skip


def test_whatever_is_asked(world):
    """Addresses with strange queries, repeated too: never a 500, a header of somebody else, markup, or a write."""
    browsers, turn, seen = Browsers(world), 0, set()
    with clock.at(NOW):
        for path in addresses():
            for account in ACCOUNTS:
                shape = (account, *(part for part in path.split("/") if len(part) != 22))
                if shape in seen or browsers.ask(account, "get", path).status_code != 200:
                    continue
                seen.add(shape)
                for start in range(3):
                    turn += 1
                    given = {name: STRANGE[(turn + at + 5 * start) % len(STRANGE)] for at, name in enumerate(ASKED)}
                    given["page"] = [given["page"], STRANGE[turn % len(STRANGE)]]
                    with written() as tables:
                        answer = browsers.ask(account, "get", path, given)
                    assert answer.status_code < 500, (account, path, given)
                    assert not tables
                    assert "x" not in answer.cookies
                    body = b"" if answer.streaming else answer.content
                    assert b"<script>x" not in body, (account, path)
                    assert answer["Cache-Control"] == "no-store"
    print(f"{turn} questions on {len(seen)} pages")
    assert turn > 500
