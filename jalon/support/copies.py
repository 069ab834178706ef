"""The copy of her data that a person asks for (GDPR, article 15): all that the association writes of her.

Every sealed record of her file is in it, or named in ``LEFT_OUT`` with a reason. Third parties have a role in place of
a name, colleagues their function. It is made for her, handed over at the desk, and never sent.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import journal, papers
from jalon.access import Actor, Condition, Refused, Role
from jalon.config import clock
from jalon.dossiers import parts, redlist
from jalon.dossiers.models import Part
from jalon.journeys.models import Decision
from jalon.papers.actions import Made, make_paper
from jalon.people import access as people
from jalon.people import reads as persons
from jalon.people import records, wording
from jalon.people.models import Dossier, Identity, RightsRequest
from jalon.people.questions import Question, spoken
from jalon.people.states import RequestState, Right, Stage
from jalon.ui.html import day
from jalon.ui.text import fold
from jalon.vault import formers, keys
from jalon.vault.models import Former, Sealed

from .words import KEYS, SILENT, TITLES

LEFT_OUT = {
    "accounts.KeptForm": "what its author has not sent, kept a day at most",
    "commissions.CopyHold": "why the State keeps its copy: asked of the commission",
    "commissions.Opinion": "the commission's own record: asked of the commission",
    "commissions.Reading": "a member's private note",
    "commissions.WrittenOpinion": "a member's opinion, kept by the commission",
    "dossiers.ComplementRequest": "the secretariat's own record",
    "dossiers.Draft": "what its author has not saved",
    "dossiers.SessionCopy": "the same words as the package, under the commission's key",
    "journeys.Hearing": "the State's own record",
    "journeys.PayerLine": "what the State tells the payer",
    "journeys.Transfer": "the State's own record",
}
LINE = {"label": str, "value": str}
COPY = papers.register(
    "access",
    1,
    Path(__file__).parent / "templates/support/papers/access-1.typ",
    {
        "dossier": str,
        "association": str,
        "on": date,
        "sections": [{"title": str, "records": [{"title": str, "on": str, "lines": [LINE]}]}],
        "left": [str],
        "looked": [LINE],
    },
)


@dataclass(frozen=True)
class Record:
    """One record, in her words: what it is, its day, its lines; and its data as they are kept."""

    compartment: str
    title: str
    on: str
    lines: list[tuple[str, str]]
    data: dict[str, Any]


# --- who may ---------------------------------------------------------------------------------------------------
def require_copy(actor: Actor, dossier: Dossier) -> frozenset[str]:
    """The referent, just recognised, for a request to receive a copy that waits. Return the conditions used."""
    if people.role_on(actor, dossier) != Role.REF:
        raise Refused(_("La copie est préparée par la personne référente."))
    if not actor.stepped_up:
        raise Refused(_("Confirmez d'abord votre identité."), frozenset({Condition.STEPUP}))
    if not RightsRequest.objects.filter(dossier=dossier, right=Right.ACCESS, state=RequestState.OPEN).exists():
        raise Refused(_("Notez d'abord sa demande de copie."))
    return frozenset({str(Condition.STEPUP)})


def readable(actor: Actor, dossier: Dossier, compartment: str) -> bool:
    """What its referent reads of a file that runs, she may receive of hers.

    Her request stands for the agreement to a request, which she may have taken back; and closing ends no right.
    """
    stage = Stage.PATHWAY if dossier.stage in (Stage.CLOSED, Stage.PREPARATION) else dossier.stage
    held = (Condition.AGREEMENT, Condition.STEPUP)
    return people.verdict(actor, dossier, compartment, "read", stage=stage, also=held).allowed


# --- what it holds -----------------------------------------------------------------------------------------------
def records_of(actor: Actor, dossier: Dossier) -> tuple[list[Record], list[str]]:
    """The records, compartment by compartment, and the compartments that could not be opened."""
    slots: dict[str, bytes] = {}
    opened, closed = [], set()
    former: list[tuple[Former, dict[str, Any]]] = []
    for rows in persons.rows_of(dossier):
        if rows.model._meta.label in LEFT_OUT:
            continue
        for row in rows.exclude(sealed=b""):
            if isinstance(row, Decision) and row.signed_on is None:
                continue  # what the State only drafts is not an act
            if isinstance(row, Former) and row.model in LEFT_OUT:
                continue
            if not readable(actor, dossier, row.compartment):
                closed.add(row.compartment)
                continue
            group = row.key_group
            key = slots.get(group) or slots.setdefault(group, keys.fetch(dossier.pk, group))
            if isinstance(row, Former):
                former.append((row, formers.said(row, key)))
            else:
                opened.append((row, row.unseal(key)))
    items = {row.pk: row for row, _data in opened}
    before = [(row, data) for row, data in former if row.about in items]
    named = _third_parties([*opened, *((items[row.about], data) for row, data in before)])
    found = [_record(row, data, named) for row, data in opened]
    found += [_record(items[row.about], data, named, row.replaced_at) for row, data in before]
    order = {code: rank for rank, code in enumerate(wording.COMPARTMENTS)}
    found.sort(key=lambda record: (order[record.compartment], record.title, record.on))
    return found, sorted(closed, key=lambda code: order[code])


def _third_parties(opened: Iterable[tuple[Sealed, dict[str, Any]]]) -> list[tuple[str, str]]:
    """Everyone named in family and legal matters, of every request; a name that is hers too stays hers."""
    named: set[tuple[str, str]] = set()
    own: set[str] = set()
    for row, data in opened:
        if isinstance(row, Part):
            named.update(redlist.third_parties({row.code: data}))
        elif isinstance(row, Identity):
            own |= redlist.own_words(data)
    theirs = [(" ".join(word for word in redlist.words(name) if fold(word) not in own), role) for name, role in named]
    return sorted((name, role) for name, role in theirs if name)


def _record(row: Any, data: dict[str, Any], named: list[tuple[str, str]], until: datetime | None = None) -> Record:
    """``until``: what it said before it was written over, and until when."""
    hers = _softened(data, named)
    title, on = title_of(row), _day_of(row)
    if until is not None:
        title, on = (
            _("%(record)s : version précédente") % {"record": title},
            _("jusqu'au %(day)s") % {"day": day(until)},
        )
    return Record(row.compartment, title, on, lines_of(row, hers), hers)


def title_of(row: Any) -> str:
    return str(parts.BY_CODE[row.code].label if isinstance(row, Part) else TITLES[row._meta.label])


def lines_of(row: Any, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of each answer of a record, in words."""
    questions: tuple[Question, ...] = ()
    if isinstance(row, Part):
        questions = parts.BY_CODE[row.code].questions
    elif isinstance(row, Identity):
        questions = records.IDENTITY_QUESTIONS
    return list(_lines(data, questions))


