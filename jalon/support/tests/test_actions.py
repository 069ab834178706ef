"""Each verb: what it writes, what it seals, its trace, and what refuses it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from jalon.access import Hidden, Refused
from jalon.config import clock
from jalon.directory.tests.factories import actor_of
from jalon.journal.models import Entry
from jalon.journeys.models import Journey
from jalon.notices.models import Deadline, Outbox
from jalon.people import actions as people_actions
from jalon.support import actions
from jalon.support.models import Appointment, LiaisonMessage, LiaisonThread, Note, Placement, PlanStep, ProgressScale
from jalon.ui.errors import Conflict

from .factories import in_pathway, make_person, make_world, seen_by, share

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def person(world):
    return in_pathway(world)


@pytest.fixture
def shared(world, person):
    share(world, person)
    return person


def trace(verb):
    return Entry.objects.filter(verb=verb, decision="allowed")


# --- notes ---------------------------------------------------------------------------------------------------
def test_a_note_is_sealed_and_traced(world, person):
    note = actions.write_note(world.ref, seen_by(world.ref, person), text="Rendez-vous confirmé mardi")
    stored = Note.objects.get(pk=note.pk)
    assert b"mardi" not in bytes(stored.sealed)
    assert stored.unseal()["text"] == "Rendez-vous confirmé mardi"
    assert (stored.visibility, stored.kind, stored.compartment) == ("team", "interview", "C11")
    entry = trace("write_note").get()
    assert (entry.compartment, entry.relation) == ("C11", "assigned")


def test_an_interview_counts_as_a_contact(world, person):
    with clock.at(TODAY + timedelta(days=3)):
        actions.write_note(world.ref, person, text="Vue ce matin")
    person.refresh_from_db()
    assert person.last_contact_on == TODAY + timedelta(days=3)


def test_an_errand_is_no_contact(world, person):
    with clock.at(TODAY + timedelta(days=3)):
        actions.write_note(world.ref, person, text="Dossier déposé", kind="errand")
    person.refresh_from_db()
    assert person.last_contact_on == TODAY


@pytest.mark.parametrize("given", [{"text": "  "}, {"text": "x", "kind": "?"}, {"text": "x", "visibility": "all"}])
def test_a_note_that_cannot_be(world, person, given):
    with pytest.raises(ValidationError):
        actions.write_note(world.ref, person, **given)
    assert not Note.objects.exists()


def test_no_shared_note_without_a_share(world, person):
    with pytest.raises(Refused):
        actions.write_note(world.ref, person, text="x", visibility="shared")


def test_the_adviser_writes_shared_notes_only(world, shared):
    assert actions.write_note(world.emp, shared, text="Place trouvée", visibility="shared").compartment == "C10"
    for visibility in ("team", "private"):
        with pytest.raises(Refused):
            actions.write_note(world.emp, shared, text="x", visibility=visibility)


def test_the_manager_writes_no_note(world, person):
    with pytest.raises(Refused):
        actions.write_note(world.mgr, person, text="x")


def test_a_neighbour_does_not_even_know(person):
    other = make_world(name="Voisine")
    for actor in (other.ref, other.emp, other.mgr):
        with pytest.raises(Hidden):
            actions.write_note(actor, person, text="x")


# --- the thread -----------------------------------------------------------------------------------------------
def test_a_message_opens_the_thread_and_tells_the_other_side(world, shared):
    message = actions.send_message(world.ref, shared, text="Une place au printemps ?", answer_due_on=TODAY)
    assert LiaisonThread.objects.get().dossier_id == shared.pk
    assert (message.from_agency, message.answered_by_id) == (False, None)
    told = Outbox.objects.get()
    assert (told.recipient_id, told.template) == (world.adviser.user_id, "task")
    assert shared.number not in told.reason
    assert trace("open_thread").count() == trace("send_message").count() == 1


def test_an_answer_closes_the_message(world, shared):
    asked = actions.send_message(world.ref, shared, text="Une place ?", answer_due_on=TODAY)
    answer = actions.send_message(world.emp, shared, text="Oui, le 3.", answers=asked)
    asked.refresh_from_db()
    assert (asked.answered_by_id, asked.seen_at) == (answer.pk, answer.sent_at)
    assert Outbox.objects.filter(recipient_id=world.worker.user_id).exists()
    with pytest.raises(Conflict):
        actions.send_message(world.emp, shared, text="Encore", answers=asked)


def test_what_the_agency_asks_is_due_to_the_referent(world, shared):
    asked = actions.send_message(world.emp, shared, text="À trois mardi ?", answer_due_on=TODAY + timedelta(days=2))
    due = Deadline.objects.get(kind="answer")
    assert (due.on, due.role, due.done_on) == (TODAY + timedelta(days=2), "REF", None)
    actions.send_message(world.ref, shared, text="Oui", answers=asked)
    due.refresh_from_db()
    assert due.done_on == TODAY


def test_one_does_not_answer_oneself(world, shared):
    asked = actions.send_message(world.ref, shared, text="?", answer_due_on=TODAY)
    with pytest.raises(ValidationError):
        actions.send_message(world.ref, shared, text="!", answers=asked)


def test_an_answer_belongs_to_its_thread(world, shared):
    other = in_pathway(world, "Bruyère")
    share(world, other)
    asked = actions.send_message(world.ref, other, text="?", answer_due_on=TODAY)
    with pytest.raises(ValidationError):
        actions.send_message(world.emp, shared, text="!", answers=asked)


def test_no_answer_is_due_yesterday(world, shared):
    with pytest.raises(ValidationError):
        actions.send_message(world.ref, shared, text="?", answer_due_on=TODAY - timedelta(days=1))


def test_withdrawn_share_stops_both_sides(world, shared):
    people_actions.revoke_share(world.ref, shared.shares.get())
    with pytest.raises(Refused):
        actions.send_message(world.ref, shared, text="x")
    with pytest.raises(Hidden):
        actions.send_message(world.emp, shared, text="x")


def test_withdrawn_agreement_stops_both_sides(world, shared):
    people_actions.withdraw_agreement(world.ref, shared)
    with pytest.raises(Refused):
        actions.send_message(world.ref, shared, text="x")
    with pytest.raises(Hidden):
        actions.send_message(world.emp, shared, text="x")


def test_mark_seen_touches_the_other_side_only(world, shared):
    actions.send_message(world.ref, shared, text="a")
    actions.send_message(world.emp, shared, text="b")
    assert actions.mark_seen(world.emp, shared) == 1
    assert LiaisonMessage.objects.get(from_agency=True).seen_at is None
    assert actions.mark_seen(world.emp, shared) == 0
    assert trace("mark_seen").get().count == 1


# --- the plan ---------------------------------------------------------------------------------------------------
def test_a_step_lives(world, shared):
    step = actions.add_plan_step(
        world.emp, shared, text="Inscription au français", holder="person", due_on=TODAY + timedelta(days=20)
    )
    assert step.unseal()["text"] == "Inscription au français"
    due = Deadline.objects.get(kind="plan_step")
    actions.finish_plan_step(world.ref, step)
    due.refresh_from_db()
    assert (step.state, step.done_on, due.done_on) == ("done", TODAY, TODAY)
    actions.reopen_plan_step(world.emp, step, due_on=TODAY + timedelta(days=30))
    due.refresh_from_db()
    assert (step.state, step.done_on, due.done_on, due.on) == ("todo", None, None, TODAY + timedelta(days=30))
    actions.drop_plan_step(world.ref, step)
    due.refresh_from_db()
    assert (step.state, due.cancelled_on) == ("dropped", TODAY)
    for verb in ("add", "finish", "reopen", "drop"):
        assert trace(f"{verb}_plan_step").get().compartment == "C10"


def test_a_step_of_the_agency_is_no_deadline_of_ours(world, shared):
    actions.add_plan_step(world.ref, shared, text="x", holder="agency", due_on=TODAY)
    assert not Deadline.objects.filter(kind="plan_step").exists()


def test_a_step_that_cannot_be(world, shared):
    for given in ({"text": "", "holder": "person"}, {"text": "x", "holder": "nobody"}):
        with pytest.raises(ValidationError):
            actions.add_plan_step(world.ref, shared, **given)
    step = actions.add_plan_step(world.ref, shared, text="x", holder="person")
    with pytest.raises(ValidationError):
        actions.finish_plan_step(world.ref, step, done_on=TODAY + timedelta(days=1))
    actions.finish_plan_step(world.ref, step)
    with pytest.raises(Refused):
        actions.finish_plan_step(world.ref, step)
    assert PlanStep.objects.get().state == "done"


def test_before_the_pathway_the_adviser_comments_but_plans_nothing(world):
    person = make_person(world)
    share(world, person)
    with pytest.raises(Refused):
        actions.add_plan_step(world.emp, person, text="x", holder="agency")
    assert actions.send_message(world.emp, person, text="Bonjour")


# --- appointments ---------------------------------------------------------------------------------------------
AT = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)


def test_an_appointment_and_its_end(world, shared):
    row = actions.make_appointment(world.ref, shared, at=AT, title="Rendez-vous avec Marie", place="Bureau")
    assert row.unseal() == {"title": "Rendez-vous avec Marie", "place": "Bureau"}
    due = Deadline.objects.get(kind="appointment")
    assert due.on == date(2026, 3, 12)
    with pytest.raises(Refused):
        actions.record_attendance(world.ref, row, attended=True)
    with clock.at(date(2026, 3, 12)):
        actions.record_attendance(world.ref, row, attended=True)
        shared.refresh_from_db()
        assert shared.last_contact_on == date(2026, 3, 12)
        with pytest.raises(Conflict):
            actions.cancel_appointment(world.ref, row)
    due.refresh_from_db()
    assert due.done_on == date(2026, 3, 12)


def test_an_hour_without_a_zone_is_in_paris(world, person):
    row = actions.make_appointment(world.ref, person, at=datetime(2026, 7, 1, 10), title="Rendez-vous", place="")
    assert row.at.astimezone(UTC).hour == 8


def test_a_cancelled_appointment_is_over(world, person):
    row = actions.make_appointment(world.ref, person, at=AT, title="Rendez-vous", place="")
    actions.cancel_appointment(world.ref, row)
    with clock.at(date(2026, 3, 12)), pytest.raises(Conflict):
        actions.record_attendance(world.ref, row, attended=False)
    assert trace("cancel_appointment").exists()


def test_a_title_says_nothing(world, person):
    for given in ({"title": "Préfecture", "place": ""}, {"title": "Rendez-vous", "place": "Police"}):
        with pytest.raises(ValidationError):
            actions.make_appointment(world.ref, person, at=AT, **given)
    assert not Appointment.objects.exists()


def test_with_the_adviser_only_while_she_shares(world, person):
    with pytest.raises(Refused):
        actions.make_appointment(world.ref, person, at=AT, title="Rendez-vous", place="", with_adviser=True)
    share(world, person)
    row = actions.make_appointment(world.emp, person, at=AT, title="Rendez-vous", place="")
    assert row.with_adviser


# --- points of support, placements ------------------------------------------------------------------------------
def test_the_scale_of_the_day(world, person):
    """Filled again the same day, the last answers stand; hers and her worker's are two rows."""
    first = actions.fill_scale(world.ref, person, values={"housing": 2, "french": 0, "health": None}, by="person")
    again = actions.fill_scale(world.ref, person, values={"housing": 3}, by="person")
    assert ProgressScale.objects.get().pk == first.pk == again.pk
    assert again.unseal()["values"] == {"housing": 3}
    actions.fill_scale(world.ref, person, values={"housing": 1}, by="worker")
    assert {row.by: row.unseal()["values"]["housing"] for row in ProgressScale.objects.all()} == {
        "person": 3,
        "worker": 1,
    }
    assert trace("fill_scale").count() == 3


