"""Rules that hold over the whole source: writing, reading input, words in templates, standing alone."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "jalon"
SOURCES = [p for p in ROOMS.rglob("*.py") if "/tests/" not in str(p) and "/migrations/" not in str(p)]
TEMPLATES = list(ROOMS.rglob("*.html"))


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_input_is_read_in_the_strict_layer_only(path):
    """Request bodies, uploads and JSON from outside are read by ``ui`` (forms, files) and by no view."""
    if path.name != "views.py" and "views" not in path.parts:
        return
    text = path.read_text(encoding="utf-8")
    assert "request.body" not in text
    assert "json.loads" not in text


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_the_day_comes_from_the_one_clock(path):
    if relative(path) == "jalon/config/clock.py":
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bdate\.today\(|datetime\.now\(|timezone\.now\(|utcnow\(|localdate\(", text)


WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}


def writes(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = ast.unparse(node.func.value)
            if "objects" in owner or node.func.attr in {"save", "bulk_create", "get_or_create", "update_or_create"}:
                yield f"line {node.lineno}: {ast.unparse(node.func)}"


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.name in {"views.py", "reads.py", "forms.py"} or "views" in p.parts], ids=relative
)
def test_only_actions_write(path):
    assert list(writes(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_hold_no_inline_script_or_style_and_escape_everything(path):
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text
    assert "{% autoescape off" not in text
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son(click|change|submit|load|input)=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text)
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


def test_no_mark_safe_outside_ui():
    found = [relative(p) for p in SOURCES if "mark_safe(" in p.read_text(encoding="utf-8") and p.parts[-2] != "ui"]
    assert [f for f in found if not f.startswith("jalon/ui/")] == []


def test_the_project_stands_alone():
    needle = "../" + "shared"
    tracked = [
        p for p in ROOT.rglob("*") if p.suffix in {".py", ".html", ".md", ".toml", ".sh"} and ".venv" not in p.parts
    ]
    assert [relative(p) for p in tracked if needle in p.read_text(encoding="utf-8")] == []
