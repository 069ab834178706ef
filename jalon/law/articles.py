"""The articles behind the rules: where each of them can be read, when such an address is known."""

from typing import Final, NamedTuple


class Article(NamedTuple):
    """One text named by a rule; `href` is None when no address of it was read."""

    name: str
    href: str | None


_ARTICLE: Final = "https://www.legifrance.gouv.fr/codes/article_lc/"
_SECTION: Final = "https://www.legifrance.gouv.fr/codes/section_lc/LEGITEXT000006074069/"

# Only addresses behind which the text was read: an article that is absent is shown without one, never guessed.
ADDRESSES: Final[dict[str, str]] = {
    "CASF, art. L. 121-9": _ARTICLE + "LEGIARTI000042919668",
    "CASF, art. L. 262-4": _ARTICLE + "LEGIARTI000031087751",
    "CASF, art. R. 121-12-3": (
        "https://lexbase.fr/texte-de-loi/code-de-laction-sociale-et-des-famillesr121123/L8948LAN.html"
    ),
    "CASF, art. R. 121-12-13": _SECTION + "LEGISCTA000033330568",
    "CASF, art. R. 121-12-13-1": _SECTION + "LEGISCTA000036121812",
    "CASF, art. D. 121-12-14": "https://www.legifrance.gouv.fr/eli/decret/2017/4/13/2017-542/jo/texte",
    "CASF, art. D. 541-2-1": _ARTICLE + "LEGIARTI000034422092",
    "CESEDA, art. L. 425-4": "https://www.gisti.org/spip.php?article7049",
    "CJA, art. R. 421-1": _ARTICLE + "LEGIARTI000039807005",
    "CJA, art. R. 421-2": _ARTICLE + "LEGIARTI000039807000",
    "CNIL, délibération n° 2021-028": "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000043274920",
    "CRPA, art. L. 231-1": _ARTICLE + "LEGIARTI000031367611",
    "CRPA, art. L. 231-4": _ARTICLE + "LEGIARTI000031367619",
    "CRPA, art. L. 232-4": _ARTICLE + "LEGIARTI000031367639",
    "CRPA, art. L. 242-1": "https://www.legifrance.gouv.fr/codes/section_lc/LEGITEXT000031366350/LEGISCTA000031367655",
    "CRPA, art. L. 411-2": _ARTICLE + "LEGIARTI000031367829",
    "CRPA, art. L. 411-7": _ARTICLE + "LEGIARTI000031367839",
    "CRPA, art. R. 133-8": _ARTICLE + "LEGIARTI000031370121",
    "CRPA, art. R. 133-9": _ARTICLE + "LEGIARTI000031370123",
    "CRPA, art. R. 133-10": _ARTICLE + "LEGIARTI000031370125",
    "code du travail, art. D. 5135-3": _ARTICLE + "LEGIARTI000029763898",
    "code du travail, art. D. 5411-14-1": _ARTICLE + "LEGIARTI000050923723",
    "code du travail, art. R. 5132-1-2": _ARTICLE + "LEGIARTI000043995955",
    "code du travail, art. R. 5132-1-7": _ARTICLE + "LEGIARTI000043995978",
}


def articles(source: str) -> tuple[Article, ...]:
    """Return the texts that the source of a rule names, one by one and in its order.

    "CRPA, art. L. 211-2 et L. 211-5 ; CJA, art. R. 421-5" names three articles; a source that is no article of a code
    is one text.
    """
    if ", art. " not in source:
        return (Article(source, ADDRESSES.get(source)),)
    found = []
    for part in source.split(" ; "):
        code, _, numbers = part.partition(", art. ")
        for number in numbers.split(" et "):
            name = f"{code}, art. {number}"
            found.append(Article(name, ADDRESSES.get(name)))
    return tuple(found)
