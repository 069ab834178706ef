"""The papers of a request: its file as it leaves, and the acknowledgement of its receipt. Never a part, always the
package: what stays inside the association cannot be printed from here."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon import papers
from jalon.access import Actor, Refused
from jalon.directory.authorities import authority, named_on, secretariat
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper
from jalon.papers.rights import PRIVATE
from jalon.people import countries, languages

from . import access, parts, reads
from .models import Application, Package
from .package import LANGUAGE
from .states import PieceState

HERE = Path(__file__).parent / "templates/dossiers/papers"
LINE = {"label": str, "value": str}

FILE = papers.register(
    "dossier",
    1,
    HERE / "dossier-1.typ",
    {
        "association": str,
        "dossier": str,
        "receipt": str,
        "kind": str,
        "person": [LINE],
        "requests": [LINE],
        "drafted_on": date,
        "read_back_on": maybe(date),
        "read_back_in": str,
        "signed_on": maybe(date),
        "received_on": maybe(date),
        "silence_on": maybe(date),
        "summary": str,
        "goal": str,
        "steps": [{"what": str, "expected": str, "by": maybe(date), "done": maybe(date)}],
        "commitments": [str],
        "report": [{"text": str, "outcome": str, "reasons": str}],
        "achieved": str,
        "difficulties": str,
        "needs": [{"label": str, "level": int, "words": str}],
        "sections": [{"title": str, "sentences": [str]}],
        "pieces": [{"label": str, "state": str, "received_on": maybe(date)}],
        "opinion_sense": str,
        "opinion": str,
        "digest": str,
    },
)
ACKNOWLEDGEMENT = papers.register(
    "acknowledgement",
    1,
    HERE / "acknowledgement-1.typ",
    {
        "authority": str,
        "service": str,
        "association": str,
        "number": str,
        "kind": str,
        "received_on": date,
        "complete_on": maybe(date),
        "silence_on": date,
    },
)


# --- the file ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def dossier_file(actor: Actor, application: Application, *, copy_for: str = "") -> Made:
    """The package as a paper; marked as a draft until it is signed."""
    access.require(actor, application, access.file_verdict(actor, application))
    package = reads.current_package(application)
    if package is None:
        raise Refused(_("Le dossier de présentation n'est pas encore préparé."))
    return make_paper(
        actor,
        FILE.code,
        FILE.version,
        file_context(application, package),
        about=package.pk,
        dossier=application.dossier,
        organisation_id=application.prepared_by,
        compartment="C12",
        copy_for=copy_for,
    )


def file_context(application: Application, package: Package) -> dict[str, Any]:
    with translation.override(LANGUAGE):
        content = package.unseal()
        project, report = content.get("project") or {}, content.get("report") or {}
        opinion, read_back = content.get("opinion") or {}, content.get("read_back") or {}
        return {
            "association": str(content.get("association", "")),
            "dossier": application.dossier.number,
            "receipt": application.receipt_number,
            "kind": str(application.get_kind_display()),
            "person": person_lines(content),
            "requests": _requests(content.get("requests") or {}),
            "drafted_on": date.fromisoformat(content["drafted_on"]),
            "read_back_on": package.read_back_on,
            "read_back_in": languages.name(read_back["language"]) if read_back.get("language") else "",
            "signed_on": package.signed_at.date() if package.signed_at else None,
            "received_on": application.submitted_on,
            "silence_on": reads.pages.silence_on(application),
            "summary": str(content.get("summary", "")),
            "goal": str(project.get("goal", "")),
            "steps": [_step(row) for row in project.get("steps") or ()],
            "commitments": [str(text) for text in content.get("commitments") or ()],
            "report": [_kept(row) for row in report.get("commitments") or ()],
            "achieved": str(report.get("achieved", "")),
            "difficulties": str(report.get("difficulties", "")),
            "needs": need_bars(content),
            "sections": open_sections(content),
            "pieces": [_piece(row) for row in content.get("pieces") or ()],
            "opinion_sense": str(dict(parts.OPINIONS).get(opinion.get("sense", ""), "")).capitalize(),
            "opinion": str(opinion.get("reasons", "")),
            "digest": package.digest,
        }


def person_lines(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the commission knows of her: neither name, nor birth date, nor place."""
    person = content.get("person") or {}
    spoken = [languages.name(code) for code in person.get("languages") or ()]
    level = str(person.get("french_level") or "")
    rows = [
        (_("Âge"), _("%(age)s ans") % {"age": person["age"]} if person.get("age") else ""),
        (_("Nationalité"), countries.name(person["nationality"]) if person.get("nationality") else ""),
        (_("Langues"), ", ".join(spoken)),
        (_("Français"), str(languages.FRENCH_LEVELS.get(level, level))),
        (_("Enfants"), str(person.get("children") or _("aucun"))),
    ]
    return [{"label": str(label), "value": str(value)} for label, value in rows if value]


