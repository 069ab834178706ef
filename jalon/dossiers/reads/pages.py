"""What each page of a request shows, in a bounded number of queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from jalon.access import Actor, Role
from jalon.directory import reads as directory
from jalon.dossiers import access, versions
from jalon.dossiers import package as content
from jalon.dossiers import parts as form
from jalon.dossiers.models import Application, ComplementRequest, NotPresented, Package, Part, Piece
from jalon.dossiers.redlist import count_words
from jalon.dossiers.states import STARTS_AGAIN, PartState, PieceState
from jalon.law.silence import silence
from jalon.people import access as people
from jalon.people import questions
from jalon.people.models import Dossier, Identity
from jalon.vault import keys

from .packages import current_package


def part(application: Application, spec: form.Part) -> tuple[Part, dict[str, Any]]:
    """One part, opened with its key in the same query."""
    rows = Part.objects.filter(application=application, code=spec.code)
    row = keys.with_key(rows, Part(compartment=spec.compartment).key_group, owner="dossier_id").get()
    return row, row.unseal(getattr(row, f"key_{row.key_group}"))


@dataclass(frozen=True)
class Changed:
    """One question of a renewal whose answer is no longer that of the request before."""

    label: Any
    before: str
    now: str


def changes(application: Application, spec: form.Part, said: dict[str, Any]) -> list[Changed]:
    """What has changed since the previous request, for who reads the part: one query more, in a renewal only."""
    if not application.previous_id or spec.code in STARTS_AGAIN:
        return []
    rows = Part.objects.filter(application=application.previous_id, code=spec.code, revision__gt=0)
    row = keys.with_key(rows, Part(compartment=spec.compartment).key_group, owner="dossier_id").first()
    former = row.unseal(getattr(row, f"key_{row.key_group}")) if row else {}
    pairs = [(q.label, questions.spoken(q, former.get(q.name)), questions.spoken(q, said.get(q.name)))
             for q in spec.questions]  # fmt: skip
    return [Changed(*pair) for pair in pairs if pair[1] != pair[2]]


@dataclass(frozen=True)
class Readable:
    """What this actor may read now of the parts that a draft needs, and the compartments that were opened for it."""

    answers: dict[str, dict[str, Any]]
    identity: dict[str, Any]
    locked: bool  # a proof of identity would open more
    opened: frozenset[str]
    asked: tuple[form.Part, ...]

    @property
    def sentences(self) -> dict[str, list[str]]:
        """Those to choose from."""
        return content.proposals(self.answers, self.identity, self.asked)


def readable_answers(application: Application, actor: Actor) -> Readable:
    """Nothing is opened but what the draft is made of; the caller tells the trail what was."""
    rows, more = [], False
    for row in application.parts.filter(code__in=content.NEEDED).exclude(state=PartState.NOT_APPLICABLE):
        answer = people.verdict(actor, application.dossier, row.compartment, "read")
        if answer.allowed and row.revision:
            rows.append(row)
        more = more or answer.missing == {"stepup"}
    slots = keys.fetch_many([application.dossier_id], {row.key_group for row in rows} | {"G1"})
    answers = {row.code: row.unseal(slots.get((application.dossier_id, row.key_group))) for row in rows}
    identity: dict[str, Any] = {}
    if people.can(actor, application.dossier, "C1", "read"):
        identity = Identity.objects.get(dossier_id=application.dossier_id).unseal(
            slots.get((application.dossier_id, "G1"))
        )
    opened = {row.compartment for row in rows} | ({"C1"} if identity else set())
    return Readable(answers, identity, more, frozenset(opened), versions.of(application.form_version).parts)


# --- papers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PieceLine:
    """One paper on the list; its own name only for who may read its compartment."""

    piece: Piece
    label: Any
    detail: str
    opens: bool
    blocking: bool
    waivable: bool

    @property
    def expected(self) -> bool:
        return self.piece.state == PieceState.EXPECTED


def pieces(application: Application, actor: Actor) -> tuple[list[PieceLine], frozenset[str]]:
    """Expected papers first, then the received ones, and the compartments opened for their names: two queries."""
    rows = list(application.pieces.order_by("state", "code", "received_on", "pk"))
    may = {code: people.can(actor, application.dossier, code, "read") for code in {row.compartment for row in rows}}
    edit = {code: access.papers_open(application) and access.can_waive(actor, application, code) for code in may}
    slots = keys.fetch_many([application.dossier_id], {row.key_group for row in rows if may[row.compartment]})
    lines, opened = [], set()
    for row in rows:
        paper = form.PAPER_BY_CODE[row.code]
        known = row.unseal(slots.get((application.dossier_id, row.key_group))) if may[row.compartment] else {}
        detail = known.get("reason") or known.get("label") or ""
        opened |= {row.compartment} if detail else set()
        readable, waivable = bool(row.file_id) and may[row.compartment], edit[row.compartment]
        lines.append(PieceLine(row, paper.label, detail, readable, paper.blocking, waivable))
    return sorted(lines, key=lambda line: (not line.expected, line.piece.code)), frozenset(opened)


# --- package ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PackagePage:
    """The package as it stands, in words."""

    package: Package | None
    content: dict[str, Any]
    sections: list[tuple[Any, list[str]]]
    signed_by: str
    words: int


def package_page(application: Application) -> PackagePage:
    row = current_package(application)
    data = row.unseal() if row else {}
    users = directory.users_named([row.signed_by_id]) if row and row.signed_by_id else {}
    signer = users.get(row.signed_by_id) if row else None
    return PackagePage(
        row,
        data,
        sections(data),
        signer.name if signer else "",
        count_words(str(data.get("summary", ""))),
    )


def former_versions(application: Application, current: Package | None) -> list[Package]:
    """The versions signed before the one that counts, the latest first."""
    rows = application.packages.exclude(digest="").order_by("-version").defer("sealed")
    return [row for row in rows if current is None or row.pk != current.pk]


def sections(data: dict[str, Any]) -> list[tuple[Any, list[str]]]:
    """The sentences of a package under the words of their part, in the order of the form."""
    said = data.get("sentences") or {}
    return [(item.label, said[item.code]) for item in form.PARTS if item.code in said]


# --- instruction --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Complement:
    """A question of the secretariat, with its answer."""

    row: ComplementRequest
    text: str
    answer: str


def complements(application: Application) -> list[Complement]:
    rows = keys.with_key(
        ComplementRequest.objects.filter(application=application).order_by("-asked_on", "-pk"), "G6", owner="dossier_id"
    )
    opened = [(row, row.unseal(row.key_G6)) for row in rows[:50]]
    return [Complement(row, data.get("text", ""), data.get("answer", "")) for row, data in opened]


def silence_on(application: Application) -> date | None:
    """The day two months after the receipt (DEC-3)."""
    return silence("psp", application.submitted_on).alert_on if application.submitted_on else None


def sent_pieces(application: Application) -> list[tuple[Any, Piece]]:
    """The papers that left with the request, for the secretariat: what each is, and its copy when there is one."""
    rows = application.pieces.order_by("code", "received_on", "pk")
    return [(form.PAPER_BY_CODE[row.code].label, row) for row in rows if form.PAPER_BY_CODE[row.code].leaves]


@dataclass(frozen=True)
class Unpresented:
    """Whether this actor may say that nothing is presented, and what was said last."""

    may_say: bool
    row: NotPresented | None


def unpresented(actor: Actor, dossier: Dossier) -> Unpresented | None:
    """None once a request was sent: there is nothing to say any more."""
    if dossier.stage not in access.BEFORE:
        return None
    row = NotPresented.objects.filter(dossier=dossier.pk).first()
    return Unpresented(actor.role == Role.REF and people.can(actor, dossier, "C16", "edit"), row)


def past(dossier_id: str) -> list[Application]:
    """The requests of a file, the latest first."""
    return list(Application.objects.filter(dossier=dossier_id).order_by("-rank")[:20])
