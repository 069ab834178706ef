"""Text that is safe to keep and to show: one normal form, nothing invisible, nothing that turns the reading around.

Refusals are ``ValidationError`` with a sentence that says what to do; what can be mended without a doubt is mended.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SURROGATE = re.compile("[\ud800-\udfff]")
UNREADABLE = re.compile("[\ufffd\ufffe\uffff\ufdd0-\ufdef\ue000-\uf8ff\U000f0000-\U0010ffff]")
LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
LINE_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb]")
# Overrides, embeddings and isolates change the order in which a line is read.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Zero width, soft hyphen, direction marks, invisible operators, tags, fillers: removed, and the writer is told.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\U000e0000-\U000e0fff]")
JOINER = re.compile("[\u200c\u200d]")
# Look like nothing though they are "letters": a text made of them is empty.
BLANK = re.compile("[\\s\u115f\u1160\u2800\u3164\uffa0\u200c\u200d\ufe00-\ufe0f\u034f\u17b4\u17b5]")
SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u2bff\u3200-\u33ff\ufe0f\U0001f000-\U0001faff]")
MARKS_PER_LETTER = 4


def tidy(value: str, *, lines: bool = False, emoji: bool = True) -> tuple[str, bool]:
    """The text to keep, and whether something invisible was taken out of it."""
    if SURROGATE.search(value) or UNREADABLE.search(value):
        raise ValidationError(_("Un caractère n'a pas pu être lu. Retapez-le au clavier."), code="unreadable")
    if value.isascii():
        text, removed = value, False
    else:
        text, removed = _unicode(value, emoji)
    if lines:
        text = LINE_ENDS.sub("\n", text)
    elif LINE_BREAK.search(text):
        raise ValidationError(_("Écrivez sur une seule ligne, sans retour à la ligne."), code="lines")
    if CONTROL.search(text):
        raise ValidationError(
            _("Le texte contient un caractère de commande invisible. Retapez-le au clavier."), code="control"
        )
    text = text.strip() if lines else SPACES.sub(" ", text).strip()
    return ("" if text and not BLANK.sub("", text) else text), removed


def _unicode(value: str, emoji: bool) -> tuple[str, bool]:
    text = unicodedata.normalize("NFC", value)
    if TURNING.search(text):
        raise ValidationError(
            _("Le texte contient un caractère qui inverse le sens de lecture. Retapez-le sans copier-coller."),
            code="bidi",
        )
    visible = INVISIBLE.sub("", text)
    visible = JOINER.sub(lambda found: found[0] if _joins(visible, found.start()) else "", visible)
    removed = visible != text
    _check_marks(visible)
    if not emoji and EMOJI.search(visible):
        raise ValidationError(_("Écrivez en lettres, sans émoticône ni dessin."), code="emoji")
    return unicodedata.normalize("NFC", visible), removed


def _joins(text: str, at: int) -> bool:
    """A joiner is part of the spelling between two letters of some scripts, and inside an emoji."""
    if at == 0 or at == len(text) - 1:
        return False
    return all(ord(char) >= 0x0600 for char in (text[at - 1], text[at + 1]))


def _check_marks(text: str) -> None:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) or unicodedata.category(char) == "Me" else 0
        if run > MARKS_PER_LETTER:
            raise ValidationError(_("Trop d'accents sur une même lettre. Retapez le mot au clavier."), code="combining")


# Letters of other alphabets that look like Latin ones, in capitals: a name typed with them is found all the same.
ALIKE = str.maketrans("авекмнорстухіјѕαβεζηικμνορτυχ", "abekmhopctyxijsabezhikmnoptyx")
ALPHABET = re.compile(r"(LATIN|CYRILLIC|GREEK) ")


def mixes_alphabets(text: str) -> bool:
    """Does a word of it take letters of several alphabets? Some names do; more often a letter was pasted."""
    if text.isascii():
        return False
    for word in re.findall(r"[^\W\d_]+", text):
        if len({found[1] for char in word if (found := ALPHABET.match(unicodedata.name(char, "")))}) > 1:
            return True
    return False


def _bare(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char)
    return "".join(part for part in plain if not unicodedata.combining(part)).casefold().translate(ALIKE)


class _Bare(dict[int, str]):
    """Letter by letter: Latin letters ready, the others worked out."""

    def __missing__(self, code: int) -> str:
        return _bare(chr(code))


BARE = _Bare({code: _bare(chr(code)) for code in (*range(0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))})


def fold(text: str) -> str:
    """For comparing: no case, no accent, letters that look alike are one. Nîmes and NIMES are one word."""
    return text.lower() if text.isascii() else text.translate(BARE)


def ascii_digits(value: str) -> str:
    """Full-width, Arabic and other digits written as 0–9; full-width signs as ordinary ones."""
    if value.isascii():
        return value
    plain = (
        str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else unicodedata.normalize("NFKC", char)
        for char in value
    )
    return "".join(plain).replace("\u066b", ",").replace("\u066c", " ").replace("\u2212", "-")


FINE = "\u202f"
HIGH_SIGNS = re.compile(r" ?(?<=[^\s]) (?=[:;!?»%€])|(?<=«) ")


def french_spacing(text: str) -> str:
    """A narrow no-break space before ``: ; ! ?`` and the euro sign, instead of an ordinary one."""
    return HIGH_SIGNS.sub(FINE, text)