@pytest.mark.parametrize(
    ("values", "by"),
    [
        ({}, "person"),
        ({"housing": None}, "person"),
        ({"housing": -1}, "person"),
        ({"housing": 5}, "worker"),
        ({"mood": 3}, "worker"),
        ({"housing": 3}, "adviser"),
    ],
)
def test_a_scale_that_cannot_be(world, person, values, by):
    with pytest.raises(ValidationError):
        actions.fill_scale(world.ref, person, values=values, by=by)
    assert not ProgressScale.objects.exists()


def test_the_scale_is_filled_with_the_association(world, shared):
    with pytest.raises(Refused):
        actions.fill_scale(world.emp, shared, values={"french": 3}, by="person")


def test_a_placement_begins_and_ends(world, shared):
    row = actions.record_placement(world.emp, shared, title="Français", organisation="Centre", starts_on=TODAY)
    with pytest.raises(ValidationError):
        actions.end_placement(world.ref, row, ends_on=TODAY - timedelta(days=1))
    actions.end_placement(world.ref, row, ends_on=TODAY, result="A2 atteint")
    row.refresh_from_db()
    assert row.unseal() == {"title": "Français", "organisation": "Centre", "result": "A2 atteint"}
    with pytest.raises(ValidationError):
        actions.record_placement(world.ref, shared, title="", starts_on=TODAY)
    assert trace("record_placement").count() == trace("end_placement").count() == 1


