"""An offer read once into facts: what a careful reader would note, each with the words that say so.

Nothing here knows a person. Matching (`rules`) only compares these facts with a profile.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from jalon.offers.matching import french, signs, trades
from jalon.offers.matching import hours as clockwork
from jalon.offers.matching.text import FIELD, Doc, fold, phrases, record, records, said, stance, words

LEVELS: Final = trades.LEVELS
SAID: Final = said("facts")


@dataclass(slots=True)
class Facts:
    """What is known of a job or of a training session. Empty words mean that nothing was said."""

    id: str
    kind: str  # job | training
    title: str = ""
    rome: tuple[str, ...] = ()
    families: tuple[trades.Family, ...] = ()
    trade: str = ""  # the words that tell the trade
    places: tuple[str, ...] = ()  # INSEE codes; several when the offer contradicts itself
    place: str = ""
    where: tuple[float, float] | None = None
    named: frozenset[str] = frozenset()  # every commune that the words name
    no_transport: str = ""
    shuttle: str = ""
    housed: str = ""
    hours: clockwork.Hours = field(default_factory=clockwork.Hours)
    weekly: tuple[tuple[float, float, str], ...] = ()
    french: tuple[int | None, int | None] | None = None  # least oral, least written; None: nothing is known
    french_quote: str = ""
    lessons: str = ""
    languages: tuple[tuple[str, bool], ...] = ()  # name, required
    diploma: tuple[tuple[str, str], ...] = ()  # folded demand, words
    experience: str = ""
    experience_wished: str = ""
    licence: str = ""
    heavy_licence: str = ""
    vehicle: str = ""
    alone: str = ""
    home: str = ""
    public: str = ""
    exposure: str = ""
    body: dict[str, str] = field(default_factory=dict)
    risk: str = ""
    not_employed: str = ""
    iae: str = ""
    check: str = ""
    starts: date | None = None
    ends: date | None = None
    starts_quote: str = ""
    beginner: bool = False
    stability: float = 0.4
    fresh: date | None = None
    # Trainings only
    full: str = ""
    cost: str = ""
    entry: int | None = None
    target: int | None = None  # the oral level that a French course leads to
    topic: str = ""  # french | digital | basics | ""
    distance: str = ""
    placement: "clockwork.Hours | None" = None
    placement_quote: str = ""
    step: str = ""
    unregistered: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The communes that the travel table knows."""

    names: dict[str, str]  # folded name -> code
    codes: dict[str, tuple[float, float] | None]
    postal: dict[str, tuple[str, ...]]
    pattern: "re.Pattern[str] | None"

    @classmethod
    def of(cls, communes: Mapping[str, Any]) -> "Places":
        names: dict[str, str] = {}
        codes: dict[str, tuple[float, float] | None] = {}
        postal: dict[str, list[str]] = {}
        for code, row in sorted(communes.items()):
            one = record(row)
            codes[code] = point(one)
            name = place_name(words(one.get("nom")))
            if len(name) > 2:
                names.setdefault(name, code)
            if isinstance(one.get("code_postal"), str):
                postal.setdefault(one["code_postal"], []).append(code)
        alternatives = "|".join(_written(name) for name in sorted(names, key=len, reverse=True))
        pattern = re.compile(rf"\b(?:{alternatives})\b") if names else None
        return cls(names, codes, {key: tuple(one) for key, one in postal.items()}, pattern)


_SAINTS: Final = {"st": "(?:saint|st)", "ste": "(?:sainte|ste)"}


def _written(name: str) -> str:
    """The ways in which a folded commune name is written in a text: saint or st, hyphens, apostrophes."""
    return r"[ '-]".join(_SAINTS.get(part, part) for part in name.split())


def place_name(text: str) -> str:
    """Return a commune's name as one writes it in any of the usual ways: folded, blanks, no article, saint in short."""
    name = re.sub(r"[^a-z ]+", " ", fold(text).replace("-", " ").replace("'", " "))
    name = re.sub(r"\bsaint(e?)\b", r"st\1", name)
    return re.sub(r"^(?:le|la|les|l) ", "", " ".join(name.split()))


