"""The joint plan: its two layers, the landmarks of the 24 months, the meetings of three."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.conventions.models import Pair
from jalon.dossiers.states import Kind as ApplicationKind
from jalon.journeys.models import AfisGrant, Journey, Permit
from jalon.law.landmarks import LANDMARKS, landmarks
from jalon.notices import kinds
from jalon.notices.models import Deadline
from jalon.people import access as people
from jalon.people.models import Dossier
from jalon.ui import html, paging

from .. import access
from ..families import families
from ..models import JointMeeting, Objective, Placement, PlanStep
from ..states import (
    JOINT_MEETING,
    OBJECTIVE,
    PLAN_STEP,
    Holder,
    JointMeetingState,
    ObjectiveState,
    PlacementKind,
    PlanStepState,
)

LINES = 200
MONTH = 30
# In which order the actions of an aim are read.
ORDER = {PlanStepState.TODO: 0, PlanStepState.DONE: 1, PlanStepState.DROPPED: 2}


class Action(NamedTuple):
    """One action of the plan; ``verbs``: those that its state allows, for who may."""

    id: str
    text: str
    result: str
    holder: str
    due_on: date | None
    done_on: date | None
    state: PlanStepState
    verbs: list[str]


class Aim(NamedTuple):
    """One objective with its actions. Without an id: the actions that belong to none."""

    id: str
    family: str
    family_label: Any
    aim: str
    words: str
    result: str
    state: ObjectiveState | None
    closed_on: date | None
    verbs: list[str]
    steps: list[Action]
    revision: int = 0


class Layer(NamedTuple):
    """What one circle reads: the aims that are open, and those that are over."""

    shared: bool
    open: list[Aim]
    over: list[Aim]

    @property
    def empty(self) -> bool:
        return not (self.open or self.over)


def layers(actor: Actor, dossier: Dossier) -> list[Layer]:
    """The shared layer, and the association's for who reads it. Two statements."""
    own = access.reads_own_layer(actor, dossier) and _key(dossier, False) is not None  # its key may be destroyed
    circles = [True, False] if own else [True]
    edits = {shared: people.can(actor, dossier, "C10" if shared else "C11", "edit") for shared in circles}
    rows = PlanStep.objects.filter(dossier=dossier, shared__in=circles).order_by("due_on", "pk")[:LINES]
    steps: dict[tuple[str, bool], list[Action]] = {}
    for row in rows:
        steps.setdefault((row.objective_id or "", row.shared), []).append(_action(row, dossier, edits[row.shared]))
    aims = list(Objective.objects.filter(dossier=dossier, shared__in=circles).order_by("created_on", "pk")[:LINES])
    rank = {code: at for at, code in enumerate(families())}
    found = []
    for shared in circles:
        listed = [_aim(row, dossier, edits[shared], steps) for row in aims if row.shared == shared]
        listed.sort(key=lambda one: rank.get(one.family, 0))
        if loose := steps.get(("", shared)):
            listed.append(Aim("", "", "", "", "", "", None, None, [], _sorted(loose)))
        open_ones = [one for one in listed if one.state in (ObjectiveState.OPEN, None)]
        found.append(Layer(shared, open_ones, [one for one in listed if one not in open_ones]))
    return found


def _key(dossier: Dossier, shared: bool) -> Any:
    return dossier.key_G1 if shared else dossier.key_G4  # type: ignore[attr-defined]


def _action(row: PlanStep, dossier: Dossier, can_edit: bool) -> Action:
    data = row.unseal(_key(dossier, row.shared))
    return Action(
        row.pk,
        data.get("text", ""),
        data.get("result", ""),
        str(Holder(row.holder).label),
        row.due_on,
        row.done_on,
        PlanStepState(row.state),
        [verb for verb in PLAN_STEP.verbs(row.state) if verb != "change"] if can_edit else [],
    )


def action(actor: Actor, dossier: Dossier, row: PlanStep) -> Action:
    """One action, fetched by its page."""
    return _action(row, dossier, people.can(actor, dossier, "C10" if row.shared else "C11", "edit"))


def _sorted(steps: Iterable[Action]) -> list[Action]:
    return sorted(steps, key=lambda step: ORDER[step.state])


