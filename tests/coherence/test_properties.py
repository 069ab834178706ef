"""What holds whatever is given, room by room; and how many such properties the whole suite has."""

import ast
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from jalon.access import Refused
from jalon.access.policy import decide, matrix
from jalon.access.roles import COMPARTMENTS, STAGES, Action, Condition, Relation, Role
from jalon.accounts.passwords import guessable, known_words
from jalon.commissions.states import ITEM, MEETING
from jalon.config import clock
from jalon.dossiers import redlist
from jalon.dossiers.states import APPLICATION
from jalon.journal import trail
from jalon.journeys.states import DECISION
from jalon.law.retention import HOLDS, retention
from jalon.papers import vocabulary
from jalon.reporting import exports
from jalon.ui import fields, logs, uploads, views
from jalon.ui.errors import Malformed
from jalon.ui.forms import Form
from jalon.ui.text import fold, tidy
from jalon.vault import crypto, escrow

ROOT = Path(__file__).resolve().parents[2]
LEAST = 60
law = settings(max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
words = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=3, max_size=14)


def test_sixty_properties(capsys):
    """Counted in the sources: functions that hypothesis calls."""
    found = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for folder in ("jalon", "tests")
        for path in sorted((ROOT / folder).rglob("test_*.py"))
        if "@given(" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "given" for one in node.decorator_list)
    ]
    with capsys.disabled():
        print(f"{len(found)} properties ", end="")
    assert len(found) >= LEAST


# --- ui: text and fields --------------------------------------------------------------------------------------------
def cleaned(field, value):
    """The value, or None when it is refused."""
    try:
        return field.clean(value)
    except ValidationError:
        return None


@law
@given(st.text(), st.booleans())
def test_what_was_tidied_is_tidy(text, lines):
    try:
        once, _removed = tidy(text, lines=lines)
    except ValidationError:
        return
    assert tidy(once, lines=lines) == (once, False)
    assert unicodedata.is_normalized("NFC", once)


@law
@given(st.text(st.characters(categories=("Cc", "Cf", "Co", "Cs", "Zl", "Zp")), min_size=1), st.text(max_size=5))
def test_nothing_that_is_not_seen_is_kept(hidden, around):
    try:
        kept, _removed = tidy(around + hidden + around)
    except ValidationError:
        return
    assert not [char for char in kept if unicodedata.category(char) in ("Cc", "Co", "Cs", "Zl", "Zp")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]", kept)


@law
@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@law
@given(st.decimals(0, Decimal("9999999.99"), places=2))
def test_an_amount_that_is_shown_is_read(amount):
    field = fields.MoneyField()
    assert field.clean(field.show(amount)) == amount
    assert field.clean(fields.show_euro(amount)) == amount


@law
@given(st.text() | st.from_regex(r"\A[-+0-9.,eE_ €]{1,20}\Z"))
def test_an_amount_has_two_decimals_and_a_limit_or_is_none(text):
    amount = cleaned(fields.MoneyField(required=False), text)
    assert amount is None or (0 <= amount <= Decimal("9999999.99") and amount.as_tuple().exponent == -2)


@law
@given(st.text() | st.from_regex(r"\A[-+0-9.,e_ ]{1,20}\Z"))
def test_a_count_is_a_whole_number_or_is_none(text):
    count = cleaned(fields.CountField(required=False), text)
    assert count is None or (type(count) is int and 0 <= count <= 99_999)


@law
@given(days)
def test_a_day_in_each_of_its_spellings(day):
    field = fields.DayField()
    spellings = (day.isoformat(), f"{day.day}/{day.month}/{day.year}", fields.short_day(day), f"{day:%d-%m-%Y}")
    assert {field.clean(one) for one in spellings} == {day}


@law
@given(st.text() | st.from_regex(r"\A[0-9/. -]{4,12}\Z"))
def test_a_text_is_a_day_of_two_centuries_or_none(text):
    day = cleaned(fields.DayField(required=False), text)
    assert day is None or 1900 <= day.year <= 2199


