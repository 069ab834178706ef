"""The pages read to her: whole in each language, and saying in each who will read."""

import pytest

from jalon.people import agreement

POLICE = {
    "en": "police", "es": "policía", "pt": "polícia", "ro": "poliția", "bg": "полицията", "sq": "policia",
    "zh": "警察", "ar": "الشرطة",
}  # fmt: skip


@pytest.mark.parametrize("language", agreement.translations())
def test_every_language_says_every_page(language):
    pages = agreement.translations()[language]
    assert list(pages) == list(agreement.BY_CODE)
    for code, page in agreement.BY_CODE.items():
        said = agreement.said(code, language)
        assert len(said.lines) == len(page.lines)
        assert said.title
    assert any(POLICE[language] in line for line in pages["readers"])


def test_an_oral_language_has_no_page():
    assert agreement.said("readers", "bin") is None
    assert agreement.said("readers", "fr") is None
