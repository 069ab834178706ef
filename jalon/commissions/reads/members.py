"""A member, and the seats of the commission."""

from typing import NamedTuple

from django.db.models import OuterRef
from django.utils.translation import gettext as _

from jalon.access import Actor
from jalon.commissions import access, composition
from jalon.commissions.models import AgendaItem, Meeting, Seat
from jalon.commissions.states import MeetingState
from jalon.config import clock
from jalon.directory.models import name_subquery
from jalon.law.commission import term_end
from jalon.ui import html
from jalon.ui.html import Rule
from jalon.ui.rules import why
from jalon.vault import keys

from .calendar import upcoming
from .sessions import Line, agenda


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
    mine = list(access.meetings_visible_to(actor).exclude(state=MeetingState.CANCELLED).order_by("on"))
    running = [meeting for meeting in mine if access.in_window(meeting)]
    planned = upcoming(actor.department).filter(on__gte=today).exclude(pk__in=[meeting.pk for meeting in mine])
    return MemberHome(
        current=[MemberMeeting(meeting, agenda(actor, meeting)) for meeting in running],
        past=[meeting for meeting in reversed(mine) if meeting.on < today and meeting not in running][:6],
        planned=list(planned.order_by("on")[:4]),
    )


class Place(NamedTuple):
    """One place of the composition today, and the seats that fill it; ``missing``: how many are vacant."""

    place: composition.Place | None
    seats: list[Seat]

    @property
    def missing(self) -> int:
        today = clock.today()
        held = sum(seat.starts_on <= today <= seat.ends_on for seat in self.seats)
        return max(self.place.seats - held, 0) if self.place else 0


def composed(department: str) -> list[Place]:
    """The commission as the text composes it today, place by place; last, the seats that fill no place of it."""
    listed = seats(department)
    expected = composition.by_code(department, clock.today())
    rows = [Place(place, [seat for seat in listed if seat.place == code]) for code, place in expected.items()]
    others = [seat for seat in listed if seat.place not in expected]
    return [*rows, *([Place(None, others)] if others else [])]


def mandate_rules(seat: Seat) -> list[Rule]:
    """Why a mandate ends on that day: the law's length, from the day the seat was given."""
    used = {_("Début du mandat"): html.day(seat.starts_on), _("Terme calculé"): html.day(term_end(seat.starts_on))}
    return why("COM-14", on=seat.starts_on, inputs=used)


def seats(department: str) -> list[Seat]:
    """The seats in force or to come, the chair first, with the name of their organisation and of who sits."""
    today = clock.today()
    rows = list(
        Seat.objects.filter(department=department, ends_on__gte=today)
        .select_related("user", "deputy")
        .annotate(organisation_label=name_subquery(OuterRef("organisation_id"), today))
        .order_by("-is_chair", "college", "pk")
    )
    named = [user for row in rows for user in (row.user, row.deputy) if user is not None]
    slot = keys.fetch(keys.STAFF, "GS") if named else b""
    for user in named:
        user.profile_key = slot
    return rows
