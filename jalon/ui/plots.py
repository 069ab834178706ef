"""Plots drawn on the server: bars, steps, dots. Each carries its title, n, period, and the same facts in a table.

The drawings hold no colour: classes of ``jalon.css`` give them, so that dark mode, print and forced colours work.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from zlib import crc32

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import html

WIDE = 480  # of a drawing, in its own units
LETTER = 7.4  # of its letters, on average


@dataclass(frozen=True)
class Facts:
    """What stands under the title of a plot: how many, when, from where, and the link to the figures."""

    n: int | None = None
    period: Any = ""
    source: Any = ""
    csv: str = ""


def scroll(content: SafeString, title: Any) -> SafeString:
    """On a narrow screen the content scrolls inside its frame; the page does not."""
    return format_html('<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>', title, content)


def table_of(caption: Any, heads: Sequence[Any], body: SafeString) -> SafeString:
    return format_html(
        '<table class="table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        caption, format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)), body,
    )  # fmt: skip


def folded(table: SafeString, opened: bool = False, csv: str = "") -> SafeString:
    """The table under a drawing, folded, with the link to its figures."""
    link = format_html('<p><a href="{}">{}{}</a></p>', csv, html.icon("download"), _("Télécharger le tableau (CSV)"))
    return format_html(
        '<details class="as-table"{}><summary>{}</summary>{}</details>{}',
        SafeString(" open") if opened else "", _("Voir le tableau"), scroll(table, _("Tableau")), link if csv else "",
    )  # fmt: skip


def _figure(title: Any, drawing: SafeString, table: SafeString, facts: Facts, legend: SafeString | str) -> SafeString:
    count = _("n = %(n)d") % {"n": facts.n} if facts.n is not None else ""
    told = " · ".join(part for part in (count, str(facts.period), str(facts.source)) if part)
    return format_html(
        '<figure class="plot"><figcaption><b>{}</b><span class="muted">{}</span></figcaption>{}{}{}</figure>',
        title, told, legend, scroll(drawing, title), folded(table, csv=facts.csv),
    )  # fmt: skip


def _svg(title: Any, desc: Any, height: float, parts: Iterable[str]) -> SafeString:
    mark = f"p{crc32(f'{title}{desc}'.encode()):x}"
    return format_html(
        '<svg class="chart" viewBox="0 0 480 {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        height, mark, mark, mark, title, mark, desc, html.joined(parts),
    )  # fmt: skip


def _words(x: float, y: float, words: Any, anchor: str = "start", kind: str = "") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>', round(x, 1), round(y, 1), anchor, kind, words
    )


def _row(label: Any, values: Iterable[Any]) -> SafeString:
    cells = format_html_join("", '<td class="num">{}</td>', ((value,) for value in values))
    return format_html('<tr><th scope="row">{}</th>{}</tr>', label, cells)


def _said(value: Any, places: int) -> str:
    return _("masqué") if value is None else html.number(value, places)


def _told(values: Sequence[Any], places: int) -> str:
    """What stands at the end of a bar: its parts that are drawn, and once that others are masked."""
    parts = [html.number(value, places) for value in values if value]
    if None in values:
        parts.append(_("masqué"))
    return " + ".join(parts) or html.number(0, places)


def _left(labels: Iterable[Any]) -> int:
    """Room for the longest label, within reason."""
    longest = max((len(str(label)) for label in labels), default=0)
    return round(min(max(LETTER * longest + 14, 60), WIDE / 2))


def _nice(most: float) -> float:
    """The round number at or above ``most`` where an axis ends."""
    if most <= 0:
        return 1
    power = 10 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 10) if step * power >= most)


def _legend(series: Sequence[Any]) -> SafeString | str:
    if len(series) < 2:
        return ""
    items = format_html_join("", '<li class="c{}">{}</li>', enumerate(series, start=1))
    return format_html('<ul class="legend">{}</ul>', items)


def bars(
    title: Any, rows: Iterable[tuple[Any, Any]], series: Sequence[Any] = (), places: int = 0, **facts: Any
) -> SafeString:
    """Horizontal bars, stacked when there are several series (four at most). ``rows``: (label, value or values).

    A value that is None is a masked one: it is said, not drawn.
    """
    lines = [(label, list(values) if isinstance(values, list | tuple) else [values]) for label, values in rows]
    top = _nice(max((sum(float(value or 0) for value in values) for _label, values in lines), default=0))
    ends = [_told(values, places) for _label, values in lines]
    left = _left(label for label, _values in lines)
    room = WIDE - left - 14 - LETTER * max((len(end) for end in ends), default=0)
    height = 8 + 30 * len(lines) + 4
    parts: list[str] = [f'<path class="base" d="M{left} 2V{height - 4}"/>']
    for at, (label, values) in enumerate(lines):
        y, x = 8 + 30 * at, float(left)
        parts.append(_words(left - 8, y + 15, label, "end"))
        for rank, value in enumerate(values[:4], start=1):
            width = room * float(value or 0) / top
            if width:
                wide = max(round(width - 2, 1), 1)
                parts.append(f'<rect x="{round(x, 1)}" y="{y}" width="{wide}" height="20" rx="2" class="c{rank}"/>')
            x += width
        parts.append(_words(x + 6, y + 15, ends[at], kind="value"))
    desc = " ; ".join(f"{label} : {', '.join(_said(value, places) for value in values)}" for label, values in lines)
    body = html.joined(_row(label, [_said(value, places) for value in values]) for label, values in lines)
    table = table_of(title, (_("Ligne"), *(series or [_("Valeur")])), body)
    return _figure(title, _svg(title, desc, height, parts), table, Facts(**facts), _legend(series))


def steps(
    title: Any,
    points: Sequence[tuple[Any, float | None]],
    places: int = 0,
    target: float | None = None,
    target_label: Any = "",
    **facts: Any,
) -> SafeString:
    """A line in steps, from zero. ``points``: (label, value); None leaves a hole. ``target``: a dashed level."""
    top = _nice(max([float(value) for _label, value in points if value is not None] + [float(target or 0)]))
    left, room, floor, tall = 10, 460, 150, 120
    width = room / max(len(points), 1)
    every = math.ceil(len(points) / 12)

    def level(value: Any) -> float:
        return round(floor - tall * float(value) / top, 1)

    parts: list[str] = [f'<path class="base" d="M{left} {floor}H{left + room}"/>']
    if target is not None:
        parts.append(f'<path class="target" d="M{left} {level(target)}H{left + room}"/>')
    path, pen = "", False
    for at, (label, value) in enumerate(points):
        x = left + width * at
        if at % every == 0:
            parts.append(_words(x + width / 2, floor + 18, label, "middle"))
        if value is not None:
            path += f"{'L' if pen else 'M'}{round(x, 1)} {level(value)}H{round(x + width, 1)}"
            parts.append(_words(x + width / 2, level(value) - 6, html.number(value, places), "middle", "value"))
        pen = value is not None
    parts.append(f'<path class="line" d="{path}"/>')
    desc = " ; ".join(f"{label} : {_said(value, places)}" for label, value in points)
    body = html.joined(_row(label, [_said(value, places)]) for label, value in points)
    table = table_of(title, (_("Quand"), _("Valeur")), body)
    aim = target_label or html.number(target, places)
    legend = format_html('<ul class="legend"><li class="target">{}</li></ul>', aim) if target is not None else ""
    return _figure(title, _svg(title, desc, floor + 26, parts), table, Facts(**facts), legend)


def dots(
    title: Any, rows: Sequence[tuple[Any, Sequence[float]]], unit: Any = "", places: int = 0, **facts: Any
) -> SafeString:
    """A strip of dots for each row, with its median. ``rows``: (label, values)."""
    top = _nice(max((float(value) for _label, values in rows for value in values), default=0))
    left = _left(label for label, _values in rows)
    room, height = WIDE - left - 28, 40 + 38 * len(rows)
    parts: list[str] = []
    for at, (label, values) in enumerate(rows):
        y = 20 + 38 * at
        parts.append(_words(left - 8, y + 4, label, "end"))
        parts.append(f'<path class="rule" d="M{left} {y}H{left + room}"/>')
        stack: dict[int, int] = {}
        for value in sorted(values):
            x = round(left + room * float(value) / top)
            above = stack[x // 6] = stack.get(x // 6, -1) + 1
            parts.append(f'<circle cx="{x}" cy="{y - min(above, 2) * 6}" r="4" class="c1 dot"/>')
        if values:
            x = left + room * float(median(values)) / top
            parts.append(f'<path class="median" d="M{round(x, 1)} {y - 10}v20"/>')
            parts.append(_words(x, y + 22, html.number(median(values), places), "middle", "value"))
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + room * share
        parts.append(f'<path class="base" d="M{x} {height - 20}v4"/>')
        parts.append(_words(x, height - 4, html.number(top * share, 0 if top >= 4 else 1), "middle", "tick"))
    told = [(label, *_middle(values, places)) for label, values in rows]
    desc = " ; ".join(
        _("%(label)s : médiane %(median)s %(unit)s, n = %(n)s") % {"label": label, "median": mid, "unit": unit, "n": n}
        for label, n, mid, _range in told
    )
    body = html.joined(_row(label, cells) for label, *cells in told)
    table = table_of(title, (_("Ligne"), "n", _("Médiane"), _("De … à …")), body)
    facts.setdefault("source", unit)
    return _figure(title, _svg(title, desc, height, parts), table, Facts(**facts), "")


def _middle(values: Sequence[float], places: int) -> tuple[str, str, str]:
    """n, median, range."""
    if not values:
        return "0", "–", "–"
    shown = f"{html.number(min(values), places)} – {html.number(max(values), places)}"
    return str(len(values)), html.number(median(values), places), shown
