"""The two conventions of the Gard: drafted, signed by both parties, their commitments and indicators followed."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jalon.conventions import actions
from jalon.conventions.models import Commitment, Convention, Indicator
from jalon.demo.timeline import DIRECTORY, NOTIFYING, SUPPORT, Timeline

from .world import World, day, must

STATES = {"fait": "done", "en_cours": "doing", "a_faire": "todo", "reporte": "postponed"}
BEFORE = timedelta(days=10)
REPORTED = date(2020, 3, 31)


def plan(world: World, timeline: Timeline) -> None:
    for given in world.data["conventions"]:
        signed = must(given["signed_on"])
        timeline.add(signed - BEFORE, DIRECTORY, _draft(world, given))
        for name in given["signatories"]:
            timeline.add(signed, NOTIFYING, _sign(world, given, name))
        for axis in given["axes"]:
            for action in axis["actions"]:
                if action["status"] != "a_faire":
                    when = day(action.get("done_on")) or REPORTED
                    timeline.add(when, SUPPORT, _report(world, given, action))
            for indicator in axis.get("indicators", ()):
                for value in indicator["values"]:
                    year, month = map(int, value["month"].split("-"))
                    end = date(year, month, monthrange(year, month)[1])
                    timeline.add(end, SUPPORT, _value(world, given, indicator, date(year, month, 1), value["value"]))


def _starts(given: dict[str, Any]) -> date:
    return must(given.get("valid_from") or given["signed_on"])


def _find(given: dict[str, Any]) -> Convention:
    return Convention.objects.get(department=given["department"], starts_on=_starts(given))


def _draft(world: World, given: dict[str, Any]) -> Callable[[], None]:
    def act() -> None:
        association, agency = given["parties"]
        before = next((c for c in world.data["conventions"] if c["id"] == given.get("supersedes")), None)
        actions.draft_convention(
            world.actor("pdt-calandre"),
            department=given["department"],
            title=given["title"],
            association=world.organisation(association),
            agency=world.organisation(agency),
            starts_on=_starts(given),
            ends_on=must(given["valid_to"]),
            predecessor=_find(before) if before else None,
            next_committee_on=day(given.get("steering", {}).get("next_committee")),
            axes=[_axis(world, axis) for axis in given["axes"]],
        )

    return act


def _axis(world: World, axis: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": axis["title"],
        "objective": axis.get("objective", ""),
        "commitments": [
            {
                "title": action["title"],
                "owner": world.user(action["owner"]) if action.get("owner") else None,
                "due_on": day(action.get("due")),
            }
            for action in axis["actions"]
        ],
        "indicators": [
            {"code": indicator["code"], "label": indicator["label"], "target": indicator["target"]}
            for indicator in axis.get("indicators", ())
        ],
    }


def _sign(world: World, given: dict[str, Any], name: str) -> Callable[[], object]:
    return lambda: actions.sign_convention(world.actor(name), _find(given))


def _report(world: World, given: dict[str, Any], action: dict[str, Any]) -> Callable[[], None]:
    def act() -> None:
        row = Commitment.objects.select_related("axis__convention").get(
            axis__convention=_find(given), title=action["title"]
        )
        actions.update_commitment(
            world.actor(action.get("owner") or "cs-odile"),
            row,
            state=STATES[action["status"]],
            done_on=day(action.get("done_on")),
            evidence=action.get("note", ""),
        )

    return act


def _value(
    world: World, given: dict[str, Any], indicator: dict[str, Any], month: date, value: float
) -> Callable[[], object]:
    def act() -> None:
        row = Indicator.objects.select_related("axis__convention").get(
            axis__convention=_find(given), code=indicator["code"]
        )
        actions.record_indicator(world.actor("cs-odile"), row, month=month, value=Decimal(str(value)))

    return act
