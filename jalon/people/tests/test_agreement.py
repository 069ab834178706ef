"""The pages read to her: whole in each language, in short sentences, saying in each who will read."""

import re

import pytest
from django.utils import translation

from jalon.people import agreement

POLICE = {
    "en": "police", "es": "policía", "pt": "polícia", "ro": "poliția", "bg": "полицията", "sq": "policia",
    "zh": "警察", "ar": "الشرطة",
}  # fmt: skip
LONGEST, USUAL = 15, 8  # words of a sentence, level A2: at most; in the middle


@pytest.mark.parametrize("language", agreement.translations())
def test_every_language_says_every_page(language):
    pages = agreement.translations()[language]
    assert list(pages) == [*agreement.BY_CODE, "listen"]
    for code, page in agreement.BY_CODE.items():
        said = agreement.said(code, language)
        assert len(said.lines) == len(page.lines)
        assert said.title
        assert said.listen
        assert said.stop
    assert any(POLICE[language] in line for line in pages["readers"])


def test_an_oral_language_has_no_page():
    assert agreement.said("readers", "bin") is None
    assert agreement.said("readers", "fr") is None
    assert agreement.said("listen", "en") is None


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?;])\s+", text) if part]


def test_french_sentences_are_short():
    with translation.override("fr"):
        said = [str(text) for page in agreement.PAGES for text in (page.title, *page.lines, page.ask)]
    counts = sorted(len(re.findall(r"[\w'’-]+", one)) for text in said for one in sentences(text))
    assert counts[-1] <= LONGEST, [one for text in said for one in sentences(text) if len(one.split()) > LONGEST]
    assert counts[len(counts) // 2] <= USUAL
