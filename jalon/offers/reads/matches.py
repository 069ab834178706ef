"""What may be shown to one person, why, what is to be asked, and what is set aside: the same rules as ``jalon match``.

The offers of a department are read once a day into facts, for everybody; each page compares them with one person.
She is never ranked, her former « no » changes nothing, and what no one may see (level 0) is counted, not listed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.law import work
from jalon.people.models import Dossier
from jalon.ui import paging
from jalon.vault import keys

from .. import access, words
from ..francetravail.shape import text
from ..models import Offer, Proposal, Service, Training, TravelTable
from ..states import RUNNING, OfferKind, Source
from .fresh import Freshness, freshness
from .subjects import Subject, subject

A_LIST, A_PAGE = 20, 25
# Who would open the way again, by what sets offers aside (themes of data·inclusion).
OPENERS = {
    "R_FRANCAIS": "lecture-ecriture-calcul", "R_PERMIS": "mobilite", "R_VEHICULE": "mobilite",
    "R_TRANSPORT": "mobilite", "R_HORAIRES": "famille", "R_COUPURES": "famille", "R_WEEKEND": "famille",
    "R_DIPLOME": "se-former", "R_EXPERIENCE": "se-former", "R_NIVEAU": "se-former", "R_NUMERIQUE": "numerique",
    "R_TITRE": "difficultes-administratives-ou-juridiques", "R_FINANCEMENT": "difficultes-financieres",
}  # fmt: skip


class Line(NamedTuple):
    """A reason, a question, a condition: its words, and the words of the offer or the line of the profile behind it."""

    code: str
    label: Any
    quote: str
    hers: bool


class Match(NamedTuple):
    """One offer or training for one person. ``terms``: words and percent, best first; never one figure."""

    kind: str
    id: str
    number: str
    title: str
    who: str
    place: str
    contract: str
    verdict: str
    reasons: list[Line]
    questions: list[Line]
    conditions: list[Line]
    terms: list[tuple[Any, int]]
    starts_on: date | None
    ends_on: date | None
    last_start: date | None
    proposal: str


class Opener(NamedTuple):
    """How many offers only this sets aside, and the services that work on it."""

    label: Any
    offers: int
    need: str
    services: list[tuple[str, str]]


class Found(NamedTuple):
    subject: Subject
    fresh: Freshness
    model: str
    trainings: list[Match]
    jobs: list[Match]
    counts: dict[str, int]
    aside: list[tuple[str, Any, int]]
    openers: list[Opener]
    hidden: int
    travel: bool


# --- what is proposed in the department -------------------------------------------------------------------------------
def _stamp(rows: QuerySet[Any]) -> tuple[Any, ...]:
    """Changes when a row comes, goes, or is read again."""
    return tuple(rows.order_by().aggregate(n=Count("pk"), a=Min("pk"), z=Max("pk"), seen=Max("seen_at")).values())


@lru_cache(maxsize=4)
def _roads(department: str, imported: Any) -> Any:
    from ..matching import travel

    row = TravelTable.objects.filter(department=department).first()
    return travel.read(row.record if row else None)


@lru_cache(maxsize=4)
def _jobs(department: str, stamp: tuple[Any, ...], today: date, imported: Any) -> list[Any]:
    from ..matching import compute

    rows = Offer.objects.filter(department=department, hidden_at=None, withheld="")
    records = list(rows.values_list("record", flat=True).iterator(chunk_size=500))
    return compute.read_jobs(records, today, _roads(department, imported))


@lru_cache(maxsize=4)
def _trainings(department: str, stamp: tuple[Any, ...], today: date, imported: Any) -> list[Any]:
    from ..lheo import READ_BY_A_PERSON
    from ..matching import compute

    records = []
    for row in Training.objects.filter(department__in=(department, ""), gone_on=None).iterator(chunk_size=500):
        record = {part: dict(fields or {}) for part, fields in row.record.items()}
        for part, name in READ_BY_A_PERSON:
            if row.reading.get(name) is not None:
                record.setdefault(part, {})[name] = row.reading[name]
        record.setdefault("session", {})["numero"] = row.pk
        records.append(record)
    return compute.read_trainings(records, today, _roads(department, imported))


def pairs(actor: Actor, one: Subject) -> dict[str, tuple[list[Any], list[Any]]]:
    """Every pair and what is shown, best first, by kind: ``compute.match_all`` on what this actor may read."""
    from ..matching import compute
    from ..matching import profile as profiles

    today, department = clock.today(), actor.department
    imported = TravelTable.objects.filter(department=department).values_list("imported_at", flat=True).first()
    roads = _roads(department, imported)
    person = profiles.read(one.profile, "profile", roads.places)
    jobs = _jobs(department, _stamp(access.offers_visible_to(actor)), today, imported)
    trainings = _trainings(department, _stamp(access.trainings_visible_to(actor)), today, imported)
    return {
        OfferKind.JOB: compute.match_all(person, jobs, roads, today),
        OfferKind.TRAINING: compute.match_all(person, trainings, roads, today),
    }


# --- the page ---------------------------------------------------------------------------------------------------------
def matches(actor: Actor, dossier: Dossier) -> Found:
    """The whole answer for one person, as this actor may read it."""
    from ..matching import rules

    one = subject(actor, dossier)
    found = pairs(actor, one)
    known = {row["number"]: row["state"] for row in proposed(dossier)}
    shown: dict[str, list[Match]] = {}
    counts: dict[str, int] = {}
    reasons: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    hidden = access.withheld(actor)
    for kind, (every, ranked) in found.items():
        open_ones = [row for row in ranked if known.get(row[0].id) not in RUNNING]
        counts[kind] = len(open_ones)
        shown[kind] = _rows(actor, one, kind, open_ones[:A_LIST], known)
        for _offer, answer in every:
            why = answer.reasons
            if rules.NEVER_LIFTED.intersection(why):
                hidden += 1
                continue
            reasons.update(why)
            alone.update(why if len(why) == 1 else ())
        never = rules.NEVER_LIFTED
        counts[f"{kind}_aside"] = sum(a.verdict == "reject" and not never.intersection(a.reasons) for _o, a in every)
    return Found(
        subject=one,
        fresh=freshness(Source.OFFERS, actor.department),
        model=model(),
        trainings=shown[OfferKind.TRAINING],
        jobs=shown[OfferKind.JOB],
        counts=counts,
        aside=[(code, words.REASONS[code], n) for code, n in reasons.most_common()],
        openers=_openers(actor, alone),
        hidden=hidden,
        travel=TravelTable.objects.filter(department=actor.department).exists(),
    )


def set_aside(actor: Actor, dossier: Dossier, kind: str = "", reason: str = "", number: int = 1) -> Page:
    """What the rules set aside, with every reason, one page; what lacks least comes first. Level 0 is not here."""
    from ..matching import rules

    one = subject(actor, dossier)
    rows = [
        (code, offer, answer)
        for code, (every, _ranked) in pairs(actor, one).items()
        for offer, answer in (every if kind in ("", code) else ())
        if answer.verdict == "reject" and not rules.NEVER_LIFTED.intersection(answer.reasons)
        if not reason or reason in answer.reasons
    ]
    rows.sort(key=lambda row: (len(row[2].reasons), "R_METIER" in row[2].reasons, row[1].id))
    known = {row["number"]: row["state"] for row in proposed(dossier)}
    found = paging.page(rows, number, size=A_PAGE)
    shown = {
        match.number: match
        for code in OfferKind.values
        for match in _rows(
            actor, one, code, [(offer, a, {}) for kept, offer, a in found.object_list if kept == code], known
        )
    }
    found.object_list = [shown[offer.id] for _code, offer, _answer in found.object_list if offer.id in shown]
    return found


def one_match(actor: Actor, dossier: Dossier, kind: str, number: str) -> Match | None:
    """One offer for one person, shown or set aside; None when it is not there, or is for nobody."""
    from ..matching import rules

    if kind not in OfferKind.values or not number:
        return None
    one = subject(actor, dossier)
    every, ranked = pairs(actor, one)[kind]
    terms = {offer.id: values for offer, _answer, values in ranked}
    for offer, answer in every:
        if offer.id == number and not rules.NEVER_LIFTED.intersection(answer.reasons):
            return _rows(actor, one, kind, [(offer, answer, terms.get(number, {}))], {})[0]
    return None


def number_of(actor: Actor, kind: str, offer_id: str) -> str:
    """The number under which the matcher knows a row of the catalogue; nothing for what this actor does not see."""
    if kind == OfferKind.JOB:
        return access.offers_visible_to(actor).filter(pk=offer_id).values_list("number", flat=True).first() or ""
    if kind == OfferKind.TRAINING and access.trainings_visible_to(actor).filter(pk=offer_id).exists():
        return offer_id
    return ""


def model() -> str:
    """The version of the rules and weights in force."""
    from ..matching import weights

    return weights.table().model


def proposed(dossier: Dossier) -> list[dict[str, Any]]:
    """The numbers of what was proposed, and where each stands."""
    rows = keys.with_key(
        Proposal.objects.filter(dossier=dossier).order_by("proposed_on", "pk"), "G1", owner="dossier_id"
    )
    return [{"number": row.unseal(row.key_G1)["number"], "state": row.state} for row in rows]  # type: ignore[attr-defined]


def _rows(
    actor: Actor,
    one: Subject,
    kind: str,
    found: Iterable[tuple[Any, Any, Mapping[str, float]]],
    known: Mapping[str, str],
) -> list[Match]:
    """The matches in words; what the offers say else is fetched at once."""
    found = list(found)
    numbers = [offer.id for offer, _answer, _terms in found]
    rows: dict[str, Any]
    if kind == OfferKind.JOB:
        rows = {row.number: row for row in access.offers_visible_to(actor).filter(number__in=numbers)}
    else:
        rows = {row.pk: row for row in access.trainings_visible_to(actor).filter(pk__in=numbers)}
    return [
        _match(actor, one, kind, offer, answer, terms, rows[offer.id], known.get(offer.id, ""))
        for offer, answer, terms in found
        if offer.id in rows
    ]


def _match(
    actor: Actor,
    one: Subject,
    kind: str,
    offer: Any,
    answer: Any,
    terms: Mapping[str, float],
    row: Any,
    proposal: str,
) -> Match:
    if kind == OfferKind.JOB:
        who, place, contract = text(row.record, "entreprise", "nom"), row.place, text(row.record, "typeContratLibelle")
    else:
        where = row.record.get("action", {}).get("lieu-de-formation") or {}
        who = (row.record.get("formation", {}).get("organisme-formation") or {}).get("nom") or ""
        place, contract = where.get("commune") or "", ""
    by_weight = sorted(terms.items(), key=lambda pair: -pair[1])
    return Match(
        kind=str(kind),
        id=row.pk,
        number=offer.id,
        title=row.title or _("sans intitulé"),
        who=who,
        place=place,
        contract=contract,
        verdict=answer.verdict,
        reasons=[_line(actor, code, answer.evidence[code]) for code in answer.reasons],
        questions=[_line(actor, code, answer.evidence[code]) for code in answer.questions],
        conditions=[_line(actor, code, answer.evidence[code]) for code in answer.conditions],
        terms=[(words.TERMS[name], round(value * 100)) for name, value in by_weight],
        starts_on=getattr(row, "starts_on", None),
        ends_on=getattr(row, "ends_on", None),
        last_start=_last_start(one, kind, row),
        proposal=proposal,
    )


def _last_start(one: Subject, kind: str, row: Any) -> date | None:
    if kind != OfferKind.TRAINING or one.cap_on is None or row.starts_on is None or row.ends_on is None:
        return None
    certifying = bool((row.record.get("formation") or {}).get("certifiante"))
    return work.last_start(one.cap_on, row.starts_on, row.ends_on, certifying)


LABELS = {**words.NEVER, **words.REASONS, **words.QUESTIONS, **words.CONDITIONS}
OF_HERS = ("profil :", "langue :")


def _line(actor: Actor, code: str, quote: str) -> Line:
    """A code in words. A place that she avoids is a result for the agency, never a place."""
    if code == "R_ZONE" and actor.role == Role.EMP:
        return Line(code, _("Écartée avec elle"), "", True)
    if code == "R_DATE" and actor.role == Role.EMP:
        quote = quote.partition(" — ")[0]  # the days of the session, not those of her pathway
    if quote.startswith(OF_HERS):
        return Line(code, LABELS[code], words.of_profile(quote), True)
    return Line(code, LABELS[code], words.of_offer(quote), quote in words.FIELDS)


def _openers(actor: Actor, alone: Counter[str]) -> list[Opener]:
    """What would make other offers possible, the most useful first: a service is named, never asked from here."""
    found: Counter[str] = Counter()
    labels: dict[str, Any] = {}
    for code, count in alone.most_common():
        if need := OPENERS.get(code):
            found[need] += count
            labels.setdefault(need, words.REASONS[code])
    rows = list(access.services_visible_to(actor).order_by("name").only("pk", "name", "needs")) if found else []
    return [
        Opener(labels[need], count, need, [(row.pk, row.name) for row in rows if _answers(row, need)][:2])
        for need, count in found.most_common()
    ]


def _answers(row: Service, need: str) -> bool:
    return f"|{need}--" in row.needs
