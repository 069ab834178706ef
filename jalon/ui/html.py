"""The small components as functions that return safe HTML: what the tags of ``templatetags.ui`` call.

Reads that prepare fifty rows may call them directly. Everything that depends only on a few values is remembered.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.templatetags.static import static
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from jalon.config import clock

from .fields import short_day, show_partial, show_phone
from .text import french_spacing

FINE, FIXED = "\u202f", "\u00a0"
TONES = ("neutral", "info", "ok", "warn", "danger", "plum")


def french() -> bool:
    return (get_language() or "fr").startswith("fr")


def joined(parts: Iterable[str]) -> SafeString:
    """Pieces that are already safe, end to end."""
    return SafeString("".join(parts))


# --- words and figures ----------------------------------------------------------------------------------------


def as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(clock.PARIS).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


def day(value: Any) -> str:
    """06/04/2020; a partly known day (``1990-04``) reads 04/1990."""
    found = as_day(value)
    if found is None:
        return show_partial(value) if isinstance(value, str) else ""
    return short_day(found)


def long_day(value: Any) -> str:
    """jeudi 20 février 2020"""
    found = as_day(value)
    if found is None:
        return ""
    number = f"{found.day}er" if found.day == 1 and french() else str(found.day)
    return f"{WEEKDAYS[found.weekday()]} {number} {MONTHS[found.month]} {found.year}"


def month_name(value: Any) -> str:
    """février 2020"""
    found = as_day(value)
    return f"{MONTHS[found.month]} {found.year}" if found else ""


SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def short_month(value: Any) -> str:
    """févr. 20"""
    found = as_day(value)
    if not found:
        return ""
    name = SHORT_MONTHS[found.month - 1] if french() else str(MONTHS[found.month])[:3]
    return f"{name} {found.year % 100:02d}"


def hour(value: Any) -> str:
    """13:30, in Paris"""
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(clock.PARIS)
    return f"{value:%H:%M}" if isinstance(value, datetime | time) else ""


def moment(value: Any) -> str:
    """20/02/2020 à 13:30"""
    if not isinstance(value, datetime):
        return day(value)
    return _("%(day)s à %(hour)s") % {"day": day(value), "hour": hour(value)}


def number(value: Any, places: int = 0) -> str:
    """1 234,5 in French, 1,234.5 in English"""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):,.{places}f}"
    return text.translate({44: FINE, 46: ","}) if french() else text


def euro(value: Any) -> str:
    """343,20 €"""
    if value is None or value == "":
        return ""
    return f"{number(value, 2)}{FIXED}€" if french() else f"€{number(value, 2)}"


def percent(value: Any, places: int = 0) -> str:
    """78 % of a share between 0 and 1"""
    if value is None or value == "":
        return ""
    shown = number(Decimal(str(value)) * 100, places)
    return f"{shown}{FIXED}%" if french() else f"{shown}%"


def signed_days(days: int) -> str:
    """J-46, jour J, J+3"""
    if days == 0:
        return _("Jour J")
    return (_("J-%(days)d") if days > 0 else _("J+%(days)d")) % {"days": abs(days)}


def days_in_words(days: int) -> str:
    """dans 46 jours, aujourd'hui, dépassée depuis 3 jours"""
    if days == 0:
        return _("aujourd'hui")
    if days > 0:
        return ngettext("dans %(days)d jour", "dans %(days)d jours", days) % {"days": days}
    return ngettext("dépassée depuis %(days)d jour", "dépassée depuis %(days)d jours", -days) % {"days": -days}


def spaced(text: Any) -> str:
    """French spacing: narrow no-break spaces before high punctuation."""
    return french_spacing(str(text)) if french() else str(text)


# --- icons, states, due dates ---------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """One drawing of the sprite; decorative unless ``label`` says what it means."""
    words = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="i" {}><use href="{}#{}"/></svg>', words, static("ui/icons.svg"), name)


SPRITE = Path(__file__).parent / "static" / "ui" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>')


@cache
def _drawings() -> dict[str, str]:
    return dict(SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))


