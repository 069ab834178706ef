"""Helpers that every view uses, and the few pages that belong to no room."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from jalon.access import Hidden, open_to, public

from . import rules as law
from .context import DENSITIES, THEMES
from .forms import mended

YEAR = 365 * 24 * 3600


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200, fragment: str = ""
) -> HttpResponse:
    """A page; or its ``fragment`` when htmx asks for a part of it."""
    part = bool(fragment) and bool(getattr(request, "htmx", False)) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, fragment if part else template, context, status=status)
    if fragment:
        response["Vary"] = "HX-Request"
    return response


def invalid(request: HttpRequest, template: str, context: dict[str, Any], fragment: str = "") -> HttpResponse:
    """The form again, with its errors and what was typed: 422, nothing was written."""
    return page(request, template, {**context, "invalid": True}, status=422, fragment=fragment)


def done(request: HttpRequest, url: str, message: str = "") -> HttpResponse:
    """After a successful POST: go to ``url`` and say ``message`` there."""
    if message:
        messages.success(request, message)
    for notice in told():
        messages.info(request, notice)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})


def part(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, announce: str = "", status: int = 200
) -> HttpResponse:
    """A fragment for htmx, with a sentence for the live region."""
    response = render(request, template, context, status=status)
    if announce:
        response.write(announcement(" ".join([announce, *told()])))
    return response


def told() -> list[str]:
    """What was mended in the texts that were just sent, once each."""
    return list(dict.fromkeys(mended.get([])))


def announcement(text: str) -> SafeString:
    """Fills the live region of the page out of band."""
    return format_html('<div id="annonce" hx-swap-oob="innerHTML">{}</div>', text)


def local_path(request: HttpRequest, url: str) -> str:
    """The path and query of a URL of this site, else nothing."""
    try:
        hosts = {request.get_host()}
    except DisallowedHost:
        return ""
    if not url.isprintable() or not url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure()):
        return ""  # nothing, another place, or a line break that no header takes
    if not url.startswith("/"):
        _, _, rest = url.partition("://")
        slash = rest.find("/")
        url = rest[slash:] if slash >= 0 else "/"
    # A path that begins with two slashes is another host for a browser: « https://us//elsewhere » is one.
    return url if url_has_allowed_host_and_scheme(url, None) else ""


@public(why="The look and the language are chosen before sign-in too; nothing is read or written but three cookies.")
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, theme and density, kept in cookies of the browser."""
    target = local_path(request, request.POST.get("suite", "")) or local_path(
        request, request.headers.get("Referer", "")
    )
    response = HttpResponse(status=303, headers={"Location": target or "/"})
    allowed = {
        settings.LANGUAGE_COOKIE_NAME: [code for code, _ in settings.LANGUAGES],
        "theme": THEMES,
        "densite": DENSITIES,
    }
    for name, values in allowed.items():
        value = request.POST.get(name, "")
        if value in values:
            response.set_cookie(name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response


@public(why="Robots are turned away before they knock.")
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@public(why="The supervisor asks whether the service answers; the answer says nothing else.")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Exception:
        return HttpResponse("non", status=503, content_type="text/plain")
    return HttpResponse("oui", content_type="text/plain")


@public(why="The accessibility statement must be readable by everyone.")
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return page(request, "ui/accessibility.html")


@public(why="General help, without any data.")
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "ui/help.html")


RULES = "what the law says, and where, is for whoever signs in; nothing about anyone is read"


@open_to(why=RULES)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its article."""
    return page(request, "ui/rules.html", {"rules": law.everything()})


@open_to(why=RULES)
@require_GET
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: its sentence, its articles, its dated values with their history and their sources."""
    found = law.page(rule_id)
    if found is None:
        raise Hidden
    return page(request, "ui/rule.html", {"page": found})
