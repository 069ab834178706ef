"""The form under which a request was opened: its version, and what its department asks besides.

A request keeps the version of its form (« 2026-2 », « 2026-2+38-1 »): its answers are read under the questions that
were asked, whatever the form has become. What a department asks besides is data (``variants.toml``): questions added to
a part, questions made necessary, papers expected among those of the catalogue. A variant once used is never taken out
of the file: it is ended, and the next one has another number.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language

from jalon.people.questions import Question, Words

from .parts import PAPERS, PARTS, VERSION, Paper, Part

FILE = Path(__file__).with_name("variants.toml")
KINDS = ("text", "long", "day", "yesno", "choice", "count")


@dataclass(frozen=True)
class Form:
    """What one request asks: ``version`` as it is kept with the answers."""

    version: str
    parts: tuple[Part, ...]
    papers: tuple[Paper, ...]

    def parts_of(self, kind: str) -> tuple[Part, ...]:
        """The subjects of a request of this kind, in the order of the task list."""
        return tuple(part for part in self.parts if kind in part.kinds)

    def counted(self, kind: str) -> tuple[Part, ...]:
        """Those of the « n sur 15 »: the optional ones do not count."""
        return tuple(part for part in self.parts_of(kind) if not part.optional)

    def part(self, code: str) -> Part | None:
        return next((part for part in self.parts if part.code == code), None)

    def papers_of(self, kind: str) -> tuple[Paper, ...]:
        return tuple(paper for paper in self.papers if kind in paper.kinds and paper.expected)


def current(department: str) -> Form:
    """The form that a request opened now in this department follows."""
    mine = [one for one in variants() if one["department"] == department and not one.get("ended")]
    return of(f"{VERSION}+{mine[-1]['version']}" if mine else VERSION)


@cache
def of(version: str) -> Form:
    """The form of this version. A variant that is not known any more leaves the common form."""
    common, _plus, local = version.partition("+")
    form = Form(version, tuple(_asked(part, common) for part in PARTS if part.since <= common), PAPERS)
    variant = next((one for one in variants() if one["version"] == local), None)
    return form if variant is None else vary(form, variant)


def _asked(part: Part, version: str) -> Part:
    questions = tuple(_columns(question, version) for question in part.questions if question.since <= version)
    return replace(part, questions=questions)


def _columns(question: Question, version: str) -> Question:
    return replace(question, rows=tuple(row for row in question.rows if row.since <= version))


# --- what a department asks besides ---------------------------------------------------------------------------------


@cache
def variants() -> tuple[Mapping[str, Any], ...]:
    """Those of the file, the latest last; an invented one (``demo``) exists in a demonstration only."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8")).get("variant", ())
    return tuple(one for one in listed if settings.DEMO or not one.get("demo"))


def vary(form: Form, variant: Mapping[str, Any]) -> Form:
    """The form with what the variant adds. Raises ValueError on a part, a question or a paper that does not exist."""
    parts = {part.code: part for part in form.parts}
    for added in variant.get("question", ()):
        part = _known(parts, added["part"])
        if part.store or part.computed or any(question.name == added["name"] for question in part.questions):
            raise ValueError(f"variant {variant['version']}: {part.code}.{added['name']} cannot be added")
        parts[part.code] = replace(part, questions=(*part.questions, _question(added)))
    for path in variant.get("require", ()):
        code, _dot, name = path.partition(".")
        part = _known(parts, code)
        part.question(name)
        needed = tuple(replace(q, required=True) if q.name == name else q for q in part.questions)
        parts[code] = replace(part, questions=needed)
    wanted = set(variant.get("papers", ()))
    if strangers := wanted - {paper.code for paper in form.papers}:
        raise ValueError(f"variant {variant['version']}: unknown papers {sorted(strangers)}")
    papers = tuple(replace(paper, expected=True) if paper.code in wanted else paper for paper in form.papers)
    return replace(form, parts=tuple(parts.values()), papers=papers)


def _known(parts: Mapping[str, Part], code: str) -> Part:
    if code not in parts:
        raise ValueError(f"unknown part: {code}")
    return parts[code]


def _question(added: Mapping[str, Any]) -> Question:
    kind = added.get("kind", "text")
    if kind not in KINDS:
        raise ValueError(f"a variant does not ask a {kind}")
    return Question(
        added["name"],
        _words(added["label"]),
        kind,
        required=bool(added.get("required")),
        choices=tuple((code, _words(label)) for code, label in added.get("choices", {}).items()),
        hint=_words(added["hint"]) if "hint" in added else "",
        says=_words(added["says"]) if "says" in added else "",
    )


def _words(given: Mapping[str, str] | str) -> Words:
    """Words in French, and in the other languages of the screen when the file has them."""
    if isinstance(given, str):
        return given
    return lazy(lambda: given.get(get_language() or "fr") or given["fr"], str)()