@law
@given(days, st.sampled_from((4, 7, 10)))
def test_what_is_known_of_a_day_comes_back(day, known):
    field, kept = fields.PartialDayField(), day.isoformat()[:known]
    assert field.clean(field.prepare_value(kept)) == kept


@law
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.times())
@example(date(2026, 3, 29), time(2, 30))
@example(date(2026, 10, 25), time(2, 30))
def test_an_hour_in_paris_comes_back_or_does_not_exist(day, hour):
    field = fields.MomentField()
    moment = cleaned(field, [fields.short_day(day), f"{hour:%H:%M}"])
    if moment is None:
        local = datetime.combine(day, hour, clock.PARIS)
        assert local.astimezone(UTC).astimezone(clock.PARIS).time() != hour
        return
    assert moment.tzinfo is UTC
    assert field.widget.decompress(moment) == [fields.short_day(day), f"{hour:%H:%M}"]


@law
@given(st.from_regex(r"\A(\+33|0033|0)[ .-]?[1-9]([ .-]?[0-9]{2}){4}\Z") | st.from_regex(r"\A\+[1-9][0-9]{7,13}\Z"))
def test_a_number_that_is_kept_is_read_again(text):
    field = fields.PhoneField()
    kept = cleaned(field, text)
    assert kept is None or field.clean(fields.show_phone(kept)) == kept


class Two(Form):
    name = fields.NameField(required=False)
    kinds = fields.ChecksField(choices=[("a", "A"), ("b", "B")], required=False)


@law
@given(st.dictionaries(st.text(min_size=1, max_size=12), st.lists(st.text(max_size=3), min_size=1, max_size=3)))
def test_only_one_s_own_keys_once_each(sent):
    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, values)
    known = {"name", "kinds", "csrfmiddlewaretoken", "revision"}
    strange = set(sent) - known or [name for name, values in sent.items() if name != "kinds" and len(values) > 1]
    if strange:
        with pytest.raises(Malformed):
            Two(data).is_valid()
    else:
        Two(data).is_valid()


@law
@given(st.text() | st.from_regex(r"\A[a-z./\\]{0,20}\.(pdf|png|exe|PDF)\Z"))
def test_a_file_loses_its_name(name):
    assert uploads.safe_name(name) in {"fichier", *(f"fichier{end}" for end in uploads.EXTENSIONS)}


@law
@given(
    st.text(), st.from_regex(r"\A[a-z.]{1,9}@[a-z]{1,9}\.fr\Z"), st.from_regex(r"\A[a-z]{1,8}=[a-zA-Z0-9%+]{8,20}\Z")
)
def test_a_log_line_loses_addresses_queries_and_links(text, address, query):
    line = logs.clean(f"{text} {address} GET /x/?{query} Gone: /comptes/invitation/{query}/")
    assert address not in line
    assert query not in line


@law
@given(st.text(max_size=30) | st.from_regex(r"\A(https?:|javascript:)?[/\\]{0,3}[a-z.@:]{0,12}[/\\]{0,3}[a-z]{0,4}\Z"))
def test_the_way_back_is_a_path_of_ours(rf, url):
    path = views.local_path(rf.get("/"), url)
    assert path == "" or (path.startswith("/") and path[1:2] not in ("/", "\\"))


# --- access ---------------------------------------------------------------------------------------------------------
conditions = st.sets(st.sampled_from([str(one) for one in Condition]))
cells = st.sampled_from(sorted(matrix()))


@law
@given(cells, conditions, conditions)
def test_one_more_fact_closes_nothing(cell, held, more):
    assert not decide(*cell, held).allowed or decide(*cell, held | more).allowed


@law
@given(cells, conditions)
def test_what_is_missing_is_what_opens(cell, held):
    verdict = decide(*cell, held)
    assert verdict.allowed or decide(*cell, held | verdict.missing).allowed


@law
@given(
    *(st.sampled_from([*map(str, codes), "?"]) for codes in (Role, Relation, STAGES, COMPARTMENTS, Action)), conditions
)
def test_what_is_not_written_is_refused(role, relation, stage, compartment, action, held):
    cell = (role, relation, stage, compartment, action)
    assume(cell not in matrix())
    assert not decide(*cell, held).allowed


