"""Words for the codes of the trail and of the forms."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from jalon.people import countries, formers, languages, reads, records, wording

register = template.Library()


@register.filter
def word_of(words: Mapping[str, Any], code: str) -> str:
    """The word of a code in a table of words; the code itself when the table does not know it."""
    return str(words.get(code, code))


@register.filter
def verb_words(verb: str) -> str:
    return wording.verb(verb)


@register.filter
def compartment_words(code: str) -> str:
    return wording.compartment(code)


@register.filter
def shared_words(codes: Iterable[str]) -> str:
    """What a share holds, in words."""
    return ", ".join(reads.shared_words(codes))


@register.filter
def language_name(code: str) -> str:
    return languages.name(code) if code else ""


@register.filter
def country_name(code: str) -> str:
    return countries.name(code)


@register.filter
def presence_words(codes: Iterable[str]) -> str:
    """Who was there, in words."""
    words = dict(records.PRESENCE)
    return ", ".join(str(words.get(code, code)) for code in codes)


@register.filter
def reading_words(code: str) -> str:
    """How it was read to her, in words."""
    return str(dict(records.READINGS).get(code, code))


@register.inclusion_tag("people/_statements.html")
def statements(dossier: Any, about: str) -> dict[str, Any]:
    """Her own words beside a record that she contests; whoever shows the record shows them."""
    if not getattr(dossier, "contested", False):
        return {"rows": []}
    if not hasattr(dossier, "said"):
        dossier.said = reads.statements(dossier)
    return {"rows": dossier.said.get(about, [])}


@register.inclusion_tag("people/_former.html", takes_context=True)
def former(context: Any, dossier_id: str, word: str, about: str, revision: int) -> dict[str, Any]:
    """The way to what a record said before, for who reads it whole, once it was written more than once. No query."""
    role = context["request"].actor.role
    shown = bool(about) and revision > 1 and role in formers.RECORDS[formers.BY_WORD[word]].readers
    return {"shown": shown, "dossier_id": dossier_id, "word": word, "about": about}
