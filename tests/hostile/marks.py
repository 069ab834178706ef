"""The world ``proof`` with a word found nowhere else in each field that a sealed record of a file can hold.

The kinds of records that the world lacks are written through the rooms' actions; then each record is sealed again with
its words replaced. A code, a date or a number has no word to mark: the page that shows the record shows it too.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.apps import apps

from jalon.access import Actor
from jalon.commissions import actions as commissions
from jalon.commissions.models import AgendaItem
from jalon.config import clock
from jalon.directory.models import Membership
from jalon.dossiers import actions as dossiers
from jalon.dossiers import parts as form
from jalon.dossiers import seals
from jalon.dossiers.models import Application, Package, Part, SessionCopy
from jalon.dossiers.package import digest
from jalon.journeys.models import Journey
from jalon.offers import actions as offers
from jalon.offers.actions.wishes import RESUME_FIELDS
from jalon.people import access as people
from jalon.people import actions as persons
from jalon.people.models import Dossier, Identity
from jalon.people.questions import Question
from jalon.people.records import IDENTITY_QUESTIONS
from jalon.support import actions as support
from jalon.ui import intake
from jalon.ui.tests.test_files import document
from jalon.vault.models import Former, Sealed, SealedFile

# Keys of the sealed records that hold a code, an id, a date, an amount: neither words nor a way to her.
CODED = (
    "language languages code gender nationality french_level wording what not_shared do_not form kind rome role"
    " goal_kind sense state by id grant amount paid on drafted_on received_on safe_hours hers service signed_by family"
    " explained model received lives_with experience accepts wish printed start about method"
)
CODES = frozenset(CODED.split())
NUMBER = re.compile(r"\d{4}-\d\d(-\d\d)?|\d+(\.\d+)?|\d\d-\d{4}-\d{3}|31AAA")  # days, amounts, a file, an offer
PHONE = "phone"
OPENED = "31-2026-002"  # opened exceptionally by the manager of its association
HEARD = "31-2026-101"  # at the meeting that sits
TEXTS = ("text", "name", "long")
ASKED = (*(question for part in form.PARTS for question in part.questions), *IDENTITY_QUESTIONS)
CHOICES = {code for one in ASKED for sub in (one, *one.rows) for code, _words in sub.choices}
SAMPLES = {"yesno": True, "day": "2026-01-05", "partial": "2019-03", "birth": "1994-05-06", "money": "120.00"}


class Mark(NamedTuple):
    """Where a word stands: the file, the compartment, the record and its field."""

    number: str
    compartment: str
    field: str

    @property
    def cell(self) -> str:
        return f"{self.number}/{self.compartment}"


class Marks(dict[str, Mark]):
    """word → what it marks; the same field of the same file has one word."""

    def __init__(self) -> None:
        super().__init__()
        self._words: dict[Mark, str] = {}

    def word(self, mark: Mark) -> str:
        if mark not in self._words:
            made = f"0639{len(self):06}" if mark.field.endswith(PHONE) else f"qz{len(self):05}zq"
            self._words[mark], self[made] = made, mark
        return self._words[mark]

    def seen_in(self, text: str) -> set[Mark]:
        joined = re.sub(r"(?<=\d)[ .\u00a0\u202f](?=\d)", "", text)
        found = re.findall(r"qz\d{5}zq", text.casefold()) + re.findall(r"0639\d{6}", joined)
        return {self[word] for word in found if word in self}


# --- what the world lacks ---------------------------------------------------------------------------------------------
def _referent(dossier: Dossier) -> Actor:
    held = dossier.assignments.get(kind="referent", ends_on=None)
    return Actor(held.user_id, "REF", dossier.organisation_id, dossier.department, stepped_up=True)


def also(marks: Marks) -> None:
    """Through the rooms' actions, one of each kind of record that neither the world nor ``objects.more`` holds."""
    managers = {row.organisation_id: row for row in Membership.objects.filter(role="MGR")}
    for file in Dossier.objects.order_by("number"):
        referent = _referent(file)
        held = managers.get(file.organisation_id)
        if file.stage != "S6":
            support.write_note(referent, file, text="x", visibility="private")
            mine = people.dossiers_visible_to(referent).get(pk=file.pk)
            persons.attach_statement(referent, mine, about=Identity.objects.get(dossier=file), words="x")
        if held is not None:
            manager = Actor(held.user_id, "MGR", held.organisation_id, held.department, held.pk, stepped_up=True)
            persons.place_hold(manager, file, kind="appeal", ends_on=clock.today() + timedelta(days=30), reason="x")
            if file.number == OPENED:
                persons.open_exceptionally(manager, file, category="danger", reason="x" * 40)
        if file.stage in ("S1", "S2", "S3", "S4", "S5"):
            offers.note_wishes(referent, file, {"zones": ["x"], "diplomas": ["x"]})
            offers.write_resume(referent, file, dict.fromkeys(RESUME_FIELDS, "x"))
            aim = support.add_objective(referent, file, aim="26.0", words="x", shared=False)
            support.add_plan_step(referent, file, text="x", holder="person", objective=aim)
        for application in Application.objects.filter(dossier=file, state="draft"):
            dossiers.keep_draft(referent, application, "needs", typed={"first": ["x"]}, based_on=0)
            mark = marks.word(Mark(file.number, "C7", "vault.SealedFile"))
            clean = intake.take(document(change=lambda pdf, word=mark: _write(pdf, word)), "x.pdf")
            dossiers.add_piece(referent, application, code="residence_document", file=clean, label="x")

    item = AgendaItem.objects.get(state="scheduled", application__dossier__number=HEARD)
    held = Membership.objects.get(role="SEC", department="31")
    secretary = Actor(held.user_id, "SEC", held.organisation_id, held.department, held.pk, stepped_up=True)
    commissions.record_hearing(secretary, item, others="x")


