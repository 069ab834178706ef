"""No paper bears a word of what stays inside: a canary in each free answer of C3 to C6, C9, C11, then every paper."""

import copy
import re
from datetime import timedelta

import pytest

from jalon.commissions import actions as commissions
from jalon.commissions import papers as commission_papers
from jalon.commissions.tests.factories import make_commission, on
from jalon.config import clock
from jalon.conventions import actions as conventions
from jalon.conventions import papers as convention_papers
from jalon.conventions import reads as convention_reads
from jalon.conventions.tests.factories import make_parties, signed
from jalon.directory import papers as directory_papers
from jalon.directory.models import Accreditation
from jalon.directory.tests.factories import make_actor
from jalon.dossiers import papers as dossier_papers
from jalon.dossiers import parts
from jalon.dossiers.tests import factories as dossier_factories
from jalon.journeys import actions as journeys
from jalon.journeys import papers as journey_papers
from jalon.journeys.tests.factories import REASONS, REFUSAL, SIGNATORY, make_draft, make_notified, mine
from jalon.offers import actions as offers
from jalon.offers import papers as offer_papers
from jalon.papers import engine
from jalon.papers.models import Paper
from jalon.papers.rights import PRIVATE
from jalon.papers.tests.reading import read
from jalon.people.tests.factories import IDENTITY, make_team
from jalon.reporting import papers as reporting_papers
from jalon.support import actions as support
from jalon.support import papers as support_papers
from jalon.support.reads import joint

pytestmark = pytest.mark.django_db
# Templates about nobody, made elsewhere: the engine's own sample, the simulator without a subject.
WITHOUT_SUBJECT = {"sample", "simulation"}
# Handed to her, at the desk: all that is written of her, and the answer to what she asked; tested in their rooms.
HERS = {"access", "answer"}
FREE = ("text", "name", "long")
# How long each may be, and what a reader hears first. A convocation: one page for each of the five seats.
PAGES = {
    "dossier": (3, 5, "Dossier de présentation"),
    "acknowledgement": (1, 1, "Accusé de réception"),
    "reading_sheet": (1, 1, "Fiche de lecture"),
    "convocation": (5, 5, "Convocation"),
    "minutes": (2, 4, "Procès-verbal et annexe"),
    "committee_minutes": (1, 2, "Compte rendu du comité de pilotage"),
    "cv": (1, 1, "Curriculum vitae"),
    "letter": (1, 1, "Lettre"),
    "right_to_work": (1, 1, "Autorisation de travail"),
    "plan_summary": (1, 2, "Plan d'action"),
    "progress_sheet": (1, 2, "Bilan de six mois"),
    "decision": (2, 2, "Décision"),
    "certificate": (1, 1, "Attestation"),
    "proof": (1, 1, "Justificatif d'autorisation"),
    "appeal_kit": (4, 4, "Dossier de recours"),
    "invitation": (1, 2, "Invitation à présenter des observations"),
    "correction": (1, 2, "Rectification"),
    "payer": (1, 1, "Aides décidées, à l'attention de l'organisme payeur"),
    "activity_report": (2, 6, "Rapport d'activité"),
    "accreditation_file": (1, 4, "Dossier d'agrément"),
}


def seeded(questions, answers, canaries):
    """The same answers, with a canary in each free text; rows that exist are seeded too."""
    found = copy.deepcopy(answers)
    for question in questions:
        if question.kind in FREE:
            canaries.append(f"kanarek{len(canaries)}kan")
            found[question.name] = canaries[-1]
        elif question.kind == "rows" and found.get(question.name):
            found[question.name] = [seeded(question.rows, row, canaries) for row in found[question.name]]
    return found


@pytest.fixture
def canaries(monkeypatch):
    listed = []
    for part in parts.PARTS:
        if part.compartment in PRIVATE and not part.computed:
            answers = dossier_factories.ANSWERS.get(part.code, {})
            monkeypatch.setitem(dossier_factories.ANSWERS, part.code, seeded(part.questions, answers, listed))
    assert len(listed) > 10
    return listed


@pytest.fixture
def team():
    return make_team()


def note(team, dossier, canaries):
    """A note of the team, and what the plan keeps in the association."""
    canaries += ["kanareknotekan", "kanarekplankan"]
    support.write_note(team.actor("REF"), dossier, text="kanareknotekan")
    own = support.add_objective(team.actor("REF"), dossier, aim="justice.0", shared=False)
    support.add_plan_step(team.actor("REF"), dossier, text="kanarekplankan", holder="person", objective=own)


def held_committee():
    """A steering meeting of another association, whose agenda counts persons."""
    parties = make_parties("13", "du Port")
    convention = signed(parties, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=90))
    meeting = conventions.hold_committee(parties.mgr, convention, present="Les deux équipes")
    return parties.mgr, convention_reads.meeting(parties.mgr, meeting.pk)


