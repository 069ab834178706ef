"""The French that an offer asks for, oral and written apart, on the CEFR scale (A1 = 1 … C2 = 6).

What is written beats what the trade usually asks; what is written low ("pictogrammes", "cours de français sur place") beats it too.
"""

import re
from typing import Final

from jalon.offers.matching.text import Doc, phrases, said, stance
from jalon.offers.matching.trades import LEVELS, Family

Level = tuple[int | None, int | None]
SAID: Final = said("french")

_F: Final = r"(?:francais|langue francaise)"
_HIGH_WRITTEN: Final = phrases(
    rf"(?:tres bon(?:ne)?|excellent(?:e)?|parfaite?|irreprochable)[^.;\n]{{0,25}}(?:{_F}|expression|orthographe|redaction\w*|syntaxe)[^.;\n]{{0,15}}(?:ecrit\w*)?|(?:orthographe|syntaxe|ecrit|redaction\w*) (?:irreprochable|parfaite?|impeccable|soignee?|exemplaire|maitrisee?)|(?:aisance|qualites?|capacites?|competences?|facilites?) redactionnelles?|redaction de (?:courriers?|rapports?|comptes?[- ]rendus?|documents?|mails?|actes)|redig(?:er|ez|e) (?:des |les |nos |vos )?(?:courriers?|rapports?|documents|comptes?[- ]rendus?|mails?|articles?)|(?:parfaite|excellente|tres bonne) maitrise (?:de la |du )?{_F}|bilingue francais|francais (?:ecrit )?(?:parfait|irreprochable|soutenu)|zero faute|sans faute"
)
_BOTH: Final = phrases(
    rf"(?:bonne |solide )?(?:maitrise|niveau|connaissance|pratique)s? (?:de la |du |de |en )?{_F}[^.;\n]{{0,40}}ecrit\w*|{_F} (?:lu,? (?:ecrit,? )?(?:et )?parle(?:,? (?:et )?ecrit)?|lu,? parle,? ecrit|oral et (?:a l')?ecrit|parle et ecrit|ecrit et (?:oral|parle))|a l'oral (?:comme|et|ainsi qu'|qu')[' ]*a l'ecrit|a l'ecrit (?:comme|et|qu')[' ]*a l'oral|bonne expression (?:orale et ecrite|ecrite et orale)|communication (?:orale et ecrite|ecrite et orale)"
)
_FLUENT: Final = re.compile(
    rf"(?<!comprehension du )(?<!comprendre le ){_F} (?:oral )?(?:courant\w*|fluide|exige|obligatoire|indispensable|imperatif|bien parle|maitrise|intermediaire)|(?:parl\w+|s'exprim\w+|communiqu\w+)[^.;\n]{{0,20}}(?:couramment|aisement|clairement|correctement|avec aisance)[^.;\n]{{0,25}}|{_F} et \w+ courants?|\w+ et {_F} courants?|(?:excellente|parfaite|tres bonne) elocution|bonne (?:expression|elocution|communication|maitrise (?:de l'oral|orale|du francais|de la langue))[^.;\n]{{0,12}}|(?:aisance|facilites?) (?:orale|relationnelle|d'expression|verbale|a l'oral|telephonique)|maitrise (?:de la |du |de |courante du ){_F}|{_F} (?:est )?(?:maitrise|requis)|bon(?:ne)? (?:niveau|pratique|usage|connaissance|francais)[^.;\n]{{0,12}}(?:en |de |du )?(?:{_F})?(?=.{{0,12}}(?:oral|{_F}))|bon francais(?: oral)?|aide aux devoirs|(?:reponse|repondre|accueil|appels?|prise d'appels|contact|permanence)[^.;\n]{{0,15}}telephon\w*|appels? (?:entrants?|sortants?)|conseil(?:ler)? (?:les |aux |des )?(?:clients?|clientele)|argument\w+"
)
_UNDERSTAND: Final = phrases(
    rf"comprehension (?:du |de la |en |orale (?:du )?)?{_F}|comprendre (?:et parler |bien |correctement )?(?:le )?{_F}|(?:comprendre|comprehension|parler)[^.;\n]{{0,20}}{_F}|{_F} (?:compris|parle|oral|de base|elementaire|simple)|communiquer (?:simplement )?en {_F}|notions? (?:de |en )?{_F} (?:exige|requis|indispensable)\w*|se faire comprendre|comprehension des consignes (?:de securite|d'hygiene)|(?:niveau|minimum) de {_F}|parler {_F}|{_F} (?:demande|necessaire)"
)
_LOW: Final = phrases(
    rf"pictogrammes?|consignes? (?:uniquement |seulement |donnees? )?(?:orales?|illustre\w+|en images|visuelles?|simples?(?! ecrit))|consignes? (?:montrees?|demontrees?)|(?:quelques (?:notions|mots|bases)|notions|bases|debutant\w*|niveau debutant|peu)[^.;\n]{{0,18}}{_F}[^.;\n]{{0,22}}|{_F} (?:non exige|non obligatoire|non requis|non indispensable|pas (?:exige|obligatoire|necessaire|requis|indispensable)|debutant)|(?:pas|aucun\w*|sans|nul)[^.;\n]{{0,25}}{_F}[^.;\n]{{0,35}}|(?:maitrise|connaissance|niveau|lecture|pratique|savoir lire)[^.;\n]{{0,25}}(?:n'est|ne sont) pas (?:necessaire|exige|obligatoire|indispensable|requis)\w*|(?:lecture|savoir lire)[^.;\n]{{0,25}}(?:non|pas) (?:necessaire|exige|obligatoire|requis)\w*|{_F}[^.;\n]{{0,10}}n'est pas (?:necessaire|exige|obligatoire|indispensable|requis|un frein)|(?:montre|demonstration|apprentissage) (?:par|sur) (?:le |la )?(?:geste|demonstration)|tous (?:les )?niveaux de {_F}|allophones?"
)
_LESSONS: Final = phrases(
    rf"(?:cours|ateliers?|apprentissage|lecons?|formations?|heures?|soutien|remise a niveau)[^.;\n]{{0,18}}(?:de |en |du |linguistiques?|{_F})+[^.;\n]{{0,6}}(?:{_F}|fle\b|linguistique)|\bfle\b|formation linguistique"
)


