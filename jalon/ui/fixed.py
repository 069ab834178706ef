"""What a template says the same way every time: a literal sentence in a language, an address without arguments."""

from collections.abc import Callable, Hashable
from typing import Any

from django.conf import settings
from django.template import Context, Node
from django.template.base import Parser, Token
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import do_translate
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language


class Fixed(Node):
    """A node rendered once for each key: its answer holds nothing of the request."""

    def __init__(self, node: Node, key: Callable[[], Hashable]) -> None:
        self.node, self.key = node, key
        self.known: dict[Hashable, str] = {}

    def render(self, context: Context) -> str:
        key = self.key()
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.node.render(context)
        return found


def _place() -> Hashable:
    return get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()


def translate(parser: Parser, token: Token) -> Node:
    """``{% translate %}`` of Django; a literal sentence is looked up once a language."""
    node: Any = do_translate(parser, token)
    said = node.filter_expression
    literal = said.var.literal is not None and not said.filters
    literal = literal and not node.message_context and not node.asvar and not node.noop
    return Fixed(node, get_language) if literal else node


def url(parser: Parser, token: Token) -> Node:
    """``{% url %}`` of Django; an address without arguments is composed once for each host."""
    node: Any = django_url(parser, token)
    name = node.view_name
    literal = not name.is_var and not name.filters and not node.args and not node.kwargs and not node.asvar
    return Fixed(node, _place) if literal else node
