"""The law room imports nothing but the standard library, yaml and itself."""

import ast
import subprocess
import sys
from pathlib import Path

LAW = Path(__file__).parents[1]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    return names


def test_imports() -> None:
    for path in LAW.glob("*.py"):
        for name in imported(path):
            root = name.split(".")[0]
            assert root in sys.stdlib_module_names or root == "yaml" or name.startswith("jalon.law"), (path.name, name)


def test_no_clock() -> None:
    for path in LAW.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in (".today(", ".now(", "import time", "utcnow")), path.name


def test_django_is_not_loaded() -> None:
    code = "import sys, jalon.law.cli; sys.exit(any(name.startswith('django') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=LAW.parents[1], check=False).returncode == 0
