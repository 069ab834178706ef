"""GLOSSARY.md tells the truth: each identifier exists, and every model has its line."""

import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps

TEXT = (Path(__file__).resolve().parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")
# | terme français | `identifier` | `where` | article | definition |
ROWS = re.findall(r"^\|\s*([^|]+?)\s*\| `([^`]+)` \| `([^`]+)` \|\s*([^|]*?)\s*\|\s*([^|]+?)\s*\|$", TEXT, re.MULTILINE)


def test_the_glossary_has_rows():
    assert len(ROWS) > 40


@pytest.mark.parametrize(("french", "identifier", "where"), [row[:3] for row in ROWS], ids=[row[1] for row in ROWS])
def test_the_identifier_exists(french, identifier, where):
    module = importlib.import_module(where)
    target = module
    for part in identifier.split("."):
        target = getattr(target, part)


def test_every_model_is_in_the_glossary():
    known = {identifier.split(".")[0] for _, identifier, *_ in ROWS}
    models = {m.__name__ for m in apps.get_models() if m.__module__.startswith("jalon.")}
    assert models - known == set()


def test_one_identifier_for_each_french_term():
    terms = [row[0].strip().lower() for row in ROWS]
    assert len(terms) == len(set(terms))
