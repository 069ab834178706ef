"""Every action leaves a trace: it writes to the journal itself, or calls an action that does."""

import ast
import importlib
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2] / "jalon"
FILES = [*ROOMS.glob("*/actions.py"), *ROOMS.glob("*/actions/*.py")]


def exported(path):
    """The names that the room gives to the others: those of the module, or of the package's ``__init__``."""
    room = path.parent if path.name == "actions.py" else path.parent.parent
    module = importlib.import_module(f"jalon.{room.name}.actions")
    return set(getattr(module, "__all__", vars(module)))


def functions():
    for path in FILES:
        names = exported(path)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name in names and not node.name.startswith("_"):
                yield path, node


# Functions that take the actor to ask, not to act.
ASKING = {"require", "can", "verdict", "dossiers_visible_to", "get", "facts"}


def takes_actor(node):
    return bool(node.args.args) and node.args.args[0].arg == "actor"


ACTIONS = [(path, node) for path, node in functions() if takes_actor(node)]


def calls(node):
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield ast.unparse(call.func), call


def journals(path, node, seen=()):
    names = {n.name: n for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef)}
    for name, call in calls(node):
        if name in {"journal.record", "record"}:
            return True
        if name.split(".")[-2:-1] and "actions" in name.split(".")[-2]:
            return True
        if name in names and name not in seen and journals(path, names[name], (*seen, name)):
            return True
        # An imported action (or a private helper of a sibling module) is handed the actor: it journals.
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Name) and first.id == "actor" and name.split(".")[-1] not in ASKING:
            return True
    return False


NAMES = [f"{path.relative_to(ROOMS).parts[0]}.{node.name}" for path, node in ACTIONS]


def test_there_are_actions():
    assert len(ACTIONS) > 40


@pytest.mark.parametrize(("path", "node"), ACTIONS, ids=NAMES)
def test_every_action_journals(path, node):
    assert journals(path, node)


@pytest.mark.parametrize(("path", "node"), ACTIONS, ids=NAMES)
def test_every_action_is_one_transaction(path, node):
    decorators = {ast.unparse(d) for d in node.decorator_list}
    assert "transaction.atomic" in decorators or "atomic" in decorators
