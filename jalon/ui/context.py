"""What the layout needs to know about a request. Computed only when the template asks for it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from jalon.config import clock

from . import nav as navigation

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
    def nav(self) -> list[navigation.Link]:
        return navigation.links(self.role, self._request.path)

    @property
    def menu(self) -> list[navigation.Link]:
        return navigation.links(self.role, self._request.path, "menu")

    @property
    def search(self) -> navigation.Link | None:
        found = navigation.links(self.role, self._request.path, "search")
        return found[0] if found else None

    @cached_property
    def account(self) -> navigation.Account | None:
        return navigation.account(self._request) if self.signed_in else None

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def today(self) -> date:
        return clock.today()


def page(request: HttpRequest) -> dict[str, Any]:
    return {"ui": Page(request)}
