"""From one JSON object to one JSON object: the contract of ``jalon match``."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from jalon.law import strictjson
from jalon.offers.matching import facts, jobs, profile, rules, sessions, weights
from jalon.offers.matching import travel as roads
from jalon.offers.matching.facts import Facts
from jalon.offers.matching.profile import BadInput, Person
from jalon.offers.matching.rules import Answer
from jalon.offers.matching.text import record, words
from jalon.offers.matching.travel import Travel


def run(text: bytes) -> bytes:
    """Answer a question in JSON (UTF-8); BadInput names the field that is not of the form asked."""
    try:
        question = strictjson.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"l'entrée n'est pas du JSON : {str(problem).splitlines()[0]}") from None
    return json.dumps(answer(question), ensure_ascii=True, allow_nan=False).encode("ascii")


def answer(question: Any) -> dict[str, Any]:
    """Answer a question; every part of it is checked before anything is matched."""
    if not isinstance(question, dict):
        raise BadInput("l'entrée : un objet JSON est attendu")
    today = facts.day(question.get("reference_date"))
    if today is None or len(question["reference_date"]) != 10:
        raise BadInput("reference_date : un jour AAAA-MM-JJ est attendu")
    travel = roads.read(question.get("travel"))
    people: dict[str, Person] = {}
    for at, row in enumerate(_rows(question, "profiles", required=True)):
        person = profile.read(row, f"profiles[{at}]", travel.places)
        if person.id in people:
            raise BadInput(f"profiles[{at}].id : {person.id!r} est déjà donné")
        people[person.id] = person
    offers = read_jobs(_rows(question, "jobs"), today, travel)
    courses = read_trainings(_rows(question, "trainings"), today, travel)
    return {
        "model": weights.table().model,
        "profiles": {
            person.id: {
                **_kind(person, offers, "jobs", travel, today),
                **_kind(person, courses, "trainings", travel, today),
            }
            for person in people.values()
        },
    }


def _rows(question: Mapping[str, Any], name: str, required: bool = False) -> list[Any]:
    value = question.get(name)
    if value is None and not required:
        return []
    if not isinstance(value, list):
        raise BadInput(f"{name} : une liste est attendue")
    return value


def _unique(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Mapping[str, Any]]:
    """Keep one row for each id: of two that differ, the same one in whatever order they come."""
    kept: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for key, row in rows:
        if key not in kept:
            kept[key] = ("", row)
            continue
        rank, known = kept[key]
        rank, other = rank or _rank(known), _rank(row)
        kept[key] = (other, row) if other > rank else (rank, known)
    return {key: kept[key][1] for key in sorted(kept)}


def _rank(row: Mapping[str, Any]) -> str:
    try:
        return json.dumps(row, sort_keys=True)
    except RecursionError:
        return words(row)


def read_jobs(rows: list[Any], today: date, travel: Travel) -> list[Facts]:
    """Read offers into facts, once, in the order of their ids."""
    pairs = []
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadInput(f"jobs[{at}] : un objet est attendu")
        pairs.append((_identity(row.get("id"), f"jobs[{at}]"), row))
    memo: jobs.Memo = {}
    return [jobs.read_job(row, key, today, travel.places, memo) for key, row in _unique(pairs).items()]


def read_trainings(rows: list[Any], today: date, travel: Travel) -> list[Facts]:
    """Read sessions into facts, once, in the order of their numbers."""
    pairs = []
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadInput(f"trainings[{at}] : un objet est attendu")
        pairs.append((_identity(record(row.get("session")).get("numero"), f"trainings[{at}].session"), row))
    return [sessions.read_training(row, key, today, travel.places) for key, row in _unique(pairs).items()]


def _identity(value: Any, path: str) -> str:
    """An offer without its id is still answered, under the place where it stands."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    return path


def match_all(
    person: Person, offers: list[Facts], travel: Travel, today: date
) -> tuple[list[tuple[Facts, Answer]], list[tuple[Facts, Answer, dict[str, float]]]]:
    """Match one person with offers read before: (every pair, what is shown with its terms and best first)."""
    pairs: list[tuple[Facts, Answer]] = []
    shown: list[tuple[float, str, int]] = []
    terms: list[dict[str, float]] = []
    for at, offer in enumerate(offers):
        found = rules.match(person, offer, travel, today)
        pairs.append((offer, found))
        if found.verdict != "reject":
            terms.append(weights.contributions(person, offer, found, today))
            # What is settled comes before what is still to ask, at nearly equal terms.
            later = 0.02 if found.verdict == "discuss" else 0.0
            shown.append((later - round(weights.total(terms[-1]), 9), offer.id, at))
        else:
            terms.append({})
    return pairs, [(*pairs[at], terms[at]) for _, _, at in sorted(shown)]


def _kind(person: Person, offers: list[Facts], name: str, travel: Travel, today: date) -> dict[str, Any]:
    pairs, shown = match_all(person, offers, travel, today)
    terms = {offer.id: one for offer, _, one in shown}
    answers = {
        offer.id: {
            "verdict": found.verdict,
            "reasons": found.reasons,
            "questions": found.questions,
            "conditions": found.conditions,
            "evidence": dict(sorted(found.evidence.items())),
            "contributions": terms.get(offer.id, {}),
        }
        for offer, found in pairs
    }
    return {name: answers, f"{name}_ranked": [offer.id for offer, _, _ in shown]}
