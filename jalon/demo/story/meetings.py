"""The commission: each meeting planned, convened when its files are complete, held, its minutes signed."""

from datetime import date, timedelta
from typing import Any

from jalon.commissions import actions
from jalon.commissions.models import Meeting
from jalon.commissions.states import MeetingKind, Outcome, Presence
from jalon.demo.timeline import AGENDA, CLEANING, CONVENING, MINUTES, PREPARING, SITTING, Timeline

from .world import World, day, must

KINDS = {
    "ordinaire": MeetingKind.ORDINARY,
    "installation": MeetingKind.INSTALLATION,
    "consultation_ecrite": MeetingKind.WRITTEN,
}
# She moved a week before: convened on the last lawful day (COM-1).
URGENT = {"34-2020-12-08": date(2020, 12, 3)}
OUTCOMES = {"favorable": Outcome.FAVOURABLE, "defavorable": Outcome.UNFAVOURABLE}
# A meeting is announced long before; its files are convened once they are complete.
PLANNED_BEFORE, CONVENED_BEFORE, LONG_BEFORE = timedelta(days=90), timedelta(days=12), timedelta(days=20)
WRITTEN_BEFORE = timedelta(days=8)
POINT = "Calendrier des séances à venir"
NO_REASON = "Projet à préparer davantage avant une nouvelle demande."


def department_of(meeting: dict[str, Any]) -> str:
    """Whose day decides whether this has happened: that of the department whose file is treated."""
    numbers = [item["dossier_id"] for item in meeting["agenda"] if "dossier_id" in item]
    return "30" if numbers and all(number.startswith("30-") for number in numbers) else str(meeting["department"])


def convened_on(meeting: dict[str, Any]) -> date:
    """The day that the world gives, unless the files were complete only later: those are sent with the convocation."""
    on = must(meeting["date"])
    if meeting["id"] in URGENT:
        return URGENT[meeting["id"]]
    given = day(meeting.get("files_sent_on")) or day(meeting.get("convened_on"))
    if meeting["kind"] == "consultation_ecrite":
        return on - WRITTEN_BEFORE
    return given or on - (LONG_BEFORE if meeting["status"] == "convoquee" else CONVENED_BEFORE)


def planned_on(meeting: dict[str, Any]) -> date:
    early = must(meeting["date"]) - PLANNED_BEFORE
    if meeting["kind"] == "consultation_ecrite":  # decided when the meeting that it replaces was cancelled
        return must(meeting["date"]) - timedelta(days=10)
    return min(early, convened_on(meeting) - timedelta(days=7))


def plan(world: World, timeline: Timeline, meeting: dict[str, Any], until: date) -> None:
    """Plan one meeting. ``until``: the last day that this run tells."""
    department, on = meeting["department"], must(meeting["date"])
    secretary = lambda: world.secretary(department)  # noqa: E731
    find = lambda: world.meeting(department, on)  # noqa: E731

    def create() -> None:
        actions.create_meeting(
            secretary(),
            on=on,
            place=meeting.get("place") or "",
            kind=KINDS[meeting["kind"]],
            files_due_on=day(meeting.get("files_due_on")),
        )
        for item in meeting["agenda"]:
            if item["type"] == "point":
                actions.add_point(secretary(), find(), title=item["title"], minutes=item["minutes_planned"])

    timeline.add(planned_on(meeting), PREPARING, create)
    if meeting["status"] == "convoquee" and meeting["agenda"]:
        return  # its files are filed after the last day of this world: it is planned, not convened
    if meeting["status"] == "convoquee":
        timeline.add(
            convened_on(meeting), AGENDA, lambda: actions.add_point(secretary(), find(), title=POINT, minutes=30)
        )

    def agenda() -> None:
        listed = [world.application(item["dossier_id"]) for item in meeting["agenda"] if "dossier_id" in item]
        minutes = {
            world.application(item["dossier_id"]).pk: item["minutes_planned"]
            for item in meeting["agenda"]
            if "dossier_id" in item
        }
        if listed:
            actions.set_agenda(secretary(), find(), applications=listed, minutes=minutes)

    timeline.add(convened_on(meeting), AGENDA, agenda)
    timeline.add(convened_on(meeting), CONVENING, lambda: actions.convene(secretary(), find()))
    if meeting["status"] == "annulee":
        other = must(meeting["replaced_by"][3:])
        cancelled = other - timedelta(days=10)
        timeline.add(
            cancelled,
            AGENDA - 1,
            lambda: actions.cancel_meeting(secretary(), find(), replaced_by=world.meeting(department, other)),
        )
        return
    if meeting["status"] == "convoquee":
        return
    timeline.add(on, SITTING, lambda: _hold(world, meeting, find()))
    signed = day(meeting.get("minutes_signed_on")) or on + timedelta(days=7)
    if meeting["status"] == "pv_valide":
        timeline.add(signed, MINUTES, lambda: actions.sign_minutes(secretary(), find()))
    timeline.add(on + timedelta(days=16), CLEANING, actions.close_windows)


def _hold(world: World, meeting: dict[str, Any], row: Meeting) -> None:
    secretary = world.secretary(meeting["department"])
    present = set(meeting["present"]) | {meeting["chair"]}
    ids = {world.ids[name] for name in present}
    presences = {}
    for attendance in row.attendances.select_related("seat"):
        seat = attendance.seat
        listed = seat.user_id in ids if meeting["present"] else seat.organisation_id not in _associations(meeting)
        presences[attendance.pk] = Presence.PRESENT if listed else Presence.ABSENT
    if row.kind == MeetingKind.WRITTEN:
        presences = dict.fromkeys(presences, Presence.REMOTE)
    actions.record_attendance(secretary, row, presences=presences)
    actions.open_meeting(secretary, row)
    told = {item["dossier_id"]: item for item in meeting["agenda"] if "dossier_id" in item}
    for item in world.items(row):
        given = told.get(item.application.dossier.number)  # type: ignore[union-attr]
        if given is None or given["opinion"] is None:
            actions.postpone_item(secretary, item, reason=(given or {}).get("note_fr") or "Pièce à compléter.")
            continue
        outcome = OUTCOMES[given["opinion"]]
        reasons = given.get("summary_fr") or (NO_REASON if outcome == Outcome.UNFAVOURABLE else "")
        votes = given.get("votes") or {}
        actions.record_opinion(
            secretary,
            item,
            votes_for=votes.get("favorable"),
            votes_against=votes.get("defavorable"),
            abstentions=votes.get("abstention"),
            outcome=outcome,
            reasons=reasons,
        )
    actions.close_meeting(secretary, row)
    actions.generate_minutes(secretary, row)


def _associations(meeting: dict[str, Any]) -> set[str]:
    return {name for item in meeting["agenda"] for name in item.get("recused", ())}
