"""A training session read once into facts, in the LHEO shape: formation, action, session."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from jalon.offers.matching import french, signs, trades
from jalon.offers.matching import hours as clockwork
from jalon.offers.matching.demands import MUST, homes, stated
from jalon.offers.matching.facts import LEVELS, Facts, Places, day, place_name, point
from jalon.offers.matching.text import FIELD, Doc, fold, record, said, stance, words

SAID: Final = said("facts")


def read_training(row: Mapping[str, Any], identity: str, today: date, places: Places) -> Facts:
    """Read one session in the LHEO shape: formation, action, session."""
    course, action, session = record(row.get("formation")), record(row.get("action")), record(row.get("session"))
    title = words(course.get("intitule-formation"))
    doc = Doc(
        "\n".join(
            part
            for part in (
                title,
                words(course.get("objectif-formation")),
                words(course.get("contenu-formation")),
                words(course.get("prerequis")),
                words(action.get("modalites-recrutement")),
                words(action.get("conditions-specifiques")),
            )
            if part
        )
    )
    facts = Facts(identity, "training", title=title)
    domain = record(course.get("domaine-formation"))
    codes = domain.get("code-ROME")
    facts.rome = tuple(
        words(one).strip().upper() for one in (codes if isinstance(codes, list) else [codes]) if isinstance(one, str)
    )
    found = [family for family in (trades.of_rome(code) for code in facts.rome) if family]
    if found:  # a course that touches several trades is judged by the one it is mostly about
        main = max(found, key=lambda one: (found.count(one), -found.index(one)))
        facts.families = (main,)
        facts.rome = tuple(code for code in facts.rome if trades.of_rome(code) is main)
    facts.trade = " ".join((*facts.rome, title)).strip()
    text = fold(title)
    if re.search(
        r"\bfle\b|\bfrancais\b|linguistique|alphabetisation|illettrisme|apprendre a lire|\bfli\b|\bfos\b", text
    ) and not re.search(r"professeur|formateur|enseign", text):
        facts.topic = "french"
        leads = SAID.leads_to.search(doc.folded) or SAID.towards.search(doc.folded)
        if leads:
            facts.target = LEVELS[leads[leads.re.groups].upper()]
    elif (
        re.search(
            r"\bclea\b|socle de connaissance|competences (?:cles|de base)|remise a niveau|savoirs de base|compter", text
        )
        and "numeri" not in text
    ):
        facts.topic = "basics"
    elif re.search(r"numeri|informatique|bureautique|ordinateur|internet|\bpix\b", text) and not facts.families:
        facts.topic = "digital"
    elif not facts.families:
        family = trades.of_title(title)
        facts.families = (family,) if family else ()
    site = record(action.get("lieu-de-formation"))
    code = words(site.get("code-INSEE-commune")).strip().upper()
    name = words(site.get("commune"))
    code = code if re.fullmatch(r"(?:\d{2}|2[AB])\d{3}", code) else places.names.get(place_name(name), "")
    facts.places, facts.place, facts.where = ((code,) if code else ()), name or code, point(site)
    timetable = Doc(words(action.get("horaires")))
    facts.hours = clockwork.read(timetable, Doc(""))
    facts.hours.quote = facts.hours.quote or words(action.get("horaires"))
    mode = words(action.get("modalites-enseignement")).strip()
    if (
        mode == "2"
        or re.search(r"a distance|visio|e-learning|en ligne|distanciel", fold(title) + " " + timetable.folded)
        and not re.search(r"presentiel", text)
    ):
        facts.distance = "modalites-enseignement : 2" if mode == "2" else title
    _session(facts, action, session, today)
    _entry(facts, course, doc)
    internship = action.get("stage-entreprise")
    if words(internship):
        facts.placement_quote = words(internship)
        placement = Doc(facts.placement_quote)
        facts.placement = clockwork.read(placement, Doc(""))
        facts.home = homes(placement)
        evening = re.search(r"\bsoirs?\b|soirees?", placement.folded)
        if evening and not facts.placement.options:
            facts.placement.options, facts.placement.quote = [[(1080, 1320)]], placement.found(evening)
    both = Doc(FIELD.join((doc.raw, facts.placement_quote)))
    facts.check = stated(both, SAID.check)
    facts.licence = next(
        (
            both.found(one)
            for one in SAID.licence.finditer(both.folded)
            if stance(both.folded, one.start(), one.end()) == "yes"
            and re.match(r"[^.;\n]{0,20}" + MUST, both.folded[one.end() : one.end() + 40])
        ),
        "",
    )
    for family in facts.families[:1]:
        for need in family.body:
            facts.body[need] = facts.trade
    facts.risk = signs.risk(both)
    return facts


def _session(facts: Facts, action: Mapping[str, Any], session: Mapping[str, Any], today: date) -> None:
    period = record(session.get("periode"))
    facts.starts, facts.ends = day(period.get("debut")), day(period.get("fin"))
    facts.starts_quote = " – ".join(one for one in (words(period.get("debut")), words(period.get("fin"))) if one)
    state = str(session.get("etat-recrutement")).strip()
    seats = session.get("places-restantes")
    closing = day(record(session.get("periode-inscription")).get("fin"))
    if state in ("2", "3") or fold(state) in ("ferme", "suspendu", "complet"):
        facts.full = f"etat-recrutement : {state}"
    elif isinstance(seats, (int, float)) and not isinstance(seats, bool) and seats <= 0:
        facts.full = f"places-restantes : {seats}"
    elif closing and closing < today:
        facts.full = f"inscriptions closes le {closing.isoformat()}"
    elif facts.starts and facts.starts < today:
        facts.full = f"session commencée le {facts.starts.isoformat()}"
    funding = record(action.get("prise-en-charge"))
    left = funding.get("reste-a-charge-euros")
    if isinstance(left, str):
        number = re.search(r"\d+(?:[.,]\d+)?", left.replace(" ", ""))
        left = float(number[0].replace(",", ".")) if number else None
    if isinstance(left, (int, float)) and not isinstance(left, bool) and left > 0:
        facts.cost = f"reste-a-charge-euros : {left:g}"


def _entry(facts: Facts, course: Mapping[str, Any], doc: Doc) -> None:
    entry = re.search(r"\d", words(course.get("code-niveau-entree")) or str(course.get("code-niveau-entree") or ""))
    facts.entry = int(entry[0]) if entry else None
    language = record(course.get("langue"))
    oral, written = (
        LEVELS.get(fold(words(language.get(key))).upper().strip()[:2]) for key in ("cecrl-oral-min", "cecrl-ecrit-min")
    )
    if language:
        facts.french = (oral, written)
        facts.french_quote = ", ".join(
            f"{key} : {language.get(key)}" for key in ("cecrl-oral-min", "cecrl-ecrit-min") if words(language.get(key))
        )
    else:
        facts.french, facts.french_quote, _ = french.read(doc, [], None, "")
    certification = record(course.get("certification"))
    registered = bool(words(certification.get("code-RNCP")).strip()) or bool(
        words(certification.get("intitule")).strip()
    )
    if facts.topic:
        facts.step = facts.title
    elif course.get("certifiante") is False or not registered:
        facts.unregistered = words(course.get("contenu-formation")) or "certifiante : non"
    facts.stability = 1.0 if registered else 0.4
