"""What a password may not hold: the words that anybody would try against this program, and one's own name or login."""

import re
import unicodedata
from typing import Any

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
