"""The labelled cases: what is expected is a subset of the answer. The full answers are kept too: any change shows.

`edges.json` holds the project's own cases, in the same shape: the order of faults, ends of months, holidays, limits.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from jalon.law import compute
from jalon.law.rules import RULES
from jalon.law.subjects import CALCULATIONS

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
EDGES: list[dict[str, Any]] = json.loads((HERE / "edges.json").read_text(encoding="utf-8"))
ANSWERS: list[dict[str, Any]] = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))


def differences(expected: Any, got: Any, path: str = "") -> list[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        return [
            d for key, value in expected.items() for d in differences(value, got.get(key, "absent"), f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        return [d for i, (one, other) in pairs for d in differences(one, other, f"{path}[{i}]")]
    same = type(expected) is type(got) and expected == got
    return [] if same else [f"{path}: expected {expected!r}, got {got!r}"]


@pytest.mark.parametrize("case", CASES + EDGES, ids=[case["id"] for case in CASES + EDGES])
def test_case(case: dict[str, Any]) -> None:
    answer = compute.answer({key: case[key] for key in ("id", "calculation", "input") if key in case})
    assert (answer["id"], answer["calculation"]) == (case["id"], case["calculation"])
    if "expect_error" in case:
        assert "result" not in answer
        assert differences(case["expect_error"], answer["error"]) == []
        assert answer["error"]["message"].strip()
    else:
        assert "error" not in answer
        assert differences(case["expect"], answer["result"]) == []
        rules = answer["result"]["rules"]
        assert rules == sorted(set(rules))
        assert set(case.get("expect_rules", [])) <= set(rules) <= set(RULES)


def test_full_answers_do_not_change() -> None:
    elements = [{key: case[key] for key in ("id", "calculation", "input") if key in case} for case in CASES]
    status, text = compute.run(json.dumps(elements).encode())
    assert status == 1
    for got, kept in zip(json.loads(text), ANSWERS, strict=True):
        assert got == kept


def test_cases_use_every_calculation() -> None:
    assert {case["calculation"] for case in CASES} >= set(CALCULATIONS)
