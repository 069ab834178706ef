"""What a password may not hold: the words that anybody would try against this program, and one's own name or login.

Nothing is asked of a service outside, not even the first letters of a hash: the lists are here. Those who try passwords
start from what leaked: one word or two of these lists, repeated, with figures and signs around them.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CONTEXT = ("jalon", "psp", "prostitution", "parcoursdesortie", "prefecture", "association")
SHORTEST = 4  # letters of a name that counts


def _plain(text: str) -> str:
    """Letters and figures only, without accents nor case."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if letter.isalnum())


class ContextWordsValidator:
    """A setting of ``AUTH_PASSWORD_VALIDATORS``: what is left once these words are taken away must still be long."""

    def __init__(self, min_left: int = 10) -> None:
        self.min_left = min_left

    def validate(self, password: str, user: Any = None) -> None:
        profile = getattr(user, "profile", {})
        own = re.split(r"[\W_]+", f"{profile.get('name', '')} {profile.get('login', '')}")
        left = _plain(password)
        for word in sorted({*CONTEXT, *(_plain(part) for part in own if len(part) >= SHORTEST)}, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < self.min_left and len(_plain(password)) - len(left) >= 3:
            raise ValidationError(_("Ce mot de passe tient à votre nom ou à ce programme. Choisissez-en un autre."))

    def get_help_text(self) -> str:
        return ""


FRENCH = Path(__file__).with_name("words.txt")
ROWS = (
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopasdfghjklyxcvbnm",
)
LETTER_LIKE = str.maketrans("0134578@$", "oieastbas")
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
MOST = 200  # letters looked at: beyond, nobody's list reaches


@cache
def known_words() -> frozenset[str]:
    """The words of the 19,640 passwords seen most often in leaks, as Django ships them, and the French ones."""
    leaked = (_letters(word) for word in CommonPasswordValidator().passwords)
    french = FRENCH.read_text(encoding="utf-8").partition("\n")[2].split()
    return frozenset(word for word in (*leaked, *french) if len(word) >= SHORTEST)


def _letters(text: str) -> str:
    return "".join(letter for letter in _plain(text) if letter.isalpha())


def _known(text: str) -> bool:
    """One of the lists, a run of a keyboard in either direction, or hardly a letter."""
    run = any(text in row or text[::-1] in row for row in ROWS)
    return len(set(text)) < SHORTEST or run or text in known_words()


def guessable(password: str) -> bool:
    """Is it made of two known words at most, however repeated, with figures and signs around them?"""
    for spelled in (password, AROUND.sub("", password).translate(LETTER_LIKE)):
        letters = _letters(spelled)[:MOST]
        unit = letters[: (letters + letters).find(letters, 1)] if letters else ""  # abcabc is abc
        if (
            _known(letters)
            or _known(unit)
            or any(_known(unit[:at]) and _known(unit[at:]) for at in range(SHORTEST, len(unit) - 3))
        ):
            return True
    return False


class KnownWordsValidator:
    """A setting of ``AUTH_PASSWORD_VALIDATORS``."""

    def validate(self, password: str, user: Any = None) -> None:
        if guessable(password):
            raise ValidationError(
                _("Ce mot de passe est de ceux que l'on essaie d'abord. Écrivez quatre mots sans rapport entre eux.")
            )

    def get_help_text(self) -> str:
        return ""
