"""Rows about a person are asked for by saying whose: in a request, a query that says nothing raises, and no row leaves.

Scoped: a condition on the row itself, on a row it hangs to, on a house, a department or an account, or on a query of
its own. It is a guard against forgetting, not the decision: ``people.access`` decides, PostgreSQL checks again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models import sql
from django.db.models.expressions import Col, Exists, Subquery
from django.db.models.lookups import Exact

required: ContextVar[bool] = ContextVar("scope_required", default=False)
HOUSES = frozenset({
    "owner", "about", "place", "organisation_id", "department", "dossier_id", "dossier", "user", "user_id",
})  # fmt: skip


class Unscoped(RuntimeError):
    """A query on rows about persons said nothing of whose rows it wants. A programming error: nothing is read."""


@contextmanager
def requiring(asked: bool = True) -> Iterator[None]:
    """From here on every query on a guarded model says whose rows it wants (or, for what crosses houses, need not)."""
    token = required.set(asked)
    try:
        yield
    finally:
        required.reset(token)


class ScopedQuery(sql.Query):
    """As any query, but it refuses to be compiled, or to become an update or a deletion, when it says nothing."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        self.check()
        return super().get_compiler(*args, **kwargs)

    def chain(self, klass: Any = None) -> Any:
        if klass in (sql.UpdateQuery, sql.DeleteQuery):
            self.check()
        return super().chain(klass)

    def check(self) -> None:
        if required.get() and not self.is_empty() and not _says_whose(self.where):
            raise Unscoped(f"{self.model._meta.label}: whose rows?")  # type: ignore[union-attr]


def _says_whose(node: Any) -> bool:
    if isinstance(node, Exists | Subquery | sql.Query):
        return True
    if isinstance(node, Exact) and isinstance(node.lhs, Col) and node.lhs.target.unique:
        return True  # the one row that bears this value
    if isinstance(node, Col):
        field = node.target
        return bool(field.primary_key or field.is_relation or field.column in HOUSES)
    if node is None or isinstance(node, str | bytes):
        return False
    children = getattr(node, "children", None)
    if children is not None:
        return any(_says_whose(child) for child in children)
    return any(_says_whose(part) for part in (getattr(node, "lhs", None), getattr(node, "rhs", None)))


class ScopedRows(models.QuerySet[Any]):
    def _raw_delete(self, using: str | None) -> Any:
        self.query.check()  # type: ignore[attr-defined]
        return super()._raw_delete(using)


class ScopedManager(models.Manager[Any]):
    def get_queryset(self) -> models.QuerySet[Any]:
        return ScopedRows(self.model, query=ScopedQuery(self.model), using=self._db)


def guard(guarded: Iterable[type[models.Model]]) -> None:
    """Give these models the manager that raises. Called once, when every model is known."""
    for model in guarded:
        meta = model._meta
        meta.local_managers = [manager for manager in meta.local_managers if manager.name != "objects"]
        model.add_to_class("objects", ScopedManager())
