"""The words that a paper for a third party (employer, training body, landlord) never bears.

What leaves must not say which programme she follows, nor who decided. A hit blocks the paper: a person reads it again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jalon.ui.text import fold

# A stem stands at the start of a word, an acronym is a whole word. French, English, Spanish, Portuguese,
# Romanian share the Latin stems; Bulgarian, Arabic and Chinese have their own.
STEMS = (
    "prostitu", "proxenet", "proxenit", "prefect", "prefet", "police", "polici", "politi", "victim", "exploita",
    "exploat", "asocia", "associa", "trafic", "traffick", "commission", "comision", "comissao", "comisi",
    "проститу", "полици", "жертв", "експлоат", "комиси", "префек",
)  # fmt: skip
WHOLE = ("psp", "afis", "aps", "traite", "ddets", "ddfe", "ofii", "msa")
PHRASES = (
    "parcours de sortie",
    "sortie de la prostitution",
    "exit pathway",
    "دعارة",
    "شرطة",
    "ضحي",
    "卖淫",
    "警察",
    "受害",
)
PATTERN = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(fold, STEMS))})\w*|(?<!\w)(?:{'|'.join(WHOLE)})(?!\w)|{'|'.join(PHRASES)}",
)


def strings(value: Any) -> Iterator[str]:
    """Every text of a context, whatever its depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def found(texts: Iterable[str], names: Iterable[str] = ()) -> list[str]:
    """The words of these texts that must not leave, as written there, once each. ``names``: of services, of places."""
    own = [fold(name).strip() for name in names]
    hits: dict[str, None] = {}
    for text in texts:
        plain = fold(text)
        for hit in PATTERN.finditer(plain):
            hits.setdefault(hit[0], None)
        for name in own:
            if name and name in plain:
                hits.setdefault(name, None)
    return list(hits)
