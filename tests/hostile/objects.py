"""Run apart on a served world (``python -m tests.hostile.objects``): every object that an address may name, as JSON.

``--more`` first adds, through the rooms' actions, the kinds of objects that the world ``proof`` does not hold.
"""

import json
import sys
from datetime import date, datetime
from typing import Any

# the name of an address's part → its model, and the path that leads from a row to its dossier, meeting or convention
KINDS = {
    "dossier_id": ("people.Dossier", ""),
    "share_id": ("people.Share", "dossier"),
    "assignment_id": ("people.Assignment", "dossier"),
    "agreement_id": ("people.Agreement", "dossier"),
    "request_id": ("people.RightsRequest", "dossier"),
    "application_id": ("dossiers.Application", "dossier"),
    "piece_id": ("dossiers.Piece", "dossier"),
    "package_id": ("dossiers.Package", "dossier"),
    "part_id": ("dossiers.Part", "dossier"),
    "complement_id": ("dossiers.ComplementRequest", "dossier"),
    "meeting_id": ("commissions.Meeting", ""),
    "item_id": ("commissions.AgendaItem", "application.dossier"),
    "recusal_id": ("commissions.Recusal", "item.application.dossier"),
    "seat_id": ("commissions.Seat", ""),
    "decision_id": ("journeys.Decision", "dossier"),
    "appeal_id": ("journeys.Appeal", "dossier"),
    "month_id": ("journeys.AfisMonth", "dossier"),
    "permit_id": ("journeys.Permit", "dossier"),
    "grant_id": ("journeys.AfisGrant", "dossier"),
    "hearing_id": ("journeys.Hearing", "dossier"),
    "sheet_id": ("journeys.PayerSheet", ""),
    "note_id": ("support.Note", "dossier"),
    "about_id": ("support.Note", "dossier"),
    "step_id": ("support.PlanStep", "dossier"),
    "objective_id": ("support.Objective", "dossier"),
    "joint_meeting_id": ("support.JointMeeting", "dossier"),
    "appointment_id": ("support.Appointment", "dossier"),
    "placement_id": ("support.Placement", "dossier"),
    "convention_id": ("conventions.Convention", ""),
    "axis_id": ("conventions.Axis", "convention"),
    "commitment_id": ("conventions.Commitment", "axis.convention"),
    "indicator_id": ("conventions.Indicator", "axis.convention"),
    "steering_id": ("conventions.SteeringMeeting", "convention"),
    "question_id": ("conventions.ConventionMessage", "convention"),
    "hand_over_id": ("conventions.HandOver", "dossier"),
    "liaison_id": ("support.LiaisonMessage", "dossier"),
    "offer_id": ("offers.Offer", ""),
    "orientation_id": ("offers.Orientation", "dossier"),
    "proposal_id": ("offers.Proposal", "dossier"),
    "service_id": ("offers.Service", ""),
    "training_id": ("offers.Training", ""),
    "person_request_id": ("space.PersonRequest", "dossier"),
    "membership_id": ("directory.Membership", ""),
    "accreditation_id": ("directory.Accreditation", ""),
    "accreditation_piece_id": ("directory.AccreditationPiece", "accreditation"),
}


def main() -> None:
    import django

    django.setup()
    if "--more" in sys.argv:
        more()
    json.dump({kind: list(objects(*where)) for kind, where in KINDS.items()}, sys.stdout)


def objects(label: str, path: str) -> Any:
    from django.apps import apps

    for row in apps.get_model(label).objects.all():
        owner = row
        for name in path.split(".") if path else ():
            owner = getattr(owner, name, None)
        if owner is None:
            continue
        organisations = ("organisation_id", "association_id", "agency_id")
        yield {
            "id": row.pk,
            # an offer has the number of who published it: it belongs to its department
            "number": "" if owner is row and label.startswith("offers.") else getattr(owner, "number", ""),
            "department": getattr(owner, "department", ""),
            "organisations": [getattr(owner, name) for name in organisations if hasattr(owner, name)],
        }