MACHINES = {"request": APPLICATION, "meeting": MEETING, "point": ITEM, "decision": DECISION}


@law
@given(st.sampled_from(sorted(MACHINES)), st.data())
def test_a_state_is_left_only_by_a_verb_that_it_allows(name, data):
    machine = MACHINES[name]
    state = data.draw(st.sampled_from(sorted(machine.labels)))
    for verb in data.draw(st.lists(st.sampled_from(sorted(machine.transitions)), max_size=8)):
        if machine.allows(state, verb):
            state = machine.target(state, verb)
            assert state in machine.labels
        else:
            with pytest.raises(Refused):
                machine.target(state, verb)


# --- vault and journal ----------------------------------------------------------------------------------------------
@law
@given(st.binary(min_size=32, max_size=32))
def test_any_two_papers_give_the_key_back(private):
    papers = escrow.split(private)
    lines = [list(paper.lines) for paper in papers]
    for one in range(3):
        for other in range(one + 1, 3):
            assert escrow.rebuild([*lines[one], *lines[other]]) == private
    assert all(private.hex() not in "".join(line).lower() for line in lines)


@law
@given(st.lists(st.binary(max_size=6), min_size=1, max_size=4), st.lists(st.binary(max_size=6), min_size=1, max_size=4))
def test_a_keyed_hash_knows_where_each_part_ends(one, other):
    key = bytes(32)
    assert (crypto.mac(key, *one) == crypto.mac(key, *other)) is (one == other)


fact = st.text(max_size=8) | st.integers(0, 99) | st.none()


@law
@given(st.lists(fact, min_size=2, max_size=6), st.data())
def test_the_chain_hears_any_change_of_an_event(listed, data):
    place = data.draw(st.integers(0, len(listed) - 1))
    changed = [*listed]
    changed[place] = data.draw(fact.filter(lambda value: value != listed[place]))
    assert trail.digest("0" * 64, tuple(listed)) != trail.digest("0" * 64, tuple(changed))
    assert trail.digest("0" * 64, tuple(listed)) != trail.digest("1" * 64, tuple(listed))


# --- law, packages, papers, exports, accounts -----------------------------------------------------------------------
@law
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 4000), st.lists(st.sampled_from(HOLDS), max_size=2))
def test_a_later_contact_never_shortens_and_a_hold_always_keeps(day, later, holds):
    first, second = retention(day), retention(day + timedelta(days=later), holds, date(2199, 1, 1))
    assert day < first.review_on <= second.review_on
    assert second.due is (not holds)


@law
@given(st.lists(words, max_size=6), words, st.integers(0, 6))
def test_a_red_word_is_found_wherever_it_stands(around, word, place):
    text = " ".join([*around[:place], word.upper(), *around[place:]])
    assume(redlist.words(text) and fold(word) in map(fold, redlist.words(text)))
    assert redlist.ranks(text, frozenset({fold(word)}))


@law
@given(
    st.sampled_from(vocabulary.STEMS),
    st.text(st.sampled_from(" .,;:!?'()«»\n-"), min_size=1, max_size=3),
    st.booleans(),
)
def test_a_word_of_the_programme_never_leaves(stem, around, upper):
    text = f"Bonjour{around}{stem.upper() if upper else stem}x{around}fin"
    assert vocabulary.found([text])


@law
@given(st.text(max_size=12) | st.from_regex(r"\A[ ]?[=+@\t\r-].{0,8}\Z"))
def test_a_cell_is_never_run_nor_unwritable(cell):
    shown = exports.neutral(cell)
    assert not shown.lstrip(" \u00a0").startswith(exports.RUN_BY_SPREADSHEETS)
    assert not exports.UNWRITABLE.search(shown)


@law
@given(
    st.sampled_from(sorted(known_words())),
    st.sampled_from(sorted(known_words())),
    st.from_regex(r"\A[0-9!?.*#-]{0,8}\Z"),
    st.integers(1, 3),
)
def test_two_known_words_are_guessed_whatever_is_around(one, other, signs, times):
    assert guessable(f"{signs}{one}{signs}{other}{signs}")
    assert guessable(one * times + signs)
