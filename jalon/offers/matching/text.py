"""An offer's French, folded once: small letters, no accents, one kind of apostrophe and dash, and the same length as the original.

Every rule reads the folded text; what it found is quoted from the original, at the same place.
"""

import bisect
import html
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Literal

FIELD: Final = "\n\x1f\n"  # between the fields of an offer read as one text; no quotation runs over it
LONGEST: Final = 12_000  # an offer's words; France Travail's own are far shorter
Stance = Literal["yes", "wish", "no"]

_ODD: Final = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-",
               "→": "-", "×": "x", "œ": "e", "Œ": "e", "\t": " ", "\r": " ", "«": '"', "»": '"', "•": "\n"}  # fmt: skip


class _Folds(dict[int, str]):
    """The folded form of a character, always one character, worked out the first time that it is met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _ODD.get(char)
        if plain is None:
            plain = unicodedata.normalize("NFKD", char)[:1].lower()
            plain = " " if plain.isspace() and plain != "\n" else plain
        self[code] = plain if len(plain) == 1 else char
        return self[code]


_FOLDS: Final = _Folds()
_WORDS: Final = Path(__file__).parent / "tables" / "words.toml"


def fold(text: str) -> str:
    """Return the text in small letters without accents, character for character."""
    return text.translate(_FOLDS)


class Doc:
    """Words of an offer, and the same words folded."""

    __slots__ = ("_ends", "folded", "raw")

    def __init__(self, raw: str) -> None:
        text = unicodedata.normalize("NFC", raw[:LONGEST])
        self.raw = _WRAPPED.sub(" ", _BLANKS.sub(" ", text))
        self._ends: list[int] = []
        # A courtesy ("n'hésitez pas à…") is no negation.
        self.folded = _COURTESY.sub(lambda found: "*" * len(found[0]), fold(self.raw))

    def quote(self, start: int, end: int) -> str:
        """Return the original words from one place to another, whole words, at most 200 characters."""
        raw = self.raw
        while start > 0 and raw[start - 1].isalnum():
            start -= 1
        while end < len(raw) and raw[end].isalnum():
            end += 1
        return max((" ".join(part.split()) for part in raw[start:end].split("\x1f")), key=len)[:200]

    def found(self, match: "re.Match[str]") -> str:
        """Return the original words of a match."""
        return self.quote(match.start(), match.end())

    def sentence(self, start: int) -> tuple[int, int]:
        """Return where the sentence around a place begins and ends."""
        if not self._ends:
            self._ends = [*(mark.end() for mark in _SENTENCE.finditer(self.folded)), len(self.folded) + 1]
        at = bisect.bisect_right(self._ends, start)
        return self._ends[at - 1] if at else 0, min(self._ends[min(at, len(self._ends) - 1)], len(self.folded))


_BLANKS: Final = re.compile(r"[^\S\n\x1f]{2,}")
_WRAPPED: Final = re.compile(
    r"(?<=[^\n]{50}[\w,:])\n(?=[a-zà-ÿ])"
)  # a long line cut anywhere, not the end of a sentence
_COURTESY: Final = re.compile(
    r"n'hesitez (?:donc |surtout )?pas|pas d'inquietude|pourquoi pas|non seulement|sans plus attendre|sans attendre"
)
_SENTENCE: Final = re.compile(r"[.;!?](?=\s|$)|\n")
_NO_BEFORE: Final = re.compile(
    r"(?:\b(?:pas|aucune?s?|sans|ni|jamais|hors|sauf|excepte|hormis|non|plus de|nul besoin)\b|\bdispense)[^.;:,(]{0,28}$"
)
_NO_AFTER: Final = re.compile(
    r"^\s*(?:\(?[a-e]\)?\s*)?:\s*(?:non|aucune?|neant|sans objet)\s*(?:$|[.;,\n!])|^[^.;,]{0,28}?\b(?:non (?:requis|exige|necessaire|obligatoire|demande|indispensable|travaille|concerne|prevu|impose)"
    r"|(?:n'est|ne sont|n'a|ne sera|ne seront|est|sont) (?:pas|jamais|aucunement)|pas (?:requis|exige|necessaire|obligatoire|demande|indispensable|besoin)"
    r"|inutiles?|facultati|n'est plus|n'importe|n'est d'aucun\w*|ne (?:sert|servira)\w* (?:a rien|pas|jamais))"
)
_CAUSE: Final = re.compile(r"\b(?:car|parce qu\w*|puisqu\w*|tandis qu\w*|alors qu\w*)\b")
_MUST_AFTER: Final = re.compile(
    r"^[^.;]{0,30}\b(?:s'abstenir|s'abst|inutile de (?:postul|candidat|repond|se present)\w*|ne (?:sera|seront|pourra|sont|peut)[^.;]{0,25}(?:etudi|retenu|examin|trait|pris))"
)
_WISH: Final = r"souhait|appreci|\bplus\b(?! de| d')|atout|serait|seraient|ideal|bienvenu|si possible|prefer|avantage|recommand|facultatif|optionnel|pas obligatoire"
_WISH_AFTER: Final = re.compile(rf"^[^.;\n]{{0,45}}?(?:{_WISH})")
_WISH_BEFORE: Final = re.compile(rf"(?:{_WISH})[^.;,\n]{{0,40}}$")
_MUST: Final = re.compile(r"exig|obligatoire|imperati|indispensable|requis|necessaire|demande")


def phrases(pattern: str) -> "re.Pattern[str]":
    """Compile alternatives that all begin a word: tried at the beginning of words only, five times faster."""
    return re.compile(rf"\b(?:{pattern})")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


@cache
def said(reader: str) -> Any:
    """Return the patterns of one reader by their names: the ways of saying of `tables/words.toml`, compiled."""
    table = _tables()[reader]
    begun = {name: phrases("|".join(ways)) for name, ways in table.get("phrases", {}).items()}
    return SimpleNamespace(**begun, **{name: re.compile("|".join(ways)) for name, ways in table["patterns"].items()})


def stance(folded: str, start: int, end: int) -> Stance:
    """Say how a phrase stands in its clause: asked or stated (yes), only wished (wish), or denied (no).

    "Sans permis s'abstenir" asks for it: a denial before a warning is a demand.
    """
    before = folded[max(0, start - 60) : start]
    cut = max(before.rfind("."), before.rfind(";"), before.rfind("\n"), before.rfind("!"))
    before = before[cut + 1 :]
    after = _CAUSE.split(folded[end : end + 70], maxsplit=1)[0]  # what follows "car" speaks of something else
    if _MUST_AFTER.match(after):
        return "yes"
    if _NO_BEFORE.search(before) or _NO_AFTER.match(after):
        return "no"
    if _WISH_BEFORE.search(before):
        return "wish"
    wish = _WISH_AFTER.match(after)
    if wish and not _MUST.search(wish[0]):
        return "wish"
    return "yes"


_BLOCK: Final = re.compile(r"</?(?:p|br|li|ul|ol|div|h[1-6]|tr|td|table)\b[^<>]{0,300}>", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,300}|!--[^<>]{0,300}--)>")


def plain(text: str) -> str:
    """Return words written as a web page (tags, entities) as one reads them; partners send their offers so."""
    if "&" in text:
        text = html.unescape(text)
    return _TAG.sub("", _BLOCK.sub("\n", text)) if "<" in text else text


def words(value: Any) -> str:
    """Return any JSON value as text: a list or an object gives its words; a number or nothing gives none."""
    if isinstance(value, str):
        return value
    parts: list[str] = []
    stack = [value]
    while stack and len(parts) < 200:
        one = stack.pop()
        if isinstance(one, str):
            parts.append(one)
        elif isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict):
            stack.extend(reversed(list(one.values())))
    return ". ".join(parts)


def record(value: Any) -> dict[str, Any]:
    """Return an object; a list gives its first object; anything else an empty one."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, dict)), None)
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[dict[str, Any]]:
    """Return a list of objects; a single object is a list of one; words become their label."""
    several = value if isinstance(value, list) else [value]
    return [
        one if isinstance(one, dict) else {"libelle": one} for one in several if isinstance(one, (dict, str)) and one
    ]
