"""What is the same for many rows or many pages: rendered once in each of its shapes, then only filled in.

What a person or a request brings is a word, escaped and filled in each time; a shape holds nothing of anyone.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def mark(word: str) -> str:
    """Where a word goes, for a shape that must hold it (an address, say)."""
    return f"%({word})s"


@lru_cache(maxsize=512)
def pattern(template: str, language: str, words: tuple[str, ...], shape: tuple[tuple[str, Hashable], ...]) -> str:
    """The template in one shape, ready for ``%``; a caller of hundreds of rows escapes and fills in by itself."""
    text = render_to_string(template, {**dict(shape), **{word: mark(word) for word in words}})
    return text.replace("%", "%%").replace("%%(", "%(")


def fill(template: str, shape: dict[str, Hashable], **words: Any) -> SafeString:
    """The template in this shape, with these words; ``csrf_token`` is one of them when it holds a form."""
    found = pattern(template, get_language() or "", tuple(words), tuple(shape.items()))
    return SafeString(found % {name: conditional_escape(word) for name, word in words.items()})