def _softened(value: Any, named: list[tuple[str, str]]) -> Any:
    """The same data, third parties by their role."""
    if isinstance(value, str):
        return redlist.soften(value, named) if named else value
    if isinstance(value, Mapping):
        return {key: _softened(one, named) for key, one in value.items()}
    if isinstance(value, list):
        return [_softened(one, named) for one in value]
    return value


def _day_of(row: models.Model) -> str:
    """The first day that the row gives."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname) if isinstance(field, models.DateField) else None
        if value is not None:
            return day(value.astimezone(clock.PARIS).date() if isinstance(value, datetime) else value)
    return ""


def _lines(data: Mapping[str, Any], questions: Iterable[Question]) -> Iterable[tuple[str, str]]:
    """Label and value of each answer that is not empty, in words."""
    asked = {question.name: question for question in questions}
    for name, value in data.items():
        if name in SILENT or value in ("", None, [], {}):
            continue
        question = asked.get(name)
        yield (str(question.label) if question else _label(name)), _said(value, question)


def _label(name: str) -> str:
    return str(KEYS.get(name, name.replace("_", " ")))


def _said(value: Any, question: Question | None) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, list):
        return " ; ".join(_said(one, question) for one in value)
    if isinstance(value, Mapping):
        pairs = _lines(value, question.rows if question else ())
        return ", ".join(f"{label} : {said}" for label, said in pairs)
    if question is None:
        return str(value)
    return question.word(value) if question.kind == "checks" else spoken(question, value)


# --- the copy ------------------------------------------------------------------------------------------------------
@transaction.atomic
def make_copy(actor: Actor, dossier: Dossier) -> Made:
    """The paper: numbered, journaled, its bytes kept by nobody."""
    used = require_copy(actor, dossier)
    with translation.override("fr"):  # the language of the paper, whatever that of the screen
        return _made(actor, dossier, used)


def _made(actor: Actor, dossier: Dossier, used: Iterable[str]) -> Made:
    found, closed = records_of(actor, dossier)
    sections: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        lines = [{"label": label, "value": value} for label, value in one.lines]
        sections.setdefault(one.compartment, []).append({"title": one.title, "on": one.on, "lines": lines})
    context = {
        "dossier": dossier.number,
        "association": dossier.organisation.name,
        "on": clock.today(),
        "sections": [{"title": wording.compartment(code), "records": rows} for code, rows in sections.items()],
        "left": [wording.compartment(code) for code in closed],
        "looked": _looked(actor, dossier),
    }
    _journal(actor, dossier, found, used)
    return make_paper(actor, COPY.code, COPY.version, context, about=dossier.pk, dossier=dossier)


@transaction.atomic
def make_data(actor: Actor, dossier: Dossier) -> str:
    """The same records as JSON, for a medium that she chooses."""
    used = require_copy(actor, dossier)
    found, closed = records_of(actor, dossier)
    _journal(actor, dossier, found, used)
    listed = [{"part": one.compartment, "what": one.title, "on": one.on, "data": one.data} for one in found]
    told = {"file": dossier.number, "on": clock.today().isoformat(), "records": listed, "left_out": closed}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _journal(actor: Actor, dossier: Dossier, found: list[Record], used: Iterable[str]) -> None:
    """One event a compartment that leaves in her hand."""
    for code in sorted({one.compartment for one in found}):
        count = sum(one.compartment == code for one in found)
        journal.record(actor, "make_access_copy", dossier, compartment=code, conditions=used, count=count)


def _looked(actor: Actor, dossier: Dossier) -> list[dict[str, str]]:
    """Who looked, by function and house, the latest first: no name of a colleague."""
    _page, seen = persons.trail(actor, dossier)
    return [
        {"label": day(one.at), "value": ", ".join(filter(None, (one.role, one.organisation, wording.verb(one.verb))))}
        for one in seen
    ]
