"""Bad values in every field of every form that the crawl of a role finds, in the world ``proof``.

What must come back: 422, a French sentence at the field, what was typed still there, nothing written.
A form that no page of ours can send (unknown or repeated key) gives 400.
"""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from jalon.config import clock
from jalon.ui import fields
from jalon.ui.forms import Form
from tests.browser.visitor import LEFT_ALONE, SEARCH, SeenForm, query, read
from tests.hostile.inside import NOW, TRACES
from tests.hostile.objects import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bad input"), pytest.mark.proof]

ACCOUNTS = ("ref.a1", "mgr.a", "adm.a", "dpo.a", "emp.31", "sec.31", "mem.31.1", "pre.31", "etr.31")
ENGLISH = re.compile(r"\b(This|Enter|Select|Ensure|valid|required|invalid|Please)\b")
ID = re.compile(r"\b[\w-]{22}\b")
MARK = "Gardé tel quel, avec l'accent : é"

NUL, BELL, ESCAPE, RIGHT_TO_LEFT, NOTHING = "\x00", "\x07", "\x1b[2J", "\u202e", "\u200b\u200b"
NEVER_A_DAY = ("31/02/2026", "2026-02-31", "29/02/2023", "13/13/2000", "00/00/0000", "01/02/90", "demain")
BAD: dict[type, tuple[str, ...]] = {
    fields.DayField: NEVER_A_DAY,
    fields.PartialDayField: ("31/02/1990", "13/1990", "l'an dernier"),
    fields.MonthField: ("13/2026", "hier"),
    fields.MomentField: NEVER_A_DAY,
    fields.MoneyField: ("-5", "NaN", "Infinity", "1e3", "0,001", "1_000", "99999999999"),
    fields.CountField: ("-1", "1,5", "NaN", "1_000", "1e3", "99999999999999999999"),
    fields.PhoneField: ("0000000000", "12", "téléphone"),
    fields.EmailField: ("a@b..c", "sans arobase", "x" * 300 + "@exemple.fr"),
    fields.PostcodeField: ("99999", "123"),
    fields.ChoiceField: ("inconnu",),
    fields.RadioField: ("inconnu",),
    fields.PickerField: ("inconnu",),
    fields.ChecksField: ("inconnu",),
    fields.YesNoField: ("peut-être",),
    fields.SafeCharField: (f"avant{NUL}après", f"avant{RIGHT_TO_LEFT}après", f"avant{ESCAPE}après", "a\r\nBcc: b"),
    fields.NameField: (f"avant{NUL}après", f"avant{RIGHT_TO_LEFT}après", "Rose \U0001f339"),
    fields.SafeTextField: (f"avant{NUL}après", f"avant{BELL}après", f"avant{RIGHT_TO_LEFT}après"),
}
# Answered in another way: found elsewhere, or tested by their own room.
OTHERWISE = (fields.FlagField, fields.UploadField, fields.PublicIdField)


# --- finding the forms ----------------------------------------------------------------------------------------------
def forms_of(response: Any) -> dict[int, Form]:
    """The forms that a page showed."""
    found: dict[int, Form] = {}

    def look(value: Any) -> None:
        if isinstance(value, Form):
            found[id(value)] = value

    for context in response.context or ():
        for layer in context.dicts if hasattr(context, "dicts") else [context]:
            for value in layer.values():
                look(value)
    return found


def sent_by(form: Form, page: list[SeenForm]) -> SeenForm | None:
    """The form of the page that sends these fields."""
    names = {name for bound in form for name in names_of(bound)}
    best = max(page, key=lambda seen: len(names & {name for name, _value in seen.fields}), default=None)
    return best if best and names & {name for name, _value in best.fields} else None


def names_of(bound: Any) -> list[str]:
    if isinstance(bound.field, fields.MomentField):
        return [f"{bound.html_name}_0", f"{bound.html_name}_1"]
    return [bound.html_name]


def standings() -> dict[str, tuple[str, ...]]:
    """Public id → the stage of its file and its own state: what decides which forms its pages hold.

    What has neither (an accreditation, a membership) is alone of its kind: its dates decide.
    """
    found = {}
    for label, way in KINDS.values():
        for row in apps.get_model(label).objects.all():
            owner = reduce(lambda one, name: getattr(one, name, None), way.split(".") if way else (), row)
            standing = str(getattr(owner, "stage", "")), str(getattr(row, "state", ""))
            found[str(row.pk)] = standing if any(standing) else (str(row.pk),)
    return found


def shape(path: str, known: dict[str, tuple[str, ...]]) -> tuple[object, ...]:
    """The address without its ids, and where their objects stand: of two alike, one is visited."""
    address = urlsplit(path)
    words = re.sub(ID, lambda found: str(known.get(found[0], found[0])), address.query)
    try:
        match = resolve(address.path)
    except Resolver404:
        return address.path, words
    parts = ((name, value) for name, value in match.kwargs.items() if name != "rule_id")
    return match.route, words, *((name, known.get(str(value), value)) for name, value in parts)


