"""The pages of `docs/law` are what the law room gives, and what they draw is what they tell."""

import importlib.util
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from jalon.law import loader
from jalon.law.calculation import CALCULATIONS
from jalon.law.rules import RULES

DOCS = Path(__file__).parents[3] / "docs"
SVG = "{http://www.w3.org/2000/svg}"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_law", DOCS / "build_law.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = builder()
PAGES: dict[str, str] = build.pages()
DRAWN = sorted(name for name in PAGES if name.endswith(".svg"))


def test_the_committed_pages_are_what_is_built() -> None:
    """Otherwise: make docs."""
    kept = {path.relative_to(DOCS / "law").as_posix() for path in (DOCS / "law").rglob("*") if path.is_file()}
    assert kept == set(PAGES)
    assert [name for name, text in PAGES.items() if (DOCS / "law" / name).read_text(encoding="utf-8") != text] == []


def test_the_same_pages_are_built_each_time() -> None:
    assert builder().pages() == PAGES


def test_every_link_leads_somewhere() -> None:
    anchors = {
        (name, found)
        for name, text in PAGES.items()
        for found in re.findall(r'<a id="([^"]+)">', text)
        + [
            re.sub(r"[^\w -]", "", one).lower().replace(" ", "-")
            for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        ]
    }
    for name, text in PAGES.items():
        folder = (DOCS / "law" / name).parent
        for target in re.findall(r"\]\(([^)]*)\)", text):
            if re.match(r"https?://\S+$", target):
                continue
            path, _, anchor = target.partition("#")
            file = (folder / path).resolve().relative_to(DOCS.resolve() / "law").as_posix() if path else name
            assert file in PAGES, (name, target)
            assert not anchor or (file, anchor) in anchors, (name, target)


def test_every_rule_is_told() -> None:
    told = PAGES["rules.md"]
    for rule in RULES.values():
        one = told.split(f"### {rule.id}\n")[1].split("\n### ")[0]
        assert rule.title_fr in one
        assert all(f"`{key}`" in one for key in rule.parameters)
        assert rule.to_confirm is ("**à confirmer par un juriste**" in one.split("- Valeur")[0])
        for article in rule.source.split(" ; "):
            assert article.split(" et ")[0] in one


def test_every_value_is_told() -> None:
    for key in loader.all_keys():
        parameter = loader.parameter(key)
        page = PAGES[f"parameters/{key.split('.')[0]}.md"]
        one = page.split(f'<a id="{key}"></a>')[1].split("<a id=")[0]
        assert parameter.description in one
        rows = [line for line in one.splitlines() if line.startswith("| ")][1:]
        assert len(rows) == len(parameter.history)
        for row, dated in zip(rows, parameter.history, strict=True):
            assert build.day_fr(dated.start) in row
            assert dated.reference is not None
            assert dated.reference.title in row
            assert (dated.end is None) is ("| en vigueur |" in row)
        assert (parameter.last_checked_on is None) is ("pas encore notée" in rows[-1])
        assert parameter.to_confirm is ("**à confirmer par un juriste**" in one)


def test_every_calculation_has_three_cases_at_least() -> None:
    for name in CALCULATIONS:
        page = PAGES[f"cases/{name}.md"]
        count = page.count("\n## Cas ")
        assert count >= 3
        assert [page.count(f"**{part}**") for part in ("Données", "Résultat", "Règles")] == [count] * 3


def test_only_numbers_are_drawn() -> None:
    numbers = [key for key in loader.all_keys() if type(loader.parameter(key).latest.value) in (int, Decimal)]
    assert [f"plots/{key}.svg" for key in numbers] == DRAWN


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_says_what_its_table_says(name: str) -> None:
    parameter = loader.parameter(name.removeprefix("plots/").removesuffix(".svg"))
    root = ElementTree.fromstring(PAGES[name])
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", f"{title.get('id')} {desc.get('id')}")
    assert title.text == parameter.description
    page = PAGES[f"parameters/{parameter.key.split('.')[0]}.md"]
    one = page.split(f'<a id="{parameter.key}"></a>')[1].split("<a id=")[0]
    cells = [line.strip("| ").split(" | ") for line in one.splitlines() if line.startswith("| ")][1:]
    told = [
        f"{row[0]} " + (f"depuis le {row[1]}" if row[2] == "en vigueur" else f"du {row[1]} au {row[2]}")
        for row in cells
    ]
    assert desc.text == " ; ".join(told) + "."
    # Read back from the line: where it climbs is a first day, where it runs is a value.
    axes = build.frame(parameter)
    line = next(path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "line")
    runs = re.findall(r"V([\d.]+)H([\d.]+)", line)
    xs = [float(line.split()[0].removeprefix("M")), *(float(x) for _, x in runs)]
    scale = (axes.last - axes.first) / (axes.right - axes.left)
    height = float(axes.top) / (axes.floor - axes.ceiling)
    assert len(runs) == len(parameter.history)
    for dated, x, (y, _) in zip(parameter.history, xs, runs, strict=False):
        drawn = axes.first + (x - axes.left) * scale
        assert abs(drawn - dated.start) <= scale * 0.05 + timedelta(days=1)
        assert isinstance(dated.value, int | Decimal)
        assert (axes.floor - float(y)) * height == pytest.approx(float(dated.value), abs=height * 0.051)
    assert xs[-1] == axes.right
    assert axes.last > max(date(2026, 1, 1), parameter.latest.start)


def test_labels_are_never_one_on_another() -> None:
    for name in DRAWN:
        free = 0.0
        for text in ElementTree.fromstring(PAGES[name]).iter(f"{SVG}text"):
            if text.get("class") == "value":
                x = float(text.get("x", "0"))
                assert x >= free, name
                free = x + 7 * len(text.text or "")


@pytest.mark.parametrize(
    ("mark", "told"),
    [("05-01", "1er mai"), ("06-10", "10 juin"), ("easter+1", "lundi de Pâques"), ("easter-2", "Vendredi saint")],
)
def test_holidays_in_words(mark: str, told: str) -> None:
    assert build.holiday_fr(mark) == told


def test_a_word_that_lacks_stops_the_build() -> None:
    with pytest.raises(KeyError, match="nothing_known"):
        build.text_fr("nothing_known", "kind", "journey")
    with pytest.raises(KeyError, match="nothing_known"):
        build.label_fr("nothing_known", "journey")


def test_no_word_is_left_over() -> None:
    """A word of `law_words.yaml` is a field, a value or a note of the law room."""
    names = {rule for rules in build.WORDS["rules"].values() for rule in rules}
    assert names <= {re.split("-", rule)[0] for rule in RULES}
    noted = {key for key in loader.all_keys() if loader.parameter(key).documentation}
    assert set(build.WORDS["notes"]) == noted
    assert set(build.WORDS["calculations"]) == set(CALCULATIONS)
    answers = [(case, build.answer(case).get("result")) for case in build.cases().values()]
    names, texts = words_in([answers, [loader.parameter(key).latest.value for key in loader.all_keys()]])
    assert {word.rpartition(".")[2] for word in build.WORDS["fields"]} - names == {"condition"}
    assert {word.rpartition(".")[2] for word in build.WORDS["values"]} - texts == set()


def words_in(value: Any) -> tuple[set[str], set[str]]:
    """The names of fields and the strings inside a value."""
    names: set[str] = set()
    texts: set[str] = set()
    inside = [value]
    while inside:
        one = inside.pop()
        if isinstance(one, dict):
            names.update(one)
            inside += one.values()
        elif isinstance(one, list | tuple):
            inside += one
        elif isinstance(one, str):
            texts.add(one)
    return names, texts
