"""A job offer read once into facts, in the shape of France Travail's "Offres d'emploi" v2."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from jalon.offers.matching import french, signs, trades
from jalon.offers.matching import hours as clockwork
from jalon.offers.matching.demands import papers, required, road, setting, stated
from jalon.offers.matching.facts import Facts, Places, day, place_name, point
from jalon.offers.matching.text import FIELD, Doc, fold, phrases, plain, record, records, said, words

SAID: Final = said("facts")
_MONTHS: Final = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_START: Final = phrases(
    rf"(?:a partir d[ue]|a compter d[ue]|des|debut(?: du contrat| de mission| du poste)?|prise de (?:poste|fonctions?)|demarrage|embauche|a pourvoir|saison|commence|disponible|contrat(?: saisonnier)? du|mission du|cdd du|poste du)[^.;\n]{{0,25}}?(?:(?P<day>[0-3]?\d|1er)[ /.-](?P<num>[01]?\d)[ /.-](?P<year>20\d\d)|(?:(?P<d>[0-3]?\d|1er) )?(?:debut |fin |mi-)?(?P<month>{'|'.join(_MONTHS)})(?: (?P<y>20\d\d))?)"
)
_WORDED: Final = (
    "intitule", "appellationlibelle", "description", "complementExercice", "conditionExercice", "experienceCommentaire", "salaire",
    "contexteTravail", "dureeTravailLibelle", "dureeTravailLibelleConverti", "romeCode", "romeLibelle", "langues", "formations",
    "permis", "experienceExige", "experienceLibelle", "typeContrat", "typeContratLibelle", "natureContrat", "alternance",
)  # fmt: skip
Memo = dict[str, tuple["Facts", Doc]]


def read_job(offer: Mapping[str, Any], identity: str, today: date, places: Places, memo: Memo | None = None) -> Facts:
    """Read one offer in the shape of France Travail's "Offres d'emploi" v2; any field may be missing or of another shape.

    `memo` keeps what the same words gave before: one text is often posted for many places.
    """
    key = ""
    if memo is not None:
        try:
            key = json.dumps([offer.get(name) for name in _WORDED])
        except RecursionError:
            key = ""
    known = memo.get(key) if memo is not None and key else None
    if known is None:
        known = _read_words(offer, today)
        if memo is not None and key:
            memo[key] = known
    facts, doc = replace(known[0], id=identity), known[1]
    facts.fresh = day(offer.get("dateActualisation")) or day(offer.get("dateCreation"))
    _where(facts, offer, doc, places)
    return facts


def level_zero(offer: Mapping[str, Any], today: date) -> str:
    """The words for which nobody is ever shown this offer (signs of exploitation, no employment contract); or nothing."""
    facts = _read_words(offer, today)[0]
    return facts.risk or facts.not_employed


def _read_words(offer: Mapping[str, Any], today: date) -> tuple[Facts, Doc]:
    title = words(offer.get("intitule")) or words(offer.get("appellationlibelle"))
    salary = records(offer.get("salaire"))
    context = record(offer.get("contexteTravail"))
    told = [
        words(offer.get(name))
        for name in ("description", "complementExercice", "conditionExercice", "experienceCommentaire")
    ]
    doc = Doc(FIELD.join(plain(one) for one in (*told, title) if one))
    pay = "\n".join(
        " ".join(
            words(one.get(name))
            for name in ("commentaire", "complement1", "complement2", "listeComplements", "libelle")
        )
        for one in salary
    )
    schedule = Doc("\n".join(_lines(context.get("horaires")) + _lines(offer.get("dureeTravailLibelle"))))
    conditions = Doc("\n".join(_lines(context.get("conditionsExercice"))))
    facts = Facts("", "job", title=title)
    _trade(facts, offer, title)
    facts.no_transport = _unserved(doc)
    facts.shuttle = stated(doc, SAID.shuttle)
    facts.housed = stated(doc, SAID.housed)
    _rhythm(facts, offer, doc, schedule)
    family = facts.families[0] if facts.families else None
    languages = [(words(one.get("libelle")), required(one)) for one in records(offer.get("langues"))]
    tags = [(fold(name), name) for name, asked in languages if asked]
    facts.french, facts.french_quote, facts.lessons = french.read(doc, tags, family, facts.trade)
    facts.languages = tuple((name, asked) for name, asked in languages if name and "francais" not in fold(name))
    papers(facts, offer, doc)
    road(facts, offer, doc)
    setting(facts, doc, conditions, family)
    whole = Doc(FIELD.join((doc.raw, pay)))
    facts.risk = signs.risk(whole)
    _contract(facts, offer, whole)
    facts.check = stated(doc, SAID.check)
    _dates(facts, doc, today)
    return facts, doc


def _lines(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [text for text in (words(one) for one in several) if text]


def _trade(facts: Facts, offer: Mapping[str, Any], title: str) -> None:
    code = words(offer.get("romeCode")).strip().upper()
    family = trades.of_rome(code)
    label = words(offer.get("romeLibelle")) or title
    if family is not None:
        facts.rome, facts.trade = (code,), f"{code} {label}".strip()
    else:
        family = trades.of_title(title) or trades.of_title(words(offer.get("romeLibelle")))
        facts.trade = title or label
    facts.families = (family,) if family else ()


def _where(facts: Facts, offer: Mapping[str, Any], doc: Doc, places: Places) -> None:
    """Find the commune: its INSEE code, else its name, else its postal code when one commune has it."""
    place = record(offer.get("lieuTravail"))
    label = words(place.get("libelle")) or (
        words(offer.get("lieuTravail")) if isinstance(offer.get("lieuTravail"), str) else ""
    )
    code = words(place.get("commune")).strip().upper()
    if not re.fullmatch(r"(?:\d{2}|2[AB])\d{3}", code):
        by_label = places.names.get(place_name(re.sub(r"^\s*(?:\d{2,3}|2[AB])\s*-\s*", "", label)))
        postal = places.postal.get(words(place.get("codePostal")).strip(), ())
        code = (
            by_label
            or places.names.get(place_name(words(place.get("commune"))))
            or (postal[0] if len(postal) == 1 else "")
        )
    found = [code] if code else []
    facts.where = point(place)
    named: set[str] = set()
    if places.pattern is not None:
        for match in places.pattern.finditer(doc.folded):
            other = places.names.get(place_name(match[0]))
            if other is None or not doc.raw[match.start()].isupper():
                continue
            named.add(other)
            if other not in found and (
                not code or SAID.based.search(doc.folded[max(0, match.start() - 40) : match.start()])
            ):
                if not code and re.search(
                    r"(?:bus|train|car|gare|formation|siege|entretien|centre|depuis|entre|km|minutes|pres|proche|proximite)[^.;\n]{0,20}$",
                    doc.folded[max(0, match.start() - 40) : match.start()],
                ):
                    continue
                found.append(other)
                label = label if code else doc.found(match)
    facts.places = tuple(found)
    facts.named = frozenset(named)
    facts.place = label or (f"commune {code}" if code else "")


def _unserved(doc: Doc) -> str:
    match = SAID.unserved.search(doc.folded)
    return doc.found(match) if match else ""


def _rhythm(facts: Facts, offer: Mapping[str, Any], doc: Doc, schedule: Doc) -> None:
    hours = clockwork.read(doc, schedule)
    rota = clockwork.rota(doc) or clockwork.rota(schedule)
    if rota and hours.saturday is None and hours.sunday is None and facts.families and facts.families[0].seven_days:
        # A house that never closes, on a rota: weekends are part of it.
        hours.saturday = hours.sunday = True
        hours.saturday_quote = hours.sunday_quote = rota
    label = Doc(words(offer.get("dureeTravailLibelle")))
    weekly = clockwork.read_weekly(label) or clockwork.read_weekly(schedule)
    if not weekly:
        alone = re.match(r"\s*(\d{1,2})\s?h(?:eures?)?\s?([0-5]\d)?\b", label.folded)
        if alone and 1 <= int(alone[1]) <= 48:
            value = int(alone[1]) + int(alone[2] or 0) / 60
            weekly = [(value, value, doc_words(label))]
    merged = [*weekly, *hours.weekly]
    if not merged and (
        clockwork.full_time(doc)
        or clockwork.full_time(Doc(words(offer.get("dureeTravailLibelleConverti"))))
        or clockwork.full_time(label)
    ):
        merged = [
            (
                35.0,
                35.0,
                clockwork.full_time(doc) or words(offer.get("dureeTravailLibelleConverti")) or doc_words(label),
            )
        ]
    facts.hours, facts.weekly = hours, tuple(merged)


def doc_words(doc: Doc) -> str:
    return doc.quote(0, len(doc.raw))


def _contract(facts: Facts, offer: Mapping[str, Any], doc: Doc) -> None:
    kind = words(offer.get("typeContrat")).strip().upper()
    nature = fold(words(offer.get("natureContrat")))
    label = words(offer.get("typeContratLibelle"))
    if (
        kind in ("LIB", "FRA", "REP", "CCE")
        or "non salarie" in nature
        or "non salarie" in fold(label)
        or nature.strip() == "ns"
    ):
        facts.not_employed = words(offer.get("natureContrat")) or label or kind
    else:
        facts.not_employed = signs.not_employed(doc)
    if (
        kind == "DDI"
        or "insertion par" in nature
        or nature.strip() in ("i1", "cdd insertion")
        or "insertion" in fold(label)
    ):
        facts.iae = words(offer.get("natureContrat")) or label or kind
    else:
        facts.iae = stated(doc, SAID.iae, SAID.iae_not)
    months = re.search(r"(\d{1,2}) mois", fold(label))
    qualifies = (
        "professionnalisation" in nature
        or "apprentissage" in nature
        or nature.strip() in ("e2", "fs")
        or offer.get("alternance") is True
    )
    facts.stability = (
        1.0
        if kind in ("CDI", "DIN") or qualifies
        else 0.9
        if facts.iae
        else 0.7
        if months and int(months[1]) >= 6
        else 0.4
    )


def _dates(facts: Facts, doc: Doc, today: date) -> None:
    for match in _START.finditer(doc.folded):
        if re.match(r"[^.;\n]{0,3}\d? ?h(?:eures)?\b", doc.folded[match.end() : match.end() + 8]):
            continue
        month = int(match["num"]) if match["num"] else _MONTHS.index(match["month"]) + 1
        number = re.sub(r"\D", "", match["day"] or match["d"] or "") or "1"
        year = match["year"] or match["y"]
        if not year and (
            later := re.match(
                r" (?:au|a|jusqu'au|jusqu'en) [^.;,\n]{3,25}?(20\d\d)", doc.folded[match.end() : match.end() + 40]
            )
        ):
            year = later[1]
        try:
            found = date(int(year) if year else today.year, month, int(number))
            if not year and (found.year, found.month) < (today.year, today.month):
                found = found.replace(year=found.year + 1)
        except ValueError:
            continue
        facts.starts, facts.starts_quote = found, doc.found(match)
        return
