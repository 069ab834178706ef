"""What the Hérault and the Isère hold in November 2026: a convention, four persons who share their project, offers.

The samples of the Gard, moved to other towns: the study gives none for these two departments.
"""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from jalon.access import SYSTEM, Actor
from jalon.conventions import actions as conventions
from jalon.conventions import exchange
from jalon.conventions.models import Convention
from jalon.demo.timeline import DIRECTORY, NOTIFYING, SUPPORT, Timeline
from jalon.offers import actions, inclusion, lheo
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.support import actions as support
from jalon.ui.text import fold

from .market import BY_DAY, HERE
from .world import World

DRAFTED, SIGNED, ENDS = date(2026, 5, 20), date(2026, 6, 1), date(2029, 5, 31)
SHARED, ASKED, TODAY = date(2026, 9, 15), date(2026, 11, 20), date(2026, 11, 23)
MONTHS = [date(2026, month, 1) for month in range(7, 12)]
WHAT, NEVER = ["prénom", "niveau de français", "disponibilités", "projet"], ["parcours de vie", "santé"]
# Places that a text of the sample names and that are not moved: these offers stay in the Gard.
LEFT = ("201AAAD", "201AAAE", "201AAAI", "201AAAR", "201AAAV")


class Place(NamedTuple):
    """A department: who works there together, and for whom."""

    code: str
    association: str
    agency: str
    manager: str
    director: str
    referent: str
    adviser: str
    language: dict[str, str]  # the persons who share their project, with the language in which it was explained
    wishes: dict[str, dict[str, Any]]
    question: str


def _wishes(start: str, rome: list[str], oral: str, written: str, **more: Any) -> dict[str, Any]:
    return {
        **BY_DAY, "start": start, "rome": rome, "accepts": ["cantine", "blanchisserie"], "leave": "07:30",
        "back": "18:30", "most": 35, "home": False, "public": False, "zones": [], "avoid": ["none"], "school": "2",
        "oral": oral, "written": written, **more,
    }  # fmt: skip


PLACES = (
    Place(
        "34", "org-figuier", "pub-ft-34", "cs-aline34", "ft-dir34", "ts-jeanne34", "ft-hugo34",
        {"34-2025-002": "pt", "34-2025-003": "es"},
        {
            "34-2025-002": _wishes("34172", ["B1803"], "A2", "A2", experience=["couture"], saturday=True),
            "34-2025-003": _wishes("34172", ["K2204"], "A1", "A1", leave="08:15", back="16:45", most=30),
        },
        "Une place en atelier couture au printemps ?",
    ),
    Place(
        "38", "org-belleaurore", "pub-ft-38", "cs-mado38", "ft-dir38", "ts-bastien38", "ft-lea38",
        {"38-2025-001": "en", "38-2025-002": "es"},
        {
            "38-2025-001": _wishes("38185", ["K1304", "K1302"], "A2", "A2", saturday=True),
            "38-2025-002": _wishes("38185", ["G1501"], "A2", "A2", saturday=True, sunday=True),
        },
        "Connaît-elle déjà les étages d'un hôtel ?",
    ),
)  # fmt: skip
AXES = (
    ("Faciliter les relations entre les deux structures", "Un binôme par personne", "answer_days", 2),
    ("Connaître l'offre de services de l'autre", "Un catalogue commun, tenu à jour", "cards", 90),
    ("Accompagner ensemble", "Un diagnostic partagé dans les trente jours", "diagnosis", 80),
)


def plan(world: World, timeline: Timeline) -> None:
    for place in PLACES:
        timeline.add(DRAFTED, DIRECTORY, _act(_draft, world, place))
        for name in (place.manager, place.director):
            timeline.add(SIGNED, NOTIFYING, _act(_sign, world, place, name))
        for month in MONTHS:
            timeline.add(month, SUPPORT, _act(_measure, place))
        for number in place.language:
            timeline.add(SHARED, SUPPORT, _act(_share, world, place, number))
        for day in (ASKED, TODAY):
            timeline.add(day, DIRECTORY, _act(_offers, place))
        timeline.add(ASKED, DIRECTORY, _act(_catalogue, world, place))
        for number in place.wishes:
            timeline.add(ASKED, SUPPORT, _act(_wish, world, place, number))
        timeline.add(ASKED, SUPPORT, _act(_write, world, place))


def _act(verb: Callable[..., object], *given: Any) -> Callable[[], object]:
    return lambda: verb(*given)


# --- the two structures ---------------------------------------------------------------------------------------------
def _convention(place: Place) -> Convention:
    return Convention.objects.get(department=place.code)


def _draft(world: World, place: Place) -> None:
    conventions.draft_convention(
        world.actor(place.manager),
        department=place.code,
        title="Convention d'accompagnement vers l'emploi",
        association=world.organisation(place.association),
        agency=world.organisation(place.agency),
        starts_on=SIGNED,
        ends_on=ENDS,
        next_committee_on=date(2026, 12, 10),
        places=8,
        neutral_label="Accompagnement renforcé",
        data_annex=True,
        axes=[
            {
                "title": title,
                "commitments": [{"title": commitment, "owner": world.user(place.adviser), "due_on": None}],
                "indicators": [{"measure": measure, "target": target}],
            }
            for title, commitment, measure, target in AXES
        ],
    )


