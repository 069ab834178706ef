"""One function per screen: bounded queries, with exactly what is shown, once ``access`` has allowed it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jalon.access import Actor, Role
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.dossiers import package, parts
from jalon.dossiers import reads as dossiers
from jalon.dossiers.models import Application
from jalon.dossiers.states import ApplicationState
from jalon.law import commission, journey
from jalon.notices import kinds
from jalon.notices import reads as notices
from jalon.notices.models import Deadline
from jalon.people import countries, languages
from jalon.people.models import Dossier
from jalon.ui import html
from jalon.ui.html import Row, Rule
from jalon.ui.rules import why
from jalon.vault import keys
from jalon.vault.errors import KeyMissing

from . import access, wording
from .models import AgendaItem, Attendance, Meeting, Minutes, Opinion, Reading, Recusal, Seat
from .states import ItemState, MeetingState, Outcome, Presence

MOST = 200
MOST_NUMBERS = 30
SOON = 30
RISK_HORIZON = timedelta(days=150)
SITTING = (Presence.PRESENT, Presence.REMOTE)
SAT = (MeetingState.OPEN, MeetingState.HELD, MeetingState.SIGNED)
LIVE = (ItemState.SCHEDULED, ItemState.OPINED, ItemState.POSTPONED)


# --- quorum and votes ---------------------------------------------------------------------------------------
def quorum(meeting: Meeting, rows: Sequence[Attendance] | None = None, *, members: int = 0) -> commission.Quorum:
    """What the law says of the attendance as it is recorded; before the convocation, of the seats in force."""
    listed = list(meeting.attendances.all()) if rows is None else list(rows)
    held: dict[str, int] = {}
    for row in listed:
        if row.presence == Presence.PROXY and row.proxy_to_id:
            held[row.proxy_to_id] = held.get(row.proxy_to_id, 0) + 1
    return commission.quorum(
        members=max(len(listed) or members, 1),
        present=sum(row.presence == Presence.PRESENT for row in listed),
        remote=sum(row.presence == Presence.REMOTE for row in listed),
        proxies=list(held.values()),
        second_convocation=meeting.second_convocation,
        same_agenda=meeting.second_convocation and same_agenda(meeting),
        states_no_quorum=meeting.second_convocation,
    )


def same_agenda(meeting: Meeting) -> bool:
    """Does the second convocation carry the agenda of the meeting that it replaces?"""
    first = Meeting.objects.filter(replaced_by=meeting).first()
    if first is None:
        return False
    before = set(
        first.items.filter(application__isnull=False).exclude(state=ItemState.REMOVED).values_list("application")
    )
    now = set(
        meeting.items.filter(application__isnull=False).exclude(state=ItemState.REMOVED).values_list("application")
    )
    return before == now


def quorum_rules(meeting: Meeting, members: int, counted: int | None = None) -> list[Rule]:
    """Why so many members make the quorum."""
    used: dict[str, Any] = {_("Membres"): members, _("Séance du"): html.day(meeting.on)}
    if counted is not None:
        used[_("Présents ou représentés")] = counted
    ids = ("COM-2", *(["COM-3"] if meeting.second_convocation else []), "COM-6")
    return why(*ids, on=meeting.on, inputs=used)


def convocation_rules(meeting: Meeting) -> list[Rule]:
    """Why the convocation must be received by that day."""
    return why("COM-1", on=meeting.on, inputs={_("Séance du"): html.day(meeting.on)})


class VotingBase(NamedTuple):
    """Who counts on one point (COM-10): the recused stay members and take no part."""

    members: int
    present: int
    recused: int
    quorum_waived: bool

    @property
    def taking_part(self) -> int:
        return self.present - self.recused

    @property
    def rules(self) -> list[Rule]:
        """How the votes are counted."""
        used = {_("Membres"): self.members, _("Présents ou représentés"): self.present, _("Déports"): self.recused}
        return why("COM-4", "COM-5", "COM-10", "COM-11", inputs=used)


def voting_base(item: AgendaItem) -> VotingBase:
    """Members, those present or represented, those of them who are recused on this point."""
    rows = list(item.meeting.attendances.select_related("seat"))
    there = [row for row in rows if row.presence in (*SITTING, Presence.PROXY)]
    recusals = list(item.recusals.all())
    seats = {one.seat_id for one in recusals if one.seat_id}
    organisations = {one.organisation_id for one in recusals if one.organisation_id}
    recused = [row for row in there if row.seat_id in seats or row.seat.organisation_id in organisations]
    waived = quorum(item.meeting, rows).quorum_waived
    return VotingBase(max(len(rows), 1), len(there), len(recused), waived)


# --- calendar ------------------------------------------------------------------------------------------------
def next_meeting(department: str, after: date | None = None) -> Meeting | None:
    """The next meeting of the department, planned or convened."""
    to_come = (MeetingState.PLANNED, MeetingState.CONVENED)
    rows = upcoming(department).filter(on__gte=after or clock.today(), state__in=to_come)
    return rows.order_by("on").first()


def upcoming(department: str) -> QuerySet[Meeting]:
    return Meeting.objects.filter(department=department).exclude(state=MeetingState.CANCELLED)


def meeting_dates(department: str) -> list[date]:
    """Every day on which the commission sits or sat: what the law needs for REN-2."""
    return list(upcoming(department).order_by("on").values_list("on", flat=True))


def meetings(actor: Actor) -> list[Meeting]:
    """The list of meetings, the latest first, with the number of files of each (the State's side only)."""
    rows = access.meetings_visible_to(actor)
    if actor.role in access.STATE_SIDE:
        counted = Q(items__application__isnull=False, items__state__in=LIVE)
        if actor.role == Role.PRE:
            counted &= Q(convened_on__isnull=False)
        rows = rows.annotate(files=Count("items", filter=counted))
    return list(rows.order_by("-on")[:MOST])


# --- the secretariat -----------------------------------------------------------------------------------------
class Received(NamedTuple):
    """One request that waits, for the lists of the secretariat."""

    application: Application
    number: str
    association: str
    days: int


class Risk(NamedTuple):
    """Periods that end without a meeting early enough before them (REN-2)."""

    on: date
    count: int
    numbers: str
    latest: date


class ToNotify(NamedTuple):
    decision_id: str
    number: str
    since: date


def received(actor: Actor, *states: str) -> list[Received]:
    """Requests that wait for the secretariat, the oldest first."""
    chosen = states or (ApplicationState.SUBMITTED, ApplicationState.INCOMPLETE, ApplicationState.COMPLETE)
    today = clock.today()
    rows = (
        access.applications_visible_to(actor)
        .filter(state__in=chosen)
        .select_related("dossier")
        .annotate(association=name_subquery(OuterRef("dossier__organisation_id"), today))
        .order_by("submitted_on", "pk")[:MOST]
    )
    return [
        Received(row, row.dossier.number, row.association or "", (today - row.submitted_on).days)
        for row in rows
        if row.submitted_on
    ]


def risks(department: str, dates: Sequence[date]) -> list[Risk]:
    """Ends of period before which no meeting is planned in time, with the files concerned (REN-2).

    Only periods that may still be renewed, and on whose renewal the commission has not given its opinion. The numbers
    of the files are listed up to a point, the count is of all.
    """
    today = clock.today()
    served_from = journey.at_risk_before(dates, today)
    rows = notices.opened().filter(kind="period_end", department=department, on__range=(today, today + RISK_HORIZON))
    if served_from is not None:
        rows = rows.filter(on__lt=served_from)
    renewable = Deadline.objects.filter(
        dossier=OuterRef("dossier"), key=OuterRef("key"), kind="renewal_session", cancelled_on=None
    )
    opined = Application.objects.filter(dossier=OuterRef("dossier"), state=ApplicationState.OPINED)
    number = Dossier.objects.filter(pk=OuterRef("dossier")).values("number")
    rows = rows.filter(Exists(renewable), ~Exists(opined)).annotate(number=Subquery(number))
    grouped: dict[date, list[str]] = {}
    for on, file in rows.order_by("on", "pk").values_list("on", "number"):
        grouped.setdefault(on, []).append(file or "")
    return [
        Risk(on, len(listed), ", ".join(sorted(listed)[:MOST_NUMBERS]), on - journey.LATEST_MEETING)
        for on, listed in grouped.items()
    ]


def held(department: str) -> list[date]:
    """The days on which the commission of a department has sat."""
    return list(Meeting.objects.filter(department=department, state__in=SAT).values_list("on", flat=True))


def meet_again_by(days: Iterable[date]) -> date | None:
    """The last day for the next meeting after those days (COM-15); None when the commission has never sat."""
    last = max(days, default=None)
    return commission.meet_again_by(last) if last else None


def to_notify(department: str) -> list[ToNotify]:
    """Signed decisions that wait for their notification; the deadline's key is the decision."""
    rows = list(
        notices.opened().filter(kind="notification", role="SEC", department=department).order_by("on", "pk")[:MOST]
    )
    numbers = dict(Dossier.objects.filter(pk__in=[row.dossier for row in rows]).values_list("pk", "number"))
    return [ToNotify(row.key, numbers.get(row.dossier, ""), row.on) for row in rows]


class Owed(NamedTuple):
    """A date that the secretariat must keep, with the file concerned when there is one."""

    label: str
    number: str
    on: date


# What the lists of the home page do not already show.
OWED = ("silence_2m", "afis_silence", "appeal_answer", "reasons_answer", "mandate_end", "yearly_meeting")


def owed(actor: Actor) -> list[Owed]:
    """The answers that the State owes, late or within a month, and the commission's own dates within three."""
    rows = [row for row in notices.told_to(actor, within=90) if row.kind in OWED]
    rows = [row for row in rows if not row.dossier or notices.days_left(row) <= SOON]
    rows = [row for row in rows if row.kind != "mandate_end" or row.on >= clock.today()]  # over, it asks for nothing
    numbers = dict(Dossier.objects.filter(pk__in={row.dossier for row in rows}).values_list("pk", "number"))
    return [Owed(kinds.label(row.kind), numbers.get(row.dossier, ""), row.on) for row in rows[:MOST_NUMBERS]]


class SecretariatHome(NamedTuple):
    meetings: list[Meeting]
    received: list[Received]
    risks: list[Risk]
    to_notify: list[ToNotify]
    minutes: list[Meeting]
    deadlines: list[Owed]
    last_held: date | None

    @property
    def no_meeting_for_a_year(self) -> bool:
        """The commission meets once a year at least (COM-15)."""
        by = meet_again_by([self.last_held] if self.last_held else [])
        return by is not None and by < clock.today()

    @property
    def why_meet(self) -> list[Rule]:
        return why("COM-15", on=self.last_held)

    @property
    def complete(self) -> int:
        return sum(row.application.state == ApplicationState.COMPLETE for row in self.received)

    @property
    def persons_at_risk(self) -> int:
        return sum(risk.count for risk in self.risks)


def secretariat_home(actor: Actor) -> SecretariatHome:
    """What the secretariat must do next."""
    today = clock.today()
    rows = [meeting for meeting in meetings(actor) if meeting.state != MeetingState.CANCELLED]
    ahead = sorted((row for row in rows if row.on >= today), key=lambda row: row.on)
    to_sign = [row for row in rows if row.state in (MeetingState.OPEN, MeetingState.HELD)]
    return SecretariatHome(
        meetings=ahead[:6],
        received=received(actor),
        risks=risks(actor.department, [row.on for row in rows]),
        to_notify=to_notify(actor.department),
        minutes=to_sign,
        deadlines=owed(actor),
        last_held=max((row.on for row in rows if row.state in SAT), default=None),
    )


class Preparation(NamedTuple):
    """The page on which a meeting is prepared."""

    items: list[AgendaItem]
    available: list[Received]
    seats: list[Seat]
    convocation: commission.Convocation
    required: int
    minutes_planned: int


def preparation(actor: Actor, meeting: Meeting) -> Preparation:
    items = list(_agenda_rows(meeting))
    seats = list(
        Seat.objects.filter(department=meeting.department, starts_on__lte=meeting.on, ends_on__gte=meeting.on)
        .annotate(organisation_label=name_subquery(OuterRef("organisation_id"), meeting.on))
        .order_by("-is_chair", "college", "pk")
    )
    return Preparation(
        items=items,
        available=received(actor, ApplicationState.COMPLETE),
        seats=seats,
        convocation=commission.convocation(meeting_on=meeting.on, received_on=clock.today()),
        required=commission.required_members(len(seats)) if seats else 0,
        minutes_planned=sum(item.minutes_planned for item in items),
    )


def _agenda_rows(meeting: Meeting) -> QuerySet[AgendaItem]:
    return (
        access.on_agenda(meeting.items.all())
        .select_related("application__dossier", "opinion", "meeting")
        .order_by("position", "pk")
    )


# --- the session ---------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """One line of the agenda. A recused member sees neither number nor title: only that the point exists.

    ``opens``: the page of the point answers; else its number is plain text.
    """

    position: int
    item: AgendaItem | None
    read: bool = False
    opens: bool = False

    @property
    def hidden(self) -> bool:
        return self.item is None


def agenda(actor: Actor, meeting: Meeting) -> list[Line]:
    """The agenda as this actor may see it. Before the convocation the préfet knows the date alone."""
    if actor.role == Role.PRE and meeting.convened_on is None:
        return []
    rows = list(_agenda_rows(meeting))
    if actor.role in access.STATE_SIDE:
        opens = access.readable(actor, rows)
        return [Line(row.position, row, opens=row.pk in opens) for row in rows]
    visible = set(access.items_visible_to(actor).filter(meeting=meeting).values_list("pk", flat=True))
    if actor.role != Role.MEM:
        return [Line(row.position, row) for row in rows if row.pk in visible]
    if not access.in_window(meeting):
        return []
    done = set(
        Reading.objects.filter(item__meeting=meeting, seat__user_id=actor.user_id).values_list("item_id", flat=True)
    )
    opens = access.readable(actor, [row for row in rows if row.pk in visible])
    return [Line(row.position, row if row.pk in visible else None, row.pk in done, row.pk in opens) for row in rows]


class Room(NamedTuple):
    """The session room."""

    lines: list[Line]
    attendances: list[Attendance]
    quorum: commission.Quorum
    minutes_planned: int
    rules: list[Rule]


def room(actor: Actor, meeting: Meeting) -> Room:
    lines = agenda(actor, meeting)
    rows = attendances(meeting)
    found = quorum(meeting, rows)
    minutes = sum(line.item.minutes_planned for line in lines if line.item)
    return Room(lines, rows, found, minutes, quorum_rules(meeting, len(rows), found.counted) if rows else [])


def attendances(meeting: Meeting) -> list[Attendance]:
    """The members convoked, the chair first, with the name of their organisation on the day of the meeting."""
    return list(
        meeting.attendances.select_related("seat", "proxy_to__seat")
        .annotate(organisation_label=name_subquery(OuterRef("seat__organisation_id"), meeting.on))
        .order_by("-seat__is_chair", "seat__college", "pk")
    )


def recused_names(item: AgendaItem) -> list[str]:
    """The organisations that take no part in a point."""
    rows = Recusal.objects.filter(item=item).annotate(
        own=name_subquery(OuterRef("organisation_id"), item.meeting.on),
        of_seat=name_subquery(OuterRef("seat__organisation_id"), item.meeting.on),
    )
    return sorted({row.own or row.of_seat or "" for row in rows} - {""})


def opinion_of(application: Application) -> Opinion | None:
    """The last opinion given on a request. The caller has checked C13 or C14."""
    return Opinion.objects.filter(item__application=application).order_by("-given_on", "-pk").first()


class Sheet(NamedTuple):
    """The reading sheet of one point: the package's words, the member's own note."""

    package: Mapping[str, Any]
    note: str
    wish: str
    read: bool
    previous: AgendaItem | None
    following: AgendaItem | None
    next_unread: AgendaItem | None
    place: int
    total: int

    @property
    def lines(self) -> list[Row]:
        """Who she is in a few facts, and what is asked, in one line each."""
        person, asked = self.package.get("person") or {}, self.package.get("requests") or {}
        age, children = person.get("age"), person.get("children") or 0
        spoken = [languages.name(code) for code in person.get("languages") or ()]
        senses = dict(parts.OPINIONS)
        facts = [
            _("%(age)s ans") % {"age": age} if age else "",
            ngettext("%(count)d enfant", "%(count)d enfants", children) % {"count": children} if children else "",
            countries.name(person.get("nationality") or "") if person.get("nationality") else "",
            _("parle %(languages)s") % {"languages": ", ".join(spoken)} if spoken else "",
            _french(person.get("french_level") or ""),
        ]
        wanted = [
            _("autorisation de séjour") if asked.get("aps") else "",
            _("AFIS") if asked.get("afis") else "",
            _("priorité d'hébergement") if asked.get("housing") else "",
        ]
        if asked.get("afis") and asked.get("children"):
            count = asked["children"]
            wanted[1] = ngettext("AFIS avec %(count)d enfant", "AFIS avec %(count)d enfants", count) % {"count": count}
        return [
            Row(_("La personne"), " · ".join(filter(None, facts))),
            Row(_("Demandes liées"), ", ".join(filter(None, wanted)) or _("aucune")),
            Row(
                _("Avis de l'association"),
                senses.get((self.package.get("opinion") or {}).get("sense", ""), ""),
            ),
        ]

    @property
    def papers(self) -> tuple[int, int]:
        """Papers received, papers expected."""
        listed = [piece for piece in self.package.get("pieces") or () if piece.get("state") != "waived"]
        return sum(piece.get("state") == "received" for piece in listed), len(listed)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of the project, each with its day when it has one."""
        rows = (self.package.get("project") or {}).get("steps") or ()
        return [{**row, "by": date.fromisoformat(row["by"]) if row.get("by") else None} for row in rows]

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The sentences chosen with the person, by subject; not those that repeat a fact the sheet already gives."""
        listed, already = self.package.get("sentences") or {}, package.repeated(self.package)
        shown = {
            part: [line for line in listed[part.code] if line not in already]
            for part in parts.PARTS
            if part.code in listed
        }
        return [{"title": str(part.label), "sentences": lines} for part, lines in shown.items() if lines]


def _french(level: str) -> str:
    """The level of French in words: « français A2 : conversation simple »."""
    words = str(languages.FRENCH_LEVELS.get(level, level))
    return words if level in ("", "none") else _("français %(level)s") % {"level": words}


def sheet(actor: Actor, item: AgendaItem) -> Sheet:
    """One page: what the association wrote for the commission, and what the member noted for herself."""
    rows = list(
        access.items_visible_to(actor)
        .filter(meeting=item.meeting_id, application__isnull=False)
        .exclude(state=ItemState.POSTPONED)
        .order_by("position", "pk")
    )
    place = next((n for n, row in enumerate(rows) if row.pk == item.pk), 0)
    own = Reading.objects.filter(item=item, seat__user_id=actor.user_id).first() if actor.role == Role.MEM else None
    done = set(Reading.objects.filter(item__in=rows, seat__user_id=actor.user_id).values_list("item_id", flat=True))
    words = own.unseal() if own else {}
    return Sheet(
        package=package_of(item),
        note=words.get("note", ""),
        wish=words.get("wish", ""),
        read=own is not None,
        previous=rows[place - 1] if place else None,
        following=rows[place + 1] if place + 1 < len(rows) else None,
        next_unread=next((row for row in [*rows[place + 1 :], *rows[:place]] if row.pk not in done), None),
        place=place + 1,
        total=len(rows),
    )


def package_of(item: AgendaItem) -> Mapping[str, Any]:
    """The session's copy of the package; empty when its key is gone."""
    try:
        return dossiers.session_copy_for(item.application) if item.application else {}
    except KeyMissing:
        return {}


# --- minutes -------------------------------------------------------------------------------------------------
def minutes_text(meeting: Meeting) -> dict[str, Any]:
    """The text of the minutes, made from what was recorded."""
    rows = attendances(meeting)
    found = quorum(meeting, rows)
    members = _members(rows)
    items = list(_agenda_rows(meeting))
    recused = _recusals(items)
    paragraphs = [
        {"key": "head", "text": wording.head(meeting, members, found.counted, found.required, found.quorum_waived)}
    ]
    for item in items:
        text = wording.paragraph(item, getattr(item, "opinion", None), recused.get(item.pk, ()))
        paragraphs.append({"key": item.pk, "text": text})
    paragraphs.append({"key": "foot", "text": wording.foot()})
    return {"paragraphs": paragraphs, "anchor": ""}


def _members(rows: Iterable[Attendance]) -> list[wording.Member]:
    """The names and capacities that the minutes must give (CRPA R.133-13), the chair first."""
    listed = list(rows)
    users = Seat.objects.filter(pk__in=[row.seat_id for row in listed], user__isnull=False).select_related("user")
    slot = keys.fetch(keys.STAFF, "GS") if users else b""
    names = {}
    for seat in users:
        seat.user.profile_key = slot
        names[seat.pk] = seat.user.name
    return [
        wording.Member(
            college=row.seat.college,
            organisation=row.organisation_label or "",  # type: ignore[attr-defined]
            name=names.get(row.seat_id, ""),
            presence=str(Presence(row.presence).label),
            holder=row.proxy_to.seat.college if row.proxy_to else "",
        )
        for row in listed
    ]


def _recusals(items: Sequence[AgendaItem]) -> dict[str, list[str]]:
    if not items:
        return {}
    on = items[0].meeting.on
    rows = Recusal.objects.filter(item__in=items).annotate(
        own=name_subquery(OuterRef("organisation_id"), on), of_seat=name_subquery(OuterRef("seat__organisation_id"), on)
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        if name := row.own or row.of_seat:
            found.setdefault(row.item_id, set()).add(name)
    return {key: sorted(names) for key, names in found.items()}


def minutes_of(meeting: Meeting) -> Minutes | None:
    return Minutes.objects.filter(meeting=meeting).select_related("signed_by").first()


# --- a member --------------------------------------------------------------------------------------------------
class MemberMeeting(NamedTuple):
    meeting: Meeting
    lines: list[Line]

    @property
    def to_read(self) -> list[Line]:
        return [line for line in self.lines if line.item is not None and line.item.application_id]

    @property
    def done(self) -> int:
        return sum(line.read for line in self.to_read)

    @property
    def total(self) -> int:
        return len(self.to_read)

    @property
    def next_unread(self) -> AgendaItem | None:
        return next((line.item for line in self.to_read if not line.read), None)


class MemberHome(NamedTuple):
    current: list[MemberMeeting]
    past: list[Meeting]
    planned: list[Meeting]


def member_home(actor: Actor) -> MemberHome:
    """The meetings whose window is open, how much is read, and the dates to come."""
    today = clock.today()
    mine = list(access.meetings_visible_to(actor).exclude(state=MeetingState.CANCELLED).order_by("on")[:MOST])
    running = [meeting for meeting in mine if access.in_window(meeting)]
    planned = upcoming(actor.department).filter(on__gte=today).exclude(pk__in=[meeting.pk for meeting in mine])
    return MemberHome(
        current=[MemberMeeting(meeting, agenda(actor, meeting)) for meeting in running],
        past=[meeting for meeting in reversed(mine) if meeting.on < today and meeting not in running][:6],
        planned=list(planned.order_by("on")[:4]),
    )


# --- for the rooms above -----------------------------------------------------------------------------------------
def opinions(department: str | None = None) -> QuerySet[Opinion]:
    """Opinions with their meeting's day and department, for figures: outcome and votes are in clear."""
    rows = Opinion.objects.annotate(department=F("item__meeting__department"), meeting_on=F("item__meeting__on"))
    return rows.filter(department=department) if department else rows


def awaiting_decision(actor: Actor) -> QuerySet[Application]:
    """Requests whose opinion is given and whose decision is not signed, the longest wait first."""
    given = Opinion.objects.filter(item__application=OuterRef("pk")).order_by("-given_on", "-pk")
    return (
        access.applications_visible_to(actor)
        .filter(state=ApplicationState.OPINED)
        .annotate(
            opinion_outcome=Subquery(given.values("outcome")[:1]),
            opinion_on=Subquery(given.values("given_on")[:1]),
            association=name_subquery(OuterRef("dossier__organisation_id"), clock.today()),
        )
        .order_by("opinion_on", "pk")
    )


def seats(department: str) -> list[Seat]:
    """The seats in force or to come, the chair first, with the name of their organisation and of who sits."""
    today = clock.today()
    rows = list(
        Seat.objects.filter(department=department, ends_on__gte=today)
        .select_related("user")
        .annotate(organisation_label=name_subquery(OuterRef("organisation_id"), today))
        .order_by("-is_chair", "college", "pk")
    )
    if any(row.user_id for row in rows):
        slot = keys.fetch(keys.STAFF, "GS")
        for row in rows:
            if row.user is not None:
                row.user.profile_key = slot
    return rows


def opinion_words(item: AgendaItem) -> dict[str, Any]:
    """The opinion of one point, its reasons unsealed; empty before it is given. The caller has checked C13."""
    found = Opinion.objects.filter(item=item).first()
    if found is None:
        return {}
    return {
        "outcome": found.outcome,
        "label": str(Outcome(found.outcome).label),
        "votes": wording.votes_text(found),
        "votes_for": found.votes_for,
        "votes_against": found.votes_against,
        "abstentions": found.abstentions,
        "casting_vote": found.casting_vote,
        "given_on": found.given_on,
        **found.unseal(),
    }