def more() -> None:
    """Of each association a signed convention, a placement, an appeal; a hearing, a payer's sheet, offers, services."""
    from jalon.access import Actor
    from jalon.config import clock
    from jalon.conventions import actions as conventions
    from jalon.demo import accounts
    from jalon.directory.models import Membership, Organisation
    from jalon.journeys import actions as journeys
    from jalon.journeys.models import Decision
    from jalon.offers import actions as offers
    from jalon.offers.models import Service
    from jalon.people import access as people
    from jalon.people import actions as persons
    from jalon.people.models import Assignment, Dossier
    from jalon.support import actions as support

    def actor(membership: Membership) -> Actor:
        return Actor(
            membership.user_id,
            str(membership.role),
            membership.organisation_id,
            membership.department,
            membership.pk,
            stepped_up=True,
        )

    def referent(dossier: Dossier) -> Actor:
        user = Assignment.objects.get(dossier=dossier, kind="referent", ends_on=None).user_id
        return actor(Membership.objects.get(user=user))

    with clock.at(date(2026, 3, 16)):
        for department in ("31", "13"):
            _catalogue(department)
        agency = Organisation.objects.get(pk="pub-ft-31")
        account = accounts.Account("dir.31", "Zoé Direction", "EMP", agency.pk, "31")
        user, membership = accounts.create(account, agency)
        director = actor(membership)
        for association in ("org-a", "org-b"):
            manager = Membership.objects.get(organisation=association, role="MGR")
            convention = conventions.draft_convention(
                actor(manager),
                department="31",
                title=f"Convention {association}",
                association=Organisation.objects.get(pk=association),
                agency=agency,
                starts_on=date(2026, 4, 1),
                ends_on=date(2027, 3, 31),
                axes=[
                    {
                        "title": f"Axe {number}",
                        "objective": "",
                        "commitments": [{"title": "Se réunir", "owner": None, "due_on": date(2026, 9, 30)}],
                        "indicators": [{"measure": "paired", "target": None}],
                    }
                    for number in (1, 2, 3)
                ],
            )
            for party in (actor(manager), director):
                conventions.sign_convention(party, convention)
            conventions.hold_committee(director, convention)
            conventions.write_to_party(director, convention, text="Quand se voit-on ?", answer_due_on=clock.today())
        for number in ("31-2026-006", "31-2026-102"):
            dossier = Dossier.objects.get(number=number)
            who = referent(dossier)
            mine = people.dossiers_visible_to(who).get(number=number)
            support.record_placement(who, mine, title="Atelier", starts_on=date(2026, 3, 2))
            _asked(mine)
            offers.prepare_orientation(who, mine, Service.objects.get(department="31"))
            offers.propose_offer(who, mine, "job", "31AAA", lifted={"R_METIER": "Elle veut essayer la cuisine."})
            persons.record_request(who, mine, right="access")
            decision = Decision.objects.filter(dossier=dossier).first()
            if decision is not None:
                journeys.file_appeal(who, decision, kind="gracious", filed_on=date(2026, 3, 10))
        _passed_on(actor(Membership.objects.get(organisation="org-a", role="MGR")), user)
        shared = Dossier.objects.filter(shares__revoked_at=None, shares__organisation__kind="employment_agency")[0]
        who = referent(shared)
        mine = people.dossiers_visible_to(who).get(pk=shared.pk)
        support.plan_meeting(who, mine, at=datetime(2026, 3, 20, 10), title="Rendez-vous", place="")
        here = Membership.objects.filter(department="31")
        prefect, secretary = (actor(here.filter(role=role)[0]) for role in ("PRE", "SEC"))
        journeys.invite_observations(
            prefect,
            Dossier.objects.get(number="31-2026-006"),
            reasons_of_law="Article L. 121-9.",
            reasons_of_fact="Engagements à revoir.",
            reply_by=date(2026, 4, 16),
            capacity="Préfète",
            service="Préfecture",
        )
        journeys.prepare_sheet(secretary)


def _asked(dossier: Any) -> None:
    """Her space, and what she asked from it."""
    from jalon.access import Actor
    from jalon.people import access as people
    from jalon.people.models import Assignment
    from jalon.space import actions as space

    def actor(kind: str, role: str) -> Actor:
        held = Assignment.objects.get(dossier=dossier, kind=kind, ends_on=None)
        return Actor(held.user_id, role, dossier.organisation_id, dossier.department, stepped_up=True)

    if not Assignment.objects.filter(dossier=dossier, kind="person").exists():
        space.open_space(actor("referent", "REF"), dossier)
    her = actor("person", "PER")
    space.ask(her, people.dossiers_visible_to(her).get(), kind="message", text="Appelez-moi.")


def _passed_on(manager: Any, arriving: Any) -> None:
    """The adviser of the shared file changes; who leaves keeps access long enough for every test."""
    from jalon.config import clock
    from jalon.conventions import actions as conventions
    from jalon.people import access as people

    dossier = people.dossiers_visible_to(manager).get(number="31-2026-006")
    until = datetime(2036, 3, 16, 18, tzinfo=clock.PARIS)
    conventions.open_hand_over(manager, dossier, side="agency", arriving=arriving, ends_at=until)


def _catalogue(department: str) -> None:
    """One of each for a department, kept as the nightly jobs and the imports keep them."""
    from jalon.access import SYSTEM
    from jalon.offers import actions, inclusion

    offer = {"id": f"{department}AAA", "intitule": "Aide de cuisine"}
    actions.record_offers(SYSTEM, department, offers=[offer], gone=[], total=1)
    training = {
        "formation": {"numero": "F1", "intitule-formation": "Français"},
        "action": {"numero": "A1", "lieu-de-formation": {"departement": department}},
        "session": {"numero": f"S{department}", "periode": {"debut": "2026-09-01"}},
    }
    actions.import_trainings(SYSTEM, "catalogue", {training["session"]["numero"]: training})
    known = {"source": "essai", "id": f"essai--{department}", "date_maj": "2026-01-05", "nom": "Maison des langues"}
    service = {**known, "structure_id": known["id"], "description": "Cours de français."}
    actions.mirror_catalogue(SYSTEM, department, inclusion.check([known], [service]))


if __name__ == "__main__":
    main()
