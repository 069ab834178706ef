"""A questionnaire as data: questions, the answers that may be sealed, what is still missing.

« Elle préfère ne pas répondre » is possible at every question and counts as an answer: the names of those questions are
kept under ``declined``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jalon.ui.html import day

from . import countries, languages

DECLINED = "declined"
MOST_ROWS = 12

Words = str | Promise
Choices = tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class Question:
    """``kind``: text, name, long, day, partial, birth, yesno, choice, checks, money, count, country, language, rows."""

    name: str
    label: Words
    kind: str = "text"
    required: bool = False
    choices: Choices = ()
    hint: Words = ""
    rows: tuple["Question", ...] = ()
    most: int = 200
    # The version of the form that brought it in; it is not asked under an earlier one.
    since: str = ""
    # What an answer to it says to the commission, with %s in place of the answer; nothing leaves otherwise.
    says: Words = ""
    # In a row: needed when that other column has one of these values.
    when: tuple[str, tuple[str, ...]] = ("", ())

    def word(self, value: Any) -> str:
        """The word of a code."""
        return str(dict(self.choices).get(value, value))


def clean(questions: Sequence[Question], data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are sealed: JSON types, empty ones left out. Raises ValueError naming the question."""
    known = {question.name: question for question in questions}
    if strangers := set(data) - set(known) - {DECLINED}:
        raise ValueError(f"unknown questions: {sorted(strangers)}")
    answers = {name: _value(known[name], value) for name, value in data.items() if name != DECLINED}
    answers = {name: value for name, value in answers.items() if not empty(value)}
    declined = sorted(set(data.get(DECLINED) or ()))
    if strangers := set(declined) - set(known):
        raise ValueError(f"unknown questions declined: {sorted(strangers)}")
    return {**answers, DECLINED: [name for name in declined if name not in answers]}


def _value(question: Question, value: Any) -> Any:
    try:
        return None if value is None else _READERS[question.kind](question, value)
    except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError) as error:
        raise ValueError(f"{question.name}: expected {question.kind}") from error


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str) or len(value) > question.most:
        raise ValueError("text")
    return value.strip()


def _day(question: Question, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return date.fromisoformat(value).isoformat() if value else ""


def _partial(question: Question, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    pieces = value.split("-") if value else []
    if len(pieces) > 3 or not all(piece.isdigit() for piece in pieces) or (pieces and len(pieces[0]) != 4):
        raise ValueError("partial day")
    return str(value)


def _yesno(question: Question, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("yes or no")
    return value


def _choice(question: Question, value: Any) -> str:
    if value and value not in dict(question.choices):
        raise ValueError("choice")
    return str(value)


def _checks(question: Question, value: Any) -> list[str]:
    if isinstance(value, str) or set(value) - set(dict(question.choices)):
        raise ValueError("choices")
    return list(value)


def _rows(question: Question, value: Any) -> list[dict[str, Any]]:
    known = {sub.name: sub for sub in question.rows}
    if len(value) > MOST_ROWS:
        raise ValueError("too many rows")
    listed = []
    for row in value:
        if set(row) - set(known):
            raise ValueError("columns")
        kept = {name: _value(known[name], answer) for name, answer in row.items()}
        kept = {name: answer for name, answer in kept.items() if not empty(answer)}
        if kept:
            listed.append(kept)
    return listed


_READERS: dict[str, Any] = {
    "text": _text,
    "name": _text,
    "long": _text,
    "day": _day,
    "partial": _partial,
    "birth": _partial,
    "yesno": _yesno,
    "choice": _choice,
    "checks": _checks,
    "money": lambda question, value: str(Decimal(str(value)).quantize(Decimal("0.01"))),
    "count": lambda question, value: int(value),
    "rows": _rows,
    "country": lambda question, value: countries.known(value) if value else "",
    "language": _text,
}


def empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def answered(question: Question, data: Mapping[str, Any]) -> bool:
    """A list of rows is answered when it has one, and each row has what it needs."""
    value = data.get(question.name)
    if empty(value):
        return False
    if question.kind != "rows":
        return True
    return all(not empty(row.get(sub.name)) for row in value or () for sub in question.rows if needed(sub, row))


def needed(column: Question, row: Mapping[str, Any]) -> bool:
    """Does this row lack something without an answer in this column?"""
    name, values = column.when
    return column.required or row.get(name) in values


def gaps(questions: Sequence[Question], data: Mapping[str, Any]) -> list[str]:
    """Names of the required questions without an answer."""
    declined = set(data.get(DECLINED) or ())
    return [q.name for q in questions if q.required and q.name not in declined and not answered(q, data)]


def words(questions: Sequence[Question], names: Iterable[str]) -> list[str]:
    """« Il manque : … »: the questions in the words of the screen."""
    labels = {question.name: str(question.label) for question in questions}
    return [labels[name] for name in names if name in labels]


def spoken(question: Question, value: Any) -> str:
    """An answer in words, for a reader: codes become their words, rows follow each other."""
    if empty(value):
        return ""
    match question.kind:
        case "yesno":
            return str(_("oui")) if value else str(_("non"))
        case "checks":
            return ", ".join(question.word(code) for code in value)
        case "country":
            return countries.name(value)
        case "language":
            return languages.name(value)
        case "day" | "partial" | "birth":
            return day(value)
        case "rows":
            return "\n".join(_row(question, row) for row in value)
    return question.word(value)


def _row(question: Question, row: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, (spoken(column, row.get(column.name)) for column in question.rows)))


def filled(questions: Sequence[Question], data: Mapping[str, Any]) -> int:
    """How many questions have an answer: for the share that a renewal brings back."""
    declined = set(data.get(DECLINED) or ())
    return sum(1 for question in questions if question.name in declined or answered(question, data))
