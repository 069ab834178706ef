"""Signs of exploitation, of the sex trade and of work that is no employment: level 0, never shown to anyone.

One sign that leaves no doubt is enough. Else the setting counts: an intimate or night-life one needs one grave or light sign, or two
everyday ones; an ordinary leisure place one grave sign; any other work two grave ones, or a grave and a light one. The words are
quoted, so that a person can review the offer. The list is dated and kept by the association.
"""

import re
from typing import Final

from jalon.offers.matching.text import Doc, phrases, said, stance

SINCE: Final = "2026-11-30"
SAID: Final = said("signs")

_SIGNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, phrases(pattern))
    for name, pattern in (
        (
            "présentation",
            r"(?:excellente|tres bonne|parfaite|belle|bonne) presentation|presentation (?:soignee|irreprochable|impeccable|agreable)|physique (?:agreable|avantageux|attrayant|mince)|jolie|feminin(?:e|ite)\b|silhouette|mensurations|sexy|tenue (?:sexy|affriolante)|tres feminine",
        ),
        (
            "photo",
            r"photos? (?:demandee?s?|exigee?s?|obligatoires?|en pied|recentes?|en maillot|de plain[- ]pied)|(?:joindre|envoy\w+|avec|transmett\w+)[^.;\n]{0,30}\bphotos?\b",
        ),
        (
            "paiement",
            r"(?:pa[iy]\w+|remuner\w+|regle\w*|salaire)[^.;\n]{0,40}(?:a la prestation|par prestation|la prestation|au pourcentage|en especes|en liquide|le jour meme|cash|de la main a la main|chaque soir|a la soiree)|especes chaque|\d+ ?(?:euros|€|e) (?:la|par) (?:prestation|seance|client\w*|massage)|paiement (?:quotidien|journalier|en especes|cash)|pourboires? genereux|non declare|au noir|sans declaration|pas de contrat|sans contrat|contrat (?:verbal|oral)|(?:pas de|sans) (?:salaire|remuneration)(?! fixe)|non remunere|main propre|sans (?:fiche|bulletin) de paie|argent de poche|(?:essai|premier mois|premiere semaine)[^.;\n]{0,20}(?:non (?:remuner|pay)\w+|gratuit\w*|sans salaire)|salaire verse (?:a la fin|en fin|apres)",
        ),
        (
            "gains",
            r"(?:remuneration|salaire|gains?|revenus?)[^.;\n]{0,30}(?:tres attracti\w+|tres eleve\w*|rapides?|exceptionnel\w*|illimite\w*|immediats?|motivante? et rapide|important\w*|facile\w*)|(?:excellente|tres bonne|forte|belle|tres attractive|exceptionnelle) remuneration|(?:excellents?|tres bons?|gros) (?:salaires?|revenus?|gains?)|argent (?:facile|rapide)|gagnez|jusqu'?a \d ?\d{3} ?(?:euros|e|€) (?:par|/) ?(?:semaine|jour|soir)|\d{3,4} ?(?:euros|€|e) (?:par|la|/) ?(?:soiree|nuit|jour|heure)",
        ),
        (
            "femmes",
            r"jeunes? femmes?|jeunes? filles?|\bdemoiselles?\b|entre 18 et \d\d ans|18 ?- ?(?:25|28|30|35) ans|\bfilles? (?:dynamiques?|souriantes?|motivees?|sympas?|libres?|jolies?)|(?:cherch\w+|recrut\w+) (?:des |une |de )?(?:jolies? |jeunes? )?filles?\b|femmes? (?:uniquement|seule|celibataire)s?|femmes? (?:de )?\d\d ?(?:-|a) ?\d\d ans|reserve\w* aux femmes|uniquement (?:des |aux )?femmes",
        ),
        (
            "hommes",
            r"clientele (?:aisee|haut de gamme|d'affaires|vip|internationale|exigeante|privee|masculine)|hommes? d'affaires|cadres en (?:deplacement|voyage)|voyageurs d'affaires|messieurs|clients? vip|clientele d'hommes",
        ),
        (
            "discrétion",
            r"discretion (?:exigee|absolue|assuree|garantie|totale|demandee|obligatoire)|discrete?\b.{0,20}(?:exige|imperati)|confidentialite absolue",
        ),
        (
            "intimité",
            r"tenue (?:tres )?legere|ouverte? (?:d'esprit|a toutes? propositions?)|sans (?:tabou|complexe)s?|esprit ouvert|complexes s'abstenir|(?:appartement|lieu|local|cadre|adresse|endroit|salon)s? (?:tres )?(?:discret|prive)s?\b|(?:femme|dame|personne|hotesse|fille) (?:tres )?(?:douce|calin\w*|affectueu\w+|gentille)",
        ),
        (
            "pourcentage",
            r"\bpourcentages?\b(?! (?:sur|des) (?:les |vos |la )?(?:ventes|prestations|produits))",
        ),
        (
            "logement",
            r"(?:logee?|logement|hebergement|chambre|hebergee?|studio|appartement)[^.;\n]{0,40}(?:sur place|fourni|possible|gratuit|offert|assure|compris|inclus|propose|lie au poste|prevu)|logee?s? (?:chez|par|sur)|dorm\w+ (?:sur place|au-dessus|a l'etage)|nourrie?,? logee?|logee?,? nourrie?",
        ),
        (
            "frais",
            r"(?:visa|billet|voyage|passage)[^.;\n]{0,25}avance\w* (?:par|sur)|frais (?:de |d')(?!transport|deplacement|repas|route|kilometr|mission|hebergement|garde)\w+[^.;\n]{0,30}(?:charge|payer|regler|avancer|verser|\d)|(?:caution|acompte|versement|virement|avance)[^.;\n]{0,50}(?:demandee?|exigee?|obligatoire|a verser|avant (?:l'embauche|de commencer))|a votre charge avant|(?:payez|payer|reglez|regler) (?:votre|sa) formation",
        ),
        (
            "kit",
            r"(?:achat|acheter|acquisition)[^.;\n]{0,30}(?:kit|mallette|starter|stock|materiel)|(?:kit|pack) de demarrage",
        ),
        (
            "contact",
            r"(?:contact|reponse|candidat\w+|ecri\w+|message|recrutement|entretien)[^.;\n]{0,30}(?:whatsapp|telegram|snapchat|signal|uniquement par sms|par sms uniquement|instagram)|whatsapp uniquement|numero masque",
        ),
        (
            "banque",
            r"(?:votre|son) compte (?:bancaire|personnel)[^.;\n]{0,40}(?:transf|recev|encaiss|virement)|transfert de fonds|mandat cash|western union|reexpedi\w+ (?:de |des )?colis|colis a (?:votre|son) domicile|\brib\b[^.;\n]{0,20}(?:avant|demande|envoy)|cheques?[^.;\n]{0,25}encaiss\w+ (?:sur|puis)|crypto\w*",
        ),
        (
            "enfermement",
            r"presence permanente|disponib\w+ (?:jour et nuit|24 ?h)|un (?:seul )?jour (?:libre|de repos|de conge) par mois|(?:1[1-9]|[2-9]\d) ?h(?:eures?)? (?:de travail )?par jour|paye\w* (?:a|en) (?:la )?fin de (?:la )?saison|sans (?:aucun )?(?:jour de )?repos|pas de jour de repos|sorties? (?:limitee?s|accompagnee?s)|telephone (?:confisque|interdit)",
        ),
        (
            "hâte",
            r"depart (?:immediat|rapide) (?:a|pour|vers) (?:l'etranger|l'espagne|la suisse|dubai|l'allemagne|la belgique)|(?:poste|travail|mission) a l'etranger|embauche immediate sans entretien|(?:sans|aucun) entretien(?! des)",
        ),
        (
            "sans rien",
            r"(?:sans|pas de|aucune?) (?:diplome|experience|qualification)[^.;\n]{0,25}(?:necessaire|requis|exige|demande|ni)|(?:sans|aucune) (?:experience|diplome)\b",
        ),
        ("soirs", r"\bsoirees?\b|\bde nuit\b|\b2[0-3] ?h(?:eures)?\b|\bminuit\b|nocturne"),
        (
            "à l'hôtel",
            r"(?:a l'hotel|en hotel|dans les hotels|chambres? d'hotel)[^.;\n]{0,30}(?:domicile|clients?|prestation|messieurs)?|deplacements? chez (?:les|des|nos) clients",
        ),
    )
)
_EVERYDAY: Final = frozenset(
    {"présentation", "logement", "sans rien", "soirs", "à l'hôtel", "discrétion", "pourcentage"}
)
_LIGHT: Final = frozenset({"photo", "gains", "hommes", "kit"})  # the others are grave


