"""No verb of the procedure is reached out of order by a form sent straight to its address.

Each address that runs a verb, sent whole and by whoever may do it, to the object put in each state that refuses the
verb: the answer says why, and no row of the procedure changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from jalon.commissions import actions as commissions
from jalon.commissions.models import AgendaItem, Meeting, Recusal, Seat
from jalon.commissions.states import ITEM, MEETING
from jalon.commissions.tests.factories import make_convened, seat_all
from jalon.config import clock
from jalon.directory.states import ACCREDITATION
from jalon.directory.tests import accreditation_cases as cases
from jalon.directory.tests.factories import browser, make_actor, make_membership
from jalon.dossiers.models import Application
from jalon.dossiers.states import APPLICATION
from jalon.dossiers.tests.factories import make_submitted
from jalon.journal.models import Entry
from jalon.journeys import actions as journeys
from jalon.journeys.models import Decision, Hearing
from jalon.journeys.states import DECISION, HEARING, SHEET
from jalon.journeys.tests.factories import REASONS, REFUSAL, SIGNATORY, make_heard, make_notified, make_signed, mine
from jalon.people.tests.factories import make_team
from tests.parallel import CLEAR

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
ROWS = [
    *("commissions.Meeting", "commissions.AgendaItem", "commissions.Attendance", "commissions.Recusal"),
    *("commissions.Opinion", "commissions.WrittenOpinion", "commissions.Reading", "commissions.Minutes"),
    *("dossiers.Application", "dossiers.Part", "dossiers.Piece", "dossiers.Package", "dossiers.ComplementRequest"),
    *("journeys.Decision", "journeys.Hearing", "journeys.PayerSheet", "journeys.PayerLine", "journeys.Period"),
    *("directory.Accreditation", "directory.AccreditationPiece", "people.Dossier"),
]


def photograph() -> dict[str, list[Any]]:
    return {name: list(apps.get_model(name).objects.order_by("pk").values()) for name in ROWS}


@dataclass
class Act:
    """What runs a verb: who, at which address, with which form."""

    who: Any
    url: str
    form: dict[str, Any]


def day(days: int) -> str:
    return f"{clock.today() + timedelta(days=days):%d/%m/%Y}"


def refused_out_of_order(machine: Any, acts: dict[str, Act], put: Callable[[str], object], apart: tuple[str, ...] = ()):
    """Every (state, verb) that the table refuses, by HTTP. ``apart``: verbs that no address runs on this object."""
    known = {verb for verb, step in machine.transitions.items() if step.who}
    assert set(acts) | set(apart) == known, "each verb has its address"
    tried = 0
    for state in machine.labels:
        put(state)
        for verb, act in acts.items():
            if machine.allows(state, verb):
                continue
            before, written = photograph(), Entry.objects.filter(decision="allowed", verb=verb).count()
            answer = act.who.post(act.url, act.form)
            assert str(answer.status_code) in CLEAR, (state, verb, answer.status_code)
            assert photograph() == before, (state, verb)
            assert Entry.objects.filter(decision="allowed", verb=verb).count() == written, (state, verb)
            if answer.status_code == 403:
                said = answer.content.decode()
                assert "<main" in said, "a page, not a bare code"
                assert "Traceback" not in said
            tried += 1
    assert tried


# --- the commission ------------------------------------------------------------------------------------------------
@pytest.fixture
def session():
    """A meeting whose roll was called, with a deputy and a declared conflict: what every verb needs."""
    team = make_team()
    meeting, items = make_convened(team)
    secretary = team.actor("SEC")
    seats = list(Seat.objects.exclude(user=team.mem.user).exclude(organisation=team.organisation).order_by("pk"))
    commissions.name_deputy(secretary, seats[0], user=make_membership("MEM", department="31").user)
    recusal = commissions.note_conflict(secretary, items[0], seat=seats[1].pk)
    with clock.at(meeting.on):
        seat_all(team, meeting)
        meeting.refresh_from_db()
        yield team, meeting, items[0], seats, recusal


def of_the_session(team: Any, meeting: Meeting, item: AgendaItem, seats: list[Seat], recusal: Recusal):
    sec, mem = team.browser("SEC", stepped_up=True), team.browser("MEM")
    rows = list(meeting.attendances.all())
    deputy = next(row for row in rows if row.seat_id == seats[0].pk)
    called = {f"presence_{row.pk}": "present" for row in rows}
    files = {"applications": [item.application_id], f"minutes_{item.application_id}": "15"}

    def at(name: str, *, on: Any = meeting, who: Any = sec, **form: Any) -> Act:
        return Act(
            who, reverse(f"commissions:{name}", args=[on.pk]), {k.replace("__", "-"): v for k, v in form.items()}
        )

    point = {"on": item}
    return {
        "edit_agenda": at("agenda", **files),
        "convene": at("convene", convene__urgent="on"),
        "move_meeting": Act(sec, reverse("commissions:move", args=[meeting.pk]), {"on": day(20)}),
        "call_deputies": at("deputies", deputies=[deputy.pk]),
        "declare_conflict": at("conflict", who=mem, **point),
        "note_conflict": at("note_conflict", **point, conflict__seat=seats[0].pk),
        "lift_conflict": at("lift_conflict", on=recusal),
        "give_written_opinion": at("written", who=mem, **point, written__sense="for"),
        "record_attendance": at("attendance", **called),
        "open_meeting": at("open"),
        "read_item": at("note", who=mem, **point, note="À voir", wish=""),
        "record_hearing": at("hear", **point, heard__person="on"),
        "record_opinion": at("opinion", **point, outcome="favourable"),
        "correct_opinion": at("correct", **point, outcome="favourable", why="Erreur de saisie"),
        "postpone_item": at("postpone", **point),
        "close_meeting": at("close"),
        "record_failure": at("failure"),
        "convene_again": Act(sec, reverse("commissions:again", args=[meeting.pk]), {"on": day(20)}),
        "generate_minutes": at("generate"),
        "edit_minutes": at("edit_minutes"),
        "sign_minutes": at("sign_minutes"),
        "sign_failure": at("sign_minutes"),
        "cancel_meeting": at("cancel"),
    }


def test_a_meeting(session):
    team, meeting, item, seats, recusal = session
    acts = of_the_session(team, meeting, item, seats, recusal)
    signing = acts.pop("sign_minutes")  # one address signs both kinds of minutes, each in its own state
    acts.pop("sign_failure")

    def put(state: str) -> None:
        Meeting.objects.filter(pk=meeting.pk).update(state=state)

    refused_out_of_order(MEETING, acts, put, apart=("sign_failure", "sign_minutes"))
    for state in set(MEETING.labels) - {"held", "failed"}:
        put(state)
        before = photograph()
        assert str(signing.who.post(signing.url).status_code) in CLEAR
        assert photograph() == before


def test_a_point_of_the_agenda(session):
    team, meeting, item, seats, recusal = session
    acts = of_the_session(team, meeting, item, seats, recusal)
    commissions.open_meeting(team.actor("SEC"), meeting)
    wanted = {verb: acts[verb] for verb in ITEM.transitions if verb in acts}

    def put(state: str) -> None:
        AgendaItem.objects.filter(pk=item.pk).update(state=state)

    refused_out_of_order(ITEM, wanted, put, apart=("remove_item",))


# --- the request ---------------------------------------------------------------------------------------------------
def test_a_request(session):
    """What the commission and the préfet do of a request goes through their own tables, above and below."""
    team = session[0]
    application = make_submitted(team, alias="Sauge")
    ref, mgr, sec = (team.browser(role, stepped_up=True) for role in ("REF", "MGR", "SEC"))

    def at(name: str, who: Any, *more: str, **form: Any) -> Act:
        return Act(who, reverse(f"dossiers:{name}", args=[application.pk, *more]), form)

    acts = {
        "edit": at("part", ref, "resources", resources_last_month="77", state="done"),
        "sign_package": at("sign", mgr),
        "reopen": at("reopen", ref),
        "submit_application": at("submit", ref),
        "ask_for_complement": at("received", sec, text="Un justificatif", due_on=day(10)),
        "answer_complement": at("answer", ref, text="Voici"),
        "declare_complete": at("complete", sec),
        "withdraw": at("withdraw", ref),
    }
    inner = ("schedule", "unschedule", "convene", "postpone", "give_opinion", "decide")

    def put(state: str) -> None:
        Application.objects.filter(pk=application.pk).update(state=state)

    refused_out_of_order(APPLICATION, acts, put, apart=inner)


@pytest.mark.parametrize("verb", ["schedule", "give_opinion", "postpone", "decide"])
def test_a_request_by_the_acts_of_others(session, verb):
    """The secretariat and the préfet act on a point or a decision; the request itself must be where the table says."""
    team, meeting, item, _seats, _recusal = session
    sec, pre = team.browser("SEC", stepped_up=True), team.browser("PRE", stepped_up=True)
    target = Application.objects.get(pk=item.application_id)
    if verb == "decide":
        decision = make_signed(team)
        target = decision.application
        Decision.objects.filter(pk=decision.pk).update(state="draft", signed_on=None)
        act = Act(pre, reverse("journeys:sign", args=[decision.pk]), {**SIGNATORY, "revision": decision.revision})
    elif verb == "schedule":
        other = commissions.create_meeting(team.actor("SEC"), on=clock.today() + timedelta(days=40))
        form = {"applications": [target.pk], f"minutes_{target.pk}": "15"}
        act = Act(sec, reverse("commissions:agenda", args=[other.pk]), form)
    else:
        commissions.open_meeting(team.actor("SEC"), meeting)
        name, form = ("opinion", {"outcome": "favourable"}) if verb == "give_opinion" else ("postpone", {})
        act = Act(sec, reverse(f"commissions:{name}", args=[item.pk]), form)
    for state in APPLICATION.labels:
        if APPLICATION.allows(state, verb):
            continue
        Application.objects.filter(pk=target.pk).update(state=state)
        before = photograph()
        answer = act.who.post(act.url, act.form)
        assert str(answer.status_code) in CLEAR, (state, answer.status_code)
        if state != "withdrawn":  # a withdrawn request leaves the agenda at the first act
            assert photograph() == before, state


# --- the decision --------------------------------------------------------------------------------------------------
def test_a_decision():
    team = make_team()
    decision = make_notified(team)
    with clock.at(decision.signed_on):
        sec, pre, ref = (team.browser(role, stepped_up=True) for role in ("SEC", "PRE", "REF"))
        here = [decision.pk]
        error = {"misprint": "words", "wrong": "Servce", "right": "Service", "reason": "Une lettre manque."}
        acts = {
            "draft": Act(sec, reverse("journeys:draft", args=[decision.application_id]), {"kind": "refuse", **REFUSAL}),
            "sign": Act(pre, reverse("journeys:sign", args=here), {**SIGNATORY, "revision": decision.revision}),
            "notify": Act(sec, reverse("journeys:notify", args=here), {"language": "bg", "method": "hand"}),
            "explain_decision": Act(ref, reverse("journeys:explain", args=here), {"language": "bg"}),
            "correct": Act(
                pre,
                reverse("journeys:correct", args=here),
                {**error, "appeal_routes": REASONS["appeal_routes"], **SIGNATORY},
            ),
        }

        def put(state: str) -> None:
            told = decision.signed_on if state == "notified" else None
            Decision.objects.filter(pk=decision.pk).update(state=state, notified_on=told)

        refused_out_of_order(DECISION, acts, put)


def test_a_hearing():
    team = make_team()
    decision = make_notified(team)
    today = decision.signed_on + timedelta(days=40)
    hearing = make_heard(team, decision.dossier, today)
    with clock.at(today):
        sec, pre = (team.browser(role, stepped_up=True) for role in ("SEC", "PRE"))
        said = {"observations-received_on": day(0), "observations-observations": "Elle travaille."}
        end = {**{name: REASONS[name] for name in REASONS}, **SIGNATORY}
        acts = {
            "receive_observations": Act(sec, reverse("journeys:observations", args=[hearing.pk]), said),
            "drop_hearing": Act(pre, reverse("journeys:drop_hearing", args=[hearing.pk]), {}),
            "end_early": Act(pre, reverse("journeys:end_early", args=[decision.dossier_id]), end),
        }
        refused_out_of_order(HEARING, acts, lambda state: Hearing.objects.filter(pk=hearing.pk).update(state=state))


def test_a_list_for_the_payer():
    team = make_team()
    decision = make_notified(team)
    with clock.at(decision.signed_on):
        journeys.decide_afis(team.actor("PRE"), mine(team, decision.dossier, "PRE"), granted=True)
        sheet = journeys.prepare_sheet(team.actor("SEC"))
        second = make_membership("SEC", organisation=team.sec.organisation, department=team.department)
        reader = browser(second, stepped_up=True)
        journeys.release_sheet(make_actor("SEC", team.sec.organisation, team.department, stepped_up=True), sheet)
        acts = {
            f"{verb}_sheet": Act(reader, reverse(f"journeys:{verb}_sheet", args=[sheet.pk]), {})
            for verb in ("release", "discard")
        }
        refused_out_of_order(SHEET, acts, lambda state: None)  # released: nothing is refused before


# --- the accreditation ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", sorted(cases.IN_STATE))
def test_an_accreditation(state):
    with clock.at(cases.DAY):
        parties = cases.Parties()
        row = cases.IN_STATE[state](parties)
        who = {
            role: browser(make_membership(role, organisation=organisation, department="31"), stepped_up=True)
            for role, organisation in (("MGR", parties.association), ("SEC", None), ("PRE", None))
        }
        piece = row.pieces.first()

        def at(name: str, role: str, on: Any = row, **form: Any) -> Act:
            return Act(who[role], reverse(f"directory:{name}", args=[on.pk]), form)

        revision = {"revision": str(row.revision)}
        acts = {
            "edit_accreditation_request": at("edit_accreditation", "MGR", representative="Autre", **revision),
            "add_accreditation_piece": at("give_piece", "MGR", what="statutes"),
            "request_accreditation": at("send_accreditation", "MGR"),
            "abandon_accreditation_request": at("abandon_accreditation", "MGR"),
            "present_observations": at("present_observations", "MGR", text="Nous répondons."),
            "receive_accreditation": at("receive_accreditation", "SEC"),
            "ask_for_accreditation_piece": at("ask_piece", "SEC", code="accounts", why="Le bilan", due_on=day(15)),
            "declare_accreditation_complete": at("complete_accreditation", "SEC"),
            "draft_accreditation_decision": at("draft_decision", "SEC", verdict="grant", order_number="9", **revision),
            "invite_observations": at("invite_observations", "SEC", due_on=day(15), **{
                name: REASONS[name] for name in ("reasons_of_law", "reasons_of_fact")
            }),
            "keep_accreditation": at("keep_accreditation", "PRE"),
        }  # fmt: skip
        if piece is not None:
            acts["remove_accreditation_piece"] = at("remove_piece", "MGR", piece)
        signing = at("sign_decision", "PRE", **SIGNATORY, **revision)
        for verb, act in acts.items():
            if ACCREDITATION.allows(state, verb):
                continue
            before = photograph()
            answer = act.who.post(act.url, act.form)
            assert str(answer.status_code) in CLEAR, (verb, answer.status_code)
            assert photograph() == before, verb
        before = photograph()  # without a draft nothing is signed, whatever the state
        assert str(signing.who.post(signing.url, signing.form).status_code) in CLEAR
        assert photograph() == before
