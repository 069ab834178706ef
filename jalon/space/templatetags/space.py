"""Her sentences, in French then in her language; her icons, drawn in the page."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jalon.space.words import Words
from jalon.ui import html

register = template.Library()
register.simple_tag(html.drawn, name="icon")  # in place of the one of the professionals' pages


@register.simple_tag(takes_context=True)
def say(context: template.Context, code: str, **values: Any) -> SafeString:
    """One sentence; below it the same in her language, which is told to whoever hears the page."""
    words: Words = context.get("words") or Words()
    said = words.hers(code, **values)
    if not said:
        return format_html("{}", words.french(code, **values))
    return format_html(
        '{} <span class="hers" lang="{}" dir="{}">{}</span>',
        words.french(code, **values),
        words.language,
        words.direction,
        said,
    )
