"""What the layout needs to know about a request. Computed only when the template asks for it."""

from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from jalon.config import clock

from . import nav as navigation
from .patterns import mark

THEMES = ("auto", "light", "dark")
DENSITIES = ("confort", "compact")


class Page:
    """``ui`` in every template."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def role(self) -> str:
        return str(getattr(getattr(self._request, "actor", None), "role", ""))

    @property
    def signed_in(self) -> bool:
        return bool(getattr(getattr(self._request, "user", None), "is_authenticated", False))

    @property
    def idle_seconds(self) -> int:
        """After how long without a sign of life this session ends; less when a sensitive part may be on the screen."""
        actor = getattr(self._request, "actor", None)
        if actor is None:
            return 0
        sensitive = getattr(actor, "stepped_up", False)
        return settings.SESSION_IDLE_SENSITIVE_SECONDS if sensitive else settings.SESSION_IDLE_SECONDS

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def theme(self) -> str:
        theme = self._request.COOKIES.get("theme", "")
        return theme if theme in THEMES else "auto"

    @property
    def density(self) -> str:
        density = self._request.COOKIES.get("densite", "")
        return density if density in DENSITIES else "confort"

    @property
    def here(self) -> str:
        return self._request.get_full_path()

    @property
    def nav(self) -> tuple[navigation.Link, ...]:
        return navigation.links(self.role, self._request.path)

    @property
    def menu(self) -> tuple[navigation.Link, ...]:
        return navigation.links(self.role, self._request.path, "menu")

    @property
    def search(self) -> navigation.Link | None:
        found = navigation.links(self.role, self._request.path, "search")
        return found[0] if found else None

    @cached_property
    def account(self) -> navigation.Account | None:
        return navigation.account(self._request) if self.signed_in else None

    @property
    def demo_day(self) -> date | None:
        """The day of a demonstration, which says it at the foot of its pages."""
        return clock.today() if settings.DEMO else None

    def shape(self, search: bool = True) -> "Shape":
        """What the header needs, with marks in place of what is of this request alone."""
        account = self.account
        if account is not None:
            name, detail = (mark(key) if getattr(account, key) else "" for key in ("name", "detail"))
            account = navigation.Account(name, detail)
        return Shape(
            self.language, self.theme, self.density, mark("here"), self.signed_in, self.nav, self.menu,
            self.search if search else None, account,
        )  # fmt: skip

    @property
    def today(self) -> date:
        return clock.today()


class Shape(NamedTuple):
    """``ui`` in the header, which is the same for every page of a role."""

    language: str
    theme: str
    density: str
    here: str
    signed_in: bool
    nav: tuple[navigation.Link, ...]
    menu: tuple[navigation.Link, ...]
    search: navigation.Link | None
    account: navigation.Account | None


def page(request: HttpRequest) -> dict[str, Any]:
    return {"ui": Page(request)}