def drawn(name: str) -> SafeString:
    """The drawing itself, for a host where the sprite is not: her pages ask for no file of the professionals."""
    inside = SafeString(_drawings()[name])  # our own file
    return format_html('<svg class="i" aria-hidden="true" viewBox="0 0 16 16">{}</svg>', inside)


@lru_cache(maxsize=1024)
def _state(tone: str, text: str, drawing: str) -> SafeString:
    if drawing:
        return format_html('<span class="state state-{} drawn">{}{}</span>', tone, icon(drawing), text)
    return format_html('<span class="state state-{}">{}</span>', tone, text)  # the style sheet draws the tone's icon


def state(tone: str, text: Any, drawing: str = "") -> SafeString:
    """A word with its icon and its colour. Tones: neutral, info, ok, warn, danger, plum."""
    return _state(tone if tone in TONES else "neutral", str(text), drawing)


A_YEAR = 366  # beyond, nobody counts in days


def due_tone(days: int, *, calm: bool = False) -> str:
    """Over 90 days neutral, 90–61 info, 60–31 warn, 30 and less danger: what takes months to prepare.

    ``calm``, for what takes a day to do: neutral, 7 days before warn, danger once late.
    """
    if calm:
        return "danger" if days < 0 else "warn" if days <= 7 else "neutral"
    return "neutral" if days > 90 else "info" if days > 60 else "warn" if days > 30 else "danger"


def due_word(days: int, *, calm: bool = False) -> str:
    if days < 0:
        return _("dépassée")
    if calm:
        return ""
    return {"neutral": "", "info": _("à prévoir"), "warn": _("à préparer"), "danger": _("urgent")}[due_tone(days)]


@lru_cache(maxsize=4096)
def _due(days: int, shown: str, language: str, calm: bool) -> SafeString:
    word = due_word(days, calm=calm)
    return format_html(
        '<span class="due due-{}"><b aria-hidden="true">{}</b><span class="vh">{}</span>{}{}</span>',
        due_tone(days, calm=calm),
        signed_days(days),
        days_in_words(days),
        f" {word}" if word else "",
        format_html(" <time>{}</time>", shown) if shown else "",
    )


def due(value: Any, today: Any = None, date: bool = False, calm: bool = False) -> SafeString:  # noqa: A002
    """The badge of a due date; ``date=True`` adds the day itself, alone when it is more than a year away.

    ``calm`` as for ``due_tone``.
    """
    found = as_day(value)
    if found is None:
        return mark_safe("")
    days = (found - (as_day(today) or clock.today())).days
    if date and days > A_YEAR:
        return format_html("<time>{}</time>", short_day(found))
    return _due(days, short_day(found) if date else "", get_language() or "fr", calm)


def meter(done: int, total: int, label: Any = "") -> SafeString:
    """How far along: a bar and its words. Without words of your own it says « 5 sur 24 »."""
    words = str(label) or _("%(done)d sur %(total)d") % {"done": done, "total": total}
    return _meter(min(max(done, 0), total), max(total, 1), words)


@lru_cache(maxsize=1024)
def _meter(done: int, total: int, words: str) -> SafeString:
    return format_html(
        '<span class="meter"><progress max="{}" value="{}" aria-hidden="true"></progress>{}</span>', total, done, words
    )


# --- lists -----------------------------------------------------------------------------------------------------


class Task(NamedTuple):
    """A row of a task list: a link when something can be done, a state that is a word, a hint below the label."""

    label: Any
    url: str = ""
    state: Any = ""
    tone: str = "neutral"
    hint: Any = ""
    drawing: str = ""


class Row(NamedTuple):
    """A row of a summary list: a label, a value, and what can be done about it."""

    label: Any
    value: Any
    url: str = ""
    action: Any = ""


class Chip(NamedTuple):
    """A month of a row of months."""

    label: Any
    state: Any
    tone: str = "neutral"
    detail: Any = ""
    url: str = ""


class Tab(NamedTuple):
    label: Any
    url: str
    current: bool = False
    count: int | None = None


