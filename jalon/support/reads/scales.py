"""The six scales over time: hers and her worker's apart, in a small drawing and in a table."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jalon.access import Actor, Role
from jalon.people.models import Dossier
from jalon.ui import html

from .. import access
from ..models import ProgressScale
from ..states import ANCHORS, HIGHEST, Domain, Rater

LINES = 200
WIDE, TALL, EDGE = 160, 56, 8


class Answer(NamedTuple):
    """One scale on one day: what each said, and what the step means."""

    on: date
    person: int | None
    worker: int | None


class Scale(NamedTuple):
    domain: Domain
    label: Any
    anchors: tuple[Any, ...]
    answers: list[Answer]
    drawing: SafeString

    @property
    def apart(self) -> str:
        """How far apart they were on the latest day on which both answered, in words."""
        both = [one for one in self.answers if one.person is not None and one.worker is not None]
        if not both:
            return ""
        gap = both[-1].person - both[-1].worker  # type: ignore[operator]
        if gap == 0:
            return _("Même regard toutes les deux.")
        return (
            _("Elle se voit plus haut que sa référente.") if gap > 0 else _("Elle se voit plus bas que sa référente.")
        )


def scales(actor: Actor, dossier: Dossier) -> list[Scale]:
    """One row a domain; the employment side gets the two that it shares. One statement."""
    rows = list(ProgressScale.objects.filter(dossier=dossier).order_by("filled_on", "pk")[:LINES])
    told: dict[date, dict[str, dict[str, int]]] = {}
    for row in rows:
        values = row.unseal(dossier.key_G1).get("values", {})  # type: ignore[attr-defined]
        told.setdefault(row.filled_on, {})[row.by] = values
    domains = [d for d in Domain if actor.role != Role.EMP or d in access.SHARED_DOMAINS]
    return [_scale(domain, told) for domain in domains]


def _scale(domain: Domain, told: dict[date, dict[str, dict[str, int]]]) -> Scale:
    answers = [
        Answer(on, by.get(Rater.PERSON, {}).get(domain), by.get(Rater.WORKER, {}).get(domain))
        for on, by in told.items()
    ]
    answers = [one for one in answers if (one.person, one.worker) != (None, None)]
    return Scale(domain, domain.label, ANCHORS[domain], answers, _drawn(domain, answers))


def _drawn(domain: Domain, answers: list[Answer]) -> SafeString:
    """Two lines from 0 to 4 over time. The table below says the same: the drawing is not read aloud."""
    if not answers:
        return SafeString("")
    first, span = answers[0].on, max((answers[-1].on - answers[0].on).days, 1)

    def points(name: str) -> list[tuple[float, float]]:
        return [
            (
                round(EDGE + (WIDE - 2 * EDGE) * (one.on - first).days / span, 1),
                round(TALL - EDGE - (TALL - 2 * EDGE) * value / HIGHEST, 1),
            )
            for one in answers
            if (value := getattr(one, name)) is not None
        ]

    parts = [format_html('<path class="base" d="M{} {}H{}"/>', EDGE, TALL - EDGE, WIDE - EDGE)]
    for rank, name in enumerate(("person", "worker"), start=1):
        found = points(name)
        if len(found) > 1:
            path = "L".join(f"{x} {y}" for x, y in found)
            parts.append(format_html('<path class="line line{}" d="M{}"/>', rank, path))
        parts += [format_html('<circle class="c{} dot" cx="{}" cy="{}" r="3.5"/>', rank, x, y) for x, y in found]
    return format_html(
        '<svg class="chart small" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>', WIDE, TALL, html.joined(parts)
    )


def legend() -> list[tuple[str, Any]]:
    return [(str(rater), rater.label) for rater in Rater]
