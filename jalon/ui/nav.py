"""The main navigation: each room registers its entries in ``AppConfig.ready``; a role sees at most six.

nav.register(_("Échéances"), "home", order=10)
nav.register(_("Réglages"), "settings", roles=("ADM",), order=60, under=("/reglages/",))
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.core.checks import Error
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from jalon.access.gate import opens
from jalon.access.roles import Role

MOST = 6


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    url_name: str
    roles: frozenset[str]
    order: int
    under: tuple[str, ...]

    def open_to(self, role: str) -> bool:
        return opens(tuple(self.roles), role)


class Link(NamedTuple):
    label: str
    url: str
    current: bool


class Account(NamedTuple):
    """What the account menu says: who is signed in, and for whom."""

    name: str
    detail: str = ""


_main: list[Entry] = []
_menu: list[Entry] = []
_search: list[Entry] = []
_account: list[Callable[[HttpRequest], Account]] = []


def _add(
    entries: list[Entry],
    label: str | Promise,
    url_name: str,
    roles: Collection[str],
    order: int,
    under: Collection[str],
) -> None:
    entries.append(Entry(label, url_name, frozenset(map(str, roles)), order, tuple(under)))
    entries.sort(key=lambda entry: entry.order)
    forget()


def register(
    label: str | Promise, url_name: str, *, roles: Collection[str] = (), order: int = 50, under: Collection[str] = ()
) -> None:
    """An entry of the main navigation. No role: every role. ``under``: other path prefixes that belong to it."""
    _add(_main, label, url_name, roles, order, under)


def register_menu(label: str | Promise, url_name: str, *, roles: Collection[str] = (), order: int = 50) -> None:
    """A link of the account menu."""
    _add(_menu, label, url_name, roles, order, ())


def register_search(label: str | Promise, url_name: str, *, roles: Collection[str] = ()) -> None:
    """The search box of the header: one field ``q``, posted, so that what is typed is never in an address."""
    _add(_search, label, url_name, roles, 0, ())


def register_account(describe: Callable[[HttpRequest], Account]) -> None:
    """Who is signed in. The last one registered wins."""
    _account[:] = [describe]


def forget() -> None:
    """The entries have changed: what was found of them is found again."""
    _resolved.cache_clear()
    _links.cache_clear()


@lru_cache(maxsize=512)
def _resolved(kind: str, role: str) -> tuple[tuple[Entry, str], ...]:
    found = []
    for entry in {"main": _main, "menu": _menu, "search": _search}[kind]:
        if entry.open_to(role):
            try:
                found.append((entry, reverse(entry.url_name)))
            except NoReverseMatch:
                continue  # reported by check()
    return tuple(found)


def _belongs(entry: Entry, url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url)) or any(path.startswith(start) for start in entry.under)


def links(role: str, path: str = "", kind: str = "main") -> tuple[Link, ...]:
    """The entries of a role, the one that holds ``path`` marked as current (the longest match wins)."""
    resolved = _resolved(kind, role)
    holders = [url for entry, url in resolved if _belongs(entry, url, path)]
    return _links(kind, role, max(holders, key=len, default=None), get_language())


@lru_cache(maxsize=1024)
def _links(kind: str, role: str, current: str | None, language: str | None) -> tuple[Link, ...]:
    return tuple(Link(str(entry.label), url, url == current) for entry, url in _resolved(kind, role))


def account(request: HttpRequest) -> Account | None:
    return _account[0](request) if _account else None


def check(app_configs: object = None, **kwargs: object) -> list[Error]:
    """Every entry leads somewhere and no role has more than six of them."""
    errors = []
    for entry in (*_main, *_menu, *_search):
        try:
            reverse(entry.url_name)
        except NoReverseMatch:
            errors.append(Error(f"navigation: no URL is named {entry.url_name}", id="ui.E001"))
    for role in map(str, Role):
        if sum(entry.open_to(role) for entry in _main) > MOST:
            errors.append(Error(f"navigation: role {role} has more than {MOST} entries", id="ui.E002"))
    return errors
