"""Her words: short, complete, and none of them names the programme, in any language."""

import re
from pathlib import Path
from string import Formatter

import pytest

from jalon.people.agreement import translations
from jalon.space.words import FILE, FRENCH, SHAPES, Words, spoken

ROOM = Path(__file__).resolve().parents[1]
TEMPLATES = sorted(
    path for path in (ROOM / "templates" / "space").glob("*.html") if "{% load space %}" in path.read_text()
)
SAID = re.compile(r'{% say "([a-z_0-9]+)"|(?:label|hint|word|errors)="([a-z_0-9]+)"')
SHARED = ROOM.parent / "accounts" / "static" / "accounts" / "passkey.js"  # the one file that both hosts serve
# Only before she is known, hence in French: her language is read in her file.
BEFORE = {
    "hello", "number", "phrase", "first", "again", "paper_code", "new_phrase", "phrase_hint", "start", "ready",
    "phrase_weak", "keep_codes", "keep_where", "or_app", "missing", "own_phone", "screen_code", "keep_phone",
    "by_phone",
}  # fmt: skip
# Beginnings of words in the languages of the screens, and acronyms.
PROGRAMME = (
    "prostitu", "parcours", "préfe", "prefec", "prefet", "comis", "commis", "polic", "polit", "poliț",
    "victim", "víctim", "vítim",
    "associa", "asocia", "asociaț", "traite", "trafic", "tráfico", "proxén", "exploit", "explot", "explor",
    "проститу", "полиц", "комиси", "сдружени", "жертв", "експлоат", "shoqat", "viktim", "prefekt",
    "卖淫", "警察", "委员会", "协会", "受害", "剥削", "省长",
    "دعارة", "بغاء", "شرطة", "لجنة", "جمعية", "ضحية", "استغلال", "jalon",
)  # fmt: skip
ACRONYMS = re.compile(r"\b(PSP|AFIS|APS|DDETS|OFII)\b", re.IGNORECASE)


def leaks(text):
    folded = text.casefold()
    return [word for word in PROGRAMME if word in folded] + ACRONYMS.findall(text)


def test_the_words_name_nothing():
    found = {f"{language}.{code}": leaks(text) for language, said in spoken().items() for code, text in said.items()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("path", [*TEMPLATES, *(ROOM / "static").rglob("*.*"), SHARED], ids=lambda path: path.name)
def test_the_pages_and_their_files_name_nothing(path):
    text = re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text(encoding="utf-8"))
    assert leaks(text) == []
    assert leaks(path.name) == []


def test_twelve_words_at_most():
    long = [text for text in spoken()[FRENCH].values() if len(text.split()) > 12 * text.count(". ") + 12]
    assert long == []


def test_the_languages_are_those_of_the_agreement():
    assert set(spoken()) == {FRENCH, *translations()}


@pytest.mark.parametrize("language", sorted(set(spoken()) - {FRENCH}))
def test_a_language_says_everything_that_french_says_inside(language):
    french, said = spoken()[FRENCH], spoken()[language]
    assert set(said) == set(french) - BEFORE - SHAPES
    for code, text in said.items():
        names = {name for _text, name, _spec, _conv in Formatter().parse(text) if name}
        assert names == {name for _text, name, _spec, _conv in Formatter().parse(french[code]) if name}, code


def test_what_the_templates_say_is_written():
    asked = {code for path in TEMPLATES for found in SAID.findall(path.read_text(encoding="utf-8")) for code in found}
    assert asked - {""} <= set(spoken()[FRENCH])


def test_a_language_nobody_has_written_leaves_french_alone():
    for language in ("fr", "wo", ""):
        assert Words.of(language).hers("title") == ""
    assert Words.of("ar").direction == "rtl"
    assert FILE.exists()
