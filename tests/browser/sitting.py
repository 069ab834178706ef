"""Run apart on the world ``story`` (``python -m tests.browser.sitting``): a meeting of the Gard on its last day.

The world tells meetings that are over; to show a session room and a reading sheet, four invented persons ask to enter,
through the rooms' actions, and one request is left in preparation.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DAY = date(2020, 2, 20)
REFERENT, MANAGER, SECRETARY, MEMBER = "ts-maiwenn", "cs-odile", "dd-anouk", "mb-cd-30"
# alias, nationality, goal, ROME code, summary
PERSONS = (
    (
        "Genévrier",
        "NGA",
        "Couturière en atelier de retouche",
        "B1803",
        "Suivie chaque semaine depuis un an. Elle a cessé toute activité, suit des cours de français et coud bien. "
        "Elle demande du temps pour finir sa formation et trouver un logement stable.",
    ),
    (
        "Saponaire",
        "ROU",
        "Employée d'étage en hôtel",
        "G1501",
        "Suivie depuis six mois. Elle veut travailler le matin. Un hôtel propose une immersion de deux semaines.",
    ),
    (
        "Clématite",
        "BRA",
        "Aide de cuisine",
        "G1602",
        "Hébergée depuis l'été. Elle parle bien français et a travaillé en cuisine dans son pays.",
    ),
    (
        "Pervenche",
        "ALB",
        "Apprendre le français pour devenir aide-soignante",
        "J1501",
        "Arrivée il y a deux ans. Elle apprend vite et vient à tous les rendez-vous.",
    ),
)
LEFT = ("Nigelle", "CMR", "Vendeuse en boulangerie", "D1106", "")


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    from jalon.commissions import actions as commissions
    from jalon.config import clock
    from jalon.demo.folder import read_mark
    from jalon.demo.story.world import World
    from jalon.dossiers import actions as dossiers
    from jalon.dossiers.models import Application

    mark = read_mark(Path(settings.DATA_DIR))
    assert mark is not None
    world = World(mark.ids)
    with clock.at(DAY - timedelta(days=40)):
        requests = [open_request(world, *person) for person in PERSONS]
        for (_alias, _country, goal, rome, summary), request in zip(PERSONS, requests, strict=True):
            fill(world, request, goal, rome, summary)
            send(world, request, summary)
            dossiers.declare_complete(world.secretary("30"), request)
    with clock.at(DAY - timedelta(days=10)):
        left = open_request(world, *LEFT)
        fill(world, left, LEFT[2], LEFT[3], "", only=("residence", "family", "housing", "project", "life_path"))
    secretary = world.secretary("30")
    with clock.at(DAY - timedelta(days=30)):
        meeting = commissions.create_meeting(secretary, on=DAY, place="Préfecture, salle Feuchères")
        rows = [Application.objects.select_related("dossier").get(pk=one.pk) for one in requests]
        commissions.set_agenda(secretary, meeting, applications=rows)
    with clock.at(DAY - timedelta(days=12)):
        commissions.convene(secretary, meeting)
    with clock.at(DAY):
        presences = {row.pk: "present" for row in meeting.attendances.all()}
        commissions.record_attendance(secretary, meeting, presences=presences)
        commissions.open_meeting(secretary, meeting)
        items = list(meeting.items.filter(application__isnull=False).order_by("position"))
        commissions.record_opinion(secretary, items[0], votes_for=8, votes_against=1, abstentions=0)
    json.dump({"meeting": meeting.pk, "item": items[1].pk, "left": left.pk}, sys.stdout)


def open_request(world: Any, alias: str, nationality: str, *_rest: str) -> Any:
    from jalon.dossiers import actions as dossiers
    from jalon.people import actions as people

    referent = world.actor(REFERENT)
    dossier = people.open_dossier(
        referent,
        alias=alias,
        languages=["en"],
        contact={"language": "en", "phone": "0639980160", "sms_ok": True, "safe_hours": "10:00-12:00"},
        identity={
            "given_name": "Invention",
            "family_name": "Deplume",
            "birth_date": "1994-03",
            "nationality": nationality,
            "french_level": "A2",
            "languages": [{"code": "en"}],
        },
    )
    people.record_agreement(referent, dossier, language="en")
    return dossiers.open_application(referent, dossier)


def fill(world: Any, request: Any, goal: str, rome: str, summary: str, only: tuple[str, ...] = ()) -> None:
    from jalon.dossiers import actions as dossiers

    answers: dict[str, dict[str, Any]] = {
        "residence": {"permit_type": "none"},
        "family": {"children_situation": "none"},
        "housing": {"housing_status": "hosted", "safe_place_needed": False},
        "health_rights": {"health_cover": "ame", "needs": ["dentist"]},
        "resources": {"resources_last_month": "0", "benefits": ["none"]},
        "life_path": {"story": "Elle préfère raconter son parcours de vive voix."},
        "summary": {"summary": summary},
        "project": {
            "goal": goal,
            "goal_kind": "employment",
            "rome": rome,
            "cefr_oral": "A2",
            "steps": [
                {"what": "Cours de français, niveau B1", "by": "2020-06-30"},
                {"what": "Immersion de deux semaines", "by": "2020-09-30"},
            ],
        },
        "commitments": {"commitments": [{"text": "Venir aux rendez-vous"}, {"text": "Suivre le cours de français"}]},
        "related_requests": {"ask_aps": True, "ask_afis": True, "children": 0},
        "opinion": {"sense": "favourable", "reasons": "Projet réaliste, présence régulière."},
    }
    for code, data in answers.items():
        if not only or code in only:
            dossiers.save_part(world.actor(REFERENT), request, code, data=data, state="done")


def send(world: Any, request: Any, summary: str) -> None:
    from jalon.dossiers import actions as dossiers

    referent = world.actor(REFERENT)
    for piece in list(request.pieces.filter(state="expected")):
        dossiers.add_piece(referent, request, code=piece.code, label="Copie")
    package = dossiers.draft_package(
        referent,
        request,
        summary=summary,
        opinion="favourable",
        requests={"aps": True, "afis": True, "children": 0, "housing": False},
    )
    dossiers.record_read_back(referent, package, language="en")
    dossiers.sign_package(world.actor(MANAGER), request)
    dossiers.submit_application(referent, request)


if __name__ == "__main__":
    main()
