"""The plan in two layers, its landmarks, the meetings of three: by their effects, their traces and their refusals."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import browser
from jalon.journal.models import Entry
from jalon.journeys.models import Journey
from jalon.notices import actions as notices
from jalon.notices.models import Deadline
from jalon.people import reads as persons
from jalon.support import actions, families
from jalon.support.actions.meetings import Outcome
from jalon.support.models import JointMeeting, Objective, PlanStep
from jalon.support.reads import plan as plans
from jalon.support.reads import scales
from jalon.support.reads.joint import subject
from jalon.support.states import JOINT_MEETING, OBJECTIVE, JointMeetingState, ObjectiveState
from jalon.ui.errors import Conflict

from .factories import in_pathway, make_person, make_world, share
from .test_views import body

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 12, 10, 0, tzinfo=clock.PARIS)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def shared(world):
    dossier = in_pathway(world)
    share(world, dossier)
    return dossier


def trace(verb):
    return Entry.objects.filter(verb=verb)


def mine(actor, dossier):
    return subject(actor).get(pk=dossier.pk)


# --- the two layers -----------------------------------------------------------------------------------------------
def test_the_eight_families_of_the_agency_come_first_in_its_order_and_words():
    codes = list(families.families())
    assert codes[:8] == ["22", "23", "24", "25", "26", "27", "28", "29"]
    assert families.families()["24"].label == "Surmonter ses contraintes familiales"
    assert families.aim("26.0")[1] == "Apprendre / Améliorer ses capacités en français"
    for bad in ("", "26", "26.9", "26.x", "30.0", "26.-1", "project.99"):
        assert families.aim(bad) is None
    kept = {code for code, family in families.families().items() if not family.shared}
    assert kept == {"28", "residence", "safety", "care", "justice", "interpreter"}


def test_an_objective_is_sealed_in_its_layer_and_traced(world, shared):
    both = actions.add_objective(world.ref, shared, aim="26.0", words="Parler au travail")
    own = actions.add_objective(world.ref, shared, aim="justice.0", words="SERIN", shared=False)
    assert (both.compartment, own.compartment) == ("C10", "C11")
    assert own.unseal() == {"family": "justice", "aim": "Déposer plainte", "words": "SERIN", "result": ""}
    assert b"SERIN" not in bytes(own.sealed)
    assert set(trace("add_objective").values_list("compartment", flat=True)) == {"C10", "C11"}


@pytest.mark.parametrize("aim", ["28.0", "safety.0", "care.1"])
def test_what_never_leaves_is_not_shared(world, shared, aim):
    with pytest.raises(ValidationError) as refusal:
        actions.add_objective(world.ref, shared, aim=aim)
    assert "reste dans l'association" in str(refusal.value)
    assert not Objective.objects.exists()


def test_four_objectives_at_once_in_a_layer(world, shared):
    rows = [actions.add_objective(world.ref, shared, aim=f"26.{n}") for n in (0, 1, 0, 1)]
    with pytest.raises(ValidationError):
        actions.add_objective(world.ref, shared, aim="23.0")
    actions.add_objective(world.ref, shared, aim="care.0", shared=False)
    actions.reach_objective(world.ref, rows[0], result="A2 atteint")
    actions.add_objective(world.ref, shared, aim="23.0")
    with pytest.raises(ValidationError):
        actions.reopen_objective(world.ref, rows[0])


OBJECTIVES = {
    ("open", "reach"): "reached",
    ("open", "drop"): "dropped",
    ("reached", "reopen"): "open",
    ("dropped", "reopen"): "open",
}
MEETINGS = {
    ("planned", "add_line"): "planned",
    ("planned", "strike_line"): "planned",
    ("planned", "hold"): "held",
    ("planned", "miss"): "missed",
    ("planned", "cancel"): "cancelled",
}


@pytest.mark.parametrize(
    ("machine", "allowed", "states"),
    [(OBJECTIVE, OBJECTIVES, ObjectiveState), (JOINT_MEETING, MEETINGS, JointMeetingState)],
    ids=["objective", "joint meeting"],
)
def test_every_pair_of_state_and_verb(machine, allowed, states):
    for state in states.values:
        for verb in machine.transitions:
            if (state, verb) in allowed:
                assert machine.target(state, verb) == allowed[state, verb]
            else:
                with pytest.raises(Refused):
                    machine.target(state, verb)


def test_the_verbs_of_an_objective_follow_the_table(world, shared):
    acts = {"reach": actions.reach_objective, "drop": actions.drop_objective, "reopen": actions.reopen_objective}
    assert set(acts) == set(OBJECTIVE.transitions)
    ways = {"open": (), "reached": ("reach",), "dropped": ("drop",)}
    for (state, way), verb in product(ways.items(), acts):
        row = actions.add_objective(world.ref, shared, aim="26.0")
        for before in way:
            acts[before](world.ref, row)
        if (state, verb) in OBJECTIVES:
            assert acts[verb](world.ref, row).state == OBJECTIVES[state, verb]
        else:
            with pytest.raises(Refused):
                acts[verb](world.ref, row)
        row.delete()


def test_the_verbs_of_a_meeting_follow_the_table(world, shared):
    acts = {
        "add_line": lambda row: actions.add_agenda_line(world.ref, row, text="x"),
        "strike_line": lambda row: actions.strike_agenda_line(world.ref, row, line=row.unseal()["agenda"][0]["id"]),
        "hold": lambda row: actions.hold_meeting(world.ref, row, outcomes={}, decisions="x"),
        "miss": lambda row: actions.miss_meeting(world.ref, row),
        "cancel": lambda row: actions.cancel_appointment(world.ref, row.appointment),
    }
    assert set(acts) == set(JOINT_MEETING.transitions)
    actions.add_plan_step(world.ref, shared, text="Tests", holder="agency")
    for (state, way), verb in product({"held": "hold", "missed": "miss", "cancelled": "cancel"}.items(), acts):
        row = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous")
        with clock.at(AT.date()):
            acts[way](row)
            row = JointMeeting.objects.select_related("appointment").get(pk=row.pk)
            row.dossier = row.appointment.dossier = shared
            assert row.state == state
            with pytest.raises((Refused, Conflict)):
                acts[verb](row)


def test_an_action_is_in_the_layer_of_its_objective(world, shared):
    own = actions.add_objective(world.ref, shared, aim="care.0", shared=False)
    step = actions.add_plan_step(world.ref, shared, text="SERIN", holder="person", due_on=TODAY, objective=own)
    assert step.compartment == "C11"
    layers = plans.layers(world.ref, mine(world.ref, shared))
    assert [layer.shared for layer in layers] == [True, False]
    assert layers[1].open[0].steps[0].text == "SERIN"
    (agency,) = plans.layers(world.emp, mine(world.emp, shared))
    assert agency.empty
    with pytest.raises(Refused):
        actions.finish_plan_step(world.emp, step)


def test_an_action_of_a_closed_or_foreign_objective(world, shared):
    aim = actions.add_objective(world.ref, shared, aim="26.0")
    actions.drop_objective(world.ref, aim)
    other = make_person(world, "Bruyère")
    for dossier in (shared, other):
        with pytest.raises(ValidationError):
            actions.add_plan_step(world.ref, dossier, text="x", holder="person", objective=aim)
    assert not PlanStep.objects.exists()


def test_a_stale_change_shows_both_versions(world, shared):
    step = actions.add_plan_step(world.ref, shared, text="Tests", holder="agency", due_on=TODAY)
    assert not Deadline.objects.filter(kind="plan_step").exists()
    opened = step.revision
    later = TODAY + timedelta(days=9)
    actions.change_plan_step(world.emp, step, text="Tests d'entrée", holder="person", due_on=later, revision=opened)
    assert Deadline.objects.get(kind="plan_step", done_on=None).on == later
    with pytest.raises(Conflict) as conflict:
        actions.change_plan_step(world.ref, step, text="Autre", holder="agency", revision=opened)
    assert conflict.value.theirs["text"] == "Tests d'entrée"
    actions.finish_plan_step(world.ref, step, result="Admise")
    with pytest.raises(Refused):
        actions.change_plan_step(world.ref, step, text="Trop tard", holder="agency")
    assert step.unseal() == {"text": "Tests d'entrée", "result": "Admise"}


def test_the_neighbour_may_do_nothing(world, shared):
    aim = actions.add_objective(world.ref, shared, aim="26.0")
    meeting = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous")
    stranger = make_world(name="Voisine").ref
    for act in (
        lambda: actions.add_objective(stranger, shared, aim="26.0"),
        lambda: actions.reach_objective(stranger, aim),
        lambda: actions.plan_meeting(stranger, shared, at=AT, title="Rendez-vous"),
        lambda: actions.add_agenda_line(stranger, meeting, text="x"),
        lambda: actions.miss_meeting(stranger, meeting),
        lambda: actions.check_landmark(stranger, shared, landmark="clock_day30"),
    ):
        with pytest.raises((Hidden, Refused)):
            act()


# --- the meetings of three -----------------------------------------------------------------------------------------
def test_the_agenda_is_drawn_from_the_shared_plan(world, shared):
    aim = actions.add_objective(world.ref, shared, aim="26.0")
    actions.add_objective(world.ref, shared, aim="23.3")
    own = actions.add_objective(world.ref, shared, aim="justice.0", shared=False)
    actions.add_plan_step(world.ref, shared, text="SERIN", holder="person", due_on=TODAY, objective=own)
    late = TODAY + timedelta(days=40)
    actions.add_plan_step(world.ref, shared, text="Cours du soir", holder="agency", due_on=late, objective=aim)
    actions.add_plan_step(world.ref, shared, text="Tests", holder="person", due_on=TODAY, objective=aim)
    meeting = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous", place="Agence")
    said = [line["text"] for line in meeting.unseal()["agenda"]]
    assert said == ["Tests", "Cours du soir", "À décider : Obtenir le permis de conduire (code / conduite)"]
    assert meeting.appointment.with_adviser


def test_both_sides_bring_lines_and_she_strikes_any(world, shared):
    meeting = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous")
    actions.add_agenda_line(world.emp, meeting, text="Une place au printemps")
    actions.add_agenda_line(world.ref, meeting, text="Horaires d'école")
    first = meeting.__class__.objects.get().unseal()["agenda"][0]["id"]
    actions.strike_agenda_line(world.ref, meeting, line=first)
    agenda = JointMeeting.objects.get().unseal()["agenda"]
    assert [(line["by"], line["struck"]) for line in agenda] == [("agency", True), ("association", False)]
    with pytest.raises(ValidationError):
        actions.strike_agenda_line(world.ref, meeting, line="nothing")


def test_a_meeting_is_held_settles_the_plan_and_plans_the_next(world, shared):
    done, dropped, kept = (
        actions.add_plan_step(world.ref, shared, text=text, holder="person", due_on=TODAY) for text in "abc"
    )
    meeting = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous", place="Agence")
    outcomes = {done.pk: Outcome("done", "A2"), dropped.pk: Outcome("dropped", "Trop loin"), kept.pk: Outcome("kept")}
    given = {"outcomes": outcomes, "decisions": "Chercher une place.", "read_back": True}
    with pytest.raises(Refused):
        actions.hold_meeting(world.ref, meeting, **given)
    with clock.at(AT.date()):
        with pytest.raises(ValidationError):
            actions.hold_meeting(world.ref, meeting, **{**given, "decisions": " "})
        with pytest.raises(ValidationError):
            actions.hold_meeting(world.ref, meeting, **{**given, "outcomes": {dropped.pk: Outcome("dropped")}})
        assert {step.state for step in PlanStep.objects.all()} == {"todo"}
        row = actions.hold_meeting(world.ref, meeting, **given, next_at=AT + timedelta(days=42))
    assert (row.state, row.held_on, row.appointment.attended) == ("held", AT.date(), True)
    states = {step.unseal()["text"]: (step.state, step.unseal()["result"]) for step in PlanStep.objects.all()}
    assert states == {"a": ("done", "A2"), "b": ("dropped", "Trop loin"), "c": ("todo", "")}
    following = JointMeeting.objects.exclude(pk=row.pk).get()
    assert (following.state, following.appointment.unseal()["place"]) == ("planned", "Agence")
    assert trace("hold_meeting").count() == 1
    with pytest.raises(Refused):
        actions.miss_meeting(world.ref, meeting)


def test_a_missed_meeting_calls_her_and_tells_nobody(world, shared):
    meeting = actions.plan_meeting(world.ref, shared, at=AT, title="Rendez-vous")
    with clock.at(AT.date()):
        row = actions.miss_meeting(world.ref, meeting)
        due = Deadline.objects.get(kind="missed_meeting")
        assert (row.state, due.on, due.role, due.done_on) == ("missed", AT.date() + timedelta(days=1), "REF", None)
        actions.plan_meeting(world.ref, shared, at=AT + timedelta(days=7), title="Rendez-vous")
    due.refresh_from_db()
    assert due.cancelled_on == AT.date()


def test_no_meeting_of_three_without_a_share_nor_under_a_telling_title(world, shared):
    with pytest.raises(Refused):
        actions.plan_meeting(world.ref, make_person(world, "Bruyère"), at=AT, title="Rendez-vous")
    with pytest.raises(ValidationError):
        actions.plan_meeting(world.ref, shared, at=AT, title="Point PSP")
    assert not JointMeeting.objects.exists()


# --- the 24 months -------------------------------------------------------------------------------------------------
def planned(dossier):
    journey = Journey.objects.get(dossier=dossier)
    from jalon.law.landmarks import landmarks

    days = landmarks(journey.starts_on, journey.cap_on)
    dues = [notices.Due(kind, on, rule="SUIVI-24") for kind, on in days.items()]
    return {row.kind: row for row in notices.plan_many(dossier, dues)}


def test_the_landmarks_say_what_the_file_does_not_show_yet(world, shared):
    planned(shared)
    found = {one.kind: one for one in plans.seen_landmarks(world.ref, mine(world.ref, shared))}
    assert found["clock_day75"].missing == ["plan écrit", "entretien à trois tenu"]
    actions.add_objective(world.ref, shared, aim="26.0")
    found = {one.kind: one for one in plans.seen_landmarks(world.ref, mine(world.ref, shared))}
    assert found["clock_day75"].missing == ["entretien à trois tenu"]
    theirs = {one.kind: one for one in plans.seen_landmarks(world.emp, mine(world.emp, shared))}
    assert [words for words, _known in theirs["clock_day30"].expected] == ["binôme nommé"]
    assert theirs["clock_month5"].expected == []


def test_a_landmark_is_looked_at_once(world, shared):
    rows = planned(shared)
    actions.check_landmark(world.ref, shared, landmark="clock_month20")
    rows["clock_month20"].refresh_from_db()
    assert rows["clock_month20"].done_on == TODAY
    assert trace("check_landmark").count() == 1
    with pytest.raises(Conflict):
        actions.check_landmark(world.ref, shared, landmark="clock_month20")
    with pytest.raises(ValidationError):
        actions.check_landmark(world.ref, shared, landmark="period_end")


def test_a_landmark_is_told_to_the_right_person(world, shared):
    """To the referent; the immersion to the adviser who still reads the file, else to the referent."""
    rows = planned(shared)
    find = persons.recipients()
    assert find(rows["clock_day30"]) == [world.worker.user_id]
    assert find(rows["clock_day150"]) == [world.adviser.user_id]
    assert "un métier découvert en immersion" in body(browser(world.adviser).get("/"))
    shared.shares.update(revoked_at=clock.now())
    assert persons.recipients()(rows["clock_day150"]) == [world.worker.user_id]


def test_what_happened_is_read_in_the_plan_and_the_placements(world, shared):
    """A first job, a certificate, days of training, a home of her own; nothing is typed twice."""
    start, end = TODAY - timedelta(days=100), TODAY - timedelta(days=11)
    for given in (
        {"kind": "training", "title": "CQP", "starts_on": start, "ends_on": end, "rncp": "37099", "result": "obtenu"},
        {"kind": "training", "title": "Français", "starts_on": TODAY - timedelta(days=9)},
        {"kind": "job", "title": "Hôtel", "starts_on": TODAY - timedelta(days=5)},
        {"kind": "job", "title": "Autre", "starts_on": TODAY},
    ):
        actions.record_placement(world.ref, shared, **given)
    home = actions.add_objective(world.ref, shared, aim="27.3")
    actions.reach_objective(world.ref, home)
    found = [(fact.label, fact.on, fact.days) for fact in scales.facts(mine(world.ref, shared))]
    assert found == [
        ("Premier emploi", TODAY - timedelta(days=5), 0),
        ("Certification", end, 0),
        ("Formation suivie", None, 100),
        ("Un logement à elle", TODAY, 0),
    ]
    assert "100 jours" in body(browser(world.worker).get(reverse("support:scale", args=[shared.pk])))


def test_a_past_landmark_is_never_late(world, shared):
    planned(shared)
    with clock.at(TODAY + timedelta(days=400)):
        notices.let_pass()
        assert not Deadline.objects.filter(kind="clock_month11", done_on=None).exists()


# --- screens -------------------------------------------------------------------------------------------------------
def test_the_page_keeps_each_layer_for_its_readers(world, shared):
    worker, adviser = browser(world.worker), browser(world.adviser)
    address, aims = (reverse(name, args=[shared.pk]) for name in ("support:plan", "support:objectives"))
    assert worker.post(aims, {"aim": "26.0", "words": "Parler", "shared": "yes"}).status_code == 303
    assert worker.post(aims, {"aim": "care.0", "words": "SERIN", "shared": "no"}).status_code == 303
    for wrong in ({"aim": ""}, {"aim": "care.0"}, {"aim": "zz.0"}, {"shared": "maybe"}):
        answer = worker.post(aims, {"aim": "26.0", "words": "Gardé", "shared": "yes", **wrong})
        assert answer.status_code == 422
        assert "Gardé" in body(answer)
    assert Objective.objects.count() == 2
    own = Objective.objects.get(shared=False)
    step = {"text": "SERIN-PAS", "holder": "person", "due_on": "30/06/2026", "objective": own.pk}
    assert worker.post(address, step).status_code == 303
    text, theirs = body(worker.get(address)), body(adviser.get(address))
    assert "SERIN-PAS" in text
    assert "Apprendre / Améliorer ses capacités en français" in theirs
    assert "SERIN" not in theirs
    assert "Dans l&#x27;association seulement" not in theirs
    hidden = PlanStep.objects.get()
    for client in (adviser, browser(make_world(name="Voisine").worker)):
        assert client.get(reverse("support:step", args=[hidden.pk])).status_code == 404
        assert client.post(reverse("support:plan_step", args=[hidden.pk, "finish"])).status_code == 404
        assert client.post(reverse("support:objective", args=[own.pk, "reach"])).status_code == 404
    assert adviser.post(aims, {"aim": "care.0", "words": ""}).status_code == 422
    assert adviser.post(aims, {"aim": "23.3", "words": ""}).status_code == 303


def test_the_page_of_an_action(world, shared):
    worker = browser(world.worker)
    step = actions.add_plan_step(world.ref, shared, text="Tests", holder="person", due_on=TODAY)
    page = reverse("support:step", args=[step.pk])
    change = {"text": "Tests d'entrée", "holder": "agency", "due_on": "30/06/2026", "revision": str(step.revision)}
    assert worker.post(page, {**change, "text": ""}).status_code == 422
    assert worker.post(page, change).status_code == 303
    stale = worker.post(page, {**change, "text": "Ma version"})
    assert stale.status_code == 409
    assert "Ma version" in body(stale)
    finish = reverse("support:plan_step", args=[step.pk, "finish"])
    assert worker.post(finish, {"done_on": "31/12/2026", "result": "x"}).status_code == 422
    assert worker.post(finish, {"done_on": "10/03/2026", "result": "Admise"}).status_code == 303
    assert "Admise" in body(worker.get(reverse("support:plan", args=[shared.pk])))


def test_a_meeting_from_its_list_to_its_decisions(world, shared):
    worker, adviser = browser(world.worker), browser(world.adviser)
    step = actions.add_plan_step(world.ref, shared, text="Tests", holder="person", due_on=TODAY)
    listed = reverse("support:meetings", args=[shared.pk])
    data = {"at_0": "10/03/2026", "at_1": "14:00", "title": "Rendez-vous", "place": "Agence"}
    assert worker.post(listed, {**data, "title": "Police"}).status_code == 422
    assert worker.post(listed, data).status_code == 303
    row = JointMeeting.objects.get()
    page, line, strike, hold, miss = (
        reverse(f"support:{name}", args=[row.pk]) for name in ("meeting", "meeting_line", "strike", "hold", "miss")
    )
    assert adviser.post(line, {"text": ""}).status_code == 422
    assert adviser.post(line, {"text": "Une place au printemps"}).status_code == 303
    agenda = JointMeeting.objects.get().unseal()["agenda"]
    assert worker.post(strike, {"line": agenda[0]["id"], "struck": "oui"}).status_code == 303
    assert worker.post(strike, {"line": agenda[0]["id"], "struck": ""}).status_code == 404
    assert "retirée par elle" in body(adviser.get(page))
    held = {f"step_{step.pk}": "dropped", f"why_{step.pk}": "", "decisions": "Chercher."}
    refused = worker.post(hold, held)
    assert refused.status_code == 422
    assert "Chercher." in body(refused)
    assert JointMeeting.objects.get().held_on is None
    assert worker.post(hold, {**held, f"why_{step.pk}": "Trop loin", "read_back": "on"}).status_code == 303
    text = body(adviser.get(page))
    for said in ("Chercher.", "Trop loin", "relu avec elle", "abandonné"):
        assert said in text
    assert worker.post(miss).status_code == 403
    stranger = browser(make_world(name="Voisine").worker)
    assert [stranger.get(page).status_code, stranger.post(hold, held).status_code] == [404, 404]
