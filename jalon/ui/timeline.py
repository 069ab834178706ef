"""The clock: a span of time drawn on the server, with its parts, its lanes and today, and the same facts in a table.

The drawing holds no colour: classes of ``jalon.css`` give them, so that dark mode, print and forced colours work. It
holds no word of its own either: titles and labels are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import html
from .plots import folded, scroll, table_of


@dataclass(frozen=True)
class Segment:
    """A numbered part of the span. ``state``: done, current, planned, or gap (hatched)."""

    n: int
    start: date
    end: date
    state: str = "planned"
    label: Any = ""


@dataclass(frozen=True)
class Bar:
    """Something that lasts, on a lane. ``kind``: solid, planned or gap (hatched). No end: it goes on."""

    start: date
    end: date | None
    label: Any = ""
    kind: str = "solid"


@dataclass(frozen=True)
class Point:
    """Something that happens on a day. ``kind``: full, hollow or star."""

    day: date
    label: Any = ""
    kind: str = "full"


@dataclass(frozen=True)
class Lane:
    label: Any
    bars: Sequence[Bar] = ()
    points: Sequence[Point] = ()


@dataclass(frozen=True)
class Clock:
    """What the clock shows, from ``start`` to ``end`` (both included). At most five lanes are drawn."""

    start: date
    end: date
    today: date
    segments: Sequence[Segment] = ()
    lanes: Sequence[Lane] = field(default=())
    title: Any = ""
    desc: Any = ""
    limit_label: Any = ""
    today_label: Any = ""  # the word under the mark of ``today``, when it is another day than today
    id: str = "clock"


WIDTH, LEFT, SPAN = 960, 30, 900
LANE_TOP, LANE_STEP, LANES = 90, 29, 5


def clock_svg(clock: Clock) -> SafeString:
    """The drawing alone: x = 30 + 900 × days ÷ length of the span."""
    days = max((clock.end - clock.start).days, 1)

    def x(day: date) -> float:
        share = (day - clock.start).days / days
        return round(LEFT + SPAN * min(max(share, 0), 1), 1)

    def after(day: date) -> float:  # the end of a day that is included
        return x(day + timedelta(days=1)) if day < clock.end else x(day)

    out: list[str] = [_defs(clock.id), _axis(clock, x)]
    for part in clock.segments:
        out.append(_segment(clock.id, part, x(part.start), after(part.end), x(clock.today)))
    if clock.start <= clock.today <= clock.end:
        out.append(_today(clock, x(clock.today)))
    for at, lane in enumerate(clock.lanes[:LANES]):
        out.append(_lane(clock, lane, LANE_TOP + LANE_STEP * at, x, after))
    out.append(_limit(clock))
    return format_html(
        '<svg class="clock" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        WIDTH, height(clock), clock.id, clock.id, clock.id, clock.title, clock.id, clock.desc, html.joined(out),
    )  # fmt: skip


def height(clock: Clock) -> int:
    """Room for its lanes and, under them, the word of the present day: no more."""
    return LANE_TOP + LANE_STEP * len(clock.lanes[:LANES]) + 14


def _defs(mark: str) -> str:
    """Four textures, one for each part, and the hatching of a gap."""
    textures = (
        "",
        '<path d="M0 8L8 0" class="tx"/>',
        '<circle cx="4" cy="4" r="1.3" class="tx-f"/>',
        '<path d="M0 4H8M4 0V8" class="tx"/>',
    )
    made = "".join(
        f'<pattern id="{mark}-p{n}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" class="p{n}"/>{texture}</pattern>'
        for n, texture in enumerate(textures, start=1)
    )
    gap = (
        f'<pattern id="{mark}-gap" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path d="M0 6L6 0" class="hatch"/></pattern>'
    )
    return f"<defs>{made}{gap}</defs>"


def _axis(clock: Clock, x: Any) -> str:
    """A mark each month, a label every six months."""
    out = ['<g class="axis">']
    day, at = clock.start, 0
    while day <= clock.end + timedelta(days=1):
        place = x(day)
        if at % 6 == 0:
            # The last label is written leftwards, so that it stays inside the drawing.
            anchor = ' text-anchor="end"' if place > LEFT + SPAN - 40 else ""
            out.append(f'<path d="M{place} 22V30"/>')
            out.append(format_html('<text x="{}" y="16"{}>{}</text>', place, SafeString(anchor), html.short_month(day)))
        else:
            out.append(f'<path d="M{place} 26V30"/>')
        at += 1
        day = _month_after(clock.start, at)
    out.append("</g>")
    return "".join(out)


def _month_after(start: date, months: int) -> date:
    index = start.month - 1 + months
    return date(start.year + index // 12, index % 12 + 1, min(start.day, 28))


def _segment(mark: str, part: Segment, left: float, right: float, today: float) -> str:
    """What is still to come is veiled."""
    fill = f"{mark}-gap" if part.state == "gap" else f"{mark}-p{(part.n - 1) % 4 + 1}"
    right = max(round(right - 2, 1), left + 1)
    out = [f'<g class="seg seg-{part.state}">', _box(left, right, f'fill="url(#{fill})"')]
    if part.state in {"planned", "current"} and today < right:
        out.append(_box(max(left, today), right, 'class="veil"'))
    out.append(_box(left, right, 'class="edge"'))
    if part.label and right - left > (90 if part.state == "gap" else 40):
        out.append(format_html('<text x="{}" y="75">{}</text>', left, part.label))
    return "".join(out) + "</g>"


def _box(left: float, right: float, look: str) -> str:
    return f'<rect x="{left}" y="34" width="{round(right - left, 1)}" height="26" rx="3" {look}/>'


def _lane(clock: Clock, lane: Lane, top: int, x: Any, after: Any) -> str:
    out = [format_html('<g class="lane"><text class="name" x="{}" y="{}">{}</text>', LEFT, top + 8, lane.label)]
    base = top + 12
    for bar in lane.bars:
        left, right = x(bar.start), after(bar.end) if bar.end else x(clock.end)
        width = max(round(right - left, 1), 2)
        if bar.kind == "gap":
            out.append(
                f'<rect x="{left}" y="{base}" width="{width}" height="8" fill="url(#{clock.id}-gap)" class="gap"/>'
            )
        else:
            out.append(f'<rect x="{left}" y="{base}" width="{width}" height="8" rx="2" class="bar {bar.kind}"/>')
    for point in lane.points:
        place = x(point.day)
        shape = "star" if point.kind == "star" else ("dot hollow" if point.kind == "hollow" else "dot")
        if point.kind == "star":
            out.append(f'<path d="M{place} {base - 1}l5 5l-5 5l-5 -5z" class="{shape}"/>')
        else:
            out.append(f'<circle cx="{place}" cy="{base + 4}" r="4" class="{shape}"/>')
    out.append(_lane_words(lane, top + 8, x))
    return "".join(out) + "</g>"


def _lane_words(lane: Lane, y: int, x: Any) -> str:
    """Labels on the line of the lane's name, from left to right; those that find no room are in the table only."""
    free = LEFT + 14 + 7.2 * len(str(lane.label))
    # Where each label would like to start, how far it may be pushed, and its words.
    wishes = [(x(bar.start), x(bar.end) if bar.end else LEFT + SPAN, str(bar.label)) for bar in lane.bars]
    wishes += [(x(point.day) - 4, x(point.day) + 40, str(point.label)) for point in lane.points]
    out = []
    for wish, most, words in sorted(wishes):
        place, width = max(wish, free), 6.2 * len(words)
        if words and place <= most and place + width <= LEFT + SPAN + 24:
            out.append(format_html('<text x="{}" y="{}">{}</text>', round(place, 1), y, words))
            free = place + width + 10
    return "".join(out)


