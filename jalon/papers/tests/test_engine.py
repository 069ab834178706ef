"""The engine: what goes in is checked, what comes out is accessible, mute about its making, and always the same."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jalon import papers
from jalon.papers import engine

from .reading import read

SAMPLE = papers.register(
    "sample",
    1,
    Path(__file__).with_name("sample-1.typ"),
    {
        "organisation": str,
        "on": date,
        "total": Decimal,
        "words": str,
        "note": papers.maybe(str),
        "kind": papers.one_of(frozenset({"one", "two"})),
        "rows": [{"label": str, "count": int}],
    },
    languages=("fr", "en"),
)
FOOTER = {"number": "2026-0012", "made_on": date(2026, 11, 24), "copy": "SEC A. B."}


def given(**changes):
    base = {
        "organisation": "Préfecture de l'Essai",
        "on": date(2026, 12, 1),
        "total": Decimal("1234.5"),
        "words": "Une ligne.\n\nUne autre.",
        "note": None,
        "kind": "one",
        "rows": [{"label": "Premier", "count": 3}],
    }
    return {**base, **changes}


def test_an_accessible_file_with_its_words_its_language_and_its_title():
    sheet = read(papers.render("sample", 1, given(), "fr", FOOTER))
    assert sheet.language == "fr"
    assert sheet.title == "Papier d'essai"
    assert "Préfecture de l'Essai" in sheet.text
    assert "1er décembre 2026" in sheet.text
    assert "1 234,50" in sheet.text
    assert "Papier n° 2026-0012 du 24 novembre 2026 · exemplaire SEC A. B." in sheet.text
    assert "page 1/1" in sheet.text


def test_dates_and_amounts_follow_the_language():
    sheet = read(papers.render("sample", 1, given(), "en", FOOTER))
    assert sheet.language == "en"
    assert "1 December 2026" in sheet.text
    assert "1,234.50" in sheet.text


def test_same_input_same_bytes():
    assert papers.render("sample", 1, given()) == papers.render("sample", 1, given())
    assert papers.render("sample", 1, given()) != papers.render("sample", 1, given(words="Autre."))


MARKUP = (
    '*gras* _it_ = titre #let x = 1 #read("/base-1.typ") $x$ @lien <mot> `code` // fin /* */ \\n #pagebreak() '
    "https://exemple.test [x] {y} ~ --- \"guillemets\" 'apostrophe'"
)


def test_data_is_text_never_markup():
    sheet = read(papers.render("sample", 1, given(organisation=MARKUP, words=MARKUP, note=MARKUP)))
    squeezed = sheet.text.replace(" ", "")
    assert squeezed.count(MARKUP.replace(" ", "")) == 3
    assert len(sheet.pages) == 1
    assert b"/URI" not in sheet.content


def test_no_invisible_character_passes():
    sheet = read(papers.render("sample", 1, given(organisation="A\u202eB\u200b\x00C\ue000D\ufeff", words="e\u0301")))
    assert "ABCD" in sheet.text
    assert "é" in sheet.text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x"},
        {"on": "2026-12-01"},
        {"total": 12.5},
        {"words": None},
        {"kind": "three"},
        {"note": 3},
        {"rows": [{"label": "x"}]},
        {"rows": [{"label": "x", "count": 1, "more": 2}]},
        {"rows": [{"label": "x", "count": True}]},
        {"rows": "x"},
        {"words": "x" * (engine.LONGEST + 1)},
        {"rows": [{"label": "x", "count": 1}] * (engine.MOST + 1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_context_is_allow_listed(changes):
    with pytest.raises(papers.BadContext) as raised:
        papers.render("sample", 1, given(**changes))
    assert "2026-12-01" not in str(raised.value)


def test_a_missing_key_raises():
    short = given()
    del short["note"]
    with pytest.raises(papers.BadContext, match="note"):
        papers.render("sample", 1, short)


def test_the_footer_is_not_the_callers():
    with pytest.raises(papers.BadContext):
        papers.render("sample", 1, {**given(), "paper": {"number": "1"}, "x": 1})
    with pytest.raises(ValueError, match="bad template"):
        papers.register("other", 1, SAMPLE.source, {"paper": str})


def test_unknown_template_version_or_language():
    with pytest.raises(KeyError):
        papers.render("sample", 2, given())
    with pytest.raises(papers.BadContext):
        papers.render("sample", 1, given(), "ro")


def test_a_version_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        papers.register("sample", 1, SAMPLE.source, {"other": str})


def test_a_letter_without_glyph_is_refused_not_drawn_as_a_box():
    with pytest.raises(papers.Undisplayable) as raised:
        papers.render("sample", 1, given(words="龘"))
    assert raised.value.character == "龘"
    assert "龘" not in str(raised.value)


@pytest.mark.parametrize("source", ['#read("/etc/passwd")', '#import "@preview/cetz:0.3.0"', '#read("../engine.py")'])
def test_a_template_reads_its_folder_only(tmp_path, source):
    file = tmp_path / "evil-1.typ"
    file.write_text(source)
    evil = engine.Template("evil", 1, file, {})
    engine._templates["evil", 1] = evil
    try:
        with pytest.raises(engine.Broken) as raised:
            papers.render("evil", 1, {})
    finally:
        del engine._templates["evil", 1]
    assert "passwd" not in str(raised.value)


def test_names_of_african_and_eastern_languages_are_written():
    names = "Ọláìtán Ẹ̀bùn Ŋɛɔɓɗƙ Țăran Șerban Đặng Нино Ћирић Гъркиня Ğüneş Çağla"
    assert read(papers.render("sample", 1, given(words=names))).pages


def test_nothing_is_written_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    papers.render("sample", 1, given())
    assert not list(tmp_path.iterdir())
