"""Saturdays and Sundays, from day lists, rest days and the words for weekends; what is rare or of her own will."""

import re
from typing import TYPE_CHECKING, Final

from jalon.offers.matching.text import Doc, said, stance

if TYPE_CHECKING:
    from jalon.offers.matching.hours import Hours

SAID: Final = said("hours")
DAY: Final = r"(?:lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?)"
_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_SHORT: Final = r"\b(?:lun|mar|mer|jeu|ven|sam|dim)\b\.?"
_SHORT_LIST: Final = re.compile(rf"{_SHORT}(?:\s*(?:,|/|-|&|\bet\b|\bau\b|\ba\b)\s*{_SHORT})+")
_DAY_LIST: Final = re.compile(
    rf"{DAY}(?:(?:\s*(?:,|/|-|&|\+|\bet\b|\bou\b|\bau\b|\ba\b|\bpuis\b)\s*(?:les? |des? |du |un )?)+{DAY})*"
)
_DAY_SPAN: Final = re.compile(rf"({DAY}|{_SHORT})\s*(?:-|/|\bau\b|\ba\b|>)\s*({DAY}|{_SHORT})")


def read_days(doc: Doc, hours: "Hours") -> None:
    """Say whether Saturdays and Sundays are worked, from day lists, rest days and the words for weekends."""
    text = doc.folded
    said: dict[str, list[tuple[bool, int, str]]] = {"samedi": [], "dimanche": []}
    implied: list[str] = []  # days named as worked
    implied_quote = ""
    rests: set[str] = set()
    rest_quote = ""
    opened = ""
    seven: set[str] = set()
    only: set[str] = set()  # "uniquement du lundi au jeudi": what is said of other days is said of others
    for match in sorted((*_DAY_LIST.finditer(text), *_SHORT_LIST.finditer(text)), key=lambda one: one.start()):
        begin, _ = doc.sentence(match.start())
        before, after = text[max(begin, match.start() - 60) : match.start()], text[match.end() : match.end() + 45]
        names = [_full(one) for one in re.findall(r"\b(?:lun|mar|mer|jeu|ven|sam|dim)", match[0])]
        for span in _DAY_SPAN.finditer(match[0]):
            a, b = _DAYS.index(_full(span[1])), _DAYS.index(_full(span[2]))
            names += _DAYS[a : b + 1] if a < b else _DAYS[a:] + _DAYS[: b + 1]
        quote = doc.quote(match.start(), match.end())
        rest = bool(SAID.rest_after.match(after)) or resting(before)
        if rest:
            rests.update(names)
            rest_quote = rest_quote or doc.quote(max(begin, match.start() - 25), min(match.end() + 12, len(text)))
            for day in said:
                if day in names:
                    said[day].append((False, 2, quote))
            continue
        if SAID.open_before.search(before) or SAID.not_hers.search(before):
            opened = opened or quote
            continue
        maybe = optional(before, text[match.end() : match.end() + 45])
        if re.search(r"\b(?:uniquement|seulement|exclusivement) (?:du |le |les |de |en )?$", before) or re.match(
            r"\s*(?:uniquement|seulement|exclusivement)\b", text[match.end() :]
        ):
            only.update(names)
        for day in said:
            if day in names:
                said[day].append((True, 0 if maybe else 2, quote))
        implied += names
        implied_quote = implied_quote or quote
    for match in SAID.weekend.finditer(text):
        if match[0] in ("we", "w-e") and not re.search(
            r"\b(?:le|les|un|en|de|des|du|ce|sur|\d)\s$", text[: match.start()][-5:]
        ):
            continue
        begin, _ = doc.sentence(match.start())
        before, after = text[max(begin, match.start() - 45) : match.start()], text[match.end() : match.end() + 40]
        quote = doc.quote(max(begin, match.start() - 4), min(match.end() + 10, len(text)))
        part = re.search(r"\bune? (?:seul )?$", before) and re.match(r"[^.;,\n]{0,14}\b(?:sur|par) ", after)
        if part and (re.search(r"repos|libre|off", before + after)):
            for day in said:  # one weekend of rest a month: the others are worked
                said[day].append((True, 1, quote))
            continue
        if _never_at_rest(text[max(begin, match.start() - 90) : match.start()]):
            for day in said:
                said[day].append((True, 1, quote))
            continue
        if resting(before) or SAID.rest_after.match(after):
            said["samedi"].append((False, 2, quote))
            said["dimanche"].append((False, 2, quote))
            continue
        if SAID.open_before.search(before) or re.search(r"\b(?:bon|tres bon|excellent) $", before):
            continue
        maybe = optional(before, after)
        for day in said:
            said[day].append((True, 0 if maybe else 1, doc.quote(match.start(), match.end())))
    for pattern, days in ((SAID.seven, ("samedi", "dimanche")), (SAID.six, ("samedi",))):
        for match in pattern.finditer(text):
            begin, _ = doc.sentence(match.start())
            if re.search(
                r"\b(?:formation|stage|delai|conges?|pendant|sous|dans|apres|integration|essai|de|les) $",
                text[begin : match.start()],
            ):
                continue
            if SAID.open_before.search(text[begin : match.start()]) or re.search(
                r"assistance|joignable|hotline|numero|astreinte", text[begin : match.start()]
            ):
                opened = opened or doc.found(match)
                continue
            if stance(text, match.start(), match.end()) != "no":
                seven.add(doc.found(match))
                for day in days:
                    said[day].append((True, 1, doc.found(match)))
    for match in SAID.rest_in_week.finditer(text):
        if stance(text, match.start(), match.end()) == "no":
            continue
        both = "jours" in match[0]  # two days of rest within the week: Saturday and Sunday are worked
        for day in said if both else ("samedi",):
            said[day].append((True, 1, doc.found(match)))
    hours.days = len(set(implied))
    in_week = SAID.in_week.search(text)
    named_week = bool(in_week) or len(set(implied) - {"samedi", "dimanche"}) >= 4
    for day, rows in said.items():
        sure = [row for row in rows if row[1]]
        if named_week and len({row[1] for row in sure}) == 1 and sure[0][2] in seven:
            sure = rows = []  # "24h/24 et 7j/7" speaks of the house, the days named are hers
        if only and day not in only:
            sure = [row for row in sure if not row[0] or row[1] == 2]
            rows = sure
        worked = [row for row in sure if row[0]]
        denied = [row for row in sure if not row[0]]
        value: bool | None = None
        quote = ""
        if worked and denied:
            # "Un week-end sur deux… repos le dimanche": the day that is named decides; two names are a doubt.
            strong = [row for row in sure if row[1] == 2]
            if strong and len({row[0] for row in strong}) == 1:
                value, quote = strong[0][0], strong[0][2]
            else:
                value, quote = True, worked[0][2]
                hours.doubt = hours.doubt or f"{worked[0][2]} / {denied[0][2]}"
        elif sure:
            value, quote = sure[0][0], sure[0][2]
        elif rows:
            hours.doubt = hours.doubt or rows[0][2]
        elif in_week or len(set(implied) - {"samedi", "dimanche"}) >= 2:
            value, quote = False, doc.found(in_week) if in_week else implied_quote
        elif len(rests) == 2 and day not in rests and len(rests & {"samedi", "dimanche"}) < 2:
            value, quote = True, rest_quote  # two days of rest are named: the others are worked
        if day == "samedi":
            hours.saturday, hours.saturday_quote = value, quote
        else:
            hours.sunday, hours.sunday_quote = value, quote
    if hours.saturday is None and hours.sunday is None:
        maybe_quote = opened or first(doc, SAID.five) or first(doc, SAID.rota)
        hours.doubt = hours.doubt or maybe_quote


