"""Builds `docs/law` from the law room: rules, dated values with their plots, worked cases (`make docs`).

The pages are in French, committed, and the same at each build; a test fails when they are not what this gives.
The cases are computed by the law room at build time. The words are in `law_words.yaml`: one that lacks stops the build.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import yaml  # noqa: E402

from jalon.law import compute, loader  # noqa: E402
from jalon.law.articles import articles  # noqa: E402
from jalon.law.cli import UNITS_FR  # noqa: E402
from jalon.law.rules import CONFIDENCES_FR, RULES, Rule  # noqa: E402
from jalon.law.subjects import CALCULATIONS  # noqa: E402

TARGET = HERE / "law"
WORDS: dict[str, Any] = yaml.safe_load((HERE / "law_words.yaml").read_text(encoding="utf-8"))
DOUBT = "**à confirmer par un juriste**"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def main() -> int:
    """Write the pages, and remove those that are no longer made."""
    made = pages()
    for path in sorted(TARGET.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(TARGET).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def pages() -> dict[str, str]:
    """Return the text of every page and drawing by its path under `docs/law`."""
    made = {"README.md": index(), "rules.md": rules_page()}
    for group, keys in groups().items():
        made[f"parameters/{group}.md"] = parameters_page(group, keys)
    for key in loader.all_keys():
        if is_number(loader.parameter(key)):
            made[f"plots/{key}.svg"] = plot(loader.parameter(key))
    for name in CALCULATIONS:
        made[f"cases/{name}.md"] = cases_page(name)
    return made


# --- words ------------------------------------------------------------------------------------------------
def day_fr(day: date) -> str:
    """A day as it is written in a sentence."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def number_fr(value: Decimal | int) -> str:
    """A number with a comma, thousands apart."""
    return f"{value:,}".replace(",", "\u202f").replace(".", ",")


def money_fr(value: Decimal | int) -> str:
    return f"{number_fr(value)}\u00a0€"


def holiday_fr(mark: str) -> str:
    """A public holiday: `MM-DD`, or days after Easter Sunday."""
    moving = {"easter-2": "Vendredi saint", "easter+1": "lundi de Pâques", "easter+39": "Ascension"}
    moving["easter+50"] = "lundi de Pentecôte"
    if mark in moving:
        return moving[mark]
    month, day = mark.split("-")
    return f"{'1er' if day == '01' else int(day)} {MONTHS[int(month) - 1]}"


