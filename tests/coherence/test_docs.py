"""The documents that promise a test name one that exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from jalon.cli import USAGE

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def named():
    for page in sorted((ROOT / "docs").glob("*.md")):
        for path, test in NAMED.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(path, test, id=f"{page.name} {test}")


@pytest.mark.parametrize(("path", "test"), list(named()))
def test_the_test_exists(path, test):
    assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def test_links_between_documents_lead_somewhere():
    for page in sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]):
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_units_call_commands_that_exist():
    called = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "deploy").glob("*.service"))
    commands = re.findall(r"^ExecStart=\S+/bin/jalon (\w+) (\S+)", called, re.M)
    assert commands
    for command, what in commands:
        assert what in get_commands() if command == "manage" else f"jalon {command} " in USAGE, what