def test_no_paper_bears_a_canary(team, canaries):
    commission = make_commission(team)
    made = {}
    sec, ref, pre = team.actor("SEC"), team.actor("REF"), team.actor("PRE")
    granted = make_notified(team)
    application, dossier = granted.application, mine(team, granted.dossier)
    note(team, dossier, canaries)
    meeting = application.agenda_items.get().meeting
    with on(meeting.on):
        application.dossier = dossier
        made["dossier"] = dossier_papers.dossier_file(ref, application)
        made["acknowledgement"] = dossier_papers.acknowledgement(ref, application)
        made["convocation"] = commission_papers.convocations(sec, meeting)
        item = meeting.items.select_related("application__dossier", "meeting").get()
        made["reading_sheet"] = commission_papers.reading_sheet(sec, item, seat=commission.seats[0].pk)
        commissions.close_meeting(sec, meeting)
        meeting.refresh_from_db()
        commissions.sign_minutes(sec, meeting)
        meeting.refresh_from_db()
        made["minutes"] = commission_papers.minutes_paper(sec, meeting, annex=True)
        offers.write_resume(ref, dossier, {"title": "Employée d'étage", "letter": "Madame, Monsieur,"})
        made["cv"] = offer_papers.cv(ref, dossier)
        made["letter"] = offer_papers.letter(ref, dossier)
        made["right_to_work"] = offer_papers.right_sheet(ref, dossier)
        made["certificate"] = journey_papers.certificate(ref, mine(team, dossier), language="bg")
        state_letter = journey_papers.decision_letter(sec, granted)
        about = joint.subject(ref).get(pk=dossier.pk)
        support.add_objective(ref, about, aim="26.0", words="Parler au travail")
        made["plan_summary"] = support_papers.plan_summary(ref, about)
        made["progress_sheet"] = support_papers.progress_sheet(ref, about, period=1)
        granted.dossier = mine(team, dossier)
        made["decision"] = journey_papers.decision_letter(ref, granted)
        made["proof"] = journey_papers.proof_of_authorisation(ref, granted)
        made["activity_report"] = reporting_papers.activity_report(team.actor("MGR"))
    refusal = make_draft(team, kind="refuse", **REFUSAL)
    with on(refusal.drafted_on):
        refusal = journeys.sign_decision(pre, refusal, **SIGNATORY)
        refusal.dossier = mine(team, refusal.dossier)
        made["appeal_kit"] = journey_papers.appeal_kit(ref, refusal)
    with on(meeting.on):
        state = mine(team, dossier, "PRE")
        words = {name: REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")}
        hearing = journeys.invite_observations(
            pre, state, reply_by=meeting.on + timedelta(days=15), **words, **SIGNATORY
        )
        hearing.dossier = mine(team, dossier)
        made["invitation"] = journey_papers.invitation(ref, hearing)
        error = {"misprint": "words", "wrong": "Servce", "right": "Service", "reason": "Une lettre manque."}
        routes = {"appeal_routes": REASONS["appeal_routes"]}
        corrected = journeys.correct_decision(pre, granted, **error, **routes, **SIGNATORY)
        corrected.dossier = mine(team, dossier)
        made["correction"] = journey_papers.decision_letter(ref, corrected)
        journeys.decide_afis(pre, state, granted=True)
        sheet = journeys.prepare_sheet(sec)
        reader = make_actor("SEC", team.sec.organisation, stepped_up=True)
        made["payer"] = journey_papers.payer_sheet(sec, journeys.release_sheet(reader, sheet))
        held = held_committee()
        made["committee_minutes"] = convention_papers.make_minutes(*held)
    approval = Accreditation.objects.get(organisation=team.organisation)
    manager = make_actor("MGR", team.organisation)
    made["accreditation_file"] = directory_papers.accreditation_file(manager, approval)

    assert {template.code for template in engine.registered()} - WITHOUT_SUBJECT - HERS == set(made)
    for code, one in [*made.items(), ("decision of the State", state_letter)]:
        sheet = read(one.content)
        said = f"{sheet.text} {sheet.title} {one.paper.file_name}".lower().replace(" ", "")
        assert [word for word in canaries if word in said] == [], code
        fewest, most, title = PAGES[code.partition(" of ")[0]]
        assert fewest <= len(sheet.pages) <= most, (code, len(sheet.pages))
        assert (sheet.title, sheet.language) == (title, "fr"), code
        assert re.fullmatch(r"papier-[a-z0-9-]+\.pdf", one.paper.file_name), "a neutral name"
        if code not in {"decision", "proof", "appeal_kit", "correction", "invitation"}:
            assert IDENTITY["family_name"].lower() not in said, code
        assert one.paper.sha256
        assert Paper.objects.filter(pk=one.paper.pk).exists()


def test_the_canaries_are_really_in_the_file(team, canaries):
    """Without this the test above could not fail."""
    application = dossier_factories.make_filled(team)
    kept = [row.unseal() for row in application.parts.filter(compartment__in=PRIVATE)]
    assert sum(word in str(kept) for word in canaries) == len(canaries)