def point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return (latitude, longitude) when both are finite numbers on the globe."""
    pair = row.get("latitude"), row.get("longitude")
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in pair):
        latitude, longitude = float(pair[0]), float(pair[1])  # type: ignore[arg-type]
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


_MUST: Final = r"(?:exige\w*|obligatoires?|imperati\w+|indispensables?|requis\w*|necessaires?|demande\w*|valides?|valable|en cours de validite|a jour)"
_BODY: Final[dict[str, re.Pattern[str]]] = {
    key: phrases(pattern)
    for key, pattern in {
        "charges": r"charges? (?:lourdes?|regulier\w*|important\w*|repet\w+|jusqu)|ports? de (?:charges?|colis|sacs|caisses|cartons|bacs|plateaux)|manipulation de charges|porter des (?:charges|colis|sacs|caisses|cartons)|(?:colis|sacs|cartons|caisses|bacs|charges?) (?:de |jusqu'a |allant jusqu'a )?\d{2} ?kg|\b\d{2} ?(?:kg|kilos)\b|manutention\w* (?:lourde|manuelle|de charges|repet\w+|importante)|manutention\b|(?:meubles?|cartons?|colis|sacs?|objets?|outils?|pieces?|materiels?|plateaux?|rouleaux?) (?:tres )?lourds?|\btransferts?\b(?! (?:de fonds|d'appels|d'argent|de donnees))|soulev\w+|port(?:er)? de lourd|efforts? physiques? (?:important|intens)",
        "debout": r"stations? debout|\bdebout\b|position debout|pietinement",
        "bruit": r"bruyant\w*|\bbruit\b|niveau sonore|decibels?|protections? auditives?|bouchons d'oreilles?",
        "froid": r"basses? temperatures?|\bfroid\b(?!e)|chambres? froides?|temperatures? (?:negatives?|dirigees?)|surgeles?|frigo\w*",
        "chaleur": r"hautes? temperatures?|\bchaleur\b|fortes? temperatures?|four(?:s|neaux)? chauds?",
        "produits": r"produits? (?:a risques?|chimiques?|dangereux|toxiques?|phytosanitaires?|irritants?)|allergenes?|solvants?|javel|pesticides?",
        "poussiere": r"poussier\w+|allergenes?",
        "humidite": r"humid\w+",
        "exterieur": r"en exterieur|exterieurs?\b|en plein air|dehors|intemperies",
        "hauteur": r"en hauteur|\bnacelles?\b|echafaud\w+|echelles?\b|escabeaux?",
        "repetitif": r"repetiti\w+|cadences?|a la chaine|gestes repet\w+",
        "assis": r"stations? assises?|position assise|assis\w* prolong\w+",
        "escaliers": r"escaliers?|etages? sans ascenseur",
        "ecran": r"travail sur ecran|devant (?:un )?(?:ecran|ordinateur)",
        "odeurs": r"\bodeurs?\b|nausea\w+",
    }.items()
}
_DIPLOMA_NAMES: Final = r"(?:diplomes?(?: d'etat| de niveau| national)?|\bcap\b|\bc\.a\.p|\bbep\b|\bbac(?:calaureat)?\b(?: pro\w*| ?\+ ?\d)?|titres?\b(?! (?:de (?:sejour|transport)|restaurant))(?: professionnels?)?|\btp\b|certificats? (?:de qualification|d'aptitude|professionnel)|\bcqp\b|\bcaces\b|cartes? pro(?:fessionnelles?)?\b(?: cnaps)?|habilitations? electriques?|\bdeaes\b|\bdeas\b|\bdeavs\b|\bdeap\b|\badvf\b|\bbafa\b|\bbafd\b|\bbrevets?\b(?! des societes)|\bbpjeps\b|\bbts\b|\bdut\b|\blicence\b|\bmaster\b|\bssiap\b|\bsst\b|\bfimo\b|\bcertiphyto\b|\bbp\b|\bbnssa\b|\bhaccp\b)"
_DIPLOMA: Final = phrases(_DIPLOMA_NAMES)
_DIPLOMA_MUST: Final = re.compile(rf"^[^.;\n]{{0,70}}?\b{_MUST}")
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
_FRENCH_WORD: Final = r"(?:francais\w*|langue francaise|du francais|le francais)"


def _asked(doc: Doc, pattern: "re.Pattern[str]", unless_before: "re.Pattern[str] | None" = None) -> str:
    """Return the first words that the pattern finds stated (neither denied nor only wished), unless what stands before excludes them."""
    for match in pattern.finditer(doc.folded):
        if unless_before and unless_before.search(doc.folded[max(0, match.start() - 60) : match.start()]):
            continue
        denied = re.search(r"\b(?:n'est|n'a|ne sont) (?:pas|plus)\b|\bnon ", match[0])
        if not denied and stance(doc.folded, match.start(), match.end()) == "yes":
            return doc.found(match)
    return ""


def _stated(doc: Doc, pattern: "re.Pattern[str]", unless_before: "re.Pattern[str] | None" = None) -> str:
    """Like `_asked`, for a fact rather than a demand: only a denial undoes it."""
    for match in pattern.finditer(doc.folded):
        if unless_before and unless_before.search(doc.folded[max(0, match.start() - 60) : match.start()]):
            continue
        if stance(doc.folded, match.start(), match.end()) != "no":
            return doc.found(match)
    return ""


def _required(value: Mapping[str, Any]) -> bool:
    return fold(words(value.get("exigence"))).strip()[:1] in ("e", "o")  # E, exigé, obligatoire


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
    doc = Doc(FIELD.join(one for one in (*told, title) if one))
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
    facts.shuttle = _stated(doc, SAID.shuttle)
    facts.housed = _stated(doc, SAID.housed)
    _rhythm(facts, offer, doc, schedule)
    family = facts.families[0] if facts.families else None
    languages = [(words(one.get("libelle")), _required(one)) for one in records(offer.get("langues"))]
    tags = [(fold(name), name) for name, asked in languages if asked]
    facts.french, facts.french_quote, facts.lessons = french.read(doc, tags, family, facts.trade)
    facts.languages = tuple((name, asked) for name, asked in languages if name and "francais" not in fold(name))
    _papers(facts, offer, doc)
    _road(facts, offer, doc)
    _setting(facts, doc, conditions, family)
    whole = Doc(FIELD.join((doc.raw, pay)))
    facts.risk = signs.risk(whole)
    _contract(facts, offer, whole)
    facts.check = _stated(doc, SAID.check)
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


def _papers(facts: Facts, offer: Mapping[str, Any], doc: Doc) -> None:
    """Diplomas and experience: what the fields require, then what the words require."""
    demands: list[tuple[str, str]] = []
    work_study = offer.get("alternance") is True or bool(
        re.search(r"professionnalisation|apprentissage", fold(words(offer.get("natureContrat"))))
    )
    for one in records(offer.get("formations")):
        if _required(one):
            shown = " ; ".join(
                part
                for part in (
                    words(one.get("domaineLibelle")),
                    words(one.get("niveauLibelle")),
                    words(one.get("libelle")),
                )
                if part
            )
            demands.append((fold(shown), shown or "formations : exigence E"))
    text = doc.folded
    for match in _DIPLOMA.finditer(text):
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 80]
        if SAID.diploma_led_after.match(after) or SAID.diploma_led.search(before) or work_study:
            continue
        if stance(text, match.start(), match.end()) != "yes":
            continue
        must = _DIPLOMA_MUST.match(after)
        if must or SAID.diploma_lead.search(before):
            end = match.end() + (must.end() if must else min(len(after), 45))
            shown = doc.quote(match.start(), end)
            if not any(fold(shown) in known or known in fold(shown) for known, _ in demands):
                demands.append((fold(shown), shown))
    facts.diploma = tuple(demands)
    code = fold(words(offer.get("experienceExige"))).strip()[:1]
    label = words(offer.get("experienceLibelle"))
    open_door = _no_experience(doc)
    asked = _asked(doc, SAID.experience)
    facts.beginner = bool(open_door) or code == "d"
    if asked and not open_door:
        facts.experience = asked
    elif code == "e" and not open_door:
        facts.experience = f"expérience exigée : {label}" if label else "experienceExige : E"
    elif asked or code in ("e", "s"):
        facts.experience_wished = asked or label or f"experienceExige : {code.upper()}"
    else:
        wished = re.search(r"experiences?", text)
        if wished and not open_door and stance(text, wished.start(), wished.end()) == "wish":
            facts.experience_wished = doc.found(wished)


def _needs_vehicle(doc: Doc, match: "re.Match[str]") -> bool:
    """Is the vehicle asked of her? A demand, "personnel", "être véhiculé" or a bare item of a list; a parking space is no demand."""
    text = doc.folded
    begin = max(text.rfind(mark, 0, match.start()) for mark in ".;,\n(:!-") + 1
    stop = min((at for at in (text.find(mark, match.end()) for mark in ".;,\n)!") if at >= 0), default=len(text))
    clause = text[begin:stop]
    if re.search(_MUST + r"|personnel|locomotion|s'abstenir|besoin|faut|devez|impos", clause) or "ee" in match[0]:
        return True
    if re.match(r"[^.;\n]{0,20}\b(?:s'abst|inutile de)", text[match.end() : match.end() + 40]):
        return True
    adjective = re.search(
        r"\b(?:etre|etes|soyez|personnes?|candidats?) $", text[max(0, match.start() - 14) : match.start()]
    )
    listed = re.search(r"permis[^.;\n]{0,12}$", text[max(0, match.start() - 25) : match.start()])
    return bool(adjective or listed) or len(clause.strip()) <= len(match[0]) + 3


def _no_experience(doc: Doc) -> str:
    for match in SAID.no_experience.finditer(doc.folded):
        before = doc.folded[max(0, match.start() - 15) : match.start()]
        if not re.search(r"\b(?:pas|non)\b[^.;]{0,6}$", before) and not re.match(
            r"[^.;\n]{0,20}s'abstenir", doc.folded[match.end() : match.end() + 30]
        ):
            return doc.found(match)
    return ""


def _road(facts: Facts, offer: Mapping[str, Any], doc: Doc) -> None:
    text = doc.folded
    for one in records(offer.get("permis")):
        if not _required(one):
            continue
        label = words(one.get("libelle"))
        letter = fold(label).strip()[:1]
        if letter in ("c", "d") or fold(label).startswith(("be", "ce", "de", "poids", "super")):
            facts.heavy_licence = facts.heavy_licence or label
        elif letter != "a" or not label:
            facts.licence = facts.licence or (label or "permis : exigence E")
    for match in SAID.licence.finditer(text):
        if (
            SAID.not_licence.match(text[match.start() : match.start() + 40])
            or stance(text, match.start(), match.end()) != "yes"
        ):
            continue
        if re.match(
            r"[^.;\n]{0,20}(?:ou (?:scooter|velo|transports|bus|deux[- ]roues|autre moyen)|en cours)",
            text[match.end() : match.end() + 40],
        ):
            continue
        if (match[1] or "b")[0] in ("c", "d"):
            facts.heavy_licence = facts.heavy_licence or doc.found(match)
        else:
            facts.licence = facts.licence or doc.found(match)
    for match in SAID.vehicle.finditer(text):
        before, after = text[max(0, match.start() - 45) : match.start()], text[match.end() : match.end() + 60]
        if SAID.vehicle_there.search(before) or re.match(
            r"[^.;\n]{0,30}(?:fournie?|mise? a (?:votre )?disposition|de service|de fonction|de l'entreprise|prete?)",
            after,
        ):
            continue
        if re.match(r"[^.;\n]{0,25}\bou (?:transports?|bus|velo|scooter en commun)", after):
            continue
        if stance(text, match.start(), match.end()) == "yes" and _needs_vehicle(doc, match):
            facts.vehicle = doc.quote(match.start(), min(match.end() + 14, len(text)))
            break
    only_car = re.search(
        r"accessible (?:uniquement|seulement|exclusivement) en (?:voiture|vehicule)|(?:uniquement|seulement) accessible en (?:voiture|vehicule)",
        text,
    )
    if only_car:
        facts.vehicle = facts.vehicle or doc.found(only_car)


def _setting(facts: Facts, doc: Doc, conditions: Doc, family: trades.Family | None) -> None:
    """Isolation, private homes, the public, exposure, the body."""
    facts.alone = _alone(doc) or _stated(conditions, SAID.alone)
    facts.home = _homes(doc) or _homes(conditions)
    if not facts.home and family is not None and family.home and not SAID.elsewhere.search(doc.folded):
        facts.home = facts.trade
    facts.exposure = _stated(doc, SAID.exposure, SAID.exposure_not)
    denied = re.search(
        r"(?:sans|pas de|aucun|ni) contacts? (?:direct |avec )?(?:avec )?(?:le |la |les )?(?:public|client\w*)",
        doc.folded,
    )
    if not denied:
        facts.public = _stated(doc, SAID.public, SAID.public_not) or _stated(
            conditions, re.compile(r"contact (?:avec )?(?:du |le |la )?(?:public|client\w*)")
        )
        if not facts.public and family is not None and family.public:
            facts.public = facts.trade
    for key, pattern in _BODY.items():
        quote = _stated(doc, pattern)
        if not quote:
            quote = _stated(conditions, pattern)
            if quote and re.search(rf"(?:sans|pas de|aucun\w*)[^.;,\n]{{0,25}}(?:{pattern.pattern})", doc.folded):
                quote = ""  # the words deny what the tag says of the trade: asked, not assumed
                facts.hours.doubt = facts.hours.doubt or ""
        if quote:
            facts.body[key] = quote


def _alone(doc: Doc) -> str:
    for match in SAID.alone.finditer(doc.folded):
        before = doc.folded[max(0, match.start() - 40) : match.start()]
        if re.search(r"\bune? (?:seule?|et )", match[0]) or (
            re.search(r"\b(?:une?|la|le|personnes?|seniors?|ages?|agees?) $", before) and "seul" in match[0][:5]
        ):
            continue
        if (
            re.search(r"(?:personnes?|seniors?|publics?|habitants|familles)[^.;\n]{0,20}$", before)
            and "isole" in match[0]
        ):
            continue
        if (
            re.search(r"\b(?:pas|jamais|aucun\w*|sans|ni|ne)\b[^.;\n]{0,30}$", before)
            or stance(doc.folded, match.start(), match.end()) == "no"
            or re.search(r"\b(?:pas|jamais)\b", match[0])
        ):
            continue
        if re.match(r" (?:ou|comme|et) en (?:groupe|equipe|binome)", doc.folded[match.end() : match.end() + 25]):
            continue
        return doc.found(match)
    return ""


def _homes(doc: Doc) -> str:
    for match in SAID.home.finditer(doc.folded):
        before = doc.folded[max(0, match.start() - 45) : match.start()]
        after = doc.folded[match.end() :]
        theirs = match[0].startswith("au domicile") and (" de" in match[0] or after.startswith((" de", " d'")))
        own = theirs and "livr" not in before and "portage" not in before
        if (SAID.home_not.search(before) and not own) or re.search(
            r"\b(?:votre|vos|mon|de son)\b[^.;\n]{0,4}$", before
        ):
            continue
        if re.match(r"\s*(?:[-/]| et )\s*(?:travail|lieu)", doc.folded[match.end() : match.end() + 15]):
            continue
        if stance(doc.folded, match.start(), match.end()) != "no":
            return doc.found(match)
    return ""


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
        facts.iae = _stated(doc, SAID.iae, SAID.iae_not)
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


def day(value: Any) -> date | None:
    """Return the day at the head of an ISO date or instant, or None."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


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
        facts.home = _homes(placement)
        evening = re.search(r"\bsoirs?\b|soirees?", placement.folded)
        if evening and not facts.placement.options:
            facts.placement.options, facts.placement.quote = [[(1080, 1320)]], placement.found(evening)
    both = Doc(FIELD.join((doc.raw, facts.placement_quote)))
    facts.check = _stated(both, SAID.check)
    facts.licence = next(
        (
            both.found(one)
            for one in SAID.licence.finditer(both.folded)
            if stance(both.folded, one.start(), one.end()) == "yes"
            and re.match(r"[^.;\n]{0,20}" + _MUST, both.folded[one.end() : one.end() + 40])
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