def open_sections(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sentences of the package that a paper may bear, by subject; her languages are told among the facts."""
    listed = content.get("sentences") or {}
    return [
        {"title": str(part.label), "sentences": [str(line) for line in listed[part.code]]}
        for part in parts.PARTS
        if listed.get(part.code) and part.compartment not in PRIVATE and part.code != "identity"
    ]


def need_bars(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The eight domains with how much she asks for, 0 to 3; none when the package tells none."""
    told, words = content.get("needs") or {}, dict(parts.NEEDS)
    ranks = {level: rank for rank, (level, _label) in enumerate(parts.NEEDS)}
    unsaid = {"level": 0, "words": str(_("non dit"))}
    return [
        {"label": str(label), "level": ranks[told[code]], "words": str(words[told[code]])}
        if code in told
        else {"label": str(label), **unsaid}
        for code, label in parts.DOMAINS
        if told
    ]


def _requests(asked: Mapping[str, Any]) -> list[dict[str, str]]:
    children = int(asked.get("children") or 0)
    with_children = ngettext("oui, avec %(n)d enfant", "oui, avec %(n)d enfants", children) % {"n": children}
    aid = with_children if children else _("oui")
    rows = [
        (_("Autorisation provisoire de séjour"), _("oui") if asked.get("aps") else _("non")),
        (_("Aide financière (AFIS)"), aid if asked.get("afis") else _("non")),
        (_("Logement prioritaire"), _("oui") if asked.get("housing") else _("non")),
    ]
    return [{"label": str(label), "value": str(value)} for label, value in rows]


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    words = {"what": str(row["what"]), "expected": str(row.get("expected") or "")}
    return {**words, "by": _day(row.get("by")), "done": _day(row.get("done"))}


def _kept(row: Mapping[str, Any]) -> dict[str, str]:
    said = {"kept": _("tenu"), "partly": _("tenu en partie"), "not": _("pas tenu")}
    outcome = said.get(str(row.get("outcome", "")), _("non dit"))
    return {"text": str(row.get("text", "")), "outcome": str(outcome), "reasons": str(row.get("reasons") or "")}


def _piece(row: Mapping[str, Any]) -> dict[str, Any]:
    state = str(PieceState(row["state"]).label) if row.get("state") in PieceState.values else ""
    received = _day(row.get("received_on")) if row.get("state") == PieceState.RECEIVED else None
    return {"label": str(row.get("label", "")), "state": state, "received_on": received}


# --- acknowledgement of receipt ---------------------------------------------------------------------------------------
@transaction.atomic
def acknowledgement(actor: Actor, application: Application) -> Made:
    """Dates, numbers, services (CRPA R.112-5)."""
    access.require(actor, application, access.acknowledgement_verdict(actor, application))
    return make_paper(
        actor,
        ACKNOWLEDGEMENT.code,
        ACKNOWLEDGEMENT.version,
        acknowledgement_context(application),
        about=application.pk,
        dossier=application.dossier,
        department=application.department,
        compartment="C16",
    )


def acknowledgement_context(application: Application) -> dict[str, Any]:
    day: date = application.submitted_on  # type: ignore[assignment]
    with translation.override(LANGUAGE):
        return {
            "authority": authority(application.department, day),
            "service": secretariat(application.department, day),
            "association": named_on(application.prepared_by, day),
            "number": application.receipt_number,
            "kind": str(application.get_kind_display()),
            "received_on": day,
            "complete_on": application.complete_on,
            "silence_on": reads.pages.silence_on(application),
        }
