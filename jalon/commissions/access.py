"""Who may see a meeting, a point of its agenda, an application on the State's side. Everything asks ``access.decide``.

The window of a meeting opens with the convocation and closes ``window_days`` after the meeting. Inside it:

- a member (MEM) reads the points of the meetings to which her seat was convoked, and never one on which her seat or her
  organisation is recused: the recusal is checked before the title is shown, and the point is then not in her scope;
- the secretariat (SEC) and the préfet (PRE) read the points of their own department.

The window also serves C12 and C13 for the préfet. For the signature of a decision (C14) the préfet's window is another
one: it runs from the opinion until the notification, because a decision may come long after the meeting's papers were
destroyed (``journeys.access``). A request stays with the department where it was lodged, whatever the dossier does.
"""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from jalon import access, journal
from jalon.access import Actor, Condition, Hidden, Refused, Relation, Role, Verdict
from jalon.config import clock
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.papers.rights import confirmed
from jalon.people import access as people

from .models import AgendaItem, Attendance, CopyHold, Meeting, Minutes, Recusal, Seat
from .states import VOID, ItemState

STATE_SIDE = (Role.SEC, Role.PRE)
RECUSED = "recused"  # what the trail says of a member who tries a point in which she takes no part
ASSOCIATION = (Role.REF, Role.MGR)
LODGED = (
    ApplicationState.SUBMITTED,
    ApplicationState.INCOMPLETE,
    ApplicationState.COMPLETE,
    ApplicationState.SCHEDULED,
    ApplicationState.CONVENED,
    ApplicationState.OPINED,
    ApplicationState.DECIDED,
)


# --- the window -------------------------------------------------------------------------------------------
def in_window(meeting: Meeting) -> bool:
    """Is the window of this meeting open today?"""
    if meeting.convened_on is None or meeting.state in VOID:
        return False
    return meeting.convened_on <= clock.today() <= meeting.window_ends_on


def window_open(path: str = "") -> Q:
    """The same as a condition on rows; ``path`` leads to the meeting (``meeting__``)."""
    today = clock.today()
    opened = Q(**{f"{path}convened_on__lte": today, f"{path}window_ends_on__gte": today})
    return opened & ~Q(**{f"{path}state__in": VOID})


def application_in_window(application: Application) -> bool:
    """Is the application on the agenda of a meeting whose window is open? One query unless it was annotated."""
    known = application.__dict__.get("in_window")
    if known is None:
        known = AgendaItem.objects.filter(
            window_open("meeting__"), application=application, state__in=(ItemState.SCHEDULED, ItemState.OPINED)
        ).exists()
    return bool(known)