def found_by(client: Client) -> Iterator[tuple[str, Form, SeenForm]]:
    """(page, form, what it sends untouched) for each form that this account reaches by links."""
    known, seen = standings(), set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        alike = shape(path, known)
        if alike in seen:
            continue
        seen.add(alike)
        response = client.get(path)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = read(response.content.decode())
        links = [*page.links, response.headers.get("Location", "")]
        links += [form.action + query(form) for form in page.forms if form.method == "get"]
        for link in links:
            target = urlsplit(urljoin(f"http://localhost{path}", link))
            local = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == "localhost" and not local.startswith((*LEFT_ALONE, "/static/")):
                waiting.append(local)
        aside = LEFT_ALONE if path == SEARCH else (*LEFT_ALONE, SEARCH)
        posting = [form for form in page.forms if form.method == "post" and not form.action.startswith(aside)]
        for form in forms_of(response).values():
            sender = sent_by(form, posting)
            if sender is not None:
                yield path, form, sender


# --- spoiling them ----------------------------------------------------------------------------------------------------
def bad_values(field: Any) -> tuple[str, ...]:
    values = next((BAD[kind] for kind in type(field).__mro__ if kind in BAD), ())
    longest = getattr(field, "max_length", None)
    if longest and isinstance(field, fields.SafeCharField):
        values += ("x" * (longest + 1),)
    if isinstance(field, fields.SafeCharField) and refuses(field, ""):
        values += (NOTHING, "\u00a0\u00a0")
    most = getattr(field, "max_value", None)
    if isinstance(field, fields.CountField | fields.MoneyField) and most is not None:
        values += (str(Decimal(most) + 1).replace(".", ","),)
    return values


def refuses(field: Any, value: str) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return True
    return False


turn: dict[type, int] = {}


def one_of(field: Any) -> list[str]:
    """A bad value for this field, taken in turn from those of its kind: over the forms, all serve."""
    values = bad_values(field)
    if not values:
        return []
    start = turn[type(field)] = turn.get(type(field), -1) + 1
    return [values[start % len(values)]]


def rows() -> dict[str, int]:
    tables = [name for name in connection.introspection.table_names() if name not in TRACES]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM \"{name}\"" for name in tables))
        return dict(cursor.fetchall())


def spoiled(pairs: list[tuple[str, str]], name: str, value: str) -> dict[str, list[str]]:
    """What the form sends, with one bad value, and something to keep in another field of text."""
    data: dict[str, list[str]] = {}
    for key, one in pairs:
        data.setdefault(key, []).append(one)
    data[name] = [value]
    return data


def keeper(form: Form, but: str) -> str:
    """Another field of free text, whose content must come back."""
    for bound in form:
        if isinstance(bound.field, fields.SafeTextField) and bound.html_name != but:
            return str(bound.html_name)
    return ""


def wrong_with(client: Client, where: str, form: Form, data: dict[str, list[str]], bound: Any, kept: str) -> str:
    """Send it; what is wrong with the answer, or nothing."""
    response = client.post(where, data, HTTP_ORIGIN="http://localhost")
    if response.status_code != 422:
        return f"status {response.status_code}"
    again = next((f for f in forms_of(response).values() if type(f) is type(form) and f.is_bound), None)
    if again is None or bound.name not in again.errors:
        return f"no sentence at the field ({dict(again.errors) if again else 'no form'})"
    page = response.content.decode()
    for sentence in again.errors[bound.name]:
        if ENGLISH.search(sentence) or html.escape(sentence) not in page:
            return f"not said in French on the page: {sentence}"
    if kept and html.escape(MARK) not in page:
        return f"what was typed in {kept} is lost"
    value = data[names_of(bound)[0]][0]
    if isinstance(bound.field, fields.base.Typed) and html.escape(value) not in page:
        return "what was typed is lost"
    return ""


tried: set[tuple[str, ...]] = set()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_form_answers_in_french_and_writes_nothing(account, world):
    client = world[account]
    wrong = []
    with clock.at(NOW):
        before = rows()
        for path, form, sender in list(found_by(client)):
            where = urljoin(path, sender.action) if sender.action else path
            signature = (
                re.sub(r"/[\w-]{22}/", "/…/", where.partition("?")[0]),
                type(form).__qualname__,
                ",".join(form.fields),
            )
            if signature in tried or not any(bad_values(bound.field) for bound in form):
                continue
            tried.add(signature)
            wrong += [f"{signature[0]} {signature[1]} {what}" for what in attack(client, where, form, sender)]
        assert not wrong, "\n".join(wrong)
        assert rows() == before


def attack(client: Client, where: str, form: Form, sender: SeenForm) -> Iterator[str]:
    pairs = [pair for pair in sender.fields if pair[0] != "csrfmiddlewaretoken"]
    for bound in form:
        if bound.is_hidden or isinstance(bound.field, OTHERWISE):
            continue
        for value in one_of(bound.field):
            data = spoiled(pairs, names_of(bound)[0], value)
            kept = keeper(form, bound.html_name)
            if kept:
                data[kept] = [MARK]
            problem = wrong_with(client, where, form, data, bound, kept)
            if problem:
                yield f"{bound.html_name} = {value[:24]!r}: {problem}"
    if pairs:
        plain = spoiled(pairs, pairs[0][0], pairs[0][1])
        for what, data in (
            ("an unknown key", {**plain, "stage": ["S6"], "is_staff": ["1"]}),
            ("a key sent twice", {**plain, twice(form): ["a", "b"]}),
        ):
            status = client.post(where, data, HTTP_ORIGIN="http://localhost").status_code
            if status != 400:
                yield f"{what}: status {status}"


def twice(form: Form) -> str:
    """A field that a page sends once."""
    for bound in form:
        if not isinstance(bound.field, fields.ChecksField) and not bound.is_hidden:
            return names_of(bound)[0]
    return "stage"


def test_enough_forms_were_tried():
    assert len(tried) >= 70
