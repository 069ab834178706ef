"""The drawing: one clock, with the lanes of residence, aid, health and steps."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from jalon.journeys import wording
from jalon.law import journey
from jalon.law.periods import Hole
from jalon.ui import html, timeline

from .result import Simulation
from .sentences import sentence
from .words import SHORT_HEALTH, span


def clock(made: Simulation) -> timeline.Clock | None:
    """Period, permit, aid and health on one axis; what is not covered is hatched."""
    computed, as_of = made.journey, made.scenario.as_of
    if not computed.periods:
        return None
    start, last = computed.periods[0].start, computed.periods[-1].end
    end = max(computed.cap.end or last, last)
    segments = [
        timeline.Segment(one.n, one.start, one.end, _state(one, as_of), wording.period_name(one.n))
        for one in computed.periods
    ]
    segments += [timeline.Segment(gap.after, gap.start, gap.end, "gap", _("sans parcours")) for gap in computed.gaps]
    lanes = [_within(lane, start, end) for lane in (_stay_lane(made), _aid_lane(made), _health_lane(made))]
    steps = _within(_steps_lane(made), start, end)
    return timeline.Clock(
        start=start,
        end=end,
        today=as_of,
        segments=sorted(segments, key=lambda segment: segment.start),
        lanes=[*lanes, *([steps] if steps.points else [])],
        title=_("Parcours simulé, %(span)s") % {"span": span(start, end)},
        desc=" ".join([sentence(made), *(_heard(lane) for lane in lanes)]),
        limit_label=_("plafond 24 mois") if end == computed.cap.end else "",
        today_label=_("au %(day)s") % {"day": html.day(as_of)},
        id="simulation",
    )


def _state(period: journey.Period, as_of: date) -> str:
    if period.projected or period.start > as_of:
        return "planned"
    return "done" if period.end < as_of else "current"


def _within(lane: timeline.Lane, start: date, end: date) -> timeline.Lane:
    """What has a day on the axis; the tables of the page tell the rest."""
    bars = [bar for bar in lane.bars if bar.start <= end and (bar.end or end) >= start]
    return timeline.Lane(lane.label, bars, [point for point in lane.points if start <= point.day <= end])


def _heard(lane: timeline.Lane) -> str:
    """One line of the drawing in words."""
    gaps = [bar for bar in lane.bars if bar.kind == "gap"]
    if not lane.bars:
        return _("%(lane)s : rien d'écrit.") % {"lane": lane.label}
    if not gaps:
        return _("%(lane)s : couvert sans interruption.") % {"lane": lane.label}
    return _("%(lane)s : jours non couverts %(spans)s.") % {
        "lane": lane.label, "spans": ", ".join(span(bar.start, bar.end or bar.start) for bar in gaps)
    }  # fmt: skip


def _gaps(found: Sequence[Hole], label: str) -> list[timeline.Bar]:
    return [timeline.Bar(hole.start, hole.end, label, "gap") for hole in found]


def _stay_lane(made: Simulation) -> timeline.Lane:
    stay = made.residence
    if stay is None:
        return timeline.Lane(_("Séjour"))
    bars = [timeline.Bar(one.from_, one.to, wording.short_kind(one.kind)) for one in stay.documents]
    return timeline.Lane(_("Séjour"), [*bars, *_gaps(stay.cover_holes, _("sans document"))])


def _aid_lane(made: Simulation) -> timeline.Lane:
    """Months of the same amount in one bar."""
    bars: list[timeline.Bar] = []
    for one in made.months:
        words, kind = html.euro(one.amount), "planned" if one.projected else "solid"
        before = bars[-1] if bars else None
        follows = before and before.end and before.end + timedelta(days=1) == one.month.first
        if before and follows and (before.label, before.kind) == (words, kind):
            bars[-1] = timeline.Bar(before.start, one.month.last, words, kind)
        else:
            bars.append(timeline.Bar(one.month.first, one.month.last, words, kind))
    return timeline.Lane(_("AFIS"), [*bars, *_gaps(made.aid_holes, _("sans aide"))])


def _health_lane(made: Simulation) -> timeline.Lane:
    bars = [timeline.Bar(one.starts_on, one.ends_on, SHORT_HEALTH[one.kind]) for one in made.scenario.health]
    return timeline.Lane(_("Santé (écrite)"), [*bars, *_gaps(made.health_holes, _("sans couverture écrite"))])


def _steps_lane(made: Simulation) -> timeline.Lane:
    """The complaint, notifications, the last day before the court."""
    points = [timeline.Point(made.scenario.complaint_on, _("plainte"), "hollow")] if made.scenario.complaint_on else []
    for one in made.challenges:
        if one.order.notified_on:
            points.append(timeline.Point(one.order.notified_on, _("notification")))
        if one.limits.court_limit:
            points.append(timeline.Point(one.limits.court_limit, _("limite du recours"), "star"))
    return timeline.Lane(_("Démarches"), (), points)
