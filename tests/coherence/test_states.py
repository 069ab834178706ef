"""Every table of states, of every room: each pair answers, each verb is judged where it is done, no state is written
around its table."""

import ast
import importlib
from enum import Enum
from functools import cache
from pathlib import Path

import pytest

from jalon.access import Refused
from jalon.access.machine import Machine

ROOMS = Path(__file__).resolve().parents[2] / "jalon"
FOUND = [
    (path.parent.name, name, machine)
    for path in sorted(ROOMS.glob("*/states.py"))
    for name, machine in vars(importlib.import_module(f"jalon.{path.parent.name}.states")).items()
    if isinstance(machine, Machine)
]
EACH = pytest.mark.parametrize(("room", "name", "machine"), FOUND, ids=[f"{room}.{name}" for room, name, _ in FOUND])
# Written without a call of the table: why.
BY_HAND = {
    "jalon/commissions/actions/common.py": "a request that she withdrew leaves the agenda, whatever is done there",
    "jalon/commissions/actions/endings.py": "points about nobody are over with the meeting, whose table has allowed it",
}
# A verb that another one does by itself.
LED_BY = {"finish_answers": "answer_accreditation_piece", "cancel": "cancel_appointment"}


def trees(pattern):
    for path in sorted(ROOMS.glob(pattern)):
        if not {"tests", "migrations"} & set(path.parts):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_the_rooms_with_states_have_their_table():
    assert {room for room, _name, _machine in FOUND} == {
        "people", "dossiers", "commissions", "journeys", "directory", "conventions", "support", "offers", "space",
    }  # fmt: skip


@EACH
def test_each_pair_leads_somewhere_or_says_why_not(room, name, machine):
    """In French, with the word of the state, never its code alone."""
    for state, label in machine.labels.items():
        for verb in machine.transitions:
            if machine.allows(state, verb):
                assert machine.target(state, verb) in machine.labels
                continue
            with pytest.raises(Refused) as refusal:
                machine.target(state, verb)
            assert refusal.value.why == f"Ce n'est pas possible maintenant : l'état est « {label} »."


@EACH
def test_its_room_tests_it_in_the_real_actions(room, name, machine):
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOMS / room / "tests").glob("test_*.py"))
    assert f"{name}.transitions" in written or f"{name}.verbs(" in written, (
        "written a second time by hand, pair by pair"
    )


@cache
def said() -> frozenset[object]:
    """Every constant that the actions and the access of the rooms hand to a call, compare, or keep in a table."""
    holders = (ast.Call, ast.Dict, ast.IfExp, ast.Compare)
    files = [*trees("*/actions.py"), *trees("*/actions/*.py"), *trees("*/access.py")]
    held = (node for _path, tree in files for node in ast.walk(tree) if isinstance(node, holders))
    return frozenset(one.value for node in held for one in ast.walk(node) if isinstance(one, ast.Constant))


@EACH
def test_each_verb_is_judged_where_it_is_done(room, name, machine):
    """The word of the verb is handed to the table by some action; what time alone does is nobody's."""
    done_by_someone = {LED_BY.get(verb, verb) for verb, one in machine.transitions.items() if one.who}
    assert done_by_someone <= said()


def governed():
    """The enumerations whose states a table leads."""
    words = {tuple(machine.labels) for _room, _name, machine in FOUND}
    for path in ROOMS.glob("*/states.py"):
        module = importlib.import_module(f"jalon.{path.parent.name}.states")
        for name, found in vars(module).items():
            if isinstance(found, type) and issubclass(found, Enum) and tuple(map(str, found)) in words:
                yield name


def test_no_action_writes_a_state_around_its_table():
    names = {name for name in governed() if len(name) > 1}  # a letter is an alias inside states.py
    assert {"MeetingState", "ApplicationState", "DecisionState", "Stage"} <= names

    def by_hand(value):
        return isinstance(value, ast.Attribute) and ast.unparse(value.value) in names

    wrong = set()
    for path, tree in [*trees("*/actions.py"), *trees("*/actions/*.py"), *trees("*/views.py"), *trees("*/views/*.py")]:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            assigned = [one for one in targets if isinstance(one, ast.Attribute) and one.attr in ("state", "stage")]
            updated = [
                one.value
                for one in getattr(node, "keywords", [])
                if isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith(".update")
                and one.arg in ("state", "stage")
            ]
            if (assigned and by_hand(node.value)) or any(map(by_hand, updated)):
                wrong.add(str(path.relative_to(ROOMS.parent)))
    assert wrong == set(BY_HAND)