def risk(doc: Doc) -> str:
    """Return the words that set an offer aside for everyone, or nothing."""
    text = doc.folded
    strong = _stated(doc, SAID.strong)
    if strong:
        return strong
    signs: dict[str, str] = {}
    for name, pattern in _SIGNS:
        quote = _stated(doc, pattern)
        if quote:
            signs[name] = quote
    if not signs:
        return ""
    care = bool(SAID.care.search(text))
    setting = "" if care else _stated(doc, SAID.setting)
    near = "" if care or setting else _stated(doc, SAID.near)
    grave = [quote for name, quote in signs.items() if name not in _EVERYDAY and name not in _LIGHT]
    light = [quote for name, quote in signs.items() if name in _LIGHT]
    others = len(signs) - len(grave)
    found = [*grave, *light]
    if setting and (found or others >= 2):
        return " ; ".join([setting, *(found or signs.values())][:4])
    if near and (grave or (light and others >= 2)):
        return " ; ".join([near, *found][:4])
    if "logement" in signs and ("enfermement" in signs or "femmes" in signs):
        return f"{signs.get('enfermement') or signs['femmes']} ; {signs['logement']}"
    if len(grave) >= 2 or (grave and light) or len(light) >= 3:
        return " ; ".join(found[:4])
    return ""


def not_employed(doc: Doc) -> str:
    """Return the words that say that this is no employment contract, or nothing."""
    for match in SAID.not_employed.finditer(doc.folded):
        before = doc.folded[max(0, match.start() - 45) : match.start()]
        if stance(doc.folded, match.start(), match.end()) == "no" and not match[0].startswith(
            ("sans", "pas de", "non")
        ):
            continue
        if SAID.clients.search(before) or re.search(
            r"\b(?:salaire|fixe)[^.;\n]{0,35}(?:\+|et|plus|avec) (?:des )?$", before
        ):
            continue
        return doc.found(match)
    return ""


def _stated(doc: Doc, pattern: "re.Pattern[str]") -> str:
    for match in pattern.finditer(doc.folded):
        before = doc.folded[max(0, match.start() - 30) : match.start()]
        if match[0].startswith(("sans", "pas", "aucun", "non", "sorties", "ne ")):
            return doc.found(match)
        if re.search(
            r"\b(?:pas|aucune?s?|sans|jamais|ni|interdi\w+|lutte contre)\b[^.;,\n]{0,20}$", before
        ) or re.match(
            r"[^.;,\n]{0,15}\b(?:interdi|n'est pas|non (?:demande|exige|necessaire|requis))",
            doc.folded[match.end() : match.end() + 35],
        ):
            continue
        return doc.found(match)
    return ""