def _full(short: str) -> str:
    """Return the day that three letters begin."""
    return next(day for day in _DAYS if day[:3] == short[:3])


def resting(before: str) -> bool:
    """Is what follows a day of rest? "Repos le…", "pas de travail le…"; work named after a rest ends the rest."""
    rest = SAID.rest_before.search(before)
    if rest is None:
        return False
    if re.search(r"\bplanning|\bdu lundi|\bmais\b", rest["gap"]):
        return False
    denial = rest["word"] in ("ni", "pas", "jamais", "aucun", "aucune", "sans")
    return denial or not re.search(r"\btravail|\bposte\b|\bvous\b|\bhoraires?\b", rest["gap"])


def _never_at_rest(before: str) -> bool:
    """Is rest itself denied? "Deux jours de repos (jamais le week-end)"."""
    return bool(re.search(r"\brepos\b[^.;]*\b(?:jamais|pas|hors|sauf) (?:le |les |en |du )?$", before))


def optional(before: str, after: str) -> bool:
    """Is a working day only possible, rare or of one's own will?"""
    rest = re.split(r"[.;\n]", after, maxsplit=1)[0]
    return bool(
        SAID.maybe.search(rest[:22])
        or re.search(r"volont|souhait|accord|qui l[ea] (?:choisi|demand|desir|veu)", rest)
        or re.search(r"(?:possib\w+|volontariat|eventuel\w+|exceptionnel\w*|ponctuellement)[^.;]{0,18}$", before)
    )


def first(doc: Doc, pattern: "re.Pattern[str]") -> str:
    for match in pattern.finditer(doc.folded):
        if stance(doc.folded, match.start(), match.end()) != "no":
            return doc.found(match)
    return ""