def _aim(row: Objective, dossier: Dossier, can_edit: bool, steps: dict[tuple[str, bool], list[Action]]) -> Aim:
    data = row.unseal(_key(dossier, row.shared))
    family = families().get(data.get("family", ""))
    return Aim(
        row.pk,
        data.get("family", ""),
        family.label if family else "",
        data.get("aim", ""),
        data.get("words", ""),
        data.get("result", ""),
        ObjectiveState(row.state),
        row.closed_on,
        OBJECTIVE.verbs(row.state) if can_edit else [],
        _sorted(steps.get((row.pk, row.shared), [])),
        row.revision,
    )


def open_aims(found: Iterable[Layer]) -> list[tuple[str, str]]:
    """The aims to which an action may belong, for a list."""
    return [(one.id, one.aim) for layer in found for one in layer.open if one.id]


def open_steps(dossier: Dossier) -> list[tuple[str, str]]:
    """The actions that the meeting of three goes through. One statement."""
    rows = PlanStep.objects.filter(dossier=dossier, shared=True, state=PlanStepState.TODO).order_by("due_on", "pk")
    return [(row.pk, row.unseal(_key(dossier, True)).get("text", "")) for row in rows[:LINES]]


# --- the landmarks ----------------------------------------------------------------------------------------------
class Landmark(NamedTuple):
    """One point of the 24 months: when, what the file shows of what is expected, and whether it was looked at."""

    kind: str
    label: str
    on: date
    expected: list[tuple[str, bool]]
    checked: bool
    can_check: bool

    @property
    def missing(self) -> list[str]:
        """What is expected and not in the file, once it is time to look."""
        return [words for words, found in self.expected if not found] if self.soon and not self.checked else []

    @property
    def soon(self) -> bool:
        """Is it time to look at it? A month before."""
        return (self.on - clock.today()).days <= MONTH

    @property
    def shown(self) -> Any:
        """Where it stands, in words."""
        if self.checked or (self.expected and all(found for _words, found in self.expected)):
            return html.state("ok", _("vu"), "check")
        if self.on > clock.today():
            return html.state("neutral", _("à venir"), "circle")
        return html.state("warn", _("à voir")) if self.missing else html.state("neutral", _("passé"), "dash")


def seen_landmarks(actor: Actor, dossier: Dossier) -> list[Landmark]:
    """The landmarks of a running pathway, dates as the law room gives them. Three statements."""
    journey = Journey.objects.filter(dossier=dossier, exited_on=None).first()
    if journey is None:
        return []
    rows = {row.kind: row for row in Deadline.objects.filter(dossier=dossier.pk, kind__in=LANDMARKS, cancelled_on=None)}
    facts = _facts(actor, dossier, journey)
    may = people.can(actor, dossier, "C16", "edit")
    shown = []
    for kind, on in landmarks(journey.starts_on, journey.cap_on).items():
        row = rows.get(kind)
        done = row is not None and row.done_on is not None and row.done_on <= row.on
        waits = row is not None and row.done_on is None
        shown.append(Landmark(kind, kinds.label(kind), on, facts.get(kind, []), done, may and waits))
    return shown


