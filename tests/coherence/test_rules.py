"""Every date that is planned says its rule, and every rule named in the code is one of the law or of good practice."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

from jalon.law.rules import RULES
from jalon.notices.kinds import KINDS, RENEWAL
from jalon.notices.why import CHOSEN, PRACTICES, RULES_OF

PACKAGE = Path(__file__).resolve().parents[2] / "jalon"
RULE_ID = re.compile(r"^(?:DUR|REN|TRF|DEC|APP|SIL|COM|AGR|AFIS|MON|CAP|RSA|APS|PER|DAT|CIVI|EMP)-\d+$")
TABLE = "*"  # a table of the module: one of its texts, which is not known here
TAG = re.compile(r"{% why ([^%]*)%}")


def trees():
    """(file, its nodes) of each file of the product."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if not {"tests", "migrations", "demo"} & set(parts):
            yield "/".join(parts), tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def words(node, nodes):
    """The texts that an expression may be: itself, either side of a choice, or what its name is given elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return words(node.body, nodes) | words(node.orelse, nodes)
    if isinstance(node, ast.Dict):
        return set().union(*(words(value, nodes) for value in node.values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return words(node.func.value, nodes) | {TABLE}
    if isinstance(node, ast.Name):
        given = [value for name, value in assigned(nodes) if name == node.id and not isinstance(value, ast.Name)]
        return set().union(*(words(value, nodes) for value in given))
    return set()


@lru_cache(maxsize=1)
def assigned(nodes):
    """(name, value) of each assignment of a module, pairs of tuples taken apart."""
    return tuple(assignments(nodes))


def assignments(nodes):
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=True)
                    yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def planned():
    """(file, kinds, rules) of each call that plans a due date. No kind: it comes from a table of the module."""
    for place, nodes in trees():
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            if not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = ast.unparse(node.func)
            if name not in ("plan", "notices.plan", "Due", "notices.Due") or place == "notices/actions.py":
                continue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            at = {"kind": 0, "rule": 3} if name.endswith("Due") else {"kind": 1}
            for field, position in at.items():
                if len(node.args) > position:
                    given.setdefault(field, node.args[position])
            yield place, words(given.get("kind"), nodes), words(given.get("rule"), nodes)


PLANNED = list(planned())


def test_plans_are_found():
    assert len(PLANNED) > 12
    assert {kind for _, kinds, _ in PLANNED for kind in kinds} >= {
        "journey_cap",
        "convocation",
        "silence_2m",
        "retention",
    }


@pytest.mark.parametrize(("place", "kinds", "rules"), PLANNED)
def test_a_planned_date_carries_a_rule_that_its_kind_may_have(place, kinds, rules):
    assert kinds <= set(KINDS), place
    assert rules <= {*RULES, *PRACTICES, TABLE}, place
    for kind in kinds:
        if kind in CHOSEN:
            assert not rules, f"{place}: nobody computes {kind}"
        else:
            assert rules, f"{place}: {kind} is planned without its rule"
            assert set(RULES_OF[kind]) & rules, f"{place}: {kind} {rules}"
            assert TABLE in rules or rules <= set(RULES_OF[kind]), f"{place}: {kind} {rules}"


def test_the_renewal_s_targets_carry_theirs():
    assert {RULES_OF[kind][0] for kind in RENEWAL} == {"REN-1"}


def test_every_rule_named_on_a_screen_exists():
    named = {
        node.value
        for place, nodes in trees()
        if not place.startswith("law/")
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RULE_ID.match(node.value)
    }
    assert len(named) > 30
    for path in PACKAGE.rglob("*.html"):
        for tag in TAG.findall(path.read_text(encoding="utf-8")):
            named |= set(re.findall(r'"([^"]+)"', tag.split(" label=")[0].split(" on=")[0]))
    assert named <= set(RULES)
