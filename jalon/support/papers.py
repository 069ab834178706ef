"""Papers of the joint plan: the summary in the agency's order and words, and the neutral sheet of six months.

Both hold the shared layer alone, and no word of the programme, of the service or of who she is: they leave for a desk
where others read.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jalon import papers
from jalon.access import Actor, Hidden, Role
from jalon.config import clock
from jalon.directory.authorities import named_on
from jalon.journeys.models import Period
from jalon.notices import actions as notices
from jalon.papers import maybe
from jalon.papers.actions import Made, make_paper
from jalon.papers.rights import offered
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.errors import at_field

from .families import families
from .models import Appointment, JointMeeting, Placement
from .reads import plan as plans
from .reads import scales
from .states import Holder, ObjectiveState, PlanStepState

HERE = Path(__file__).parent / "templates/support/papers"
STEP = {"text": str, "holder": str, "due_on": maybe(date), "done_on": maybe(date), "state": str, "result": str}
MEETING = {"held_on": maybe(date), "decisions": str, "next_on": maybe(date)}

SUMMARY = papers.register(
    "plan_summary",
    1,
    HERE / "plan-1.typ",
    {
        "number": str,
        "on": date,
        "families": [{"label": str, "state": str, "aims": [{"aim": str, "words": str, "state": str, "steps": [STEP]}]}],
        "loose": [STEP],
        "meeting": MEETING,
    },
    outward=True,
)
SHEET = papers.register(
    "progress_sheet",
    1,
    HERE / "sheet-1.typ",
    {
        "number": str,
        "period": int,
        "starts_on": date,
        "ends_on": date,
        "steps": [STEP],
        "open": [STEP],
        "placements": [{"title": str, "starts_on": date, "ends_on": maybe(date), "result": str}],
        "kept": int,
        "planned": int,
        "met": int,
        "scales": [{"label": str, "person": str, "worker": str}],
    },
    outward=True,
)
# On paper nobody is named by the house that employs her.
HOLDERS = {
    Holder.ASSOCIATION: "personne référente",
    Holder.AGENCY: "conseil en emploi",
    Holder.PERSON: "la personne",
    Holder.OTHER: "quelqu'un d'autre",
}


def offered_for(actor: Actor, dossier: Dossier) -> bool:
    """Does the page show the two buttons?"""
    return actor.role == Role.REF and offered(people.verdict(actor, dossier, "C10", "export"))


def _refuse(actor: Actor, dossier: Dossier) -> None:
    if actor.role != Role.REF:
        raise Hidden
    people.require(actor, dossier, "C10", "export")


def _names(dossier: Dossier) -> list[str]:
    return [named_on(dossier.organisation_id, clock.today())]


@transaction.atomic
def plan_summary(actor: Actor, dossier: Dossier) -> Made:
    """The shared plan by family, in the agency's order, to be read out or typed again in a minute."""
    _refuse(actor, dossier)
    return _made(actor, dossier, SUMMARY, summary_context(actor, dossier), f"plan:{dossier.pk}:{clock.today()}")


@transaction.atomic
def progress_sheet(actor: Actor, dossier: Dossier, *, period: int) -> Made:
    """What was done in six months, in neutral words. Making it closes the landmark of the period."""
    _refuse(actor, dossier)
    row = Period.objects.filter(journey__dossier=dossier, number=period).first()
    if row is None:
        raise at_field("period", _("Choisissez une réponse de la liste."))
    if landmark := {1: "clock_month5", 2: "clock_month11", 3: "clock_month17"}.get(period):
        notices.complete(dossier, landmark, actor=actor)
    about = f"sheet:{dossier.pk}:{period}:{clock.today()}"
    return _made(actor, dossier, SHEET, sheet_context(actor, dossier, row), about)


def _made(actor: Actor, dossier: Dossier, template: Any, context: dict[str, Any], about: str) -> Made:
    return make_paper(
        actor,
        template.code,
        template.version,
        context,
        about=about,
        dossier=dossier,
        compartment="C10",
        names=_names(dossier),
    )


def periods(dossier: Dossier) -> list[tuple[str, Any]]:
    """The periods that have begun, for a list. One statement."""
    rows = Period.objects.filter(journey__dossier=dossier, starts_on__lte=clock.today()).order_by("-number")
    words = _("période %(n)d, du %(start)s au %(end)s")
    return [
        (str(row.number), words % {"n": row.number, "start": html.day(row.starts_on), "end": html.day(row.ends_on)})
        for row in rows
    ]


