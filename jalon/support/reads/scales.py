"""The six scales over time: hers and her worker's apart, in a small drawing and in a table."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.law.dates import days_between
from jalon.people.models import Dossier
from jalon.ui import html

from .. import access, families
from ..models import Objective, Placement, ProgressScale
from ..states import HIGHEST, Domain, ObjectiveState, PlacementKind, Rater

LINES = 200
WORK = (PlacementKind.JOB, PlacementKind.INTEGRATION)
WIDE, TALL, EDGE = 160, 56, 8


class Scale(NamedTuple):
    """One domain: what each said at each time, None when that one did not answer."""

    label: Any
    person: list[int | None]
    worker: list[int | None]
    drawing: SafeString

    @property
    def apart(self) -> str:
        """How far apart they were the last time that both answered, in words."""
        both = [(hers, his) for hers, his in zip(self.person, self.worker, strict=True) if None not in (hers, his)]
        if not both:
            return ""
        gap = both[-1][0] - both[-1][1]  # type: ignore[operator]
        if gap == 0:
            return _("Même regard toutes les deux.")
        return (
            _("Elle se voit plus haut que la personne référente.")
            if gap > 0
            else _("Elle se voit plus bas que la personne référente.")
        )


class Scales(NamedTuple):
    """``times``: the days on which somebody answered; one row a domain."""

    times: list[date]
    rows: list[Scale]


def scales(actor: Actor, dossier: Dossier, since: date = date.min, until: date = date.max) -> Scales:
    """One row a domain; the employment side gets the two that it shares. One statement."""
    rows = list(ProgressScale.objects.filter(dossier=dossier).order_by("filled_on", "pk")[:LINES])
    told: dict[date, dict[str, dict[str, int]]] = {}
    for row in rows:
        if since <= row.filled_on <= until:
            values = row.unseal(dossier.key_G1).get("values", {})  # type: ignore[attr-defined]
            told.setdefault(row.filled_on, {})[row.by] = values
    domains = [d for d in Domain if actor.role != Role.EMP or d in access.SHARED_DOMAINS]
    times = [on for on, by in told.items() if any(d in values for values in by.values() for d in domains)]
    return Scales(times, [_scale(domain, times, told) for domain in domains])


def _scale(domain: Domain, times: list[date], told: dict[date, dict[str, dict[str, int]]]) -> Scale:
    person, worker = ([told[on].get(by, {}).get(domain) for on in times] for by in (Rater.PERSON, Rater.WORKER))
    return Scale(domain.label, person, worker, _drawn(times, (person, worker)))


def _drawn(times: list[date], series: tuple[list[int | None], ...]) -> SafeString:
    """Two lines from 0 to 4 over time. The table beside it says the same: the drawing is not read aloud."""
    if not times:
        return SafeString("")
    first, span = times[0], max((times[-1] - times[0]).days, 1)
    parts = [
        format_html(
            '<path class="rule" d="M{} {}H{}M{} {}H{}"/>', EDGE, TALL - EDGE, WIDE - EDGE, EDGE, EDGE, WIDE - EDGE
        )
    ]
    for rank, values in enumerate(series, start=1):
        found = [
            (
                round(EDGE + (WIDE - 2 * EDGE) * (on - first).days / span, 1),
                round(TALL - EDGE - (TALL - 2 * EDGE) * value / HIGHEST, 1),
            )
            for on, value in zip(times, values, strict=True)
            if value is not None
        ]
        if len(found) > 1:
            path = "L".join(f"{x} {y}" for x, y in found)
            parts.append(format_html('<path class="line line{}" d="M{}"/>', rank, path))
        parts += [format_html('<circle class="c{} dot" cx="{}" cy="{}" r="3.5"/>', rank, x, y) for x, y in found]
    return format_html(
        '<svg class="chart small" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>', WIDE, TALL, html.joined(parts)
    )


class Fact(NamedTuple):
    """Something that happened on a day, and that nobody has to score."""

    label: str
    on: date | None
    days: int = 0


HOME = "27.3"  # the aim of a home of her own, in the agency's words


def facts(dossier: Dossier) -> list[Fact]:
    """First job, certificates, days of training, a home of her own: from the plan and placements. Two statements."""
    today = clock.today()
    rows = list(Placement.objects.filter(dossier=dossier, starts_on__lte=today).order_by("starts_on"))
    found = [Fact(_("Premier emploi"), row.starts_on) for row in rows if row.kind in WORK][:1]
    trainings = [row for row in rows if row.kind == PlacementKind.TRAINING]
    for row in trainings:
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        if data.get("rncp") and data.get("result") and row.ends_on and row.ends_on <= today:
            found.append(Fact(_("Certification"), row.ends_on))
    if days := sum(days_between(row.starts_on, min(row.ends_on or today, today)) for row in trainings):
        found.append(Fact(_("Formation suivie"), None, days))
    reached = Objective.objects.filter(dossier=dossier, shared=True, state=ObjectiveState.REACHED)
    home = families.aim(HOME)
    found += [
        Fact(_("Un logement à elle"), row.closed_on)
        for row in reached.order_by("closed_on")
        if home and row.unseal(dossier.key_G1).get("aim") == home[1]  # type: ignore[attr-defined]
    ][:1]
    return found


def legend() -> list[tuple[str, Any]]:
    return [(str(rater), rater.label) for rater in Rater]
