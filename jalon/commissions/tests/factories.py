"""A commission with its seats, and meetings at each state, made through the real verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jalon.commissions import actions
from jalon.commissions.models import AgendaItem, Meeting, Seat
from jalon.config import clock
from jalon.directory.models import Membership
from jalon.directory.tests.factories import make_membership, make_organisation
from jalon.dossiers.models import Application
from jalon.dossiers.tests.factories import make_complete
from jalon.journal.tests.replay import replayed
from jalon.people.tests.factories import Team

BEFORE = 12  # days between the convocation and the meeting


@dataclass
class Commission:
    """The seats of one department: a chair, members with an account, the association's own seat, a vacant one."""

    team: Team
    chair: Seat
    seats: list[Seat]
    members: list[Membership]
    own: Seat

    @property
    def all(self) -> list[Seat]:
        return [self.chair, *self.seats, self.own]


@replayed
def make_seat(team: Team, college: str, **given: Any) -> Seat:
    organisation = given.pop("organisation", None) or make_organisation("prefecture", college, team.department)
    today = clock.today()
    return actions.name_seat(
        team.actor("SEC"),
        department=team.department,
        college=college,
        organisation=organisation,
        starts_on=given.pop("starts_on", today - timedelta(days=400)),
        ends_on=given.pop("ends_on", today + timedelta(days=600)),
        **given,
    )


@replayed
def make_commission(team: Team, members: int = 3) -> Commission:
    chair = make_seat(team, "Préfet", organisation=team.pre.organisation, user=team.pre.user, is_chair=True)
    held = [team.mem, *(make_membership("MEM", department=team.department) for _ in range(members - 1))]
    seats = [make_seat(team, f"Membre {n}", organisation=m.organisation, user=m.user) for n, m in enumerate(held)]
    own = make_seat(team, "Association agréée", organisation=team.organisation)
    return Commission(team, chair, seats, held, own)


@replayed
def make_meeting(team: Team, days: int = BEFORE, **given: Any) -> Meeting:
    return actions.create_meeting(
        team.actor("SEC"), on=clock.today() + timedelta(days=days), place="Préfecture", **given
    )


@replayed
def make_scheduled(team: Team, *applications: Application, **given: Any) -> tuple[Meeting, list[AgendaItem]]:
    """PLANNED, on the first free day, its files on the agenda; one complete file is made when none is given."""
    listed = list(applications) or [make_complete(team)]
    days = given.pop("days", BEFORE)
    while Meeting.objects.filter(department=team.department, on=clock.today() + timedelta(days=days)).exists():
        days += 1
    meeting = make_meeting(team, days=days, **given)
    actions.set_agenda(team.actor("SEC"), meeting, applications=listed)
    meeting.refresh_from_db()
    return meeting, list(meeting.items.select_related("application__dossier", "meeting").order_by("position"))


@replayed
def make_convened(team: Team, *applications: Application, **given: Any) -> tuple[Meeting, list[AgendaItem]]:
    """CONVENED: the window is open. The commission is made when the department has none."""
    if not Seat.objects.filter(department=team.department).exists():
        make_commission(team)
    meeting, _items = make_scheduled(team, *applications, **given)
    actions.convene(team.actor("SEC"), meeting)
    meeting.refresh_from_db()
    return meeting, list(meeting.items.select_related("application__dossier", "meeting").order_by("position"))


@contextmanager
def on(day: date) -> Iterator[None]:
    """Live on this day."""
    with clock.at(day):
        yield


@replayed
def seat_all(team: Team, meeting: Meeting, presence: str = "present") -> None:
    presences = {row.pk: presence for row in meeting.attendances.all()}
    actions.record_attendance(team.actor("SEC"), meeting, presences=presences)


@replayed
def make_open(team: Team, *applications: Application, **given: Any) -> tuple[Meeting, list[AgendaItem]]:
    """OPEN, everyone present. Live on ``meeting.on`` to act on it."""
    meeting, _items = make_convened(team, *applications, **given)
    with on(meeting.on):
        seat_all(team, meeting)
        actions.open_meeting(team.actor("SEC"), meeting)
    meeting.refresh_from_db()
    return meeting, list(meeting.items.select_related("application__dossier", "meeting").order_by("position"))


@replayed
def make_opined(team: Team, *applications: Application, outcome: str = "favourable") -> list[AgendaItem]:
    """The opinion is given on every file, without a count."""
    meeting, items = make_open(team, *applications)
    with on(meeting.on):
        for item in items:
            actions.record_opinion(team.actor("SEC"), item, outcome=outcome, reasons="Projet à préparer.")
    return list(meeting.items.select_related("application__dossier", "meeting").order_by("position"))


@replayed
def make_held(team: Team, *applications: Application) -> Meeting:
    items = make_opined(team, *applications)
    meeting = items[0].meeting
    with on(meeting.on):
        actions.close_meeting(team.actor("SEC"), meeting)
    meeting.refresh_from_db()
    return meeting