def _facts(actor: Actor, dossier: Dossier, journey: Journey) -> dict[str, list[tuple[str, bool]]]:
    """Landmark → what is expected there and whether the file shows it; only what the actor may read of it."""
    here = OuterRef("pk")
    today = clock.today()
    started = Placement.objects.filter(dossier=here, starts_on__gte=journey.starts_on)
    work = (PlacementKind.JOB, PlacementKind.INTEGRATION, PlacementKind.TRAINING)
    filed = Q(applications__kind=ApplicationKind.RENEWAL, applications__submitted_on__gte=journey.starts_on)
    file = (
        Dossier.objects.filter(pk=dossier.pk)
        .annotate(
            permit=Exists(Permit.objects.filter(dossier=here, issued_on__lte=today)),
            aid=Exists(AfisGrant.objects.filter(dossier=here)),
            pair=Exists(Pair.objects.filter(dossier=here)),
            aims=Exists(Objective.objects.filter(dossier=here, shared=True)),
            met=Exists(JointMeeting.objects.filter(dossier=here, held_on__isnull=False)),
            immersion=Exists(started.filter(kind=PlacementKind.IMMERSION)),
            work=Exists(started.filter(kind__in=work)),
            filed=Count("applications", filter=filed, distinct=True),
        )
        .get()
    )
    first = [(_("binôme nommé"), file.pair)]
    if people.can(actor, dossier, "C8", "read"):
        first = [(_("titre remis"), file.permit), (_("aide décidée"), file.aid), *first]
    own = actor.role != Role.EMP
    return {
        "clock_day30": first,
        "clock_day75": [(_("plan écrit"), file.aims), (_("entretien à trois tenu"), file.met)],
        "clock_day150": [(_("immersion commencée"), file.immersion)],
        **(
            {
                "clock_month5": [(_("premier renouvellement envoyé"), file.filed >= 1)],
                "clock_month11": [
                    (_("deuxième renouvellement envoyé"), file.filed >= 2),
                    (_("contrat ou formation commencés"), file.work),
                ],
                "clock_month17": [
                    (_("troisième renouvellement envoyé"), file.filed >= 3),
                    (_("contrat ou formation commencés"), file.work),
                ],
            }
            if own
            else {}
        ),
    }


# --- the meetings of three --------------------------------------------------------------------------------------
class MeetingLine(NamedTuple):
    id: str
    at: Any
    place: str
    state: Any
    decisions: str


DRAWN = {
    JointMeetingState.PLANNED: ("info", "circle"),
    JointMeetingState.HELD: ("ok", "check"),
    JointMeetingState.MISSED: ("neutral", "dash"),
    JointMeetingState.CANCELLED: ("neutral", "cross"),
}


def _meetings(dossier: Dossier) -> QuerySet[JointMeeting]:
    return JointMeeting.objects.filter(dossier=dossier).select_related("appointment").order_by("-appointment__at", "pk")


def _state(row: JointMeeting) -> Any:
    tone, drawing = DRAWN[JointMeetingState(row.state)]
    return html.state(tone, str(JointMeetingState(row.state).label), drawing)


def meetings(dossier: Dossier, number: int = 1) -> Page:
    """The meetings, the latest first: a page."""

    def shape(row: JointMeeting) -> MeetingLine:
        place = row.appointment.unseal(_key(dossier, True)).get("place", "")
        decisions = row.unseal(_key(dossier, True)).get("decisions", "")
        return MeetingLine(row.pk, row.appointment.at, place, _state(row), decisions)

    return paging.page(_meetings(dossier), number, shape)


class MeetingPage(NamedTuple):
    """One meeting: its agenda as it stands, or what came of it."""

    at: Any
    title: str
    place: str
    state: Any
    held: bool
    agenda: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    decisions: str
    told: list[str]
    verbs: list[str]


def meeting(actor: Actor, dossier: Dossier, row: JointMeeting) -> MeetingPage:
    """No statement: the row comes with its appointment."""
    key = _key(dossier, True)
    data, place = row.unseal(key), row.appointment.unseal(key)
    come = row.appointment.at.astimezone(clock.PARIS).date() <= clock.today()
    later = () if come else ("hold", "miss")
    can_edit = people.can(actor, dossier, "C10", "edit")
    said = {"plan": _("plan"), "association": _("association"), "agency": _("agence")}
    flags = (
        ("interpreter", _("avec interprète")),
        ("read_back", _("relu avec elle")),
        ("on_paper", _("remis sur papier")),
    )
    return MeetingPage(
        row.appointment.at,
        place.get("title", ""),
        place.get("place", ""),
        _state(row),
        row.held_on is not None,
        [{**line, "by": said[line["by"]]} for line in data.get("agenda", [])],
        [{**one, "what": OUTCOMES[one["what"]]} for one in data.get("outcomes", [])],
        data.get("decisions", ""),
        [str(words) for name, words in flags if data.get(name)],
        [verb for verb in JOINT_MEETING.verbs(row.state) if verb not in later] if can_edit else [],
    )


OUTCOMES = {"done": gettext_lazy("fait"), "kept": gettext_lazy("à poursuivre"), "dropped": gettext_lazy("abandonné")}