class Rule(NamedTuple):
    """Why a date or an amount is what it is.

    ``inputs`` are pairs (label, value) of this case, ``parameters`` the dated values that the rule used, ``mark`` says
    that the rule is not certain, ``page`` is the address of the rule itself.
    """

    id: str
    sentence: Any
    article: Any = ""
    inputs: Any = ()
    url: str = ""
    parameters: Any = ()
    mark: Any = ""
    page: str = ""


class Parameter(NamedTuple):
    """A value of a rule: since when it holds, and where it was read."""

    label: Any
    value: Any
    since: date | None = None
    source: Any = ""
    url: str = ""
    mark: Any = ""


def _made(kind: Any, item: Any) -> Any:
    """The item as ``kind``: from itself, a mapping, a tuple, or any object with these attributes."""
    if isinstance(item, kind):
        return item
    if isinstance(item, Mapping):
        return kind(**{name: item[name] for name in kind._fields if name in item})
    if isinstance(item, Sequence) and not isinstance(item, str):
        return kind(*item)
    return kind(**{name: getattr(item, name) for name in kind._fields if hasattr(item, name)})


def tasks(items: Iterable[Any], prefix: str = "tache") -> SafeString:
    """A task list: the whole row is the link."""
    rows = []
    for at, item in enumerate(items):
        task = _made(Task, item)
        mark = f"{prefix}-{at}"
        told = f"{mark}-etat" + (f" {mark}-aide" if task.hint else "")
        name = (
            format_html('<a href="{}" aria-describedby="{}">{}</a>', task.url, told, task.label)
            if task.url
            else format_html("<span>{}</span>", task.label)
        )
        hint = format_html('<small id="{}-aide">{}</small>', mark, task.hint) if task.hint else ""
        shown = state(task.tone, task.state, task.drawing) if task.state else ""
        rows.append(
            format_html(
                '<li class="task{}"><div>{}{}</div><div id="{}-etat">{}</div></li>',
                "" if task.url else " task-closed",
                name,
                hint,
                mark,
                shown,
            )  # fmt: skip
        )
    return format_html('<ul class="tasks">{}</ul>', joined(rows))


def summary(items: Iterable[Any]) -> SafeString:
    """A summary list: labels, values, and a link to change each."""
    rows = []
    for item in items:
        row = _made(Row, item)
        change = (
            format_html('<dd class="act"><a href="{}">{}<span class="vh"> : {}</span></a></dd>', row.url,
                        row.action or _("Modifier"), row.label)
            if row.url
            else ""
        )  # fmt: skip
        value = (
            row.value
            if row.value not in (None, "")
            else format_html('<span class="none">{}</span>', _("Non renseigné"))
        )
        rows.append(format_html("<div><dt>{}</dt><dd>{}</dd>{}</div>", row.label, value, change))
    return format_html('<dl class="summary">{}</dl>', joined(rows))


def months(items: Iterable[Any], label: Any = "") -> SafeString:
    """A row of months, each with its state in words."""
    chips = []
    for item in items:
        chip = _made(Chip, item)
        name = format_html('<a href="{}">{}</a>', chip.url, chip.label) if chip.url else conditional_escape(chip.label)
        detail = format_html("<small>{}</small>", chip.detail) if chip.detail else ""
        chips.append(
            format_html(
                '<li class="month month-{}"><b>{}</b>{}{}</li>', chip.tone, name, state(chip.tone, chip.state), detail
            )
        )
    said = format_html(' aria-label="{}"', label) if label else ""
    return format_html('<ol class="months"{}>{}</ol>', said, joined(chips))


def tabs(items: Iterable[Any], label: Any = "") -> SafeString:
    """Tabs that are links: they work without a script and can be bookmarked."""
    shown = []
    for item in items:
        tab = _made(Tab, item)
        count = format_html(' <span class="count">{}</span>', tab.count) if tab.count is not None else ""
        here = mark_safe(' aria-current="page"') if tab.current else ""
        shown.append(format_html('<li><a href="{}"{}>{}{}</a></li>', tab.url, here, tab.label, count))
    return format_html(
        '<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>',
        label or _("Parties de la page"),
        joined(shown),
    )


def outside(url: str, words: Any) -> SafeString:
    """A link that leaves this site; only the words when the address is not one of the web."""
    if not url.startswith(("https://", "http://")):
        return conditional_escape(words)
    return format_html('<a href="{}" rel="external noreferrer">{}</a>', url, words)