def _write(pdf: Any, word: str) -> None:
    pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 12 Tf ({word}) Tj ET".encode())


# --- words replaced ---------------------------------------------------------------------------------------------------
def write_over(marks: Marks) -> None:
    """Every sealed record of a file, sealed again with marks in place of its words."""
    numbers = dict(Dossier.objects.values_list("pk", "number"))
    for model in apps.get_models():
        if not issubclass(model, Sealed) or model in (SessionCopy, SealedFile, Former):
            continue
        for row in model.objects.all():
            number = numbers.get(row.key_owner)
            if number is None or not (row.sealed or getattr(row, "exited_on", None)):
                continue
            if isinstance(row, Part) and not form.BY_CODE[row.code].questions:
                continue
            mark = Mark(number, row.compartment, name(row))
            data = marked(filled(row), lambda path, mark=mark: marks.word(mark._replace(field=mark.field + path)))
            row.seal(data)
            if isinstance(row, Package):
                row.digest = digest(data)
                row.signature = seals.sign(row) if row.signature else ""
                for copy in SessionCopy.objects.filter(package=row, destroyed_on=None):
                    copy.seal({**data, "digest": row.digest})
                    copy.save()
            row.save()


def name(row: Any) -> str:
    """The model, and what tells apart its records that not everybody who reads the compartment reads."""
    kinds = [str(value) for column in ("code", "visibility") if (value := getattr(row, column, ""))]
    return "/".join([row._meta.label, *kinds])


def filled(row: Any) -> dict[str, Any]:
    """The record with an answer to each of its questions, when it has questions."""
    data = row.unseal()
    if isinstance(row, Journey) and row.exited_on:
        return {**data, "note": "x"}
    if isinstance(row, Part) and not form.BY_CODE[row.code].store:
        return _answered(form.BY_CODE[row.code].questions, data)
    return _answered(IDENTITY_QUESTIONS, data) if isinstance(row, Identity) else data


def _answered(questions: tuple[Question, ...], data: dict[str, Any]) -> dict[str, Any]:
    given = {question.name: _answer(question) for question in questions}
    return {**given, **{name: value for name, value in data.items() if value not in ("", None, [])}}


def _answer(question: Question) -> Any:
    if question.kind == "rows":
        return [_answered(question.rows, {})]
    if question.choices:
        first = question.choices[0][0]
        return [first] if question.kind == "checks" else first
    if question.kind in ("country", "language"):
        return {"country": "NGA", "language": "en"}[question.kind]
    return "x" if question.kind in TEXTS else SAMPLES.get(question.kind, 1)


def marked(value: Any, word: Callable[[str], str], path: str = "") -> Any:
    if isinstance(value, dict):
        kept = {key: marked(one, word, f"{path}.{key}") for key, one in value.items() if key not in CODES}
        return {**value, **kept}
    if isinstance(value, list):
        return [marked(one, word, path + "[]") for one in value]
    if not isinstance(value, str):
        return value
    return value if value in CHOICES or NUMBER.fullmatch(value) else word(path)
