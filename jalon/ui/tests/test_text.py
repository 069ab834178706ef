"""The bad inputs on text: what is refused, what is mended, what passes untouched."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from jalon.ui.text import ALIKE, ascii_digits, fold, french_spacing, mixes_alphabets, tidy


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\x00b", "control"),
        ("a\x07", "control"),
        ("a\x1b[2J", "control"),
        ("a\x0bb", "lines"),
        ("a\ud800", "unreadable"),
        ("a\ufffdb", "unreadable"),
        ("a\ue000b", "unreadable"),
        ("a\u202eb", "bidi"),
        ("a\u2066b", "bidi"),
        ("a" + "\u0301" * 79, "combining"),
        ("a\r\nBcc: x@y.fr", "lines"),
        ("a\u2028b", "lines"),
    ],
)
def test_a_line_refuses(value, code):
    with pytest.raises(ValidationError) as caught:
        tidy(value)
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["a\x00b", "a\x0bb", "a\x1b[2J", "a\u202eb", "a\udfff"])
def test_a_text_refuses_too(value):
    with pytest.raises(ValidationError):
        tidy(value, lines=True)


@pytest.mark.parametrize(
    ("value", "kept", "told"),
    [
        ("Ren\u0065\u0301", "Ren\u00e9", False),
        ("Ali\u200bzé", "Alizé", True),
        ("\ufeffAlizé", "Alizé", True),
        ("A\u00adB\u2060C", "ABC", True),
        ("\u200b\u200b", "", True),
        ("\u3164\u3164", "", False),
        ("\u00a0\u00a0", "", False),
        ("  a \t b  ", "a b", False),
        ("a\u200db", "ab", True),
    ],
)
def test_a_line_is_mended(value, kept, told):
    assert tidy(value) == (kept, told)


@pytest.mark.parametrize(
    "value",
    [
        "M\u0430rie", "<script>alert(1)</script>", "{{7*7}} {% debug %} ${7*7}", "'; DROP TABLE x; --", '" OR 1=1',
        "O'", "N'Guessan", "Ng", "–", "Anne-Lise", "x" * 60, "مريم", "ნინო", "ሰላም", "Ọlábísí", "=HYPERLINK(1)",
        "می\u200cخواهم", "Nguyễn",
    ],
)  # fmt: skip
def test_a_name_passes_as_it_is(value):
    assert tidy(value, emoji=False) == (value, False)


def test_an_emoji_with_joiners_passes_in_a_note_and_not_in_a_name():
    family = "\U0001f469\u200d\U0001f467"
    assert tidy(family, lines=True) == (family, False)
    with pytest.raises(ValidationError) as caught:
        tidy(family, emoji=False)
    assert caught.value.code == "emoji"


def test_a_text_keeps_its_lines_in_one_form():
    assert tidy(" a\r\nb\rc\u2028d\n", lines=True) == ("a\nb\nc\nd", False)


def test_digits_of_other_scripts():
    assert ascii_digits("１２/٠٣/২০২০") == "12/03/2020"
    assert ascii_digits("١٢٫٥") == "12,5"


def test_french_spacing():
    assert french_spacing("Quoi ? « Oui » : 12 %") == "Quoi\u202f? «\u202fOui\u202f»\u202f: 12\u202f%"


@given(st.text())
def test_fold_takes_case_and_accents_away_whatever_the_script(text):
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    assert fold(text) == plain.casefold().translate(ALIKE)


@pytest.mark.parametrize(("text", "mixed"), [("Маrie", True), ("Мария", False), ("Marie Мария", False), ("Aνa", True)])
def test_letters_of_another_alphabet_are_told_and_found(text, mixed):
    assert mixes_alphabets(text) is mixed
    assert fold("Маrіе") == "marie"


def test_fold_makes_one_word_of_its_spellings():
    assert fold("NÎMES") == fold("Ni\u0302mes") == "nimes"
    assert fold("Łódź") == "łodz"
