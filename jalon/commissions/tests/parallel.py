"""Run apart (``python -m jalon.commissions.tests.parallel``): each form sent twenty times at once.

Prints, by form, the statuses that came back and what was written, and whether the trail still holds.
"""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from threading import Barrier
from typing import Any

TIMES = 20


def main() -> None:
    import django

    import tests.environment  # noqa: F401  the keys and folders of the tests

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    call_command("migrate", verbosity=0)
    print(json.dumps(told()))


def send(client: Any, url: str, form: dict[str, Any]) -> Counter[int]:
    """The same form from twenty browsers of one person, all together."""
    from django.db import connection
    from django.test import Client

    gate = Barrier(TIMES)

    def one(_n: int) -> int:
        copy = Client(raise_request_exception=False)
        copy.cookies = deepcopy(client.cookies)
        gate.wait()
        try:
            return int(copy.post(url, form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return Counter(pool.map(one, range(TIMES)))


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
    found["trail"] = verify().status
    return found


if __name__ == "__main__":
    main()
