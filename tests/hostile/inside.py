"""The world ``proof`` inside the tests' own database, a browser for each account: quick, and forgotten afterwards."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.test import Client

from jalon.accounts.models import User
from jalon.accounts.tests.factories import sign_in
from tests.browser.visitor import SeenForm, read

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
# What a refusal may write all the same: its trace, the session, the text kept for a proof of identity.
TRACES = {"journal_entry", "accounts_websession", "accounts_keptform", "rate_limits", "django_session"}
WRITING = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "?(\w+)"?', re.IGNORECASE)


@contextlib.contextmanager
def proof_world(blocker: Any) -> Iterator[dict[str, Client]]:
    """A confirmed browser for each account (signed in with both factors a moment ago)."""
    from jalon.demo.folder import Mark
    from jalon.demo.proof import load_proof

    with blocker.unblock(), transaction.atomic():
        ids = load_proof(Mark(world="proof", days={"*": "2026-03-16"}, now="2026-03-16T10:00"))
        yield {account: browser(ids[account]) for account in ids}
        transaction.set_rollback(True)


def browser(user_id: str, *, stepped_up: bool = True) -> Client:
    client = Client(HTTP_HOST="localhost", HTTP_ORIGIN="http://localhost", raise_request_exception=False)
    client.user_id = user_id
    return sign_in(client, User.objects.get(pk=user_id), stepped_up=stepped_up)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside goes back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def written() -> Iterator[set[str]]:
    """The tables that receive a row, a change or a deletion inside, but for those of the traces."""
    found: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if (match := WRITING.match(sql)) and match[1] not in TRACES:
            found.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def form_with(client: Client, path: str, field: str) -> tuple[str, list[tuple[str, str]]]:
    """(where it is sent, what it sends untouched) of the form of this page that holds this field."""
    shown = client.get(path)
    assert shown.status_code == 200, f"{path}: {shown.status_code}"
    forms = [form for form in read(shown.content.decode()).forms if form.method == "post"]
    holding = [form for form in forms if field in {name for name, _value in form.fields}]
    form: SeenForm = (holding or [max(forms, key=lambda one: len(one.fields))])[0]
    where = form.action if form.action.startswith("/") else path
    return where, [pair for pair in form.fields if pair[0] != "csrfmiddlewaretoken"]


def filled(pairs: list[tuple[str, str]], given: dict[str, Any]) -> dict[str, list[Any]]:
    """What the form sends once these fields were changed."""
    data: dict[str, list[Any]] = {}
    for name, value in pairs:
        if name not in given:
            data.setdefault(name, []).append(value)
    for name, value in given.items():
        if value is not None:
            data[name] = value if isinstance(value, list) else [value]
    return data