def on_agenda(rows: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Without what left the agenda, or waits there for a request that the person has withdrawn."""
    withdrawn = Q(state=ItemState.SCHEDULED, application__state=ApplicationState.WITHDRAWN)
    return rows.exclude(state=ItemState.REMOVED).exclude(withdrawn)


def in_force(recusals: QuerySet[Recusal]) -> QuerySet[Recusal]:
    """Without those that were declared by mistake and lifted."""
    return recusals.filter(lifted_at=None)


def set_aside(item: AgendaItem, seat: Seat, recusals: Collection[Recusal]) -> bool:
    """Does this seat take no part in this point? ``recusals`` in force, those of the point or of its whole agenda."""
    if item.application is not None and item.application.prepared_by == seat.organisation_id:
        return True
    return any(
        one.item_id == item.pk and (one.seat_id == seat.pk or one.organisation_id == seat.organisation_id)
        for one in recusals
    )


# --- scopes -----------------------------------------------------------------------------------------------
def seats_of(actor: Actor) -> QuerySet[Seat]:
    """The seats whose holder or deputy this person is today in the commission of the department."""
    today = clock.today()
    mine = Q(user_id=actor.user_id) | Q(deputy_id=actor.user_id)
    return Seat.objects.filter(mine, department=actor.department, starts_on__lte=today, ends_on__gte=today)


def convoked(actor: Actor) -> QuerySet[Attendance]:
    """Where this person is convoked: the holder of a seat, or its deputy once she is called in the holder's stead."""
    own = Q(deputy=False, seat__user_id=actor.user_id) | Q(deputy=True, seat__deputy_id=actor.user_id)
    return Attendance.objects.filter(own, convoked_on__isnull=False, seat__in=seats_of(actor))


def meetings_visible_to(actor: Actor) -> QuerySet[Meeting]:
    """Meetings whose date this actor may know. A member: those to which her seat was convoked."""
    rows = Meeting.objects.filter(department=actor.department)
    if actor.role in STATE_SIDE or actor.role in ASSOCIATION:
        return rows
    if actor.role == Role.MEM:
        # A holder whose deputy sits keeps the date and, later, the minutes: not the files (``sits``).
        hers = Q(seat__user_id=actor.user_id) | Q(deputy=True, seat__deputy_id=actor.user_id)
        sent = Attendance.objects.filter(hers, convoked_on__isnull=False, seat__in=seats_of(actor))
        sits = Exists(convoked(actor).filter(meeting=OuterRef("pk")))
        return rows.filter(Exists(sent.filter(meeting=OuterRef("pk")))).annotate(sits=sits)
    return rows.none()


def items_visible_to(actor: Actor) -> QuerySet[AgendaItem]:
    """The points that exist for this actor; a member's are annotated with ``seat_id``, her seat there."""
    rows = on_agenda(AgendaItem.objects.all())
    if actor.role in STATE_SIDE:
        here = rows.filter(meeting__department=actor.department)
        return here if actor.role == Role.SEC else here.filter(meeting__convened_on__isnull=False)
    if actor.role == Role.MEM:
        there = convoked(actor).filter(meeting=OuterRef("meeting"))
        recused = in_force(Recusal.objects.filter(item=OuterRef("pk"))).filter(
            Q(seat__user_id=actor.user_id)
            | Q(seat__deputy_id=actor.user_id)
            | Q(organisation_id=actor.organisation_id)
            | Q(organisation_id__in=seats_of(actor).values("organisation_id"))
        )
        # The association that sent it (``Application.prepared_by``), whoever holds the file since.
        sender = Coalesce("organisation_id", "dossier__organisation_id")
        prepared = Application.objects.filter(pk=OuterRef("application")).alias(sender=sender)
        prepared = prepared.filter(
            Q(sender=actor.organisation_id) | Q(sender__in=seats_of(actor).values("organisation_id"))
        )
        return rows.filter(window_open("meeting__"), Exists(there), ~Exists(recused), ~Exists(prepared)).annotate(
            seat_id=Subquery(there.values("seat_id")[:1])
        )
    if actor.role in ASSOCIATION:
        return rows.filter(
            meeting__convened_on__isnull=False, application__dossier__in=people.dossiers_visible_to(actor).values("pk")
        )
    return rows.none()


def readable(actor: Actor, items: Sequence[AgendaItem]) -> set[str]:
    """The points, among those of one meeting that this actor sees, whose page opens: one query at most."""
    listed = [item for item in items if item.application is not None]
    if actor.role == Role.MEM:
        return {item.pk for item in listed if in_window(item.meeting)}
    if actor.role not in STATE_SIDE or not listed:
        return set()
    rows = AgendaItem.objects.filter(
        window_open("meeting__"),
        application__in=[item.application_id for item in listed],
        state__in=(ItemState.SCHEDULED, ItemState.OPINED),
    )
    running = set(rows.values_list("application_id", flat=True))
    for item in listed:
        item.application.in_window = item.application_id in running  # type: ignore[union-attr]
    return {item.pk for item in listed if can(actor, item, "C12", "read")}


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """Requests lodged in the department of the secretariat or of the préfet, annotated with ``in_window``."""
    rows = Application.objects.filter(department=actor.department)
    if actor.role == Role.SEC:
        rows = rows.filter(state__in=LODGED)
    elif actor.role == Role.PRE:
        rows = rows.filter(state__in=LODGED[LODGED.index(ApplicationState.CONVENED) :])
    else:
        return rows.none()
    running = AgendaItem.objects.filter(
        window_open("meeting__"), application=OuterRef("pk"), state__in=(ItemState.SCHEDULED, ItemState.OPINED)
    )
    return rows.annotate(in_window=Exists(running))


# --- verdicts ---------------------------------------------------------------------------------------------
def application_verdict(
    actor: Actor, application: Application, compartment: str, action: str, also: Collection[str] = ()
) -> Verdict:
    """The State's side on a request: same department as the request, its own stage, the window of its meeting."""
    if actor.role not in STATE_SIDE:
        return people.verdict(actor, application.dossier, compartment, action, also=also)
    held = {str(condition) for condition in also}
    if actor.stepped_up:
        held.add(Condition.STEPUP)
    if application_in_window(application):
        held.add(Condition.WINDOW)
    relation = Relation.SAME_DEPT if application.department == actor.department else Relation.NONE
    return access.decide(actor.role, relation, application.stage, compartment, action, held)


def verdict(actor: Actor, item: AgendaItem, compartment: str, action: str) -> Verdict:
    """May the actor do this on this point? A member must hold a seat there (``items_visible_to``)."""
    if item.application is None:
        writes = action not in ("exist", "read")
        here = item.meeting.department == actor.department
        return Verdict(here and actor.role in ((Role.SEC,) if writes else (*STATE_SIDE, Role.MEM)))
    if actor.role != Role.MEM:
        return application_verdict(actor, item.application, compartment, action)
    if not hasattr(item, "seat_id"):
        item = items_visible_to(actor).select_related("application").filter(pk=item.pk).first() or item
    held = {Condition.STEPUP} if actor.stepped_up else set()
    relation = Relation.NONE
    if getattr(item, "seat_id", None):
        relation = Relation.ASSIGNED
        held.add(Condition.WINDOW)
    stage = item.application.stage if item.application else ""
    return access.decide(actor.role, relation, stage, compartment, action, held)


def can(actor: Actor, item: AgendaItem, compartment: str, action: str) -> bool:
    return verdict(actor, item, compartment, action).allowed


def require(actor: Actor, item: AgendaItem, compartment: str, action: str) -> Verdict:
    """``verdict`` or an exception: Hidden when the point does not exist for the actor, Refused otherwise."""
    answer = verdict(actor, item, compartment, action)
    if answer.allowed:
        return answer
    if not items_visible_to(actor).filter(pk=item.pk).exists():
        raise Hidden
    raise Refused(people.refusal_sentence(answer.missing), answer.missing)


def require_secretariat(actor: Actor, meeting: Meeting) -> None:
    """The acts of a meeting belong to the secretariat of its department. Elsewhere the meeting does not exist."""
    if meeting.department != actor.department or not meetings_visible_to(actor).filter(pk=meeting.pk).exists():
        raise Hidden
    if actor.role != Role.SEC:
        raise Refused(people.refusal_sentence(()))


def require_step_up(actor: Actor, action: str = "sign") -> None:
    """What the matrix asks of the secretariat that signs proceedings (C13): a fresh confirmation of identity."""
    held = {Condition.STEPUP} if actor.stepped_up else set()
    answer = access.decide(actor.role, Relation.SAME_DEPT, "S4", "C13", action, held)
    if not answer.allowed:
        raise Refused(people.refusal_sentence(answer.missing), answer.missing)


# --- a copy kept past its window --------------------------------------------------------------------------
def holds_in_force() -> QuerySet[CopyHold]:
    """The holds that keep a copy today, each confirmed by a second person."""
    return waiting_holds().exclude(confirmed_at=None)


def waiting_holds() -> QuerySet[CopyHold]:
    """The same with those that a second person has not confirmed yet: they keep nothing."""
    return CopyHold.objects.filter(lifted_at=None, ends_on__gte=clock.today(), copy__destroyed_on=None)


def holds_visible_to(actor: Actor) -> QuerySet[CopyHold]:
    """The holds of the department's own meetings: its secretariat and its préfet, nobody else."""
    if actor.role not in STATE_SIDE:
        return CopyHold.objects.none()
    return waiting_holds().filter(copy__package__application__department=actor.department)


def get_opined(request: HttpRequest, item_id: str) -> AgendaItem:
    """A point of the department's on which the opinion is given, for who may keep its copy; or the uniform 404."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = items_visible_to(actor).filter(state=ItemState.OPINED, application__department=actor.department)
    item = rows.select_related("meeting", "application__dossier").filter(pk=item_id).first()
    if item is None or actor.role not in STATE_SIDE:
        raise Hidden
    return item


def require_held(actor: Actor, item: AgendaItem, hold: CopyHold | None) -> Verdict:
    """To read a copy that a hold keeps: the State's side as in the window, its identity just confirmed."""
    if hold is None or hold.confirmed_at is None:
        raise Hidden
    also = {Condition.WINDOW}
    answer = confirmed(actor, application_verdict(actor, item.application, "C12", "read", also=also))  # type: ignore[arg-type]
    require_answer(answer)
    return answer


# --- papers -----------------------------------------------------------------------------------------------
def require_answer(answer: Verdict) -> None:
    """``answer``, or Refused with its sentence."""
    if not answer.allowed:
        raise Refused(people.refusal_sentence(answer.missing), answer.missing)


def minutes_verdict(actor: Actor, meeting: Meeting, minutes: Minutes | None) -> Verdict:
    """The minimal text: the State's side once it is written, a member once it is signed."""
    if minutes is None:
        return Verdict(False)
    if actor.role == Role.PRE:
        return Verdict(meeting.convened_on is not None)
    return Verdict(actor.role == Role.SEC or (actor.role == Role.MEM and minutes.signed_at is not None))


def annex_verdict(actor: Actor, meeting: Meeting, minutes: Minutes | None) -> Verdict:
    """The annex tells reasons (C13): the secretariat of the department alone, its identity confirmed."""
    if minutes is None or actor.role != Role.SEC or meeting.department != actor.department:
        return Verdict(False)
    return confirmed(actor, Verdict(True))


def convocation_verdict(actor: Actor, meeting: Meeting) -> Verdict:
    """Once convened: the secretariat for all, a member for her own seat in the window. No person is named in it."""
    convened = meeting.convened_on is not None and meeting.state not in VOID
    return Verdict(actor.role == Role.SEC and convened or actor.role == Role.MEM and in_window(meeting))


def sheet_verdict(actor: Actor, item: AgendaItem) -> Verdict:
    """A numbered copy on paper, only if the commission insists: the secretariat hands it over and takes it back."""
    if actor.role != Role.SEC or item.application is None:
        return Verdict(False)
    return confirmed(actor, verdict(actor, item, "C12", "read"))


# --- for the pages ----------------------------------------------------------------------------------------
def get_meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    """One meeting in the scope, or the uniform 404."""
    meeting = meetings_visible_to(request.actor).filter(pk=meeting_id).first()  # type: ignore[attr-defined]
    if meeting is None:
        raise Hidden
    return meeting


def get_seat(request: HttpRequest, seat_id: str) -> Seat:
    """One seat of the commission of the secretariat's department, or the uniform 404."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = Seat.objects.filter(pk=seat_id, department=actor.department).select_related("user", "deputy").first()
    if row is None or actor.role not in STATE_SIDE:
        raise Hidden
    return row


class Gone(Hidden):
    """A point that this member could read, and that left while she did: only she is told why."""

    def __init__(self, item: AgendaItem) -> None:
        super().__init__()
        self.item = item


def left(actor: Actor, item_id: str) -> AgendaItem | None:
    """The point that the member may no longer read because it was postponed, removed, or its meeting is void.

    Nothing for a seat that was not convoked, or that takes no part in it: the uniform 404 stays.
    """
    if actor.role != Role.MEM:
        return None
    today = clock.today()
    there = convoked(actor).filter(meeting=OuterRef("meeting"))
    window = {"meeting__convened_on__lte": today, "meeting__window_ends_on__gte": today}
    rows = AgendaItem.objects.filter(Exists(there), pk=item_id, application__isnull=False, **window)
    item = rows.select_related("meeting__replaced_by", "application__dossier").first()
    if item is None or item.application is None:
        return None
    stays = item.state not in (ItemState.POSTPONED, ItemState.REMOVED) and item.meeting.state not in VOID
    if stays and item.application.state != ApplicationState.WITHDRAWN:
        return None
    hers = in_force(item.recusals.filter(organisation_id=actor.organisation_id)).exists()
    recusals = list(in_force(item.recusals.all()))
    aside = any(set_aside(item, seat, recusals) for seat in seats_of(actor))
    return None if hers or aside or item.application.prepared_by == actor.organisation_id else item


def recused_from(actor: Actor, item_id: str) -> Application | None:
    """The request of a point in the member's window, of which she may read nothing because she takes no part in it."""
    there = convoked(actor).filter(meeting=OuterRef("meeting"))
    rows = AgendaItem.objects.filter(window_open("meeting__"), Exists(there), pk=item_id, application__isnull=False)
    item = rows.select_related("application__dossier").first()
    recusals = list(in_force(item.recusals.all())) if item else []
    aside = item is not None and any(set_aside(item, seat, recusals) for seat in seats_of(actor))
    own = item is not None and any(one.organisation_id == actor.organisation_id for one in recusals)
    return item.application if item is not None and (aside or own) else None


def get_item(request: HttpRequest, item_id: str, compartment: str, action: str) -> AgendaItem:
    """One point: in the scope or 404, allowed or 403, and the reading is queued for the journal."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = items_visible_to(actor).select_related("meeting", "application__dossier")
    item = rows.filter(pk=item_id).first()
    if item is None or (actor.role == Role.MEM and item.state == ItemState.POSTPONED):
        if gone := left(actor, item_id):
            raise Gone(gone)
        if item is None:
            if actor.role == Role.MEM and (kept := recused_from(actor, item_id)):
                journal.refusal(request, "commissions:item", kept.dossier, compartment, RECUSED)  # the officer is told
            raise Hidden
    require(actor, item, compartment, action)
    if action in ("read", "exist") and item.application is not None:
        journal.reading(request, action, item.application.dossier, compartment=compartment)
    return item
