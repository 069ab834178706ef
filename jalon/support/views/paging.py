"""The page of a list, read from the address."""

from django.http import HttpRequest

LAST_PAGE = 200


def page_number(request: HttpRequest) -> int:
    """From 1; anything strange is the first page."""
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
