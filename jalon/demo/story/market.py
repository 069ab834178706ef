"""What the Gard offers in February 2020: synthetic jobs, trainings and services, and what three persons look for."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jalon.access import SYSTEM
from jalon.demo.timeline import DIRECTORY, SUPPORT, Timeline
from jalon.offers import actions, inclusion, lheo
from jalon.offers.models import Service, Training

from .world import World

HERE = Path(__file__).parents[1] / "market"
GARD = "30"
FIRST, LAST = date(2020, 2, 17), date(2020, 2, 20)
# The samples are dated of the end of 2026: the lessons of French begin on the day that the world says, 3 March 2020.
OLDER, LATER = timedelta(days=2468), timedelta(days=2505)
BY_DAY: dict[str, Any] = {
    "saturday": False, "sunday": False, "split": False, "night": False, "least": 20, "most": 30, "start": "30189",
    "longest": 60, "car": False, "licence": False, "move": False, "lone": True, "exposure": True,
    "diplomas": [], "experience": ["none"], "training": True, "iae": True, "digital": "1",
}  # fmt: skip
WISHES: dict[str, dict[str, Any]] = {
    "30-2019-001": {
        **BY_DAY, "rome": ["G1501", "K2204"], "accepts": ["couture", "blanchisserie", "cantine"], "leave": "08:15",
        "back": "16:45", "home": True, "public": False, "zones": [], "avoid": ["none"], "school": "2", "oral": "A1",
        "written": "A1",
    },
    "30-2019-003": {
        **BY_DAY, "rome": ["G1602"], "accepts": ["cantine", "rapide"], "leave": "06:30", "back": "22:30",
        "split": True, "saturday": True, "sunday": True, "most": 39, "home": True, "avoid": ["none"], "school": "2",
        "oral": "A2", "written": "A2", "experience": ["cuisine"],
    },
    "30-2019-007": {
        **BY_DAY, "rome": ["B1803"], "accepts": ["vente"], "leave": "07:30", "back": "19:00", "saturday": True,
        "home": False, "public": False, "zones": ["ALES"], "avoid": ["charges", "debout"], "school": "2", "oral": "B1",
        "written": "A2", "experience": ["couture"],
    },
}  # fmt: skip
TOLD = "30-2019-001"


def plan(world: World, timeline: Timeline) -> None:
    for day in (FIRST, LAST):
        timeline.add(day, DIRECTORY, _ask)
    timeline.add(FIRST, DIRECTORY, lambda: _catalogue(world))
    for number, lines in WISHES.items():
        timeline.add(FIRST + timedelta(days=1), SUPPORT, _wish(world, number, lines))
    timeline.add(FIRST + timedelta(days=2), SUPPORT, lambda: _propose(world))


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def moved(value: Any, by: timedelta) -> Any:
    """The same facts, their dates as many days earlier."""
    if isinstance(value, dict):
        return {name: moved(one, by) for name, one in value.items()}
    if isinstance(value, list):
        return [moved(one, by) for one in value]
    if isinstance(value, str) and value[:3] == "202" and value[4:5] == value[7:8] == "-":
        return f"{date.fromisoformat(value[:10]) - by}{value[10:]}"
    return value


def _ask() -> None:
    offers = moved(_read("jobs.json"), OLDER)
    actions.record_offers(SYSTEM, GARD, offers=offers, gone=[], total=len(offers))


def _catalogue(world: World) -> None:
    actions.import_travel(SYSTEM, GARD, _read("travel.json"))
    trainings, problems = lheo.read(json.dumps(moved(_read("trainings.json"), LATER)).encode())
    if problems:
        raise ValueError("the sample of trainings cannot be read")
    actions.import_trainings(SYSTEM, "catalogue", trainings)
    actions.import_catalogue(SYSTEM, inclusion.load(json.dumps(moved(_read("services.json"), OLDER)).encode()))
    adviser, referent = world.actor("ft-clement"), world.actor("ts-maiwenn")
    french = Service.objects.get(number="psp-gard--sv-francais")
    actions.check_service(adviser, french)
    actions.note_facts(adviser, french, {"children": "no", "answer": "5"})
    child = Service.objects.get(number="psp-gard--sv-garde")
    actions.check_service(referent, child)
    actions.note_facts(referent, child, {"children": "yes", "mixity": "mixed", "discretion": "support"})


def _wish(world: World, number: str, lines: dict[str, Any]) -> Callable[[], object]:
    def act() -> None:
        actor = world.referent(number)
        actions.note_wishes(actor, world.dossier(actor, number), lines)

    return act


def _propose(world: World) -> None:
    """The lessons that she will begin; a job of the evening to which she says no."""
    actor = world.referent(TOLD)
    lessons = Training.objects.get(record__session__numero="SE_30_0001")
    row = actions.propose_offer(actor, world.dossier(actor, TOLD), "training", lessons.pk)
    actions.agree_proposal(actor, row)
    lifted = dict.fromkeys(_reasons(world, "201AAAG"), "Elle voulait voir l'annonce elle-même.")
    dish = actions.propose_offer(actor, world.dossier(actor, TOLD), "job", "201AAAG", lifted=lifted)
    actions.decline_proposal(actor, dish, words="Je veux travailler le matin.", shared=True)


def _reasons(world: World, number: str) -> list[str]:
    from jalon.offers.reads import matches

    actor = world.referent(TOLD)
    found = matches.one_match(actor, world.dossier(actor, TOLD), "job", number)
    return [line.code for line in found.reasons] if found else []
