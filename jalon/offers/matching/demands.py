"""What an offer asks for and what the work is like: papers, licence, vehicle, loneliness, homes, public, body."""

import re
from collections.abc import Mapping
from typing import Any, Final

from jalon.offers.matching import trades
from jalon.offers.matching.facts import Facts
from jalon.offers.matching.text import Doc, fold, phrases, records, said, stance, words

SAID: Final = said("facts")
MUST: Final = r"(?:exige\w*|obligatoires?|imperati\w+|indispensables?|requis\w*|necessaires?|demande\w*|valides?|valable|en cours de validite|a jour)"
_BODY: Final[dict[str, re.Pattern[str]]] = {
    key: phrases(pattern)
    for key, pattern in {
        "charges": r"charges? (?:lourdes?|regulier\w*|important\w*|repet\w+|jusqu)|ports? de (?:charges?|colis|sacs|caisses|cartons|bacs|plateaux)|manipulation de charges|porter des (?:charges|colis|sacs|caisses|cartons)|(?:colis|sacs|cartons|caisses|bacs|charges?) (?:de |jusqu'a |allant jusqu'a )?\d{2} ?kg|\b\d{2} ?(?:kg|kilos)\b|manutention\w* (?:lourde|manuelle|de charges|repet\w+|importante)|manutention\b|(?:meubles?|cartons?|colis|sacs?|objets?|outils?|pieces?|materiels?|plateaux?|rouleaux?) (?:tres )?lourds?|\btransferts?\b(?! (?:de fonds|d'appels|d'argent|de donnees))|soulev\w+|port(?:er)? de lourd|efforts? physiques? (?:important|intens)",
        "debout": r"stations? debout|(?<!assis ou )(?<!assise ou )(?<!assis et )(?<!assise et )\bdebout\b(?! (?:ou|et) assis)|position debout|pietinement",
        "bruit": r"bruyant\w*|\bbruit\b|(?:niveau|ambiance|environnement) sonore|\b(?:8[0-9]|9\d) ?db\b|decibels?|protections? auditives?|bouchons d'oreilles?",
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
_DIPLOMA_MUST: Final = re.compile(rf"^[^.;\n]{{0,70}}?\b{MUST}")
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


def stated(doc: Doc, pattern: "re.Pattern[str]", unless_before: "re.Pattern[str] | None" = None) -> str:
    """Like `_asked`, for a fact rather than a demand: only a denial undoes it."""
    for match in pattern.finditer(doc.folded):
        if unless_before and unless_before.search(doc.folded[max(0, match.start() - 60) : match.start()]):
            continue
        if stance(doc.folded, match.start(), match.end()) != "no" and not re.search(r" (?:jamais|pas) ", match[0]):
            return doc.found(match)
    return ""


def required(value: Mapping[str, Any]) -> bool:
    return fold(words(value.get("exigence"))).strip()[:1] in ("e", "o")  # E, exigé, obligatoire


def papers(facts: Facts, offer: Mapping[str, Any], doc: Doc) -> None:
    """Diplomas and experience: what the fields require, then what the words require."""
    demands: list[tuple[str, str]] = []
    work_study = offer.get("alternance") is True or bool(
        re.search(r"professionnalisation|apprentissage", fold(words(offer.get("natureContrat"))))
    )
    for one in records(offer.get("formations")):
        if required(one):
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
        led = SAID.diploma_led.search(before) and not _trained(before, after)
        if SAID.diploma_led_after.match(after) or led or work_study:
            continue
        if stance(text, match.start(), match.end()) != "yes":
            continue
        must = _DIPLOMA_MUST.match(after) or _bare(doc, match)
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


def _trained(before: str, after: str) -> bool:
    """Is the training itself asked ("formation HACCP exigée"), not offered?"""
    return bool(re.search(r"\bformations? $", before) and re.match(rf"\s*(?:est |sont )?{MUST}", after))


_BARE_DIPLOMA: Final = re.compile(
    rf"(?:(?:{_DIPLOMA_NAMES}|cnaps|valide|a jour|en cours de validite|\d\w?|et|ou|de|d'|en)[ ,+/()-]*){{1,6}}$"
)


def _bare(doc: Doc, match: "re.Match[str]") -> "re.Match[str] | None":
    """Is the diploma a sentence by itself ("Carte professionnelle CNAPS + SST.")? What is listed so is asked."""
    begin, stop = doc.sentence(match.start())
    return _BARE_DIPLOMA.match(doc.folded[begin:stop].strip(" .:-*\n\x1f"))


def _needs_vehicle(doc: Doc, match: "re.Match[str]") -> bool:
    """Is the vehicle asked of her? A demand, "personnel", "être véhiculé" or a bare item of a list; a parking space is no demand."""
    text = doc.folded
    begin = max(text.rfind(mark, 0, match.start()) for mark in ".;,\n(:!-") + 1
    stop = min((at for at in (text.find(mark, match.end()) for mark in ".;,\n)!") if at >= 0), default=len(text))
    clause = text[begin:stop]
    if re.search(MUST + r"|personnel|locomotion|s'abstenir|besoin|faut|devez|impos", clause) or "ee" in match[0]:
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


def road(facts: Facts, offer: Mapping[str, Any], doc: Doc) -> None:
    text = doc.folded
    for one in records(offer.get("permis")):
        if not required(one):
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


def setting(facts: Facts, doc: Doc, conditions: Doc, family: trades.Family | None) -> None:
    """Isolation, private homes, the public, exposure, the body."""
    facts.alone = _alone(doc) or stated(conditions, SAID.alone)
    facts.home = homes(doc) or homes(conditions)
    if not facts.home and family is not None and family.home and not SAID.elsewhere.search(doc.folded):
        facts.home = facts.trade
    facts.exposure = stated(doc, SAID.exposure, SAID.exposure_not)
    denied = re.search(
        r"(?:sans|pas de|aucun|ni) contacts? (?:direct |avec )?(?:avec )?(?:le |la |les )?(?:public|client\w*)"
        r"|(?:sans|pas de|aucune?|hors|hors presence (?:de |du )?) ?(?:la )?(?:clientele|public)\b",
        doc.folded,
    )
    if not denied:
        facts.public = stated(doc, SAID.public, SAID.public_not) or stated(
            conditions, re.compile(r"contact (?:avec )?(?:du |le |la )?(?:public|client\w*)")
        )
        if not facts.public and family is not None and family.public:
            facts.public = facts.trade
    for key, pattern in _BODY.items():
        quote = stated(doc, pattern)
        if not quote:
            quote = stated(conditions, pattern)
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


def homes(doc: Doc) -> str:
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