def _limit(clock: Clock) -> str:
    end = LEFT + SPAN
    return f'<path class="limit" d="M{end} 22V66"/>' + (
        format_html('<text x="{}" y="75" text-anchor="end" class="limit-word">{}</text>', end, clock.limit_label)
        if clock.limit_label
        else ""
    )


def _today(clock: Clock, place: float) -> str:
    middle = min(max(place, LEFT + 36), LEFT + SPAN - 36)
    return format_html(
        '<g class="today"><path d="M{} 30V{}"/><path class="tip" d="M{} 33l-5 -8h10z"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        place, height(clock) - 16, place, middle, height(clock) - 4, clock.today_label or _("aujourd'hui"),
    )  # fmt: skip


def clock_table(clock: Clock) -> SafeString:
    """The same facts, line by line."""
    rows: list[tuple[Any, Any, date, date | None]] = [
        (
            _("Intervalle") if part.state == "gap" else _("Partie %(n)d") % {"n": part.n},
            part.label,
            part.start,
            part.end,
        )
        for part in clock.segments
    ]
    for lane in clock.lanes:
        things = [(bar.start, bar.end, bar.label) for bar in lane.bars]
        things += [(point.day, point.day, point.label) for point in lane.points]
        rows += [(lane.label, words, start, end) for start, end, words in sorted(things, key=lambda thing: thing[0])]
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>',
        ((name, words, html.day(start), html.day(end) if end else _("en cours")) for name, words, start, end in rows),
    )
    return table_of(clock.title, (_("Ligne"), _("Quoi"), _("Du"), _("Au")), body)


def clock_figure(clock: Clock, opened: bool = False) -> SafeString:
    """The clock with its table below."""
    return format_html(
        '<figure class="figure-clock">{}{}</figure>',
        scroll(clock_svg(clock), clock.title),
        folded(clock_table(clock), opened),
    )