def value_fr(parameter: loader.Parameter, value: loader.Value) -> str:
    """A dated value with its unit."""
    if isinstance(value, tuple):
        return ", ".join(map(holiday_fr, value) if parameter.key.startswith("holidays.") else value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return day_fr(date.fromisoformat(value)) if DAY.fullmatch(value) else WORDS["values"].get(value, value)
    if parameter.unit == "currency":
        return money_fr(value) + (f" par {UNITS_FR[parameter.period][0]}" if parameter.period else "")
    return (
        f"{number_fr(value)} {UNITS_FR[parameter.unit][value > 1]}" if parameter.unit in UNITS_FR else number_fr(value)
    )


def unit_fr(parameter: loader.Parameter) -> str:
    """The unit of a number, alone; nothing for a plain number."""
    if parameter.unit == "currency":
        return "€" + (f" par {UNITS_FR[parameter.period][0]}" if parameter.period else "")
    return UNITS_FR[parameter.unit][1] if parameter.unit in UNITS_FR else ""


def is_number(parameter: loader.Parameter) -> bool:
    value = parameter.latest.value
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def cell(text: str) -> str:
    """A text inside a table."""
    return text.replace("|", "\\|")


def source_fr(source: loader.Reference | None) -> str:
    if source is None:
        return ""
    return f"[{source.title}]({source.href})" if source.href else source.title


# --- index ------------------------------------------------------------------------------------------------
def index() -> str:
    lines = [
        "# Le droit, en données datées",
        "",
        "Chaque date et chaque montant que Jalon affiche vient d'une règle et de valeurs datées. Les voici toutes, "
        "avec leur source et leur degré de certitude. Ce sont des aides à la lecture, pas des décisions : "
        "**les dates et les montants écrits dans l'arrêté du préfet l'emportent toujours.**",
        "",
        "Ces pages sont faites par `make docs` à partir de `jalon/law` ; elles ne se modifient pas à la main.",
        "",
        f"- [Les {len(RULES)} règles](rules.md), leurs articles et leur fondement",
        f"- [Les {len(loader.all_keys())} valeurs datées](#valeurs-datées), leur histoire et leurs sources",
        f"- [Les {len(CALCULATIONS)} calculs](#calculs), par des cas travaillés",
        "",
        "## Fondements",
        "",
        "| Fondement | Ce que cela veut dire |",
        "|---|---|",
        f"| {CONFIDENCES_FR['text_read']} | le texte, ou un résumé officiel, a été lu |",
        f"| {CONFIDENCES_FR['derived']} | la règle se déduit de textes lus, ou Jalon l'a choisie et le dit |",
        f"| {CONFIDENCES_FR['to_confirm']} | connaissance générale ou source incomplète, à vérifier avant usage |",
        "",
        "### Règles à confirmer par un juriste",
        "",
        *[
            f"- {rule_link(rule.id)} : {rule.title_fr} *({rule.basis_fr})*"
            for rule in RULES.values()
            if rule.to_confirm
        ],
        "",
        "### Valeurs à confirmer par un juriste",
        "",
        *[
            f"- {value_link(key)} : {loader.parameter(key).description}"
            for key in loader.all_keys()
            if loader.parameter(key).to_confirm
        ],
        "",
        "## Calculs",
        "",
        "| Calcul | Cas travaillés | Règles |",
        "|---|---|---|",
    ]
    for name, entry in WORDS["calculations"].items():
        links = ", ".join(rule_link(rule) for rule in applied()[name])
        lines.append(f"| {entry['title']} (`{name}`) | [{len(entry['cases'])} cas](cases/{name}.md) | {links} |")
    never = sum(loader.parameter(key).last_checked_on is None for key in loader.all_keys())
    lines += [
        "",
        "## Valeurs datées",
        "",
        "Une valeur vaut de son premier jour jusqu'à la veille de la suivante. Le jour où elle a été vue en vigueur "
        f"est noté dans son fichier ; pour {never} des {len(loader.all_keys())} valeurs, il ne l'a pas encore été. "
        "`jalon law parameters --unchecked-since AAAA-MM-JJ` donne celles à revoir.",
        "",
        "| Sujet | Valeurs |",
        "|---|---|",
        *[
            f"| [{group_title(group)}](parameters/{group}.md) | {', '.join(value_link(key) for key in keys)} |"
            for group, keys in groups().items()
        ],
    ]
    return page(lines)


def page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def rule_link(rule_id: str, up: str = "") -> str:
    return f"[{rule_id}]({up}rules.md#{rule_id})"


def value_link(key: str, up: str = "") -> str:
    return f"[`{key}`]({up}parameters/{key.split('.')[0]}.md#{key})"


# --- rules ------------------------------------------------------------------------------------------------
def rules_page() -> str:
    lines = [
        "# Les règles",
        "",
        "[Le droit, en données datées](README.md)",
        "",
        "Une règle dit ce que Jalon calcule. Sa source est un article ; son fondement dit si le texte a été lu, si la "
        "règle en est déduite, ou si un juriste doit la confirmer.",
    ]
    left = dict(RULES)
    for heading, prefixes in WORDS["rules"].items():
        lines += ["", f"## {heading}"]
        for rule in [rule for name, rule in left.items() if re.match(r"[A-Z]+(?=-)|.*", name)[0] in prefixes]:
            lines += rule_lines(left.pop(rule.id))
    if left:
        raise LookupError(f"rules under no heading: {', '.join(left)}")
    return page(lines)


def rule_lines(rule: Rule) -> list[str]:
    """One rule: its sentence, article, basis, dated values, and the calculations that apply it."""
    texts = " ; ".join(f"[{one.name}]({one.href})" if one.href else one.name for one in articles(rule.source))
    basis = " ; ".join(
        (DOUBT if letter == "C" else CONFIDENCES_FR[{"T": "text_read", "D": "derived"}[letter]])
        + (f" ({on})" if on else "")
        for letter, on in rule.parts
    )
    users = ", ".join(f"[{name}](cases/{name}.md)" for name, rules in applied().items() if rule.id in rules)
    lines = ["", f'<a id="{rule.id}"></a>', "", f"### {rule.id}", "", rule.title_fr, ""]
    lines += [f"- Source : {texts}", f"- Fondement : {basis}"]
    for key in rule.parameters:
        parameter = loader.parameter(key)
        doubt = f", {DOUBT}" if parameter.to_confirm else ""
        latest = f"{value_fr(parameter, parameter.latest.value)} depuis le {day_fr(parameter.latest.start)}"
        lines.append(f"- Valeur : {value_link(key)}, {latest}{doubt}")
    return [*lines, f"- Calculs : {users}"] if users else lines


@cache
def applied() -> dict[str, list[str]]:
    """The rules that each calculation applies in the cases of the project."""
    found: dict[str, set[str]] = {name: set() for name in WORDS["calculations"]}
    for element in cases().values():
        given = answer(element)
        if "result" in given:
            found[element["calculation"]].update(given["result"]["rules"])
    return {name: [rule for rule in RULES if rule in rules] for name, rules in found.items()}


# --- dated values -----------------------------------------------------------------------------------------
@cache
def groups() -> dict[str, list[str]]:
    """The keys by the folder that holds them."""
    found: dict[str, list[str]] = {}
    for key in loader.all_keys():
        found.setdefault(key.split(".")[0], []).append(key)
    return found


def group_title(group: str) -> str:
    data = yaml.safe_load((loader.FOLDER / group / "index.yaml").read_text(encoding="utf-8"))
    return str(data["description"])


def parameters_page(group: str, keys: Sequence[str]) -> str:
    lines = [f"# {group_title(group)}", "", "[Le droit, en données datées](../README.md)"]
    for key in keys:
        lines += parameter_lines(loader.parameter(key))
    return page(lines)


def parameter_lines(parameter: loader.Parameter) -> list[str]:
    """One value: its history in a table, the same drawn when it is a number, the rules that use it."""
    key = parameter.key
    lines = ["", f'<a id="{key}"></a>', "", f"## {parameter.description}", "", f"`{key}`", ""]
    if is_number(parameter):
        first, latest = (value_fr(parameter, one.value) for one in (parameter.history[0], parameter.latest))
        count = len(parameter.history)
        steps = f"de {first} à {latest}, {count} valeurs, celles du tableau" if count > 1 else f"{latest}, une valeur"
        lines += [f"![{parameter.description} : {steps}](../plots/{key}.svg)", ""]
    lines += ["| Valeur | Du | Au | Source | Vue en vigueur le |", "|---|---|---|---|---|"]
    for dated in parameter.history:
        checked = (
            "" if dated.end else day_fr(parameter.last_checked_on) if parameter.last_checked_on else "pas encore notée"
        )
        end = day_fr(dated.end) if dated.end else "en vigueur"
        row = (value_fr(parameter, dated.value), day_fr(dated.start), end, source_fr(dated.reference), checked)
        lines.append(f"| {' | '.join(map(cell, row))} |")
    users = ", ".join(rule_link(rule.id, "../") for rule in RULES.values() if key in rule.parameters)
    doubt = DOUBT if parameter.to_confirm else CONFIDENCES_FR[parameter.confidence]
    lines += ["", f"- Fondement : {doubt}", f"- Règles : {users or 'aucune règle numérotée'}"]
    if parameter.documentation and (note := WORDS["notes"][key]):
        lines.append(f"- Note : {note}")
    return lines


def history_fr(parameter: loader.Parameter) -> str:
    """The whole history in a sentence, as the table tells it."""
    return " ; ".join(
        f"{value_fr(parameter, one.value)} "
        + (f"du {day_fr(one.start)} au {day_fr(one.end)}" if one.end else f"depuis le {day_fr(one.start)}")
        for one in parameter.history
    )


# --- plots ------------------------------------------------------------------------------------------------
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#3b3f46}.bg{fill:#fff}.rule{stroke:#d9dce1}.line{stroke:#1f5fa8}"
    ".dot{fill:#1f5fa8}.value{font-weight:600;fill:#1a1d21}@media(prefers-color-scheme:dark){text{fill:#c3c8d0}"
    ".bg{fill:#16181c}.rule{stroke:#3a3f47}.line{stroke:#7db3f0}.dot{fill:#7db3f0}.value{fill:#f0f2f5}}"
)