def _sign(world: World, place: Place, name: str) -> None:
    conventions.sign_convention(world.actor(name), _convention(place))


def _measure(place: Place) -> None:
    conventions.take_measures(SYSTEM, _convention(place))


# --- the persons who share their project ----------------------------------------------------------------------------
def _mine(world: World, place: Place, number: str) -> tuple[Actor, Dossier]:
    actor = world.actor(place.referent)
    return actor, world.dossier(actor, number)


def _share(world: World, place: Place, number: str) -> None:
    actor, dossier = _mine(world, place, number)
    people.grant_share(
        actor,
        dossier,
        organisation=world.organisation(place.agency),
        what=WHAT,
        not_shared=NEVER,
        language=place.language[number],
    )
    support.open_thread(*_mine(world, place, number))
    manager = world.actor(place.manager)
    conventions.name_pair(
        manager,
        world.dossier(manager, number),
        referent=world.user(place.referent),
        adviser=world.user(place.adviser),
        convention=_convention(place),
    )


def _wish(world: World, place: Place, number: str) -> None:
    actions.note_wishes(*_mine(world, place, number), place.wishes[number])


def _write(world: World, place: Place) -> None:
    """A question of each side, which waits for the other."""
    first, second = place.language
    due = exchange.answer_day(ASKED)
    adviser = world.actor(place.adviser)
    support.send_message(
        *_mine(world, place, first), text="Une visite d'entreprise est-elle possible ?", answer_due_on=due
    )
    support.send_message(adviser, world.dossier(adviser, second), text=place.question, answer_due_on=due)


# --- what the department offers -------------------------------------------------------------------------------------
@cache
def _moves(code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "elsewhere.json").read_text(encoding="utf-8"))[code]
    return found


@cache
def _gard_names() -> dict[str, str]:
    communes = json.loads((HERE / "travel.json").read_text(encoding="utf-8"))["communes"]
    return {code: row["nom"] for code, row in communes.items()}


def _moved(code: str, text: str) -> Any:
    """The JSON of a sample with the towns and the words of another department; what names another town is not told."""
    moves = _moves(code)
    for old, town in moves["towns"].items():
        gard = _gard_names()[old]
        text = (
            text.replace(old, town["code"])
            .replace(gard, fold(town["name"]).upper())
            .replace(gard.title(), town["name"])
        )
    text = text.replace("Nîmes", moves["towns"]["30189"]["name"]).replace("Alès", moves["towns"]["30007"]["name"])
    for old, new in moves["words"].items():
        text = text.replace(old, new)
    return json.loads(text)


def _sample(code: str, name: str) -> Any:
    return _moved(code, (HERE / f"{name}.json").read_text(encoding="utf-8"))


def _codes(code: str) -> set[str]:
    return {town["code"] for town in _moves(code)["towns"].values()}


def _placed(code: str, spot: dict[str, Any], commune: str, postal: str) -> bool:
    """Put a place of the sample where its town is now; say whether it is in this department."""
    town = next((one for one in _moves(code)["towns"].values() if one["code"] == spot.get(commune)), None)
    if town is None:
        return False
    spot.update({postal: town["postal"], "latitude": town["latitude"], "longitude": town["longitude"]})
    return True


def _offers(place: Place) -> None:
    rows = []
    for offer in _sample(place.code, "jobs"):
        spot = offer.get("lieuTravail") or {}
        if offer["id"] not in LEFT and (_placed(place.code, spot, "commune", "codePostal") or "commune" not in spot):
            rows.append({**offer, "entreprise": {"nom": "Employeur (synthétique)"}})
    actions.record_offers(SYSTEM, place.code, offers=rows, gone=[], total=len(rows))


def _catalogue(world: World, place: Place) -> None:
    here = _codes(place.code)
    travel = _sample(place.code, "travel")
    communes = {code: row for code, row in travel["communes"].items() if code in here}
    for town in _moves(place.code)["towns"].values():
        communes[town["code"]].update(
            code_postal=town["postal"], latitude=town["latitude"], longitude=town["longitude"]
        )
    links = [row for row in travel["liaisons"] if {row["a"], row["b"]} <= here]
    same = {code: row for code, row in travel["meme_commune"].items() if code in here or code == "defaut"}
    actions.import_travel(SYSTEM, place.code, {"communes": communes, "meme_commune": same, "liaisons": links})
    sample = _sample(place.code, "trainings")["formations"]
    rows = [
        one
        for one in sample
        if _placed(place.code, one["action"]["lieu-de-formation"], "code-INSEE-commune", "codepostal")
    ]
    trainings, problems = lheo.read(json.dumps({"formations": rows}).encode())
    if problems:
        raise ValueError("the sample of trainings cannot be read")
    actions.import_trainings(SYSTEM, f"catalogue-{place.code}", trainings)
    catalogue = _sample(place.code, "services")
    for row in (*catalogue["structures"], *catalogue["services"]):
        _placed(place.code, row, "code_insee", "code_postal")
    read = inclusion.load(json.dumps(catalogue).encode())
    actions.import_catalogue(SYSTEM, read)
