"""Requests at every stage, made through the real verbs."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from jalon import journal
from jalon.access import SYSTEM, Actor
from jalon.config import clock
from jalon.directory.actions import record_accreditation
from jalon.dossiers import actions, versions
from jalon.dossiers import parts as form
from jalon.dossiers.models import Application, Package, Part
from jalon.journal.tests.replay import replayed
from jalon.people.models import Dossier
from jalon.people.tests.factories import Team, make_prepared
from jalon.ui.files import Clean

# A real, tiny PDF and PNG, as ``ui.files`` leaves them.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200014827"
    "8d460000000049454e44ae426082"
)

# One complete set of answers, invented.
ANSWERS: dict[str, dict[str, Any]] = {
    "identity": {},
    "safe_contact": {},
    "residence": {
        "permit_type": "eu",
        "entry_date_fr": "2017-09",
        "identity_docs": ["identity_card"],
        "asylum_status": "none",
        "oqtf_status": False,
    },
    "family": {
        "children_situation": "with_her",
        "children": [
            {
                "name": "Boyan",
                "birth_date": "2018-03-02",
                "lives_with": "with_her",
                "in_france": True,
                "dependent": True,
            }
        ],
        "family_status": "single",
        "relatives": [{"name": "Radka Zelenkova", "role": "parent"}],
    },
    "housing": {
        "housing_status": "hosted",
        "address": "12 rue du Micocoulier",
        "town": "Colomiers",
        "school": "École Jules-Vallès",
        "safe_place_needed": True,
    },
    "health_rights": {"health_cover": "css", "has_gp": True, "care_in_progress": False, "needs": ["dentist"]},
    "resources": {"resources_last_month": "120.00", "benefits": ["food"], "debts": True, "bank_account": True},
    "life_path": {
        "story": "Elle est venue seule et veut travailler le matin.",
        "strengths": "Sa ponctualité.",
        "wishes": "Un travail et l'école.",
        "risk_level": "watch",
    },
    "summary": {
        "summary": "Mère d'un enfant scolarisé, suivie depuis un an. Souhaite travailler en hôtellerie le matin."
    },
    "project": {
        "goal": "Employée d'étage en hôtel",
        "goal_kind": "employment",
        "rome": "G1501",
        "steps": [{"what": "Français A2", "by": "2027-06-30"}, {"what": "Immersion", "by": "2027-09-30"}],
        "cefr_oral": "A1",
        "cefr_written": "none",
        "school_level": "8 ans",
        "work_experience": "Trois saisons de récolte.",
        "ft_registered": False,
        "availability": "Le matin",
    },
    "commitments": {
        "commitments": [{"text": "Suivre le cours de français"}, {"text": "Venir aux rendez-vous"}],
        "signed_on": "2026-11-20",
    },
    "related_requests": {"ask_aps": False, "ask_afis": True, "children": 1},
    "opinion": {"sense": "favourable", "reasons": "Projet réaliste, présence régulière."},
}
REPORT = {
    "commitments": [
        {"text": "Suivre le cours de français", "outcome": "kept"},
        {"text": "Venir aux rendez-vous", "outcome": "partly", "reasons": "Garde d'enfant absente en août."},
    ],
    "difficulties": "La garde du matin.",
}
REQUESTS = {"aps": False, "afis": True, "children": 1, "housing": False}


@replayed
def accredit(team: Team, received_on: date = date(2025, 1, 6), granted_on: date = date(2025, 2, 3)) -> None:
    record_accreditation(
        SYSTEM,
        organisation=team.organisation,
        department=team.department,
        received_on=received_on,
        granted_on=granted_on,
    )


@replayed
def make_application(team: Team, **given: Any) -> Application:
    """Open, nothing filled."""
    dossier = make_prepared(team, **given)
    return actions.open_application(given.get("actor") or team.actor("REF"), dossier)


@replayed
@transaction.atomic
def fill(actor: Actor, application: Application, **changes: Any) -> Application:
    """Every part finished, every expected paper received. Parts of the request's own are written without the verb."""
    rows = {row.code: row for row in application.parts.all()}
    written = []
    for part in versions.of(application.form_version).parts_of(application.kind):
        data = changes.get(part.code, REPORT if part.code == "report" else ANSWERS.get(part.code))
        if data is None:
            continue
        if part.store or part.code in changes:
            actions.save_part(actor, application, part.code, data=data, state="done")
            continue
        row = rows[part.code]
        answers = form.clean(part, data)
        assert not form.gaps(part, answers)
        row.seal(answers)
        row.state, row.missing, row.updated_on, row.updated_by_id = "done", "", clock.today(), actor.user_id
        written.append(row)
    Part.objects.bulk_update(written, ["sealed", "revision", "state", "missing", "updated_on", "updated_by"])
    journal.record(actor, "save_part", application.dossier, sealed=written)
    for piece in application.pieces.filter(state="expected"):
        actions.add_piece(actor, application, code=piece.code, file=Clean(PNG, "image/png"), label="Copie")
    return application


@replayed
def make_filled(team: Team, **given: Any) -> Application:
    return fill(given.get("actor") or team.actor("REF"), make_application(team, **given))


@replayed
def draft(actor: Actor, application: Application, **changes: Any) -> Package:
    given: dict[str, Any] = {
        "summary": ANSWERS["summary"]["summary"],
        "opinion": "favourable",
        "requests": REQUESTS,
        **changes,
    }
    return actions.draft_package(actor, application, **given)


@replayed
def sign(team: Team, application: Application, actor: Actor | None = None) -> Application:
    """Drafted, read back, signed."""
    referent = actor or team.actor("REF")
    package = draft(referent, application)
    actions.record_read_back(referent, package, language="bg", interpreter="Interprète")
    actions.sign_package(team.actor("MGR"), application)
    return application


@replayed
def make_signed(team: Team, **given: Any) -> Application:
    return sign(team, make_filled(team, **given), given.get("actor"))


@replayed
def make_submitted(team: Team, **given: Any) -> Application:
    """S2: with its receipt. The association is approved if it was not."""
    application = make_signed(team, **given)
    if not team.organisation.accreditations.exists():
        accredit(team)
    return actions.submit_application(given.get("actor") or team.actor("REF"), application)


@replayed
def make_complete(team: Team, **given: Any) -> Application:
    return actions.declare_complete(team.actor("SEC"), make_submitted(team, **given))


@replayed
def make_convened(team: Team, **given: Any) -> Application:
    """S3, with the commission's copy."""
    application = make_complete(team, **given)
    actions.advance(application, "schedule")
    return actions.advance(application, "convene")


@replayed
def make_decided(team: Team, **given: Any) -> Application:
    application = make_convened(team, **given)
    actions.advance(application, "give_opinion")
    return actions.advance(application, "decide")


@replayed
def make_in_pathway(team: Team, **given: Any) -> tuple[Dossier, Application]:
    """S5: the journey itself belongs to a room above; here only the file's stage."""
    from jalon.people.actions import move_stage

    application = make_decided(team, **given)
    return move_stage(application.dossier, "open_journey"), application


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)
