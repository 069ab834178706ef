"""The two conventions of the Gard: drafted, signed by both parties, measured, discussed; their commitments followed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from jalon.access import SYSTEM
from jalon.config import clock
from jalon.conventions import actions, exchange
from jalon.conventions.models import Commitment, Convention
from jalon.demo.timeline import DIRECTORY, NOTIFYING, SUPPORT, Timeline

from .world import World, day, must

STATES = {"fait": "done", "en_cours": "doing", "a_faire": "todo", "reporte": "postponed"}
# Figures are not loaded: they are measured. Half-days of immersion leave no trace to measure.
MEASURES = {
    "A1-delai": "answer_days",
    "A1-ref": "paired",
    "A2-offres": "cards",
    "A3-30j": "diagnosis",
    "A3-sorties": "outcomes",
}
# What the story does not tell of the second convention, so that its clauses and its places are seen.
CLAUSES: dict[str, dict[str, Any]] = {
    "conv-30-2020": {"places": 12, "neutral_label": "Accompagnement renforcé", "data_annex": True}
}
QUESTION = "Qui peut recevoir à Alès le jeudi matin ?"
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
        _measured(world, timeline, given)
        if given["id"] in CLAUSES:
            timeline.add(signed, SUPPORT, _ask(world, given))


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
            **CLAUSES.get(given["id"], {}),
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
            {"measure": MEASURES[indicator["code"]], "target": indicator["target"]}
            for indicator in axis.get("indicators", ())
            if indicator["code"] in MEASURES
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


def _measured(world: World, timeline: Timeline, given: dict[str, Any]) -> None:
    """On the first of each month, while it runs, what the month before was is measured."""
    month, end = _starts(given).replace(day=1), must(given["valid_to"])
    while month <= end:
        month = (month + timedelta(days=32)).replace(day=1)
        timeline.add(month, SUPPORT, lambda: actions.take_measures(SYSTEM, _find(given)))


def _ask(world: World, given: dict[str, Any]) -> Callable[[], object]:
    """A question on the day of the signature: it waits, and comes to the next meeting."""
    return lambda: actions.write_to_party(
        world.actor("ft-clement"), _find(given), text=QUESTION, answer_due_on=exchange.answer_day(clock.today())
    )