@pytest.mark.parametrize(("kind", "due", "on", "rule"), [
    ("orientation", "contract_due", date(2026, 4, 10), "EMP-1"),
    ("integration", "pass_end", date(2028, 3, 9), "EMP-4"),
    ("immersion", "immersion_end", date(2026, 4, 9), "EMP-3"),
])  # fmt: skip
def test_the_law_gives_an_end_and_the_referent_is_told(world, shared, kind, due, on, rule):
    """L20, L21, L22: an orientation, a pass, an immersion; closed when it ends, or when the contract is signed."""
    row = actions.record_placement(world.emp, shared, kind=kind, title="Suite", starts_on=TODAY)
    found = Deadline.objects.get(kind=due)
    assert (found.on, found.role, found.rule, found.key) == (on, "REF", rule, row.pk)
    assert not Deadline.objects.exclude(pk=found.pk).filter(key=row.pk).exists()
    with clock.at(TODAY + timedelta(days=20)):
        actions.end_placement(world.ref, row, ends_on=clock.today(), result="Fait")
    found.refresh_from_db()
    assert found.done_on == TODAY + timedelta(days=20)


def test_a_written_end_wins_and_moves(world, shared):
    row = actions.record_placement(
        world.ref, shared, kind="immersion", title="Cuisine", starts_on=TODAY, ends_on=TODAY + timedelta(days=10)
    )
    assert Deadline.objects.get(kind="immersion_end").on == TODAY + timedelta(days=10)
    actions.end_placement(world.ref, row, ends_on=TODAY + timedelta(days=15))
    found = Deadline.objects.get(kind="immersion_end")
    assert (found.on, found.open) == (TODAY + timedelta(days=15), True)