def explain(rules: Any, label: Any = "") -> SafeString:
    """Folded reasons of a date or an amount: rule, values used, dated values and their source, article, doubt."""
    if not rules:
        return mark_safe("")
    if isinstance(rules, Rule | Mapping) or not isinstance(rules, Iterable):
        rules = [rules]
    return format_html(
        '<details class="explain"><summary>{}{}</summary><ul>{}</ul></details>',
        icon("scale"), label or _("Pourquoi ?"), joined(_reason(_made(Rule, item)) for item in rules),
    )  # fmt: skip


def _reason(rule: Rule) -> SafeString:
    pairs = rule.inputs.items() if isinstance(rule.inputs, Mapping) else rule.inputs or ()
    used = [(name, value) for name, value in pairs]
    used += [(one.label, parameter_value(one)) for one in (_made(Parameter, item) for item in rule.parameters or ())]
    values = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", used)
    name = format_html('<a href="{}">{}</a>', rule.page, rule.id) if rule.page else conditional_escape(rule.id)
    article = (
        format_html('<a href="{}">{}</a>', rule.url, rule.article) if rule.url else conditional_escape(rule.article)
    )
    return format_html(
        '<li><p>{}</p>{}<p class="source"><code>{}</code> {}{}</p></li>',
        rule.sentence,
        format_html("<dl>{}</dl>", values) if values else "",
        name,
        article,
        format_html(" {}", state("warn", rule.mark)) if rule.mark else "",
    )


def parameter_value(one: Parameter) -> SafeString:
    """6 mois, depuis le 31/10/2016 (source)"""
    return format_html(
        "{}{}{}{}",
        one.value,
        _(", depuis le %(day)s") % {"day": day(one.since)} if one.since else "",
        format_html(' <span class="muted">({})</span>', outside(one.url, one.source)) if one.source else "",
        format_html(" {}", state("warn", one.mark)) if one.mark else "",
    )


def differs(kept: Any, computed: Any) -> SafeString:
    """What was written and wins, beside what the calculation gives; nothing when they agree or when one is absent."""
    if kept in (None, "") or computed in (None, "") or kept == computed:
        return mark_safe("")
    said = euro(computed) if isinstance(computed, Decimal) else day(computed)
    words = _("calculé : %(computed)s ; l'écrit l'emporte") % {"computed": said}
    return format_html('<small class="differs">{}</small>', state("info", words))


def empty(text: Any, url: str = "", action: Any = "", drawing: str = "leaf") -> SafeString:
    """What to say where there is nothing yet, and what to do about it."""
    link = format_html('<a class="btn btn-outline-primary" href="{}">{}</a>', url, action) if url else ""
    return format_html('<div class="empty">{}<p>{}</p>{}</div>', icon(drawing), text, link)


def agreement(
    title: Any, shared: Iterable[Any] = (), never: Any = "", detail: Any = "", url: str = "", action: Any = "",
    withdrawn: bool = False,
) -> SafeString:  # fmt: skip
    """What may be shared, since when, and how to stop it; or that it has stopped."""
    items = format_html_join("", "<li>{}</li>", ((item,) for item in shared))
    return format_html(
        '<section class="agreement{}" aria-label="{}">{}<div><p><b>{}</b></p>{}{}{}</div>{}</section>',
        " agreement-withdrawn" if withdrawn else "",
        title,
        icon("lock" if withdrawn else "share"),
        title,
        format_html('<ul class="inline">{}</ul>', items) if items else "",
        format_html("<p>{}</p>", never) if never else "",
        format_html('<p class="muted">{}</p>', detail) if detail else "",
        format_html('<a class="btn btn-sm btn-outline-secondary" href="{}">{}</a>', url, action) if url else "",
    )


def phone(value: Any) -> str:
    return show_phone(str(value or ""))


def lines(value: Any) -> SafeString:
    """A text of several lines, as paragraphs."""
    parts = [part.strip() for part in str(value or "").replace("\r\n", "\n").split("\n\n")]
    return joined(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)
