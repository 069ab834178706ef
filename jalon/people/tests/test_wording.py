"""The trail is read by people: no verb of a file shows its code."""

import ast
from pathlib import Path

import pytest

from jalon.people import wording

ROOMS = Path(__file__).resolve().parents[2]
WRITERS = {"record", "_trail", "_trace"}
# of a session or of a seat, never of a file
OTHERS = {
    *("add_point", "close_meeting", "create_meeting", "edit_minutes", "generate_minutes", "name_seat", "open_meeting"),
    *("sign_minutes", "end_seat", "place_seat", "name_deputy", "call_deputies", "open_calendar", "close_calendar"),
}


def verbs(room: str) -> set[str]:
    """The constants given to the functions that write in the journal."""
    found = set()
    for source in (ROOMS / room).rglob("*.py"):
        if "tests" in source.parts:
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1 and _name(node.func) in WRITERS:
                verb = node.args[1]
                if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                    found.add(verb.value)
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("room", ["people", "dossiers", "commissions", "journeys", "support", "space"])
def test_every_verb_of_a_file_has_its_words(room):
    found = verbs(room) - OTHERS
    assert found, "no verb found: has the way to write in the journal changed?"
    assert not sorted(found - set(wording.VERBS))
