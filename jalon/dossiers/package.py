"""The package: what leaves for the commission. Sentences drafted from the answers, never the answers themselves.

- ``proposals``: short sentences of each part, to choose from; names of third parties are replaced by their role.
- ``blocked``: where a content still holds a word of the red list (``redlist``).
- ``build``, ``canonical``, ``digest``: the frozen content, its one form in bytes, its fingerprint.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from jalon.access import Refused
from jalon.people import languages, questions
from jalon.ui.html import day

from . import parts as form
from .redlist import Answers, Blocked, count_words, ranks, red_list, soften, third_parties

SUMMARY_WORDS = 120
LANGUAGE = "fr"  # of the package: the commission's


class TooLong(Refused):
    """The summary has more than 120 words."""


# --- sentences to choose from ---------------------------------------------------------------------------------


def proposals(
    answers: Answers, identity: Mapping[str, Any], asked: Iterable[form.Part] = form.PARTS
) -> dict[str, list[str]]:
    """Sentences of each part that has something to say to the commission; ``asked`` is the form of the request.

    Nothing of where she lives (C3), nothing of the life path, nothing legal.
    """
    with override(LANGUAGE):
        drafted = {code: [line for line in write(answers.get(code, {})) if line] for code, write in WRITERS.items()}
        for part in asked:
            if part.code in drafted:
                drafted[part.code] += _besides(part, answers.get(part.code, {}))
        drafted["identity"] = [line for line in _identity(identity) if line]
        named = third_parties(answers)
        return {code: [soften(line, named) for line in lines] for code, lines in drafted.items() if lines}


def _besides(part: form.Part, data: Mapping[str, Any]) -> list[str]:
    """What the questions of a department say."""
    said = [(question, data.get(question.name)) for question in part.questions if question.says]
    return [_said(question, value) for question, value in said if not questions.empty(value)]


def _said(question: form.Question, value: Any) -> str:
    if isinstance(value, bool):
        value = _("oui") if value else _("non")
    elif question.kind == "day":
        value = day(date.fromisoformat(value))
    return str(question.says).replace("%s", question.word(value).rstrip("."))


def _label(part: str, question: str, value: str) -> str:
    return str(dict(form.BY_CODE[part].question(question).choices).get(value, value))


def _labels(part: str, question: str, values: Iterable[str]) -> str:
    return ", ".join(_label(part, question, value) for value in values)


def _identity(data: Mapping[str, Any]) -> list[str]:
    spoken = [languages.name(row["code"]) for row in data.get("languages") or ()]
    level = data.get("french_level")
    return [
        _("Parle : %(languages)s.") % {"languages": ", ".join(spoken)} if spoken else "",
        _french(str(level)) if level else "",
    ]


def _french(level: str) -> str:
    if level == "none":
        return _("Ne parle pas encore français.")
    return _("Français %(level)s.") % {"level": languages.FRENCH_LEVELS.get(level, level)}


def repeated(content: Mapping[str, Any]) -> set[str]:
    """The sentences of a package that say again one of its own facts: her languages, what she aims at."""
    person, project = content.get("person") or {}, content.get("project") or {}
    spoken = [{"code": code} for code in person.get("languages") or ()]
    with override(LANGUAGE):
        lines = _identity({"languages": spoken, "french_level": person.get("french_level")})
        return {*lines, *_project({"goal": project.get("goal")})} - {""}


def _residence(data: Mapping[str, Any]) -> list[str]:
    lines = []
    if permit := data.get("permit_type"):
        lines.append(_("Séjour : %(permit)s.") % {"permit": _label("residence", "permit_type", permit)})
    if entry := data.get("entry_date_fr"):
        lines.append(_("En France depuis %(year)s.") % {"year": str(entry)[:4]})
    if data.get("asylum_status") == "running":
        lines.append(_("Une demande d'asile est en cours."))
    return lines


def _family(data: Mapping[str, Any]) -> list[str]:
    children = data.get("children") or []
    here = [child for child in children if child.get("in_france", True)]
    lines = []
    if data.get("children_situation") == "none":
        lines.append(_("Sans enfant."))
    elif children:
        said = ngettext("Mère de %(n)d enfant.", "Mère de %(n)d enfants.", len(children)) % {"n": len(children)}
        lines.append(said)
        if len(here) < len(children):
            away = len(children) - len(here)
            lines.append(ngettext("%(n)d vit à l'étranger.", "%(n)d vivent à l'étranger.", away) % {"n": away})
    if data.get("pregnancy_due_date"):
        lines.append(_("Attend un enfant."))
    return lines


def _health(data: Mapping[str, Any]) -> list[str]:
    needs = [need for need in data.get("needs") or () if need not in ("none", "other")]
    lines = []
    if cover := data.get("health_cover"):
        lines.append(_("Couverture santé : %(cover)s.") % {"cover": _label("health_rights", "health_cover", cover)})
    if needs:
        lines.append(_("Besoins de santé : %(needs)s.") % {"needs": _labels("health_rights", "needs", needs)})
    return lines


def _resources(data: Mapping[str, Any]) -> list[str]:
    lines = []
    if amount := data.get("resources_last_month"):
        spoken = f"{amount}".replace(".", ",")
        lines.append(_("Ressources du mois dernier : %(amount)s €.") % {"amount": spoken})
    if benefits := [b for b in data.get("benefits") or () if b != "none"]:
        lines.append(_("Perçoit : %(benefits)s.") % {"benefits": _labels("resources", "benefits", benefits)})
    if data.get("debts"):
        lines.append(_("A des dettes."))
    return lines


def _project(data: Mapping[str, Any]) -> list[str]:
    lines = []
    if data.get("goal"):
        lines.append(_("Vise : %(goal)s.") % {"goal": str(data["goal"]).rstrip(".")})
    if data.get("ft_registered"):
        lines.append(_("Inscrite à France Travail."))
    if data.get("work_experience"):
        lines.append(_("Expérience : %(what)s") % {"what": data["work_experience"]})
    return lines


def _needs(data: Mapping[str, Any]) -> list[str]:
    """The domains where she asks for help, the most urgent first."""
    return list(_needs_by_level(data).values())


def _needs_by_level(data: Mapping[str, Any]) -> dict[str, str]:
    """The sentence of each level, the most urgent first."""
    lines = {}
    for level in ("urgent", "strong", "some"):
        domains = [str(label) for code, label in form.DOMAINS if data.get(code) == level]
        if domains:
            word = str(dict(form.NEEDS)[level])
            lines[level] = _("%(level)s : %(domains)s.") % {"level": capfirst(word), "domains": ", ".join(domains)}
    return lines


def needs_told(data: Mapping[str, Any], chosen: Iterable[str]) -> dict[str, str]:
    """The level of each domain, to draw: of the levels whose sentence was chosen, and of no other."""
    kept = set(chosen)
    levels = {level for level, line in _needs_by_level(data).items() if line in kept}
    if levels:
        levels.add("none")  # beside what is asked, where nothing is asked
    return {code: data[code] for code, _label in form.DOMAINS if data.get(code) in levels}


WRITERS = {
    "needs": _needs,
    "residence": _residence,
    "family": _family,
    "health_rights": _health,
    "resources": _resources,
    "project": _project,
}


# The parts that a page of proposals opens: those that speak, those that name third parties, those that are sent.
NEEDED = frozenset((*WRITERS, "legal", "summary", "opinion", "related_requests"))


# --- content --------------------------------------------------------------------------------------------------


def age_on(birth: str, day: date) -> int | None:
    """Completed years; from a year alone, the fewest possible."""
    pieces = [int(piece) for piece in birth.split("-") if piece.isdigit()]
    if not pieces:
        return None
    year, month, of_month = (*pieces, 12, 31)[:3] if len(pieces) == 1 else (*pieces, 28)[:3]
    return day.year - year - ((day.month, day.day) < (month, of_month))


def build(
    *,
    kind: str,
    number: str,
    rank: int,
    form_version: str,
    association: str,
    drafted_on: date,
    identity: Mapping[str, Any],
    answers: Answers,
    asked: Iterable[form.Part] = form.PARTS,
    summary: str,
    sentences: Mapping[str, list[str]] | None,
    opinion: str,
    requests: Mapping[str, Any],
    pieces: list[dict[str, Any]],
) -> dict[str, Any]:
    """The content, with roles in place of names. Raises TooLong, or Blocked when what must not leave is left."""
    named = third_parties(answers)
    if count_words(summary) > SUMMARY_WORDS:
        raise TooLong(
            _("Le résumé a %(count)d mots : enlevez-en %(over)d, la limite est de %(most)d.")
            % {"count": count_words(summary), "over": count_words(summary) - SUMMARY_WORDS, "most": SUMMARY_WORDS}
        )
    chosen = proposals(answers, identity, asked) if sentences is None else sentences
    if strangers := set(chosen) - {*WRITERS, "identity"}:
        raise ValueError(f"these parts say nothing to the commission: {sorted(strangers)}")
    family = answers.get("family", {})
    with override(LANGUAGE):
        content: dict[str, Any] = {
            "form": form_version,
            "kind": str(kind),
            "number": number,
            "rank": rank,
            "association": association,
            "drafted_on": drafted_on.isoformat(),
            "person": {
                "age": age_on(str(identity.get("birth_date", "")), drafted_on),
                "gender": identity.get("gender", ""),
                "nationality": identity.get("nationality", ""),
                "languages": [row["code"] for row in identity.get("languages") or ()],
                "french_level": identity.get("french_level", ""),
                "children": len(family.get("children") or ()),
            },
            "sentences": {code: [soften(line, named) for line in lines] for code, lines in chosen.items() if lines},
            "needs": needs_told(answers.get("needs", {}), chosen.get("needs", ())),
            **told(answers, summary, opinion, requests),
            "pieces": pieces,
        }
    if places := blocked(content, red_list(answers, identity)):
        raise Blocked(places)
    return content


def told(answers: Answers, summary: str, opinion: str, requests: Mapping[str, Any]) -> dict[str, Any]:
    """What comes whole from its parts, with roles in place of names."""
    named, project = third_parties(answers), answers.get("project", {})
    commitments = answers.get("commitments", {}).get("commitments") or ()
    return {
        "summary": summary.strip(),
        "project": {
            "goal": soften(str(project.get("goal", "")), named),
            "goal_kind": project.get("goal_kind", ""),
            "rome": project.get("rome", ""),
            "steps": [_step(row, named) for row in project.get("steps") or ()],
        },
        "commitments": [soften(row["text"], named) for row in commitments],
        "report": _report(answers.get("report", {}), named),
        "requests": _requests(requests),
        "opinion": _opinion(opinion, answers.get("opinion", {}), named),
    }


def saved_words(answers: Answers) -> dict[str, Any]:
    """Summary, opinion and requests as their parts hold them: what a draft is made with."""
    asked = answers.get("related_requests", {})
    return {
        "summary": answers.get("summary", {}).get("summary", ""),
        "opinion": answers.get("opinion", {}).get("sense", "favourable"),
        "requests": {
            "aps": asked.get("ask_aps"),
            "afis": asked.get("ask_afis"),
            "children": asked.get("children"),
            "housing": asked.get("ask_housing_priority"),
        },
    }


def outdated(content: Mapping[str, Any], answers: Answers) -> bool:
    """Has a part changed since this content was drafted?"""
    with override(LANGUAGE):
        fresh = told(answers, **saved_words(answers))
    return any(content.get(name) != value for name, value in fresh.items())


def _step(row: Mapping[str, Any], named: list[tuple[str, str]]) -> dict[str, Any]:
    return {**row, **{name: soften(row[name], named) for name in ("what", "expected") if row.get(name)}}


def _report(data: Mapping[str, Any], named: list[tuple[str, str]]) -> dict[str, Any]:
    rows = [{**row, "text": soften(row.get("text", ""), named)} for row in data.get("commitments") or ()]
    rest = {name: soften(str(data[name]), named) for name in ("achieved", "difficulties") if data.get(name)}
    return {"commitments": rows, **rest} if rows or rest else {}


def _requests(given: Mapping[str, Any]) -> dict[str, Any]:
    if strangers := set(given) - {"aps", "afis", "children", "housing"}:
        raise ValueError(f"unknown requests: {sorted(strangers)}")
    return {
        "aps": bool(given.get("aps")),
        "afis": bool(given.get("afis")),
        "children": int(given.get("children") or 0),
        "housing": bool(given.get("housing")),
    }


def _opinion(given: str, saved: Mapping[str, Any], named: list[tuple[str, str]]) -> dict[str, str]:
    """``given`` is a code of OPINIONS, or the reasons in words."""
    codes = dict(form.OPINIONS)
    sense = given if given in codes else saved.get("sense", "favourable")
    reasons = saved.get("reasons", "") if given in codes else given
    return {"sense": sense, "reasons": soften(str(reasons), named)}


def blocked(content: Mapping[str, Any], red: frozenset[str]) -> dict[str, list[int]]:
    """Where the content still holds a word of the red list."""
    report = content["report"]
    texts = {
        "summary": content["summary"],
        "sentences": " ".join(line for lines in content["sentences"].values() for line in lines),
        "project": " ".join([content["project"]["goal"], *map(_words_of_step, content["project"]["steps"])]),
        "commitments": " ".join(content["commitments"]),
        "opinion": content["opinion"]["reasons"],
        "report": " ".join(
            [
                *(f"{row['text']} {row.get('reasons', '')}" for row in report.get("commitments", ())),
                report.get("achieved", ""),
                report.get("difficulties", ""),
            ]
        ),
    }
    return {field: found for field, text in texts.items() if (found := ranks(text, red))}


def _words_of_step(row: Mapping[str, Any]) -> str:
    return f"{row['what']} {row.get('expected', '')}".strip()


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one form of a content in bytes: keys sorted, no space, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