@pytest.mark.parametrize("given", [
    {"kind": "orientation", "ends_on": TODAY},  # the contract is already signed
    {"kind": "immersion", "starts_on": TODAY - timedelta(days=40), "ends_on": TODAY - timedelta(days=20)},
    {"kind": "job"},
    {"kind": "training", "ends_on": TODAY + timedelta(days=90)},
])  # fmt: skip
def test_nothing_falls_due_of_what_has_no_delay_or_is_over(world, shared, given):
    actions.record_placement(world.ref, shared, **{"title": "Suite", "starts_on": TODAY, **given})
    assert not Deadline.objects.filter(kind__in=("contract_due", "pass_end", "immersion_end"), done_on=None).exists()


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"ends_on": TODAY + timedelta(days=40)}, "ends_on", "un mois de date à date"),
        ({"renewal": True}, "starts_on", "à renouveler"),
        ({"purpose": "holiday"}, "purpose", "liste"),
    ],
)
def test_an_immersion_that_the_law_refuses(world, shared, given, field, said):
    with pytest.raises(ValidationError) as refusal:
        immersed(world, shared, TODAY, **given)
    assert said in str(refusal.value.message_dict[field])
    assert not Placement.objects.exists()


def immersed(world, dossier, starts_on, where="Atelier du Gard", **given):
    return actions.record_placement(
        world.emp, dossier, title="Cuisine", kind="immersion", organisation=where, starts_on=starts_on, **given
    )


