"""The small world told in days relative to its present: a dossier in every stage, three meetings."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from jalon.access import SYSTEM, Actor
from jalon.accounts.models import User
from jalon.commissions import actions as commissions
from jalon.commissions.models import Meeting
from jalon.commissions.states import ItemState, Outcome, Presence
from jalon.config import clock
from jalon.demo import accounts
from jalon.demo.folder import Mark
from jalon.demo.progress import Progress
from jalon.demo.story.cast import PLACES
from jalon.demo.timeline import (
    AGENDA,
    CLEANING,
    CONVENING,
    DECIDING,
    DIRECTORY,
    LEAVING,
    MINUTES,
    NOTIFYING,
    OPENING,
    PAYING,
    PREPARING,
    RECEIVING,
    RIGHTS,
    SIGNING,
    SITTING,
    SUPPORT,
    Timeline,
)
from jalon.directory import actions as directory
from jalon.directory import pieces
from jalon.directory.models import Accreditation, Organisation
from jalon.dossiers import actions as dossiers
from jalon.dossiers import versions
from jalon.dossiers.models import Application
from jalon.dossiers.states import Kind, PartState
from jalon.journeys import actions as journeys
from jalon.journeys.models import AfisMonth
from jalon.journeys.states import DecisionKind, ExitKind, ExitReason, PermitKind
from jalon.people import access as people_access
from jalon.people import actions as people
from jalon.people.models import Dossier
from jalon.people.states import AssignmentKind
from jalon.support import actions as support

from .canaries import PARTS, canary, free
from .cast import (
    ACCOUNTS,
    ARTICLE,
    CASES,
    CONTACTS,
    FUTURE,
    MANAGERS,
    OPEN,
    ORGANISATIONS,
    PAST,
    PERSONS,
    RECUSED,
    SEATED_LATER,
    SHARED,
    Case,
)


class Proof:
    """The small world, told in days relative to its present."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.timeline = Timeline()
        self.users: dict[str, User] = {}
        self.actors: dict[str, Actor] = {}

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def at(self, days: int, rank: int, act: Callable[[], object]) -> None:
        self.timeline.add(self.day(days), rank, act)

    def dossier(self, name: str, number: str) -> Dossier:
        return people_access.dossiers_visible_to(self.actors[name]).get(number=number)

    def application(self, number: str) -> Application:
        rows = Application.objects.select_related("dossier").filter(dossier__number=number)
        return rows.order_by("-rank")[0]

    def meeting(self, days: int) -> Meeting:
        return Meeting.objects.get(department="31", on=self.day(days))

    def organisation(self, pk: str) -> Organisation:
        return Organisation.objects.get(pk=pk)

    # --- who ---------------------------------------------------------------------------------------------------
    def plan(self) -> None:
        self.at(-400, DIRECTORY, self.cast)
        self.at(-390, DIRECTORY, self.accredit)
        self.at(-150, DIRECTORY, self.seats)
        self.at(-30, DIRECTORY, self.ask_for_accreditation)
        self.at(-20, RECEIVING, self.instruct_accreditation)
        self.at(-10, RECEIVING, self.question_accreditation)
        self.meetings()
        for case in CASES:
            self.case(case)
        for account in PERSONS:
            self.at(-2, SUPPORT, partial(self.space, account))

    def cast(self) -> None:
        for pk, kind, name, department in ORGANISATIONS:
            directory.register_organisation(SYSTEM, kind=kind, name=name, department=department, id=pk)
        for account in ACCOUNTS:
            user, membership = accounts.create(account, self.organisation(account.organisation))
            self.users[account.id] = user
            self.actors[account.id] = accounts.actor(account, user, membership)

    def accredit(self) -> None:
        for pk, kind, _name, department in ORGANISATIONS:
            if kind == "association":
                directory.record_accreditation(
                    SYSTEM,
                    organisation=self.organisation(pk),
                    department=department,
                    received_on=self.day(-450),
                    granted_on=self.day(-390),
                    order_number=f"ESSAI-{department}-{pk}",
                )

    def ask_for_accreditation(self) -> None:
        """A draft of one association, a request sent by the other: each with the pieces that the texts name."""
        for name in ("mgr.a", "mgr.b"):
            row = directory.prepare_accreditation(self.actors[name])
            words = {"representative": "Vera Présidente", "capacity": "Présidente", "rna": "W310000000"}
            row = directory.edit_accreditation_request(self.actors[name], row, declared_on=self.day(-3000), **words)
            for code in pieces.CERTAIN:
                directory.add_accreditation_piece(self.actors[name], row, code=code)
        directory.request_accreditation(self.actors["mgr.b"], row)

    def instruct_accreditation(self) -> None:
        row = Accreditation.objects.get(organisation="org-b", granted_on=None)
        directory.receive_accreditation(self.actors["sec.31"], row)
        directory.ask_for_accreditation_piece(
            self.actors["sec.31"], row, code="accounts", why="Le bilan signé.", due_on=self.day(10)
        )

    def question_accreditation(self) -> None:
        """The approval in force of the other association is questioned: it may still answer."""
        directory.invite_observations(
            self.actors["sec.31"],
            Accreditation.objects.get(organisation="org-b", granted_on__isnull=False),
            reasons_of_law="Article R. 121-12-2 du code de l'action sociale et des familles.",
            reasons_of_fact="Les formations prévues n'ont pas eu lieu.",
            due_on=self.day(10),
        )

    def seats(self) -> None:
        for account in ACCOUNTS:
            if account.role not in ("MEM", "PRE") or account.department != "31":
                continue
            commissions.name_seat(
                self.actors["sec.31"],
                department="31",
                college=account.college or "préfet, présidence",
                organisation=self.organisation(account.organisation),
                user=self.users[account.id],
                is_chair=account.role == "PRE",
                place=PLACES.get(account.college or "préfet, présidence", ""),
                starts_on=self.day(15 if account.id == SEATED_LATER else -150),
                ends_on=self.day(900),
            )

    # --- the commission ------------------------------------------------------------------------------------------
    def meetings(self) -> None:
        for name, on, created, convened in ((PAST, -60, -110, -72), (OPEN, 0, -40, -8), (FUTURE, 40, -20, None)):
            self.at(created, PREPARING, partial(self.create_meeting, on))
            last = convened if convened is not None else -1
            self.at(last, AGENDA, partial(self.agenda, on, [case.number for case in CASES if case.meeting == name]))
            if convened is not None:
                self.at(last, CONVENING, partial(self.convene, on))
                self.at(on, SITTING, partial(self.open, on))
        self.at(-60, SITTING, self.opinions)
        self.at(-53, MINUTES, lambda: commissions.sign_minutes(self.actors["sec.31"], self.meeting(-60)))
        self.at(-40, CLEANING, commissions.close_windows)
        self.at(-6, SUPPORT, self.recuse)

    def create_meeting(self, on: int) -> None:
        commissions.create_meeting(self.actors["sec.31"], on=self.day(on), place="Salle d'essai")

    def agenda(self, on: int, numbers: list[str]) -> None:
        listed = [self.application(number) for number in numbers]
        commissions.set_agenda(self.actors["sec.31"], self.meeting(on), applications=listed)

    def convene(self, on: int) -> None:
        commissions.convene(self.actors["sec.31"], self.meeting(on))

    def open(self, on: int) -> None:
        meeting = self.meeting(on)
        presences = {row.pk: Presence.PRESENT for row in meeting.attendances.all()}
        commissions.record_attendance(self.actors["sec.31"], meeting, presences=presences)
        commissions.open_meeting(self.actors["sec.31"], meeting)

    def opinions(self) -> None:
        meeting = self.meeting(-60)
        rows = meeting.items.filter(state=ItemState.SCHEDULED).select_related("application__dossier", "meeting")
        for item in rows:
            number = item.application.dossier.number  # type: ignore[union-attr]
            commissions.record_opinion(
                self.actors["sec.31"],
                item,
                outcome=Outcome.FAVOURABLE,
                reasons=f"Projet clair. {canary(number, 'C13')}",
            )
        commissions.close_meeting(self.actors["sec.31"], meeting)
        commissions.generate_minutes(self.actors["sec.31"], meeting)

    def recuse(self) -> None:
        meeting = self.meeting(0)
        for item in meeting.items.select_related("application__dossier", "meeting"):
            if item.application.dossier.number == "31-2026-004":  # type: ignore[union-attr]
                commissions.mark_read(self.actors["mem.31.1"], item, note="À relire avant la séance.")
                commissions.declare_conflict(self.actors[RECUSED], item)

    # --- one dossier -----------------------------------------------------------------------------------------------
    def case(self, case: Case) -> None:
        opened = {"S0": -5, "S1": -60, "S2": -90, "S3": -90}.get(case.stage, -200)
        self.at(opened, OPENING, lambda: self.begin(case))
        self.at(opened + 1, SUPPORT, lambda: self.support(case))
        if case.contact != "expired" and opened < -80:
            self.at(-30, SUPPORT, lambda: people.update_safe_contact(
                self.actors[case.referent], self.dossier(case.referent, case.number), data={}))  # fmt: skip
        if case.stage == "S0":
            return
        lodged = {PAST: -80, OPEN: -15, FUTURE: -12}.get(case.meeting, -10)
        self.at(opened + 2, PREPARING, lambda: self.fill(case))
        self.at(lodged, SIGNING, lambda: self.lodge(case))
        if case.stage == "S1":
            return
        self.at(lodged + 1, RECEIVING, lambda: self.receive(case))
        self.at(lodged + 3, SIGNING, lambda: dossiers.answer_complement(
            self.actors[case.referent], self.application(case.number)))  # fmt: skip
        self.at(lodged + 4, RECEIVING, lambda: dossiers.declare_complete(
            self.actors["sec.31"], self.application(case.number)))  # fmt: skip
        if case.stage in ("S4", "S5", "S6"):
            self.at(-56, DECIDING, lambda: self.draft(case))
        if case.stage in ("S5", "S6"):
            self.at(-55, DECIDING, lambda: journeys.sign_decision(
                self.actors["pre.31"], self.application(case.number).decision,
                capacity="La préfète", service="Préfecture de la Haute-Garonne"))  # fmt: skip
            self.at(-54, NOTIFYING, lambda: self.tell(case))
            self.at(-50, RIGHTS, lambda: self.rights(case))
            self.at(-1, PAYING, lambda: self.pay(case))
        if case.stage == "S6":
            self.at(-1, LEAVING, lambda: journeys.exit_journey(
                self.actors[case.referent], self.dossier(case.referent, case.number),
                reason=ExitReason.PERMANENT_JOB, exit_kind=ExitKind.DURABLE_JOB))  # fmt: skip

    def begin(self, case: Case) -> None:
        actor = self.actors[case.referent]
        people.open_dossier(
            actor,
            alias=case.alias,
            languages=["en", "fr"],
            contact={**CONTACTS[case.contact], "language": "en", "code_word": canary(case.number, "C2")},
            identity={
                "given_name": "Essai",
                "family_name": canary(case.number, "C1"),
                "birth_date": "1994-05-06",
                "gender": "F",
                "nationality": "NGA",
                "french_level": "A2",
            },
            number=case.number,
        )
        dossier = self.dossier(case.referent, case.number)
        if case.contact == "never":
            people.stop_messages(actor, dossier)
        if case.stage == "S0":
            return
        people.record_agreement(actor, dossier, language="en", witness=canary(case.number, "C15"))
        if case.number == SHARED:
            self.share(case)

    def share(self, case: Case) -> None:
        actor, number = self.actors[case.referent], case.number
        for pk, what in (("pub-ft-31", ["prénom", "projet"]), ("pub-prefecture-31", ["titre de séjour"])):
            people.grant_share(
                actor,
                self.dossier(case.referent, number),
                organisation=self.organisation(pk),
                what=what,
                not_shared=["parcours de vie", "santé"],
                language="en",
                ends_on=self.day(120),
            )
        for name, pk, kind, ends in (
            ("emp.31", "pub-ft-31", AssignmentKind.ADVISER, None),
            ("col.a", "org-a", AssignmentKind.DELEGATE, self.day(30)),
        ):
            people.assign(
                actor,
                self.dossier(case.referent, number),
                user=self.users[name],
                organisation=self.organisation(pk),
                kind=kind,
                ends_on=ends,
            )

    def support(self, case: Case) -> None:
        actor, dossier = self.actors[case.referent], self.dossier(case.referent, case.number)
        support.write_note(actor, dossier, text=f"Premier échange. {canary(case.number, 'C11')}")
        at = datetime.combine(self.day(6), time(14, 30), clock.PARIS)
        support.make_appointment(actor, dossier, at=at, title="Rendez-vous", place=canary(case.number, "C16"))
        if case.number == SHARED:
            support.send_message(actor, dossier, text="Bonjour, un premier échange est-il possible ?")
            adviser = self.actors["emp.31"]
            support.send_message(adviser, self.dossier("emp.31", case.number), text="Oui, la semaine prochaine.")

    def space(self, account: accounts.Account) -> None:
        referent = next(case.referent for case in CASES if case.number == account.dossier)
        dossier = self.dossier(referent, account.dossier)
        self.users[account.id] = accounts.open_space(account, self.actors[referent], dossier)

    # --- the request -----------------------------------------------------------------------------------------------
    def fill(self, case: Case) -> None:
        actor = self.actors[case.referent]
        dossiers.open_application(actor, self.dossier(case.referent, case.number))
        asked = versions.of(self.application(case.number).form_version)
        words = {part: canary(case.number, compartment) for compartment, part in PARTS.items()}
        for part in asked.parts_of(Kind.ENGAGEMENT):
            if part.computed:
                continue
            data = dict(ANSWERS.get(part.code, {}))
            if part.code in words and (question := free(part.code)):
                data[question] = f"{words[part.code]}"
            if part.code == "family":
                data["relatives"] = [{"name": canary(case.number, "C9"), "role": "other"}]
            if part.code == "summary":
                data["summary"] = self.summary(case)
            dossiers.save_part(actor, self.application(case.number), part.code, data=data, state=PartState.DONE)
        for paper in asked.papers_of(Kind.ENGAGEMENT):
            dossiers.add_piece(actor, self.application(case.number), code=paper.code, label=str(paper.label))
        proof = canary(case.number, "C8")
        dossiers.add_piece(actor, self.application(case.number), code="resources_proof", label=f"Justificatif {proof}")

    def summary(self, case: Case) -> str:
        return f"Accompagnée chaque semaine, souhaite travailler en hôtellerie. {canary(case.number, 'C12')}"

    def lodge(self, case: Case) -> None:
        actor, application = self.actors[case.referent], self.application(case.number)
        package = dossiers.draft_package(
            actor,
            application,
            summary=self.summary(case),
            opinion="Projet travaillé avec elle.",
            requests={"aps": True, "afis": True, "children": 0, "housing": False},
        )
        if case.stage == "S1":
            return  # drafted, neither read back nor signed
        dossiers.record_read_back(actor, package, language="en")
        manager = self.actors[MANAGERS[actor.organisation_id]]
        dossiers.sign_package(manager, self.application(case.number))
        dossiers.submit_application(actor, self.application(case.number))

    def receive(self, case: Case) -> None:
        dossiers.ask_for_complement(
            self.actors["sec.31"],
            self.application(case.number),
            text=f"Il manque une date. {canary(case.number, 'C13')}",
            due_on=clock.today() + timedelta(days=7),
        )

    # --- the decision ------------------------------------------------------------------------------------------------
    def draft(self, case: Case) -> None:
        journeys.draft_decision(
            self.actors["sec.31"],
            self.application(case.number),
            kind=DecisionKind.AUTHORISE,
            reasons_of_law=ARTICLE,
            reasons_of_fact=f"Projet engagé. {canary(case.number, 'C14')}",
        )

    def tell(self, case: Case) -> None:
        decision = self.application(case.number).decision
        journeys.notify_decision(self.actors["sec.31"], decision, language="en")
        journeys.explain_decision(self.actors[case.referent], decision, language="en")

    def rights(self, case: Case) -> None:
        actor, dossier = self.actors[case.referent], self.dossier(case.referent, case.number)
        journeys.decide_afis(self.actors["pre.31"], self.dossier("pre.31", case.number), granted=True, reason="Séjour")
        journeys.record_permit(actor, dossier, kind=PermitKind.APS, requested_on=self.day(-53), issued_on=clock.today())
        aim = support.add_objective(actor, dossier, aim="26.0")
        support.add_plan_step(actor, dossier, text="Français A2", holder="agency", due_on=self.day(60), objective=aim)
        support.fill_scale(actor, dossier, values={"housing": 3, "french": 2}, by="person")

    def pay(self, case: Case) -> None:
        first = AfisMonth.objects.filter(dossier__number=case.number).order_by("month").first()
        if first is not None and first.month <= clock.today():
            journeys.record_payment(self.actors[case.referent], first, paid_on=clock.today())


ANSWERS: dict[str, dict[str, Any]] = {
    "residence": {"permit_type": "none"},
    "family": {"children_situation": "none"},
    "housing": {"housing_status": "hosted", "safe_place_needed": False},
    "health_rights": {"health_cover": "puma", "needs": ["none"]},
    "resources": {"resources_last_month": "0", "benefits": ["none"]},
    "life_path": {"story": "Elle préfère raconter de vive voix."},
    "project": {"goal": "Employée d'étage", "goal_kind": "employment", "rome": "G1501"},
    "commitments": {"commitments": [{"text": "Venir aux rendez-vous fixés ensemble."}]},
    "related_requests": {"ask_aps": True, "ask_afis": True},
    "opinion": {"sense": "favourable", "reasons": "Projet travaillé avec elle."},
}


def load_proof(mark: Mark) -> dict[str, str]:
    """Tell the world until its present. Return the public ids of the accounts."""
    world = Proof(date.fromisoformat(mark.days["*"]))
    world.plan()
    bar = Progress("monde", len(world.timeline))
    world.timeline.run(world.today, bar)
    bar.done()
    return {name: user.pk for name, user in world.users.items()}
