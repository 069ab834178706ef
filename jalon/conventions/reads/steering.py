"""The cockpit: what is measured of each indicator, and the agenda that builds itself."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, Prefetch, Q, Value
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.notices.reads import opened
from jalon.people.models import Share
from jalon.ui import html
from jalon.vault import keys

from .. import access, agenda, measures
from ..agenda import Entry
from ..measures import SMALL, Point
from ..models import Commitment, Convention, Indicator, Pair, SteeringMeeting
from ..states import CommitmentState, ConventionState

MONTHS_SHOWN = 12
# How far ahead a steering meeting looks.
RENEWAL_OF_CONVENTION, RENEWALS_OF_PERSONS = timedelta(days=183), timedelta(days=92)


# --- indicators ---------------------------------------------------------------------------------------------------
def now_of(indicator: Indicator, convention: Convention, today: date) -> Point:
    """What the indicator says today; of a convention that is over, on its last day."""
    measure = measures.get(indicator.measure)
    return measure.compute(convention, min(today, convention.ends_on)) if measure else measures.NOTHING


def indicator_line(indicator: Indicator, convention: Convention, today: date, party: bool) -> dict[str, Any]:
    """An indicator as the cockpit shows it: from where, to where, towards what; its points month by month."""
    measure = measures.get(indicator.measure)
    if measure is None:  # the room that knew it is no longer installed
        return {"id": indicator.pk, "label": indicator.measure, "points": []}
    now = now_of(indicator, convention, today)
    month = min(today, convention.ends_on).replace(day=1)
    kept = [(one.month, Point(one.value, one.facts)) for one in indicator.values.all() if one.month < month]
    points = [*kept[-MONTHS_SHOWN + 1 :], (month, now)]
    seen = [(html.short_month(when), None if measure.hides(point, party) else point.value) for when, point in points]
    known = [value for _label, value in seen if value is not None]
    return {
        "id": indicator.pk,
        "label": measure.label,
        "target": indicator.target,
        "target_label": _("cible %(target)s") % {"target": measure.said(indicator.target)},
        "first": measure.said(known[0]) if known and seen[-1][1] not in (None, known[0]) else "",
        "last": measure.said(seen[-1][1]),
        "hidden": now.value is not None and seen[-1][1] is None,
        "facts": now.facts,
        "off": measure.off_target(seen[-1][1], indicator.target),
        "reached": seen[-1][1] is not None and not measure.off_target(seen[-1][1], indicator.target),
        "points": seen if len(known) > 1 else [],
        "places": measure.places,
    }


def paired(convention: Convention, day: date) -> Point:
    """Of the persons who shared with the agency on a day, those for whom a pair answered."""
    evening = datetime.combine(day + timedelta(days=1), time(), clock.PARIS)
    shares = Share.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(revoked_at=None) | Q(revoked_at__gte=evening),
        given_on__lte=day,
        organisation=convention.agency_id,
        dossier__organisation=convention.association_id,
        dossier__department=convention.department,
    )
    persons = set(shares.values_list("dossier", flat=True))
    pairs = Pair.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), named_on__lte=day, dossier__in=persons)
    return measures.share_of(pairs.values("dossier").distinct().count(), len(persons))


# --- the agenda ---------------------------------------------------------------------------------------------------
def counted(n: int) -> str:
    """How many persons, hidden under five: the minutes are passed on."""
    return str(n) if n == 0 or n >= SMALL else _("moins de %(n)d") % {"n": SMALL}


def late_commitments(convention: Convention, day: date) -> Entry | None:
    rows = Commitment.objects.filter(axis__convention=convention, due_on__lt=day).exclude(state=CommitmentState.DONE)
    lines = [_("%(title)s, prévu le %(day)s") % {"title": row.title, "day": html.day(row.due_on)} for row in rows]
    return Entry("late", _("Engagements en retard"), lines) if lines else None


def off_target(convention: Convention, day: date) -> Entry | None:
    lines = []
    for row in Indicator.objects.filter(axis__convention=convention).order_by("axis__number", "measure"):
        measure = measures.get(row.measure)
        now = now_of(row, convention, day)
        if measure is None or measure.hides(now, party=False) or not measure.off_target(now.value, row.target):
            continue
        facts = {"label": measure.label, "now": measure.said(now.value), "target": measure.said(row.target)}
        lines.append(_("%(label)s : %(now)s, cible %(target)s") % facts)
    return Entry("indicators", _("Indicateurs loin de la cible"), lines) if lines else None


def places(convention: Convention, _day: date) -> Entry | None:
    from .agreements import taken, waiting

    row = Convention.objects.annotate(now=taken(), wait=waiting()).get(pk=convention.pk)
    now, wait = row.now, row.wait
    lines = []
    if row.places:
        lines.append(_("Places : %(now)s sur %(places)d") % {"now": counted(now), "places": row.places})
    if wait:
        lines.append(_("Personnes qui attendent un binôme : %(n)s") % {"n": counted(wait)})
    return Entry("places", _("Places d'accompagnement"), lines) if lines else None


def renewals(convention: Convention, day: date) -> Entry | None:
    lines = []
    if convention.ends_on - day <= RENEWAL_OF_CONVENTION and not hasattr(convention, "successor"):
        lines.append(
            _("La convention se termine le %(day)s : préparer la suite") % {"day": html.day(convention.ends_on)}
        )
    persons = access.pairs_in_force().filter(convention=convention).values_list("dossier", flat=True)
    ends = opened().filter(dossier__in=list(persons), kind="period_end", on__range=(day, day + RENEWALS_OF_PERSONS))
    if count := ends.values("dossier").distinct().count():
        lines.append(_("Périodes qui se terminent dans les trois mois : %(n)s") % {"n": counted(count)})
    return Entry("renewals", _("Renouvellements"), lines) if lines else None


def questions(convention: Convention, _day: date) -> Entry | None:
    """What waits for an answer in the thread of the convention: who asked, since when; the words stay there."""
    asked = convention.messages.filter(answer_due_on__isnull=False, answered_by=None)
    sides = {True: _("Question de l'agence du %(day)s"), False: _("Question de l'association du %(day)s")}
    lines = [sides[row.from_agency] % {"day": html.day(row.sent_at)} for row in asked]
    return Entry("questions", _("Questions sans réponse"), lines) if lines else None


POINTS = (
    ("late", 10, late_commitments),
    ("indicators", 20, off_target),
    ("places", 30, places),
    ("renewals", 40, renewals),
    ("questions", 50, questions),
)


# --- the pages ----------------------------------------------------------------------------------------------------
class Committee(NamedTuple):
    """The steering meetings of one convention: the agenda of the next one, those that were held."""

    convention: Convention
    entries: list[Entry]
    held: list[SteeringMeeting]
    can_plan: bool
    can_hold: bool


def committee(actor: Actor, convention_id: str) -> Committee | None:
    rows = access.visible_to(actor).select_related("successor").prefetch_related("meetings")
    row = rows.filter(pk=convention_id).first()
    if row is None:
        return None
    entries = agenda.of(row, clock.today()) if row.state != ConventionState.ENDED else []
    held = list(row.meetings.all())
    can_hold = access.can(actor, row, "hold_committee") and clock.today() not in {one.held_on for one in held}
    return Committee(row, entries, held, access.can(actor, row, "plan_committee"), can_hold)


def meeting(actor: Actor, meeting_id: str) -> SteeringMeeting | None:
    """A meeting that was held, with its convention, its decisions and who carries them."""
    decisions = Commitment.objects.select_related("owner").order_by("pk")
    rows = SteeringMeeting.objects.filter(convention__in=access.visible_to(actor)).select_related("convention")
    today = clock.today()
    rows = rows.annotate(
        association_label=name_subquery(OuterRef("convention__association_id"), today),
        agency_label=name_subquery(OuterRef("convention__agency_id"), today),
    )
    found = keys.with_key(rows, "GS", Value(keys.STAFF)).prefetch_related(Prefetch("decisions", decisions))
    return found.filter(pk=meeting_id).first()
