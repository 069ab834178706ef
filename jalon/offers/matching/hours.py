"""When one works: clock windows, split days, nights, Saturdays and Sundays, read from an offer's words.

Minutes count from midnight; a window that ends the next morning ends after 1440.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from jalon.offers.matching.days import DAY, first, optional, read_days, resting
from jalon.offers.matching.text import Doc, said, stance

NIGHT_AFTER: Final = 22 * 60 + 30  # a day that ends later is night work
NIGHT_BEFORE: Final = 5 * 60
SAID: Final = said("hours")
SPLIT_MINUTES: Final = 120  # a longer break splits the day (Code du travail, art. L3123-30: more than two hours)


@dataclass(slots=True)
class Hours:
    """What an offer says of its hours. `options` are alternatives; each asks for all its windows (start, end)."""

    options: list[list[tuple[int | None, int | None]]] = field(default_factory=list)
    quote: str = ""
    partial: bool = False  # only a beginning or only an end is written
    split: str = ""
    night: str = ""
    saturday: bool | None = None
    saturday_quote: str = ""
    sunday: bool | None = None
    sunday_quote: str = ""
    doubt: str = ""  # words that contradict one another or say only "maybe"
    days: int = 0  # how many days of the week are named as worked
    weekly: list[tuple[float, float, str]] = field(default_factory=list)  # least, most, words


_WORDS: Final = {
    "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19,
    "vingt": 20, "vingt et une": 21, "vingt-et-une": 21, "vingt-deux": 22, "vingt-trois": 23, "vingt-quatre": 24,
}  # fmt: skip
_NUMBER: Final = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_PART: Final = r"(?:\s*(?:du matin|du soir|de l'apres[- ]midi|de la nuit))?"


def _token(name: str) -> str:
    return (
        rf"(?P<{name}>(?<![\d.,])(?:2[0-4]|[01]?\d)\s?(?:h(?:eures?|rs?)?\b|h(?=\d))(?:\s?[0-5]\d\b)?(?:\s?(?:mn|min)\b)?"
        rf"|(?<![\d.,:])(?:2[0-4]|[01]?\d):[0-5]\d|\bmidi\b(?! et)|\bminuit\b"
        rf"|\b(?:{_NUMBER}) heures?(?: et demie?| et quart| trente| quinze| quarante-cinq)?){_PART}"
    )


_JOIN: Final = r"\s*(?:-+>?|/|>|\ba\b|\bau\b|\bjusqu'?\s?(?:a|au|en)\b|\bet\b|\bpuis\b|(?<=\s)(?=\d)|,? (?:la )?fin (?:de poste |de service |du service |de journee )?(?:a|vers)\b)\s*(?:environ\s*)?"
_RANGE: Final = re.compile(_token("a") + rf"(?P<join>{_JOIN})" + _token("b"))
_BARE: Final = re.compile(
    r"(?P<lead>\b(?:de|entre|matin|midi|soir|horaires?|:)\s*:?\s*|(?<![\d,./-]))(?P<a>(?<![\d,.h:])(?:2[0-4]|[01]?\d))(?P<join>\s?(?:-|a|et)\s?)"
    + _token("b")
)
_STARTS: Final = re.compile(
    r"\b(?:a partir de|des|prise de (?:poste|service|fonction)s?(?: matinale| tres tot| tot)?(?: est| se fait)?(?: a| des| vers)?(?: \()?|debut (?:de poste |de service |du service )?(?:a|vers)|embauche (?:a|vers)|"
    r"(?:commencez|commence|debutez|debute|demarre|demarrage|arrivee|depart(?: d[eu][^.;,\n]{0,25}?)?)(?: a| vers| des)?|pas avant)\s*:?\s*"
    + _token("a")
)
_ENDS: Final = re.compile(
    r"(?:\bjusqu'?\s?(?:a|au)|\bfin (?:de poste |de service |du service |de journee |de tournee |de mission )?(?:a|vers)|\bfermeture (?:a|vers)|\b(?:terminez|termine|finissez|finit|debauche|retour(?: au depot| a l'agence)?)(?: a| vers)?|\bau plus tard(?: a)?|"
    r"\b(?:pas|jamais|rien|aucun \w+) (?:apres|au-dela de)|\bavant)\s*:?\s*" + _token("a")
)
_DAILY: Final = re.compile(rf"\b({_NUMBER}) heures? (?:de (?:travail|menage) )?(?:par|/) ?jour\b")


def clock(token: str) -> int | None:
    """Return the minutes of an hour as written: 6h30, 6 h 30, 06:30, six heures, midi, 5h du soir."""
    found = re.match(r"(2[0-4]|[01]?\d)\s?(?:h[a-z]*|:)?\s?([0-5]\d)?", token)
    if found:
        minutes = int(found[1]) * 60 + int(found[2] or 0)
    elif token.startswith("midi"):
        minutes = 720
    elif token.startswith("minuit"):
        minutes = 1440
    else:
        word = re.match(rf"({_NUMBER}) heures?( et demie?| et quart| trente| quinze| quarante-cinq)?", token)
        if word is None:
            return None
        more = {" trente": 30, " quinze": 15, " et quart": 15, " quarante-cinq": 45}
        minutes = _WORDS[word[1]] * 60 + (30 if (word[2] or "").startswith(" et demi") else more.get(word[2] or "", 0))
    if ("du soir" in token or "apres" in token) and minutes < 720:
        minutes += 720
    return minutes


@dataclass(slots=True)
class _Window:
    start: int
    end: int
    at: int
    to: int


def _windows(doc: Doc, hours: Hours) -> list[_Window]:
    """Return the windows one works; opening hours, appointments and breaks are told apart."""
    text = doc.folded
    found: list[_Window] = []
    taken: list[tuple[int, int]] = []
    breaks: list[_Window] = []
    for pattern in (_RANGE, _BARE):
        at = 0
        while True:
            match = pattern.search(text, at)
            if match is None:
                break
            at = match.end()
            if any(match.start() < stop and begin < match.end() for begin, stop in taken):
                at = match.start() + 1 if pattern is _BARE else match.end()
                continue
            join = match["join"].strip()
            lead = text[max(0, match.start() - 70) : match.start()]
            if pattern is _BARE:
                lead += match["lead"]
                if not match["lead"].strip() and join not in ("-",):
                    continue
            if not join and not _apart(match["a"], match["b"]):
                at = match.start("b")
                continue
            if join in ("et", "puis") and not re.search(r"\bentre\s*(?:les )?$", lead):
                # "9h et 14h": two hours, not a window; the second may begin one.
                at = match.start("b")
                continue
            first = match["a"] if pattern is _RANGE else match["a"] + "h"
            start, end = clock(first), clock(match["b"])
            after = text[match.end() : match.end() + 40]
            if (SAID.duration_after.match(after) and not _over_days(after, start)) or SAID.duration_before.search(lead):
                continue
            if pattern is _BARE and (end or 0) <= 480 and SAID.spell_before.search(lead):
                continue  # "des plages de 3 à 6 heures": how long, not when
            if start is None or end is None or start == end:
                continue
            if start == 1440:
                start = 0
            if end <= start:
                end += 1440
            window = _Window(start, end, match.start("a"), match.end())
            taken.append((match.start(), match.end()))
            begin, _ = doc.sentence(match.start())
            before = text[max(begin, match.start() - 80) : match.start()]
            if re.search(r"\b(?:pas de|sans|aucune) \w+\s*:?\s*(?:de )?$", before):
                found.append(window)
            elif SAID.breaks.search(before) and not re.search(r"\ben coupures?\s*:?\s*(?:de )?$", before):
                breaks.append(window)
            elif (other := SAID.not_hers.search(before)) and not SAID.hers.search(before, other.start()):
                hours.doubt = hours.doubt or doc.quote(max(begin, match.start() - 40), match.end())
            else:
                found.append(window)
    for pause in breaks:
        if pause.end - pause.start > SPLIT_MINUTES:
            hours.split = doc.quote(pause.at - 30 if pause.at > 30 else 0, pause.to)
    return sorted(found, key=lambda one: one.at)


def _apart(first: str, last: str) -> bool:
    """Are two hours that follow one another without a word ("5H30 8H30") the bounds of some hours of work?"""
    start, end = clock(first), clock(last)
    digits = first[:1].isdigit() and last[:1].isdigit()  # "l'après-midi 14h" is one hour
    return digits and start is not None and end is not None and 60 <= end - start <= 720


def _over_days(after: str, start: int | None) -> bool:
    """Do the words after a window say on how many days it is worked? "8h30-14h30 sur 4 jours", not "20h à 24h sur 4 jours"."""
    return start is not None and start < 900 and re.match(r"\s*(?:sur|pour) \d jours\b", after) is not None


_LATE: Final = re.compile(r"\b(?:jusqu'?\s?(?:a|au)|fermeture (?:a|vers)|soirs?,? (?:a|vers|des))\s*" + _token("a"))


def _late(doc: Doc, hours: Hours, windows: list[_Window]) -> None:
    """Add a later end written apart from the windows ("jusqu'à 23h30 le vendredi"): it binds like they do."""
    text = doc.folded
    for match in _LATE.finditer(text):
        if any(one.at <= match.start("a") < one.to for one in windows):
            continue
        begin, _ = doc.sentence(match.start())
        if SAID.not_hers.search(text[begin : match.start()]) or SAID.duration_after.match(
            text[match.end() : match.end() + 30]
        ):
            continue
        end = clock(match["a"])
        if end is None or stance(text, match.start(), match.end()) == "no":
            continue
        end = end if end > 300 else end + 1440
        if all(end > one.end for one in windows):
            for option in hours.options:
                option.append((None, end))
            hours.quote = f"{hours.quote} ; {doc.found(match)}"
            return


def _bounds(doc: Doc, hours: Hours) -> None:
    """Read a beginning or an end alone, when no window is written."""
    text = doc.folded
    start = end = None
    spots: list[int] = []
    for pattern, is_start in ((_STARTS, True), (_ENDS, False)):
        for match in pattern.finditer(text):
            begin, _ = doc.sentence(match.start())
            before = text[begin : match.start()]
            if SAID.not_hers.search(before) or SAID.duration_after.match(text[match.end() : match.end() + 30]):
                continue
            value = clock(match["a"])
            if value is None:
                continue
            if is_start and start is None:
                start = value
            elif not is_start and end is None:
                end = value if value > 5 * 60 else value + 1440
            else:
                continue
            spots += [match.start(), match.end()]
    if spots:
        if start is not None and end is not None and end <= start:
            end += 1440
        hours.options = [[(start, end)]]
        hours.partial = start is None or end is None
        hours.quote = (
            doc.quote(min(spots), max(spots)) if max(spots) - min(spots) < 120 else doc.quote(min(spots), spots[1])
        )


def _arrange(doc: Doc, windows: list[_Window], hours: Hours) -> None:
    """Say which windows are a choice, which are one day with a break, which are different days or teams."""
    text = doc.folded
    first, last = windows[0], windows[-1]
    begin, _ = doc.sentence(first.at)
    _, stop = doc.sentence(last.to)
    rotates = bool(SAID.rotates.search(text, begin, stop) or SAID.rotates_always.search(text))
    options: list[list[tuple[int | None, int | None]]] = [[]]
    choice_quote = False
    previous: _Window | None = None
    for window in windows:
        between = text[previous.to : window.at] if previous else ""
        if previous and re.search(r"\bou\b|\bau choix\b", between) and not rotates:
            options.append([])
            choice_quote = True
        elif (
            previous
            and window.start - previous.end > SPLIT_MINUTES
            and not re.search(r"\bou\b", between)
            and not re.search(DAY, between)
            and len(between) < 60
            and not (rotates and re.search(r"/|equipe", between))
        ):
            hours.split = hours.split or doc.quote(previous.at, window.to)
        options[-1].append((window.start, window.end))
        previous = window
    hours.options = options
    whole = doc.quote(first.at, last.to)
    hours.quote = whole if last.to - first.at <= 160 else " ; ".join(doc.quote(one.at, one.to) for one in windows[:4])
    if choice_quote and len(options) == 1:
        hours.options = options


def _nights(doc: Doc, hours: Hours) -> tuple[str, str]:
    """Return the words that say night work, and those that deny it."""
    text = doc.folded
    yes = ""
    by_day = SAID.by_day.search(text)
    no = doc.found(by_day) if by_day else ""
    for match in SAID.night.finditer(text):
        if (
            SAID.night_not.search(text[max(0, match.start() - 20) : match.start()] + match[0][: match[0].rfind("nuit")])
            and "travail" not in match[0]
        ):
            continue
        begin, _ = doc.sentence(match.start())
        before, after = text[max(begin, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
        if re.search(r"\b(?:bar|boite|hotel|club|personnel|equipe|bus|magasin)s? (?:de )?$", before) and match[
            0
        ].startswith(("de nuit", "nuit")):
            continue
        if re.search(r"\b(?:l'|le |la )$", before) and re.match(
            r"\s+(?:vous|transmet|passe|assure|prend|releve|fait)", after
        ):
            continue  # the night team hands over to her
        if re.search(r"\bvie $", before) or re.match(
            r" (?:sont|est) (?:assure|faite|couverte|prise|confiee|reservee)\w* (?:par|a|aux)\b", after
        ):
            continue
        if (
            stance(text, match.start(), match.end()) == "no"
            or resting(before)
            or re.match(r"\s*\(?(?:non|exclu)", after)
        ):
            no = no or doc.found(match)
        elif re.search(r"volontariat|au choix|si vous le souhaitez", before + after):
            hours.doubt = hours.doubt or doc.found(match)
        else:
            yes = yes or doc.quote(match.start(), match.end())
    return yes, no


def read_weekly(doc: Doc, days: int = 0) -> list[tuple[float, float, str]]:
    """Return the weekly hours as written, each with its words: (least, most, words); `days` makes a week of a day."""
    found: list[tuple[float, float, str]] = []
    for word in _DAILY.finditer(doc.folded):
        if days:
            hours = float(_WORDS[word[1]] * days)
            found.append((hours, hours, doc.found(word)))
    for match in SAID.weekly.finditer(doc.folded):
        least = _number(match["least"], match["m"])
        most = _number(match["most"], match["n"]) if match["most"] else least
        unit = match["unit"]
        if unit.startswith(("mois", "mensuel")):
            least, most = least * 12 / 52, most * 12 / 52
        elif unit == "jour":
            if not days:
                continue
            least, most = least * days, most * days
        if "h" not in match[0].replace("hebdo", "") and not unit.startswith("hebdo"):
            continue  # "6 semaines", "12 mois": no hours are told
        if SAID.lesson.search(doc.folded[max(0, match.start() - 45) : match.start()]):
            continue
        if 1 <= least <= 48 and least <= most <= 48:
            found.append((round(least, 1), round(most, 1), doc.found(match)))
    if not found:
        for match in SAID.contract.finditer(doc.folded):
            least = _number(match["least"], match["m"])
            if 3 <= least <= 48:
                found.append((least, least, doc.found(match)))
                break
    return found


def _number(whole: str, minutes: str | None) -> float:
    return float(whole.replace(",", ".")) + (int(minutes) / 60 if minutes else 0)


def read(doc: Doc, tags: Doc) -> Hours:
    """Read the hours of an offer: its words first, then its tags (structured labels); where they differ, a doubt stays."""
    hours = Hours()
    windows = _windows(doc, hours)
    doubt, hours.doubt = hours.doubt, ""
    if windows:
        _arrange(doc, windows, hours)
        _late(doc, hours, windows)
    else:
        _bounds(doc, hours)
    read_days(doc, hours)
    _tagged_days(tags, hours)
    three = first(doc, SAID.three_shifts) or first(tags, SAID.three_shifts)
    two = first(doc, SAID.two_shifts) or first(tags, SAID.two_shifts)
    if (three or two) and not windows:
        shifts: list[tuple[int | None, int | None]] = [(300, 780), (780, 1260)]
        hours.options = [[*shifts, (1260, 1740)] if three else shifts]
        hours.quote, hours.partial = three or two, False
    split = "" if _denied(doc, SAID.split) else first(doc, SAID.split)
    if split and not hours.split and _of_her_will(doc, SAID.split):
        hours.doubt, split = hours.doubt or split, ""
    tag_split = first(tags, SAID.split)
    if hours.split or split or tag_split:
        if not _denied(doc, SAID.split):
            hours.split = hours.split or split or tag_split
        elif not hours.split and tag_split:
            hours.doubt = hours.doubt or tag_split
    yes, no = _nights(doc, hours)
    tagged, _ = _nights(tags, hours)
    late = next(
        (
            True
            for option in hours.options
            for start, end in option
            if (end or 0) > NIGHT_AFTER or (start is not None and start < NIGHT_BEFORE)
        ),
        False,
    )
    every_option_late = hours.options and all(
        any((end or 0) > NIGHT_AFTER or (start is not None and start < NIGHT_BEFORE) for start, end in option)
        for option in hours.options
    )
    if yes and not no:
        hours.night = yes
    elif late and every_option_late:
        hours.night = hours.quote
    elif tagged and not no:
        hours.night = tagged
    elif three:
        hours.night = three
    elif tagged and no:
        hours.doubt = hours.doubt or f"{tagged} / {no}"
    elif yes and no:
        hours.doubt = hours.doubt or yes
    if hours.night and hours.partial and hours.options:
        start = hours.options[0][0][0]
        if start is not None and start >= 1080:
            hours.options = [[(start, start + 420)]]  # a night's work, from the hour that is written
    if not hours.options:
        if hours.night:
            hours.options, hours.quote = [[(1260, 1800)]], hours.night
        else:
            evening = _evening(doc)
            if evening:
                hours.options, hours.quote, hours.partial = [[(1080, 1320)]], evening, True
    if not hours.options or hours.partial:
        hours.doubt = hours.doubt or doubt
    hours.weekly = read_weekly(doc, hours.days)
    return hours


def _evening(doc: Doc) -> str:
    for match in SAID.evening.finditer(doc.folded):
        begin, _ = doc.sentence(match.start())
        if stance(doc.folded, match.start(), match.end()) != "no" and not SAID.rest_before.search(
            doc.folded[max(begin, match.start() - 40) : match.start()]
        ):
            return doc.found(match)
    return ""


def _of_her_will(doc: Doc, pattern: "re.Pattern[str]") -> bool:
    """Is what the pattern says only possible, wherever it is said?"""
    text = doc.folded
    return all(
        optional(text[max(0, match.start() - 45) : match.start()], text[match.end() : match.end() + 45])
        for match in pattern.finditer(text)
    )


def _denied(doc: Doc, pattern: "re.Pattern[str]") -> bool:
    """Is what the pattern says denied somewhere, and nowhere stated?"""
    several = [stance(doc.folded, match.start(), match.end()) for match in pattern.finditer(doc.folded)]
    return "no" in several and not any(one == "yes" for one in several)


def _tagged_days(tags: Doc, hours: Hours) -> None:
    """Complete Saturdays and Sundays from the tags; a tag against the words leaves a doubt."""
    other = Hours()
    read_days(tags, other)
    if other.saturday:
        if hours.saturday is None:
            hours.saturday, hours.saturday_quote = True, other.saturday_quote
        elif not hours.saturday:
            hours.doubt = hours.doubt or f"{other.saturday_quote} / {hours.saturday_quote}"
    if other.sunday:
        if hours.sunday is None:
            hours.sunday, hours.sunday_quote = True, other.sunday_quote
        elif not hours.sunday:
            hours.doubt = hours.doubt or f"{other.sunday_quote} / {hours.sunday_quote}"


def full_time(doc: Doc) -> str:
    """Return the words that say full time, or nothing."""
    return first(doc, SAID.full)


def rota(doc: Doc) -> str:
    """Return the words that say a rota, or nothing."""
    return first(doc, SAID.rota)