def test_two_immersions_in_one_structure_and_no_third(world, shared):
    """The second renews the first; a third, or a day in common, is refused there and free elsewhere."""
    month = TODAY + timedelta(days=29)
    immersed(world, shared, TODAY, ends_on=month)
    with pytest.raises(ValidationError):
        immersed(world, shared, month, where="ATELIER du Gard ")
    immersed(world, shared, month + timedelta(days=1), ends_on=month + timedelta(days=30), renewal=True)
    with pytest.raises(ValidationError) as refusal:
        immersed(world, shared, month + timedelta(days=31), renewal=True)
    assert "une fois seulement" in str(refusal.value)
    row = immersed(world, shared, month + timedelta(days=31), where="Hôtel", purpose="recruit")
    assert row.unseal()["purpose"] == "recruit"


def test_a_training_ends_before_the_24_months_or_somebody_says_why(world, shared):
    cap = Journey.objects.get(dossier=shared).cap_on
    given = {"title": "CAP", "kind": "training", "starts_on": cap - timedelta(days=365)}
    for rncp, wrong in (("", cap + timedelta(days=1)), ("37099", cap - timedelta(days=10)), ("RNCP37", cap)):
        with pytest.raises(ValidationError):
            actions.record_placement(world.ref, shared, **given, ends_on=wrong, rncp=rncp)
    assert not Placement.objects.exists()
    actions.record_placement(world.ref, shared, **given, ends_on=cap)
    late = {"ends_on": cap + timedelta(days=30), "late_reason": "La formation continue après le terme."}
    row = actions.record_placement(world.ref, shared, **given, **late, rncp="37099")
    assert (row.unseal()["rncp"], row.unseal()["late_reason"]) == ("37099", late["late_reason"])


def test_a_kind_that_is_none(world, shared):
    with pytest.raises(ValidationError) as refusal:
        actions.record_placement(world.ref, shared, kind="vacances", title="x", starts_on=TODAY)
    assert set(refusal.value.message_dict) == {"kind"}
    assert not Placement.objects.exists()


@pytest.mark.parametrize("kind", ["orientation", "integration"])
def test_before_the_first_value_of_the_law_the_fact_is_kept_without_a_date(world, shared, kind):
    actions.record_placement(world.ref, shared, kind=kind, title="Suite", starts_on=date(2018, 1, 8))
    assert Placement.objects.get().kind == kind
    assert not Deadline.objects.filter(kind__in=("contract_due", "pass_end")).exists()


# --- nobody from outside -----------------------------------------------------------------------------------------
def test_the_neighbour_may_do_nothing(world, shared):
    step = actions.add_plan_step(world.ref, shared, text="x", holder="person")
    row = actions.make_appointment(world.ref, shared, at=AT, title="Rendez-vous", place="")
    place = actions.record_placement(world.ref, shared, title="Français", starts_on=TODAY)
    other = make_world(name="Voisine")
    before = Entry.objects.count()
    for actor in (other.ref, other.emp, other.mgr, actor_of(world.colleague)):
        for act in (
            lambda a: actions.open_thread(a, shared),
            lambda a: actions.send_message(a, shared, text="x"),
            lambda a: actions.mark_seen(a, shared),
            lambda a: actions.add_plan_step(a, shared, text="x", holder="person"),
            lambda a: actions.finish_plan_step(a, step),
            lambda a: actions.drop_plan_step(a, step),
            lambda a: actions.reopen_plan_step(a, step),
            lambda a: actions.make_appointment(a, shared, at=AT, title="Rendez-vous", place=""),
            lambda a: actions.record_attendance(a, row, attended=True),
            lambda a: actions.cancel_appointment(a, row),
            lambda a: actions.fill_scale(a, shared, values={"housing": 1}, by="person"),
            lambda a: actions.record_placement(a, shared, title="x", starts_on=TODAY),
            lambda a: actions.end_placement(a, place, ends_on=TODAY),
        ):
            with pytest.raises(Hidden):
                act(actor)
    assert Entry.objects.count() == before
