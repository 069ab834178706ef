"""The requests: fifteen subjects filled in over weeks, papers, the package read back, signed, lodged, complete."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from jalon.config import clock
from jalon.demo.timeline import PREPARING, RECEIVING, SIGNING, Timeline
from jalon.dossiers import actions
from jalon.dossiers.models import Application
from jalon.dossiers.parts import PAPER_BY_FRENCH, PARTS, Part
from jalon.dossiers.states import Kind, PartState
from jalon.journeys import actions as journeys
from jalon.people import countries

from .meetings import URGENT, convened_on
from .persons import LEVELS
from .world import MANAGERS, World, day, must

ONE = timedelta(days=1)
STATES = {
    "complet": PartState.DONE,
    "a_renforcer": PartState.DONE,
    "en_cours": PartState.IN_PROGRESS,
    "a_faire": PartState.TODO,
    "sans_objet": PartState.NOT_APPLICABLE,
}
VISITS = 4
NEW_EACH_TIME = ("summary", "report", "opinion")
GOALS = {"emploi": "employment", "formation_qualifiante": "qualification"}
HOUSING = (
    ("CHRS", "chrs"),
    ("chez un tiers", "hosted"),
    ("hôtel", "hotel"),
    ("mise à l", "safe"),
    ("logement social", "social"),
    ("résidence sociale", "supported"),
    ("foyer", "supported"),
    ("logement autonome", "own"),
    ("urgence", "chrs"),
)
COMMITMENTS = (
    "Venir aux rendez-vous fixés ensemble, et prévenir quand ce n'est pas possible.",
    "Avancer vers le projet, étape par étape, avec l'aide de l'association.",
)
REPORT = {
    "achieved": "Les rendez-vous ont été tenus et le projet a avancé.",
    "difficulties": "Les délais des démarches ont pesé ; ils sont suivis ensemble.",
}
PAPERS = (
    ("identite", "Pièce d'identité (copie)"),
    ("annexe6", "Demande d'engagement signée"),
    ("honneur", "Attestation sur l'honneur"),
    ("agrement", "Arrêté d'agrément de l'association"),
)
RENEWAL_PAPERS = (("annexe7", "Demande de renouvellement signée"), ("agrement", "Arrêté d'agrément de l'association"))


@dataclass(frozen=True)
class Request:
    """One request of one person: when it was prepared, lodged and declared complete."""

    number: str
    kind: str
    created_on: date
    submitted_on: date | None = None
    complete_on: date | None = None
    withdrawn_on: date | None = None
    papers: tuple[tuple[str, str, date | None], ...] = ()
    states: dict[str, str] = field(default_factory=dict)


# Earlier requests that the histories of two dossiers speak of.
EARLIER = {
    "34-2023-002": Request(
        "34-2023-002",
        Kind.ENGAGEMENT,
        created_on=date(2023, 2, 19),
        submitted_on=date(2023, 5, 3),
        complete_on=date(2023, 5, 5),
        withdrawn_on=date(2023, 8, 18),
    ),
    "34-2024-001": Request(
        "34-2024-001",
        Kind.ENGAGEMENT,
        created_on=date(2023, 8, 20),
        submitted_on=date(2023, 10, 31),
        complete_on=date(2023, 11, 3),
    ),
}
# A new request is opened once the appeal is answered.
ASKED_AGAIN = {"34-2024-001": date(2024, 4, 3)}
# Its refusal, and the appeal that was granted.
EARLIER_DECISIONS = {
    "34-2024-001": {
        "type": "refus",
        "signed_on": "2023-11-30",
        "notified_on": "2023-12-05",
        "notified_lang": "fr",
        "reasons_fr": "Le projet présenté n'est pas assez préparé à ce jour.",
        "grounds": ["R02"],
        "appeal": {"kind": "gracieux", "filed_on": "2024-01-22", "answer": "admis", "answered_on": "2024-04-02"},
    }
}


def of(world: World, story: dict[str, Any]) -> list[Request]:
    """The requests of one person, oldest first."""
    number, given = story["id"], story["submission"]
    entry = Request(
        number,
        Kind.ENGAGEMENT,
        created_on=max(must(given["created_on"]), ASKED_AGAIN.get(number, date.min)),
        submitted_on=day(given["submitted_on"]),
        complete_on=day(given["complete_on"]),
        withdrawn_on=_withdrawn(story),
        papers=tuple((p["code"], p["label"], day(p["received_on"])) for p in story.get("documents", ())),
        states=story["task_list"] if isinstance(story["task_list"], dict) else {},
    )
    renewals = [
        _renewal(world, number, period, before)
        for before, period in zip(_periods(story), _periods(story)[1:], strict=False)
        if period.get("session_id")
    ]
    return [*([EARLIER[number]] if number in EARLIER else []), entry, *renewals]


def _periods(story: dict[str, Any]) -> list[dict[str, Any]]:
    return list((story.get("parcours") or {}).get("periods", ()))


def _withdrawn(story: dict[str, Any]) -> date | None:
    if story["outcome"]["status"] != "retire":
        return None
    return must(story["submission"]["complete_on"]) + 5 * ONE


def _renewal(world: World, number: str, period: dict[str, Any], before: dict[str, Any]) -> Request:
    """Lodged on the eve of the convocation of the first meeting that was to treat it, complete on its day."""
    listed = [
        meeting
        for meeting in world.meetings
        if must(before["start"]) < must(meeting["date"]) <= must(period["session_id"][3:])
        and any(item.get("dossier_id") == number for item in meeting["agenda"])
    ]
    convened = convened_on(listed[0])
    prepared = 2 if listed[0]["id"] in URGENT else 6
    return Request(number, Kind.RENEWAL, convened - prepared * ONE, convened - ONE, convened)


# --- the acts -------------------------------------------------------------------------------------------------
def plan(world: World, timeline: Timeline, story: dict[str, Any], request: Request) -> None:
    number = request.number
    renewal = request.kind == Kind.RENEWAL
    timeline.add(request.created_on, PREPARING, lambda: _begin(world, number, renewal))
    for when, parts in _visits(request):
        timeline.add(when, PREPARING, _fill(world, story, parts, request.states))
    end = request.submitted_on or request.created_on
    listed = request.papers or tuple((c, w, None) for c, w in (RENEWAL_PAPERS if renewal else PAPERS))
    if request.submitted_on:
        for code, label, received in listed:
            when = max(received or end - ONE, request.created_on)
            if when > (request.complete_on or end):
                when = end  # noted later in the world than the day on which nothing was missing
            if when > end:
                _complement(world, timeline, request, code, label, when)
            else:
                timeline.add(when, PREPARING, _piece(world, number, code, label, when))
        _lodge(world, timeline, story, request)


def _visits(request: Request) -> list[tuple[date, list[Part]]]:
    """The subjects, filled in over a few visits. A renewal brings most answers back: only what is new is written."""
    parts = [part for part in PARTS if request.kind in part.kinds and not part.optional and not part.computed]
    if request.kind == Kind.RENEWAL:
        return [(request.created_on, [part for part in parts if part.code in NEW_EACH_TIME])]
    weeks = (request.submitted_on - request.created_on).days - 3 if request.submitted_on else 14
    size = -(-len(parts) // VISITS)
    return [
        (request.created_on + timedelta(days=max(weeks, 0) * visit // VISITS), parts[visit * size : (visit + 1) * size])
        for visit in range(VISITS)
    ]


def _begin(world: World, number: str, renewal: bool) -> Application:
    actor = world.referent(number)
    dossier = world.dossier(actor, number)
    return journeys.prepare_renewal(actor, dossier) if renewal else actions.open_application(actor, dossier)


def _fill(world: World, story: dict[str, Any], parts: list[Part], states: dict[str, str]) -> Callable[[], None]:
    def act() -> None:
        actor = world.referent(story["id"])
        application = world.application(story["id"], actor)
        for part in parts:
            state = STATES[states.get(part.french, "complet")]
            if state != PartState.TODO:
                data = answers(story, part.code, clock.today(), application.kind)
                actions.save_part(actor, application, part.code, data=data, state=state)

    return act


def _piece(world: World, number: str, code: str, label: str, when: date) -> Callable[[], None]:
    paper = PAPER_BY_FRENCH[code]

    def act() -> None:
        actor = world.referent(number)
        actions.add_piece(actor, world.application(number, actor), code=paper.code, label=label, received_on=when)

    return act


def _complement(world: World, timeline: Timeline, request: Request, code: str, label: str, when: date) -> None:
    """A paper that came after the request: the secretariat asked for it, the association answers with it."""
    number, lodged = request.number, request.submitted_on or when

    def ask() -> None:
        application = world.application(number)
        actions.ask_for_complement(
            world.secretary(application.department), application, text=f"Il manque : {label}.", due_on=when + 7 * ONE
        )

    timeline.add(lodged, RECEIVING, ask)
    timeline.add(when, PREPARING, _piece(world, number, code, label, when))
    timeline.add(when, SIGNING, lambda: actions.answer_complement(world.referent(number), world.application(number)))


def _lodge(world: World, timeline: Timeline, story: dict[str, Any], request: Request) -> None:
    number, on = request.number, request.submitted_on
    if on is None:
        return

    def sign() -> None:
        referent = world.referent(number)
        application = world.application(number, referent)
        package = actions.draft_package(
            referent,
            application,
            summary=summary(story, application.kind),
            opinion="Avis favorable de l'association : " + (story["project"]["goal_fr"] or "projet") + ".",
            requests=related(story),
        )
        actions.record_read_back(referent, package, language=story["person"]["languages"][0]["code"])
        actions.sign_package(world.actor(MANAGERS[referent.organisation_id]), world.application(number))
        actions.submit_application(referent, application)

    timeline.add(on, SIGNING, sign)

    def complete() -> None:
        application = world.application(number)
        actions.declare_complete(world.secretary(application.department), application)

    if request.complete_on:
        timeline.add(request.complete_on, RECEIVING, complete)
    if request.withdrawn_on:
        timeline.add(
            request.withdrawn_on,
            PREPARING,
            lambda: actions.withdraw_application(world.referent(number), world.application(number)),
        )


# --- the answers ------------------------------------------------------------------------------------------------
def summary(story: dict[str, Any], kind: str) -> str:
    goal = story["project"]["goal_fr"]
    told = story.get("commission_summary_fr") or f"Accompagnée chaque semaine. Projet : {goal}. Démarches engagées."
    if kind == Kind.ENGAGEMENT:
        return str(told)
    return f"Période écoulée : rendez-vous tenus. Le projet continue : {goal}. Elle demande une nouvelle période."


def children(story: dict[str, Any]) -> list[dict[str, Any]]:
    return list(story["person"]["children"])


def related(story: dict[str, Any]) -> dict[str, Any]:
    rights = story.get("rights") or {}
    here = sum(1 for child in children(story) if child["in_france"] and child["dependent"])
    return {
        "aps": not story["person"]["eu_citizen"],
        "afis": "RSA" not in ((rights.get("afis") or {}).get("reason_fr") or ""),
        "children": here,
        "housing": False,
    }


def answers(story: dict[str, Any], code: str, when: date, kind: str) -> dict[str, Any]:
    """What she answers to one subject, from what the world tells of her."""
    return ANSWERS[code](story, when, kind) if code in ANSWERS else {}


def _residence(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    person = story["person"]
    iso2 = countries.iso2(person["nationality"])
    permit = "french" if iso2 == "FR" else "eu" if person["eu_citizen"] else "aps" if kind == Kind.RENEWAL else "none"
    return {"permit_type": permit, "identity_docs": ["identity_card"] if person["eu_citizen"] else ["passport"]}


def _family(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    born = [child for child in children(story) if must(child["birth_date"]) <= when]
    if not born:
        return {"children_situation": "none"}
    here = any(child["in_france"] for child in born)
    away = any(not child["in_france"] for child in born)
    return {
        "children_situation": "both" if here and away else "with_her" if here else "elsewhere",
        "children": [
            {
                "birth_date": child["birth_date"],
                "in_france": child["in_france"],
                "dependent": child["dependent"],
                "lives_with": "with_her" if child["in_france"] else "abroad",
            }
            for child in born
        ],
    }


def _housing(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    places = [place for place in (story.get("rights") or {}).get("housing", ()) if must(place["from"]) <= when]
    words = places[-1]["type"] if places else ""
    return {
        "housing_status": next((code for start, code in HOUSING if start in words), "hosted"),
        "safe_place_needed": False,
    }


def _resources(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    rsa = "RSA" in (((story.get("rights") or {}).get("afis") or {}).get("reason_fr") or "")
    return {"resources_last_month": "559.74" if rsa else "0", "benefits": ["rsa"] if rsa else ["none"]}


def _project(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    project, level = story["project"], story["person"]["french_level_at_entry"]
    return {
        "goal": project["goal_fr"],
        "goal_kind": GOALS.get(project["goal_kind"], "other"),
        "rome": project.get("rome") or "",
        "cefr_oral": LEVELS.get(level, level),
        "steps": [{"what": step["t"], "by": step["by"]} for step in project["steps"]],
    }


def _related(story: dict[str, Any], when: date, kind: str) -> dict[str, Any]:
    asked = related(story)
    return {"ask_aps": asked["aps"], "ask_afis": asked["afis"], "children": asked["children"]}


ANSWERS: dict[str, Callable[[dict[str, Any], date, str], dict[str, Any]]] = {
    "residence": _residence,
    "family": _family,
    "housing": _housing,
    "health_rights": lambda story, when, kind: {"health_cover": "puma", "has_gp": True, "needs": ["none"]},
    "resources": _resources,
    "life_path": lambda story, when, kind: {
        "story": story.get("life_path_fr") or "Elle préfère raconter son parcours de vive voix."
    },
    "summary": lambda story, when, kind: {"summary": summary(story, kind)},
    "project": _project,
    "commitments": lambda story, when, kind: {
        "commitments": [{"text": text} for text in COMMITMENTS],
        "signed_on": when,
        "cessation_statement_date": when,
    },
    "report": lambda story, when, kind: {
        "commitments": [{"text": text, "outcome": "kept"} for text in COMMITMENTS],
        **REPORT,
    },
    "related_requests": _related,
    "opinion": lambda story, when, kind: {
        "sense": "favourable",
        "reasons": f"Projet travaillé avec elle : {story['project']['goal_fr']}.",
    },
}
