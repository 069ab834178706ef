"""A sample of mutants of a room without Django, each met by the room's tests: `python -m tests.mutants jalon/law`.

A mutant is the room with one small fault in it; the tests should notice. The sample is drawn with a fixed seed, so two
runs on the same text meet the same mutants. Exit status 1 under the score asked.

mutmut is not used here: it leaves decorated functions and all that stands outside functions as they are, and in the law
room these are the eighteen calculations and the declarations of what they accept. Not mutated here either: annotations,
the options of dataclasses and caches, and prose (strings with a space in them), which is for readers to judge.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 2 << 30  # of memory for one child

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip
QUIET_DECORATORS = {"dataclass", "lru_cache", "cache", "wraps"}


@dataclass(frozen=True)
class Mutant:
    """One fault: the `number`th that can be made in this file."""

    path: Path
    number: int
    line: int
    told: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.told}"


class Mutator(ast.NodeTransformer):
    """Counts the faults that can be made in a tree, and makes the one asked for."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.made: list[tuple[int, str]] = []

    def offer(self, node: Any, other: Any, told: str) -> Any:
        """Return `other` in the place of `node` if it is the fault asked for."""
        self.made.append((node.lineno, told))
        return ast.copy_location(other, node) if len(self.made) - 1 == self.wanted else node

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        for index, operator in enumerate(node.ops):
            other = copy.copy(node)
            other.ops = [*node.ops[:index], COMPARED[type(operator)](), *node.ops[index + 1 :]]
            node = self.offer(node, other, f"{name(operator)} becomes {name(other.ops[index])}")
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        operator = OPERATED.get(type(node.op))
        if operator is None:
            return node
        return self.offer(
            node, ast.BinOp(node.left, operator(), node.right), f"{name(node.op)} becomes {operator.__name__}"
        )

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        self.generic_visit(node)
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self.offer(node, ast.BoolOp(other, node.values), f"{name(node.op)} becomes {name(other)}")

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        return self.offer(node, node.operand, f"{name(node.op)} is dropped")

    def visit_Constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, bool):
            return self.offer(node, ast.Constant(not value), f"{value} becomes {not value}")
        if isinstance(value, int):
            return self.offer(node, ast.Constant(value + 1), f"{value} becomes {value + 1}")
        if isinstance(value, str) and " " not in value:
            return self.offer(node, ast.Constant(f"{value}XX"), f"{value!r} becomes {value + 'XX'!r}")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        """A text made of parts is prose when one of them is; what is inside its brackets is code."""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)
        prose = any(isinstance(part, ast.Constant) and " " in str(part.value) for part in node.values)
        return node if prose else self.offer(node, ast.Constant("XX"), "a text becomes 'XX'")

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
            return node
        return self.offer(node, ast.Return(ast.Constant(None)), "None is returned")

    def visit_Assign(self, node: ast.Assign) -> Any:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return node
        self.generic_visit(node)
        return self.offer(node, ast.Assign(node.targets, ast.Constant(None)), "None is assigned")

    def visit_If(self, node: ast.If) -> Any:
        return self.turned(node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        return self.turned(node)

    def visit_While(self, node: ast.While) -> Any:
        return self.turned(node)

    def turned(self, node: Any) -> Any:
        """A condition is turned round."""
        self.generic_visit(node)
        other = copy.copy(node)
        other.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        return self.offer(node, other, f"the condition of {name(node).lower()} is turned round")

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Constant):  # a docstring
            return node
        self.generic_visit(node)
        return self.offer(node, ast.Pass(), "a statement is dropped")

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> Any:
        node.defaults = [self.visit(value) for value in node.defaults]
        node.kw_defaults = [value and self.visit(value) for value in node.kw_defaults]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.returns = None
        node.decorator_list = [self.decorator(one) for one in node.decorator_list]
        node.args = self.visit(node.args)
        node.body = [self.visit(one) for one in node.body]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.decorator_list = [self.decorator(one) for one in node.decorator_list]
        node.body = [self.visit(one) for one in node.body]
        return node

    def decorator(self, node: ast.expr) -> Any:
        called = node.func if isinstance(node, ast.Call) else node
        return node if isinstance(called, ast.Name) and called.id in QUIET_DECORATORS else self.visit(node)


def name(node: ast.AST) -> str:
    return type(node).__name__


TEXTS: dict[Path, str] = {}  # as they were at the start, whatever happens on disk meanwhile