def read(doc: Doc, tags: list[tuple[str, str]], family: Family | None, trade: str) -> tuple[Level | None, str, str]:
    """Return (least oral and written levels or None when unknown, words, words on lessons offered)."""
    oral: int | None = None
    written: int | None = None
    quotes: list[str] = []

    def need(o: int | None, w: int | None, quote: str) -> None:
        nonlocal oral, written
        if quote:
            oral = max(oral or 0, o or 0) or None
            written = max(written or 0, w or 0) or None
            quotes.append(quote)

    lessons = _asked(doc, _LESSONS)
    low = _low(doc)
    for match in SAID.cefr.finditer(doc.folded):
        if stance(doc.folded, match.start(), match.end()) != "yes":
            continue
        level = LEVELS[(match[1] or match[2]).upper()]
        around = doc.folded[max(0, match.start() - 30) : match.end() + 30]
        need(level, level if "ecrit" in around else None, doc.found(match))
    if not quotes:
        for pattern, o, w in (
            (_HIGH_WRITTEN, 5, 5),
            (_BOTH, 4, 4),
            (_FLUENT, 3, None),
            (SAID.notebook, 3, 2),
            (SAID.read_write, 2, 2),
            (SAID.read, 2, 1),
            (_UNDERSTAND, 2, None),
        ):
            need(o, w, _asked(doc, pattern))
    if not quotes:
        for name, quote in tags:
            if "francais" in name:
                need(3, None, quote)
    if quotes:
        # The strongest demand leads; a low demand elsewhere does not undo it.
        return (oral, written), " ; ".join(dict.fromkeys(quotes)), lessons
    if low or lessons:
        return (1, None), low or lessons, lessons
    if family is None:
        return None, "", lessons
    kitchen = _asked(doc, SAID.kitchen) if family.key == "cantine" else ""
    if kitchen:
        return (2, None), kitchen, lessons
    if family.oral is None:
        return None, "", lessons
    speech = _asked(doc, SAID.more_speech)
    if speech and family.oral < 2:
        return (2, family.written), speech, lessons
    return (family.oral, family.written), trade, lessons


def _asked(doc: Doc, pattern: "re.Pattern[str]") -> str:
    for match in pattern.finditer(doc.folded):
        if stance(doc.folded, match.start(), match.end()) == "yes":
            return doc.found(match)
    return ""


def _low(doc: Doc) -> str:
    match = _LOW.search(doc.folded)
    return doc.found(match) if match else ""