def _step(one: plans.Action) -> dict[str, Any]:
    holder = next(value for value in Holder if str(value.label) == one.holder)
    return {
        "text": one.text,
        "holder": HOLDERS[holder],
        "due_on": one.due_on,
        "done_on": one.done_on,
        "state": str(one.state.label),
        "result": one.result,
    }


def summary_context(actor: Actor, dossier: Dossier) -> dict[str, Any]:
    """Every family of the agency in its order, with nothing where nothing was asked; then the project."""
    with translation.override("fr"):
        shared = plans.layers(actor, dossier)[0]
        aims: dict[str, list[plans.Aim]] = {}
        for aim in (*shared.open, *shared.over):
            if aim.id:
                aims.setdefault(aim.family, []).append(aim)
        listed = [family for family in families().values() if family.of_the_agency or family.code in aims]
        loose = [step for aim in shared.open if not aim.id for step in aim.steps]
        return {
            "number": dossier.number,
            "on": clock.today(),
            "families": [
                {
                    "label": f"{family.code} · {family.label}" if family.of_the_agency else str(family.label),
                    "state": _constraint(aims.get(family.code, [])),
                    "aims": [
                        {
                            "aim": aim.aim,
                            "words": aim.words,
                            "state": str(aim.state.label) if aim.state else "",
                            "steps": [_step(step) for step in aim.steps],
                        }
                        for aim in aims.get(family.code, [])
                    ],
                }
                for family in listed
            ],
            "loose": [_step(step) for step in loose],
            "meeting": _meeting(dossier),
        }


def _constraint(aims: list[plans.Aim]) -> str:
    """The agency's own values: not spoken of, yes, closed."""
    if not aims:
        return "non abordée"
    return "oui" if any(aim.state == ObjectiveState.OPEN for aim in aims) else "clôturée"


def _meeting(dossier: Dossier) -> dict[str, Any]:
    rows = JointMeeting.objects.filter(dossier=dossier).select_related("appointment")
    last = rows.filter(held_on__isnull=False).order_by("-held_on").first()
    coming = rows.filter(held_on=None, appointment__cancelled_at=None, appointment__at__gte=clock.now())
    following = coming.order_by("appointment__at").first()
    key = dossier.key_G1  # type: ignore[attr-defined]
    return {
        "held_on": last.held_on if last else None,
        "decisions": last.unseal(key).get("decisions", "") if last else "",
        "next_on": following.appointment.at.astimezone(clock.PARIS).date() if following else None,
    }


def sheet_context(actor: Actor, dossier: Dossier, period: Period) -> dict[str, Any]:
    with translation.override("fr"):
        until = min(period.ends_on, clock.today())
        shared = plans.layers(actor, dossier)[0]
        steps = [step for aim in (*shared.open, *shared.over) for step in aim.steps]
        done = [s for s in steps if s.done_on and period.starts_on <= s.done_on <= until]
        still = [s for s in steps if s.state == PlanStepState.TODO]
        past = Appointment.objects.filter(
            dossier=dossier, cancelled_at=None, at__date__gte=period.starts_on, at__date__lte=until
        ).exclude(attended=None)
        met = JointMeeting.objects.filter(dossier=dossier, held_on__gte=period.starts_on, held_on__lte=until)
        return {
            "number": dossier.number,
            "period": period.number,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "steps": [_step(s) for s in done],
            "open": [_step(s) for s in still],
            "placements": _placements(dossier, period, until),
            "kept": past.filter(attended=True).count(),
            "planned": past.count(),
            "met": met.count(),
            "scales": [_scale(one) for one in scales.scales(actor, dossier, period.starts_on, until).rows],
        }


def _placements(dossier: Dossier, period: Period, until: date) -> list[dict[str, Any]]:
    rows = Placement.objects.filter(dossier=dossier, starts_on__lte=until).exclude(ends_on__lt=period.starts_on)
    found = []
    for row in rows.order_by("starts_on"):
        data = row.unseal(dossier.key_G1)  # type: ignore[attr-defined]
        found.append(
            {
                "title": data.get("title", ""),
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "result": data.get("result", ""),
            }
        )
    return found


def _scale(one: scales.Scale) -> dict[str, str]:
    """First and last answer of the period, each by its own: « 1 → 3 »."""
    return {"label": str(one.label), "person": _span(one.person), "worker": _span(one.worker)}


def _span(answers: list[int | None]) -> str:
    known = [value for value in answers if value is not None]
    if not known:
        return "–"
    return str(known[0]) if len(known) == 1 else f"{known[0]} → {known[-1]}"