def mutants(room: Path) -> list[Mutant]:
    """Every fault that can be made in a room."""
    found = []
    for path in sorted(room.glob("*.py")):
        TEXTS[path] = path.read_text(encoding="utf-8")
        mutator = Mutator()
        mutator.visit(ast.parse(TEXTS[path]))
        found += [Mutant(path, number, line, told) for number, (line, told) in enumerate(mutator.made)]
    return found


class Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the faulty module in the place of the one on disk."""

    def __init__(self, mutant: Mutant) -> None:
        self.path = mutant.path
        self.module = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts)
        tree = Mutator(mutant.number).visit(ast.parse(TEXTS[mutant.path]))
        self.code = compile(ast.fix_missing_locations(tree), str(mutant.path), "exec")

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 (our own text)


def meet(mutant: Mutant | None, files: list[Path], seconds: int) -> int:
    """In a child process: 0 when every test holds, 1 at the first that does not. Never returns."""
    # A fault may loop for ever: seconds of its own work, so that a busy machine notices nothing in its place.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))  # or take all the memory
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    status = 1
    try:
        import pytest

        if mutant is not None:
            sys.meta_path.insert(0, Faulty(mutant))
        quick(files)
        options = ["-x", "-q", "-c", os.devnull, f"--rootdir={ROOT}", "--noconftest", "-p", "no:cacheprovider"]
        status = next((1 for file in files if file.stem != QUICK and pytest.main([*options, str(file)])), 0)
    finally:
        os._exit(status)


QUICK = "test_cases"


def quick(files: list[Path]) -> None:
    """The labelled cases, called as they are: most faults are noticed there, and pytest takes longer than they do."""
    for file in (file for file in files if file.stem == QUICK):
        cases = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        cases.test_cases_use_every_calculation()
        for case in cases.CASES + cases.EDGES:
            cases.test_case(case)
        cases.test_full_answers_do_not_change()


def outcomes(chosen: list[Mutant], files: list[Path], jobs: int, seconds: int) -> Iterator[tuple[Mutant, bool]]:
    """Meet the mutants, so many at a time; yield each with whether it was noticed, as they end."""
    waiting, running = list(reversed(chosen)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            pid = os.fork()
            if not pid:
                meet(mutant, files, seconds)
            running[pid] = mutant
        pid, status = os.wait()
        yield running.pop(pid), status != 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Do the tests of a room notice small faults in it?")
    parser.add_argument("room", type=Path)
    parser.add_argument("--count", type=int, default=700)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--least", type=float, default=90, help="the score asked, in percent")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="+", metavar="MODULE", help="these modules alone: retention landmarks")
    options = parser.parse_args(argv)
    room = options.room.resolve()
    files = sorted((room / "tests").glob("test_*.py"), key=lambda path: (ORDER.get(path.stem, 0), path.stem))
    every = [one for one in mutants(room) if not options.only or one.path.stem in options.only]
    chosen = random.Random(options.seed).sample(every, min(options.count, len(every)))

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    prepare()
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        meet(None, files, 600)
    if os.waitpid(pid, 0)[1]:
        print(f"the tests of {options.room} do not hold without any fault", file=sys.stderr)
        return 1
    worked = os.times()
    seconds = int(10 + 6 * (worked.children_user + worked.children_system))

    print(f"{len(chosen)} of {len(every)} mutants of {options.room}, seed {options.seed}", flush=True)
    met, noticed = Counter[str](), Counter[str]()
    for n, (mutant, seen) in enumerate(outcomes(chosen, files, options.jobs, seconds), 1):
        met[mutant.path.name] += 1
        noticed[mutant.path.name] += seen
        if not seen:
            print(f"not noticed: {mutant}", flush=True)
        if n % 50 == 0:
            print(f"{n} met, {n - noticed.total()} not noticed, {time.monotonic() - started:.0f} s", flush=True)
    for file, count in sorted(met.items()):
        print(f"{file:24} {noticed[file]:4} of {count:4}")
    score = 100 * noticed.total() / met.total()
    print(f"score {score:.1f} % ({options.least:g} % asked), {time.monotonic() - started:.0f} s")
    return 0 if score >= options.least else 1


# The quick tables come first, what takes long or rarely notices anything comes last.
ORDER = {"test_cases": -2, "test_errors": -1, "test_docs": 1, "test_compute": 2, "test_properties": 3, "test_layers": 4}


def prepare() -> None:
    """Import once, for all children, what the tests use; and search for one counter-example, not the least one."""
    import hypothesis
    import hypothesis.strategies
    import pytest
    import yaml

    assert pytest
    assert yaml
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases)
    hypothesis.settings.load_profile("mutants")


if __name__ == "__main__":
    sys.exit(main())
