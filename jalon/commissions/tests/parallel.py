"""Run apart (``python -m jalon.commissions.tests.parallel``): each form sent twenty times at once.

Prints, by form, the statuses that came back and what was written, and whether the trail still holds.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

from tests.parallel import print_told, send

LONG = 1.5  # seconds during which the first act is not over


def told() -> dict[str, Any]:
    from django.urls import reverse

    from jalon.commissions import models
    from jalon.config import clock
    from jalon.dossiers.models import ComplementRequest
    from jalon.dossiers.tests.factories import make_complete, make_submitted
    from jalon.journal.verify import verify
    from jalon.people.tests.factories import make_team

    from .factories import make_commission, seat_all

    found: dict[str, Any] = {}
    team = make_team()
    make_commission(team)
    listed = [make_complete(team, alias=alias) for alias in ("Aubépine", "Bleuet")]
    waiting = make_submitted(team, alias="Capucine")
    sec, mem = team.browser("SEC"), team.browser("MEM")
    today = clock.today()

    def tell(name: str, who: Any, key: str, form: dict[str, Any], effect: Callable[[], Any]) -> None:
        url = reverse(f"commissions:{name}", args=[key] if key else [])
        found[name] = {"statuses": send(who, url, form), "effect": effect()}

    day = today + timedelta(days=12)
    seat = models.Seat.objects.filter(user=team.mem.user).get()
    meetings, items = models.Meeting.objects, models.AgendaItem.objects
    tell("new_meeting", sec, "", {"on": f"{day:%d/%m/%Y}", "kind": "ordinary"}, meetings.count)
    meeting = meetings.get()
    agenda = {"applications": [row.pk for row in listed]} | {f"minutes_{row.pk}": "15" for row in listed}
    tell("agenda", sec, meeting.pk, agenda, items.count)
    point = {"point-title": "Bilan", "point-minutes": "5"}
    tell("point", sec, meeting.pk, point, items.filter(application=None).count)
    first, second = items.filter(application__isnull=False).order_by("position")
    tell("move_down", sec, first.pk, {"place": "1"}, lambda: items.get(pk=first.pk).position)
    due = {"text": "Attestation", "due_on": f"{day:%d/%m/%Y}"}
    tell("missing", sec, waiting.pk, due, ComplementRequest.objects.count)
    until = f"{seat.ends_on + timedelta(days=300):%d/%m/%Y}"
    seats = models.Seat.objects
    tell("renew_seat", sec, seat.pk, {"renew-ends_on": until}, seats.filter(college=seat.college).count)
    doctor = {
        "college": "Médecin",
        "organisation": team.sec.organisation_id,
        "place": "doctor",
        "starts_on": f"{today - timedelta(days=3):%d/%m/%Y}",
        "ends_on": f"{today - timedelta(days=1):%d/%m/%Y}",
    }
    tell("members", sec, "", doctor, seats.filter(place="doctor").count)
    tell("convene", sec, meeting.pk, {}, models.Attendance.objects.count)
    tell("note", mem, first.pk, {"note": "À voir", "wish": "favourable"}, models.Reading.objects.count)
    tell("conflict", mem, second.pk, {}, models.Recusal.objects.filter(by_rule=False).count)
    moved = today + timedelta(days=30)
    tell("move", sec, meeting.pk, {"on": f"{moved:%d/%m/%Y}"}, lambda: f"{meetings.get().moved_from:%d/%m/%Y}")
    with clock.at(moved):
        seat_all(team, meetings.get())
        models.Meeting.objects.filter(pk=meeting.pk).update(on=today)  # the threads live today
    tell("open", sec, meeting.pk, {}, lambda: meetings.get().state)
    tell("hear", sec, first.pk, {"heard-person": "on"}, lambda: items.get(pk=first.pk).revision)
    tell("opinion", sec, first.pk, {"votes_for": "3", "votes_against": "0"}, models.Opinion.objects.count)
    tell("postpone", sec, second.pk, {}, lambda: items.get(pk=second.pk).state)
    tell("close", sec, meeting.pk, {}, models.Minutes.objects.count)
    found["deputy"] = deputy_called_while_her_holder_reads(team)
    found["trail"] = verify().status
    return found


def deputy_called_while_her_holder_reads(team: Any) -> dict[str, Any]:
    """The secretariat calls a deputy; before it is written the holder says that she has read: one of them is told."""
    from django.db import connection, transaction
    from django.urls import reverse

    from jalon.access import Refused
    from jalon.commissions import actions, models
    from jalon.directory.tests.factories import make_membership
    from jalon.dossiers.tests.factories import make_complete

    from .factories import make_convened

    meeting, items = make_convened(team, make_complete(team, alias="Cosmos"), days=40)
    seat = models.Seat.objects.filter(user=team.mem.user).order_by("-starts_on").last()
    actions.name_deputy(team.actor("SEC"), seat, user=make_membership("MEM", department=team.department).user)
    row = meeting.attendances.get(seat=seat)
    holder, here = team.browser("MEM"), reverse("commissions:note", args=[items[0].pk])
    assert holder.get(reverse("commissions:item", args=[items[0].pk])).status_code == 200, "the holder may read"
    called = Event()

    def call() -> str:
        try:
            with transaction.atomic():
                actions.call_deputies(team.actor("SEC"), meeting, attendances={row.pk})
                called.set()
                Event().wait(LONG)
            return "called"
        except Refused as refusal:
            return refusal.why
        finally:
            connection.close()

    def read() -> int:
        called.wait(30)
        try:
            return int(holder.post(here, {"note": "À voir"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(call), pool.submit(read)]
        said = [act.result() for act in acts]
    row.refresh_from_db()
    return {"said": said, "deputy": row.deputy, "read": models.Reading.objects.filter(item=items[0]).count()}


if __name__ == "__main__":
    print_told(told)
