"""Tests behind the wall (``JALON_WALL=1``): what they count is what a page asks, without the wall's own statements."""

from typing import Any

from django.test.utils import CaptureQueriesContext

SAYS = "'jalon.user'"


def asked_by_the_page(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without who asks, said and unsaid, nor the savepoint that holds it."""
    kept: list[dict[str, Any]] = []
    ours = set()
    for query in queries:
        sql = query["sql"]
        if SAYS in sql:
            if "current_setting" in sql and kept and kept[-1]["sql"].startswith("SAVEPOINT"):
                ours.add(f"RELEASE {kept.pop()['sql']}")
        elif sql not in ours:
            kept.append(query)
    return kept


def uncounted() -> None:
    whole = CaptureQueriesContext.captured_queries.fget
    CaptureQueriesContext.captured_queries = property(lambda self: asked_by_the_page(whole(self)))
