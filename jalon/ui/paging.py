"""Long lists: fifty lines a page at most, the others behind « Page suivante » (``{% pager %}``)."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

# What one page shows of a list: an account that is taken over carries away a page, not a department.
A_PAGE = 50
LAST = 9_999
FIRST: Final[Mapping[str, int]] = MappingProxyType({})  # of a page of several lists: the first page of each


def asked(request: HttpRequest, name: str = "page", last: int = LAST) -> int:
    """The page asked for, from 1; anything strange is the first one. A page of two lists gives each its ``name``."""
    typed = request.GET.get(name, "1")
    return min(max(int(typed), 1), last) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1


def all_asked(request: HttpRequest, *names: str) -> dict[str, int]:
    """The page asked for of each list of a page of several."""
    return {name: asked(request, name) for name in names}


def page(
    rows: QuerySet[Any] | Sequence[Any], number: int, shape: Callable[[Any], Any] | None = None, size: int = A_PAGE
) -> Page:
    """One page of rows that are in a stable order, the last one beyond the end; only its own are fetched and shaped."""
    paginator = Paginator(rows, size)
    if number == 1 and isinstance(rows, QuerySet):
        first = list(rows[: size + 1])  # most lists are of one page, which nothing then has to count
        found = Page(first[:size], 1, paginator if len(first) > size else Paginator(first, size))
    else:
        found = paginator.get_page(number)
    found.object_list = [shape(row) if shape else row for row in found.object_list]
    return found