@dataclass(frozen=True)
class Frame:
    """The scales of a plot: days along, values up, from zero."""

    first: date
    last: date
    top: Decimal
    left: int = 56
    right: int = 624
    floor: int = 170
    ceiling: int = 30

    def x(self, day: date) -> float:
        return round(self.left + (self.right - self.left) * ((day - self.first) / (self.last - self.first)), 1)

    def y(self, value: Decimal | int) -> float:
        return round(self.floor - (self.floor - self.ceiling) * float(Decimal(value) / self.top), 1)


def frame(parameter: loader.Parameter) -> Frame:
    """From the year of the first value to the end of the last year that any file tells of."""
    told = [one.latest.start for one in map(loader.parameter, loader.all_keys())]
    told += [one.last_checked_on for one in map(loader.parameter, loader.all_keys()) if one.last_checked_on]
    most = max(Decimal(one.value) for one in parameter.history)  # type: ignore[arg-type]
    power = Decimal(10) ** most.adjusted()
    top = next(step * power for step in map(Decimal, ("1", "2", "2.5", "4", "5", "8", "10")) if step * power >= most)
    return Frame(date(parameter.starts[0].year, 1, 1), date(max(told).year + 1, 1, 1), top)


def plot(parameter: loader.Parameter) -> str:
    """The history in steps. Title and description say the same as the table."""
    axes = frame(parameter)
    parts = [words(8, 16, unit_fr(parameter), "start")]
    for share in (0, 1, 2):
        level = axes.top * share / 2
        parts.append(f'<path class="rule" d="M{axes.left} {axes.y(level)}H{axes.right}"/>')
        parts.append(words(axes.left - 8, axes.y(level) + 4, number_fr(level.normalize() + 0), "end"))
    years = range(axes.first.year, axes.last.year)
    for year in years[:: -(-len(years) // 10)]:
        parts.append(words(axes.x(date(year, 1, 1)), axes.floor + 20, str(year), "middle"))
    path = f"M{axes.x(parameter.starts[0])} {axes.floor}"
    free = float(axes.right + 60)  # labels are set from the latest one back, where there is room
    labels: list[str] = []
    for dated in reversed(parameter.history):
        x, said = axes.x(dated.start), number_fr(dated.value)  # type: ignore[arg-type]
        wide = 8 * len(said)
        if x + wide < free:
            under = [one.value for one in parameter.history if x <= axes.x(one.start) < x + wide]
            y = min(axes.y(value) for value in under)  # type: ignore[arg-type]
            labels.append(words(x + 2, y - 8, said, "start", "value"))
            free = x
    for dated in parameter.history:
        path += f"V{axes.y(dated.value)}H{axes.x(dated.end + timedelta(days=1)) if dated.end else axes.right}"  # type: ignore[arg-type]
    last = axes.y(parameter.latest.value)  # type: ignore[arg-type]
    parts.append(f'<path class="line" fill="none" stroke-width="2" d="{path}"/>')
    parts.append(f'<circle class="dot" cx="{axes.right}" cy="{last}" r="3"/>')
    parts += reversed(labels)
    title, told = escape(parameter.description), escape(history_fr(parameter))
    return page(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 204" width="680" height="204" role="img" '
            'aria-labelledby="t d">',
            f'<title id="t">{title}</title>',
            f'<desc id="d">{told}.</desc>',
            f"<style>{STYLE}</style>",
            '<rect class="bg" width="680" height="204"/>',
            *parts,
            "</svg>",
        ]
    )


def words(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"{mark}>{escape(text)}</text>'


# --- worked cases -----------------------------------------------------------------------------------------
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
MONEY = re.compile(r"[0-9]+\.[0-9]{2}")


@cache
def cases() -> dict[str, dict[str, Any]]:
    """The labelled cases of the project, by id."""
    folder = HERE.parent / "jalon" / "law" / "tests"
    files = [json.loads((folder / name).read_text(encoding="utf-8")) for name in ("cases.json", "edges.json")]
    return {case["id"]: {key: case.get(key) for key in ("id", "calculation", "input")} for case in sum(files, [])}


def answer(element: Mapping[str, Any]) -> dict[str, Any]:
    """What the law room answers today."""
    return compute.answer(dict(element))


def cases_page(name: str) -> str:
    entry = WORDS["calculations"][name]
    links = ", ".join(rule_link(rule, "../") for rule in applied()[name])
    lines = [
        f"# {entry['title']}",
        "",
        "[Le droit, en données datées](../README.md)",
        "",
        f"Calcul `{name}`, par `jalon law compute`. Les résultats sont calculés quand la page est faite ; ce qui est "
        "vide n'est pas montré.",
        "",
        f"Règles : {links}",
    ]
    for number, (case_id, sentence) in enumerate(entry["cases"].items(), 1):
        element = cases()[case_id]
        if element["calculation"] != name:
            raise LookupError(f"{case_id} is no case of {name}")
        lines += case_lines(number, sentence, element)
    return page(lines)


def case_lines(number: int, sentence: str, element: Mapping[str, Any]) -> list[str]:
    """One case: what is given, what follows, by which rules."""
    name, result = element["calculation"], answer(element)["result"]
    rules = ", ".join(rule_link(rule, "../") for rule in sorted(result.pop("rules"), key=list(RULES).index))
    return [
        "",
        f"## Cas {number} ({element['id']})",
        "",
        sentence,
        "",
        "**Données**",
        "",
        *told(element["input"], name),
        "",
        "**Résultat**",
        "",
        *told(result, name),
        "",
        f"**Règles** : {rules}",
    ]


def told(fields: Mapping[str, Any], name: str) -> list[str]:
    """A line for each field, a table for each list of objects; what is empty is left out."""
    lines: list[str] = []
    for field, value in fields.items():
        if value is None or value in ([], {}):
            continue
        rows = rows_of(value, name)
        if rows:
            lines += [
                *([""] if lines and lines[-1] else []),
                f"{capital(label_fr(field, name))} :",
                "",
                *table(rows, name),
                "",
            ]
        else:
            lines.append(f"- {capital(label_fr(field, name))} : {shown(value, field, name)}")
    return lines[:-1] if lines and not lines[-1] else lines


def rows_of(value: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a list of objects, or of an object of objects; none for anything else."""
    if isinstance(value, list) and isinstance(value[0], dict):
        return value
    if isinstance(value, dict) and all(isinstance(item, dict) for item in value.values()):
        return [{"condition": label_fr(key, name), **item} for key, item in value.items()]
    return []


def table(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """A table with the columns in which some row has something to say."""
    columns = [
        column for column in dict.fromkeys(key for row in rows for key in row) if any(row.get(column) for row in rows)
    ]
    lines = [" | ".join(capital(label_fr(column, name)) for column in columns), "|".join("---" for _ in columns)]
    for row in rows:
        cells = ("" if row.get(column) in (None, []) else shown(row[column], column, name) for column in columns)
        lines.append(" | ".join(cells))
    return [f"| {line} |" if "---" not in line else f"|{line}|" for line in lines]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def inline(fields: Mapping[str, Any], name: str) -> str:
    """The fields of an object on one line."""
    kept = {key: value for key, value in fields.items() if value is not None and value != []}
    return " ; ".join(f"{label_fr(key, name)} : {shown(value, key, name)}" for key, value in kept.items())


def shown(value: Any, field: str, name: str) -> str:
    """A value of JSON in French."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return number_fr(value)
    if isinstance(value, str):
        return text_fr(value, field, name)
    if field == "reminders":
        return ", ".join(f"{text_fr(one['on'], 'on', name)} (J-{one['days_before']})" for one in value)
    if isinstance(value, list):
        return ", ".join(shown(item, field, name) for item in value)
    if set(value) == {"months", "days"}:
        parts = [f"{value['months']} mois"] if value["months"] else []
        parts += [f"{value['days']} jour{'s' * (value['days'] > 1)}"] if value["days"] or not parts else []
        return " et ".join(parts)
    return inline(value, name)


def text_fr(value: str, field: str, name: str) -> str:
    """A day, a month, an amount, or a word."""
    if DAY.fullmatch(value):
        return day_fr(date.fromisoformat(value))
    if MONTH.fullmatch(value):
        return f"{MONTHS[int(value[5:]) - 1]} {value[:4]}"
    if MONEY.fullmatch(value):
        return money_fr(Decimal(value))
    if field in ("nationality", "department", "to", "read_only_departments", "condition"):
        return value
    found = WORDS["values"]
    return found.get(f"{field}.{value}") or found[value]


def label_fr(field: str, name: str) -> str:
    found: dict[str, str] = WORDS["fields"]
    return found.get(f"{name}.{field}") or (field if field.isupper() else found[field])


if __name__ == "__main__":
    sys.exit(main())
